"""
Reading a run of entries with a cursor of the engine, with the loop in C.

The engine's iterators know where they begin and not where a range ends. Asking each key would cost
more than reading it, and reading on and cutting off would read up to a whole run in vain. So the
item at which the range ends is read first, and the run stops when that item comes up; only a few
are read on and cut off, for finding the end costs a descent to another page::

    range b..e      keys  a  c  d  f  g
                             ^     ^
                         begin     end

Rules of this file: bounds may be empty, or longer than any key. A cursor serves one run.

Cost: 1.2 µs a run, and 20 ns an item more than reading without an end; 0.7 µs a short run.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Protocol

__all__ = ["read_down", "read_up"]

# So many keys, or entries, are read in vain rather than asking where the range ends (measured).
_FEW_KEYS = 32
_FEW_ENTRIES = 2


class _Cursor(Protocol):
    """The part of the engine's cursor that is used here."""

    def item(self) -> tuple[bytes, bytes]: ...

    def key(self) -> bytes: ...

    def last(self) -> bool: ...

    def prev(self) -> bool: ...

    def set_range(self, key: bytes, /) -> bool: ...

    @property
    def iternext(self) -> Callable[..., Iterator[Any]]: ...

    @property
    def iterprev(self) -> Callable[..., Iterator[Any]]: ...


def read_up(cursor: _Cursor, start: bytes, stop: bytes, count: int, *, values: bool) -> list[Any]:
    """Return the first entries, or keys, from ``start`` on and below ``stop``."""
    if count <= (_FEW_ENTRIES if values else _FEW_KEYS):
        if not cursor.set_range(start):
            return []
        items = cursor.iternext(keys=True, values=values)
        return _few_within(start, stop, items, count, values=values)
    end = None
    if cursor.set_range(stop):
        end = cursor.item() if values else cursor.key()
    if not cursor.set_range(start):
        return []
    return _read_to(cursor.iternext(keys=True, values=values), end, count)


def read_down(cursor: _Cursor, start: bytes, stop: bytes, count: int, *, values: bool) -> list[Any]:
    """Return the last entries, or keys, below ``stop`` and not below ``start``, backwards."""
    if count <= (_FEW_ENTRIES if values else _FEW_KEYS):
        if not (cursor.prev() if cursor.set_range(stop) else cursor.last()):
            return []
        items = cursor.iterprev(keys=True, values=values)
        return _few_within(start, stop, items, count, values=values)
    if not cursor.set_range(start):
        return []
    end = None
    if cursor.prev():
        end = cursor.item() if values else cursor.key()
    if not (cursor.prev() if cursor.set_range(stop) else cursor.last()):
        return []
    return _read_to(cursor.iterprev(keys=True, values=values), end, count)


def _few_within(
    start: bytes, stop: bytes, items: Iterator[Any], count: int, *, values: bool
) -> list[Any]:
    """Return the first few items, without those at the end that lie beyond the range."""
    few = list(islice(items, count))
    while few and not start <= (few[-1][0] if values else few[-1]) < stop:
        few.pop()
    return few


def _read_to(items: Iterator[Any], end: object, count: int) -> list[Any]:
    if end is not None:
        # Stops before the item that equals end, without a step of Python for each.
        items = iter(items.__next__, end)
    return list(islice(items, count))
