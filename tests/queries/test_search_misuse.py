"""
What cannot be searched: each mistake is refused with its table, its index and its field.
"""

from collections.abc import Callable
from typing import Any

import pytest

from docdb import (
    UNSET,
    Database,
    InvalidArgument,
    SearchError,
    UnknownIndex,
    UnknownTable,
    define_schema,
    define_table,
    limits,
    v,
)
from tests.databases import OpenDatabase
from tests.junk import JUNK, refused

FILTERS = [f"f{n}" for n in range(16)]
SCHEMA = define_schema(
    {
        "notes": define_table({"text": v.string(), **{f: v.optional(v.any()) for f in FILTERS}})
        .search_index("by_text", search_field="text", filter_fields=FILTERS)
        .search_index("later", search_field="f0", staged=True)
        .index("by_f0", ["f0"]),
        "plain": define_table({"text": v.string()}),
    }
)

ENDS: list[Callable[[Any], object]] = [
    lambda q: q.collect(),
    lambda q: q.take(1),
    lambda q: q.first(),
    lambda q: q.unique(),
    lambda q: q.paginate(num_items=1),
    lambda q: q.count(),
    lambda q: q.ids(),
    lambda q: q.explain(),
    list,
]


@pytest.fixture(name="db")
def database(open_database: OpenDatabase) -> Database:
    """A note, under a search index, a staged one, and an ordinary one."""
    db = open_database(SCHEMA)
    db.insert("notes", {"text": "a"})
    return db


def search(db: Database, asked: Any, *, table: str = "notes", index: Any = "by_text") -> Any:
    """Return a search."""
    return db.query(table).with_search_index(index, asked)


def searched(field: str, text: str, *equal: Any) -> Callable[[Any], Any]:
    """Return a function that looks for a text, with equalities."""

    def asked(q: Any) -> Any:
        q = q.search(field, text)
        for each in equal:
            q = q.eq(each, 1)
        return q

    return asked


class TestWhatDoesNotFitTheIndex:
    """Is found when the search runs, since only then is the index known."""

    @pytest.mark.parametrize("end", ENDS)
    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            (lambda q: q, "text"),
            (lambda q: q.eq("f0", 1), "text"),
            (searched("f0", "a"), "f0"),
            (searched("other", "a"), "other"),
            (lambda q: q.search("text", "a").search("text", "b"), "text"),
            (lambda q: q.search("text", "a").search("f1", "b"), "f1"),
            (searched("text", "a", "f0", "text"), "text"),
            (searched("text", "", "other.name"), "other.name"),
            (searched("text", "a", "_creationTime"), "_creationTime"),
            (searched("text", "a", *FILTERS[: limits.SEARCH_EQUALITIES_MAX + 1]), "f8"),
            (searched("text", "a", *["f0"] * 9), "f0"),
        ],
    )
    def test_it_is_refused(
        self, db: Database, asked: Any, field: str, end: Callable[[Any], object]
    ):
        """No text, another field, two texts, a condition on no filter field, or too many."""
        query = search(db, asked)

        refused(lambda: end(query), SearchError, table="notes", index="by_text", field=field)

    def test_as_many_conditions_as_there_may_be_are_fine(self, db: Database):
        """Eight of sixteen filter fields."""
        fits = searched("text", "a", *FILTERS[: limits.SEARCH_EQUALITIES_MAX])

        assert search(db, fits).collect() == []

    def test_a_hint_shows_what_would_be_right(self, db: Database):
        """The field that is searched, and the filter fields there are."""
        no_text = refused(lambda: search(db, lambda q: q).collect(), SearchError)
        no_filter = refused(lambda: search(db, searched("text", "a", "f")).collect(), SearchError)

        assert "q.search('text'" in no_text.hint
        assert "'f0'" in no_filter.hint


class TestUnknownNames:
    """A search needs a search index that is ready."""

    @pytest.mark.parametrize("end", ENDS)
    @pytest.mark.parametrize(
        ("table", "index"),
        [
            ("notes", "by_txt"),
            ("notes", "later"),
            ("notes", ""),
            ("notes", 5),
            ("notes", None),
            ("notes", ["by_text"]),
            ("plain", "by_text"),
            ("nothing", "by_text"),
        ],
    )
    def test_an_unknown_index_is_refused(
        self, db: Database, table: str, index: Any, end: Callable[[Any], object]
    ):
        """Also a staged one, and one of a table that is not there."""
        query = search(db, searched("text", "a"), table=table, index=index)

        refused(lambda: end(query), UnknownIndex, table=table, index=index)

    @pytest.mark.parametrize("index", ["by_f0", "by_id", "by_creation_time"])
    def test_an_ordinary_index_cannot_be_searched(self, db: Database, index: str):
        """It has no words."""
        query = search(db, searched("f0", "a"), index=index)

        refused(query.collect, SearchError, table="notes", index=index)

    @pytest.mark.parametrize("index", ["by_text", "later"])
    def test_a_search_index_cannot_be_walked(self, db: Database, index: str):
        """It has no order of its own."""
        query = db.query("notes").with_index(index)

        error = refused(query.collect, UnknownIndex, table="notes", index=index)
        assert f"with_search_index({index!r}" in error.hint

    @pytest.mark.parametrize("table", ["_tables", "1a", "", "a-b"])
    def test_a_name_that_no_table_can_have_is_refused(self, db: Database, table: str):
        """As in any query."""
        query = search(db, searched("text", "a"), table=table)

        refused(query.collect, UnknownTable, table=table)

    def test_a_hint_names_the_nearest(self, db: Database):
        """Who mistyped sees what was meant."""
        query = search(db, searched("text", "a"), index="by_txt")

        assert "'by_text'" in refused(query.collect, UnknownIndex).hint


class TestTheBuilder:
    """What the function of a search may do."""

    @pytest.mark.parametrize("text", [None, 5, True, b"a", ["a"], UNSET])
    def test_only_a_text_can_be_looked_for(self, db: Database, text: Any):
        """At once, before anything runs."""
        refused(lambda: search(db, lambda q: q.search("text", text)), SearchError, field="text")

    @pytest.mark.parametrize("field", ["", ".", "a..b", "é", 5, None, b"text", "a b"])
    def test_a_field_is_a_path(self, db: Database, field: Any):
        """Of the text, and of a condition."""
        refused(lambda: search(db, lambda q: q.search(field, "a")), SearchError, field=field)
        refused(lambda: search(db, lambda q: q.eq(field, 1)), SearchError, field=field)

    @pytest.mark.parametrize(
        "value", [object(), {1}, 1j, 1 << 80, "\ud800", [UNSET], {"$a": 1}, {"a": object()}]
    )
    def test_a_condition_needs_a_value(self, db: Database, value: Any):
        """That a document could hold."""
        refused(
            lambda: search(db, lambda q: q.search("text", "a").eq("f0", value)),
            SearchError,
            field="f0",
        )

    @pytest.mark.parametrize("operator", ["gt", "gte", "lt", "lte", "neq", "field", "filter"])
    def test_there_are_no_other_operators(self, db: Database, operator: str):
        """A search has no ranges."""
        refused(
            lambda: search(db, lambda q: getattr(q.search("text", "a"), operator)("f0", 1)),
            SearchError,
        )

    @pytest.mark.parametrize("asked", [None, "a", 5, lambda q: None, lambda q: "a", {}])
    def test_it_must_return_the_builder(self, db: Database, asked: Any):
        """Whoever forgets the return sees what to write."""
        refused(lambda: search(db, asked), SearchError)

    def test_an_error_of_the_function_is_its_own(self, db: Database):
        """It is not wrapped."""

        def asked(q: Any) -> Any:
            raise KeyError(q)

        with pytest.raises(KeyError):
            search(db, asked)

    def test_a_builder_keeps_nothing(self, db: Database):
        """Each call returns the next builder, and an earlier one can be used again."""
        kept: list[Any] = []
        query = search(db, lambda q: kept.append(q.search("text", "a")) or kept[0].eq("f0", 1))

        assert query.collect() == []
        assert search(db, lambda q: kept[0]).count() == 1


class TestSteps:
    """A search is neither ordered nor narrowed before it is one."""

    @pytest.mark.parametrize("order", ["asc", "desc", 5, None])
    def test_it_has_the_order_of_relevance(self, db: Database, order: Any):
        """And no other can be asked for."""
        refused(lambda: search(db, searched("text", "a")).order(order), SearchError)

    @pytest.mark.parametrize(
        "begin",
        [
            lambda db: db.query("notes").with_index("by_f0"),
            lambda db: db.query("notes").order("desc"),
            lambda db: db.query("notes").filter(lambda f: f.field("f0") == 1),
            lambda db: db.query("notes").where(lambda row: True),
            lambda db: db.system.query("_tables"),
        ],
    )
    def test_a_query_that_has_begun_otherwise_cannot_become_one(
        self, db: Database, begin: Callable[[Database], Any]
    ):
        """With an index, an order or filters, or of docdb's own tables."""
        query = begin(db)

        refused(lambda: query.with_search_index("by_text", searched("text", "a")), SearchError)

    @pytest.mark.parametrize("number", [-1, 1.0, "1", None, True])
    def test_take_takes_a_whole_number(self, db: Database, number: Any):
        """As in any query."""
        refused(lambda: search(db, searched("text", "a")).take(number), InvalidArgument)

    def test_there_may_be_so_many_filters(self, db: Database):
        """And not one more."""
        query = search(db, searched("text", "a"))
        for _ in range(limits.QUERY_STEPS_MAX):
            query = query.filter(lambda f: f.field("text") == "a")

        assert query.count() == 1
        refused(lambda: query.where(lambda row: True), InvalidArgument)


class TestJunk:
    """Whatever is handed in, it is an error of docdb's, and nothing happens."""

    @pytest.mark.parametrize("junk", JUNK)
    def test_junk_as_index_field_text_and_value(self, db: Database, junk: Any):
        """Each in its place, by every end."""
        asked: list[Callable[[], object]] = [
            lambda: search(db, searched("text", "a"), index=junk).collect(),
            lambda: search(db, junk).collect(),
            lambda: search(db, lambda q: junk).collect(),
            lambda: search(db, searched(junk, "a")).collect(),
            lambda: search(db, searched("text", junk)).collect(),
            lambda: search(db, lambda q: q.search("text", "a").eq("f0", junk)).collect(),
            lambda: search(db, lambda q: q.search("text", "a").eq(junk, 1)).collect(),
            lambda: search(db, searched("text", "a")).order(junk),
        ]

        outcomes = [outcome(each) for each in asked]

        assert all(isinstance(each, (str, list)) for each in outcomes), outcomes
        assert db.query("notes").count() == 1


def outcome(call: Callable[[], object]) -> object:
    """Return what a call returns, or the code of docdb's error."""
    try:
        return call()
    except (SearchError, InvalidArgument, UnknownIndex, UnknownTable) as error:
        return error.code
