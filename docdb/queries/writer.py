"""What a user holds to write: a transaction that commits as a whole or leaves nothing behind."""

from collections.abc import Callable, Iterable, Mapping
from threading import get_ident
from types import TracebackType

from docdb import limits
from docdb.errors import Closed, InvalidArgument
from docdb.queries.reader import ComponentReader, Reader, check_component, listed
from docdb.queries.usage import Usage
from docdb.tables.documents import Documents
from docdb.tables.upserts import insert_or_get, upsert
from docdb.tables.writing import DocumentWriter
from docdb.transactions.reader import TrackedReader
from docdb.transactions.transaction import FrozenReader

__all__ = ["ComponentWriter", "Savepoint", "Writer"]


class Writer(Reader):
    """
    A write transaction, which is a reader too: it sees its own writes. For one thread.

    It holds the writer's turn from its beginning, so that it never fails on a conflict. Leaving
    the ``with`` statement commits; leaving it by an exception discards everything. An operation
    that fails leaves no trace of itself, and where the error is caught the transaction goes on.
    """

    def __init__(
        self,
        writer: DocumentWriter,
        *,
        finish: Callable[[DocumentWriter], None],
        cursor_secret: bytes,
        usage: Usage,
    ) -> None:
        super().__init__(
            writer.documents, release=writer.close, cursor_secret=cursor_secret, usage=usage
        )
        self._writer = writer
        self._finish = finish
        self._thread = get_ident()
        self._savepoints: list[Savepoint] = []

    def insert(self, table: str, document: Mapping[str, object]) -> str:
        """
        Insert a document and return its id.

        Raises:
            UnknownTable: The table's name is malformed or reserved.
            InvalidDocument: No schema could hold the document.
            ValidationError: The document does not match the table's validator.
        """
        return self.begin_write().insert(table, document)

    def insert_many(self, table: str, documents: Iterable[Mapping[str, object]]) -> list[str]:
        """Insert documents, all or none, and return their ids in order; raises as ``insert``."""
        return self.begin_write().insert_many(table, listed(documents, "documents"))

    def upsert(self, table: str, document: Mapping[str, object], *, by: str) -> str:
        """
        Insert a document, or patch the one that has its unique key already; return the id.

        Args:
            table: The name of the table.
            document: The fields of a whole new document.
            by: The name of a unique index, whose fields say which document is meant.

        Raises:
            UnknownIndex: The table has no unique index of that name.
            UniqueViolation: Another unique index of the table has one of its keys already.
        """
        return upsert(self.begin_write(), table, document, by=by)

    def insert_or_get(self, table: str, document: Mapping[str, object], *, by: str) -> str:
        """Insert a document unless one has its unique key; return the id; see ``upsert``."""
        return insert_or_get(self.begin_write(), table, document, by=by)

    def patch(self, id: str, changes: Mapping[str, object], *, table: str | None = None) -> None:
        """
        Merge fields into a document; a field given as ``UNSET`` is removed.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: ``table`` is given and the id belongs to another one.
            DocumentNotFound: There is no document with that id.
            InvalidDocument: No schema could hold the result.
            ValidationError: The result does not match the table's validator.
        """
        self.begin_write().patch(id, changes, expected=table)

    def replace(self, id: str, document: Mapping[str, object], *, table: str | None = None) -> None:
        """Replace every field of a document but the system's; raises as ``patch``."""
        self.begin_write().replace(id, document, expected=table)

    def delete(self, id: str, *, table: str | None = None) -> None:
        """
        Delete a document.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: ``table`` is given and the id belongs to another one.
            DocumentNotFound: There is no document with that id.
        """
        self.begin_write().delete(id, expected=table)

    def nested(self) -> "Savepoint":
        """
        Return a savepoint for a ``with`` statement: an exception undoes what was written in it.

        Raises:
            InvalidArgument: Savepoints are nested deeper than ``limits.SAVEPOINTS_DEPTH_MAX``.
        """
        return Savepoint(self, self._savepoints)

    def component(self, name: str) -> "ComponentWriter":
        """Return a writer of the tables of a component, in the same transaction."""
        check_component(self.begin(), name)
        return ComponentWriter(self, name)

    def begin(self, *, is_frozen: bool = False) -> Documents:
        """Return the documents of this transaction, or those of this moment, frozen."""
        documents = self.begin_write().documents
        if not is_frozen:
            return documents
        self._writer.words.flush()
        frozen = self._writer.transaction.frozen()
        meter = documents.meter
        reader = frozen if meter is None else TrackedReader(frozen, meter.read_set)
        moment = Documents(reader, documents.catalog, meter)
        moment.pending_makers = documents.pending_makers
        return moment

    def begin_write(self) -> DocumentWriter:
        """Return what writes, if the transaction is open and this is its thread."""
        if self._ended is not None:
            raise Closed("this transaction has ended", hint="write inside its with statement")
        if get_ident() != self._thread:
            raise InvalidArgument(
                "a write transaction belongs to the thread that began it",
                hint="begin one with db.write() in each thread: they take turns",
            )
        return self._writer

    def end(self, documents: Documents) -> None:
        """Give back what ``begin`` returned."""
        reader = documents.reader
        if isinstance(reader, TrackedReader):
            reader = reader.untracked
        if isinstance(reader, FrozenReader):
            reader.close()

    def close(self) -> None:
        """End the transaction without a commit. Idempotent."""
        if self._ended is None:
            self.begin_write()
            super().close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._ended is not None:
            return
        if kind is not None:
            self.close()
            return
        writer = self.begin_write()
        self._ended = Closed
        self._finish(writer)


class ComponentWriter(ComponentReader):
    """Writes the tables of a component in the transaction of the writer it came from."""

    __slots__ = ("_writer",)

    def __init__(self, writer: Writer, component: str) -> None:
        super().__init__(writer, component)
        self._writer = writer

    def insert(self, table: str, document: Mapping[str, object]) -> str:
        """Insert a document and return its id; see ``Writer.insert``."""
        return self._writer.begin_write().insert(table, document, self._component)

    def insert_many(self, table: str, documents: Iterable[Mapping[str, object]]) -> list[str]:
        """Insert documents, all or none, and return their ids; see ``Writer.insert_many``."""
        writer = self._writer.begin_write()
        return writer.insert_many(table, listed(documents, "documents"), self._component)

    def upsert(self, table: str, document: Mapping[str, object], *, by: str) -> str:
        """Insert a document, or patch the one that has its unique key; see ``Writer.upsert``."""
        writer = self._writer.begin_write()
        return upsert(writer, table, document, by=by, component=self._component)

    def insert_or_get(self, table: str, document: Mapping[str, object], *, by: str) -> str:
        """Insert a document unless one has its unique key; return the id; see ``Writer.upsert``."""
        writer = self._writer.begin_write()
        return insert_or_get(writer, table, document, by=by, component=self._component)

    def patch(self, id: str, changes: Mapping[str, object], *, table: str | None = None) -> None:
        """Merge fields into a document; see ``Writer.patch``."""
        writer = self._writer.begin_write()
        writer.patch(id, changes, expected=table, component=self._component)

    def replace(self, id: str, document: Mapping[str, object], *, table: str | None = None) -> None:
        """Replace every field of a document; see ``Writer.replace``."""
        writer = self._writer.begin_write()
        writer.replace(id, document, expected=table, component=self._component)

    def delete(self, id: str, *, table: str | None = None) -> None:
        """Delete a document; see ``Writer.delete``."""
        self._writer.begin_write().delete(id, expected=table, component=self._component)


class Savepoint:
    """A part of a transaction that can be undone alone; made by ``Writer.nested``."""

    __slots__ = ("_open", "_owner", "_position", "_writer", "_written")

    def __init__(self, owner: Writer, open_savepoints: "list[Savepoint]") -> None:
        owner.begin_write()
        self._owner = owner
        self._open = open_savepoints
        self._writer: DocumentWriter | None = None
        self._position = -1
        self._written = (0, 0)

    def __enter__(self) -> None:
        writer = self._owner.begin_write()
        if len(self._open) >= limits.SAVEPOINTS_DEPTH_MAX:
            raise InvalidArgument(
                f"savepoints are nested more than {limits.SAVEPOINTS_DEPTH_MAX} deep"
            )
        if self._writer is not None:
            raise InvalidArgument("a savepoint can be entered once", hint="call nested() again")
        self._writer = writer
        self._position = writer.savepoint()
        if writer.documents.meter is not None:
            self._written = writer.documents.meter.written()
        self._open.append(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._writer is not None
        writer = self._writer
        if not self._open or self._open[-1] is not self:
            raise InvalidArgument(
                "a savepoint ended while one inside it was open",
                hint="leave nested() blocks in the order in which they were entered",
            )
        self._open.pop()
        if kind is None:
            writer.transaction.release(self._position)
            return
        writer.rollback(self._position)
        if writer.documents.meter is not None:
            writer.documents.meter.rolled_back(self._written)
