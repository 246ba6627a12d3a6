"""
Postings: which documents of a block contain a term, how often, and how long those documents are.

A posting is the document's offset in its block and a *pair*, ``occurrences << 8 | length code``,
which is all that a score needs to know. The postings of a term in a block are one chunk, in the
form that suits their number::

    sparse       00 | offsets: 2 each          | pairs: 2 each
    wide         01 | offsets: 2 each          | pairs: 4 each     a term 256 times in one document
    dense        02 | pairs, count | the pairs | class of each document: 1
    dense wide   03 | pairs, count, average | the pairs | class: 1 | which pair of each: 2

In a dense chunk a document's class is 0 where the term is not in it, and otherwise the place of
its pair among the chunk's pairs, from 1 on: all documents of a class have one score, and C code
finds the next of them (``bytes.rfind``) or looks at all in one step (``bytes.translate``). With
more than 255 pairs the classes are taken from the score that a pair had when the chunk was last
laid out, and the best score of a class is found out anew by each query: it is a bound, whatever
the average length is by then.

Rules of this file:

- The forms are on disk and may never change their meaning; numbers have their lowest byte first.
- A sparse chunk is ascending by offset. No chunk is empty.
- Which form is chosen is a matter of speed alone, so that a chunk may stay as it is for a while.

Cost: adding a posting to a sparse chunk 0.8 µs and a copy; to a dense one a copy of the chunk.
"""

import sys
from array import array
from collections.abc import Collection, Iterable, Sequence
from struct import Struct
from typing import Final, Literal

from docdb.errors import StoreCorrupt
from docdb.indexes.text.lengths import LENGTHS

__all__ = ["Dense", "Sparse", "little", "merged", "posting", "read_little", "unpacked"]

# On disk.
_SPARSE: Final = 0
_WIDE: Final = 1
_DENSE: Final = 2
_DENSE_WIDE: Final = 3
_DENSE_HEAD: Final = Struct("<BHI")
_DENSE_WIDE_HEAD: Final = Struct("<BHIf")

_NARROW_STOP: Final = 1 << 16
_FEW: Final = 16
_FEW_FORMS: Final = [Struct(f"<B{2 * count}H") for count in range(_FEW)]
_CLASSES_MAX: Final = 255
# A term in every sixteenth document is dense: sooner than bytes alone would have it (every fourth),
# since adding up sparse postings costs 0.1 µs each and dense ones a hundredth of that.
_DENSE_FROM: Final = 16
_DENSE_POSTINGS_MIN: Final = 32
_PAIR_BITS: Final = 32
_PAIR_MASK: Final = (1 << _PAIR_BITS) - 1
_SEPARATED_TOGETHER: Final = 8  # from here on the way through memoryviews is shorter (measured)
_IS_LITTLE: Final = sys.byteorder == "little"


class Sparse:
    """
    The postings of a term that few documents have.

    Attributes:
        count: How many there are.
        offsets: The documents' offsets, ascending.
        pairs: The pair of each.
    """

    __slots__ = ("count", "offsets", "pairs")

    def __init__(self, offsets: Sequence[int], pairs: Sequence[int]) -> None:
        self.count = len(offsets)
        self.offsets = offsets
        self.pairs = pairs

    def items(self) -> Iterable[tuple[int, int]]:
        """Return the postings as offset and pair."""
        return zip(self.offsets, self.pairs, strict=True)


class Dense:
    """
    The postings of a term that many documents have.

    Attributes:
        count: How many there are.
        pairs: The pairs that occur.
        classes: The class of each document, 0 where the term is not in it; may end early.
        class_of: The class of each pair.
        places: For each document 1 + the place of its pair; the classes themselves in a chunk
            whose classes are single pairs.
        average: The average length when the chunk was laid out; 0 where classes are single pairs.
    """

    __slots__ = ("average", "class_of", "classes", "count", "pairs", "places")

    def __init__(
        self,
        *,
        count: int,
        pairs: Sequence[int],
        classes: bytes,
        places: Sequence[int] | None = None,
        average: float = 0.0,
    ) -> None:
        self.count = count
        self.pairs = pairs
        self.classes = classes
        self.places: Sequence[int] = classes if places is None else places
        self.average = average
        self.class_of: Sequence[int] = (
            range(1, len(pairs) + 1)
            if places is None
            else [_impact_class(pair, average) for pair in pairs]
        )

    @property
    def has_single_pairs(self) -> bool:
        """Whether each class is one pair."""
        return self.places is self.classes

    def items(self) -> Iterable[tuple[int, int]]:
        """Return the postings as offset and pair."""
        pairs = [0, *self.pairs]
        return [(offset, pairs[place]) for offset, place in enumerate(self.places) if place]


def posting(offset: int, pair: int) -> int:
    """Return a posting as one number, which sorts by offset and fits 64 bits."""
    return offset << _PAIR_BITS | pair


def little(code: Literal["H", "I"], values: Iterable[int]) -> bytes:
    """Return numbers as an array with the lowest byte first; the code is one of ``array``'s."""
    made = array(code, values)
    if not _IS_LITTLE:
        made.byteswap()
    return made.tobytes()


def unpacked(value: bytes) -> Sparse | Dense:
    """
    Return the postings of a chunk.

    Raises:
        StoreCorrupt: The bytes are no chunk.
    """
    size = len(value) - 1
    kind = value[0] if value else -1
    if kind == _SPARSE and size and size % 4 == 0:
        middle = 1 + size // 2
        return Sparse(read_little("H", value, 1, middle), read_little("H", value, middle))
    if kind == _WIDE and size and size % 6 == 0:
        middle = 1 + size // 3
        return Sparse(read_little("H", value, 1, middle), read_little("I", value, middle))
    if kind == _DENSE and len(value) > _DENSE_HEAD.size:
        _, pair_count, count = _DENSE_HEAD.unpack_from(value)
        end = _DENSE_HEAD.size + 4 * pair_count
        if end < len(value):
            pairs = read_little("I", value, _DENSE_HEAD.size, end)
            return Dense(count=count, pairs=pairs, classes=value[end:])
    if kind == _DENSE_WIDE and len(value) > _DENSE_WIDE_HEAD.size:
        _, pair_count, count, average = _DENSE_WIDE_HEAD.unpack_from(value)
        end = _DENSE_WIDE_HEAD.size + 4 * pair_count
        extent, rest = divmod(len(value) - end, 3)
        if extent > 0 and rest == 0:
            return Dense(
                count=count,
                pairs=read_little("I", value, _DENSE_WIDE_HEAD.size, end),
                classes=value[end : end + extent],
                places=read_little("H", value, end + extent),
                average=average,
            )
    raise StoreCorrupt(f"a chunk of postings begins {value[:16].hex()}, which says nothing")


def read_little(
    code: Literal["H", "I"], value: bytes, start: int, stop: int | None = None
) -> Sequence[int]:
    """Return a part of some bytes as numbers whose lowest byte comes first."""
    if _IS_LITTLE:
        return memoryview(value)[start:stop].cast(code)
    swapped = array(code, value[start:stop])
    swapped.byteswap()
    return swapped


def merged(
    value: bytes | None,
    removed: Collection[int],
    added: Sequence[int],
    *,
    extent: int,
    average: float,
) -> bytes | None:
    """
    Return a chunk without the postings of some offsets and with others added.

    Args:
        value: The chunk as it was, or None where there was none.
        removed: Offsets; what is not there may be removed.
        added: Postings (``posting``) that are added, or take the place of those there are.
        extent: How many numbers of the block have been given.
        average: The average length of a text.

    Returns:
        The chunk, or None where no posting is left.
    """
    if value is None and len(added) < _FEW:
        laid_out = _few_laid_out(added)
        if laid_out is not None:
            return laid_out
    if value is not None and value[0] == _SPARSE and added and not removed:
        appended = _appended(value, added, extent=extent)
        if appended is not None:
            return appended
    offsets, pairs = _separated(added)
    if value is None and all(map(int.__lt__, offsets, offsets[1:])):
        return _laid_out(offsets, pairs, extent=extent, average=average)
    chunk = None if value is None else unpacked(value)
    # At half the density that made it dense it becomes sparse again, and may vanish.
    if isinstance(chunk, Dense) and (chunk.count - len(removed)) * 2 * _DENSE_FROM > extent:
        patched = _patched(chunk, removed, offsets, pairs)
        if patched is not None:
            return patched
    postings = {} if chunk is None else dict(chunk.items())
    for offset in removed:
        postings.pop(offset, None)
    postings.update(zip(offsets, pairs, strict=True))
    ordered = dict(sorted(postings.items()))
    return _laid_out(list(ordered), list(ordered.values()), extent=extent, average=average)


def _few_laid_out(added: Sequence[int]) -> bytes | None:
    """Return a first chunk of a few postings in order, as most chunks of a bulk load begin."""
    offsets = [each >> _PAIR_BITS for each in added]
    pairs = [each & _PAIR_MASK for each in added]
    if not added or max(pairs) >= _NARROW_STOP or sorted(set(offsets)) != offsets:
        return None
    return _FEW_FORMS[len(added)].pack(_SPARSE, *offsets, *pairs)


def _appended(value: bytes, added: Sequence[int], *, extent: int) -> bytes | None:
    """Add later postings to a sparse chunk, unless it becomes something else by it."""
    count, more = len(value) >> 2, len(added)
    middle = 1 + 2 * count
    if count + more >= _DENSE_POSTINGS_MIN and (count + more) * _DENSE_FROM >= extent:
        return None
    last = value[middle - 2] | value[middle - 1] << 8
    if more == 1:
        # Most of what a few hundred documents add is this: one posting of a rarer term.
        offset, pair = added[0] >> _PAIR_BITS, added[0] & _PAIR_MASK
        if offset <= last or pair >= _NARROW_STOP:
            return None
        return b"%b%c%c%b%c%c" % (
            value[:middle], offset & 255, offset >> 8, value[middle:], pair & 255, pair >> 8,
        )  # fmt: skip
    offsets, pairs = _separated(added)
    if offsets[0] <= last or max(pairs) >= _NARROW_STOP:
        return None
    if not all(map(int.__lt__, offsets, offsets[1:])):
        return None
    return b"".join((value[:middle], little("H", offsets), value[middle:], little("H", pairs)))


def _separated(postings: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the offsets and the pairs of postings."""
    if len(postings) < _SEPARATED_TOGETHER or not isinstance(postings, array):
        return [each >> _PAIR_BITS for each in postings], [each & _PAIR_MASK for each in postings]
    halves = memoryview(postings).cast("B").cast("I")
    first, second = halves[0::2].tolist(), halves[1::2].tolist()
    return (second, first) if _IS_LITTLE else (first, second)


def _laid_out(
    offsets: Sequence[int], pairs: Sequence[int], *, extent: int, average: float
) -> bytes | None:
    count = len(offsets)
    if not count:
        return None
    if count < _DENSE_POSTINGS_MIN or count * _DENSE_FROM < extent:
        if max(pairs) < _NARROW_STOP:
            return b"\x00" + little("H", offsets) + little("H", pairs)
        return b"\x01" + little("H", offsets) + little("I", pairs)
    known = sorted(set(pairs))
    places = dict(zip(known, range(1, len(known) + 1), strict=True))
    classes = bytearray(extent)
    if len(known) <= _CLASSES_MAX:
        for offset, pair in zip(offsets, pairs, strict=True):
            classes[offset] = places[pair]
        return _dense(count, known, classes)
    class_of = {pair: _impact_class(pair, average) for pair in known}
    placed = array("H", bytes(2 * extent))
    for offset, pair in zip(offsets, pairs, strict=True):
        classes[offset] = class_of[pair]
        placed[offset] = places[pair]
    return _dense_wide(count, known, classes, placed=placed, average=average)


def _impact_class(pair: int, average: float) -> int:
    """Return a class such that pairs of one class have nearly one score."""
    occurrences = pair >> 8
    norm = 0.3 + 0.9 * LENGTHS[pair & 255] / (average or 1.0)
    return 1 + int(254 * occurrences / (occurrences + norm))


def _dense(count: int, pairs: Sequence[int], classes: bytearray) -> bytes:
    head = _DENSE_HEAD.pack(_DENSE, len(pairs), count)
    return b"".join((head, little("I", pairs), classes))


def _dense_wide(
    count: int, pairs: Sequence[int], classes: bytearray, *, placed: Sequence[int], average: float
) -> bytes:
    head = _DENSE_WIDE_HEAD.pack(_DENSE_WIDE, len(pairs), count, average)
    return b"".join((head, little("I", pairs), classes, little("H", placed)))


def _patched(
    chunk: Dense, removed: Iterable[int], offsets: Sequence[int], changed: Sequence[int]
) -> bytes | None:
    """Change single documents of a dense chunk, unless it then needs another form."""
    pairs, count = list(chunk.pairs), chunk.count
    places = dict(zip(pairs, range(1, len(pairs) + 1), strict=True))
    for pair in changed:
        if pair not in places:
            pairs.append(pair)
            places[pair] = len(pairs)
    is_single = chunk.has_single_pairs
    if is_single and len(pairs) > _CLASSES_MAX:
        return None
    more = bytes(max(0, 1 + max(offsets, default=0) - len(chunk.classes)))
    classes = bytearray(chunk.classes)
    classes += more
    placed = array("H", () if is_single else chunk.places)
    for offset in removed:
        if offset < len(classes) and classes[offset]:
            count -= 1
            classes[offset] = 0
    if is_single:
        for offset, pair in zip(offsets, changed, strict=True):
            count += not classes[offset]
            classes[offset] = places[pair]
        return _dense(count, pairs, classes)
    placed.frombytes(2 * more)
    for offset in removed:
        if offset < len(placed):
            placed[offset] = 0
    class_of = {pair: _impact_class(pair, chunk.average) for pair in {*changed}}
    for offset, pair in zip(offsets, changed, strict=True):
        count += not classes[offset]
        classes[offset] = class_of[pair]
        placed[offset] = places[pair]
    return _dense_wide(count, pairs, classes, placed=placed, average=chunk.average)
