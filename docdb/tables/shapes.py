"""
Shapes that a transaction allots: which numbers its new kinds of documents get.

A shape that is stored belongs to its table for ever (``StoredTable.add_shape``); one that a
transaction has allotted is its own until the commit has succeeded, since an aborted transaction
gives the number back.

Rules of this file: a table gives away ``limits.SHAPES_PER_TABLE_MAX`` numbers, and documents of
further shapes describe themselves (number 0).
"""

from docdb import limits
from docdb.encoding.compile import Packer, compile_maker
from docdb.encoding.keyspace import shape_key
from docdb.encoding.packed import pack_value
from docdb.tables.catalog import Catalog
from docdb.tables.documents import Documents
from docdb.tables.table import StoredTable, new_packer, shape_of
from docdb.transactions.transaction import Transaction

__all__ = ["PendingShapes"]


class PendingShapes:
    """The shapes of one transaction. For its thread."""

    __slots__ = ("_documents", "_numbers", "_packers", "_transaction")

    def __init__(self, transaction: Transaction, documents: Documents) -> None:
        self._transaction = transaction
        self._documents = documents
        self._numbers: dict[tuple[int, tuple[str, ...]], int] = {}
        self._packers: dict[tuple[int, tuple[str, ...]], Packer] = {}

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def packer(self, table: StoredTable, names: tuple[str, ...]) -> Packer:
        """Return the packer for documents with these names, allotting a shape if it is new."""
        # One's own first: a bulk load of a new table has no others.
        packer = self._packers.get((table.number, names)) or table.packer(names)
        if packer is None:
            shape = shape_of(names)
            number = self._numbers.get((table.number, shape)) or self._allot(table, shape)
            packer = new_packer(number, shape)
            if number:
                self._packers[table.number, names] = packer
        return packer

    def publish(self, catalog: Catalog) -> None:
        """Give the shapes to their tables: they are stored now."""
        for (table_number, shape), number in self._numbers.items():
            table = catalog.table_numbered(table_number)
            assert table is not None
            table.add_shape(number, shape)

    def _allot(self, table: StoredTable, shape: tuple[str, ...]) -> int:
        makers = dict(self._documents.makers(table))
        number = max(makers) + 1
        if number > limits.SHAPES_PER_TABLE_MAX:
            return 0
        key = shape_key(table.number, number)
        self._transaction.put_sticky(key, pack_value(list(shape), key))
        self._numbers[table.number, shape] = number
        makers[number] = compile_maker(shape)
        self._documents.pending_makers[table.number] = makers
        return number
