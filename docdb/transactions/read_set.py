"""
What a transaction has read, as ranges of keys.

One question is asked of a read set: does any of these changed keys fall into any range? It
serves conflicts and live queries alike, and never asks whether a key was a document, an index
entry or something else, since everything is a key in one ordered store.

Rules of this file:

- Ranges are half-open. Reading one key is the range from the key to its successor, also when
  there was nothing: the absence was read.
- A scan leaves what it consumed: up to the last key it looked at if it stopped early, the whole
  range if it reached the end (which is what protects from phantoms).
- Beyond ``limits.READ_RANGES_MAX`` ranges the closest neighbours are joined: the set answers yes
  more often than needed, and never no when it should say yes.

Cost: adding is one append; the ranges are sorted and joined when somebody asks, in O(n log n).
"""

from bisect import bisect_right
from collections.abc import Iterable

from docdb import limits
from docdb.kv.keyrange import KeyRange

__all__ = ["ReadSet"]


class ReadSet:
    """
    The key ranges that a transaction has read. For one thread.

    >>> reads = ReadSet()
    >>> reads.add(b"b", b"d")
    >>> reads.add_key(b"x")
    >>> reads.touched_by([b"c"]), reads.touched_by([b"d", b"y"])
    (True, False)
    """

    __slots__ = ("_is_merged", "_ranges")

    def __init__(self) -> None:
        self._ranges: list[KeyRange] = []
        self._is_merged = True

    def add(self, start: bytes, stop: bytes) -> None:
        """Remember that the keys from ``start`` up to, not including, ``stop`` were read."""
        if start < stop:
            self._ranges.append(KeyRange(start, stop))
            self._is_merged = False
            if len(self._ranges) > 4 * limits.READ_RANGES_MAX:
                self.ranges()

    def add_key(self, key: bytes) -> None:
        """Remember that one key was read, whether or not it was there."""
        self.add(key, key + b"\x00")

    def pieces(self) -> int:
        """Return how many ranges were remembered, which is at least how many disjoint ones."""
        return len(self._ranges)

    def ranges(self) -> tuple[KeyRange, ...]:
        """Return the ranges, disjoint and in order."""
        if not self._is_merged:
            self._ranges = _joined(sorted(self._ranges))
            if len(self._ranges) > limits.READ_RANGES_MAX:
                self._ranges = _widened(self._ranges, limits.READ_RANGES_MAX)
            self._is_merged = True
        return tuple(self._ranges)

    def touched_by(self, keys: Iterable[bytes]) -> bool:
        """Tell whether any of the keys lies in any of the ranges."""
        ranges = self.ranges()
        starts = [each.start for each in ranges]
        for key in keys:
            position = bisect_right(starts, key) - 1
            if position >= 0 and key < ranges[position].stop:
                return True
        return False

    def __repr__(self) -> str:
        return f"ReadSet({len(self._ranges)} ranges)"


def _joined(ranges: list[KeyRange]) -> list[KeyRange]:
    joined: list[KeyRange] = []
    for each in ranges:
        if joined and each.start <= joined[-1].stop:
            joined[-1] = KeyRange(joined[-1].start, max(joined[-1].stop, each.stop))
        else:
            joined.append(each)
    return joined


def _widened(ranges: list[KeyRange], count_max: int) -> list[KeyRange]:
    """Join neighbours pairwise until few enough are left."""
    while len(ranges) > count_max:
        pairs = [
            KeyRange(ranges[i].start, ranges[min(i + 1, len(ranges) - 1)].stop)
            for i in range(0, len(ranges), 2)
        ]
        ranges = pairs
    return ranges
