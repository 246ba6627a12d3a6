"""
The values that a schema holds (literals and defaults) as JSON.

JSON has no int64, no bytes and no float beyond the finite ones; Convex writes these as objects
with one reserved name. ``encoding.portable`` does the same for documents; it stands on the floor
of this package, so neither may import the other, and a schema needs only what is here.

Rules of this file: a number keeps its spelling (``1`` stays ``1``, ``1.0`` stays ``1.0``), so that
the text of a schema is the same after it was read; what no encoder writes is refused.

Source: convex-backend crates/value/src/json/mod.rs.
"""

import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from math import isfinite
from typing import Final, TypeAlias, Union, cast

from docdb import limits
from docdb.errors import DocdbError, SchemaError, shown
from docdb.values.kinds import Int64, Value, normalize

__all__ = ["Json", "value_from_json", "value_to_json"]

# Union, not |: the recursive names are still text when this line runs.
Json: TypeAlias = Union[bool, int, float, str, list["Json"], dict[str, "Json"], None]  # noqa: UP007

_INTEGER: Final = struct.Struct("<q")
_FLOAT: Final = struct.Struct("<d")


def value_to_json(value: Value) -> Json:
    """
    Return the JSON of a value in plain form.

    >>> value_to_json([1, -0.0, Int64(1)])
    [1, {'$float': 'AAAAAAAAAIA='}, {'$integer': 'AQAAAAAAAAA='}]
    """
    if isinstance(value, Int64):
        return {"$integer": b64encode(_INTEGER.pack(value)).decode("ascii")}
    if isinstance(value, float) and (not isfinite(value) or repr(value) == "-0.0"):
        return {"$float": b64encode(_FLOAT.pack(value)).decode("ascii")}
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode("ascii")}
    if isinstance(value, list):
        return [value_to_json(element) for element in value]
    if isinstance(value, dict):
        return {name: value_to_json(value[name]) for name in sorted(value)}
    return value


def value_from_json(json: object) -> Value:
    """
    Return the value that some JSON stands for.

    Raises:
        SchemaError: It stands for none.

    >>> value_from_json({"$bytes": "aGk="})
    b'hi'
    """
    try:
        return normalize(_decoded(json, 0), depth_max=limits.VALUE_DEPTH_MAX, error=SchemaError)
    except (ValueError, struct.error, OverflowError, DocdbError) as error:
        raise SchemaError(f"{shown(json)} is the JSON of no value: {error}") from error


def _decoded(json: object, depth: int) -> object:
    if depth > limits.VALUE_DEPTH_MAX:
        raise SchemaError("arrays and objects are nested too deeply")
    if isinstance(json, float) and not isfinite(json):
        raise SchemaError("JSON has no such number; it is written as {'$float': …}")
    if isinstance(json, list):
        return [_decoded(element, depth + 1) for element in cast("list[object]", json)]
    if not isinstance(json, Mapping):
        return json
    fields = cast("Mapping[str, object]", json)
    if len(fields) == 1:
        ((name, coded),) = fields.items()
        if name in ("$integer", "$float", "$bytes"):
            return _special(name, coded)
    return {name: _decoded(field, depth + 1) for name, field in fields.items()}


def _special(name: str, coded: object) -> Value:
    if not isinstance(coded, str):
        raise SchemaError(f"{name} holds {shown(coded)}; expected base64 text")
    raw = b64decode(coded, validate=True)
    if name == "$bytes":
        return raw
    if name == "$integer":
        return Int64(_INTEGER.unpack(raw)[0])
    number: float = _FLOAT.unpack(raw)[0]
    if isfinite(number) and number:
        raise SchemaError(f"{number!r} is written as a JSON number")
    return number
