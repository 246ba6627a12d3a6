"""
Bytes that sort as values do.
"""

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docdb.encoding.sortable import creation_key, encode_value, encode_values
from docdb.errors import InvalidArgument
from docdb.values.kinds import UNSET, Int64, Value
from docdb.values.order import compare, equal
from tests.values.strategies import any_values, neighbours, recorded_order

pairs = st.one_of(st.tuples(any_values, any_values), st.tuples(neighbours, neighbours))


def _sign(a: bytes, b: bytes) -> int:
    return (a > b) - (a < b)


def test_the_recorded_keys_are_convexs() -> None:
    """199 recorded values get the very bytes that Convex gives them."""
    recorded = recorded_order()

    assert [encode_value(value) for value, _ in recorded] == [key for _, key in recorded]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (UNSET, "01"),
        (None, "03"),
        (Int64(0), "08"),
        (Int64(1), "0901"),
        (Int64(-1), "07ff"),
        (Int64(128), "0a0080"),
        (Int64(-129), "06ff7f"),
        (Int64(1 << 40), "0c0000010000000000"),
        (1, "0dbff0000000000000"),
        (1.0, "0dbff0000000000000"),
        (0, "0d8000000000000000"),
        (-0.0, "0d7fffffffffffffff"),
        (-1, "0d400fffffffffffff"),
        (False, "0e"),
        (True, "0f"),
        ("", "1000"),
        ("a\0b", "106100ff6200"),
        ("é", "10c3a900"),
        (b"\x00", "1100ff00"),
        ([], "1200"),
        (["a", [None]], "1210610012030000"),
        ({}, "1500"),
        ({"b": 1.0, "a": None}, "15610003" + "62000dbff0000000000000" + "00"),
        ({"": None}, "1500ff0300"),
    ],
)
def test_each_kind_has_its_golden_bytes(value: Value, key: str) -> None:
    """The bytes of keys are on disk and never change."""
    assert encode_value(value).hex() == key


@given(pairs)
@example((-0.0, 0))
@example(("x", "x\0"))
@example(("\uffff", "😀"))
@example(({}, {"": None}))
def test_keys_sort_as_values_do(pair: tuple[Value, Value]) -> None:
    """An index is in the order of its values, for every pair of values there is."""
    a, b = pair

    assert _sign(encode_value(a), encode_value(b)) == compare(a, b)


@given(pairs, st.sampled_from([b"", b"\x00", b"\x01", b"\x0d\x00", b"\x10", b"\x15\xff"]))
def test_what_equals_a_value_lies_in_one_range(pair: tuple[Value, Value], rest: bytes) -> None:
    """Whatever follows a key, the range of a value holds it exactly if it is equal."""
    a, b = pair
    start = encode_value(a)

    assert (start <= encode_value(b) + rest < start + b"\xff") == equal(a, b)


@given(pairs)
def test_a_key_begins_another_only_before_ff(pair: tuple[Value, Value]) -> None:
    """No tag is ff, so that what follows a key never makes it look like another one."""
    shorter, longer = sorted(map(encode_value, pair), key=len)

    assert not longer.startswith(shorter) or longer[len(shorter) :][:1] in (b"", b"\xff")


@given(st.lists(st.tuples(neighbours, neighbours), min_size=1, max_size=3))
def test_keys_in_a_row_sort_as_the_row_of_values(rows: list[tuple[Value, Value]]) -> None:
    """A compound index is in the order of its first field, then its second, and so on."""
    left, right = ([pair[side] for pair in rows] for side in (0, 1))

    assert _sign(encode_values(left), encode_values(right)) == compare(left, right)


@given(st.floats(min_value=0, exclude_min=True, max_value=2.0**53))
def test_a_creation_time_has_a_floats_key(milliseconds: float) -> None:
    """Creation times sort among documents as the numbers that they are."""
    key = creation_key(milliseconds)

    assert key == encode_value(milliseconds)
    assert -struct.unpack(">d", key[1:])[0] == milliseconds


@pytest.mark.parametrize(
    "value", ["\ud800", ["\udfff"], {"a": {1}}, {"\ud800": 1}, (1,), bytearray(), object(), 10**400]
)
def test_what_is_not_in_plain_form_has_no_key(value: Value) -> None:
    """A lone surrogate or a foreign object never reaches an index."""
    with pytest.raises(InvalidArgument):
        encode_value(value)
