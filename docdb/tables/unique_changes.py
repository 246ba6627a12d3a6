"""What a new version of a document changes among its unique keys."""

from docdb.tables.documents import Found
from docdb.tables.table import Document
from docdb.transactions.transaction import Transaction

__all__ = ["changes_of_keys"]


def changes_of_keys(
    transaction: Transaction, found: Found, document: Document
) -> list[tuple[bytes, bytes | None]]:
    """Return what a new version of a document changes among the keys, or refuse a taken one."""
    table, key, old = found
    changes: list[tuple[bytes, bytes | None]] = []
    for unique in table.unique:
        before, after = unique.key(old), unique.key(document)
        if before == after:
            continue
        if after is not None:
            holder = transaction.get(after)
            if holder is not None:
                raise unique.violation(table.name, table.number, document, holder)
            changes.append((after, key[len(table.prefix) :]))
        if before is not None:
            changes.append((before, None))
    return changes
