"""
What a user holds to write: a transaction that commits as a whole or leaves nothing behind.
"""

from collections.abc import Callable, Iterable, Mapping
from threading import get_ident
from types import TracebackType

from docdb import limits
from docdb.errors import Closed, InvalidArgument
from docdb.queries.reader import Reader, check_component
from docdb.tables.documents import Documents
from docdb.tables.writing import DocumentWriter
from docdb.transactions.transaction import FrozenReader

__all__ = ["Savepoint", "Writer"]


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
        component: str = "",
    ) -> None:
        super().__init__(
            writer.documents, release=writer.close, cursor_secret=cursor_secret, component=component
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
        self.begin()
        return self._writer.insert(table, document, self._component)

    def insert_many(self, table: str, documents: Iterable[Mapping[str, object]]) -> list[str]:
        """Insert documents, all or none, and return their ids in order; raises as ``insert``."""
        self.begin()
        return self._writer.insert_many(table, documents, self._component)

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
        self.begin()
        self._writer.patch(id, changes, expected=table, component=self._component)

    def replace(self, id: str, document: Mapping[str, object], *, table: str | None = None) -> None:
        """Replace every field of a document but the system's; raises as ``patch``."""
        self.begin()
        self._writer.replace(id, document, expected=table, component=self._component)

    def delete(self, id: str, *, table: str | None = None) -> None:
        """
        Delete a document.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: ``table`` is given and the id belongs to another one.
            DocumentNotFound: There is no document with that id.
        """
        self.begin()
        self._writer.delete(id, expected=table, component=self._component)

    def nested(self) -> "Savepoint":
        """
        Return a savepoint for a ``with`` statement: an exception undoes what was written in it.

        Raises:
            InvalidArgument: Savepoints are nested deeper than ``limits.SAVEPOINTS_DEPTH_MAX``.
        """
        self.begin()
        return Savepoint(self._writer, self._savepoints)

    def component(self, name: str) -> "Writer":
        """Return a writer of the tables of a component, in the same transaction."""
        check_component(self.begin(), name)
        writer = Writer(
            self._writer, finish=_nothing, cursor_secret=self.cursor_secret, component=name
        )
        writer._release = _nothing_at_all
        return writer

    def begin(self, *, is_frozen: bool = False) -> Documents:
        """Return the documents of this transaction, or those of this moment, frozen."""
        if self._ended is not None:
            raise Closed("this transaction has ended", hint="write inside its with statement")
        if get_ident() != self._thread:
            raise InvalidArgument(
                "a write transaction belongs to the thread that began it",
                hint="begin one with db.write() in each thread: they take turns",
            )
        documents = self._writer.documents
        if not is_frozen:
            return documents
        frozen = Documents(self._writer.transaction.frozen(), documents.catalog)
        frozen.pending_makers = documents.pending_makers
        return frozen

    def end(self, documents: Documents) -> None:
        """Give back what ``begin`` returned."""
        if isinstance(documents.reader, FrozenReader):
            documents.reader.close()

    def __enter__(self) -> "Writer":
        return self

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
        self.begin()
        self._ended = Closed
        self._finish(self._writer)

    def __repr__(self) -> str:
        return f"Writer({self._documents.catalog!r})"


class Savepoint:
    """A part of a transaction that can be undone alone; made by ``Writer.nested``."""

    __slots__ = ("_open", "_position", "_writer")

    def __init__(self, writer: DocumentWriter, open_savepoints: "list[Savepoint]") -> None:
        self._writer = writer
        self._open = open_savepoints
        self._position = -1

    def __enter__(self) -> None:
        if len(self._open) >= limits.SAVEPOINTS_DEPTH_MAX:
            raise InvalidArgument(
                f"savepoints are nested more than {limits.SAVEPOINTS_DEPTH_MAX} deep"
            )
        if self._position >= 0:
            raise InvalidArgument("a savepoint can be entered once", hint="call nested() again")
        self._position = self._writer.transaction.savepoint()
        self._open.append(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._open or self._open[-1] is not self:
            raise InvalidArgument(
                "a savepoint ended while one inside it was open",
                hint="leave nested() blocks in the order in which they were entered",
            )
        self._open.pop()
        if kind is None:
            self._writer.transaction.release(self._position)
        else:
            self._writer.transaction.rollback(self._position)


def _nothing(writer: DocumentWriter) -> None:
    """Finish nothing: the transaction belongs to another writer."""


def _nothing_at_all() -> None:
    """Release nothing: the transaction belongs to another writer."""
