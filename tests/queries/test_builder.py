"""Queries: values that can be kept and extended, and the ends that run them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

import docdb
from docdb import (
    Database,
    IndexRangeError,
    InvalidArgument,
    NotUnique,
    Query,
    UnknownIndex,
    UnknownTable,
    define_schema,
    define_table,
    v,
)
from tests.queries.rows import database_of_six_rows, numbers  # noqa: F401 - a fixture

ENDS: dict[str, Callable[[Query], object]] = {
    "collect": lambda query: query.collect(),
    "first": lambda query: query.first(),
    "take": lambda query: query.take(1),
    "count": lambda query: query.count(),
    "ids": lambda query: query.ids(),
    "explain": lambda query: query.explain(),
    "paginate": lambda query: query.paginate(num_items=1),
    "iterate": lambda query: next(iter(query), None),
}
EVERY_END = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)


class TestOrder:
    """Rows come by their index, then by creation, ascending unless asked otherwise."""

    @pytest.mark.parametrize(
        ("narrow", "expected"),
        [
            (lambda q: q, [0, 1, 2, 3, 4, 5]),
            (lambda q: q.with_index("by_creation_time"), [0, 1, 2, 3, 4, 5]),
            (lambda q: q.with_index("by_id"), [0, 1, 2, 3, 4, 5]),
            (lambda q: q.with_index("by_k"), [0, 2, 4, 1, 3, 5]),
            (lambda q: q.with_index("by_k", k=1), [1, 3, 5]),
            (lambda q: q.with_index("by_n_k", lambda r: r.gt("n", 2)), [3, 4, 5]),
            (lambda q: q.with_index("by_n_k", lambda r: r.gt("k", 0), n=3), [3]),
            (lambda q: q.with_index("by_n_k", lambda r: r.gt("n", 4).lt("n", 2)), []),
        ],
    )
    def test_descending_is_the_exact_reverse(
        self, db: Database, narrow: Callable[[Query], Query], expected: list[int]
    ):
        """Ties are broken the other way round as well."""
        query = narrow(db.query("rows"))

        assert numbers(query.collect()) == expected
        assert numbers(query.order("asc").collect()) == expected
        assert numbers(query.order("desc").collect()) == expected[::-1]

    @pytest.mark.parametrize("order", ["ASC", "up", "", None, 1, True, ["asc"], object()])
    def test_there_are_two_orders(self, db: Database, order: Any):
        """They are asc and desc, in small letters."""
        with pytest.raises(InvalidArgument):
            db.query("rows").order(order)

    def test_an_order_is_given_once(self, db: Database):
        """A second order would be a mistake, even the same one."""
        with pytest.raises(InvalidArgument):
            db.query("rows").order("asc").order("asc")


class TestById:
    """The index of ids is the table in the order of its ids."""

    @pytest.mark.parametrize("position", [0, 2, 5])
    @pytest.mark.parametrize("order", ["asc", "desc"])
    @pytest.mark.parametrize("operator", ["eq", "gt", "gte", "lt", "lte"])
    def test_an_id_bounds_it(self, db: Database, operator: str, order: str, position: int):
        """Exactly, at both ends and in the middle."""
        ids = db.query("rows").ids()
        passes = {
            "eq": [ids[position]],
            "gt": ids[position + 1 :],
            "gte": ids[position:],
            "lt": ids[:position],
            "lte": ids[: position + 1],
        }[operator]
        query = db.query("rows").with_index(
            "by_id", lambda q: getattr(q, operator)("_id", ids[position])
        )

        assert query.order(order).ids() == (passes if order == "asc" else passes[::-1])

    def test_one_id_reads_one_row(self, db: Database):
        """A look-up is no walk through the table."""
        id = db.query("rows").ids()[3]

        assert db.query("rows").with_index("by_id", _id=id).explain().entries_read == 1

    @pytest.mark.parametrize("bound", ["", "j", "zzz", None, 5, ["x"]])
    def test_it_can_be_bounded_by_any_value(self, db: Database, bound: Any):
        """Ids are strings, and compare to others as strings do."""
        query = db.query("rows")
        below = query.with_index("by_id", lambda q: q.lt("_id", bound)).count()
        above = query.with_index("by_id", lambda q: q.gte("_id", bound)).count()

        assert {below, above} == {0, 6}

    def test_an_id_of_another_table_is_only_a_text_here(self, db: Database):
        """It equals none, and lies before or after all."""
        other = db.insert("others", {})
        query = db.query("rows")

        assert query.with_index("by_id", _id=other).collect() == []
        assert query.with_index("by_id", lambda q: q.lt("_id", other)).count() in (0, 6)

    def test_the_id_goes_on_where_the_creation_time_ends(self, db: Database):
        """Both can be given, in every index."""
        row = db.query("rows").with_index("by_k", k=1).collect()[1]
        query = db.query("rows").with_index(
            "by_k",
            lambda q: q.eq("k", 1).eq("_creationTime", row["_creationTime"]).gte("_id", row["_id"]),
        )

        assert query.collect() == [row]


class TestEnds:
    """Each end answers its own question about the same rows."""

    def test_they_agree(self, db: Database):
        """First, take, count, ids, pages and iteration are parts of collect."""
        query = db.query("rows").with_index("by_k").order("desc")
        rows = query.collect()

        assert query.first() == rows[0]
        assert query.take(4) == rows[:4]
        assert query.take(99) == rows
        assert query.take(0) == []
        assert query.count() == len(rows)
        assert query.ids() == [row["_id"] for row in rows]
        assert query.paginate(num_items=99).page == rows
        assert list(query) == rows

    def test_they_agree_under_filters(self, db: Database):
        """Filters narrow all of them."""
        query = db.query("rows").filter(lambda q: q.field("n") > 1).where(lambda row: row["k"])
        rows = query.collect()

        assert numbers(rows) == [3, 5]
        assert (query.first(), query.take(1)) == (rows[0], rows[:1])
        assert (query.count(), query.ids()) == (2, [row["_id"] for row in rows])
        assert list(query) == rows

    @EVERY_END
    @pytest.mark.parametrize("table", ["empty", "never_seen"])
    def test_nothing_is_no_error(self, db: Database, table: str, end: Callable[[Query], Any]):
        """An empty table, and one that does not exist yet, have no rows."""
        assert not getattr(end(db.query(table)), "page", None)
        assert db.query(table).collect() == []

    def test_first_of_nothing_is_none(self, db: Database):
        """None says that there is none."""
        assert db.query("empty").first() is None
        assert db.query("empty").unique() is None

    def test_unique_returns_the_only_one(self, db: Database):
        """One row is the answer."""
        only = db.query("rows").with_index("by_n_k", n=3).unique()

        assert only is not None
        assert only["n"] == 3

    def test_unique_refuses_several_and_names_two(self, db: Database):
        """The error says which table and which documents."""
        query = db.query("rows").with_index("by_k", k=0)

        with pytest.raises(NotUnique) as caught:
            query.unique()
        assert caught.value.table == "rows"
        assert list(caught.value.ids) == query.ids()[:2]

    @pytest.mark.parametrize("number", [-1, 1.0, True, None, "1", [1], object()])
    def test_take_takes_a_whole_number(self, db: Database, number: Any):
        """Nothing else is a number of rows."""
        with pytest.raises(InvalidArgument):
            db.query("rows").take(number)

    @pytest.mark.parametrize("number", [10**6, 2**63, 2**70])
    def test_take_takes_any_whole_number(self, db: Database, number: int):
        """More than there are is all of them."""
        assert len(db.query("rows").take(number)) == 6

    def test_documents_belong_to_the_caller(self, db: Database):
        """Changing what a query returned changes nothing in the database."""
        db.query("rows").collect()[0]["n"] = 99

        assert numbers(db.query("rows").take(1)) == [0]


class TestReuse:
    """A query is a value."""

    def test_a_query_can_be_extended_twice(self, db: Database):
        """Each call returns another query and leaves the first as it was."""
        query = db.query("rows").filter(lambda q: q.field("n") > 2)
        up, down = query.order("asc"), query.order("desc")

        assert numbers(up.collect()) == [3, 4, 5]
        assert numbers(down.collect()) == [5, 4, 3]
        assert numbers(query.where(lambda row: row["n"] == 4).collect()) == [4]

    def test_a_query_sees_the_database_of_each_run(self, db: Database):
        """On a database every run reads the newest state."""
        query = db.query("rows")
        before = query.count()
        db.insert("rows", {"k": 0, "n": 9})

        assert (before, query.count()) == (6, 7)

    def test_a_query_prints_as_it_is_written(self, db: Database):
        """What it asks can be read."""
        query = (
            db.query("rows")
            .with_index("by_n_k", lambda q: q.gt("k", 1), n=1)
            .order("desc")
            .filter(lambda q: q.field("k") == "x")
        )

        assert repr(query) == (
            "query('rows').with_index('by_n_k', q.eq('n', 1).gt('k', 1)).order('desc')"
            ".filter(q.eq(q.field('k'), 'x'))"
        )


class TestUnknownNames:
    """What is not there is named when the query runs."""

    @EVERY_END
    def test_an_unknown_index(self, db: Database, end: Callable[[Query], object]):
        """The hint offers the nearest one."""
        with pytest.raises(UnknownIndex) as caught:
            end(db.query("rows").with_index("by_kk"))

        assert (caught.value.table, caught.value.index) == ("rows", "by_kk")
        assert "did you mean 'by_k'" in caught.value.hint

    @pytest.mark.parametrize("index", ["by_k", "by_id", "by_creation_time"])
    def test_a_table_that_does_not_exist_has_no_index(self, db: Database, index: str):
        """Not even those that every table has."""
        with pytest.raises(UnknownIndex):
            db.query("never_seen").with_index(index).collect()

    def test_a_staged_index_cannot_be_asked(self, db: Database):
        """It is kept up to date for later."""
        with pytest.raises(UnknownIndex):
            db.query("rows").with_index("later").collect()

    @EVERY_END
    @pytest.mark.parametrize(
        "table",
        ["", "1a", "a-b", "a.b", "é", "a" * 65, "_tables", "_storage", "__", None, 5, [], {}],
    )
    def test_an_impossible_table(self, db: Database, table: Any, end: Callable[[Query], object]):
        """Malformed and reserved names are no empty tables."""
        with pytest.raises(UnknownTable):
            end(db.query(table))

    @pytest.mark.parametrize("table", ["rows", "_nothing", "", None, 5, []])
    def test_an_impossible_system_table(self, db: Database, table: Any):
        """The tables of users are not among the system's."""
        with pytest.raises(UnknownTable):
            db.system.query(table).collect()

    @EVERY_END
    def test_a_range_that_does_not_fit(self, db: Database, end: Callable[[Query], object]):
        """It is checked as a whole when the query runs."""
        query = db.query("rows").with_index("by_k", lambda q: q.eq("n", 1))

        with pytest.raises(IndexRangeError):
            end(query)


class TestIndexArguments:
    """How a range may be given."""

    def test_equalities_may_be_keywords(self, db: Database):
        """With a function for the rest, or without."""
        assert numbers(db.query("rows").with_index("by_n_k", n=3, k=1).collect()) == [3]

    def test_a_field_called_range_or_index_is_a_field(self):
        """Names of parameters are no reserved words."""
        schema = define_schema(
            {
                "odd": define_table(
                    {"range": v.number(), "index": v.number(), "unused": v.optional(v.number())}
                ).index("by_all", ["range", "index", "unused"])
            }
        )
        db = docdb.open(":memory:", schema)
        db.insert("odd", {"range": 1, "index": 2})

        query = db.query("odd").with_index("by_all", range=1, index=2)

        assert query.count() == 1

    def test_an_index_is_given_once(self, db: Database):
        """A query walks one index."""
        with pytest.raises(InvalidArgument):
            db.query("rows").with_index("by_k").with_index("by_k")

    @pytest.mark.parametrize("index", [None, 1, b"by_k", ["by_k"], object()])
    def test_an_index_is_a_name(self, db: Database, index: Any):
        """Nothing else names it."""
        with pytest.raises(InvalidArgument):
            db.query("rows").with_index(index)

    @pytest.mark.parametrize("range", [1, "x", lambda q: None, lambda q: 5, lambda q: {"a": 1}])
    def test_a_range_is_a_function_that_returns_its_builder(self, db: Database, range: Any):
        """A forgotten return is found."""
        with pytest.raises(IndexRangeError):
            db.query("rows").with_index("by_k", range)


def test_threads_may_run_one_query(db: Database):
    """A query of a database is shared freely."""
    query = db.query("rows").with_index("by_k", k=1)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(query.count())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == [3, 3, 3, 3]
