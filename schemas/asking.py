"""
What the applications' patterns share: choosing an argument, and what is known of a file.

A pattern is a function of a reader (a read transaction, a write transaction or a database) and
a random generator. It chooses its arguments from the data, in a few look-ups whatever the size
of the table, asks its question through an index, and returns plain results. Many patterns that
run with one generator therefore give a plausible mixture of an application's reads.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from random import Random
from typing import Any, Protocol

from docdb import Page
from docdb.errors import InvalidArgument

__all__ = [
    "Query",
    "Reader",
    "by_name",
    "file_metadata",
    "file_url",
    "one_state",
    "random_document",
]

# Documents of one transaction are a fraction of a microsecond apart, transactions milliseconds.
_TRANSACTION_MILLISECONDS = 2.0

# The values of a document are those that its application's schema says: dynamic for a checker.
_Document = dict[str, Any]


class Query(Protocol):
    """What patterns use of ``docdb.Query``."""

    def with_index(
        self, index: str, range: Callable[[Any], Any] | None = None, /, **equal: object
    ) -> "Query":
        """Walk an index, or a range of it."""
        ...

    def with_search_index(self, index: str, search: Callable[[Any], Any], /) -> "Query":
        """Search in full text."""
        ...

    def order(self, order: str) -> "Query":
        """Walk in ascending or descending order."""
        ...

    def filter(self, predicate: Callable[[Any], Any]) -> "Query":
        """Keep documents on which an expression is true."""
        ...

    def collect(self) -> list[_Document]:
        """Return every document."""
        ...

    def take(self, number: int) -> list[_Document]:
        """Return at most so many documents."""
        ...

    def first(self) -> Any:
        """Return the first document, or None."""
        ...

    def unique(self) -> Any:
        """Return the only document, or None."""
        ...

    def paginate(self, *, num_items: int, cursor: str | None = None) -> Page:
        """Return one page."""
        ...


class Reader(Protocol):
    """What patterns need of a read transaction, a write transaction or a database."""

    def get(self, id: str) -> Any:
        """Return the document with an id, or None."""
        ...

    def query(self, table: str) -> Query:
        """Begin a query of a table."""
        ...


def random_document(reader: Reader, table: str, random: Random) -> _Document:
    """
    Return a document of ``table``, created at a random time between the first and the last.

    Bulk writes leave clusters of creation times with long gaps between them; a second throw
    within the cluster that the first one met keeps the first of each from being favoured.

    Raises:
        InvalidArgument: The table is empty.

    Cost:
        At most five look-ups of one document each, whatever the size of the table.
    """
    oldest, newest = _ends(reader, table)
    if newest["_creationTime"] - oldest["_creationTime"] > _TRANSACTION_MILLISECONDS:
        oldest = _created(reader, table, random, oldest, newest)
        until = oldest["_creationTime"] + _TRANSACTION_MILLISECONDS
        within = reader.query(table).with_index(
            "by_creation_time", lambda q: q.lte("_creationTime", until)
        )
        newest = within.order("desc").first()
    return _created(reader, table, random, oldest, newest)


def _ends(reader: Reader, table: str) -> tuple[_Document, _Document]:
    """Return the first and the last document of a table that is not empty."""
    query = reader.query(table).with_index("by_creation_time")
    oldest = query.first()
    if oldest is None:
        raise InvalidArgument(
            f"table {table!r} is empty, so there is nothing to choose from.",
            hint="populate the application first",
        )
    return oldest, query.order("desc").first()


def _created(
    reader: Reader, table: str, random: Random, oldest: _Document, newest: _Document
) -> _Document:
    """Return the first document created at or after a random time between two documents."""
    at = random.uniform(oldest["_creationTime"], newest["_creationTime"])
    query = reader.query(table).with_index("by_creation_time", lambda q: q.gte("_creationTime", at))
    return query.first() or newest


def file_url(reader: Any, storage_id: str) -> str | None:
    """Return a fresh address of a stored file; None where it, or such a service, is missing."""
    get_url = getattr(getattr(reader, "storage", None), "get_url", None)
    return None if get_url is None else get_url(storage_id)


def file_metadata(reader: Any, storage_id: str) -> _Document | None:
    """Return size, hash and type of a stored file; None where it is missing."""
    return reader.system.get(storage_id)


def one_state(reader: Any) -> AbstractContextManager[Any]:
    """Return a transaction to read in: the reader, or a new one where it is a database."""
    begin = getattr(reader, "read", None)
    return nullcontext(reader) if begin is None else begin()


def by_name(*functions: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Return functions under their names, in the order given."""
    return {function.__name__: function for function in functions}
