"""Arithmetic in filters: two float64 or two int64, with IEEE's rules and Rust's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.errors import FilterError
from docdb.queries.arithmetic import ARITHMETIC, boolean, negated
from docdb.values.kinds import UNSET, Int64

LOWEST, HIGHEST = Int64(-(2**63)), Int64(2**63 - 1)
INT64 = st.integers(min_value=-(2**63), max_value=2**63 - 1).map(Int64)
NO_NUMBERS = [UNSET, None, True, False, "1", b"1", [1], {"a": 1}]


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("add", 1, 2, 3.0),
        ("add", 0.1, 0.2, 0.1 + 0.2),
        ("add", 2**53, 1, float(2**53)),
        ("add", math.inf, 1, math.inf),
        ("sub", 1, 2.5, -1.5),
        ("mul", 1e308, 10, math.inf),
        ("mul", -0.0, 1, -0.0),
        ("div", 7, 2, 3.5),
        ("div", 1, 0, math.inf),
        ("div", -1, 0.0, -math.inf),
        ("div", 1, -0.0, -math.inf),
        ("div", math.inf, -0.0, -math.inf),
        ("mod", 7, 3, 1.0),
        ("mod", -7, 3, -1.0),
        ("mod", 7, -3, 1.0),
        ("mod", -6, 3, -0.0),
        ("mod", 5.5, math.inf, 5.5),
        ("add", Int64(1), Int64(2), Int64(3)),
        ("sub", LOWEST, Int64(-1), Int64(-(2**63) + 1)),
        ("mul", Int64(-3), Int64(4), Int64(-12)),
        ("div", Int64(7), Int64(2), Int64(3)),
        ("div", Int64(-7), Int64(2), Int64(-3)),
        ("div", Int64(7), Int64(-2), Int64(-3)),
        ("div", Int64(-7), Int64(-2), Int64(3)),
        ("div", LOWEST, Int64(1), LOWEST),
        ("mod", Int64(7), Int64(3), Int64(1)),
        ("mod", Int64(-7), Int64(3), Int64(-1)),
        ("mod", Int64(7), Int64(-3), Int64(1)),
        ("mod", HIGHEST, Int64(-1), Int64(0)),
    ],
)
def test_numbers_of_one_kind_are_calculated(operator: str, left, right, expected):
    """Float64 follows IEEE 754, int64 truncates toward zero, and each stays its kind."""
    result = ARITHMETIC[operator](left, right)

    assert (type(result), repr(result)) == (type(expected), repr(expected))


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("div", 0, 0),
        ("div", 0.0, -0.0),
        ("div", math.nan, 0),
        ("mod", 1, 0),
        ("mod", math.inf, 2),
        ("mod", math.nan, 2),
        ("sub", math.inf, math.inf),
        ("mul", math.inf, 0),
        ("add", math.nan, 1),
    ],
)
def test_what_ieee_leaves_open_is_not_a_number(operator: str, left: float, right: float):
    """No float operation is ever an error."""
    result = ARITHMETIC[operator](left, right)

    assert isinstance(result, float)
    assert math.isnan(result)


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("add", HIGHEST, Int64(1)),
        ("sub", LOWEST, Int64(1)),
        ("sub", Int64(0), LOWEST),
        ("mul", HIGHEST, Int64(2)),
        ("mul", LOWEST, Int64(-1)),
        ("div", LOWEST, Int64(-1)),
        ("mod", LOWEST, Int64(-1)),
        ("div", Int64(1), Int64(0)),
        ("mod", Int64(1), Int64(0)),
        ("div", Int64(0), Int64(0)),
    ],
)
def test_int64_never_wraps(operator: str, left: Int64, right: Int64):
    """Overflow and division by zero are errors, and none of them is Python's."""
    with pytest.raises(FilterError):
        ARITHMETIC[operator](left, right)


@given(operator=st.sampled_from(sorted(ARITHMETIC)), left=INT64, right=INT64)
def test_int64_results_are_int64_or_errors(operator: str, left: Int64, right: Int64):
    """Whatever the operands, an int64 stays one."""
    try:
        result = ARITHMETIC[operator](left, right)
    except FilterError:
        return

    assert type(result) is Int64


@given(left=INT64, right=INT64.filter(lambda each: each not in (0, -1)))
def test_quotient_and_remainder_belong_together(left: Int64, right: Int64):
    """The remainder is what division leaves, with the sign of the dividend."""
    quotient, remainder = ARITHMETIC["div"](left, right), ARITHMETIC["mod"](left, right)

    assert quotient * right + remainder == left
    assert abs(remainder) < abs(right)
    assert remainder == 0 or (remainder < 0) == (left < 0)


@given(
    operator=st.sampled_from(sorted(ARITHMETIC)),
    left=st.floats(width=64),
    right=st.floats(width=64),
)
def test_floats_never_fail(operator: str, left: float, right: float):
    """Two float64 have a result, whatever they are."""
    assert type(ARITHMETIC[operator](left, right)) is float


@pytest.mark.parametrize("operator", sorted(ARITHMETIC))
@pytest.mark.parametrize("other", [*NO_NUMBERS, Int64(1)])
def test_kinds_are_never_mixed(operator: str, other):
    """A float64 goes with float64 only, on either side."""
    with pytest.raises(FilterError):
        ARITHMETIC[operator](1.0, other)
    with pytest.raises(FilterError):
        ARITHMETIC[operator](other, 1)


@pytest.mark.parametrize("operator", sorted(ARITHMETIC))
@pytest.mark.parametrize("other", [*NO_NUMBERS, 1, 1.0])
def test_an_int64_goes_with_int64_only(operator: str, other):
    """An int is a float64, so it does not go with an int64."""
    with pytest.raises(FilterError):
        ARITHMETIC[operator](Int64(1), other)
    with pytest.raises(FilterError):
        ARITHMETIC[operator](other, Int64(1))


@pytest.mark.parametrize(
    ("operand", "expected"),
    [(1, -1.0), (0, -0.0), (0.0, -0.0), (-0.0, 0.0), (math.inf, -math.inf), (Int64(5), Int64(-5))],
)
def test_negation_turns_the_sign(operand, expected):
    """Zero has two signs, and an int64 stays one."""
    result = negated(operand)

    assert (type(result), repr(result)) == (type(expected), repr(expected))


@pytest.mark.parametrize("operand", [*NO_NUMBERS, LOWEST])
def test_what_has_no_negation_is_an_error(operand):
    """No number, and the one int64 without an opposite."""
    with pytest.raises(FilterError):
        negated(operand)


@pytest.mark.parametrize("value", [UNSET, None, 0, 1, 1.0, Int64(1), "true", b"", [], {}])
def test_only_booleans_are_booleans(value):
    """Nothing is converted, however true it looks in Python."""
    with pytest.raises(FilterError):
        boolean(value)


@pytest.mark.parametrize("value", [True, False])
def test_booleans_are_booleans(value: bool):
    """True and false come back as they are."""
    assert boolean(value) is value
