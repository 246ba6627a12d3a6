"""
The house put together: transactions, savepoints and snapshots, on each store.

The length of this file: one class for each promise of ``docs/api.md`` that no floor below can
keep alone.
"""

import gc
from collections.abc import Callable
from typing import Any

import pytest

import docdb
from docdb import (
    Closed,
    Database,
    InvalidArgument,
    SnapshotTooOld,
    limits,
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
from tests.numbered import SCHEMA, numbers


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


def test_each_call_on_a_database_is_one_commit(db: Database):
    """Whatever it writes."""
    db.insert("t", {"n": 0})
    version = store_version(db)
    ids = db.insert_many("t", [{"n": n} for n in range(100)])
    after_many = store_version(db)
    db.delete(ids[0])

    assert after_many - version == store_version(db) - after_many
