"""
Ranking: the best documents of a search, exactly, without looking at all that match.

First come the pending documents, then in each block the documents that are looked at one by one
(``blocks``), and last those that have only common terms (``frequent``), for by then the last place
is so good that most of them need no look. Blocks are visited from the newest one, since of equal
scores the newest come first.

Rules of this file: every score that is handed out is the sum over all terms in their order
(``matching``), and nothing is left out that could be among the best.

Cost: per 100,000 documents, of which the best 20 are wanted: 0.1 ms for one common term, 0.15 for
each of several; 0.1 ms for each 1,000 postings of rarer terms.

Source: MaxScore (Turtle and Flood, 1995), for probing what cannot decide alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nlargest
from typing import Final, NamedTuple

from docdb.indexes.text.blocks import Block, listed_totals, rare_totals
from docdb.indexes.text.description import TextDescription
from docdb.indexes.text.frequent import CandidateTest, frequent_count, offer_frequent
from docdb.indexes.text.lengths import length_code
from docdb.indexes.text.matching import Matches, Search
from docdb.indexes.text.members import Members, unpacked_members
from docdb.indexes.text.pending import filters_in
from docdb.indexes.text.rows import RowKeys, number_of
from docdb.transactions.reader import Reader

__all__ = ["Position", "Ranking"]

_SORTED_MAX: Final = 2048  # of more numbers, the best are found sooner without sorting all
_NONE: Final[frozenset[int]] = frozenset()
_LEAST_SCORE: Final = 1e-300  # below every score, and above none


class Position(NamedTuple):
    """A place in the order of the hits, which goes down by score and then by row key."""

    score: float
    row_key: bytes


class _Best:
    """
    The best hits so far.

    Attributes:
        floor: A score below which no hit is of use any more.
        takes_newest: How many of the newest hits of one score are enough, or None if their
            numbers do not tell which are the newest.
        hits: Scores, ranks among equals, and numbers.
    """

    def __init__(self, wanted: int, rank: Callable[[int], bytes] | None) -> None:
        self._wanted = wanted
        self._rank = rank
        self.takes_newest = wanted if rank is None else None
        self.floor = _LEAST_SCORE
        self.hits: list[tuple[float, int | bytes, int]] = []

    def offer(self, found: Iterable[tuple[float, int]]) -> None:
        """Take hits, as scores and numbers, of which the best stay."""
        rank = self._rank
        if rank is None:
            self.hits += [(score, number, number) for score, number in found]
        else:
            self.hits += [(score, rank(number), number) for score, number in found]
        if len(self.hits) >= self._wanted:
            self.hits.sort(reverse=True)
            del self.hits[self._wanted :]
            self.floor = self.hits[-1][0]

    def offer_totals(self, totals: Mapping[int, float], first: int) -> None:
        """Take hits, as scores by offset."""
        scores = [score for score in totals.values() if score >= self.floor]
        least = self.floor
        if len(scores) > _SORTED_MAX:
            least = nlargest(self._wanted, scores)[-1]
        elif len(scores) > self._wanted:
            least = sorted(scores)[-self._wanted]
        if scores:
            self.offer([(score, first + each) for each, score in totals.items() if score >= least])


class Ranking:
    """The hits of one search in one state, in order. For one thread, while the state is open."""

    def __init__(
        self,
        description: TextDescription,
        reader: Reader,
        *,
        search: Search,
        found: Matches,
        after: Position | None = None,
    ) -> None:
        self._layout = description.layout
        self._filter_fields = len(description.filter_paths)
        self._reader = reader
        self._search = search
        self._found = found
        self._rows = RowKeys(description.layout, reader)
        self._late_rows = {late.found.number: late.row_key for late in found.late}
        self._after = after
        self._after_number = self._number_of_position()
        # Those of which every posting counts, and the others.
        self._whole: list[Block] = []
        self._blocks: list[Block] = []
        for block in self._find_blocks():
            (self._whole if block.counts_whole else self._blocks).append(block)

    def top(self, wanted: int) -> list[Position]:
        """Return the best hits in order; fewer than wanted are all there are."""
        is_in_order = self._found.state.is_in_order
        best = _Best(wanted, None if is_in_order else self._row_key)
        best.offer([each for each in self._late_hits() if self._is_behind(*each)])
        for totals in rare_totals(self._whole, self._found):
            best.offer_totals(self._behind(totals, 0), 0)
        left: list[tuple[Block, Mapping[int, float]]] = []
        for block in self._blocks:
            totals, is_complete = listed_totals(block, self._found)
            if not is_complete:
                left.append((block, totals))
            best.offer_totals(self._behind(totals, block.first), block.first)
        for block, seen in left:
            offer_frequent(
                block, best, found=self._found, is_candidate=self._candidate_test(block, seen)
            )
        best.hits.sort(reverse=True)
        scores, numbers = [each[0] for each in best.hits], [each[2] for each in best.hits]
        if self._late_rows:
            self._rows.load([each for each in numbers if each not in self._late_rows])
            return list(map(Position, scores, map(self._row_key, numbers)))
        return list(map(Position, scores, self._rows.get_many(numbers)))

    def count(self) -> int:
        """Return how many documents match."""
        count = sum(1 for _ in self._late_hits())
        count += sum(map(len, rare_totals(self._whole, self._found)))
        for block in self._blocks:
            totals, is_complete = listed_totals(block, self._found)
            count += sum(score > 0 for score in totals.values())
            if not is_complete:
                count += frequent_count(block, totals)
        return count

    def _find_blocks(self) -> Iterator[Block]:
        """Yield what there is in each block that may have hits, the newest one first."""
        state, layout, equal = self._found.state, self._layout, self._search.equal
        dead = {late.found.number for late in self._found.late if late.found.has_old}
        for number in reversed(state.blocks):
            chunks = [
                (term.weight, term.chunks[number])
                for term in self._found.terms
                if number in term.chunks
            ]
            if not chunks:
                continue
            members: list[Members] = []
            if equal:
                keys = [layout.block_members(number, field) + value for field, value in equal]
                values = self._reader.get_many(keys)
                members = [unpacked_members(value) for value in values if value is not None]
                if len(members) < len(values):
                    continue
            first, extent = number << state.block_bits, state.extent(number)
            gone = _NONE
            if dead:
                gone = frozenset(each - first for each in dead if first <= each < first + extent)
            yield Block(first, extent, chunks, members, gone)

    def _late_hits(self) -> Iterator[tuple[float, int]]:
        """Yield the scores and the numbers of the pending documents that match."""
        parts, grain = self._found.parts, self._found.grain
        weights = {term.text: term.weight for term in self._found.terms}
        equal = self._search.equal
        for _, found, value in self._found.late:
            if not found.new:
                continue
            if equal:
                filters = filters_in(value, self._filter_fields)
                if any(filters[field] != each for field, each in equal):
                    continue
            code = length_code(found.length)
            score = 0.0
            for term, count in found.new.items():
                weight = weights.get(term)
                if weight is not None:
                    score += weight * parts[count << 8 | code] + grain - grain
            if score:
                yield score, found.number

    def _candidate_test(self, block: Block, seen: Mapping[int, float]) -> CandidateTest | None:
        """Return what tells whether a document with only common terms counts."""
        if not (seen or block.dead or block.members or self._after):
            return None
        masks = [each.mask.ljust(block.extent, b"\x00") for each in block.members]
        dead, after, first = block.dead, self._after, block.first

        def is_candidate(offset: int, score: float) -> bool:
            for mask in masks:
                if not mask[offset]:
                    return False
            if offset in seen or offset in dead:
                return False
            return after is None or self._is_behind(score, first + offset)

        return is_candidate

    def _behind(self, totals: Mapping[int, float], first: int) -> Mapping[int, float]:
        """Return those scores that lie behind the position that hits are wanted from."""
        after = self._after
        if after is None:
            return totals
        limit = after.score
        return {
            offset: score
            for offset, score in totals.items()
            if score < limit or (score == limit and self._is_behind(score, first + offset))
        }

    def _is_behind(self, score: float, number: int) -> bool:
        after = self._after
        if after is None or score < after.score:
            return True
        if score > after.score:
            return False
        if self._after_number is not None:
            return number < self._after_number
        return self._row_key(number) < after.row_key

    def _number_of_position(self) -> int | None:
        """Return the number at the position, if numbers tell what lies behind it."""
        if self._after is None or not self._found.state.is_in_order:
            return None
        row_key = self._after.row_key
        for late in self._found.late:
            if late.row_key == row_key:
                return late.found.number
        return number_of(self._layout, self._reader, row_key)

    def _row_key(self, number: int) -> bytes:
        return self._late_rows.get(number) or self._rows.get(number)
