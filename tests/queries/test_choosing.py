"""
Which records a filter need not see: only those that it would have dropped without an error.
"""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docdb import Database, FilterError, define_schema, define_table, v
from docdb.encoding.packed import Record, pack_open, pack_record
from docdb.queries import operators, planner
from docdb.queries.choosing import compile_chooser
from docdb.queries.compile import compile_filter
from docdb.queries.expressions import Expression, FilterBuilder, Literal
from docdb.values.kinds import UNSET, Int64
from tests.databases import OpenDatabase
from tests.queries.test_compile import ARITHMETIC_NAMES, CONDITION_NAMES, VALUES, called, grown

q = FilterBuilder()
Node = Expression | Literal

DEEP_VALUES = st.one_of(
    VALUES,
    st.sampled_from(["gpt-4", "user", b"bytes", 900, 900.0, 901, 70_000, Int64(900)]),
)
OBJECTS = st.dictionaries(st.sampled_from(["d", "total", "model"]), DEEP_VALUES, max_size=3)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.one_of(DEEP_VALUES, OBJECTS, st.lists(OBJECTS, max_size=2))
)
FIELDS = st.sampled_from(["a", "b", "a.d", "a.total", "b.total", "c.model", "a.d.total"]).map(
    q.field
)
COMPARED = st.builds(called, CONDITION_NAMES, FIELDS, DEEP_VALUES.map(Literal))
MIRRORED = st.builds(called, CONDITION_NAMES, DEEP_VALUES.map(Literal), FIELDS)
LEAVES = st.one_of(
    COMPARED,
    COMPARED,
    MIRRORED,
    FIELDS,
    st.builds(called, ARITHMETIC_NAMES, FIELDS, DEEP_VALUES.map(Literal)),
    st.booleans().map(Literal),
)
EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=6)


def records_of(document: dict[str, Any]) -> list[bytes]:
    """Return the record of a document of a shape, and one that describes itself."""
    values = tuple(document[name] for name in sorted(document))
    return [
        pack_record(b"key", Record(1, "id", 1.0, values)),
        pack_open(b"key", "id", 1.0, document),
    ]


def comes_to(expression: Node, document: dict[str, Any]) -> object:
    """Return what a filter says, or the class of its error."""
    try:
        return compile_filter(expression)(document)
    except FilterError:
        return FilterError


@given(expression=EXPRESSIONS, documents=st.lists(DOCUMENTS, min_size=1, max_size=6))
@example(expression=q.lt(q.field("a.total"), 900), documents=[{"a": {}, "b": {"total": 1000}}])
@example(expression=q.gt(q.field("a.total"), 900), documents=[{"a": {"total": "x"}}])
@example(expression=q.eq(q.field("a.total"), 900), documents=[{"a": {"total": 900.0}}])
def test_only_what_the_filter_drops_without_an_error_is_left_out(
    expression: Node, documents: list[dict[str, Any]]
) -> None:
    """Leaving records out changes neither what is found nor which errors there are."""
    choose = compile_chooser(expression) or (lambda records: range(len(records)))
    records = [record for document in documents for record in records_of(document)]

    left_out = set(range(len(records))) - set(choose(records))

    assert all(comes_to(expression, documents[number // 2]) is False for number in left_out)


MATCHING = {"a": {"model": "gpt-4", "total": 1000}, "b": "user"}


@pytest.mark.parametrize(
    ("expression", "document"),
    [
        (q.eq(q.field("b"), "user"), {"b": "users"}),
        (q.eq("user", q.field("b")), {"c": "user!"}),
        (q.eq(q.field("a.model"), "gpt-4"), {"a": {"model": "gpt-5", "c": "gpt-4"}}),
        (q.eq(q.field("a.total"), 1000.0), {"a": {"total": 1001}}),
        (q.gt(q.field("a.total"), 900), {"a": {"total": 900}}),
        (q.lte(900, q.field("a.total")), {"a": {"total": 899.5}}),
        (q.or_(q.eq(q.field("b"), "user"), q.eq(q.field("b"), "none")), {"b": "other"}),
        (q.and_(True, q.neq(q.field("b"), 1), q.gte(q.field("a.total"), 1)), {"a": {"total": 0}}),
        (q.and_(q.eq(q.field("b"), "user"), q.add(q.field("c"), 1)), {"b": "x"}),
    ],
    ids=repr,
)
def test_records_without_the_needles_are_left_out(
    expression: Node, document: dict[str, Any]
) -> None:
    """A filter of this kind does not see documents that cannot match."""
    choose = compile_chooser(expression)
    records = [*records_of(document), *records_of(MATCHING)]

    assert choose is not None
    assert list(choose(records)) == [2, 3]


@pytest.mark.parametrize(
    "expression",
    [
        Literal(True),
        q.field("a"),
        q.eq(q.field("a"), UNSET),
        q.eq(q.field("a"), [1]),
        q.eq(q.field("a"), 1),
        q.eq(q.field("a"), "x"),
        q.eq(q.field("a"), q.field("b")),
        q.neq(q.field("a.b"), "user"),
        q.not_(q.eq(q.field("a.b"), "user")),
        q.lt(q.field("a.b"), 900),
        q.gt(q.field("a"), 900),
        q.gt(q.field("a.b"), "user"),
        q.gt(q.field("a.b"), 0),
        q.gt(q.field("a.b"), -1),
        q.gt(q.field("a.b"), Int64(1)),
        q.eq(q.add(q.field("a.b"), 1), 900),
        q.or_(q.eq(q.field("a"), "user"), q.field("b")),
        q.or_(*(q.eq(q.field("a.b"), f"name {n}") for n in range(7))),
        q.and_(),
        q.and_(q.field("c"), q.eq(q.field("a"), "user")),
        q.and_(q.gt(q.add(q.field("c"), 1), 2), q.eq(q.field("a"), "user")),
        q.and_(q.not_(q.field("c")), q.eq(q.field("a"), "user")),
    ],
    ids=repr,
)
def test_other_filters_see_every_document(expression: Node) -> None:
    """Nothing is left out that might match, raise, or cost as much to look for as to decode."""
    assert compile_chooser(expression) is None


def test_a_very_deep_filter_sees_every_document() -> None:
    """Generated code has an end, and meaning has not."""
    expression = q.eq(q.field("a"), "user")
    for _ in range(40):
        expression = q.and_(True, q.or_(expression))

    assert compile_chooser(expression) is None


SCHEMA = define_schema(
    {"rows": define_table({"k": v.any(), "in": v.any()}).index("by_k", ["k"])},
)


class TestScans:
    """Long scans leave records out, and nobody can tell."""

    @pytest.fixture(name="db")
    def database(self, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch) -> Database:
        """Forty rows, of which three match, and runs of four."""
        monkeypatch.setattr(operators, "_RUN", 4)
        db = open_database(SCHEMA)
        db.insert_many(
            "rows",
            [
                {"k": n % 2, "in": {"name": "small" if n % 13 else "large", "n": n}}
                for n in range(40)
            ],
        )
        return db

    @pytest.mark.parametrize("order", ["asc", "desc"])
    @pytest.mark.parametrize("index", [None, "by_k"])
    def test_every_way_to_ask_finds_the_same(
        self, db: Database, order: str, index: str | None
    ) -> None:
        """Documents, counts, ids, iteration and pages agree with a filter in Python."""
        rows = db.query("rows") if index is None else db.query("rows").with_index(index)
        rows = rows.order(order)
        query = rows.filter(lambda q: q.eq(q.field("in.name"), "large"))
        meant = rows.where(lambda row: row["in"]["name"] == "large").collect()  # pyright: ignore[reportIndexIssue,reportArgumentType,reportCallIssue,reportOptionalSubscript]

        pages = [query.paginate(num_items=3)]
        pages.append(query.paginate(num_items=3, cursor=pages[0].continue_cursor))

        assert query.collect() == list(query) == query.take(9) == meant
        assert [row for page in pages for row in page.page] == meant
        assert query.take(2) == meant[:2]
        assert query.ids() == [row["_id"] for row in meant]
        assert query.count() == query.explain().documents_returned == len(meant) == 4

    def test_writes_of_the_transaction_are_seen(self, db: Database) -> None:
        """A row that was not committed yet is found among the others."""
        with db.write() as tx:
            id = tx.insert("rows", {"k": 0, "in": {"name": "large"}})
            found = tx.query("rows").filter(lambda q: q.eq(q.field("in.name"), "large")).ids()

        assert len(found) == 5
        assert found[-1] == id

    def test_an_error_is_met_on_the_same_row(self, db: Database) -> None:
        """A later condition does not hide what an earlier one raises."""
        query = db.query("rows").filter(
            lambda q: q.and_(q.lt(q.add(q.field("in.n"), 1), 99), q.eq(q.field("in.name"), "large"))
        )
        db.insert("rows", {"k": 0, "in": {"name": "small"}})

        assert len(query.take(4)) == 4
        with pytest.raises(FilterError):
            query.take(5)

    def test_a_page_ends_on_the_row_that_fills_it(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Pages are the same as without leaving anything out."""
        query = db.query("rows").filter(lambda q: q.eq(q.field("in.name"), "large"))
        chosen = query.paginate(num_items=3)
        planner._chooser.cache_clear()
        monkeypatch.setattr(planner, "compile_chooser", lambda expression: None)

        whole = query.paginate(num_items=3)
        planner._chooser.cache_clear()

        assert (chosen.page, dict(chosen)) == (whole.page, dict(whole))
        assert chosen.split_cursor == whole.split_cursor
