"""
Sorted keys in memory: the one door to ``sortedcontainers``.

``SortedKeys`` is a set of keys that can be read in order; ``SortedMap`` puts values under them.
Both take many keys at a time and hand them out in slices, because that is how the floors above
read: a range, a direction, at most so many.

Rules of this file: keys are ``bytes``; ranges are half-open; results are new lists.

Cost: looking up a value is one dict look-up. Adding one key is a binary search in two short lists,
about 1 µs at a million keys; adding many at once sorts them together. A slice costs its length.

Source: sortedcontainers 2.4, lists of about a thousand keys; ``docs/performance-scale`` there.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol, cast

from sortedcontainers import SortedList  # pyright: ignore[reportMissingTypeStubs]

__all__ = ["SortedKeys", "SortedMap"]


class _SortedList(Protocol):
    """The part of ``sortedcontainers.SortedList`` that is used here, with its types."""

    def add(self, key: bytes, /) -> None: ...

    def update(self, keys: Iterable[bytes], /) -> None: ...

    def remove(self, key: bytes, /) -> None: ...

    def irange(
        self,
        minimum: bytes,
        maximum: bytes,
        /,
        inclusive: tuple[bool, bool],
        reverse: bool = False,
    ) -> Iterator[bytes]: ...


class SortedKeys:
    """
    A set of keys, readable in order. Its users bring their own lock.

    >>> keys = SortedKeys()
    >>> keys.update([b"d", b"b", b"a", b"b"])
    >>> keys.between(b"a", b"d")
    [b'a', b'b']
    """

    __slots__ = ("_members", "_sorted")

    def __init__(self) -> None:
        # A set beside the list, and not SortedSet, which costs 2 µs to make: every write
        # transaction makes one of these, and most never fill it.
        # Invariant: both hold the same keys.
        self._members: set[bytes] = set()
        self._sorted = cast(_SortedList, SortedList())

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, key: bytes) -> bool:
        return key in self._members

    def add(self, key: bytes) -> None:
        """Add one key."""
        if key not in self._members:
            self._members.add(key)
            self._sorted.add(key)

    def update(self, keys: Iterable[bytes]) -> None:
        """Add many keys, in any order."""
        new = set(keys) - self._members
        self._members |= new
        self._sorted.update(new)

    def discard(self, key: bytes) -> None:
        """Remove a key if it is there."""
        if key in self._members:
            self._members.remove(key)
            self._sorted.remove(key)

    def between(self, start: bytes, stop: bytes) -> list[bytes]:
        """Return all keys of a range in order."""
        return list(self._sorted.irange(start, stop, inclusive=(True, False)))

    def run(self, start: bytes, stop: bytes, count: int, *, reverse: bool) -> list[bytes]:
        """Return the first ``count`` keys of a range, from its end if ``reverse``."""
        keys = self._sorted.irange(start, stop, inclusive=(True, False), reverse=reverse)
        return list(islice(keys, count))


class SortedMap:
    """
    Values under keys, readable in key order. Its users bring their own lock.

    >>> entries = SortedMap()
    >>> entries.update({b"b": b"2", b"a": b"1"})
    >>> entries.run(b"a", b"z", 10, reverse=True)
    [(b'b', b'2'), (b'a', b'1')]
    """

    __slots__ = ("_keys", "_values")

    def __init__(self) -> None:
        # Invariant: both hold the same keys.
        self._values: dict[bytes, bytes] = {}
        self._keys = SortedKeys()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        return self._values.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Put a value under a key, in place of the one that was there."""
        if key not in self._values:
            self._keys.add(key)
        self._values[key] = value

    def update(self, entries: dict[bytes, bytes]) -> None:
        """Put many values under their keys."""
        values = self._values
        # Not the difference of the two key views, which costs the size of the whole map.
        self._keys.update([key for key in entries if key not in values])
        values.update(entries)

    def delete(self, key: bytes) -> None:
        """Remove a key and its value if it is there."""
        if self._values.pop(key, None) is not None:
            self._keys.discard(key)

    def run(
        self, start: bytes, stop: bytes, count: int, *, reverse: bool
    ) -> list[tuple[bytes, bytes]]:
        """Return the first ``count`` entries of a range, from its end if ``reverse``."""
        values = self._values
        return [(key, values[key]) for key in self._keys.run(start, stop, count, reverse=reverse)]

    def run_keys(self, start: bytes, stop: bytes, count: int, *, reverse: bool) -> list[bytes]:
        """Return the first ``count`` keys of a range, from its end if ``reverse``."""
        return self._keys.run(start, stop, count, reverse=reverse)
