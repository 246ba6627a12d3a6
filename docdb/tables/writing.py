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

from docdb.encoding.packed import Document, pack_open
from docdb.errors import DocumentNotFound, InvalidDocument
from docdb.runtime import Dice
from docdb.tables.admission import (
    SYSTEM_FIELDS,
    admitted,
    admitted_again,
    admitted_new,
    check_size,
    may_be_too_large,
    plain_fields,
    stamped,
    without_own_system_fields,
)
from docdb.tables.cascades import Deletion
from docdb.tables.catalog import Catalog, CommitRecord
from docdb.tables.creation import CreationTimes, Identities
from docdb.tables.dangling import Dangling
from docdb.tables.documents import Documents, Found
from docdb.tables.entries import changed_entries, keys_beside
from docdb.tables.metering import Meter
from docdb.tables.new_rows import NewRows
from docdb.tables.shapes import PendingShapes
from docdb.tables.table import StoredTable
from docdb.tables.words import Words
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
        self._identities = Identities(creation, dice, stored_bits=commit.creation_bits, now=now)
        self._now = now
        self._is_catalog_changed = False
        self._shapes = PendingShapes(transaction, self.documents)
        self._dangling = Dangling(self.documents)
        self.words = Words(transaction)
        self.documents.before_search = self.words.flush

    def insert(self, name: str, document: Mapping[str, object], component: str = "") -> str:
        """
        Insert a document and return its id.

        Raises:
            UnknownTable: The table's name is malformed or reserved.
            InvalidDocument: No schema could hold the document.
            ValidationError: The document does not match the table's validator.
        """
        table = self._table_to_insert(name, component, (document,))
        rows = NewRows(table, self._shapes)
        identity = self._identities.one(table.number)
        is_bare = table.is_bare and self.documents.meter is None
        if not (is_bare and rows.add_bare(document, identity)):
            self._add(rows, document, identity)
        self._write(rows)
        return identity[0]

    def insert_many(
        self, name: str, documents: Sequence[Mapping[str, object]], component: str = ""
    ) -> list[str]:
        """Insert documents, all or none, and return their ids in order; raises as ``insert``."""
        if not documents:
            check_table_name(name)
            return []
        table = self._table_to_insert(name, component, documents)
        rows = NewRows(table, self._shapes)
        ids: list[str] = []
        is_bare = table.is_bare and self.documents.meter is None
        for start in range(0, len(documents), _MINTED_TOGETHER):
            some = documents[start : start + _MINTED_TOGETHER]
            identities = self._identities.many(table.number, len(some))
            for document, identity in zip(some, identities, strict=True):
                if not (is_bare and rows.add_bare(document, identity)):
                    self._add(rows, document, identity)
            ids += [id for id, _, _ in identities]
        self._write(rows)
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
        Delete a document, and do to those that refer to it what their tables ask for.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: It is an id of another table than expected.
            DocumentNotFound: There is no document with that id.
            ReferenceViolation: A document that stays forbids it.
        """
        found = self.documents.find(id, expected=expected, component=component)
        if found is None:
            raise _not_found("delete", id)
        self.delete_found(found)

    def delete_found(self, found: Found) -> None:
        """Delete a document that is there; raises as ``delete``."""
        table, key, _ = found
        if self.documents.catalog.ways_to(table):
            deletion = Deletion(self.documents, table, key)
            deletion.spread()
            self._carry_out(deletion)
        else:
            self._erase(found)

    def _carry_out(self, deletion: Deletion) -> None:
        """Write what a deletion brings about: all of it, or nothing."""
        for (table, _, _), new in deletion.orphaned():
            admitted_again(table, new, now=self._now)
        # A unique key of a shortened array, an analyzer or a limit can still forbid it half-way.
        orphaning, doomed = set(deletion.orphans.values()), deletion.doomed.values()
        is_safe = self.documents.meter is None and not any(table.unique for table in orphaning)
        is_safe = is_safe and not self.words.may_fail(orphaning.union(doomed))
        savepoint = None if is_safe else self.savepoint()
        try:
            for found in deletion.deleted():
                self._erase(found)
            for found, new in deletion.orphaned():
                self._store(found, stamped(found[0], new, now=self._now))
        except BaseException:
            if savepoint is not None:
                self.rollback(savepoint)
            raise
        if savepoint is not None:
            self.transaction.release(savepoint)
        self._dangling.forget()

    def _erase(self, found: Found) -> None:
        """Delete a document that nobody refers to."""
        table, key, document = found
        if table.texts:
            self.words.prove(table, document)
        if self.documents.meter is not None:
            self.documents.meter.wrote(None)
        row_key = key[len(table.prefix) :]
        self.transaction.put_all(dict.fromkeys((*keys_beside(table, document, row_key), key)), 0)
        if table.texts:
            self.words.removed(table, row_key, document)

    def savepoint(self) -> int:
        """Open a savepoint; give what it returns to ``rollback`` or ``transaction.release``."""
        self.words.flush()
        return self.transaction.savepoint()

    def rollback(self, savepoint: int) -> None:
        """Undo what was written since a savepoint, and close it."""
        self.transaction.rollback(savepoint)
        self.words.rolled_back()
        self._dangling.forget()

    def create_table(self, name: str, component: str = "") -> StoredTable:
        """Add an unchecked table to the catalog."""
        catalog = self.documents.catalog
        table = catalog.new_table(name, component)
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
        id, row_key, creation_time = self._identities.one(table.number)
        key = table.prefix + row_key
        put = self.transaction.put_sticky if is_sticky else self.transaction.put
        put(key, pack_open(key, id, creation_time, row))
        return id

    def install(self, catalog: Catalog) -> None:
        """Make a changed catalog the one that this transaction sees and, at its end, publishes."""
        self.documents.catalog = catalog
        self._is_catalog_changed = True

    def commit(self) -> Catalog:
        """
        Commit, and return the catalog that holds from now on.

        Raises:
            ReferenceViolation: A document refers to one that is not there; nothing remains.
            IOFailure: The store could not write; nothing of the transaction remains.
            CommitUnknown: The store failed so late that the outcome is not known.
        """
        if not self.transaction.has_writes:
            self.close()
            return self.documents.catalog
        try:
            self._dangling.require_none()
            self.words.flush()
        except BaseException:
            self.close()
            raise
        is_changed = self._is_catalog_changed or bool(self._shapes)
        version = self._began.catalog_version + is_changed
        record = self._began.following(
            now=self._now,
            creation_bits=self._identities.latest_bits,
            catalog_version=version,
        )
        try:
            self.transaction.commit(record)
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
        self._identities.close()
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

    def _add(
        self, rows: NewRows, document: Mapping[str, object], identity: tuple[str, bytes, float]
    ) -> None:
        """Add a new document to the rows of an operation, if its table may hold it."""
        table = rows.table
        plain = admitted_new(table, document, now=self._now)
        if self.documents.meter is not None:
            self.documents.meter.wrote(plain)
        id, row_key, creation_time = identity
        key = table.prefix + row_key
        packer = rows.packer(tuple(plain))
        try:
            record = packer(key, id, creation_time, plain)
        except InvalidDocument:
            # The generated check does not look into keys and text; this says what is wrong, or
            # brings what only looked wrong into plain form.
            plain = admitted(table, plain_fields(cast("Mapping[str, object]", plain), table.name))
            record = packer(key, id, creation_time, plain)
        if may_be_too_large(record, plain):
            check_size(table, plain)
        rows.add(key, row_key, plain, record)
        if table.texts:
            self.words.prove(table, plain)
            rows.worded.append((row_key, plain))
        if table.has_claims:
            rows.claim(self.transaction, row_key, plain)
            if table.references is not None:
                self._dangling.wrote(table, table.references, key, plain)

    def _write(self, rows: NewRows) -> None:
        """Write new rows, all of which their table may hold."""
        self.transaction.put_all(rows.entries(), rows.record_bytes)
        if rows.worded:
            self.words.added(rows.table, rows.worded)

    def _rewrite(self, found: Found, document: Document) -> None:
        """Store a document in the place of an existing one, if its table may hold it."""
        self._store(found, admitted_again(found[0], document, now=self._now))

    def _store(self, found: Found, document: Document) -> None:
        """Store a valid document in the place of an existing one, indexes included."""
        table, key, old = found
        if self.documents.meter is not None:
            self.documents.meter.wrote(document)
        id, creation_time = cast("str", old["_id"]), cast("float", old["_creationTime"])
        packer = self._shapes.packer(table, tuple(document))
        record = packer(key, id, creation_time, document)
        if may_be_too_large(record, document):
            check_size(table, document)
        if table.texts:
            self.words.prove(table, old, document)
        changes = dict(changed_entries(self.transaction, found, document))
        self.transaction.put_all({**changes, key: record}, len(record))
        if table.texts:
            self.words.replaced(table, key[len(table.prefix) :], old, document)
        if table.references is not None:
            self._dangling.wrote(table, table.references, key, document)


def _not_found(operation: str, id: str) -> DocumentNotFound:
    return DocumentNotFound(
        f"cannot {operation} {id!r}: there is no such document",
        hint="it may have been deleted; get() returns None for a missing document",
        id=id,
    )
