"""
The total order of values as Python tuples that compare.

This is written from the definition of the order alone, and shares nothing with
``docdb.values.order`` or the key encoding: a value becomes ``(rank, content)``, ranks decide
between kinds, and contents of one rank are always of one Python type.
"""

import struct
from typing import Any

from docdb import UNSET, Int64

__all__ = ["frozen", "order_key"]


def order_key(value: Any) -> tuple[Any, ...]:
    """Return a tuple that compares to other values' tuples as the values do."""
    if value is UNSET:
        return (0,)
    if value is None:
        return (1,)
    if isinstance(value, Int64):
        return (2, int(value))
    if isinstance(value, bool):
        return (4, value)
    if isinstance(value, int | float):
        return (3, _float_rank(float(value)))
    if isinstance(value, str):
        return (5, value.encode())
    if isinstance(value, bytes):
        return (6, value)
    if isinstance(value, list):
        return (7, tuple(order_key(each) for each in value))
    return (8, tuple((name, order_key(value[name])) for name in sorted(value)))


def _float_rank(value: float) -> int:
    """Return where a float stands in IEEE 754's total order, as a whole number."""
    (bits,) = struct.unpack(">q", struct.pack(">d", value))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF) - 1


def frozen(value: Any) -> Any:
    """Return a form that is equal for the same value in the same spelling, and only then."""
    if isinstance(value, dict):
        return ("dict", tuple((name, frozen(value[name])) for name in sorted(value)))
    if isinstance(value, list | tuple):
        return (type(value).__name__, tuple(frozen(each) for each in value))
    if isinstance(value, float):
        return ("float", struct.pack(">d", value))
    return (type(value).__name__, value)
