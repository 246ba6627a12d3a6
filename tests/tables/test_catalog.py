"""A damaged catalog is an error of docdb's own, and never one of Python's."""

from typing import Any

import pytest

import docdb
from docdb import Database, SchemaError, StoreCorrupt, define_schema, define_table, v
from docdb.encoding.keyspace import Region
from docdb.encoding.packed import pack_open, pack_value
from docdb.encoding.rows import document_key_from_id
from tests.databases import whole_store

SCHEMA = define_schema(
    {
        "users": define_table({"name": v.string()}).index("by_name", ["name"]),
        "posts": define_table({"text": v.string()}).index("by_text", ["text"]),
    }
)
Entry = tuple[bytes, bytes]


def plant(db: Database, *changes: tuple[bytes, bytes | None]) -> None:
    """Write bytes into the store behind the database's back."""
    with db._sessions.store.write(timeout=0) as batch:
        batch.apply(sorted(changes))
        batch.commit()


def in_region(db: Database, region: Region) -> list[Entry]:
    """Return the entries of a region."""
    return [entry for entry in whole_store(db) if entry[0][:1] == region.value]


def key_of(id: str) -> bytes:
    """Return the key of a document."""
    key = document_key_from_id(id)
    assert key is not None
    return key


class TestCatalog:
    """A damaged catalog is StoreCorrupt, and never an error of Python's."""

    @pytest.mark.parametrize(
        "value",
        [
            b"",
            b"x",
            b"\xff" * 9,
            b"{}",
            b"[" * 5000,
            pack_value("not json", b"C\x01"),
            pack_value("[" * 5000, b"C\x01"),
            pack_value("{}", b"C\x01"),
            pack_value(5, b"C\x01"),
            pack_value('{"tables": 5}', b"C\x01"),
        ],
        ids=range(10),
    )
    def test_a_damaged_schema(self, path: str, value: bytes):
        """It says so when the file is opened."""
        with docdb.open(path, SCHEMA, durability="unsafe") as db:
            plant(db, (b"C\x01", value))

        with pytest.raises((StoreCorrupt, SchemaError)):
            docdb.open(path, durability="unsafe")

    @pytest.mark.parametrize("value", [b"", b"x", b"\xff" * 24, bytes(24), bytes(28), b"\xff" * 28])
    def test_a_damaged_commit_record(self, path: str, value: bytes):
        """It says so when the file is opened."""
        with (
            docdb.open(path, SCHEMA, durability="unsafe") as db,
            db._sessions.store.write(timeout=0) as batch,
        ):
            batch.commit(value)

        with pytest.raises(StoreCorrupt):
            docdb.open(path, durability="unsafe")

    @pytest.mark.parametrize("table", ["_tables", "_indexes"])
    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"name": 5, "number": "x", "fields": 5, "table": []},
            {"name": "x", "number": -1, "fields": ["$"], "table": "users", "state": "ready"},
            {"name": "x", "number": 2**40, "fields": [1], "table": "users", "state": "ready"},
            {"name": [], "number": 10001, "fields": [], "table": {}, "state": None},
        ],
    )
    def test_a_row_of_the_catalog_that_makes_no_sense(self, path: str, table: str, values: Any):
        """Even with the right checksum."""
        with docdb.open(path, SCHEMA, durability="unsafe") as db:
            row = db.system.query(table).first()
            assert row is not None
            id = str(row["_id"])
            record = pack_open(key_of(id), id, 1.0, values)
            plant(db, (key_of(id), record))

        with pytest.raises(StoreCorrupt):
            docdb.open(path, durability="unsafe").check()

    @pytest.mark.parametrize(
        "names", [b"", b"x", b"\xff", 5, None, "ab", [1, 2], [["a"]], ["a", "a"]]
    )
    def test_a_damaged_shape(self, path: str, names: Any):
        """Names that are no names never become code."""
        with docdb.open(path, SCHEMA, durability="unsafe") as db:
            id = db.insert("users", {"name": "Ada"})
            (key,) = [key for key, _ in in_region(db, Region.SHAPES)]
            assert key[1:3] == key_of(id)[1:3]
            plant(db, (key, names if isinstance(names, bytes) else pack_value(names, key)))

        with pytest.raises(StoreCorrupt):
            docdb.open(path, durability="unsafe").query("users").collect()
