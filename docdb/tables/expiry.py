"""
Expiry: rows whose time has come are deleted, as if somebody had deleted them.

A table with ``.ttl(field)`` has an index that begins with the field: one that it declares, or one
that the engine keeps for it and that nobody can query. A row is expired when its field, a float64,
is not above now; a row without one, or with a value of another kind, never is.

Cost: one range of an index for each such table, and a delete for each row that has expired; the
rows that have not are never looked at.
"""

from itertools import islice

from docdb.encoding.rows import id_of_row, row_key_in
from docdb.encoding.sortable import encode_value
from docdb.indexes.ordered import OrderedIndex
from docdb.tables.table import StoredTable
from docdb.tables.writing import DocumentWriter

__all__ = ["delete_expired"]


def delete_expired(writer: DocumentWriter, *, now: float, count_max: int) -> int:
    """
    Delete rows that have expired, and return how many.

    Args:
        writer: The transaction to do it in.
        now: Milliseconds since 1970.
        count_max: How many to delete at most.
    """
    deleted = 0
    for table in list(writer.documents.catalog.tables()):
        index = _index_of_expiry(table)
        if index is None:
            continue
        for id in _expired(writer, table, index, now=now, count_max=count_max - deleted):
            writer.delete(id, component=table.component)
            deleted += 1
    return deleted


def _index_of_expiry(table: StoredTable) -> OrderedIndex | None:
    field = table.rules.ttl_field
    if field is None:
        return None
    return next((each for each in table.ordered if each.fields[0] == field), None)


def _expired(
    writer: DocumentWriter,
    table: StoredTable,
    index: OrderedIndex,
    *,
    now: float,
    count_max: int,
) -> list[str]:
    """Return the ids of rows whose time has come, the oldest first."""
    start = index.prefix + encode_value(float("-inf"))
    stop = index.prefix + encode_value(now) + b"\xff"
    runs = index.scan(writer.transaction, start, stop, run=max(1, min(count_max, 1024)))
    keys = (key for run in runs for key in run)
    return [id_of_row(table.number, row_key_in(key)) for key in islice(keys, count_max)]
