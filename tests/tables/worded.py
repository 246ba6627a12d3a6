"""Notes with a full-text index, and what tests of such indexes share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import docdb
from docdb import Database, Schema, define_schema, define_table, v
from docdb.encoding.keyspace import Region
from tests.databases import OpenDatabase, whole_store

__all__ = [
    "INDEXED",
    "PLAIN",
    "SCHEMA",
    "WITHOUT",
    "by_hyphens",
    "database_of_notes",
    "found",
    "index_numbers",
    "insert",
    "opened",
    "picky",
    "ranking",
    "sound_file",
    "stored_words",
    "without_commits",
]

PLAIN = define_table({"text": v.any(), "kind": v.optional(v.any())})
INDEXED = PLAIN.search_index("by_text", search_field="text", filter_fields=["kind"])
SCHEMA = define_schema({"notes": INDEXED})
WITHOUT = define_schema({"notes": PLAIN})

Entry = tuple[bytes, bytes]


def opened(path: str, schema: Schema | None = None, **options: Any) -> Database:
    """Open the file quickly."""
    return docdb.open(path, schema, **{"durability": "unsafe", **options})


@pytest.fixture(name="file")
def sound_file(path: str) -> Iterator[str]:
    """The path of a file that does not exist yet, and that is sound after the test."""
    yield path
    with opened(path) as db:
        assert db.check() == []


@pytest.fixture(name="db")
def database_of_notes(open_database: OpenDatabase) -> Database:
    """A database whose notes have the search index by_text."""
    return open_database(SCHEMA)


def insert(db: Any, *texts: Any, **fields: Any) -> list[str]:
    """Insert notes, and return their ids."""
    return db.insert_many("notes", [{"text": text, **fields} for text in texts])


def found(db: Any, text: str, index: str = "by_text", field: str = "text") -> list[Any]:
    """Return the texts that a search finds."""
    query = db.query("notes").with_search_index(index, lambda q: q.search(field, text))
    return [row["text"] for row in query]


def ranking(db: Any, text: str) -> list[tuple[float, object]]:
    """Return scores and texts of what a search finds."""
    query = db.query("notes").with_search_index("by_text", lambda q: q.search("text", text))
    return [(hit.score, hit.document["text"]) for hit in query.with_scores()]


def stored_words(db: Database) -> list[Entry]:
    """Return everything that the store has of full-text indexes."""
    return [entry for entry in whole_store(db) if entry[0][:1] == Region.TEXT.value]


def index_numbers(db: Database) -> set[int]:
    """Return the numbers of the full-text indexes that the store has anything of."""
    return {key[1] for key, _ in stored_words(db)}


def picky(*refused: str) -> Callable[[str], list[str]]:
    """Return an analyzer that fails on some words; all of them go by one name."""

    def words(text: str) -> list[str]:
        found = [word for word in text.upper().split("-") if word]
        if set(found) & {each.upper() for each in refused}:
            raise ValueError(text)
        return found

    return words


def by_hyphens(*refused: str) -> Schema:
    """Return a schema whose notes are cut at hyphens, and refer to each other."""
    table = define_table(
        {
            "text": v.any(),
            "kind": v.optional(v.any()),
            "of": v.optional(v.id("notes", on_delete="cascade")),
            "like": v.optional(v.id("notes", on_delete="set_null")),
        }
    )
    return define_schema(
        {"notes": table.search_index("by_text", search_field="text", analyzer=picky(*refused))}
    )


def without_commits(db: Database) -> set[Entry]:
    """Return everything that the store has, but for what a commit says about itself."""
    return {entry for entry in whole_store(db) if entry[0][:1] != Region.FACTS.value}
