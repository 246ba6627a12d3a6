"""
References whose documents are not there: looked for on every write, refused at the end.

Two documents can refer to each other only if one of them is written first. So a transaction
remembers which documents referred to something missing when they were written, and looks at
them once more before it commits.

Rules of this file:

- A target that was there when it was referred to needs no second look: deleting it is what
  ``cascades.py`` decides with all its referrers.
- A savepoint that is undone can take targets away, and so can a deletion: what is known to be
  there is forgotten then.

Cost: a look-up for each target, once for many referrers; documents that refer to something
missing are held by their keys.
"""

from docdb.encoding.packed import Document
from docdb.errors import ReferenceViolation
from docdb.schema.references import Found
from docdb.tables.documents import Documents
from docdb.tables.references import TableReferences
from docdb.tables.table import StoredTable

__all__ = ["Dangling", "is_there"]

# A bulk load refers to the same few documents over and over.
_KNOWN_MAX = 1 << 16


class Dangling:
    """The documents of one transaction that may refer to nothing. For its thread."""

    __slots__ = ("_documents", "_known", "_suspects")

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        # Targets that are there, by their ids, with the number of the table they are in.
        self._known: dict[object, int | None] = {}
        # Documents that referred to something missing, by their keys.
        self._suspects: dict[bytes, StoredTable] = {}

    def wrote(
        self, table: StoredTable, references: TableReferences, key: bytes, document: Document
    ) -> None:
        """Look for what a document refers to that was written under a key."""
        known = self._known
        numbers = references.numbers
        if references.are_certain:
            for value, place in zip(references.read(document), references.certain, strict=True):
                if isinstance(value, str) and known.get(value) != numbers[place.table]:
                    self._look_for(table, key, value, place.table)
        else:
            for _, id, place in references.found(document):
                if known.get(id) != numbers[place.table]:
                    self._look_for(table, key, id, place.table)

    def forget(self) -> None:
        """Forget which targets are there: some may be so no longer."""
        self._known.clear()

    def require_none(self) -> None:
        """
        Look once more at every document that referred to something missing.

        Raises:
            ReferenceViolation: A document refers to one that is not there.
        """
        for key, table in self._suspects.items():
            document = self._documents.at(table, key)
            references = table.references
            if document is None or references is None:
                continue
            for found in references.found(document):
                if not is_there(self._documents, table, found):
                    raise _violation(table, str(document["_id"]), found)

    def _look_for(self, table: StoredTable, key: bytes, id: str, name: str) -> None:
        target = self._documents.catalog.referred(table, name)
        if target is not None and self._documents.has(target, id):
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            self._known[id] = target.number
        else:
            self._suspects[key] = table


def is_there(documents: Documents, table: StoredTable, found: Found) -> bool:
    """Return whether the document is there that a document of a table refers to."""
    target = documents.catalog.referred(table, found.place.table)
    return target is not None and documents.has(target, found.id)


def _violation(table: StoredTable, id: str, found: Found) -> ReferenceViolation:
    target = found.place.table
    return ReferenceViolation(
        f"document {id!r} of table {table.name!r} refers at {found.path!r} to {found.id!r}, and"
        f" table {target!r} has no such document",
        hint="insert that document in the same transaction, or leave the reference out",
        table=table.name,
        id=id,
        path=found.path,
        target_table=target,
        target=found.id,
    )
