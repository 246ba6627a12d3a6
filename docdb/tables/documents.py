"""
Reading documents: by id, and by the keys that an index scan hands over.

Rules of this file:

- The key of a document follows from its id alone, so that ``get`` is one look-up. The stored id
  is compared with the one that was asked for, so that the id's checksum needs to be computed only
  when there is nothing under the key.
- A document that is handed out belongs to the caller: it was unpacked for this one call.
- A record is believed only after its CRC has been checked, over key and record.

Cost: ``get`` is one look-up and one unpacking; ``fetch`` the same for each key, in one loop.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeGuard, cast

from docdb.encoding.packed import (
    Chooser,
    Document,
    Maker,
    decode,
    decode_many,
    decode_some,
    is_record_of,
)
from docdb.encoding.rows import document_key_from_id, native_row_key, row_key_in
from docdb.errors import (
    InvalidArgument,
    InvalidId,
    StoreCorrupt,
    TableMismatch,
    shown,
)
from docdb.kv.interface import Snapshot
from docdb.tables.catalog import Catalog
from docdb.tables.metering import Meter
from docdb.tables.table import StoredTable
from docdb.transactions.reader import Reader
from docdb.values.ids import decode_id

__all__ = ["Documents", "Found"]

# Native row keys are this long and say so in their last byte (docdb.encoding.rows).
_NATIVE = 17


# A document that is there: its table, its key in the store, and what it says.
Found = tuple[StoredTable, bytes, Document]


class Documents:
    """
    The documents of one state of the database. For one thread.

    Attributes:
        reader: The bytes that this state consists of.
        catalog: The tables that this state has.
        pending_makers: Makers that include shapes of this transaction alone, by table number.
        meter: What counts the documents read, where somebody wants to know.
        snapshot: The store's snapshot below the reader, if these documents hold one.
        before_search: What a write transaction has to do before its words are searched.
    """

    __slots__ = ("before_search", "catalog", "meter", "pending_makers", "reader", "snapshot")

    def __init__(
        self,
        reader: Reader,
        catalog: Catalog,
        meter: Meter | None = None,
        snapshot: Snapshot | None = None,
    ) -> None:
        self.reader = reader
        self.snapshot = snapshot
        self.catalog = catalog
        self.meter = meter
        self.pending_makers: dict[int, dict[int, Maker]] = {}
        self.before_search: Callable[[], None] | None = None

    def get(
        self, id: str, *, expected: str | None = None, component: str = "", system: bool = False
    ) -> Document | None:
        """
        Return the document with an id, or None where there is none.

        Args:
            id: The document's id.
            expected: The name of the table that the caller insists on.
            component: The namespace that the caller reads.
            system: Whether the caller reads docdb's own tables instead of the user's.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: It is an id of another table than expected.
            InvalidArgument: It is an id of a system table and ``system`` is false, or the
                other way round.
        """
        found = self.find(id, expected=expected, component=component, system=system)
        return None if found is None else found[2]

    def get_many(self, ids: Sequence[str], *, component: str = "") -> list[Document | None]:
        """
        Return the documents with the ids, in their order, None where there is none.

        Ids of one table are looked up and decoded together; raises as ``get`` does.
        """
        keys = [document_key_from_id(id) if type(id) is str else None for id in ids]
        table = None
        if keys and keys[0] is not None and self.meter is None:
            table = self.catalog.table_of_key(keys[0], None, component)
        if table is None or not _all_under(keys, table.prefix):
            return [self.get(id, component=component) for id in ids]
        records = self.reader.get_many(keys)
        there = [(key, record) for key, record in zip(keys, records, strict=True) if record]
        decoded = iter(self.unpack(table, there) if there else ())
        found = [next(decoded) if record else None for record in records]
        return [
            document
            if document is not None and document["_id"] == id
            # Nothing, no id at all, or one that leads to the key of another.
            else self.get(id, component=component)
            for id, document in zip(ids, found, strict=True)
        ]

    def find(
        self, id: str, *, expected: str | None = None, component: str = "", system: bool = False
    ) -> Found | None:
        """Return where a document lies and what it says, or None; raises as ``get`` does."""
        key = document_key_from_id(id) if type(id) is str else None
        table = None
        if key is not None:
            table = self.catalog.table_of_key(key, expected, component, system=system)
        if table is None or key is None:
            table = self.table_of(id, expected=expected, component=component, system=system)
            if table is None:
                return None
            key = table.prefix + native_row_key(decode_id(id)[1])
        record = self.reader.get(key)
        if record is not None:
            # Without a call where a transaction has no shapes of its own, as nearly always.
            makers = self.makers(table) if self.pending_makers else table.makers
            document = decode(key, record, makers)
            # An id that docdb never made can lead to the key of one that it did.
            if document["_id"] == id:
                if self.meter is not None:
                    self.meter.consumed(document)
                    self.meter.queried()
                return table, key, document
        # Whether there is nothing or the text is no id at all is worth a look only now.
        self.table_of(id, expected=expected, component=component, system=system)
        return None

    def table_of(
        self, id: str, *, expected: str | None = None, component: str = "", system: bool = False
    ) -> StoredTable | None:
        """Return the table of an id, or None if no known table has it; raises as ``get`` does."""
        if not isinstance(id, str):
            raise InvalidId(
                f"an id is a string, found {shown(id)}",
                hint="pass the _id of a document, as insert returned it",
                id=id,
            )
        number, _ = decode_id(str(id))
        table = self.catalog.table_numbered(number)
        if table is not None and not table.is_system and table.component != component:
            table = None
        if expected is not None and (
            table is None or not isinstance(expected, str) or table.name != expected
        ):
            name = "an unknown table" if table is None else f"table {table.name!r}"
            raise TableMismatch(
                f"id {id!r} belongs to {name}, expected table {shown(expected)}",
                id=str(id),
                table="" if table is None else table.name,
                expected=expected,
            )
        if table is not None and table.is_system is not system:
            reads = "db.system" if table.is_system else "the database itself"
            raise InvalidArgument(
                f"id {id!r} belongs to table {table.name!r}",
                hint=f"documents of that table are read through {reads}",
            )
        return table

    def key_of(self, table: StoredTable, id: str) -> bytes | None:
        """Return the key under which a table's document of that id would lie, or None."""
        key = document_key_from_id(id)
        if key is not None and key.startswith(table.prefix):
            return key
        try:
            number, internal = decode_id(id)
        except InvalidId:
            return None
        return table.prefix + native_row_key(internal) if number == table.number else None

    def has(self, table: StoredTable, id: str) -> bool:
        """Return whether a table has the document with an id."""
        key = self.key_of(table, id)
        record = None if key is None else self.reader.get(key)
        return record is not None and is_record_of(cast("bytes", key), record, id)

    def at(self, table: StoredTable, key: bytes) -> Document | None:
        """Return the document that lies under a key of a table, or None."""
        record = self.reader.get(key)
        return None if record is None else decode(key, record, self.makers(table))

    def at_each(
        self, table: StoredTable, keys: Sequence[bytes]
    ) -> Iterator[tuple[bytes, Document]]:
        """
        Return key and document for each key of a table.

        Raises:
            StoreCorrupt: There is nothing under a key, to which an index entry led.
        """
        records = self.reader.get_many(keys)
        if not _all_there(records):
            raise _leads_nowhere(table, keys[records.index(None)])
        return zip(keys, decode_many(keys, records, self.makers(table)), strict=True)

    def fetch(self, table: StoredTable, entry_keys: Sequence[bytes]) -> list[Document]:
        """
        Return the documents that index entries lead to, in their order.

        Raises:
            StoreCorrupt: An entry leads nowhere, or a record is damaged.
        """
        return decode_many(*self._records(table, entry_keys), self.makers(table))

    def fetch_some(
        self, table: StoredTable, entry_keys: Sequence[bytes], choose: Chooser
    ) -> list[Document | None]:
        """Return what ``fetch`` does, with None for documents whose records are not chosen."""
        keys, records = self._records(table, entry_keys)
        return decode_some(keys, records, self.makers(table), choose=choose)

    def _records(
        self, table: StoredTable, entry_keys: Sequence[bytes]
    ) -> tuple[list[bytes], list[bytes]]:
        prefix = table.prefix
        keys = [
            prefix + (key[-_NATIVE:] if key[-1] == _NATIVE else row_key_in(key))
            for key in entry_keys
        ]
        records = self.reader.get_many(keys)
        if not _all_there(records):
            raise _leads_nowhere(table, keys[records.index(None)])
        return keys, records

    def unpack(self, table: StoredTable, entries: Sequence[tuple[bytes, bytes]]) -> list[Document]:
        """Return the documents of entries that were scanned from the table itself."""
        keys, records = zip(*entries, strict=True)
        return decode_many(keys, records, self.makers(table))

    def scan(self, table: StoredTable, *, run: int = 1024) -> Iterator[tuple[bytes, Document]]:
        """Yield the key and document of each row of a table, in creation order."""
        start, stop = table.prefix, table.prefix + b"\xff"
        for entries in self.reader.scan(start, stop, run=run):
            for (key, _), document in zip(entries, self.unpack(table, entries), strict=True):
                yield key, document

    def normalize_id(self, table_name: str, text: str, *, component: str = "") -> str | None:
        """Return the id in canonical form if it is one of that table, else None."""
        table = self.catalog.table(table_name, component)
        if table is None or not isinstance(text, str):
            return None
        try:
            number, _ = decode_id(text)
        except InvalidId:
            return None
        return str(text) if number == table.number else None

    def makers(self, table: StoredTable) -> Mapping[int, Maker]:
        """Return how records of a table become documents in this state."""
        return self.pending_makers.get(table.number) or table.makers


def _leads_nowhere(table: StoredTable, key: bytes) -> StoreCorrupt:
    return StoreCorrupt(
        f"an index entry of table {table.name!r} leads to no document (key {key.hex()})",
        hint="db.check() lists every disagreement",
    )


def _all_under(keys: Sequence[bytes | None], prefix: bytes) -> TypeGuard[Sequence[bytes]]:
    return None not in keys and all(key.startswith(prefix) for key in cast("list[bytes]", keys))


def _all_there(records: list[bytes | None]) -> TypeGuard[list[bytes]]:
    return None not in records
