"""
Frequent terms: the best of many documents that have only those, without a look at each.

The postings of a common term lie as one byte for each document, its class, and all documents of a
class have one score, or nearly one (``postings``). C code does the looking:

- for one term, classes are taken from the best one on, and ``rfind`` gives the newest documents of
  a class, until the last place is taken by a better score than the next class has;
- for several, the bytes of each term are translated into impacts, rounded up, so small that their
  sum fits a byte. Added as one long integer (no carry can happen) they become an upper bound of
  the score of each document, and documents are looked at from the greatest bound down, until the
  bound is below the last place::

      the    0 2 1 1 0    table 0, 40, 90      0 90 40 40  0
      quick  1 0 2 0 1    table 0, 60, 120    60  0 120  0 60
                                    bounds    60 90 160 40 60   -> look at 2, then 1, ...

Rules of this file: a bound is never below the score that it bounds, rounding included.

Cost: per 100,000 documents 0.1 ms for one term; for several 0.15 ms each.
"""

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import Final, NamedTuple, Protocol, TypeAlias

from docdb.indexes.text.blocks import Block
from docdb.indexes.text.matching import Matches
from docdb.indexes.text.postings import Dense

__all__ = ["CandidateTest", "Taker", "frequent_count", "offer_frequent"]

_IMPACT_MAX: Final = 255
_ROUNDING: Final = 1e-9
_ONES: Final = b"\x00" + b"\x01" * 255

CandidateTest: TypeAlias = Callable[[int, float], bool]


class Taker(Protocol):
    """Who takes hits, and tells which score is too low by now."""

    floor: float
    takes_newest: int | None

    def offer(self, found: list[tuple[float, int]]) -> None:
        """Take hits, as scores and numbers."""
        ...


class _Frequent(NamedTuple):
    """One common term in a block: the score of each place, and the best score of each class."""

    chunk: Dense
    table: list[float]
    bounds: list[float]


def offer_frequent(
    block: Block,
    taker: Taker,
    *,
    found: Matches,
    is_candidate: CandidateTest | None,
) -> None:
    """
    Offer the documents of a block that have only common terms, as far as they may be of use.

    Args:
        block: What the search finds in the block.
        taker: Who takes them.
        found: What the search matches.
        is_candidate: Tells of an offset and its score whether the document counts; None if all do.
    """
    terms = [
        _scored(chunk, found.table(chunk, weight))
        for weight, chunk in block.chunks
        if isinstance(chunk, Dense)
    ]
    most = sum([max(each.bounds) for each in terms])
    if most * (1 + _ROUNDING) < taker.floor:
        return
    if len(terms) == 1:
        _offer_one(block.first, terms[0], taker, is_candidate)
    else:
        _offer_several(block.first, terms, taker, is_candidate)


def frequent_count(block: Block, counted: Iterable[int]) -> int:
    """Return how many documents have a common term, pass all filters and are not counted yet."""
    matching = 0
    for _, chunk in block.chunks:
        if isinstance(chunk, Dense):
            matching |= int.from_bytes(chunk.classes.translate(_ONES), "little")
    for each in block.members:
        assert each.offsets is None, "few members are looked at one by one"
        matching &= int.from_bytes(each.mask, "little")
    found = bytearray(matching.to_bytes(block.extent, "little"))
    for offset in (*counted, *block.dead):
        found[offset] = 0
    return found.count(1)


def _scored(chunk: Dense, table: list[float]) -> _Frequent:
    if chunk.has_single_pairs:
        return _Frequent(chunk, table, table)
    bounds = [0.0] * 256
    for score, each in zip(table[1:], chunk.class_of, strict=True):
        bounds[each] = max(bounds[each], score)
    return _Frequent(chunk, table, bounds)


def _offer_one(
    first: int, term: _Frequent, taker: Taker, is_candidate: CandidateTest | None
) -> None:
    classes, places, table = term.chunk.classes, term.chunk.places, term.table
    # Documents of one class have one score, and then the newest are enough.
    enough = taker.takes_newest if term.chunk.has_single_pairs else None
    floor = taker.floor
    order = [(bound, each) for each, bound in enumerate(term.bounds) if bound >= floor]
    order.sort(reverse=True)
    for bound, each in order:
        if bound < taker.floor:
            break
        found: list[tuple[float, int]] = []
        offset = classes.rfind(each)
        while offset >= 0:
            score = table[places[offset]]
            if is_candidate is None or is_candidate(offset, score):
                found.append((score, first + offset))
                if len(found) == enough:
                    break
            offset = classes.rfind(each, 0, offset)
        if found:
            taker.offer(found)


def _offer_several(
    first: int,
    terms: Sequence[_Frequent],
    taker: Taker,
    is_candidate: CandidateTest | None,
) -> None:
    unit = sum([max(term.bounds) for term in terms]) / (_IMPACT_MAX - len(terms))
    total = top = extent = 0
    for term in terms:
        impacts = [ceil(bound / unit) for bound in term.bounds]
        top += max(impacts)
        extent = max(extent, len(term.chunk.classes))
        translation = bytes(impacts).ljust(256, b"\x00")
        total += int.from_bytes(term.chunk.classes.translate(translation), "little")
    bounds = total.to_bytes(extent, "little")
    probes = [(each.table, each.chunk.places, len(each.chunk.places)) for each in terms]
    for bound in range(top, 0, -1):
        if bound * unit * (1 + _ROUNDING) < taker.floor:
            break
        found: list[tuple[float, int]] = []
        offset = bounds.rfind(bound)
        while offset >= 0:
            score = 0.0
            for table, places, stop in probes:
                if offset < stop:
                    score += table[places[offset]]
            if score >= taker.floor and (is_candidate is None or is_candidate(offset, score)):
                found.append((score, first + offset))
            offset = bounds.rfind(bound, 0, offset)
        if found:
            taker.offer(found)
