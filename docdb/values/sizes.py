"""
How big a value is, and how deep.

The limits of documents are counted in Convex's own measure, so that what fits here fits there;
it is near to, but not the same as, the number of bytes that a value takes in the store.

Rules of this file: every function takes plain form, and recursion ends because plain form has at
most ``limits.VALUE_DEPTH_MAX`` levels.

Cost: ``size_of`` takes 0.1 µs for each scalar and name.

Source: convex-backend crates/value/src/size.rs; ``getConvexSize`` of the ``convex`` npm package.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from docdb.values.kinds import Int64, Unset, Value

__all__ = ["depth_of", "document_size", "size_of"]

_ID_BYTES: Final = 3 + 1 + 2 + 32
_CREATION_TIME_BYTES: Final = 13 + 1 + 9


def size_of(value: Value | Unset) -> int:
    """
    Return the size of a value in bytes, as Convex counts them.

    >>> size_of(1), size_of("é"), size_of([None]), size_of({"ab": True})
    (9, 4, 3, 6)
    """
    return _SIZES[type(value)](value)


def document_size(document: Mapping[str, Value]) -> int:
    """
    Return the size of a document, with its system fields even where it has none yet.

    >>> document_size({}) == 2 + 38 + 23
    True
    """
    size = size_of(cast("Value", document))
    if "_id" not in document:
        size += _ID_BYTES
    if "_creationTime" not in document:
        size += _CREATION_TIME_BYTES
    return size


def depth_of(value: Value | Unset) -> int:
    """
    Return how many levels of arrays and objects a value has; a scalar has none.

    >>> depth_of(1), depth_of([]), depth_of({"a": [1]})
    (0, 1, 2)
    """
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


def _nothing(_value: object) -> int:
    return 0


def _one(_value: object) -> int:
    return 1


def _nine(_value: object) -> int:
    return 9


def _string(value: str) -> int:
    return 2 + (len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass")))


def _bytes(value: bytes) -> int:
    return 2 + len(value)


def _array(value: list[Value]) -> int:
    return 2 + sum([_SIZES[type(each)](each) for each in value])


def _object(value: dict[str, Value]) -> int:
    fields = sum([_SIZES[type(each)](each) for each in value.values()])
    return 2 + sum(map(len, value)) + len(value) + fields


_SIZES: Final[Mapping[type, Callable[[Any], int]]] = {
    Unset: _nothing,
    type(None): _one,
    bool: _one,
    Int64: _nine,
    int: _nine,
    float: _nine,
    str: _string,
    bytes: _bytes,
    list: _array,
    dict: _object,
}
