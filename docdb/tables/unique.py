"""
Unique keys: that no two documents of a table have the same key, in one look-up.

Beside its ordinary entries a unique index keeps, for each document that has a key, one entry whose
key is the fields alone and whose value is the row key of the document::

    55 | index number | "ada@example.com"  ->  row key
    'U'  LEB128         encoding.sortable

so that a write asks one question, and a look-up of a document by a unique key could too. A row in
which a field is absent or null has no key, and never collides.

Rules of this file: keys are equal where values are (1 and 1.0, not 1 and int64 1); writers take
turns, so what is unique in a transaction is unique in the file.

Cost: a look-up and an entry for each unique index of a document; a change that leaves the fields
alone costs neither.
"""

from collections.abc import Callable
from functools import cached_property

from docdb.encoding.compile import compile_entry_encoder, compile_reader
from docdb.encoding.keyspace import unique_prefix
from docdb.encoding.long_keys import KEPT_BYTES, shorten
from docdb.encoding.packed import Document
from docdb.encoding.rows import id_of_row
from docdb.errors import UniqueViolation, shown
from docdb.indexes.ordered import OrderedIndex
from docdb.values.kinds import UNSET, Unset, Value

__all__ = ["UniqueIndex"]


class UniqueIndex:
    """The keys of one unique index. Immutable; any thread may use it."""

    def __init__(self, name: str, ordered: OrderedIndex) -> None:
        self.name = name
        self.ordered = ordered
        self.prefix = unique_prefix(ordered.number)

    @cached_property
    def _encode(self) -> Callable[[Document, bytes], bytes]:
        return compile_entry_encoder(self.prefix, self.ordered.paths)

    @cached_property
    def _read(self) -> Callable[[Document], tuple[Value | Unset, ...]]:
        return compile_reader(self.ordered.paths)

    def key(self, document: Document) -> bytes | None:
        """Return the stored key of a document, or None where a field is absent or null."""
        for value in self._read(document):
            if value is None or value is UNSET:
                return None
        key = self._encode(document, b"")
        return key if len(key) <= KEPT_BYTES else shorten(key)[0]

    def violation(
        self, table: str, table_number: int, document: Document, holder: bytes
    ) -> UniqueViolation:
        """Return the error of a document whose key another row, by its row key, has already."""
        existing = id_of_row(table_number, holder)
        fields = dict(zip(self.ordered.fields, self._read(document), strict=True))
        return UniqueViolation(
            f"index {self.name!r} of table {table!r} is unique, and document {existing!r} has"
            f" {shown(fields)} already",
            hint="patch that document, or use upsert()",
            table=table,
            index=self.name,
            key=tuple(fields.values()),
            existing=existing,
        )
