"""Databases on each store, checked after every test."""

import pytest

from docdb import Database
from tests.databases import (  # noqa: F401 - fixtures are found by being here
    OpenDatabase,
    db_on_each_store,
    file_path,
    open_on_each_store,
    place_on_each_store,
)
from tests.tables.users import SCHEMA


@pytest.fixture(name="users")
def database_with_users(open_database: OpenDatabase) -> Database:
    """A database whose table users is validated and has two indexes."""
    return open_database(SCHEMA)
