"""
The house put together: opening, transactions, snapshots, threads, processes, and the end.

The length of this file: one class for each promise of ``docs/api.md`` that no floor below can
keep alone.
"""

import gc
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import (
    Closed,
    Database,
    DocdbError,
    InvalidArgument,
    Locked,
    ReadOnly,
    SnapshotTooOld,
    define_schema,
    define_table,
    limits,
    v,
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

SCHEMA = define_schema(
    {"t": define_table({"n": v.number(), "text": v.optional(v.string())}).index("by_n", ["n"])}
)


def numbers(rows: Any) -> list[Any]:
    """Return the n of each row."""
    return [row["n"] for row in rows]


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


class TestTransactions:
    """All or nothing."""

    def test_leaving_the_block_commits(self, db: Database):
        """Everything that was written is there for everybody."""
        with db.write() as tx:
            id = tx.insert("t", {"n": 1})
            tx.patch(id, {"n": 2})

            assert db.get(id) is None

        assert numbers(db.query("t")) == [2]

    def test_leaving_the_block_by_an_exception_leaves_nothing(self, db: Database):
        """Not even the table."""
        before = whole_store(db)

        with pytest.raises(ZeroDivisionError), db.write() as tx:
            tx.insert("t", {"n": 1})
            raise ZeroDivisionError

        assert whole_store(db) == before

    def test_closing_leaves_nothing(self, db: Database):
        """And gives the turn back, also when it is done twice."""
        before = whole_store(db)
        tx = db.write()
        tx.insert("t", {"n": 1})
        tx.close()
        tx.close()

        assert whole_store(db) == before
        db.insert("t", {"n": 2})

    def test_closing_in_the_block_leaves_nothing(self, db: Database):
        """The end of the block commits nothing then."""
        with db.write() as tx:
            tx.insert("t", {"n": 1})
            tx.close()

        assert db.query("t").count() == 0

    def test_a_forgotten_transaction_gives_its_turn_back(self, db: Database):
        """Nobody waits for an object that is gone."""
        db.write().insert("t", {"n": 1})
        gc.collect()

        db.insert("t", {"n": 2})

        assert numbers(db.query("t")) == [2]

    def test_it_sees_its_own_writes(self, db: Database):
        """By id, by query, by index, and in counts."""
        with db.write() as tx:
            ids = tx.insert_many("t", [{"n": n} for n in range(5)])
            tx.delete(ids[0])
            tx.replace(ids[1], {"n": 10})

            assert numbers(tx.query("t")) == [10, 2, 3, 4]
            assert tx.query("t").count() == 4
            assert tx.query("t").ids() == ids[1:]
            assert tx.get_many(ids[:2]) == [None, tx.get(ids[1])]
            assert tx.normalize_id("t", ids[0]) == ids[0]
            assert tx.query("t").paginate(num_items=2).page == tx.query("t").take(2)

    @pytest.mark.parametrize(
        "use",
        [
            lambda tx, id: tx.insert("t", {}),
            lambda tx, id: tx.insert_many("t", []),
            lambda tx, id: tx.insert_many("t", [{}]),
            lambda tx, id: tx.patch(id, {}),
            lambda tx, id: tx.replace(id, {}),
            lambda tx, id: tx.delete(id),
            lambda tx, id: tx.get(id),
            lambda tx, id: tx.get_many([id]),
            lambda tx, id: tx.get_many([]),
            lambda tx, id: tx.normalize_id("t", id),
            lambda tx, id: tx.query("t").collect(),
            lambda tx, id: tx.query("t").count(),
            lambda tx, id: next(iter(tx.query("t"))),
            lambda tx, id: tx.system.get(id),
            lambda tx, id: tx.system.query("_tables").collect(),
            lambda tx, id: tx.nested().__enter__(),
            lambda tx, id: tx.component("c"),
        ],
    )
    @pytest.mark.parametrize("how", ["committed", "closed"])
    def test_after_its_end_it_is_closed(
        self, db: Database, use: Callable[[Any, str], object], how: str
    ):
        """Every verb says so, and nothing is written any more."""
        tx = db.write()
        id = tx.insert("t", {"n": 1})
        if how == "committed":
            with tx:
                pass
        else:
            tx.close()
        before = whole_store(db)

        with pytest.raises(Closed):
            use(tx, id)
        assert whole_store(db) == before

    def test_a_second_one_on_the_same_thread_is_refused_at_once(self, db: Database):
        """It would wait for itself; the first goes on."""
        with db.write() as tx:
            for begin in (db.write, lambda: db.insert("t", {}), lambda: db.write(timeout=None)):
                with pytest.raises(InvalidArgument):
                    begin()
            tx.insert("t", {"n": 1})

        assert db.query("t").count() == 1

    def test_two_databases_on_one_thread_are_two(self, db: Database):
        """Each has its own turn."""
        other = docdb.open(MEMORY)
        with db.write() as tx, other.write() as other_tx:
            tx.insert("t", {"n": 1})
            other_tx.insert("t", {"n": 2})

        assert (numbers(db.query("t")), numbers(other.query("t"))) == ([1], [2])

    def test_a_large_transaction_spills_and_commits(
        self, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
    ):
        """Beyond the buffer everything works as before."""
        monkeypatch.setattr(limits, "WRITE_BUFFER_BYTES_MAX", 20_000)
        db = open_database(SCHEMA)
        with db.write() as tx:
            ids = tx.insert_many("t", [{"n": n, "text": "x" * 100} for n in range(500)])
            with pytest.raises(ZeroDivisionError), tx.nested():
                for id in ids[:200]:
                    tx.patch(id, {"n": -1})
                tx.insert_many("t", [{"n": -2, "text": "y" * 100} for _ in range(200)])
                raise ZeroDivisionError
            for id in ids[100:150]:
                tx.delete(id)

            assert tx.query("t").with_index("by_n").count() == 450

        assert numbers(db.query("t").with_index("by_n")) == [*range(100), *range(150, 500)]

    def test_a_large_transaction_that_fails_leaves_nothing(
        self, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
    ):
        """What spilled is taken back with the rest."""
        monkeypatch.setattr(limits, "WRITE_BUFFER_BYTES_MAX", 20_000)
        db = open_database(SCHEMA)
        before = whole_store(db)
        with pytest.raises(ZeroDivisionError), db.write() as tx:
            tx.insert_many("t", [{"n": n, "text": "x" * 100} for n in range(500)])
            raise ZeroDivisionError

        assert whole_store(db) == before


class TestSavepoints:
    """A part of a transaction can fail alone."""

    def test_an_exception_undoes_the_part(self, open_database: OpenDatabase):
        """Inserts, patches, replaces and deletes in it, indexes included."""
        db = open_database(SCHEMA)
        with db.write() as tx:
            ids = tx.insert_many("t", [{"n": n} for n in range(4)])
            with pytest.raises(ZeroDivisionError), tx.nested():
                tx.insert("t", {"n": 9})
                tx.patch(ids[0], {"n": 10})
                tx.replace(ids[1], {"n": 11, "text": "x"})
                tx.delete(ids[2])
                raise ZeroDivisionError

            assert numbers(tx.query("t")) == [0, 1, 2, 3]
            assert numbers(tx.query("t").with_index("by_n")) == [0, 1, 2, 3]

        assert numbers(db.query("t").with_index("by_n")) == [0, 1, 2, 3]

    def test_without_an_exception_the_part_stays(self, db: Database):
        """It commits with the whole."""
        with db.write() as tx:
            with tx.nested():
                tx.insert("t", {"n": 1})
            tx.insert("t", {"n": 2})

        assert numbers(db.query("t")) == [1, 2]

    def test_parts_nest(self, db: Database):
        """What an inner one kept goes with the outer one."""
        with db.write() as tx:
            id = tx.insert("t", {"n": 0})
            with pytest.raises(ZeroDivisionError), tx.nested():
                tx.patch(id, {"n": 1})
                with tx.nested():
                    tx.patch(id, {"n": 2})
                    with pytest.raises(KeyError), tx.nested():
                        tx.patch(id, {"n": 3})
                        raise KeyError
                    assert numbers(tx.query("t")) == [2]
                raise ZeroDivisionError

            assert numbers(tx.query("t")) == [0]

    def test_they_nest_up_to_the_limit(self, db: Database):
        """One more is refused, and the others are left in order."""
        with db.write() as tx:
            savepoints = [tx.nested() for _ in range(limits.SAVEPOINTS_DEPTH_MAX)]
            for savepoint in savepoints:
                savepoint.__enter__()
            with pytest.raises(InvalidArgument):
                tx.nested().__enter__()
            for savepoint in reversed(savepoints):
                savepoint.__exit__(None, None, None)
            tx.insert("t", {"n": 1})

        assert db.query("t").count() == 1

    def test_a_savepoint_is_entered_once(self, db: Database):
        """Each block is another one."""
        with db.write() as tx:
            savepoint = tx.nested()
            with savepoint:
                tx.insert("t", {"n": 1})
            with pytest.raises(InvalidArgument):
                savepoint.__enter__()

        assert db.query("t").count() == 1

    def test_they_are_left_in_the_order_of_their_nesting(self, db: Database):
        """The outer one cannot end before the inner one."""
        with db.write() as tx:
            outer, inner = tx.nested(), tx.nested()
            outer.__enter__()
            inner.__enter__()
            with pytest.raises(InvalidArgument):
                outer.__exit__(None, None, None)
            inner.__exit__(None, None, None)
            outer.__exit__(None, None, None)

    def test_a_transaction_may_end_inside_a_part(self, db: Database):
        """The user's exception comes out, and nothing else."""
        with pytest.raises(ZeroDivisionError), db.write() as tx, tx.nested():
            tx.insert("t", {"n": 1})
            tx.close()
            raise ZeroDivisionError

        assert db.query("t").count() == 0

    def test_a_savepoint_of_an_ended_transaction_cannot_be_entered(self, db: Database):
        """There is nothing to undo in."""
        with db.write() as tx:
            savepoint = tx.nested()
        with pytest.raises(Closed):
            savepoint.__enter__()

    def test_loops_and_savepoints_go_together(self, db: Database):
        """A loop sees its start, also when what it wrote is undone."""
        with db.write() as tx:
            tx.insert_many("t", [{"n": n} for n in range(3)])
            met = []
            for row in tx.query("t"):
                met.append(row["n"])
                with pytest.raises(ZeroDivisionError), tx.nested():
                    for other in tx.query("t").collect():
                        tx.delete(other["_id"])
                    raise ZeroDivisionError

            assert met == [0, 1, 2]
            assert tx.query("t").count() == 3


class TestSnapshots:
    """A reader sees one state."""

    def test_later_commits_are_not_seen(self, open_database: OpenDatabase):
        """By id, by query, by index: not what came, went or changed."""
        db = open_database(SCHEMA)
        ids = db.insert_many("t", [{"n": n} for n in range(3)])
        with db.read() as snapshot:
            db.patch(ids[0], {"n": 9})
            db.delete(ids[1])
            new = db.insert("t", {"n": 5})
            db.insert("other", {})

            assert numbers(snapshot.query("t").with_index("by_n")) == [0, 1, 2]
            assert snapshot.get(ids[1]) is not None
            assert snapshot.get(new) is None
            assert snapshot.query("other").count() == 0
            assert snapshot.system.query("_tables").count() == 1
        assert numbers(db.query("t").with_index("by_n")) == [2, 5, 9]

    def test_uncommitted_writes_are_not_seen(self, db: Database):
        """Neither by a snapshot nor by the database itself."""
        with db.write() as tx:
            tx.insert("t", {"n": 1})
            with db.read() as snapshot:
                assert snapshot.query("t").count() == 0
            assert db.query("t").count() == 0

    def test_after_its_end_it_is_closed(self, db: Database):
        """Every verb says so."""
        id = db.insert("t", {"n": 1})
        with db.read() as snapshot:
            pass
        for use in (
            lambda: snapshot.get(id),
            lambda: snapshot.get_many([]),
            lambda: snapshot.query("t").collect(),
            lambda: next(iter(snapshot.query("t"))),
            lambda: snapshot.normalize_id("t", id),
            lambda: snapshot.system.query("_tables").collect(),
        ):
            with pytest.raises(Closed):
                use()
        snapshot.close()

    def test_it_is_taken_away_when_it_is_too_old(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ):
        """A snapshot that is held keeps space from reuse."""
        monkeypatch.setattr(limits, "SNAPSHOT_AGE_SECONDS_MAX", -1.0)
        snapshot = db.read()

        with pytest.raises(SnapshotTooOld):
            snapshot.query("t").collect()
        with pytest.raises(SnapshotTooOld):
            snapshot.get_many([])
        snapshot.close()

    def test_many_snapshots_see_many_states(self, db: Database):
        """Each its own."""
        snapshots = []
        for n in range(5):
            snapshots.append(db.read())
            db.insert("t", {"n": n})

        assert [snapshot.query("t").count() for snapshot in snapshots] == [0, 1, 2, 3, 4]
        for snapshot in snapshots:
            snapshot.close()

    def test_it_cannot_write(self, db: Database):
        """A reader has no such verbs."""
        with db.read() as snapshot:
            for verb in ("insert", "insert_many", "patch", "replace", "delete", "nested"):
                assert not hasattr(snapshot, verb)


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
    def test_a_transaction_belongs_to_its_thread(
        self, db: Database, use: Callable[[Any], object]
    ):
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


class TestReopening:
    """A file gives back what was put into it."""

    def test_everything_is_as_it_was(self, path: str):
        """Documents, ids, times, indexes, counts, files and the schema."""
        with docdb.open(path, SCHEMA) as db:
            ids = db.insert_many("t", [{"n": n % 3, "text": str(n)} for n in range(20)])
            db.delete(ids[3])
            db.patch(ids[4], {"text": docdb.UNSET})
            db.insert("free", {"any": [b"x", docdb.Int64(1), 1, 1.0, None]})
            db.storage.store(b"file")
            before, stored = contents(db), whole_store(db)
        with docdb.open(path) as db:
            assert contents(db) == before
            assert whole_store(db) == stored
            assert db.query("t").with_index("by_n", n=0).count() == 6
            assert db.schema == SCHEMA
            assert db.check() == []

    def test_a_cursor_outlives_the_process(self, path: str):
        """A walk is gone on with after a restart."""
        with docdb.open(path, SCHEMA) as db:
            db.insert_many("t", [{"n": n} for n in range(4)])
            page = db.query("t").with_index("by_n").paginate(num_items=2)
        with docdb.open(path, SCHEMA) as db:
            query = db.query("t").with_index("by_n")

            assert numbers(query.paginate(num_items=5, cursor=page.continue_cursor).page) == [2, 3]

    @pytest.mark.parametrize("durability", ["full", "relaxed", "unsafe"])
    def test_each_durability_keeps_what_was_committed(self, path: str, durability: Any):
        """As long as the machine runs, they do not differ."""
        with docdb.open(path, durability=durability) as db:
            db.insert("t", {"n": 1})
        with docdb.open(path, durability=durability) as db:
            assert numbers(db.query("t")) == [1]

    def test_two_handles_of_one_file_are_one_database(self, path: str):
        """In one process too."""
        with docdb.open(path) as one, docdb.open(path) as other:
            one.insert("t", {"n": 1})
            other.insert("u", {"n": 2})

            assert numbers(other.query("t")) == [1]
            assert numbers(one.query("u")) == [2]

    def test_a_path_object_is_a_path(self, path: str):
        """Anything that is the path of a file."""
        with docdb.open(Path(path)) as db:
            db.insert("t", {"n": 1})

        assert Path(path).is_file()

    def test_databases_in_memory_are_apart(self):
        """Each opening is another one."""
        one, other = docdb.open(MEMORY), docdb.open(MEMORY)
        one.insert("t", {"n": 1})

        assert other.query("t").count() == 0


class TestReadOnly:
    """A file that was opened to read cannot be written."""

    @pytest.fixture(name="reader")
    def database_opened_to_read(self, path: str) -> Any:
        """A file with one document, opened to read."""
        with docdb.open(path, SCHEMA) as db:
            db.insert("t", {"n": 1})
        with docdb.open(path, read_only=True) as db:
            yield db
            assert db.check() == []

    @pytest.mark.parametrize(
        "write",
        [
            lambda db: db.write(),
            lambda db: db.insert("t", {"n": 2}),
            lambda db: db.insert_many("t", [{"n": 2}]),
            lambda db: db.patch(db.query("t").ids()[0], {"n": 1}),
            lambda db: db.replace(db.query("t").ids()[0], {"n": 1}),
            lambda db: db.delete(db.query("t").ids()[0]),
            lambda db: db.storage.store(b"x"),
        ],
    )
    def test_every_write_is_refused(self, reader: Database, write: Callable[[Database], object]):
        """Also one that would change nothing."""
        with pytest.raises(ReadOnly):
            write(reader)
        assert numbers(reader.query("t").with_index("by_n")) == [1]

    def test_it_follows_the_writer(self, reader: Database, path: str):
        """Commits made elsewhere are seen."""
        program = "import docdb, sys; docdb.open(sys.argv[1]).insert('t', {'n': 2})"
        subprocess.run([sys.executable, "-c", program, path], check=True)

        assert numbers(reader.query("t")) == [1, 2]

    def test_there_must_be_a_file(self, tmp_path: Path):
        """Reading creates nothing."""
        with pytest.raises(DocdbError):
            docdb.open(tmp_path / "none", read_only=True)
        assert list(tmp_path.iterdir()) == []

    def test_a_database_in_memory_cannot_be_opened_to_read(self):
        """There would be nothing in it."""
        with pytest.raises(InvalidArgument):
            docdb.open(MEMORY, read_only=True)


class TestClosing:
    """After its end a database is closed."""

    @pytest.mark.parametrize(
        "use",
        [
            lambda db, id: db.insert("t", {}),
            lambda db, id: db.insert_many("t", [{}]),
            lambda db, id: db.patch(id, {}),
            lambda db, id: db.replace(id, {}),
            lambda db, id: db.delete(id),
            lambda db, id: db.get(id),
            lambda db, id: db.get_many([]),
            lambda db, id: db.query("t").collect(),
            lambda db, id: list(db.query("t")),
            lambda db, id: db.normalize_id("t", id),
            lambda db, id: db.read(),
            lambda db, id: db.write(),
            lambda db, id: db.system.get(id),
            lambda db, id: db.storage.store(b""),
            lambda db, id: db.storage.get(id),
            lambda db, id: db.schema,
            lambda db, id: db.check(),
        ],
    )
    def test_every_verb_says_so(self, place: str, use: Callable[[Any, str], object]):
        """Closing twice is fine."""
        db = docdb.open(place)
        id = db.insert("t", {})
        db.close()
        db.close()

        with pytest.raises(Closed):
            use(db, id)

    def test_open_transactions_end_with_it(self, place: str):
        """Without a commit."""
        db = docdb.open(place)
        db.insert("t", {})
        snapshot, tx = db.read(), db.write()
        tx.insert("t", {})
        db.close()

        with pytest.raises(Closed):
            snapshot.query("t").collect()
        with pytest.raises(Closed):
            tx.query("t").collect()
        with pytest.raises(Closed), tx:
            pass
        snapshot.close()
        tx.close()

    def test_what_was_not_committed_is_not_in_the_file(self, path: str):
        """However the database was closed."""
        db = docdb.open(path)
        db.insert("t", {"n": 1})
        tx = db.write()
        tx.insert("t", {"n": 2})
        db.close()
        with docdb.open(path) as again:
            assert numbers(again.query("t")) == [1]
            again.insert("t", {"n": 3})

    def test_a_block_closes_it(self, place: str):
        """By an exception as well."""
        with pytest.raises(ZeroDivisionError), docdb.open(place) as db:
            raise ZeroDivisionError
        with pytest.raises(Closed):
            db.query("t").collect()

    def test_nothing_but_its_own_files_is_left(self, path: str):
        """The database, its lock and its guard."""
        docdb.open(path, SCHEMA).close()

        names = sorted(each.name for each in Path(path).parent.iterdir())
        assert set(names) <= {"app.docdb", "app.docdb-lock", "app.docdb-guard"}


def test_each_call_on_a_database_is_one_commit(db: Database):
    """Whatever it writes."""
    db.insert("t", {"n": 0})
    version = store_version(db)
    ids = db.insert_many("t", [{"n": n} for n in range(100)])
    after_many = store_version(db)
    db.delete(ids[0])

    assert after_many - version == store_version(db) - after_many
