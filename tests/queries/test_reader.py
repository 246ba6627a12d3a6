"""A reader that tracks remembers what a change of would matter."""

from typing import Any

from docdb import (
    Database,
)
from docdb.indexes.ordered import OrderedIndex
from tests.queries.rows import database_of_six_rows, numbers  # noqa: F401 - a fixture


class TestTracking:
    """A reader that tracks remembers what a change of would matter."""

    def test_it_remembers_ranges_and_plans(self, db: Database):
        """Of queries and of single documents."""
        with db.read(track=True) as reader:
            reader.query("rows").with_index("by_k", k=1).first()
            reader.get(db.query("rows").ids()[0])

            assert [plan.index_name for plan in reader.plans] == ["by_k"]
            assert reader.read_set is not None
            assert len(reader.read_set.ranges()) == 3

    def test_it_is_touched_by_phantoms_only_where_it_looked(self, db: Database):
        """A new row in the range matters, one beyond it does not."""
        with db.read(track=True) as reader:
            reader.query("rows").with_index("by_k", k=1).collect()
            reads = reader.read_set
        assert reads is not None
        index = reader.plans[0].index
        assert isinstance(index, OrderedIndex)

        def touched(k: Any) -> bool:
            return reads.touched_by([index.encode({"k": k}, b"\x0d" + b"\xff" * 15 + b"\x11")])

        assert (touched(1), touched(0), touched(2)) == (True, False, False)

    def test_without_tracking_nothing_is_remembered(self, db: Database):
        """It costs nothing when it is off."""
        with db.read() as reader:
            reader.query("rows").collect()

            assert reader.read_set is None
            assert reader.plans == []
