"""
What a text index is: which fields it reads, and how it cuts their text.

Rules of this file: only a string has words; whatever else lies at the search path counts as a
document without any. A description is immutable, and both writers and searches hold it.

Cost: reading a document of 40 words 6 µs, nearly all of it the analyzer's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from docdb.encoding.compile import compile_reader
from docdb.encoding.packed import Document
from docdb.indexes.text.layout import BLOCK_BITS, Layout
from docdb.indexes.text.members import filter_value
from docdb.indexes.text.pending import Part
from docdb.indexes.text.tokenizer import encoded_tokens, tokens
from docdb.values.kinds import Unset, Value
from docdb.values.paths import parse_path

__all__ = ["TextDescription"]


class TextDescription:
    """
    One text index as data. Immutable; any thread may use it.

    Attributes:
        search_path: The names that lead to the text.
        filter_paths: For each filter field the names that lead to it.
        analyze: The function from a text to its tokens.
        analyzer_text: What that function is stored as: a name, or ``module:qualname``.
        is_own_analyzer: Whether that function is the application's, and may fail.
        layout: Where the index lies in the store.
        block_bits: A block of a new index is two to the power of this many numbers.
    """

    def __init__(
        self,
        number: int,
        search_field: str,
        filter_fields: Sequence[str],
        *,
        analyze: Callable[[str], list[str]],
        analyzer_text: str = "convex",
        block_bits: int = BLOCK_BITS,
    ) -> None:
        assert 0 < block_bits <= BLOCK_BITS, "offsets have two bytes"
        self.number = number
        self.search_field = search_field
        self.filter_fields = tuple(filter_fields)
        self.search_path = parse_path(search_field)
        self.filter_paths = tuple(map(parse_path, filter_fields))
        self.analyze = analyze
        self.analyzer_text = analyzer_text
        self.is_own_analyzer = ":" in analyzer_text
        self._is_convex = analyze is tokens
        self.layout = Layout(number)
        self.block_bits = block_bits

    @cached_property
    def _read(self) -> Callable[[Document], tuple[Value | Unset, ...]]:
        return compile_reader([self.search_path, *self.filter_paths])

    def part(self, document: Document) -> Part:
        """Return what a document is to this index."""
        text, *filters = self._read(document)
        terms: list[bytes] = []
        if isinstance(text, str):
            terms = encoded_tokens(text) if self._is_convex else encoded(self.analyze(text))
        return Part(len(terms), Counter(terms), tuple(map(filter_value, filters)))

    def is_same(self, old: Document, new: Document) -> bool:
        """Tell whether two documents are the same to this index."""
        text, *filters = self._read(old)
        new_text, *new_filters = self._read(new)
        is_text = isinstance(text, str)
        if is_text != isinstance(new_text, str) or (is_text and text != new_text):
            return False
        # Compared in sortable form, since Python takes 1 and True for the same.
        return list(map(filter_value, filters)) == list(map(filter_value, new_filters))


def encoded(terms: Iterable[str]) -> list[bytes]:
    """Return terms as UTF-8."""
    known = list(terms)
    joined = "\n".join(known).encode()
    together = joined.split(b"\n") if known else []
    # A term of a user's own analyzer may contain the separator.
    return together if len(together) == len(known) else [each.encode() for each in known]
