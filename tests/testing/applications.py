"""What the tests of strategies share: the five applications, only to be read, and a search."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis import strategies as st

import docdb
from docdb import fixtures
from docdb.testing import FrozenClock

__all__ = ["TABLES", "empty", "filled", "found", "try_insert"]

# The name of an application, of a component or nothing, and of a table.
TABLES = [
    (name, component, table)
    for name in fixtures.names()
    for component, schema in {
        "": fixtures.load(name).schema,
        **fixtures.load(name).schema.components,
    }.items()
    for table in schema.tables
]


@cache
def filled(name: str) -> docdb.Database:
    """The database of an application with 200 documents."""
    db = docdb.open(":memory:", fixtures.load(name).schema, clock=FrozenClock(), seed=0)
    fixtures.load(name).populate(db, rows=200, seed=0)
    return db


@cache
def empty(name: str) -> docdb.Database:
    """The database of an application without a document."""
    return docdb.open(":memory:", fixtures.load(name).schema, clock=FrozenClock(), seed=0)


def try_insert(db: docdb.Database, table: str, document: object, *, component: str = "") -> None:
    """Insert a document and undo that. Another document may have its unique values already."""
    with db.write() as tx:
        place = tx.component(component) if component else tx
        with suppress(docdb.UniqueViolation):
            place.insert(table, document)
        tx.close()


def found(drawn: st.SearchStrategy[Any], condition: Callable[[Any], object] = bool) -> Any:
    """Draw until a condition holds, and return that example as it is, not made simple."""
    seek = settings(phases=[Phase.generate], max_examples=2_000, database=None, derandomize=True)
    return find(drawn, lambda each: bool(condition(each)), settings=seek)
