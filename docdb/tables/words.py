"""
Keeping the words of documents in step: the text indexes that a transaction changes.

Rules of this file:

- A text index is told after everything about a document has been decided, so that it never holds
  what was refused. Analyzers of the application's own can fail, and are tried before.
- What is held in memory is handed to the transaction before anybody can look: before a search in
  it, a savepoint, or the commit. After a rollback nothing is held.

Cost: nothing for tables without a text index; else that of ``indexes.text.writing``.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from docdb.encoding.packed import Document
from docdb.tables.table import StoredTable
from docdb.transactions.transaction import Transaction

if TYPE_CHECKING:
    from docdb.indexes.text.index import TextIndex
    from docdb.indexes.text.writing import TextWriter

__all__ = ["Words"]


class Words:
    """The text indexes that one transaction writes. For its thread."""

    __slots__ = ("_transaction", "_writers")

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._writers: dict[int, TextWriter] = {}

    def writer(self, text: "TextIndex") -> "TextWriter":
        """Return what writes a text index in this transaction."""
        writer = self._writers.get(text.number)
        if writer is None:
            writer = self._writers[text.number] = text.writer(self._transaction)
        return writer

    def prove(self, table: StoredTable, *documents: Document) -> None:
        """
        Refuse documents whose words an analyzer of the application's cannot tell.

        Raises:
            SchemaError: The analyzer is not known, or failed.
        """
        for text in table.texts:
            if text.description.is_own_analyzer:
                for document in documents:
                    text.description.part(document)

    def may_fail(self, tables: Iterable[StoredTable]) -> bool:
        """Tell whether an analyzer of the application's cuts the texts of any of the tables."""
        return any(text.description.is_own_analyzer for table in tables for text in table.texts)

    def added(self, table: StoredTable, rows: Iterable[tuple[bytes, Document]]) -> None:
        """Index new documents, which have been written."""
        for text in table.texts:
            writer = self.writer(text)
            for row_key, document in rows:
                writer.add(row_key, document)

    def replaced(self, table: StoredTable, row_key: bytes, old: Document, new: Document) -> None:
        """Index a document that has been changed."""
        for text in table.texts:
            self.writer(text).replace(row_key, old, new)

    def removed(self, table: StoredTable, row_key: bytes, document: Document) -> None:
        """Take a document that has been deleted out of the indexes."""
        for text in table.texts:
            self.writer(text).remove(row_key, document)

    def flush(self) -> None:
        """Hand everything that is held to the transaction."""
        for writer in self._writers.values():
            writer.flush()

    def rolled_back(self) -> None:
        """Forget everything that is held: the transaction went back to an earlier state."""
        for writer in self._writers.values():
            writer.rolled_back()
