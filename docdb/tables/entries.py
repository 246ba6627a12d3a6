"""
What lies beside a document that changes or goes: entries, unique keys, and who it refers to.

Rules of this file: nothing is written here. A change is decided as a whole, with everything that
can forbid it, and comes back as keys and values to put.

Cost: one generated function for the entries of all indexes; a change that leaves a key alone
costs nothing but making it.
"""

from collections.abc import Iterator

from docdb.encoding.long_keys import KEPT_BYTES, shorten
from docdb.encoding.packed import Document
from docdb.tables.documents import Found
from docdb.tables.table import StoredTable
from docdb.tables.unique_keys import changes_of_keys
from docdb.transactions.transaction import Transaction

__all__ = ["changed_entries", "keys_beside"]


def changed_entries(
    transaction: Transaction, found: Found, document: Document
) -> list[tuple[bytes, bytes | None]]:
    """
    Return what a new version of a document changes beside it; None deletes a key.

    Raises:
        UniqueViolation: Another document has one of its new keys.
    """
    table, key, old = found
    row_key = key[len(table.prefix) :]
    changes = changes_of_keys(transaction, found, document) if table.unique else []
    before, after = table.entry_keys(old, row_key), table.entry_keys(document, row_key)
    for old_key, new_key in zip(before, after, strict=True):
        if old_key != new_key:
            changes.append((_stored(old_key)[0], None))
            changes.append(_stored(new_key))
    if table.references is not None and table.references.has_entries:
        had = table.references.entries(old, row_key)
        has = table.references.entries(document, row_key)
        changes += [(key, None) for key in had - has]
        changes += [(key, b"") for key in has - had]
    return changes


def _stored(key: bytes) -> tuple[bytes, bytes]:
    """Return an entry as the store will hold it."""
    return shorten(key) if len(key) > KEPT_BYTES else (key, b"")


def keys_beside(table: StoredTable, document: Document, row_key: bytes) -> Iterator[bytes]:
    """Yield the keys of everything that lies beside a document."""
    yield from table.entries(document, row_key)
    for unique in table.unique:
        unique_key = unique.key(document)
        if unique_key is not None:
            yield unique_key
    if table.references is not None:
        yield from table.references.entries(document, row_key)
