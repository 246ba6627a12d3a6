"""
What bytes a record must have for a value to be in it.
"""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docdb import limits
from docdb.encoding.needles import needles_of, number_finder
from docdb.encoding.packed import pack_open, pack_plain
from docdb.values.kinds import UNSET, Int64, Value
from docdb.values.order import compare, equal
from tests.values.strategies import floats_by_bits, integers, values

NAMES = st.sampled_from(["n", "total", "a.b", "[", "\\", "x" * 40])
NUMBERS = st.one_of(integers, floats_by_bits)
ORDINARY = NUMBERS.filter(lambda number: not math.isnan(number) and number > 0)
# Where numbers begin to be written in another way.
EDGES = [
    edge + off for edge in (1, 128, 256, 1 << 16, 1 << 32, limits.INTEGER_MAX) for off in (-1, 0)
]


def _holds(name: str, value: Value) -> bytes:
    """Return a record in which a field has a value, deep inside."""
    return pack_open(b"key", "id", 1.0, {"x": [{"y": 1, name: value}]})


class TestNeedles:
    """One of a value's needles is in every record that holds it."""

    @given(NAMES, values)
    def test_a_value_has_a_needle_in_its_record(self, name: str, value: Value) -> None:
        """Looking for it finds it, with the name before it and without."""
        record = _holds(name, value)

        named, alone = needles_of(value, name), needles_of(value)

        assert len(named) == len(alone)
        assert not named or any(needle in record for needle in named)
        assert not alone or any(needle in record for needle in alone)

    @given(NAMES, NUMBERS, NUMBERS)
    @example("n", 1, 1.0)
    @example("n", -0.0, 0)
    def test_equal_numbers_have_the_same_needles(
        self, name: str, number: float, other: float
    ) -> None:
        """An int and a float of one value are found by each other's needles."""
        is_found = any(needle in _holds(name, other) for needle in needles_of(number, name))

        assert is_found or not equal(number, other)

    @pytest.mark.parametrize("value", [UNSET, [], [1], {}, {"a": 1}])
    def test_what_may_be_written_in_many_ways_has_none(self, value: Value) -> None:
        """Of arrays, objects and what is missing, nothing is known."""
        assert needles_of(value) == ()

    @pytest.mark.parametrize(
        ("value", "needles"),
        [
            ("é", ["a2c3a9"]),
            (None, ["c0"]),
            (True, ["c3"]),
            (b"x", ["c40178"]),
            (Int64(-1), ["d701ffffffffffffffff"]),
            (1.5, ["cb3ff8000000000000"]),
            (0, ["00", "cb0000000000000000"]),
            (-0.0, ["cb8000000000000000"]),
            (2.0**53, ["cf0020000000000000", "cb4340000000000000"]),
            (2.0**60, ["cb43b0000000000000"]),
        ],
        ids=repr,
    )
    def test_the_bytes_are_golden(self, value: Value, needles: list[str]) -> None:
        """A scalar has one spelling, and a whole number two."""
        assert [needle.hex() for needle in needles_of(value)] == needles


class TestNumbers:
    """Numbers above a minimum are found by the name before them."""

    @given(NAMES, ORDINARY, st.booleans(), values)
    @example("n", 1.0, True, 1)
    @example("n", math.inf, True, math.inf)
    @example("n", math.inf, False, math.nan)
    @example("n", 5e-324, False, 5e-324)
    def test_nothing_that_counts_is_missed(
        self, name: str, minimum: float, includes_minimum: bool, value: Value
    ) -> None:
        """Whatever sorts above the minimum is found, of whatever kind."""
        find = number_finder(name, minimum, includes_minimum=includes_minimum)

        counts = compare(value, minimum) >= (0 if includes_minimum else 1)

        assert find(_holds(name, value)) or not counts

    @given(NAMES, ORDINARY, NUMBERS)
    def test_numbers_that_do_not_count_are_not_found(
        self, name: str, minimum: float, number: float
    ) -> None:
        """A record is left out whose number is too low."""
        found = number_finder(name, minimum, includes_minimum=True)(_holds(name, number))

        assert bool(found) is (compare(number, minimum) >= 0)

    @pytest.mark.parametrize("minimum", [*EDGES[1:], 0.5, 127.5, 255.5, 65535.5, 2.0**32 + 0.5])
    @pytest.mark.parametrize("off", [-1, -0.5, 0, 0.5, 1])
    def test_the_edges_between_spellings_are_exact(self, minimum: float, off: float) -> None:
        """A number counts by its value, however many bytes it takes."""
        number = minimum + off
        record = _holds("n", int(number) if number == int(number) else number)

        found = [
            number_finder("n", minimum, includes_minimum=includes)(record) is not None
            for includes in (True, False)
        ]

        assert found == [number >= minimum, number > minimum]

    def test_one_of_several_fields_of_the_name_is_enough(self) -> None:
        """Which of them is meant is left to the filter."""
        find = number_finder("n", 5, includes_minimum=True)

        assert find(pack_plain([{"n": 1}, {"n": 7}])) is not None
        assert find(pack_plain([{"n": 1}, {"n": 4}, {"m": 7}])) is None
