"""
What the operators of a filter do with values: arithmetic, and what counts as a boolean.

Rules of this file (convex-backend, ``crates/common/src/query.rs``, read for behaviour):

- Arithmetic takes two float64 or two int64, never one of each, and no other kind.
- Int64 overflow, and division or remainder by zero, are errors; float64 follows IEEE 754.
- Integer division truncates toward zero; a remainder has the sign of the dividend.
- Only true and false are booleans: nothing is converted.
"""

import math
from collections.abc import Callable

from docdb.errors import FilterError, shown
from docdb.values.kinds import Int64, Unset, Value, kind_of

__all__ = ["ARITHMETIC", "boolean", "negated"]

_INT64_MIN = -(1 << 63)
_INT64_MAX = (1 << 63) - 1


def boolean(value: Value | Unset) -> bool:
    """Return a value that is a boolean; anything else is an error."""
    if value is True or value is False:
        return value
    raise FilterError(
        f"a filter came to {shown(value)} ({kind_of(value)}) where a boolean belongs",
        hint="compare it with something: q.eq(..., True)",
    )


def negated(operand: Value | Unset) -> Value:
    """Return a number with its sign turned."""
    if isinstance(operand, Int64):
        return _int64("negate", -int(operand), (operand,))
    if type(operand) is float or type(operand) is int:
        return -float(operand)
    raise _mismatch("negate", (operand,))


def _operation(
    name: str,
    on_integers: Callable[[int, int], int],
    on_floats: Callable[[float, float], float],
) -> Callable[[Value | Unset, Value | Unset], Value]:
    def operate(left: Value | Unset, right: Value | Unset) -> Value:
        if isinstance(left, Int64) and isinstance(right, Int64):
            try:
                return _int64(name, on_integers(int(left), int(right)), (left, right))
            except ZeroDivisionError:
                raise FilterError(f"cannot {name} {left!r} by zero") from None
        if type(left) in (float, int) and type(right) in (float, int):
            assert isinstance(left, (float, int))
            assert isinstance(right, (float, int))
            return on_floats(float(left), float(right))
        raise _mismatch(name, (left, right))

    return operate


def _float_divide(left: float, right: float) -> float:
    try:
        return left / right
    except ZeroDivisionError:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _float_remainder(left: float, right: float) -> float:
    if math.isinf(left) or right == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


def _integer_divide(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _integer_remainder(left: int, right: int) -> int:
    if left == _INT64_MIN and right == -1:
        # The quotient overflows, and the backend's checked remainder refuses with it.
        return _INT64_MAX + 1
    remainder = abs(left) % abs(right)
    return -remainder if left < 0 else remainder


ARITHMETIC: dict[str, Callable[[Value | Unset, Value | Unset], Value]] = {
    "add": _operation("add", lambda a, b: a + b, lambda a, b: a + b),
    "sub": _operation("subtract", lambda a, b: a - b, lambda a, b: a - b),
    "mul": _operation("multiply", lambda a, b: a * b, lambda a, b: a * b),
    "div": _operation("divide", _integer_divide, _float_divide),
    "mod": _operation("take the remainder of", _integer_remainder, _float_remainder),
}


def _int64(name: str, result: int, operands: tuple[Value, ...]) -> Int64:
    if not _INT64_MIN <= result <= _INT64_MAX:
        raise FilterError(
            f"cannot {name} {' and '.join(map(repr, operands))}: the result is beyond int64"
        )
    return Int64(result)


def _mismatch(name: str, operands: tuple[Value | Unset, ...]) -> FilterError:
    listed = " and ".join(f"{shown(each)} ({kind_of(each)})" for each in operands)
    return FilterError(
        f"cannot {name} {listed}: arithmetic takes float64 with float64 or int64 with int64",
        hint="an int is a float64; docdb.Int64(n) is an int64",
    )
