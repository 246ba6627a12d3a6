"""
The total order of values.
"""

import struct
from itertools import combinations, pairwise

import pytest
from hypothesis import given

from docdb.errors import InvalidArgument
from docdb.values.kinds import UNSET, Int64, Value
from docdb.values.order import compare, equal
from tests.values.strategies import any_values, neighbours, recorded_order, values

# One of each kind or special number, ascending.
LADDER: list[Value] = [
    UNSET,  # pyright: ignore[reportAssignmentType]
    None,
    Int64(-(1 << 63)),
    Int64(0),
    Int64((1 << 63) - 1),
    float("-inf"),
    -1,
    -0.0,
    0,
    5e-324,
    1.5,
    1 << 53,
    float("inf"),
    float("nan"),
    False,
    True,
    "",
    "a",
    "a\0",
    "a\x01",
    "b",
    "\uffff",
    "😀",
    b"",
    b"\x00",
    b"\xff",
    [],
    [None],
    [None, None],
    [Int64(1)],
    {},
    {"": 1},
    {"a": None},
    {"a": None, "b": None},
    {"a": Int64(1)},
    {"aa": None},
    {"b": None},
]


def _float(bits: int) -> float:
    return struct.unpack(">d", struct.pack(">Q", bits))[0]


def test_numbers_that_are_none_sort_by_their_bits() -> None:
    """NaNs with a sign come before all numbers, those without after, each in its place."""
    ascending = [
        _float(0xFFF8_0000_0000_0001),
        _float(0xFFF8_0000_0000_0000),
        float("-inf"),
        float("inf"),
        _float(0x7FF8_0000_0000_0000),
        _float(0x7FF8_0000_0000_0001),
    ]

    orders = {(compare(a, b), compare(b, a), equal(a, b)) for a, b in combinations(ascending, 2)}

    assert orders == {(-1, 1, False)}


def test_all_kinds_and_edges_ascend() -> None:
    """Values sort by kind first, then within their kind, without exception."""
    orders = {(compare(a, b), compare(b, a), equal(a, b)) for a, b in combinations(LADDER, 2)}

    assert orders == {(-1, 1, False)}


def test_the_order_is_convexs() -> None:
    """199 recorded values come in the order in which Convex puts them."""
    recorded = [value for value, _ in recorded_order()]

    orders = [compare(a, b) for a, b in pairwise(recorded)]

    assert len(recorded) == 199
    assert orders == [-1] * 198


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        (0, 0.0),
        (float("nan"), float("nan")),
        ([1, {"a": 2}], [1.0, {"a": 2.0}]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1, 2), [1, 2]),
        (bytearray(b"a"), b"a"),
        (UNSET, UNSET),
    ],
)
def test_one_value_in_two_spellings_is_equal(a: Value, b: Value) -> None:
    """An int equals its float, a NaN itself, and the order of fields does not matter."""
    assert equal(a, b)
    assert compare(a, b) == 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (0.0, -0.0),
        (0, -0.0),
        (True, 1),
        (Int64(1), 1),
        (Int64(1), 1.0),
        ([True], [1]),
        ({"a": Int64(1)}, {"a": 1}),
        ({"a": 1}, {"a": 1, "b": 1}),
        ({"a": 1}, {"b": 1}),
        ([1], [1, 1]),
        (None, UNSET),
        ("a", b"a"),
        (float("nan"), -float("nan")),
    ],
)
def test_what_python_takes_for_equal_need_not_be(a: Value, b: Value) -> None:
    """A boolean is no number, an Int64 no float, and the zeros differ."""
    assert not equal(a, b)
    assert compare(a, b) == -compare(b, a) != 0


@given(any_values, any_values, any_values)
def test_the_order_is_transitive(a: Value, b: Value, c: Value) -> None:
    """Sorting never depends on where one begins."""
    below = compare(a, b) <= 0 and compare(b, c) <= 0

    assert not below or compare(a, c) <= 0


@given(neighbours, neighbours)
def test_equality_is_the_orders(a: Value, b: Value) -> None:
    """Two values are equal exactly if neither sorts before the other."""
    assert equal(a, b) == (compare(a, b) == 0)
    assert compare(a, b) == -compare(b, a)


@given(values)
def test_every_value_equals_itself(value: Value) -> None:
    """Even a value with a NaN in it."""
    assert equal(value, value)


def test_what_is_no_value_has_no_place() -> None:
    """Comparing with something that cannot be stored is an error."""
    with pytest.raises(InvalidArgument):
        compare({1}, 1)  # pyright: ignore[reportArgumentType]
