"""Strategies for index ranges: each fits its index, and finds what a look at every row finds."""

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import docdb
from docdb import UNSET, Int64, define_schema, define_table, fixtures, v
from docdb.encoding.packed import Document
from docdb.queries.ranges import Clause, RangeBuilder
from docdb.testing import strategies
from docdb.testing.index_range import IndexRange
from docdb.values.order import compare
from docdb.values.paths import parse_path, read_path
from tests.testing.applications import TABLES, filled, found

PART = settings(max_examples=min(100, settings().max_examples // 3))
SCHEMA = define_schema(
    {
        "notes": define_table({"author": v.string(), "day": v.number()})
        .index("by_author_day", ["author", "day"])
        .index("by_day", ["day"], staged=True)
    }
)
TESTS = {
    "eq": lambda order: order == 0,
    "gt": lambda order: order > 0,
    "gte": lambda order: order >= 0,
    "lt": lambda order: order < 0,
    "lte": lambda order: order <= 0,
}


def fits(document: Document, clause: Clause) -> bool:
    """Whether a document meets a condition, by the order of values alone."""
    operator, field, value = clause
    held = read_path(document, parse_path(field))
    if operator == "prefix":
        return isinstance(held, str) and held.startswith(str(value))
    return TESTS[operator](compare(held, value))


@pytest.mark.parametrize(("name", "component", "table"), TABLES)
@PART
@given(data=st.data())
def test_a_range_finds_what_a_filter_of_all_rows_finds(
    name: str, component: str, table: str, data: st.DataObject
):
    """Every index of every application answers as its documents do, one by one."""
    schema = fixtures.load(name).schema
    part = schema.components[component] if component else schema
    names = [each.name for each in part.tables[table].indexes]
    source = data.draw(st.sampled_from([filled(name), schema]))
    index = data.draw(st.sampled_from([*names, "by_creation_time", "by_id"]))
    drawn = data.draw(strategies.index_ranges(source, table, index, component=component))

    with filled(name).read() as reader:
        query = (reader.component(component) if component else reader).query(table)
        answer = query.with_index(index, drawn).ids()
        documents = query.collect()

    wanted = [each["_id"] for each in documents if all(fits(each, c) for c in drawn.clauses)]
    assert sorted(answer) == sorted(wanted)


@pytest.mark.parametrize(
    "shape",
    [
        "",
        *("gt", "gte", "lt", "lte", "prefix"),
        *("gt lt", "gt lte", "gte lt", "gte lte"),
        *("eq", "eq gt", "eq gte lt", "eq eq", "eq eq lte", "eq eq eq", "eq eq eq eq"),
        "eq eq eq prefix",
    ],
)
def test_every_legal_shape_occurs(shape: str):
    """Equalities on any number of fields, then nothing, one bound, two, or a prefix."""
    ranges = strategies.index_ranges(SCHEMA, "notes", "by_author_day")

    drawn = found(
        ranges, lambda each: sorted(c.operator for c in each.clauses) == sorted(shape.split())
    )

    assert len(drawn.clauses) == len(shape.split())


@given(strategies.index_ranges(SCHEMA, "notes", "by_author_day"))
def test_a_prefix_is_only_of_what_may_be_a_string(drawn: IndexRange):
    """A number has no beginning."""
    prefixes = [field for operator, field, _ in drawn.clauses if operator == "prefix"]

    assert set(prefixes) <= {"author", "_id"}


@given(strategies.index_ranges(SCHEMA, "notes", "by_author_day"))
def test_a_range_shows_what_it_asks(drawn: IndexRange):
    """The repr is Python that makes the same range."""
    names = {"UNSET": UNSET, "Int64": Int64, "inf": inf, "nan": nan}

    again = eval(repr(drawn), names)(RangeBuilder())

    assert repr(again) == repr(drawn(RangeBuilder()))


def test_a_range_goes_with_equalities_by_name():
    """A drawn range can be added to what ``with_index`` is given by keyword."""
    db = docdb.open(":memory:", SCHEMA)
    db.insert_many("notes", [{"author": "Ada", "day": n} for n in range(3)])
    drawn = IndexRange((Clause("gte", "day", 1),))

    assert db.query("notes").with_index("by_author_day", drawn, author="Ada").count() == 2


@pytest.mark.parametrize("index", ["by_day", "by_autor", "by_author", None, ["by_id"]])
def test_an_index_that_cannot_be_asked_is_refused(index: object):
    """Staged, misspelt and unknown indexes are errors when the strategy is made."""
    with pytest.raises(docdb.UnknownIndex):
        strategies.index_ranges(SCHEMA, "notes", index)
