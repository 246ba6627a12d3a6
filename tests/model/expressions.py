"""
Filters, evaluated the slow and obvious way.

An expression is a tuple: ``("literal", value)``, ``("field", "a.b")``, or an operator and its
operands, such as ``("and", ("eq", ("field", "a"), ("literal", 1.0)))``.
"""

import math
from typing import Any

from docdb import UNSET, Int64
from tests.model.order import order_key

__all__ = ["Expression", "Refused", "Unspecified", "evaluate", "read", "truth"]

Expression = tuple[Any, ...]

_COMPARED = {
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}
_ARITHMETIC = ("add", "sub", "mul", "div", "mod")


class Refused(Exception):
    """The model refuses an operation; ``code`` is the name of docdb's class of error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unspecified(Exception):
    """The rules leave the answer open: the sign of a NaN that arithmetic makes."""


def read(document: dict[str, Any], path: str) -> Any:
    """Return what lies at a path, which goes through objects only, or ``UNSET``."""
    value: Any = document
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return UNSET
        value = value[name]
    return value


def truth(value: Any) -> bool:
    """Return a boolean as it is and refuse anything else."""
    if value is not True and value is not False:
        raise Refused("FilterError")
    return value


def evaluate(expression: Expression, document: dict[str, Any]) -> Any:
    """Return the value of an expression on a document, looking at no more than it must."""
    operator, *operands = expression
    if operator == "literal":
        return operands[0]
    if operator == "field":
        return read(document, operands[0])
    if operator == "and":
        return all(truth(evaluate(each, document)) for each in operands)
    if operator == "or":
        return any(truth(evaluate(each, document)) for each in operands)
    values = [evaluate(each, document) for each in operands]
    if operator == "not":
        return not truth(values[0])
    if operator in _COMPARED:
        return _COMPARED[operator](order_key(values[0]), order_key(values[1]))
    if operator == "neg":
        return _negated(values[0])
    return _calculated(operator, values[0], values[1])


def _negated(value: Any) -> Any:
    if isinstance(value, Int64):
        return _int64(-int(value))
    return _specified(-_number(value))


def _calculated(operator: str, a: Any, b: Any) -> Any:
    if isinstance(a, Int64) and isinstance(b, Int64):
        return _int64(_whole(operator, int(a), int(b)))
    if isinstance(a, Int64) or isinstance(b, Int64):
        raise Refused("FilterError")
    return _specified(_real(operator, _number(a), _number(b)))


def _whole(operator: str, a: int, b: int) -> int:
    if operator == "add":
        return a + b
    if operator == "sub":
        return a - b
    if operator == "mul":
        return a * b
    if b == 0 or (operator == "mod" and b == -1 and a == -(2**63)):
        raise Refused("FilterError")
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return quotient if operator == "div" else a - b * quotient


def _real(operator: str, a: float, b: float) -> float:
    if operator == "add":
        return a + b
    if operator == "sub":
        return a - b
    if operator == "mul":
        return a * b
    if operator == "mod":
        return math.nan if b == 0 or math.isinf(a) else math.fmod(a, b)
    if b == 0:
        infinity = math.copysign(math.inf, a) * math.copysign(1, b)
        return math.nan if a == 0 or math.isnan(a) else infinity
    return a / b


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("FilterError")
    return float(value)


def _int64(value: int) -> Int64:
    if not -(2**63) <= value < 2**63:
        raise Refused("FilterError")
    return Int64(value)


def _specified(value: float) -> float:
    if math.isnan(value):
        raise Unspecified
    return value
