"""
The text index: what a table keeps in step, and what a search asks.

Rules of this file:

- Hits come in one total order: by score downwards, then by row key downwards, which is newest
  first. A position in that order says where the next page begins.
- A search reads one state. Within a write transaction the writer is flushed first.
- What others write changes the totals, and so every score, by a little; a reader that remembers
  what it read remembers the totals, and through them the whole index.

Cost: see ``ranking``; a hit that is handed out costs 1 µs more, for its row key.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from docdb.encoding.packed import Document
from docdb.errors import StoreCorrupt
from docdb.indexes.text.description import TextDescription
from docdb.indexes.text.integrity import find_text_problems
from docdb.indexes.text.layout import DAMAGE
from docdb.indexes.text.matching import Search, matches
from docdb.indexes.text.members import filter_value
from docdb.indexes.text.ranking import Position, Ranking
from docdb.indexes.text.tokenizer import query_terms
from docdb.indexes.text.writing import TextWriter
from docdb.transactions.reader import Reader, TrackedReader
from docdb.transactions.transaction import Transaction
from docdb.values.kinds import Unset, Value

__all__ = ["TextIndex"]

_Result = TypeVar("_Result")

_GROWTH = 8  # hits beyond those that were asked for are found so many times as many at once


class TextIndex:
    """
    One text index: written in step with a table, and searched. Immutable; any thread may use it.

    Attributes:
        description: What it indexes, and where it lies.
        number: Which index of the file this is.
        prefix: What all its keys begin with.
    """

    def __init__(self, description: TextDescription) -> None:
        self.description = description
        self.number = description.number
        self.prefix = description.layout.prefix

    def writer(self, transaction: Transaction) -> TextWriter:
        """Return what keeps the index in step within a write transaction."""
        return TextWriter(self.description, transaction)

    def request(self, text: str, equal: Sequence[tuple[str, Value | Unset]] = ()) -> Search:
        """
        Return what a text and values of filter fields look for.

        Args:
            text: The query's text.
            equal: Filter fields, as the index names them, with the value each must have.
        """
        fields = self.description.filter_fields
        conditions = [(fields.index(field), filter_value(value)) for field, value in equal]
        return Search(query_terms(text, self.description.analyze), tuple(dict.fromkeys(conditions)))

    def search(
        self, reader: Reader, request: Search, *, wanted: int = 20, after: Position | None = None
    ) -> Iterator[Position]:
        """
        Yield the hits in order.

        Args:
            reader: A state of the store, which must not change while hits are taken.
            request: What is looked for.
            wanted: How many hits are likely to be taken; more are found when they are asked for.
            after: Where to begin: hits behind this position alone.
        """
        ranking = self._ranking(reader, request, after)
        given = 0
        while ranking is not None:
            hits = self._calculated(partial(ranking.top, wanted))
            yield from hits[given:]
            if len(hits) < wanted:
                return
            given, wanted = wanted, wanted * _GROWTH

    def count(self, reader: Reader, request: Search) -> int:
        """Return how many hits there are."""
        ranking = self._ranking(reader, request, None)
        return 0 if ranking is None else self._calculated(ranking.count)

    def problems(
        self, reader: Reader, documents: Iterable[tuple[bytes, Document]]
    ) -> Iterator[tuple[bytes | None, str]]:
        """Yield what is wrong with the index; see ``integrity``."""
        yield from find_text_problems(self.description, reader, documents)

    def _ranking(self, reader: Reader, request: Search, after: Position | None) -> Ranking | None:
        layout = self.description.layout
        if isinstance(reader, TrackedReader):
            reader.read_set.add_key(layout.state_key)
            reader = reader.untracked
        state = layout.read_state(reader)
        if state is None:
            return None
        found = self._calculated(partial(matches, self.description, reader, state, request))
        if found is None:
            return None
        return Ranking(self.description, reader, search=request, found=found, after=after)

    def _calculated(self, calculate: Callable[[], _Result]) -> _Result:
        """Return what is calculated from the index; say so if its bytes make no sense."""
        try:
            return calculate()
        except DAMAGE as error:
            raise StoreCorrupt(
                f"a search of text index {self.number} met bytes that it never wrote",
                hint="db.check() says which; dropping the index and adding it again makes it anew",
            ) from error
