"""Forked children: they use nothing they inherited, hurt nothing by it, and open their own."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from docdb.kv.disk import DiskStore
from docdb.kv.opening import open_store
from tests.kv.processes import program, run
from tests.kv.store_steps import now

FORKING = dedent("""
    from docdb.kv.memory import MemoryStore

    def in_child(work):
        child = os.fork()
        if child:
            return os.waitpid(child, 0)[1]
        work()
        sys.stdout.flush()
        # A full exit, not os._exit: the child tidies up what it inherited.
        sys.exit(0)

    store = open_store(path, durability="unsafe")
    put(store, [(b"a", b"1")])
""")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "a.docdb"


@pytest.fixture
def store(path: Path) -> Iterator[DiskStore]:
    """An open store."""
    with open_store(path, durability="unsafe") as store:
        yield store


def test_inherited_store_is_refused(path: Path):
    """In a forked child whatever was opened before raises Forked."""
    text = """
        view, memory = store.snapshot(), MemoryStore()
        scan, old = view.scan(b"", b"z", run=1), memory.snapshot()
        def work():
            uses = [
                store.snapshot, lambda: store.write(timeout=1), store.stats,
                lambda: view.get(b"a"), lambda: next(scan), lambda: view.version,
                lambda: store.look_up(b"a"), lambda: memory.look_up(b"a"),
                memory.snapshot, lambda: old.get(b"a"), lambda: memory.write(timeout=1),
            ]
            say({error_of(use).__name__ for use in uses})
        say(in_child(work))
        say(view.get(b"a"))
    """

    said = run(FORKING + dedent(text), path)

    assert said.split("\n") == ["{'Forked'}", "0", "b'1'"]


def test_child_does_not_end_what_the_parent_reads(path: Path):
    """A child that closes what it inherited leaves the parent's snapshot as it was."""
    text = """
        def put_all(value):
            put(store, [(b"%05d" % n, value * 50) for n in range(2000)])
        put_all(b"old")
        view = store.snapshot()
        before = everything(view)
        def work():
            view.close()
            store.close()
        say(in_child(work))
        for round in range(5):
            put_all(b"new%d" % round)
        say(everything(view) == before)
        say(store.stats().readers)
    """

    said = run(FORKING + dedent(text), path)

    assert said.split("\n") == ["0", "True", "1"]


def test_child_opens_the_store_anew(path: Path):
    """A forked child, and a child of it, read and write through stores that they opened."""
    text = """
        view = store.snapshot()
        def grandchild():
            mine = open_store(path, durability="unsafe")
            put(mine, [(b"c", b"grandchild")])
            mine.close()
        def work():
            mine = open_store(path, durability="unsafe")
            say(now(mine))
            put(mine, [(b"b", b"child")])
            say(in_child(grandchild))
            say(len(now(mine)))
            mine.close()
            open_store(path, durability="unsafe").close()
        say(in_child(work))
        say(now(store))
        say(view.get(b"b"))
        put(store, [(b"d", b"parent")])
    """

    said = run(FORKING + dedent(text), path)

    assert said.split("\n") == [
        "[(b'a', b'1')]",
        "0",
        "3",
        "0",
        "[(b'a', b'1'), (b'b', b'child'), (b'c', b'grandchild')]",
        "None",
    ]


def test_child_does_not_end_the_batch_of_the_parent(path: Path):
    """A child forked in the middle of a batch leaves it to its parent."""
    text = """
        with store.write(timeout=1) as batch:
            batch.apply([(b"b", b"2")])
            def work():
                say(error_of(batch.commit).__name__)
                batch.close()
            say(in_child(work))
            batch.commit()
        say(now(store))
    """

    said = run(FORKING + dedent(text), path)

    assert said.split("\n") == ["Forked", "0", "[(b'a', b'1'), (b'b', b'2')]"]


def test_child_does_not_end_what_a_batch_of_the_parent_reads(path: Path):
    """A batch that has written nothing yet is the parent's alone as well."""
    text = """
        batch = store.write(timeout=1)
        scan = batch.scan(b"", b"z", run=1)
        def work():
            say({error_of(use).__name__ for use in (lambda: batch.get(b"a"), batch.commit)})
            batch.close()
        say(in_child(work))
        say(store.stats().readers)
        batch.apply([(b"b", b"2")])
        say(list(scan))
        batch.commit()
        say(now(store))
    """

    said = run(FORKING + dedent(text), path)

    assert said.split("\n") == [
        "{'Forked'}",
        "0",
        "1",
        "[[(b'a', b'1')], [(b'b', b'2')]]",
        "[(b'a', b'1'), (b'b', b'2')]",
    ]


@pytest.mark.crash
def test_child_does_not_keep_the_turn_of_a_killed_parent(store: DiskStore, path: Path):
    """When a parent is killed in its turn, a child that lives on holds nobody up."""
    text = """
        batch = store.write(timeout=1)
        if os.fork():
            say("forked")
            time.sleep(30)
        else:
            sys.stdout.close()
            time.sleep(3)
            os._exit(0)
    """
    with program(FORKING + dedent(text), path) as parent:
        assert parent.hear() == "forked"
        parent.process.kill()
        parent.process.wait()

        with store.write(timeout=1.0) as batch:
            batch.apply([(b"b", b"2")])
            batch.commit()

    assert now(store) == [(b"a", b"1"), (b"b", b"2")]
