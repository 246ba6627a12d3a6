"""
Values laid over a sorted map: how a memory store shows anything but its newest state.

An overlay holds, for each key that differs from the map, the value to be seen instead, or None
where there is none. Old values laid over the newest state make a snapshot; new values that nobody
else may see yet make a batch::

    map        a=1  c=4  d=3
    overlay         c=3  d=None
    seen       a=1  c=3

Rules of this file: nothing here locks; the memory store scans an overlay that has values, and
changes it, under its lock. The map is never changed here, and an overlay never learns what it is
used for.

Cost: a look-up is two dict look-ups; a run costs its length. The keys of an overlay are sorted
when a scan first asks for them.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from docdb.kv.interface import Change, Entry
from docdb.kv.keyrange import KeyRange
from docdb.kv.sorted_map import SortedKeys, SortedMap

Read = TypeVar("Read")

__all__ = ["Overlay", "overlaid_keys", "overlaid_run"]


class Overlay:
    """
    Values to be seen instead of those of a map.

    Attributes:
        version: The version of the store that it shows.
        values: What to see under each key that differs from the map.
    """

    __slots__ = ("__weakref__", "_sorted", "_unsorted", "values", "version")

    def __init__(self, version: int) -> None:
        self.version = version
        self.values: dict[bytes, bytes | None] = {}
        # Invariant: the two hold the keys of values. Most overlays stay empty, and make no list.
        self._sorted: SortedKeys | None = None
        self._unsorted: list[bytes] = []

    def put(self, changes: Iterable[Change]) -> None:
        """Show other values from now on."""
        new = dict(changes)
        self.values.update(new)
        self._unsorted.extend(new)

    def preserve(self, old: Iterable[Change]) -> None:
        """Go on showing the values of keys that are about to change in the map."""
        values = self.values
        for key, value in old:
            if key not in values:
                values[key] = value
                self._unsorted.append(key)

    def if_empty(self, read: Callable[[], Read]) -> Read | None:
        """Return what is read, or None where something is to be seen instead."""
        return None if self.values else read()

    def clear(self) -> None:
        """Show the map as it is."""
        self.values.clear()
        self._unsorted.clear()
        self._sorted = None

    def run_keys(self, span: KeyRange, count: int, *, reverse: bool) -> list[bytes]:
        """Return the first ``count`` keys of a range, from its end if ``reverse``."""
        if self._sorted is None:
            self._sorted = SortedKeys()
        if self._unsorted:
            self._sorted.update(self._unsorted)
            self._unsorted.clear()
        return self._sorted.run(*span, count, reverse=reverse)


def overlaid_run(
    entries: SortedMap, overlay: Overlay, span: KeyRange, *, count: int, reverse: bool
) -> tuple[list[Entry], KeyRange]:
    r"""
    Return the first entries of a range as an overlay shows them.

    Args:
        entries: The map.
        overlay: What is laid over it.
        span: The range.
        count: How many entries to return at most; fewer do not mean that the range has ended.
        reverse: Whether the first ones are those at the end of the range.

    Returns:
        The entries, and the range that is left to read: an empty one when all is read.

    >>> entries, overlay = SortedMap(), Overlay(0)
    >>> entries.update({b"a": b"1", b"c": b"4", b"d": b"3"})
    >>> overlay.put([(b"c", b"3"), (b"d", None)])
    >>> overlaid_run(entries, overlay, KeyRange(b"a", b"z"), count=2, reverse=False)
    ([(b'a', b'1'), (b'c', b'3')], KeyRange(start=b'c\x00', stop=b'z'))
    """
    below = entries.run(*span, count, reverse=reverse)
    if not overlay.values:
        keys = [key for key, _ in below]
        return below, _left_of(span, keys, count=count, reverse=reverse)
    above = overlay.run_keys(span, count, reverse=reverse)
    merged: dict[bytes, bytes | None] = dict(below)
    merged.update((key, overlay.values[key]) for key in above)
    # A list that was cut off at count says nothing of what lies beyond its last key, but the first
    # count keys of both lists together do not lie beyond it.
    keys = sorted(merged, reverse=reverse)[:count]
    seen = ((key, merged[key]) for key in keys)
    entries_seen = [(key, value) for key, value in seen if value is not None]
    return entries_seen, _left_of(span, keys, count=count, reverse=reverse)


def overlaid_keys(
    entries: SortedMap, overlay: Overlay, span: KeyRange, *, count: int, reverse: bool
) -> tuple[list[bytes], KeyRange]:
    """Return the first keys of a range as an overlay shows them; see ``overlaid_run``."""
    if overlay.values:
        seen, left = overlaid_run(entries, overlay, span, count=count, reverse=reverse)
        return [key for key, _ in seen], left
    keys = entries.run_keys(*span, count, reverse=reverse)
    return keys, _left_of(span, keys, count=count, reverse=reverse)


def _left_of(span: KeyRange, keys: list[bytes], *, count: int, reverse: bool) -> KeyRange:
    """Return what is left of a range of which the first keys, at most so many, were read."""
    if len(keys) < count:
        return KeyRange(span.stop, span.stop)
    return span.beyond(keys[-1], reverse=reverse)
