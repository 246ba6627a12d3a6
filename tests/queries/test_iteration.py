"""A loop over a query sees the state at its start."""

import pytest

from docdb import (
    Closed,
    Database,
    SnapshotTooOld,
    limits,
)
from tests.queries.rows import database_of_six_rows, numbers  # noqa: F401 - a fixture


class TestIteration:
    """A loop sees the state at its start."""

    def test_a_loop_does_not_meet_what_it_writes(self, db: Database):
        """Inserting, patching and deleting ahead of the loop changes nothing in it."""
        with db.write() as tx:
            met = []
            for row in tx.query("rows").with_index("by_n_k"):
                met.append(row["n"])
                tx.insert("rows", {"k": 0, "n": row["n"] + 0.5})
                tx.patch(row["_id"], {"n": row["n"] + 100})
                for ahead in tx.query("rows").with_index("by_n_k", n=4.5).collect():
                    tx.delete(ahead["_id"])

        assert met == [0, 1, 2, 3, 4, 5]
        assert db.query("rows").with_index("by_n_k").count() == 11

    def test_a_loop_over_system_tables_does_not_meet_new_ones(self, db: Database):
        """Creating tables in a loop over the tables comes to an end."""
        with db.write() as tx:
            names = []
            for row in tx.system.query("_tables"):
                names.append(row["name"])
                tx.insert(f"copy_of_{row['name']}", {})

        assert names == ["rows", "empty"]

    def test_two_loops_see_their_own_states(self, db: Database):
        """Each began at another moment."""
        with db.write() as tx:
            first = iter(tx.query("rows"))
            next(first)
            tx.insert("rows", {"k": 0, "n": 6})
            second = iter(tx.query("rows"))
            next(second)
            tx.insert("rows", {"k": 0, "n": 7})

            assert (len(list(first)), len(list(second))) == (5, 6)

    def test_a_long_loop_sees_its_start(self, db: Database):
        """Runs that are read later still give the old state."""
        with db.write() as tx:
            tx.insert_many("long", [{"n": n} for n in range(1500)])
            met = 0
            for row in tx.query("long"):
                met += 1
                tx.delete(row["_id"])
                tx.insert("long", {"n": -1})

        assert met == 1500

    def test_a_loop_on_a_database_sees_one_state(self, db: Database):
        """Commits in between are not seen."""
        rows = iter(db.query("rows"))
        first = next(rows)
        db.delete(first["_id"])
        db.insert("rows", {"k": 0, "n": 6})

        assert numbers(rows) == [1, 2, 3, 4, 5]

    def test_a_loop_can_be_left(self, db: Database):
        """Nothing is held after that."""
        for _ in db.query("rows"):
            break
        with db.write() as tx:
            for _ in tx.query("rows"):
                break
            tx.insert("rows", {"k": 0, "n": 6})

        assert db.query("rows").count() == 7

    def test_a_loop_that_outlives_its_transaction_is_ended(self, db: Database):
        """There is nothing to read from any more."""
        with db.write() as tx:
            tx.insert_many("long", [{"n": n} for n in range(1500)])
            rows = iter(tx.query("long"))
            next(rows)

        with pytest.raises(Closed):
            list(rows)

    def test_a_loop_that_takes_too_long_is_ended(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ):
        """A snapshot is not held for ever."""
        monkeypatch.setattr(limits, "SNAPSHOT_AGE_SECONDS_MAX", -1.0)

        with pytest.raises(SnapshotTooOld):
            list(db.query("rows"))

    def test_writing_in_a_predicate_does_not_break_the_query(self, db: Database):
        """Rows that are deleted while a query runs are met or not, and nothing is damaged."""
        db.insert_many("rows", [{"k": "many", "n": n} for n in range(3000)])
        ids = db.query("rows").with_index("by_k", k="many").ids()
        with db.write() as tx:
            query = tx.query("rows").with_index("by_k", k="many")
            query.where(lambda row: row["n"] or [tx.delete(id) for id in ids[1:]]).collect()

        assert db.query("rows").with_index("by_k", k="many").count() == 1

    def test_writing_in_a_predicate_does_not_break_a_query_over_long_keys(self, db: Database):
        """Rows whose keys are put in order in memory are no exception."""
        db.insert_many("rows", [{"k": "x" * 600, "n": n} for n in range(1500)])
        ids = db.query("rows").with_index("by_k", k="x" * 600).ids()
        with db.write() as tx:
            query = tx.query("rows").with_index("by_k", k="x" * 600)
            query.where(lambda row: row["n"] or [tx.delete(id) for id in ids[1:]]).collect()

        assert db.query("rows").with_index("by_k", k="x" * 600).count() == 1
