"""What a user holds to read: one frozen, consistent state of the database."""

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, cast

from docdb import limits
from docdb.encoding.packed import Document
from docdb.errors import (
    Closed,
    InvalidArgument,
    SnapshotTooOld,
    UnknownTable,
    nearest_names,
    shown,
)
from docdb.queries.builder import Query, QuerySource
from docdb.queries.planner import Plan
from docdb.queries.request import Request
from docdb.queries.usage import Usage
from docdb.runtime import monotonic
from docdb.tables.documents import Documents
from docdb.tables.metering import Metrics
from docdb.transactions.read_set import ReadSet

if TYPE_CHECKING:
    from docdb.queries.search_request import SearchPlan

__all__ = ["Reader", "SystemReader", "check_component", "listed"]

Item = TypeVar("Item")


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
        usage: Usage,
        read_set: ReadSet | None = None,
    ) -> None:
        self._documents = documents
        self._release = release
        self._deadline = monotonic() + limits.SNAPSHOT_AGE_SECONDS_MAX
        self._ended: type[Closed | SnapshotTooOld] | None = None
        self.cursor_secret = cursor_secret
        self._usage = usage
        self.read_set = read_set
        self.plans: list[Plan | SearchPlan] = []

    def get(self, id: str, *, table: str | None = None) -> Document | None:
        """
        Return the document with an id, or None where there is none.

        Raises:
            InvalidId: The text is no id at all.
            TableMismatch: ``table`` is given and the id belongs to another one.
        """
        return self.begin().get(id, expected=table)

    def get_many(self, ids: Iterable[str]) -> list[Document | None]:
        """Return the documents with the ids, in their order, None where there is none."""
        return self.begin().get_many(listed(ids, "ids"))

    def query(self, table: str) -> Query:
        """Begin a query of a table; nothing is read yet."""
        return Query(self, Request(table))

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the id in canonical form if it is one of that table, else None."""
        return self.begin().normalize_id(table, text)

    def metrics(self) -> Metrics:
        """
        Return what this transaction has read and written so far.

        Raises:
            InvalidArgument: The database was opened without ``limits="convex"``.
        """
        meter = self.begin().meter
        if meter is None:
            raise InvalidArgument(
                "this database does not count what a transaction reads and writes",
                hint='open it with limits="convex"',
            )
        return meter.metrics()

    @property
    def system(self) -> "SystemReader":
        """The same state of docdb's own tables."""
        return SystemReader(self)

    def component(self, name: str) -> "ComponentReader":
        """Return a reader of the tables of a component, in the same state."""
        check_component(self.begin(), name)
        return ComponentReader(self, name)

    def begin(self, *, is_frozen: bool = False) -> Documents:  # noqa: ARG002 - frozen by nature
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
        """Count a plan that is about to run; remember it, if this reader tracks what it reads."""
        self._usage.planned(plan)
        if self.read_set is not None:
            self.plans.append(plan)

    def searched(self, plan: "SearchPlan") -> None:
        """Count a search that is about to run; remember it, as ``planned`` does."""
        self._usage.searched(plan)
        if self.read_set is not None:
            self.plans.append(plan)

    def close(self) -> None:
        """Release the snapshot. Idempotent."""
        if self._ended is None:
            self._ended = Closed
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._documents.catalog!r})"


class ComponentReader:
    """Reads the tables of a component in the state of the reader it came from."""

    __slots__ = ("_component", "_source")

    def __init__(self, source: QuerySource, component: str) -> None:
        self._source = source
        self._component = component

    def get(self, id: str, *, table: str | None = None) -> Document | None:
        """Return the document with an id, or None; see ``Reader.get``."""
        return self._source.begin().get(id, expected=table, component=self._component)

    def get_many(self, ids: Iterable[str]) -> list[Document | None]:
        """Return the documents with the ids, in their order, None where there is none."""
        listed_ids = listed(ids, "ids")
        return self._source.begin().get_many(listed_ids, component=self._component)

    def query(self, table: str) -> Query:
        """Begin a query of a table of the component."""
        return Query(self._source, Request(table, self._component))

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the id in canonical form if it is one of that table, else None."""
        return self._source.begin().normalize_id(table, text, component=self._component)


class SystemReader:
    """Reads docdb's own tables, such as ``_tables``, ``_indexes`` and ``_storage``."""

    __slots__ = ("_source",)

    def __init__(self, source: QuerySource) -> None:
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
    if not isinstance(name, str) or name not in known:
        raise UnknownTable(
            f"the schema has no component {shown(name)}",
            hint=nearest_names(name if isinstance(name, str) else "", known, what="components"),
            table=name,
        )


def listed(items: Iterable[Item], name: str) -> list[Item]:
    """Return what the user gave as a list, or say that it is none."""
    if isinstance(items, (str, bytes, Mapping)) or not isinstance(items, Iterable):
        raise InvalidArgument(f"{name} is {shown(cast('object', items))}, expected a list")
    return list(items)
