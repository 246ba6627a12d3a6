"""``db.check()`` proves the rules of schemas too: unique keys, references, constraints, expiry."""

from typing import Any

import pytest

import docdb
from docdb import Database, Problem, define_schema, define_table, v
from docdb.encoding.keyspace import Region
from docdb.encoding.packed import pack_open
from tests.tables.test_integrity import in_region, key_of, plant


def is_even(document: Any) -> bool:
    """A condition over a whole document."""
    return document["n"] % 2 == 0


SCHEMA = define_schema(
    {
        "people": define_table({"email": v.string(), "age": v.optional(v.number(minimum=0))}).index(
            "by_email", ["email"], unique=True
        ),
        "notes": define_table(
            {
                "by": v.id("people", on_delete="cascade"),
                "to": v.array(v.id("people", on_delete="set_null")),
                "n": v.number(),
                "at": v.number(),
            }
        )
        .index("by_by", ["by"])
        .check("even", is_even)
        .ttl("at"),
    }
)


@pytest.fixture(name="db", params=["memory", "file"])
def small_database(request: pytest.FixtureRequest, path: str) -> Database:
    """Two people and a note."""
    db = docdb.open(":memory:" if request.param == "memory" else path, SCHEMA)
    ann, bob = db.insert_many("people", [{"email": "a"}, {"email": "b"}])
    db.insert("notes", {"by": ann, "to": [ann, bob], "n": 2, "at": 5})
    assert db.check() == []
    return db


def rewritten(db: Database, table: str, **changes: Any) -> str:
    """Write a changed record of a table's first document behind the database's back."""
    document: Any = db.query(table).first()
    fields = {name: value for name, value in document.items() if name[0] != "_"} | changes
    key = key_of(document["_id"])
    plant(db, (key, pack_open(key, document["_id"], document["_creationTime"], fields)))
    return document["_id"]


def about(db: Database, id: str) -> list[Problem]:
    """Return the problems of one document."""
    return [each for each in db.check() if each.id == id]


def test_a_reference_to_nobody_is_found(db: Database):
    """Table, id and path of each."""
    bob = db.query("people").ids()[1]
    note = db.query("notes").ids()[0]

    plant(db, (key_of(bob), None))

    (problem,) = about(db, note)
    assert (problem.table, problem.path) == ("notes", "to[1]")
    assert bob in problem.what


def test_a_missing_entry_of_references_is_found(db: Database):
    """Without it a deletion would overlook the referrer."""
    plant(db, *((key, None) for key, _ in in_region(db, Region.REFERRERS)[:1]))

    assert [each.what for each in db.check()] == ["an entry of its references is missing"]


def test_a_wrong_entry_of_references_is_found(db: Database):
    """It leads to a document that refers to somebody else, or to none."""
    (key, _), *_ = in_region(db, Region.REFERRERS)
    plant(db, (key[:10] + b"x" + key[11:], b""), (key[:-7] + b"zzzzzz" + key[-1:], b""))

    assert sorted(each.what for each in db.check()) == [
        "an entry of its references leads to no document",
        "an entry of its references says what it does not say",
    ]


def test_a_broken_constraint_is_found_with_its_path(db: Database):
    """As a write would have been refused."""
    person = rewritten(db, "people", age=-1)

    (problem,) = about(db, person)
    assert (problem.table, problem.path) == ("people", "age")


def test_a_broken_condition_is_found(db: Database):
    """It is about the whole document."""
    note = rewritten(db, "notes", n=3)

    assert ["even" in each.what for each in about(db, note)] == [True]


def test_a_unique_key_that_two_documents_have_is_found(db: Database):
    """One of them does not hold it."""
    rewritten(db, "people", email="b")

    problems = {each.what for each in db.check()}
    assert "its unique key in 'by_email' is not its own" in problems


def test_a_row_that_would_never_expire_is_found(db: Database):
    """Its place in the index by which it would be swept."""
    note = rewritten(db, "notes", at=9)

    assert any("'at'" in each.what for each in about(db, note))


def test_a_problem_reads_as_a_line(db: Database):
    """Table, id, path and what is wrong."""
    person = rewritten(db, "people", age=-1)

    assert str(about(db, person)[0]).startswith(f"people: {person}: at age: ")
