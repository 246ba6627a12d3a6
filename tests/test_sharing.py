"""A database that threads and processes share: turns for writers, whole commits for readers."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import docdb
from docdb import (
    Database,
    DocdbError,
    InvalidArgument,
    Locked,
)
from tests.databases import (  # noqa: F401 - fixtures are found by being here
    MEMORY,
    OpenDatabase,
    contents,
    db_on_each_store,
    file_path,
    open_on_each_store,
    place_on_each_store,
    store_version,
    whole_store,
)
from tests.numbered import numbers


def in_thread(work: Callable[[], object]) -> object:
    """Return what a function returns, or the error that it raises, in a thread of its own."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    return found[0]


class TestThreads:
    """Threads share a database."""

    def test_writers_take_turns(self, db: Database):
        """Every increment counts."""
        id = db.insert("t", {"n": 0})

        def work() -> None:
            for _ in range(20):
                with db.write() as tx:
                    row = tx.get(id)
                    assert row is not None
                    tx.patch(id, {"n": row["n"] + 1})  # pyright: ignore[reportOperatorIssue]

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

        assert numbers(db.query("t")) == [80]

    def test_readers_see_whole_commits(self, db: Database):
        """Two documents that always change together are always equal."""
        ids = db.insert_many("t", [{"n": 0}, {"n": 0}])
        torn: list[object] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                first, second = db.get_many(ids)
                if first is None or second is None or first["n"] != second["n"]:
                    torn.append((first, second))

        thread = threading.Thread(target=read)
        thread.start()
        for n in range(100):
            with db.write() as tx:
                tx.patch(ids[0], {"n": n})
                tx.patch(ids[1], {"n": n})
        done.set()
        thread.join(timeout=20)

        assert torn == []

    def test_readers_follow_tables_and_shapes_that_appear(self, db: Database):
        """However many new ones there are while they read."""
        errors: list[object] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                try:
                    for row in db.system.query("_tables").collect():
                        db.query(str(row["name"])).collect()
                except DocdbError as error:
                    errors.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        for n in range(60):
            db.insert(f"t{n % 10}", {f"f{n}": n, "all": n})
        done.set()
        thread.join(timeout=20)

        assert errors == []
        assert sum(db.query(f"t{n}").count() for n in range(10)) == 60

    def test_another_thread_waits_no_longer_than_it_was_told(self, db: Database):
        """Then it is told that the turn is taken."""
        with db.write():
            assert isinstance(in_thread(lambda: db.write(timeout=0)), Locked)
            assert isinstance(in_thread(lambda: db.write(timeout=0.01)), Locked)

    def test_another_thread_gets_the_turn_when_it_is_free(self, db: Database):
        """It waits until then."""
        tx = db.write()
        thread = threading.Thread(target=lambda: db.insert("t", {"n": 2}))
        thread.start()
        tx.insert("t", {"n": 1})
        with tx:
            pass
        thread.join(timeout=20)

        assert numbers(db.query("t")) == [1, 2]

    @pytest.mark.parametrize(
        "use",
        [
            lambda tx: tx.insert("t", {"n": 2}),
            lambda tx: tx.query("t").collect(),
            lambda tx: tx.nested().__enter__(),
            lambda tx: tx.close(),
            lambda tx: tx.__exit__(None, None, None),
        ],
    )
    def test_a_transaction_belongs_to_its_thread(self, db: Database, use: Callable[[Any], object]):
        """Another one is refused, and disturbs nothing."""
        with db.write() as tx:
            tx.insert("t", {"n": 1})
            assert isinstance(in_thread(lambda: use(tx)), InvalidArgument)
            tx.insert("t", {"n": 3})

        assert numbers(db.query("t")) == [1, 3]
        db.insert("t", {"n": 4})

    def test_a_snapshot_may_be_read_by_another_thread(self, db: Database):
        """By one at a time."""
        db.insert("t", {"n": 1})
        with db.read() as snapshot:
            assert in_thread(lambda: numbers(snapshot.query("t"))) == [1]


class TestProcesses:
    """Processes share a file."""

    def run(self, path: str, program: str) -> Any:
        """Run a few lines over the opened file in another process, and return what they print."""
        lines = f"import docdb, json, sys\ndb = docdb.open(sys.argv[1])\n{program}"
        answer = subprocess.run(
            [sys.executable, "-c", lines, path], capture_output=True, check=False, text=True
        )
        assert answer.stderr == ""
        return json.loads(answer.stdout or "null")

    def test_another_process_sees_commits_and_the_other_way_round(self, path: str):
        """Documents, tables and shapes that appear after both have opened the file."""
        with docdb.open(path) as db:
            db.insert("t", {"n": 1})
            program = (
                "print(json.dumps([r['n'] for r in db.query('t')]))\n"
                "db.insert('t', {'n': 2, 'other': 'shape'})\n"
                "db.insert('fresh', {'a': [1, {'b': None}]})"
            )
            assert self.run(path, program) == [1]

            assert [(r["n"], r.get("other")) for r in db.query("t")] == [(1, None), (2, "shape")]
            assert [r["a"] for r in db.query("fresh")] == [[1, {"b": None}]]
            db.insert("fresh", {"a": 2, "c": 3})
            db.insert("another", {})
            assert db.check() == []
        with docdb.open(path) as db:
            numbers_of_tables = [row["number"] for row in db.system.query("_tables")]
            assert len(set(numbers_of_tables)) == 3
            assert db.check() == []

    def test_a_schema_that_another_process_applies_is_enforced_here(self, path: str):
        """From its commit on, by every open handle."""
        with docdb.open(path) as db:
            db.insert("t", {"n": 1})
            old = db.read()
            program = (
                "db.close()\n"
                "t = docdb.define_table({'n': docdb.v.number()}).index('by_n', ['n'])\n"
                "docdb.open(sys.argv[1], docdb.define_schema({'t': t}))"
            )
            self.run(path, program)

            with pytest.raises(docdb.ValidationError):
                db.insert("t", {"n": "x"})
            db.insert("t", {"n": 0})
            assert numbers(db.query("t").with_index("by_n")) == [0, 1]
            with pytest.raises(docdb.UnknownIndex):
                old.query("t").with_index("by_n").collect()
            old.close()
            assert db.check() == []

    def test_a_file_can_be_opened_and_read_while_another_process_writes(self, path: str):
        """A writer keeps out other writers, for as long as they will wait, and nobody else."""
        with docdb.open(path) as db:
            db.insert("t", {"n": 1})
            with db.write() as tx:
                tx.insert("t", {"n": 2})
                program = (
                    "found = [r['n'] for r in db.query('t')]\n"
                    "try: db.write(timeout=0.05)\n"
                    "except docdb.Locked: print(json.dumps(found))"
                )
                assert self.run(path, program) == [1]

    def test_a_process_that_dies_in_a_transaction_leaves_nothing(self, path: str):
        """And nobody waits for it."""
        with docdb.open(path) as db:
            db.insert("t", {"n": 1})
            self.run(path, "tx = db.write(); tx.insert('t', {'n': 2}); import os; os._exit(0)")
            db.insert("t", {"n": 3})

            assert numbers(db.query("t")) == [1, 3]
