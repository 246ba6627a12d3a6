"""
Expiry: rows whose time has come are deleted, as if somebody had deleted them.

A table with ``.ttl(field)`` has an index that begins with the field: one that it declares, or one
that the engine keeps for it and that nobody can query. A row is expired when its field, a float64,
is not above now; a row without one, or with a value of another kind, never is.

Rules of this file:

- A sweep goes through the expired rows once, the oldest first, in transactions of bounded size.
- A row that may not be deleted, since somebody refers to it and forbids that, stays; so it does
  until a later sweep finds it free.

Cost: one range of an index for each such table, and a delete for each row that has expired; the
rows that have not are never looked at.
"""

from docdb.encoding.rows import id_of_row, row_key_in
from docdb.encoding.sortable import encode_value
from docdb.errors import ReferenceViolation, UniqueViolation, ValidationError
from docdb.indexes.ordered import OrderedIndex
from docdb.kv.keyrange import successor
from docdb.tables.table import StoredTable
from docdb.tables.writing import DocumentWriter

__all__ = ["Sweep"]


class Sweep:
    """
    One way through all rows that have expired. For one thread.

    Attributes:
        deleted: How many rows have been deleted because of their own time.
    """

    def __init__(self, now: float) -> None:
        self._now = now
        self._passed: dict[int, bytes] = {}
        self.deleted = 0

    def go_on(self, writer: DocumentWriter, *, count_max: int) -> bool:
        """
        Delete more rows, and return whether there may be others.

        Args:
            writer: The transaction to do it in.
            count_max: How many rows to look at, at most.
        """
        for table in list(writer.documents.catalog.tables()):
            index = _index_of_expiry(table)
            if index is not None and count_max > 0:
                count_max -= self._delete_some(writer, table, index, count_max)
        return count_max <= 0

    def _delete_some(
        self, writer: DocumentWriter, table: StoredTable, index: OrderedIndex, count_max: int
    ) -> int:
        """Delete rows of a table that have expired, and return how many were looked at."""
        start = self._passed.get(table.number, index.prefix + encode_value(float("-inf")))
        stop = index.prefix + encode_value(self._now) + b"\xff"
        run = min(count_max, 1024)
        none: list[bytes] = []
        keys = next(index.scan(writer.transaction, start, stop, run=run), none)[:count_max]
        for key in keys:
            id = id_of_row(table.number, row_key_in(key))
            # It may have gone by a cascade from one before it.
            if writer.documents.has(table, id):
                self.deleted += _delete(writer, table, id)
            self._passed[table.number] = successor(key)
        return len(keys)


def _delete(writer: DocumentWriter, table: StoredTable, id: str) -> bool:
    try:
        writer.delete(id, component=table.component)
    except (ReferenceViolation, UniqueViolation, ValidationError):
        return False
    return True


def _index_of_expiry(table: StoredTable) -> OrderedIndex | None:
    field = table.rules.ttl_field
    if field is None:
        return None
    return next((each for each in table.ordered if each.fields[0] == field), None)
