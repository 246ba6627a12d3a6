"""
Matching: which terms of an index a search looks for, and where their postings are.

A search is a few exact terms, completions of the last one, and equalities. Everything that
decides scores is found out here: how many documents there are, how long they are on average, and
how many contain each term, pending entries included. Scores do not depend on where a document
lies.

Rules of this file:

- Of completions only the first in the order of their bytes are used, as many as the budget of
  ``limits.SEARCH_EXPANDED_TERMS_MAX`` leaves beside exact terms and equalities.
- What a term adds to a score is rounded to a grain, so coarse that no sum of such numbers is ever
  rounded again: a score does not depend on the order of adding, and documents to which different
  terms add the same tie exactly. The grain is that of float64 at the greatest score there could be.
- A pending entry stands in the place of what the blocks have of its document: postings of its
  number do not count.

Source: convex-backend crates/search/src/lib.rs, for the budget; tantivy's ``bm25.rs``.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, islice
from math import frexp, ldexp, log
from typing import Final, NamedTuple

from docdb import limits
from docdb.indexes.text.description import TextDescription
from docdb.indexes.text.layout import State
from docdb.indexes.text.lengths import LENGTHS
from docdb.indexes.text.pending import Glance, Wanted, glance
from docdb.indexes.text.postings import Dense, Sparse, unpacked
from docdb.indexes.text.tokenizer import QueryTerms
from docdb.kv.keyrange import prefix_range
from docdb.transactions.reader import Reader

__all__ = ["Late", "Matches", "Parts", "Search", "Term", "matches"]

_K1: Final = 1.2
_B: Final = 0.75
_COMPLETION_BOOST: Final = 0.5


class Search(NamedTuple):
    """
    What is looked for.

    Attributes:
        terms: The terms of the query's text.
        equal: Positions of filter fields with the bytes of the value that each must have.
    """

    terms: QueryTerms
    equal: tuple[tuple[int, bytes], ...] = ()


class Late(NamedTuple):
    """
    A pending document that has one of the terms, or had one.

    Attributes:
        row_key: Its row key.
        found: Which of the terms.
        value: The stored entry.
    """

    row_key: bytes
    found: Glance
    value: bytes


class Parts(dict[int, float]):
    """
    How much of a term's weight a pair earns, by pair; computed when first asked for.

    It depends on the average length of a text alone, so that searches share it (``parts_of``).
    """

    def __init__(self, average: float) -> None:
        super().__init__()
        self._average = average

    def __missing__(self, pair: int) -> float:
        occurrences = pair >> 8
        norm = _K1 * (1 - _B + _B * LENGTHS[pair & 255] / self._average)
        part = self[pair] = occurrences / (occurrences + norm)
        return part


@lru_cache(maxsize=8)
def parts_of(average: float) -> Parts:
    """Return what pairs earn where texts have that length on average."""
    return Parts(average)


class Term(NamedTuple):
    """
    One term that documents are looked for by.

    Attributes:
        text: The term.
        weight: What a document with infinitely many occurrences would earn.
        chunks: Its postings by block.
    """

    text: bytes
    weight: float
    chunks: dict[int, Sparse | Dense]


class Matches(NamedTuple):
    """
    Everything that decides which documents match, and how well.

    Attributes:
        state: The totals.
        terms: What is looked for and occurs.
        late: The pending documents that may match.
        parts: What pairs earn.
        grain: Adding this to a number below the greatest score, and taking it away again, rounds
            the number to the grain of scores.
    """

    state: State
    terms: list[Term]
    late: list[Late]
    parts: Parts
    grain: float

    def table(self, chunk: Dense, weight: float) -> list[float]:
        """Return what each place of a common term's chunk adds to a score."""
        parts, grain = self.parts, self.grain
        return [0.0, *[weight * parts[pair] + grain - grain for pair in chunk.pairs]]


def matches(
    description: TextDescription, reader: Reader, state: State, search: Search
) -> Matches | None:
    """Return what a search matches in one state of an index, or None if that is nothing."""
    if not search.terms.exact or not state.tokens:
        return None
    exact = sorted({_encoded(term) for term in search.terms.exact})
    last = None if search.terms.last is None else _encoded(search.terms.last)
    late = _late(description, reader, state, Wanted(exact, last))
    corrections = _corrections(late)
    prefixes = {block: description.layout.block_terms(block) for block in state.blocks}
    terms: list[Term] = []
    completions: dict[bytes, dict[int, bytes]] = {}
    if last is not None:
        # So many of each block's first completions hold the first ones of all blocks together,
        # even if some are exact terms and some occur no more.
        enough = limits.SEARCH_EXPANDED_TERMS_MAX + len(exact)
        enough += sum([change < 0 for change in corrections.values()])
        completions = _completions(reader, prefixes, last, enough=enough)
    for term in exact:
        if term == last:
            found = completions.get(term, {})
        else:
            values = reader.get_many([prefix + term for prefix in prefixes.values()])
            found = {b: each for b, each in zip(prefixes, values, strict=True) if each is not None}
        _add_term(terms, term, found, boost=1.0, state=state, corrections=corrections)
    if last is not None:
        budget = limits.SEARCH_EXPANDED_TERMS_MAX - len(search.equal) - len(terms)
        used = len(terms) + budget
        for term in sorted({*completions, *corrections}.difference(exact)):
            if len(terms) < used and term.startswith(last):
                found = completions.get(term, {})
                _add_term(
                    terms,
                    term,
                    found,
                    boost=_COMPLETION_BOOST,
                    state=state,
                    corrections=corrections,
                )
    if not terms:
        return None
    # Above every score lies a power of two, above that one and a half times as much, and there
    # float64 counts in the grain.
    _, exponent = frexp(sum([term.weight for term in terms]))
    parts = parts_of(state.tokens / state.documents)
    return Matches(state, terms, late, parts, ldexp(1.5, exponent))


def _encoded(term: str) -> bytes:
    # A query may hold what no document can: lone surrogates.
    return term.encode(errors="replace")


def _completions(
    reader: Reader, prefixes: Mapping[int, bytes], last: bytes, *, enough: int
) -> dict[bytes, dict[int, bytes]]:
    """Return the chunks of each block's first terms that begin with the last one, it included."""
    found: dict[bytes, dict[int, bytes]] = {}
    for block, prefix in prefixes.items():
        # Most words that are written out begin no other, and short runs cost less.
        runs = reader.scan(*prefix_range(prefix + last), run=2)
        for key, value in islice(chain.from_iterable(runs), enough):
            found.setdefault(key[len(prefix) :], {})[block] = value
    return found


def _late(description: TextDescription, reader: Reader, state: State, wanted: Wanted) -> list[Late]:
    """Return the pending documents that have one of the terms now, or had one."""
    if not state.pending_entries:
        return []
    start, stop = description.layout.pending_range()
    late: list[Late] = []
    for entries in reader.scan(start, stop, run=1024):
        for key, value in wanted.may_be_in(entries):
            found = glance(value, wanted)
            if found.new or found.old:
                late.append(Late(key[len(description.layout.pending) :], found, value))
    return late


def _corrections(late: Iterable[Late]) -> dict[bytes, int]:
    """Return by how much the pending documents change how many have a term."""
    corrections: dict[bytes, int] = {}
    for each in late:
        for term in each.found.new:
            corrections[term] = corrections.get(term, 0) + 1
        for term in each.found.old:
            corrections[term] = corrections.get(term, 0) - 1
    return corrections


def _add_term(
    terms: list[Term],
    text: bytes,
    values: dict[int, bytes],
    *,
    boost: float,
    state: State,
    corrections: dict[bytes, int],
) -> None:
    chunks = {block: unpacked(value) for block, value in values.items()}
    count = corrections.get(text, 0) + sum([chunk.count for chunk in chunks.values()])
    if count > 0:
        rarity = log(1 + (state.documents - count + 0.5) / (count + 0.5))
        terms.append(Term(text, boost * rarity * (_K1 + 1), chunks))
