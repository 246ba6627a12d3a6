"""Databases on each store, checked after every test."""

from tests.databases import (  # noqa: F401 - fixtures are found by being here
    db_on_each_store,
    file_path,
    open_on_each_store,
    place_on_each_store,
)
