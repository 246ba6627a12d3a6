"""
The eight kinds of value, and how any Python object is brought into plain form.

A *value* is what a field can hold: null, int64, float64, boolean, string, bytes, array or object.
*Plain form* is the one way in which docdb holds each of them once it is inside::

    None   bool   int within ±2**53 or float   Int64   str   bytes   list   dict

An ``int`` is a float64 that keeps its spelling: it comes back as an ``int``, and compares, sorts
and indexes as the float. ``Int64`` is a kind of its own that is never equal to any float64.
``UNSET`` is no value; it says that there is none.

Rules of this file:

- ``normalize`` is the only door from the user's objects to plain form. It copies, so that nothing
  inside changes when the caller's objects do.
- Subclasses count as the kind that they derive from (``IntEnum``, ``StrEnum``, named tuples), but
  a ``bool`` is never a number.
- Whatever is refused is refused with the path at which it lies.

How it works: one function for each exact type, found in a table. A flaw travels up as a private
exception and collects its path on the way, so that sound values pay nothing for paths.

Cost: 0.1 to 0.2 µs for each scalar and each name.

Source: kinds and limits, convex-backend crates/value/src/lib.rs; what Python objects stand for
them, the ``convex`` package on PyPI (``convex/values.py``).
"""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, ClassVar, Final, NoReturn, Self, SupportsIndex, TypeAlias, Union, cast

from docdb import limits
from docdb.errors import DocdbError, InvalidArgument, InvalidDocument, shown
from docdb.values.names import check_field_name, join

__all__ = [
    "INT64_MAX",
    "INT64_MIN",
    "UNSET",
    "Int64",
    "Kind",
    "Unset",
    "Value",
    "kind_of",
    "normalize",
]

INT64_MIN = -(1 << 63)
INT64_MAX = (1 << 63) - 1


class Int64(int):
    """
    A 64-bit integer, Convex's ``int64``: a kind of value of its own.

    It behaves as an ``int`` in Python (arithmetic gives a plain ``int``), but the database never
    takes it for a float64: ``Int64(1)`` and ``1`` are different values.

    Raises:
        InvalidArgument: The argument is no integer, or does not fit into 64 bits.

    >>> Int64(5), Int64(5) + 1, f"{Int64(5)}"
    (Int64(5), 6, '5')
    """

    __slots__ = ()

    def __new__(cls, value: SupportsIndex = 0) -> Self:
        """Return the integer, if it is one and fits into 64 bits."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidArgument(f"Int64 takes an int, not {shown(value)}")
        if not INT64_MIN <= value <= INT64_MAX:
            raise InvalidArgument(
                f"{shown(value)} does not fit into 64 bits",
                hint=f"an Int64 lies between {INT64_MIN} and {INT64_MAX}",
            )
        return int.__new__(cls, value)

    def __repr__(self) -> str:
        return f"Int64({int.__repr__(self)})"

    def __str__(self) -> str:
        return int.__repr__(self)


class Unset:
    """The type of ``UNSET``, which says that a field is missing. There is one instance."""

    __slots__ = ()
    _only: ClassVar["Unset | None"] = None

    def __new__(cls) -> "Unset":  # noqa: PYI034 - always the one instance
        """Return the one instance."""
        if cls._only is None:
            cls._only = object.__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()

# Union, not |: the recursive names are still text when this line runs.
Value: TypeAlias = Union[  # noqa: UP007
    bool, int, float, Int64, str, bytes, list["Value"], dict[str, "Value"], None
]


class Kind(IntEnum):
    """
    The kinds of value, in the order in which they sort.

    >>> str(Kind.FLOAT64), Kind.INT64 < Kind.FLOAT64
    ('float64', True)
    """

    UNDEFINED = 0
    NULL = 1
    INT64 = 2
    FLOAT64 = 3
    BOOLEAN = 4
    STRING = 5
    BYTES = 6
    ARRAY = 7
    OBJECT = 8

    def __str__(self) -> str:
        return self.name.lower()

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)


_KINDS: Final[Mapping[type, Kind]] = {
    Unset: Kind.UNDEFINED,
    type(None): Kind.NULL,
    Int64: Kind.INT64,
    int: Kind.FLOAT64,
    float: Kind.FLOAT64,
    bool: Kind.BOOLEAN,
    str: Kind.STRING,
    bytes: Kind.BYTES,
    bytearray: Kind.BYTES,
    memoryview: Kind.BYTES,
    list: Kind.ARRAY,
    tuple: Kind.ARRAY,
    dict: Kind.OBJECT,
}


def kind_of(value: object) -> Kind | None:
    """
    Return the kind of a Python object, or None where it stands for no value.

    >>> kind_of(1) is kind_of(1.0), str(kind_of(True)), kind_of({1, 2})
    (True, 'boolean', None)
    """
    kind = _KINDS.get(type(value))
    if kind is None:
        stands_for = _plain_type(value)
        return None if stands_for is None else _KINDS[stands_for]
    return kind


def normalize(
    value: object,
    *,
    depth_max: int,
    path: str = "",
    error: type[DocdbError] = InvalidDocument,
    keep_unset: bool = False,
) -> Value:
    """
    Return a copy of a value in plain form, or say what is wrong with it and where.

    Args:
        value: Any object.
        depth_max: How many levels of arrays and objects there may be; a scalar has none.
        path: Where the value itself lies; the paths of errors begin with it.
        error: The class of error to raise.
        keep_unset: Keep ``UNSET`` as the value itself, and in the fields of the outermost object.
            Elsewhere a field that is ``UNSET`` is dropped.

    Raises:
        InvalidDocument: Or ``error``: an object of another kind, a number out of range, text that
            is not Unicode, a malformed field name, too many fields, elements or levels, or
            ``UNSET`` in an array. ``.path`` says where, such as ``metadata.tokens[2].total``.

    >>> normalize({"a": (1, bytearray(b"x")), "b": UNSET}, depth_max=16)
    {'a': [1, b'x']}
    """
    if type(value) is str and value.isascii():
        return value
    try:
        if keep_unset:
            if value is UNSET:
                return cast("Value", UNSET)
            if isinstance(value, Mapping):
                return _object(cast("Mapping[object, object]", value), depth_max, keep_unset=True)
        return _plain(value, depth_max)
    except _Flaw as flaw:
        for part in reversed(flaw.parts):
            path = join(path, part)
        where = f"at {path!r}: " if path else ""
        raise error(where + flaw.message, hint=flaw.hint, path=path) from None


class _Flaw(Exception):
    """What is wrong with a value; ``parts`` is its path, innermost part first."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.parts: list[str | int] = []


_Step: TypeAlias = Callable[[Any, int], Value]


def _plain(value: object, levels: int) -> Value:
    step = _STEPS.get(type(value))
    if step is None:
        return _plain_subclass(value, levels)
    return step(value, levels)


def _plain_subclass(value: object, levels: int) -> Value:
    base = _plain_type(value)
    if base is None:
        _refuse_kind(value)
    return _STEPS[base](_converted(value, base), levels)


def _same(value: Any, _levels: int) -> Value:
    return value


def _integer(number: int, _levels: int) -> Value:
    if -limits.INTEGER_MAX <= number <= limits.INTEGER_MAX:
        return number
    raise _Flaw(
        f"the integer {shown(number)} is not exact as a float64",
        f"an int lies within ±{limits.INTEGER_MAX}; for int64 write docdb.Int64(n)",
    )


def _string(text: str, _levels: int) -> Value:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _Flaw(
                f"the string {shown(text)} has a lone surrogate at character {error.start}",
                "a string is Unicode text; keep other data as bytes",
            ) from None
    return text


def _bytes(value: bytearray | memoryview, _levels: int) -> Value:
    try:
        return bytes(value)
    except ValueError as error:
        raise _Flaw(f"{shown(value)} cannot be read: {error}") from None


def _array(elements: Sequence[object], levels: int) -> Value:
    if levels <= 0:
        _refuse_depth()
    if len(elements) > limits.ARRAY_ELEMENTS_MAX:
        raise _Flaw(
            f"an array has {len(elements)} elements; the limit is {limits.ARRAY_ELEMENTS_MAX}",
            "keep long lists as documents of a table of their own",
        )
    plain: list[Value] = []
    try:
        for element in elements:
            # Not a comprehension: how far it came is where the flaw lies.
            plain.append(_plain(element, levels - 1))  # noqa: PERF401
    except _Flaw as flaw:
        flaw.parts.append(len(plain))
        raise
    return plain


def _object(fields: Mapping[object, object], levels: int, *, keep_unset: bool = False) -> Value:
    if levels <= 0:
        _refuse_depth()
    plain: dict[str, Value] = {}
    name: object = None
    levels -= 1
    try:
        for name, field in fields.items():
            if type(name) is not str or check_field_name(name) is not None:
                name = _field_name(name)  # noqa: PLW2901 - the flaw's path needs it
            # Calling a step from here rather than through _plain saves a tenth of the whole.
            step = _STEPS.get(type(field), _plain_subclass)
            if step is not _refuse_unset:
                plain[name] = step(field, levels)
            elif keep_unset:
                plain[name] = cast("Value", UNSET)
    except _Flaw as flaw:
        if isinstance(name, str):
            flaw.parts.append(name)
        raise
    if len(plain) > limits.OBJECT_FIELDS_MAX:
        raise _Flaw(f"an object has {len(plain)} fields; the limit is {limits.OBJECT_FIELDS_MAX}")
    return plain


def _field_name(name: object) -> str:
    if not isinstance(name, str):
        raise _Flaw(f"the field name {shown(name)} is no string", "field names are strings")
    problem = check_field_name(name)
    if problem is not None:
        raise _Flaw(problem, "a field name is printable ASCII and does not begin with '$'")
    return str.__str__(name)


def _refuse_depth() -> NoReturn:
    raise _Flaw(
        "arrays and objects are nested too deeply, or contain themselves",
        f"a document has at most {limits.DOCUMENT_DEPTH_MAX} levels, itself included;"
        f" other values {limits.VALUE_DEPTH_MAX}",
    )


def _refuse_unset(_value: object, _levels: int) -> NoReturn:
    raise _Flaw("UNSET stands where a value is needed", "only a field of an object can be missing")


def _refuse_kind(value: object) -> NoReturn:
    name = type(value).__name__
    raise _Flaw(
        f"{shown(value)} is of type {name!r}, which is no kind of value",
        _HINTS.get(name, "values are None, bool, int, float, Int64, str, bytes, list and dict"),
    )


_STEPS: Final[Mapping[type, _Step]] = {
    type(None): _same,
    bool: _same,
    float: _same,
    Int64: _same,
    bytes: _same,
    int: _integer,
    str: _string,
    bytearray: _bytes,
    memoryview: _bytes,
    list: _array,
    tuple: _array,
    dict: _object,
    Unset: _refuse_unset,
}

_HINTS: Final[Mapping[str, str]] = {
    "datetime": "keep a time as milliseconds since 1970: value.timestamp() * 1000",
    "date": "keep a date as a string: value.isoformat()",
    "Decimal": "keep it as a float, or exactly as a string",
    "UUID": "keep it as a string: str(value)",
    "set": "an array is a list: sorted(value)",
    "frozenset": "an array is a list: sorted(value)",
}

# The order matters: an Int64 is an int as well.
_BASES: Final = (Int64, int, float, str, bytes, bytearray, list, tuple)


def _plain_type(value: object) -> type | None:
    """Return the type in the table of kinds that an object of an unlisted type counts as."""
    for base in _BASES:
        if isinstance(value, base):
            return base
    return dict if isinstance(value, Mapping) else None


def _converted(value: object, base: type) -> object:
    """Return an object of a subclass as one of the very type that it counts as."""
    if base is Int64 or base is int:
        number = int.__index__(cast("int", value))
        return Int64(number) if base is Int64 else number
    if base is float:
        return float.__float__(cast("float", value))
    if base is str:
        return str.__str__(cast("str", value))
    if base is bytes:
        return bytes(memoryview(cast("bytes", value)))
    return value
