"""
Databases for tests: on each store, and looked through after every test.

A folder's ``conftest.py`` imports the fixtures that its tests ask for. Every database that a test
opened through ``open_database`` must be sound when the test ends, the file of a closed one too.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import Database, Schema

__all__ = [
    "MEMORY",
    "OpenDatabase",
    "contents",
    "db_on_each_store",
    "file_path",
    "open_on_each_store",
    "place_on_each_store",
    "store_version",
    "whole_store",
]

MEMORY = ":memory:"
OpenDatabase = Callable[..., Database]


@pytest.fixture(name="place", params=["memory", "file"])
def place_on_each_store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A path for each kind of store: ``:memory:`` and a file that does not exist yet."""
    return MEMORY if request.param == "memory" else str(tmp_path / "app.docdb")


@pytest.fixture(name="path")
def file_path(tmp_path: Path) -> str:
    """The path of a file that does not exist yet."""
    return str(tmp_path / "app.docdb")


@pytest.fixture(name="open_database")
def open_on_each_store(place: str) -> Iterator[OpenDatabase]:
    """A function that opens a database on the store; all are checked at the end."""
    opened: list[Database] = []

    def open_database(schema: Schema | None = None, **options: Any) -> Database:
        database = docdb.open(place, schema, **{"durability": "unsafe", **options})
        opened.append(database)
        return database

    yield open_database
    findings = [database.check() for database in opened if not _is_closed(database)]
    for database in opened:
        database.close()
    if place != MEMORY and opened:
        with docdb.open(place, durability="unsafe") as again:
            findings.append(again.check())
    assert not any(findings)


@pytest.fixture(name="db")
def db_on_each_store(open_database: OpenDatabase) -> Database:
    """A new database without a schema on each store."""
    return open_database()


def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return every document of every table, docdb's own included."""
    tables = [row["name"] for row in database.system.query("_tables")]
    own = ("_tables", "_indexes", "_storage")
    return {
        **{str(name): database.query(str(name)).collect() for name in tables},
        **{name: database.system.query(name).collect() for name in own},
    }


def whole_store(database: Database) -> list[tuple[bytes, bytes]]:
    """Return every key and value of the store below."""
    with database._sessions.store.snapshot() as snapshot:
        return [entry for run in snapshot.scan(b"", b"\xff" * 600) for entry in run]


def store_version(database: Database) -> int:
    """Return a number that grows with every commit that wrote something."""
    with database._sessions.store.snapshot() as snapshot:
        return snapshot.version


def _is_closed(database: Database) -> bool:
    try:
        database.get_many([])
    except docdb.Closed:
        return True
    return False
