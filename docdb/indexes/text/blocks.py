"""
One block in the light of one search: documents that are looked at one by one.

Of a block a search has the postings of its terms and the members of its filters. Where a filter
has few members they are the candidates, and every term is probed for each; else the documents of
the rarer terms are, and what only common terms have is left to ``frequent``. Blocks of which every
posting counts, as those of a rare word, are added up together (``rare_totals``).

Rules of this file: in whatever order scores are added up, the sum is the same (``matching``).

Cost: 0.1 µs for a posting of a rarer term, 0.07 for each probe of a common one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from docdb.indexes.text.matching import Matches
from docdb.indexes.text.members import Members
from docdb.indexes.text.postings import Dense, Sparse

__all__ = ["Block", "listed_totals", "passing", "rare_totals"]

_TOTALS_TOGETHER: Final = 1 << 12
_PROBE_COST: Final = 4  # looking an offset up in a sparse chunk costs so many steps through it


class Block(NamedTuple):
    """
    What a search finds in one block.

    Attributes:
        first: The number of the block's first document.
        extent: How many numbers of the block have been given.
        chunks: The weights and the postings of the terms that occur, in the order of the terms.
        members: Who passes each filter.
        dead: The offsets whose document is pending, and does not count here.
    """

    first: int
    extent: int
    chunks: list[tuple[float, Sparse | Dense]]
    members: list[Members]
    dead: frozenset[int]

    @property
    def counts_whole(self) -> bool:
        """Whether every posting counts and none is of a common term."""
        has_all = not self.members and not self.dead
        return has_all and all(type(chunk) is Sparse for _, chunk in self.chunks)


def rare_totals(blocks: Iterable[Block], found: Matches) -> Iterator[dict[int, float]]:
    """
    Yield the scores of the documents of blocks that count as a whole, by number.

    Each number comes once; some thousands come together.
    """
    parts, grain = found.parts, found.grain
    totals: dict[int, float] = {}
    for first, _, chunks, _, _ in blocks:
        is_first = True
        for weight, chunk in chunks:
            assert isinstance(chunk, Sparse), "other blocks do not count as a whole"
            scores = [weight * parts[pair] + grain - grain for pair in chunk.pairs]
            scored = zip(map(first.__add__, chunk.offsets), scores, strict=True)
            if is_first:
                totals.update(scored)
                is_first = False
                continue
            for number, score in scored:
                totals[number] = totals.get(number, 0.0) + score
        if len(totals) > _TOTALS_TOGETHER:
            yield totals
            totals = {}
    if totals:
        yield totals


def listed_totals(block: Block, found: Matches) -> tuple[dict[int, float], bool]:
    """
    Return the scores of the documents of a block that are looked at one by one.

    Returns:
        Scores by offset, 0.0 for one without any term; and whether no other document can match.
    """
    sparse = [chunk for _, chunk in block.chunks if isinstance(chunk, Sparse)]
    has_common = len(sparse) < len(block.chunks)
    fewest: Sequence[int] | None = None
    for each in block.members:
        if each.offsets is not None and (fewest is None or each.count < len(fewest)):
            fewest = each.offsets
    if fewest is not None and (has_common or len(fewest) <= sum([chunk.count for chunk in sparse])):
        others = [each for each in block.members if each.offsets is not fewest]
        candidates = passing(fewest, others, block.dead)
        return _totals(block, dict.fromkeys(candidates, 0.0), found), True
    none: set[int] = set()
    narrowed = passing(none.union(*[chunk.offsets for chunk in sparse]), block.members, block.dead)
    totals = _totals(block, dict.fromkeys(narrowed, 0.0), found)
    return totals, not has_common


def passing(
    offsets: Iterable[int], members: Sequence[Members], dead: frozenset[int]
) -> Iterable[int]:
    """Return those of some offsets that pass filters and are not dead."""
    if dead:
        offsets = [offset for offset in offsets if offset not in dead]
    for each in members:
        if each.offsets is None:
            mask, stop = each.mask, len(each.mask)
            offsets = [offset for offset in offsets if offset < stop and mask[offset]]
        else:
            offsets = set(each.offsets).intersection(offsets)
    return offsets


def _totals(block: Block, totals: dict[int, float], found: Matches) -> dict[int, float]:
    parts, grain = found.parts, found.grain
    for weight, chunk in block.chunks:
        if isinstance(chunk, Dense):
            table = found.table(chunk, weight)
            places = _reaching(chunk.places, block.extent)
            for offset in totals:
                place = places[offset]
                if place:
                    totals[offset] += table[place]
        elif len(totals) * _PROBE_COST < chunk.count:
            offsets, pairs = chunk.offsets, chunk.pairs
            for offset in totals:
                place = bisect_left(offsets, offset)
                if place < chunk.count and offsets[place] == offset:
                    totals[offset] += weight * parts[pairs[place]] + grain - grain
        else:
            for offset, pair in chunk.items():
                if offset in totals:
                    totals[offset] += weight * parts[pair] + grain - grain
    return totals


def _reaching(places: Sequence[int], extent: int) -> Sequence[int]:
    """Return the places of a chunk, made long enough for the whole block."""
    if len(places) >= extent:
        return places
    if isinstance(places, bytes):
        return places.ljust(extent, b"\x00")
    return [*places, *bytes(extent - len(places))]
