"""
What lies beside a document that changes or goes: entries, unique keys, and who it refers to.

Rules of this file: nothing is written here. A change is decided as a whole, with everything that
can forbid it, and comes back as keys and values to put.

Cost: one generated function for the entries of all indexes; a change that leaves a key alone
costs nothing but making it.
"""

from collections.abc import Iterator

from docdb.encoding.packed import Document
from docdb.tables.documents import Found
from docdb.tables.table import StoredTable
from docdb.tables.unique_keys import changes_of_keys
from docdb.transactions.transaction import Transaction

__all__ = ["changed_entries", "keys_beside"]


def changed_entries(
    transaction: Transaction, found: Found, document: Document
) -> Iterator[tuple[bytes, bytes | None]]:
    """
    Return what a new version of a document changes beside it; None deletes a key.

    Raises:
        UniqueViolation: Another document has one of its new keys.
    """
    table, key, old = found
    row_key = key[len(table.prefix) :]
    unique_changes = changes_of_keys(transaction, found, document)
    before, after = table.entries(old, row_key), table.entries(document, row_key)
    if table.references is not None and table.references.has_entries:
        before |= dict.fromkeys(table.references.entries(old, row_key), b"")
        after |= dict.fromkeys(table.references.entries(document, row_key), b"")
    return _differences(before, after, unique_changes)


def _differences(
    before: dict[bytes, bytes],
    after: dict[bytes, bytes],
    unique_changes: list[tuple[bytes, bytes | None]],
) -> Iterator[tuple[bytes, bytes | None]]:
    for key in before:
        if key not in after:
            yield key, None
    for key, value in after.items():
        if key not in before:
            yield key, value
    yield from unique_changes


def keys_beside(table: StoredTable, document: Document, row_key: bytes) -> Iterator[bytes]:
    """Yield the keys of everything that lies beside a document."""
    yield from table.entries(document, row_key)
    for unique in table.unique:
        unique_key = unique.key(document)
        if unique_key is not None:
            yield unique_key
    if table.references is not None:
        yield from table.references.entries(document, row_key)
