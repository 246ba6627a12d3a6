"""Claiming and giving up unique keys, as documents come, change and go."""

from docdb.encoding.packed import Document
from docdb.tables.documents import Found
from docdb.tables.table import StoredTable
from docdb.tables.unique import UniqueIndex
from docdb.transactions.transaction import Transaction

__all__ = ["changes_of_keys", "claim_key"]


def claim_key(
    transaction: Transaction,
    entries: dict[bytes, bytes],
    *,
    table: StoredTable,
    unique: UniqueIndex,
    row: tuple[bytes, Document],
) -> None:
    """
    Add the key that a document has in a unique index to entries that are about to be written.

    Args:
        transaction: The transaction, whose keys are taken.
        entries: What will be written with the document; its keys are taken as well.
        table: The table of the document.
        unique: The index.
        row: The row key of the document, and the document.

    Raises:
        UniqueViolation: Another document has the key.
    """
    row_key, document = row
    key = unique.key(document)
    if key is None:
        return
    holder = entries.get(key) or transaction.get(key)
    if holder is not None:
        raise unique.violation(table.name, table.number, document, holder)
    entries[key] = row_key


def changes_of_keys(
    transaction: Transaction, found: Found, document: Document
) -> list[tuple[bytes, bytes | None]]:
    """
    Return what a new version of a document changes among the unique keys.

    Raises:
        UniqueViolation: Another document has one of its new keys.
    """
    table, key, old = found
    claimed: dict[bytes, bytes] = {}
    given_up: list[tuple[bytes, bytes | None]] = []
    for unique in table.unique:
        before = unique.key(old)
        if before == unique.key(document):
            continue
        row = (key[len(table.prefix) :], document)
        claim_key(transaction, claimed, table=table, unique=unique, row=row)
        if before is not None:
            given_up.append((before, None))
    return [*claimed.items(), *given_up]
