"""
Writing documents: insert, patch, replace and delete, with every index kept in step.

Rules of this file:

- An operation decides everything before it writes anything: an error leaves no trace of it, and
  the transaction can go on. What Convex keeps even then, docdb keeps too: the creation time that
  was consumed, and the table that a first insert created.
- A document is checked by generated code; the interpreted form decides, and explains, only where
  that says no (values that need to be brought into plain form, and errors).
- An index entry that does not change is not written again. A patch or replace whose result equals
  the stored document writes nothing at all.

Order of the checks: id, table, limits of values, existence, merge (for an insert: defaults and
stamps), system fields and depth, schema, conditions, size, unique keys.

Cost: an insert is one generated check, one packing, and one generated function for the keys of all
its entries; a rule costs the tables that have it.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from docdb import limits
from docdb.encoding.packed import Document, pack_open
from docdb.encoding.rows import mint, mint_many
from docdb.errors import DocumentNotFound, InvalidArgument, InvalidDocument
from docdb.runtime import Dice
from docdb.tables.admission import (
    SYSTEM_FIELDS,
    admitted,
    check_rules,
    check_size,
    completed,
    may_be_too_large,
    plain_fields,
    without_own_system_fields,
)
from docdb.tables.catalog import COMMIT_KEY, Catalog, CommitRecord
from docdb.tables.creation import CreationTimes, time_of
from docdb.tables.documents import Documents, Found
from docdb.tables.metering import Meter
from docdb.tables.shapes import PendingShapes
from docdb.tables.table import StoredTable
from docdb.tables.unique_keys import changes_of_keys, claim_key
from docdb.transactions.reader import TrackedReader
from docdb.transactions.transaction import Transaction
from docdb.values.kinds import UNSET, Unset
from docdb.values.names import check_table_name
from docdb.values.order import equal

__all__ = ["DocumentWriter"]

# Ids made together cost half as much, and the gain ends here (measured).
_MINTED_TOGETHER = 256


class DocumentWriter:
    """
    Writes documents in one transaction, which it owns. For the thread that began it.

    Attributes:
        documents: What this transaction sees, its own writes included.
        transaction: The bytes below.
    """

    def __init__(
        self,
        transaction: Transaction,
        catalog: Catalog,
        commit: CommitRecord,
        *,
        creation: CreationTimes,
        dice: Dice,
        now: float,
        meter: Meter | None = None,
    ) -> None:
        self.transaction = transaction
        reader = transaction if meter is None else TrackedReader(transaction, meter.read_set)
        self.documents = Documents(reader, catalog, meter)
        self._began = commit
        self._creation = creation
        self._dice = dice
        self._now = now
        self._next_bits = 0
        self._is_catalog_changed = False
        self._shapes = PendingShapes(transaction, self.documents)

    def insert(self, name: str, document: Mapping[str, object], component: str = "") -> str:
        """
        Insert a document and return its id.

        Raises:
            UnknownTable: The table's name is malformed or reserved.
            InvalidDocument: No schema could hold the document.
            ValidationError: The document does not match the table's validator.
        """
        table = self._table_to_insert(name, component, (document,))
        plain = self._admit(table, document)
        bits = self._creation_bits(1)
        id, row_key = mint(table.number, bits, self._dice(6))
        entries: dict[bytes, bytes] = {}
        size = self._pack(table, plain, entries, identity=(id, row_key, bits))
        self.transaction.put_new(entries, size)
        return id

    def insert_many(
        self, name: str, documents: Sequence[Mapping[str, object]], component: str = ""
    ) -> list[str]:
        """Insert documents, all or none, and return their ids in order; raises as ``insert``."""
        if not documents:
            check_table_name(name)
            return []
        table = self._table_to_insert(name, component, documents)
        ids: list[str] = []
        entries: dict[bytes, bytes] = {}
        size = 0
        for start in range(0, len(documents), _MINTED_TOGETHER):
            some = documents[start : start + _MINTED_TOGETHER]
            bits = self._creation_bits(len(some))
            minted = mint_many(table.number, bits, self._dice(6 * len(some)))
            for number, (document, (id, row_key)) in enumerate(zip(some, minted, strict=True)):
                plain = self._admit(table, document)
                identity = (id, row_key, bits + number)
                size += self._pack(table, plain, entries, identity=identity)
                ids.append(id)
        self.transaction.put_new(entries, size)
        return ids

    def patch(
        self,
        id: str,
        changes: Mapping[str, object],
        *,
        expected: str | None = None,
        component: str = "",
    ) -> None:
        """
        Merge fields into a document; ``UNSET`` removes a field.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: It is an id of another table than expected.
            DocumentNotFound: There is no document with that id.
            InvalidDocument: No schema could hold the result.
            ValidationError: The result does not match the table's validator.
        """
        found = self.documents.find(id, expected=expected, component=component)
        fields = plain_fields(changes, found and found[0].name, keep_unset=True)
        if found is None:
            raise _not_found("patch", id)
        old = found[2]
        fields = without_own_system_fields(fields, found)
        if all(equal(old.get(name, UNSET), value) for name, value in fields.items()):
            return
        merged = {name: old[name] for name in old if name not in SYSTEM_FIELDS}
        for name, value in fields.items():
            if isinstance(value, Unset):
                merged.pop(name, None)
            else:
                merged[name] = value
        self._rewrite(found, merged)

    def replace(
        self,
        id: str,
        document: Mapping[str, object],
        *,
        expected: str | None = None,
        component: str = "",
    ) -> None:
        """Replace every field of a document but the system's; raises as ``patch``."""
        found = self.documents.find(id, expected=expected, component=component)
        fields = plain_fields(document, found and found[0].name)
        if found is None:
            raise _not_found("replace", id)
        fields = without_own_system_fields(fields, found)
        new = cast("Document", fields)
        old = {name: value for name, value in found[2].items() if name not in SYSTEM_FIELDS}
        if not equal(old, new):
            self._rewrite(found, new)

    def delete(self, id: str, *, expected: str | None = None, component: str = "") -> None:
        """
        Delete a document.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: It is an id of another table than expected.
            DocumentNotFound: There is no document with that id.
        """
        found = self.documents.find(id, expected=expected, component=component)
        if found is None:
            raise _not_found("delete", id)
        table, key, document = found
        if self.documents.meter is not None:
            self.documents.meter.wrote(None)
        row_key = key[len(table.prefix) :]
        for entry_key in table.entries(document, row_key):
            self.transaction.put(entry_key, None)
        for unique in table.unique:
            unique_key = unique.key(document)
            if unique_key is not None:
                self.transaction.put(unique_key, None)
        self.transaction.put(key, None)

    def create_table(self, name: str, component: str = "") -> StoredTable:
        """Add an unchecked table to the catalog."""
        catalog = self.documents.catalog
        if catalog.user_table_count() >= limits.TABLES_MAX:
            raise InvalidArgument(
                f"table {name!r} would be one more than the {limits.TABLES_MAX:,} that a database"
                " may have",
                hint="keep what varies in a field instead of in the table's name",
            )
        table = StoredTable(
            name,
            catalog.next_table_number(),
            component=component,
            resolve=catalog.resolver(component),
        )
        row: Document = {"name": name, "number": table.number, "state": "active"}
        if component:
            row["component"] = component
        self.insert_system_row("_tables", row, is_sticky=True)
        self.documents.catalog = catalog.with_table(table)
        self._is_catalog_changed = True
        return table

    def insert_system_row(self, name: str, row: Document, *, is_sticky: bool = False) -> str:
        """Insert a document of one of docdb's own tables and return its id."""
        table = self.documents.catalog.table(name)
        assert table is not None
        bits = self._creation_bits(1)
        id, row_key = mint(table.number, bits, self._dice(6))
        key = table.prefix + row_key
        put = self.transaction.put_sticky if is_sticky else self.transaction.put
        put(key, pack_open(key, id, time_of(bits), row))
        return id

    def install(self, catalog: Catalog) -> None:
        """Make a changed catalog the one that this transaction sees and, at its end, publishes."""
        self.documents.catalog = catalog
        self._is_catalog_changed = True

    def commit(self) -> Catalog:
        """
        Commit, and return the catalog that holds from now on.

        Raises:
            IOFailure: The store could not write; nothing of the transaction remains.
            CommitUnknown: The store failed so late that the outcome is not known.
        """
        if not self.transaction.has_writes:
            self.close()
            return self.documents.catalog
        is_changed = self._is_catalog_changed or bool(self._shapes)
        version = self._began.catalog_version + is_changed
        record = CommitRecord(
            timestamp=max(self._began.timestamp + 1, _nanoseconds(self._now)),
            creation_bits=max(self._began.creation_bits, self._next_bits - 1),
            catalog_version=version,
        )
        self.transaction.put_sticky(COMMIT_KEY, record.packed())
        try:
            self.transaction.commit()
        finally:
            self.close()
        catalog = self.documents.catalog
        if version == self._began.catalog_version:
            return catalog
        catalog = catalog.of_version(version)
        self._shapes.publish(catalog)
        return catalog

    def close(self) -> None:
        """End the transaction; what was not committed is gone. Idempotent."""
        if self._next_bits:
            self._creation.consumed(self._next_bits - 1)
        self.transaction.close()

    def _table_to_insert(
        self, name: str, component: str, documents: Sequence[Mapping[str, object]]
    ) -> StoredTable:
        """Return the table of that name; a new one only if the values could be stored at all."""
        table = self.documents.catalog.table(name, component)
        if table is None or table.is_system:
            for document in documents:
                plain_fields(document, name)
            check_table_name(name)
            table = self.create_table(name, component)
        return table

    def _admit(self, table: StoredTable, document: Mapping[str, object]) -> Document:
        """Return a new document in plain form, if its table may hold it."""
        if table.is_completed:
            document = completed(table, document, now=self._now)
        if type(document) is dict and table.accepts(cast("Document", document)):
            plain = cast("Document", document)
        else:
            given = cast("Mapping[str, object]", document)
            plain = admitted(table, plain_fields(given, table.name))
        if table.rules.checks:
            check_rules(table, plain)
        if self.documents.meter is not None:
            self.documents.meter.wrote(plain)
        return plain

    def _creation_bits(self, count: int) -> int:
        """Return the bits of the next creation time, and take so many of them."""
        bits = self._next_bits or self._creation.begin(self._began.creation_bits, self._now)
        self._next_bits = bits + count
        return bits

    def _pack(
        self,
        table: StoredTable,
        document: Document,
        entries: dict[bytes, bytes],
        *,
        identity: tuple[str, bytes, int],
    ) -> int:
        """Add the entries of a new document, and return the bytes of its record."""
        id, row_key, bits = identity
        packer = self._shapes.packer(table, tuple(document))
        key = table.prefix + row_key
        try:
            record = packer(key, id, time_of(bits), document)
        except InvalidDocument:
            # The generated check does not look into keys and text; this says what is wrong, or
            # brings what only looked wrong into plain form.
            document = admitted(
                table, plain_fields(cast("Mapping[str, object]", document), table.name)
            )
            record = packer(key, id, time_of(bits), document)
        if may_be_too_large(record, document):
            check_size(table, document)
        for unique in table.unique:
            row = (row_key, document)
            claim_key(self.transaction, entries, table=table, unique=unique, row=row)
        entries[key] = record
        entries |= table.entries(document, row_key)
        return len(record)

    def _rewrite(self, found: Found, document: Document) -> None:
        """Store a document in the place of an existing one, indexes included."""
        table, key, old = found
        if table.rules.updated_at_field is not None:
            document = {**document, table.rules.updated_at_field: self._now}
        if not table.accepts(document):
            document = admitted(table, document)
        if table.rules.checks:
            check_rules(table, document)
        if self.documents.meter is not None:
            self.documents.meter.wrote(document)
        id, creation_time = cast("str", old["_id"]), cast("float", old["_creationTime"])
        packer = self._shapes.packer(table, tuple(document))
        record = packer(key, id, creation_time, document)
        if may_be_too_large(record, document):
            check_size(table, document)
        row_key = key[len(table.prefix) :]
        put = self.transaction.put
        unique_changes = changes_of_keys(self.transaction, found, document)
        before, after = table.entries(old, row_key), table.entries(document, row_key)
        for entry_key in before:
            if entry_key not in after:
                put(entry_key, None)
        for entry_key, value in after.items():
            if entry_key not in before:
                put(entry_key, value)
        for unique_key, holder in unique_changes:
            put(unique_key, holder)
        put(key, record)


def _not_found(operation: str, id: str) -> DocumentNotFound:
    return DocumentNotFound(
        f"cannot {operation} {id!r}: there is no such document",
        hint="it may have been deleted; get() returns None for a missing document",
        id=id,
    )


def _nanoseconds(milliseconds: float) -> int:
    # The year 2262, beyond which they do not fit 63 bits; the 64th is room to rise into.
    return min(int(milliseconds * 1e6), (1 << 63) - 1)
