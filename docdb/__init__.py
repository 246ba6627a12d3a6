"""
docdb: an embedded document-relational database with Convex's semantics.

Every public name is here; each is loaded on first use, so that ``import docdb`` costs next to
nothing. Everything else may be imported by the curious, and moved without notice.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docdb import errors, fixtures
    from docdb.database import Database
    from docdb.errors import (
        Closed,
        CommitUnknown,
        Conflict,
        ConvexError,
        CursorError,
        DocdbError,
        DocumentNotFound,
        FilterError,
        Forked,
        FunctionError,
        IndexRangeError,
        InvalidArgument,
        InvalidDocument,
        InvalidId,
        IOFailure,
        LimitExceeded,
        Locked,
        NotUnique,
        ReadOnly,
        ReferenceViolation,
        SchemaError,
        SchemaMismatch,
        SearchError,
        SnapshotTooOld,
        StoreCorrupt,
        StoreFull,
        StoreVersion,
        TableMismatch,
        UniqueViolation,
        UnknownIndex,
        UnknownTable,
        ValidationError,
    )
    from docdb.opening import open_database as open  # noqa: A004 - called as docdb.open
    from docdb.queries.advice import Advice
    from docdb.queries.builder import Query
    from docdb.queries.explain import Explanation
    from docdb.queries.page import Page
    from docdb.queries.reader import Reader
    from docdb.queries.search_query import SearchQuery
    from docdb.queries.writer import Writer
    from docdb.schema.definition import Schema, Table, define_schema, define_table
    from docdb.schema.namespace import v
    from docdb.tables.integrity import Problem
    from docdb.tables.metering import Metrics
    from docdb.values.kinds import UNSET, Int64

__version__ = "0.1.0"

__all__ = [
    "UNSET",
    "Advice",
    "Closed",
    "CommitUnknown",
    "Conflict",
    "ConvexError",
    "CursorError",
    "Database",
    "DocdbError",
    "DocumentNotFound",
    "Explanation",
    "FilterError",
    "Forked",
    "FunctionError",
    "IOFailure",
    "IndexRangeError",
    "Int64",
    "InvalidArgument",
    "InvalidDocument",
    "InvalidId",
    "LimitExceeded",
    "Locked",
    "Metrics",
    "NotUnique",
    "Page",
    "Problem",
    "Query",
    "ReadOnly",
    "Reader",
    "ReferenceViolation",
    "Schema",
    "SchemaError",
    "SchemaMismatch",
    "SearchError",
    "SearchQuery",
    "SnapshotTooOld",
    "StoreCorrupt",
    "StoreFull",
    "StoreVersion",
    "Table",
    "TableMismatch",
    "UniqueViolation",
    "UnknownIndex",
    "UnknownTable",
    "ValidationError",
    "Writer",
    "define_schema",
    "define_table",
    "errors",
    "fixtures",
    "open",
    "v",
]

# Where each name that is no error lives; `open` is called open_database at home, so that no
# module shadows the builtin.
_HOMES = {
    "UNSET": ("docdb.values.kinds", "UNSET"),
    "Advice": ("docdb.queries.advice", "Advice"),
    "Database": ("docdb.database", "Database"),
    "Explanation": ("docdb.queries.explain", "Explanation"),
    "Int64": ("docdb.values.kinds", "Int64"),
    "Metrics": ("docdb.tables.metering", "Metrics"),
    "Page": ("docdb.queries.page", "Page"),
    "Problem": ("docdb.tables.integrity", "Problem"),
    "Query": ("docdb.queries.builder", "Query"),
    "Reader": ("docdb.queries.reader", "Reader"),
    "Schema": ("docdb.schema.definition", "Schema"),
    "SearchQuery": ("docdb.queries.search_query", "SearchQuery"),
    "Table": ("docdb.schema.definition", "Table"),
    "Writer": ("docdb.queries.writer", "Writer"),
    "define_schema": ("docdb.schema.definition", "define_schema"),
    "define_table": ("docdb.schema.definition", "define_table"),
    "open": ("docdb.opening", "open_database"),
    "v": ("docdb.schema.namespace", "v"),
}
_MODULES = ("errors", "fixtures")


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name in _MODULES:
        value: object = import_module(f"docdb.{name}")
    elif name in _HOMES:
        module, attribute = _HOMES[name]
        value = getattr(import_module(module), attribute)
    elif name in __all__:
        value = getattr(import_module("docdb.errors"), name)
    else:
        raise AttributeError(f"module 'docdb' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
