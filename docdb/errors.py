"""
Every exception that docdb raises, and nothing else.

Rules of this file:

- Each error has a stable ``code`` (its class name), one sentence that says what happened with
  the offending thing in it, a ``hint`` where there is something to do, and its facts as
  attributes. Programs match the class or the code, never the sentence.
- ``Conflict`` is the only error worth retrying unchanged; it says so (``retryable``).
- No foreign exception leaves docdb: the module that calls a third-party package translates.

The tree::

    DocdbError
    ├── InvalidArgument
    ├── FilterError
    ├── InvalidDocument
    ├── ValidationError
    ├── SchemaError
    ├── SchemaMismatch
    ├── UnknownTable
    ├── UnknownIndex
    ├── IndexRangeError
    ├── SearchError
    ├── InvalidId
    ├── TableMismatch
    ├── DocumentNotFound
    ├── NotUnique
    ├── UniqueViolation
    ├── ReferenceViolation
    ├── CursorError
    ├── LimitExceeded
    ├── ReadOnly
    ├── Conflict
    ├── Locked
    ├── SnapshotTooOld
    ├── Forked
    ├── Closed
    ├── IOFailure
    │   ├── CommitUnknown
    │   └── StoreFull
    ├── StoreCorrupt
    ├── StoreVersion
    ├── FunctionError
    └── ConvexError
"""

from collections.abc import Iterable

__all__ = [
    "Closed",
    "CommitUnknown",
    "Conflict",
    "ConvexError",
    "CursorError",
    "DocdbError",
    "DocumentNotFound",
    "FilterError",
    "Forked",
    "FunctionError",
    "IOFailure",
    "IndexRangeError",
    "InvalidArgument",
    "InvalidDocument",
    "InvalidId",
    "LimitExceeded",
    "Locked",
    "NotUnique",
    "ReadOnly",
    "ReferenceViolation",
    "SchemaError",
    "SchemaMismatch",
    "SearchError",
    "SnapshotTooOld",
    "StoreCorrupt",
    "StoreFull",
    "StoreVersion",
    "TableMismatch",
    "UniqueViolation",
    "UnknownIndex",
    "UnknownTable",
    "ValidationError",
    "nearest_names",
    "shown",
]

_SHOWN_CHARACTERS_MAX = 120


class DocdbError(Exception):
    """
    The base of every error that docdb raises.

    Attributes:
        message: One sentence: what happened, with the offending thing in it.
        hint: What to do now; empty where there is nothing to advise.
        retryable: True where the same call may succeed unchanged.
    """

    retryable = False

    def __init__(self, message: str, *, hint: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        for name, fact in facts.items():
            setattr(self, name, fact)

    @property
    def code(self) -> str:
        """The stable name of this kind of error."""
        return type(self).__name__

    def __str__(self) -> str:
        return f"{self.message} Hint: {self.hint}" if self.hint else self.message


class InvalidArgument(DocdbError):
    """A call was given an argument that no database could serve."""


class FilterError(DocdbError):
    """A filter met a document on which it has no boolean answer."""


class InvalidDocument(DocdbError):
    """A document that no schema could hold: its names, depth, size or kinds of value."""

    table: str | None = None
    path: str = ""


class ValidationError(DocdbError):
    """A document does not match its table's validator."""

    table: str | None = None
    path: str = ""
    expected: str = ""
    found: str = ""


class SchemaError(DocdbError):
    """A schema, a table or an index is defined wrongly."""


class SchemaMismatch(DocdbError):
    """An existing document does not fit the schema that is being applied."""

    table: str = ""
    id: str = ""
    path: str = ""


class UnknownTable(DocdbError):
    """A table name is malformed or reserved, or names a table that the schema lacks."""

    table: str = ""


class UnknownIndex(DocdbError):
    """A query names an index that its table does not have, or that is not ready."""

    table: str = ""
    index: str = ""


class IndexRangeError(DocdbError):
    """A range does not fit the index that it is used with."""

    index: str = ""


class SearchError(DocdbError):
    """A search expression does not fit its search index."""

    table: str = ""
    index: str = ""
    field: str = ""


class InvalidId(DocdbError):
    """A text is not a document id at all."""

    id: object = None


class TableMismatch(DocdbError):
    """An id belongs to another table than the one that the caller insists on."""

    id: str = ""
    table: str = ""
    expected: str = ""


class DocumentNotFound(DocdbError):
    """A write names a document that does not exist."""

    id: str = ""


class NotUnique(DocdbError):
    """``unique()`` found more than one document."""

    table: str = ""
    ids: tuple[str, ...] = ()


class UniqueViolation(DocdbError):
    """A write would give two documents the same unique key."""

    table: str = ""
    index: str = ""
    key: object = None
    existing: str = ""


class ReferenceViolation(DocdbError):
    """
    A write would leave a reference without its document.

    Attributes:
        table: The table of the document that refers.
        id: The document that refers.
        path: Where it does: ``members[2].userId``.
        target_table: The table that is referred to.
        target: The id that is referred to.
    """

    table: str = ""
    id: str = ""
    path: str = ""
    target_table: str = ""
    target: str = ""


class CursorError(DocdbError):
    """A cursor is malformed, forged, or belongs to another query."""


class LimitExceeded(DocdbError):
    """A transaction went beyond one of the limits that it was opened with."""

    limit: str = ""
    maximum: int = 0


class ReadOnly(DocdbError):
    """A write was asked of something that only reads."""


class Conflict(DocdbError):
    """Another transaction changed what this one had read; run it again."""

    retryable = True


class Locked(DocdbError):
    """Another writer kept its turn for longer than the caller would wait."""


class SnapshotTooOld(DocdbError):
    """A snapshot was held beyond the maximum age and has been released."""


class Forked(DocdbError):
    """A database opened before ``fork()`` was used in the child process."""


class Closed(DocdbError):
    """A database, transaction or snapshot was used after its end."""


class IOFailure(DocdbError):
    """The operating system refused to read or write the store."""


class CommitUnknown(IOFailure):
    """A commit failed so late that it may or may not be durable; reopen and look."""


class StoreFull(IOFailure):
    """The disk, or the space reserved for the store, is full."""


class StoreCorrupt(DocdbError):
    """Stored bytes do not say what was written."""


class StoreVersion(DocdbError):
    """A file was written by a newer format, or is no docdb file at all."""


class FunctionError(DocdbError):
    """A query, mutation or action function is defined or called wrongly."""


class ConvexError(DocdbError):
    """Raised by an application's own functions; carries any value as ``data``."""

    def __init__(self, data: object) -> None:
        super().__init__(data if isinstance(data, str) else shown(data))
        self.data = data


def shown(value: object) -> str:
    """
    Return ``repr(value)``, cut to a length that an error message can carry.

    >>> shown("ab"), len(shown("x" * 1000))
    ("'ab'", 120)
    """
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - user code: a broken __repr__ must not hide the error
        text = f"<{type(value).__name__} whose repr() raised {type(error).__name__}>"
    if len(text) <= _SHOWN_CHARACTERS_MAX:
        return text
    return text[: _SHOWN_CHARACTERS_MAX - 1] + "…"


def nearest_names(name: str, names: Iterable[str], *, what: str) -> str:
    """
    Return a hint that lists the names there are and offers the nearest ones.

    >>> nearest_names("by_authr", ["by_day", "by_author"], what="indexes")
    "indexes are 'by_author', 'by_day'; did you mean 'by_author'?"
    """
    known = sorted(names)
    if not known:
        return f"there are no {what}"
    listed = ", ".join(repr(each) for each in known[:20]) + (", …" if len(known) > 20 else "")
    # Imported here because it costs 1 ms of every program's start.
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"{what} are {listed}" + (f"; did you mean {near[0]!r}?" if near else "")
