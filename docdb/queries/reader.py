"""
What a user holds to read: one frozen, consistent state of the database.
"""

from collections.abc import Callable, Iterable
from types import TracebackType

from docdb import limits
from docdb.errors import Closed, SnapshotTooOld, UnknownTable, nearest_names, shown
from docdb.queries.builder import Query, Source
from docdb.queries.planner import Plan
from docdb.queries.request import Request
from docdb.runtime import monotonic
from docdb.tables.documents import Documents
from docdb.tables.table import Document
from docdb.transactions.read_set import ReadSet

__all__ = ["Reader", "SystemReader", "check_component"]


class Reader:
    """
    A read transaction: every read sees the state at its beginning. For one thread at a time.

    Use it in a ``with`` statement, or close it; a snapshot that is held keeps the space of what
    was deleted since, so that one older than ``limits.SNAPSHOT_AGE_SECONDS_MAX`` is taken away.

    Attributes:
        read_set: The ranges read so far, if the transaction was opened to track them.
        plans: The plans run so far, if the transaction was opened to track them.
    """

    def __init__(
        self,
        documents: Documents,
        *,
        release: Callable[[], None],
        cursor_secret: bytes,
        read_set: ReadSet | None = None,
        component: str = "",
    ) -> None:
        self._documents = documents
        self._release = release
        self._component = component
        self._deadline = monotonic() + limits.SNAPSHOT_AGE_SECONDS_MAX
        self._ended: type[Closed | SnapshotTooOld] | None = None
        self.cursor_secret = cursor_secret
        self.read_set = read_set
        self.plans: list[Plan] = []

    def get(self, id: str, *, table: str | None = None) -> Document | None:
        """
        Return the document with an id, or None where there is none.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: ``table`` is given and the id belongs to another one.
        """
        return self.begin().get(id, expected=table, component=self._component)

    def get_many(self, ids: Iterable[str]) -> list[Document | None]:
        """Return the documents with the ids, in their order, None where there is none."""
        documents = self.begin()
        return [documents.get(id, component=self._component) for id in ids]

    def query(self, table: str) -> Query:
        """Begin a query of a table; nothing is read yet."""
        return Query(self, Request(table, self._component))

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the id in canonical form if it is one of that table, else None."""
        return self.begin().normalize_id(table, text, component=self._component)

    @property
    def system(self) -> "SystemReader":
        """The same state of docdb's own tables."""
        return SystemReader(self)

    def component(self, name: str) -> "Reader":
        """Return a reader of the tables of a component, in the same state."""
        documents = self.begin()
        check_component(documents, name)
        reader = Reader(
            documents,
            release=_keep,
            cursor_secret=self.cursor_secret,
            read_set=self.read_set,
            component=name,
        )
        reader._deadline = self._deadline
        return reader

    def begin(self, *, is_frozen: bool = False) -> Documents:
        """Return the documents of this state."""
        if self._ended is not None:
            raise self._ended(
                "this snapshot has ended", hint="read inside its with statement, or open another"
            )
        if monotonic() > self._deadline:
            self.close()
            self._ended = SnapshotTooOld
            return self.begin()
        return self._documents

    def end(self, documents: Documents) -> None:
        """Give back what ``begin`` returned."""

    def planned(self, plan: Plan) -> None:
        """Remember a plan that is about to run, if this reader tracks what it reads."""
        if self.read_set is not None:
            self.plans.append(plan)

    def close(self) -> None:
        """Release the snapshot. Idempotent."""
        if self._ended is None:
            self._ended = Closed
            self._release()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Reader({self._documents.catalog!r})"


class SystemReader:
    """Reads docdb's own tables: ``_tables``, ``_indexes``, ``_storage``, ``_scheduled_functions``."""

    __slots__ = ("_source",)

    def __init__(self, source: Source) -> None:
        self._source = source

    def get(self, id: str) -> Document | None:
        """Return the document of a system table with an id, or None."""
        documents = self._source.begin()
        try:
            return documents.get(id, system=True)
        finally:
            self._source.end(documents)

    def query(self, table: str) -> Query:
        """Begin a query of a system table."""
        return Query(self._source, Request(table, is_system=True))


def check_component(documents: Documents, name: str) -> None:
    """Refuse a component that the schema does not have."""
    schema = documents.catalog.schema
    known = () if schema is None else tuple(schema.components)
    if name not in known:
        raise UnknownTable(
            f"the schema has no component {shown(name)}",
            hint=nearest_names(str(name), known, what="components"),
            table=str(name),
        )


def _keep() -> None:
    """Release nothing: the snapshot belongs to another reader."""
