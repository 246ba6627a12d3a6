"""Times of creation only grow, whatever the clock says."""

import math

import pytest

import docdb
from docdb.tables.catalog import read_commit
from tests.databases import OpenDatabase


class TestCreationTimes:
    """Times of creation only grow."""

    def test_they_grow_within_a_transaction(self, open_database: OpenDatabase):
        """A clock that stands still gives the next float each time."""
        db = open_database(clock=lambda: 1000.0)
        with db.write() as tx:
            ids = [tx.insert("t", {}), *tx.insert_many("t", [{}, {}]), tx.insert("u", {})]
            times = [tx.get(id)["_creationTime"] for id in ids]  # pyright: ignore[reportOptionalSubscript]

        assert times[1] == math.nextafter(times[0], math.inf)
        assert sorted(set(times)) == times

    def test_they_grow_when_the_clock_goes_back(self, open_database: OpenDatabase):
        """And across a restart."""
        readings = iter([5000.0] * 3 + [10.0] * 20)
        db = open_database(clock=lambda: next(readings))
        first = db.get(db.insert("t", {}))
        second = db.get(db.insert("t", {}))

        assert first is not None
        assert second is not None
        assert second["_creationTime"] > first["_creationTime"]

    def test_they_are_not_given_out_twice(self, open_database: OpenDatabase):
        """What an aborted transaction consumed is gone."""
        db = open_database(clock=lambda: 1000.0)
        tx = db.write()
        lost = tx.get(tx.insert("t", {}))
        tx.close()
        kept = db.get(db.insert("t", {}))

        assert lost is not None
        assert kept is not None
        assert kept["_creationTime"] > lost["_creationTime"]

    def test_they_grow_across_a_restart(self, path: str):
        """The file remembers the latest one."""
        with docdb.open(path, clock=lambda: 5000.0) as db:
            ids = db.insert_many("t", [{}, {}])
        with docdb.open(path, clock=lambda: 10.0) as db:
            ids.append(db.insert("t", {}))

            assert db.query("t").ids() == ids

    @pytest.mark.parametrize("reading", [-1.0, 0.0, 1e30, 5])
    def test_a_strange_clock_does_not_stop_the_database(
        self, open_database: OpenDatabase, reading: float
    ):
        """Documents are numbered on, whatever it says."""
        db = open_database(clock=lambda: reading)
        ids = db.insert_many("t", [{}, {}])

        assert db.query("t").ids() == ids
        assert db.get_many(ids) == db.query("t").collect()

    def test_a_seed_repeats_the_ids(self):
        """The same clock and seed make the same database."""
        ids = [
            docdb.open(":memory:", clock=lambda: 1e12, seed=7).insert_many("t", [{}, {}])
            for _ in range(2)
        ]

        assert ids[0] == ids[1]

    def test_commits_are_stamped_in_their_order(self, open_database: OpenDatabase):
        """Each later than the one before, though the clock stands still."""
        db = open_database(clock=lambda: 1000.0)
        stamps = []
        for _ in range(3):
            db.insert("t", {})
            with db.read() as snapshot:
                stamps.append(read_commit(snapshot.begin().snapshot).timestamp)

        assert stamps == [1_000_000_000, 1_000_000_001, 1_000_000_002]
