"""
Values as JSON that travels to Convex and back.

JSON has one kind of number, no bytes and no NaN; Convex writes what JSON lacks as objects with
one reserved name::

    Int64           {"$integer": base64 of 8 bytes, little-endian}
    NaN, inf, -0.0  {"$float": base64 of 8 bytes, little-endian}
    bytes           {"$bytes": base64}
    UNSET           {"$undefined": null}, only where something may be missing
    all others      themselves; the fields of an object in the order of their names

Rules of this file:

- Decoding is strict: what no encoder writes is refused, with the path at which it lies.
- A JSON number is a float64, so ``1`` comes back as 1.0, unless the caller says ``"keep"``: then
  a number without fraction or exponent comes back as an ``int``, as docdb's own dumps need.
- The result is Python's picture of JSON (dict, list, str, ...); ``json`` makes text of it.

Cost: about 1 µs for each field.

Source: convex-backend crates/value/src/json/mod.rs; ``convexToJson`` of the ``convex`` npm package.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from math import isfinite
from struct import Struct
from typing import Final, Literal, TypeAlias, Union, cast, overload

from docdb import limits
from docdb.errors import InvalidArgument, shown
from docdb.values.kinds import UNSET, Int64, Unset, Value, normalize
from docdb.values.names import join

__all__ = ["Json", "from_json", "to_json"]

# Union, not |: the recursive names are still text when this line runs.
Json: TypeAlias = Union[  # noqa: UP007
    bool, int, float, str, list["Json"], dict[str, "Json"], None
]
Integers: TypeAlias = Literal["float", "keep"]

_INTEGER: Final = "$integer"
_FLOAT: Final = "$float"
_BYTES: Final = "$bytes"
_UNDEFINED_JSON: Final[Json] = {"$undefined": None}

_INT64: Final = Struct("<q")
_DOUBLE: Final = Struct("<d")
_MINUS_ZERO: Final = _DOUBLE.pack(-0.0)


def to_json(value: Value | Unset) -> Json:
    """
    Return a value as Convex's JSON.

    Args:
        value: A value in plain form; ``UNSET`` as itself or in a field becomes ``$undefined``.

    Raises:
        InvalidArgument: The value is not in plain form.

    >>> to_json({"b": b"hi", "a": [Int64(1), 1, 1.0]})
    {'a': [{'$integer': 'AQAAAAAAAAA='}, 1, 1.0], 'b': {'$bytes': 'aGk='}}
    """
    try:
        return _to_json(value)
    except (KeyError, TypeError, RecursionError):
        normalize(value, depth_max=limits.VALUE_DEPTH_MAX, error=InvalidArgument, keep_unset=True)
        raise InvalidArgument(
            f"{shown(value)} is not in plain form",
            hint="normalize() brings a value into plain form",
        ) from None


@overload
def from_json(
    json: object, *, integers: Integers = "float", undefined: Literal[False] = False
) -> Value: ...


@overload
def from_json(json: object, *, integers: Integers = "float", undefined: bool) -> Value | Unset: ...


def from_json(
    json: object, *, integers: Integers = "float", undefined: bool = False
) -> Value | Unset:
    """
    Return the value that some of Convex's JSON stands for.

    Args:
        json: What ``json.loads`` returned.
        integers: ``"keep"`` to get an ``int`` for a number that is written as one.
        undefined: Whether the value itself, or a field of the outermost object, may be missing.

    Raises:
        InvalidArgument: It stands for no value. ``.path`` says where.

    >>> from_json({"n": 1, "i": {"$integer": "AQAAAAAAAAA="}})
    {'n': 1.0, 'i': Int64(1)}
    """
    value = _decoded(json, "", 0, keeps=integers == "keep", undefined=undefined)
    return normalize(
        value, depth_max=limits.VALUE_DEPTH_MAX, error=InvalidArgument, keep_unset=undefined
    )


def _to_json(value: object) -> Json:
    return _ENCODERS[type(value)](value)


def _same(value: object) -> Json:
    return cast("Json", value)


def _number(value: object) -> Json:
    number = cast("float", value)
    if isfinite(number) and (number or _DOUBLE.pack(number) != _MINUS_ZERO):
        return number
    return {_FLOAT: _base64(_DOUBLE.pack(number))}


def _array(value: object) -> Json:
    return [_to_json(element) for element in cast("list[Value]", value)]


def _object(value: object) -> Json:
    fields = cast("dict[str, Value]", value)
    return {name: _to_json(fields[name]) for name in sorted(fields)}


_ENCODERS: Final[Mapping[type, Callable[[object], Json]]] = {
    Unset: lambda _: {**_UNDEFINED_JSON},
    type(None): _same,
    bool: _same,
    int: _same,
    str: _same,
    float: _number,
    Int64: lambda value: {_INTEGER: _base64(_INT64.pack(value))},
    bytes: lambda value: {_BYTES: _base64(cast("bytes", value))},
    list: _array,
    dict: _object,
}


def _decoded(json: object, path: str, depth: int, *, keeps: bool, undefined: bool) -> Value | Unset:
    """Return what some JSON stands for; ``normalize`` checks names and limits afterwards."""
    if isinstance(json, bool) or json is None or isinstance(json, str):
        return json
    if isinstance(json, (int, float)):
        return _decoded_number(json, path, keeps=keeps)
    if isinstance(json, dict):
        fields = cast("dict[str, object]", json)
        special = _special_form(fields)
        if special is not None:
            return special(fields[next(iter(fields))], path)
        if undefined and depth <= 1 and fields == _UNDEFINED_JSON:
            return UNSET
    elif not isinstance(json, list):
        raise _refusal(path, f"{shown(json)} is no JSON")
    if depth >= limits.VALUE_DEPTH_MAX:
        raise _refusal(path, "arrays and objects are nested too deeply")

    def below(each: object, part: str | int) -> Value:
        value = _decoded(each, join(path, part), depth + 1, keeps=keeps, undefined=undefined)
        return cast("Value", value)

    if isinstance(json, list):
        return [below(each, number) for number, each in enumerate(cast("list[object]", json))]
    return {name: below(each, name) for name, each in cast("dict[str, object]", json).items()}


def _special_form(fields: dict[str, object]) -> Callable[[object, str], Value] | None:
    return _SPECIAL_FORMS.get(next(iter(fields))) if len(fields) == 1 else None


def _decoded_number(json: float, path: str, *, keeps: bool) -> float:
    if keeps and isinstance(json, int) and abs(json) <= limits.INTEGER_MAX:
        return json
    try:
        number = float(json)
    except OverflowError:
        raise _refusal(path, f"the number {shown(json)} is beyond every float64") from None
    if not isfinite(number):
        raise _refusal(path, f"{number} is no JSON; it is written as {{{_FLOAT!r}: ...}}")
    return number


def _decoded_integer(json: object, path: str) -> Value:
    (number,) = _INT64.unpack(_from_base64(json, path, byte_count=_INT64.size))
    return Int64(number)


def _decoded_float(json: object, path: str) -> Value:
    (number,) = _DOUBLE.unpack(_from_base64(json, path, byte_count=_DOUBLE.size))
    if isfinite(number) and number:
        raise _refusal(path, f"{number!r} is written as a JSON number, not as {_FLOAT!r}")
    return number


def _decoded_bytes(json: object, path: str) -> Value:
    return _from_base64(json, path)


_SPECIAL_FORMS: Final[Mapping[str, Callable[[object, str], Value]]] = {
    _INTEGER: _decoded_integer,
    _FLOAT: _decoded_float,
    _BYTES: _decoded_bytes,
}


def _base64(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode("ascii")


def _from_base64(json: object, path: str, *, byte_count: int | None = None) -> bytes:
    """Return the bytes that a base64 text stands for, if it is the one text that does."""
    if not isinstance(json, str):
        raise _refusal(path, f"{shown(json)} is no base64 text")
    try:
        content = a2b_base64(json, strict_mode=True)
    except ValueError as error:
        raise _refusal(path, f"{shown(json)} is no base64: {error}") from None
    if _base64(content) != json:
        raise _refusal(path, f"{shown(json)} is not canonical base64")
    if byte_count is not None and len(content) != byte_count:
        raise _refusal(path, f"{shown(json)} has {len(content)} bytes, not {byte_count}")
    return content


def _refusal(path: str, reason: str) -> InvalidArgument:
    return InvalidArgument(f"at {path!r}: {reason}" if path else reason, path=path)
