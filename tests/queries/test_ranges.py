"""
Index ranges: every misuse is named, and the bytes hold exactly the documents that are meant.

The meaning is written here once more, over values: ``tests.model.order`` says how they compare,
and shares nothing with the encoding of keys.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docdb.encoding.rows import mint
from docdb.encoding.sortable import encode_values
from docdb.errors import IndexRangeError
from docdb.queries.ranges import Clause, RangeBuilder, id_passes, scan_range
from docdb.values.kinds import UNSET, Int64
from tests.model.order import order_key

FIELDS = ("a", "b", "_creationTime", "_id")
PREFIX = b"I\x01"
q = RangeBuilder()

TEXTS = [
    "",
    "\x00",
    "\x00\x00",
    "a",
    "a\x00",
    "a\x00b",
    "a\x01",
    "ab",
    "b",
    "\x7f",
    "é",
    "\uffff",
    "😀",
]
EDGES: list[Any] = [
    UNSET,
    None,
    False,
    True,
    -math.inf,
    -1.0,
    -0.0,
    0,
    1,
    1.0,
    math.inf,
    math.nan,
    Int64(-1),
    Int64(0),
    Int64(1),
    Int64(300),
    *TEXTS,
    b"",
    b"\x00",
    b"a",
    b"a\x00",
    b"\xff",
    [],
    [None],
    ["a"],
    ["a\x00"],
    ["a", 1],
    {},
    {"": None},
    {"a": 1},
    {"a": 1, "b": None},
]
VALUES = st.sampled_from(EDGES)
OPERATORS = ["eq", "gt", "gte", "lt", "lte", "prefix"]


def ranged(*clauses: tuple[str, str, Any]) -> RangeBuilder:
    """Return a builder that was given some conditions."""
    builder = q
    for operator, field, value in clauses:
        builder = getattr(builder, operator)(field, value)
    return builder


def scanned(builder: RangeBuilder) -> Any:
    """Return the range of bytes of a builder."""
    return scan_range(builder.clauses, index="by_a_b", fields=FIELDS, prefix=PREFIX)


def holds(operator: str, value: Any, bound: Any) -> bool:
    """Tell whether a value satisfies a condition, from the definition."""
    if operator == "prefix":
        return isinstance(value, str) and value.startswith(bound)
    one, other = order_key(value), order_key(bound)
    return {
        "eq": one == other,
        "gt": one > other,
        "gte": one >= other,
        "lt": one < other,
        "lte": one <= other,
    }[operator]


def found(builder: RangeBuilder, rows: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the rows whose entries lie in the range of bytes."""
    keys = scanned(builder).keys
    return [
        row for row in rows if keys.start <= PREFIX + encode_values(row) + b"\x0drow" < keys.stop
    ]


def bounds_on(field: str) -> st.SearchStrategy[list[tuple[str, str, Any]]]:
    """Return conditions on one field: none, one bound, two, or a prefix."""
    lower = st.tuples(st.sampled_from(["gt", "gte"]), st.just(field), VALUES)
    upper = st.tuples(st.sampled_from(["lt", "lte"]), st.just(field), VALUES)
    prefix = st.tuples(st.just("prefix"), st.just(field), st.sampled_from(TEXTS))
    return st.one_of(
        st.just([]),
        st.tuples(lower).map(list),
        st.tuples(upper).map(list),
        st.tuples(prefix).map(list),
        st.permutations(["lower", "upper"])
        .flatmap(
            lambda order: st.tuples(*({"lower": lower, "upper": upper}[each] for each in order))
        )
        .map(list),
    )


EQUAL_A = st.tuples(st.just("eq"), st.just("a"), VALUES)
SOUND = st.one_of(
    bounds_on("a"),
    st.builds(lambda first, rest: [*rest, first], EQUAL_A, bounds_on("b")),
    st.builds(
        lambda first, second: [second, first],
        EQUAL_A,
        st.tuples(st.just("eq"), st.just("b"), VALUES),
    ),
)


@given(clauses=SOUND, rows=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=12))
@example(clauses=[("eq", "a", "a")], rows=[("a\x00b", None)])
@example(clauses=[("gt", "a", "a")], rows=[("a\x00b", None), ("a", None)])
@example(clauses=[("lte", "a", {})], rows=[({"": None}, None), ({}, None)])
@example(clauses=[("prefix", "a", "")], rows=[("", 1), (b"", 1), (True, 1), ("😀", 1)])
@example(clauses=[("prefix", "a", "a")], rows=[("a", 1), ("a\x00b", 1), ("ab", 1), ("b", 1)])
@example(clauses=[("prefix", "a", "\x00")], rows=[("", 1), ("\x00", 1), ("\x00\x00", 1)])
def test_a_range_holds_exactly_what_is_meant(
    clauses: list[tuple[str, str, Any]], rows: list[tuple[Any, Any]]
):
    """Every kind of value, every operator, in any order, with NUL where it hurts."""
    expected = [
        row
        for row in rows
        if all(holds(operator, row["ab".index(field)], bound) for operator, field, bound in clauses)
    ]

    assert found(ranged(*clauses), rows) == expected


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("bound", EDGES, ids=repr)
def test_each_bound_meets_each_value(operator: str, bound: Any):
    """The table of all pairs, for every operator."""
    rows = [(value, None) for value in EDGES]
    if operator == "prefix" and not isinstance(bound, str):
        with pytest.raises(IndexRangeError):
            ranged((operator, "a", bound))
        return

    expected = [row for row in rows if holds(operator, row[0], bound)]

    assert found(ranged((operator, "a", bound)), rows) == expected


def test_no_condition_is_the_whole_index():
    """An index can be walked from end to end."""
    rows = [(value, other) for value in EDGES for other in (UNSET, "😀", {"a": 1})]

    assert found(q, rows) == rows


@pytest.mark.parametrize(
    ("lower", "upper"), [(("gt", 2), ("lt", 1)), (("gt", 1), ("lt", 1)), (("gt", 1), ("lte", 1))]
)
def test_a_range_whose_ends_cross_is_empty(lower: tuple[str, Any], upper: tuple[str, Any]):
    """Lower above upper finds nothing, and is no error."""
    keys = scanned(ranged((lower[0], "a", lower[1]), (upper[0], "a", upper[1]))).keys

    assert keys.start >= keys.stop


class TestImplicitFields:
    """Every index ends in the creation time and the id, which ranges may use."""

    def entry(self, milliseconds: int) -> tuple[str, bytes]:
        """Return the id and the entry of a document with a = 1, b = 2."""
        bits = 0x4278_0000_0000_0000 + milliseconds
        id, row_key = mint(10001, bits, b"random")
        return id, PREFIX + encode_values([1, 2]) + row_key

    @pytest.mark.parametrize(
        ("operator", "expected"),
        [
            ("eq", [1]),
            ("gt", [2]),
            ("gte", [1, 2]),
            ("lt", [0]),
            ("lte", [0, 1]),
        ],
    )
    def test_the_creation_time_can_be_bounded(self, operator: str, expected: list[int]):
        """It is a number like others, behind the fields of the index."""
        from docdb.tables.creation import time_of

        middle = time_of(0x4278_0000_0000_0001)
        builder = ranged(("eq", "a", 1), ("eq", "b", 2), (operator, "_creationTime", middle))
        keys = scanned(builder).keys

        assert [n for n in (0, 1, 2) if keys.contains(self.entry(n)[1])] == expected

    def test_the_id_can_be_bounded(self):
        """Conditions on the id are left to be tested row by row, within the right time."""
        id, _ = self.entry(0)
        builder = q.eq("a", 1).eq("b", 2).eq("_creationTime", 2.0**40 * 1.5).gte("_id", id)
        ranged_by_id = scanned(builder)

        assert ranged_by_id.id_clauses == (Clause("gte", "_id", id),)

    def test_the_id_counts_as_the_last_field(self):
        """It can be given only after all the others."""
        with pytest.raises(IndexRangeError):
            scanned(q.eq("a", 1).eq("b", 2).eq("_id", "x"))

    @pytest.mark.parametrize("operator", OPERATORS)
    @pytest.mark.parametrize("bound", ["", "j5", "j57", "k", *EDGES], ids=repr)
    def test_an_id_passes_as_any_text_does(self, operator: str, bound: Any):
        """An id is compared with whatever kind of value it is compared with."""
        if operator == "prefix" and not isinstance(bound, str):
            return

        assert id_passes("j57", (Clause(operator, "_id", bound),)) == holds(operator, "j57", bound)


class TestMisuse:
    """Everything that does not fit is an IndexRangeError that names the index, in one order."""

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda: q.eq("a", 1).eq("a", 1),
            lambda: q.eq("a", 1).eq(".a.", 2),
            lambda: q.gt("a", 1).gte("a", 1),
            lambda: q.lt("a", 1).lte("a", 2),
            lambda: q.gt("a", 1).gt("a", 1),
            lambda: q.prefix("a", "x").gt("a", "x"),
            lambda: q.prefix("a", "x").lt("a", "x"),
            lambda: q.prefix("a", "x").prefix("a", "x"),
            lambda: q.eq("a", 1).gt("b", 1).lt("_creationTime", 5),
            lambda: q.gt("a", 1).lt("b", 1),
            lambda: q.eq("a", 1).gt("a", 0),
            lambda: q.eq("a", "x").prefix("a", "x"),
            lambda: q.eq("c", 1),
            lambda: q.gt("c", 1),
            lambda: q.eq("a.b", 1),
            lambda: q.eq("b", 1),
            lambda: q.gt("b", 1),
            lambda: q.eq("a", 1).eq("_creationTime", 1),
            lambda: q.eq("a", 1).gt("_creationTime", 1),
            lambda: q.gt("_creationTime", 1),
            lambda: q.eq("b", 1).gt("a", 1),
            lambda: q.gt("a", 1).eq("b", 1),
            lambda: q.eq("_id", "x"),
            lambda: q.eq("a", 1).eq("b", 1).eq("_creationTime", 1).eq("_id", "x").gt("a", 1),
        ],
    )
    def test_clauses_that_do_not_fit_are_refused_when_the_query_runs(
        self, wrong: Callable[[], RangeBuilder]
    ):
        """Building is free; the range is checked as a whole against the index."""
        builder = wrong()

        with pytest.raises(IndexRangeError) as caught:
            scanned(builder)
        assert caught.value.index == "by_a_b"

    @pytest.mark.parametrize(
        ("builder", "fact"),
        [
            (q.eq("a", 1).eq("a", 2).gt("x", 1).gt("y", 2), "two values"),
            (q.gt("x", 1).gte("y", 2).eq("z", 1), "two lower bounds"),
            (q.lt("x", 1).lt("y", 2).gt("z", 1), "two upper bounds"),
            (q.gt("x", 1).lt("y", 2).eq("x", 1), "bounds are given on"),
            (q.eq("x", 1).gt("x", 2), "both eq()"),
            (q.eq("x", 1).gt("b", 2), "not one of its fields"),
            (q.gt("x", 1), "not one of its fields"),
            (q.eq("b", 1), "leaves out a field"),
            (q.gt("b", 1), "does not follow"),
        ],
    )
    def test_the_first_flaw_is_the_one_that_is_named(self, builder: RangeBuilder, fact: str):
        """Duplicates, then bounds, then unknown fields, then gaps: the order of the backend."""
        with pytest.raises(IndexRangeError) as caught:
            scanned(builder)

        assert fact in caught.value.message

    def test_an_unknown_field_brings_the_known_ones(self):
        """The hint offers what there is."""
        with pytest.raises(IndexRangeError) as caught:
            scanned(q.eq("c", 1))

        assert "_creationTime" in caught.value.hint

    @pytest.mark.parametrize("operator", OPERATORS)
    @pytest.mark.parametrize("field", ["", ".", "a..b", "1a", "a b", "é", None, 5, b"a", ["a"]])
    def test_a_malformed_field_is_refused(self, operator: str, field: Any):
        """A field is a path of identifiers."""
        with pytest.raises(IndexRangeError):
            ranged((operator, field, "x"))

    @pytest.mark.parametrize("operator", OPERATORS)
    @pytest.mark.parametrize("value", [object(), {1}, 2**53 + 1, "\ud800", [UNSET], 1j, q])
    def test_what_is_no_value_is_refused(self, operator: str, value: Any):
        """A bound is something that a document could hold."""
        with pytest.raises(IndexRangeError):
            ranged((operator, "a", value))

    @pytest.mark.parametrize("value", [None, 1, b"a", ["a"], UNSET, True])
    def test_a_prefix_is_text(self, value: Any):
        """Only strings have beginnings."""
        with pytest.raises(IndexRangeError):
            q.prefix("a", value)

    def test_an_unknown_operator_is_refused(self):
        """A misspelt operator is named, with the ones there are."""
        with pytest.raises(IndexRangeError) as caught:
            q.greater("a", 1)

        assert "greater" in caught.value.message
        assert "gt" in caught.value.hint


def test_a_builder_never_changes():
    """A range can be extended twice."""
    first = q.eq("a", 1)
    first.gt("b", 1)

    assert repr(first.lt("b", 2)) == "q.eq('a', 1).lt('b', 2)"


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), ((1, 2), [1, 2]), (bytearray(b"x"), b"x"), ({"a": UNSET}, {})]
)
def test_clauses_that_mean_the_same_have_one_key(one: Any, other: Any):
    """How a value is spelled makes no difference to a cursor."""
    assert q.eq("a", one).clauses[0].key == q.eq("a", other).clauses[0].key


@pytest.mark.parametrize(
    ("one", "other"), [(1, Int64(1)), (None, UNSET), ("1", b"1"), (0.0, -0.0), (True, 1)]
)
def test_clauses_that_mean_something_else_have_another_key(one: Any, other: Any):
    """A cursor of one range is never taken for a cursor of another."""
    assert q.eq("a", one).clauses[0].key != q.eq("a", other).clauses[0].key
