"""Filters and predicates: which rows they are shown, and when they fail."""

from typing import Any

import pytest

from docdb import (
    Database,
    FilterError,
    InvalidArgument,
    limits,
)
from tests.queries.rows import database_of_six_rows, numbers  # noqa: F401 - a fixture


class TestFilters:
    """Filters run on rows that are reached, in the order in which they were given."""

    def test_an_error_waits_until_its_row_is_reached(self, db: Database):
        """A query that stops early never meets it."""
        db.insert("rows", {"k": "x", "n": 9})
        query = db.query("rows").filter(lambda q: q.add(q.field("k"), 1) < 9)

        assert len(query.take(6)) == 6
        with pytest.raises(FilterError):
            query.take(7)

    def test_several_filters_are_joined_by_and(self, db: Database):
        """A row that the first one drops is not shown to the second."""
        db.insert("rows", {"k": "x", "n": 9})
        query = (
            db.query("rows")
            .filter(lambda q: q.field("k") != "x")
            .filter(lambda q: q.add(q.field("k"), q.field("n")) == 4)
        )

        assert numbers(query.collect()) == [3, 4]

    @pytest.mark.parametrize("constant", [1, None, "true", lambda q: None, lambda q: q.field("k")])
    def test_what_is_no_boolean_is_an_error_of_the_row(self, db: Database, constant: Any):
        """On no rows it is none."""
        assert db.query("empty").filter(constant).collect() == []
        with pytest.raises(FilterError):
            db.query("rows").filter(constant).collect()

    @pytest.mark.parametrize(("constant", "count"), [(True, 6), (False, 0)])
    def test_a_constant_keeps_all_or_nothing(self, db: Database, constant: bool, count: int):
        """A plain boolean is a filter."""
        assert db.query("rows").filter(lambda q: constant).count() == count

    def test_a_predicate_may_return_anything(self, db: Database):
        """What Python takes for true keeps the row."""
        query = db.query("rows").where(lambda row: row["k"])

        assert numbers(query.collect()) == numbers(list(query)) == [1, 3, 5]
        assert numbers(query.paginate(num_items=9).page) == [1, 3, 5]
        assert query.explain().documents_returned == 3

    def test_an_error_in_a_predicate_is_the_users(self, db: Database):
        """It comes out as it went in."""
        with pytest.raises(ZeroDivisionError):
            db.query("rows").where(lambda row: 1 / 0).collect()

    @pytest.mark.parametrize("predicate", [None, 1, "x", object()])
    def test_a_predicate_is_a_function(self, db: Database, predicate: Any):
        """Nothing else can be asked about a row."""
        with pytest.raises(InvalidArgument):
            db.query("rows").where(predicate)

    def test_the_number_of_filters_is_limited(self, db: Database, monkeypatch: pytest.MonkeyPatch):
        """One more than the limit is refused."""
        monkeypatch.setattr(limits, "QUERY_STEPS_MAX", 2)
        query = db.query("rows").where(bool).filter(True)  # pyright: ignore[reportArgumentType]

        assert query.count() == 6
        with pytest.raises(InvalidArgument):
            query.where(bool)
