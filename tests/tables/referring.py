"""Tables that refer to each other in every way, and people for them to refer to."""

from typing import Any

import pytest

import docdb
from docdb import Database, define_schema, define_table, v
from tests.databases import OpenDatabase

__all__ = [
    "INDEXED",
    "PEOPLE",
    "TASKS",
    "database_of_people",
    "replaced",
    "schema_of",
    "somebody",
    "somebody_else",
    "somebody_gone",
]

PEOPLE = define_table({"name": v.string()})
TASKS = define_table(
    {
        "owner": v.id("people", on_delete="cascade"),
        "helper": v.optional(v.id("people", on_delete="set_null")),
        "judge": v.optional(v.id("people", on_delete="restrict")),
        "parent": v.optional(v.id("tasks", on_delete="cascade")),
        "n": v.optional(v.number()),
    }
)
INDEXED = TASKS.index("by_owner", ["owner"]).index("by_helper_n", ["helper", "n"])
PART = v.union(
    v.object({"type": v.literal("person"), "who": v.id("people", on_delete="cascade")}),
    v.object({"type": v.literal("text"), "who": v.string()}),
)
BAGS = define_table(
    {
        "members": v.optional(v.array(v.id("people", on_delete="set_null"))),
        "roles": v.optional(v.record(v.id("people", on_delete="set_null"), v.string())),
        "chiefs": v.optional(v.record(v.string(), v.id("people", on_delete="restrict"))),
        "parts": v.optional(v.array(PART)),
        "lines": v.optional(
            v.array(v.object({"by": v.optional(v.id("people", on_delete="set_null"))}))
        ),
        "either": v.optional(v.union(v.id("people", on_delete="cascade"), v.number())),
    }
)
LETTERS = (
    define_table({"to": v.string(), "cc": v.optional(v.array(v.string()))})
    .reference("to", "people", on_delete="cascade")
    .reference("cc", "people", on_delete="set_null")
)


def schema_of(tasks: docdb.Table) -> docdb.Schema:
    """All tables of these tests, with the tasks as given."""
    return define_schema({"people": PEOPLE, "tasks": tasks, "bags": BAGS, "letters": LETTERS})


@pytest.fixture(name="db", params=["engine's own entries", "declared indexes"])
def database_of_people(open_database: OpenDatabase, request: pytest.FixtureRequest) -> Database:
    """A database in which referrers are found in either way."""
    return open_database(schema_of(INDEXED if "declared" in request.param else TASKS))


@pytest.fixture(name="ann")
def somebody(db: Database) -> str:
    return db.insert("people", {"name": "Ann"})


@pytest.fixture(name="bob")
def somebody_else(db: Database) -> str:
    return db.insert("people", {"name": "Bob"})


@pytest.fixture(name="gone")
def somebody_gone(db: Database) -> str:
    """The id of a person who is deleted."""
    id = db.insert("people", {"name": "Gone"})
    db.delete(id)
    return id


def replaced(value: Any, id: str) -> Any:
    """Return a value in which each GONE, as a value or as a name, is an id."""
    if isinstance(value, dict):
        return {k.replace("GONE", id): replaced(each, id) for k, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, id) for each in value]
    return value.replace("GONE", id)
