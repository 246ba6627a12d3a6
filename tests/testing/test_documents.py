"""Strategies for values and documents: all that they draw is accepted."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import docdb
from docdb import define_schema, define_table, fixtures, v
from docdb.schema.checking import check
from docdb.schema.validators import Validator
from docdb.testing import strategies
from docdb.testing.drawn_documents import matching
from docdb.testing.sources import source_of
from docdb.values.order import equal
from docdb.values.sizes import depth_of
from tests.schema.strategies import table_validators
from tests.testing.applications import TABLES, empty, filled, found, try_insert

# Each of some hundred tables gets a part of the examples.
PART = settings(max_examples=min(100, settings().max_examples // 6))


def is_even(document: Mapping[str, Any]) -> bool:
    return document["n"] % 2 == 0


SCHEMA = define_schema(
    {
        "users": define_table({"name": v.string()}),
        "notes": define_table(
            {
                "author": v.id("users"),
                "editor": v.optional(v.id("users", on_delete="set_null")),
                "of": v.nullable(v.string()),
            }
        ).reference("of", "users"),
        "owned": define_table({"owner": v.id("users", on_delete="cascade")}),
        "numbers": define_table({"n": v.number(minimum=-9, maximum=9, integer=True)}).check(
            "even", is_even
        ),
        "free": define_table(v.any()),
    }
)


@given(st.data(), st.integers(0, 5))
def test_values_come_back_as_they_were(data: st.DataObject, depth: int):
    """Every drawn value can be stored, is in plain form, and is as deep as was asked at most."""
    value = data.draw(strategies.values(max_depth=depth))
    db = empty("social")

    with db.write() as tx:
        stored = tx.get(tx.insert("free", {"value": value}))["value"]
        tx.close()

    assert depth_of(value) <= depth
    assert type(stored) is type(value)
    assert equal(stored, value)


@pytest.mark.parametrize(
    "kind", [type(None), bool, int, float, docdb.Int64, str, bytes, list, dict]
)
def test_values_are_of_every_kind(kind: type):
    """No kind of value is forgotten."""
    value = found(strategies.values(), lambda each: type(each) is kind)

    assert type(value) is kind


@pytest.mark.parametrize("depth", [-1, 65, 1.0, True, None])
def test_values_have_a_possible_depth(depth: object):
    """A depth that no value can have is refused."""
    with pytest.raises(docdb.InvalidArgument):
        strategies.values(max_depth=depth)


@pytest.mark.parametrize(("name", "component", "table"), TABLES)
@PART
@given(data=st.data())
def test_a_document_of_a_filled_database_is_accepted(
    name: str, component: str, table: str, data: st.DataObject
):
    """References lead to documents that are there, and everything else fits as well."""
    db = filled(name)

    document = data.draw(strategies.documents(db, table, component=component))

    try_insert(db, table, document, component=component)


@pytest.mark.parametrize(("name", "component", "table"), TABLES)
@PART
@given(data=st.data())
def test_a_document_of_a_schema_matches_it(
    name: str, component: str, table: str, data: st.DataObject
):
    """Where only the schema is known, ids are those that a new database could give."""
    schema = fixtures.load(name).schema
    part = schema.components[component] if component else schema
    numbers = source_of(schema, component)

    document = data.draw(strategies.documents(schema, table, component=component))

    assert check(part.tables[table].validator, document, numbers.number) is None


@given(st.data(), table_validators)
def test_what_is_drawn_for_a_validator_matches_it(data: st.DataObject, validator: Validator):
    """Unions, records, constraints, ids and all that they can be combined to."""
    tables = {name: define_table({}) for name in ("users", "chats", "later")}
    source = source_of(define_schema(tables))
    drawn = matching(validator, source, levels=16)
    assume(not drawn.is_empty)

    value = data.draw(drawn)

    assert check(validator, value, source.number) is None


@pytest.mark.parametrize("is_there", [True, False])
def test_an_optional_field_is_there_or_absent(is_there: bool):
    """Both occur."""
    documents = strategies.documents(fixtures.load("aichat").schema, "users")

    document = found(documents, lambda each: ("email" in each) is is_there)

    assert ("email" in document) is is_there


def test_references_lead_to_the_ids_that_are_given():
    """``ids`` says what to refer to, by table; plain strings that are references follow it."""
    documents = strategies.documents(SCHEMA, "notes", ids={"users": ["ada"]})

    document = found(documents, lambda each: "editor" in each and each["of"] is not None)

    assert document == {"author": "ada", "editor": "ada", "of": "ada"}


@PART
@given(data=st.data())
def test_a_reference_that_may_lead_nowhere_needs_no_document(data: st.DataObject):
    """Without users, a note's author is a well-formed id, and its editor is left out."""
    db = docdb.open(":memory:", SCHEMA)

    document = data.draw(strategies.documents(db, "notes"))

    assert db.normalize_id("users", document["author"]) == document["author"]
    assert "editor" not in document
    try_insert(db, "notes", document)


def test_a_reference_that_must_lead_somewhere_is_needed():
    """Where no document can be made, the error says what is missing."""
    db = docdb.open(":memory:", SCHEMA)

    owned = strategies.documents(db, "owned")

    with pytest.raises(docdb.InvalidArgument, match="insert the documents first"):
        found(owned)


def test_lists_of_what_cannot_be_are_empty():
    """An array or a record of references that must lead somewhere has none where none can."""
    user = v.id("users", on_delete="cascade")
    lists = define_table({"array": v.array(user), "record": v.record(user, v.null())})
    schema = define_schema({**SCHEMA.tables, "lists": lists})

    document = found(strategies.documents(docdb.open(":memory:", schema), "lists"))

    assert document == {"array": [], "record": {}}


@given(strategies.documents(SCHEMA, "numbers"))
def test_documents_meet_the_rules_of_their_table(document: dict[str, Any]):
    """A condition over the whole document holds too."""
    assert is_even(document)


@pytest.mark.parametrize("table", ["free", "undeclared"])
@PART
@given(data=st.data())
def test_an_unchecked_table_gets_documents_of_any_form(table: str, data: st.DataObject):
    """``v.any()`` and tables that nobody declared take whatever a document may be."""
    db = docdb.open(":memory:", SCHEMA)

    document = data.draw(strategies.documents(db, table))

    try_insert(db, table, document)


@pytest.mark.parametrize(
    ("source", "table", "component"),
    [
        (SCHEMA, "usrs", ""),
        (SCHEMA, "_storage", ""),
        (SCHEMA, ["users"], ""),
        (SCHEMA, "users", "betterAuth"),
        (docdb.open(":memory:", SCHEMA), "no table", ""),
        (docdb.open(":memory:"), "users", "betterAuth"),
    ],
)
def test_an_unknown_table_is_refused(source: Any, table: Any, component: str):
    """A misspelt table or component is an error when the strategy is made."""
    with pytest.raises(docdb.UnknownTable):
        strategies.documents(source, table, component=component)


@pytest.mark.parametrize("ids", [["ada"], {"users": "ada"}, "ada"])
def test_ids_are_lists_by_table(ids: object):
    """A single text in the place of a list is refused before it is taken apart."""
    with pytest.raises(docdb.InvalidArgument, match="ids="):
        strategies.documents(SCHEMA, "notes", ids=ids)


def test_a_strategy_is_made_from_a_schema_or_a_database():
    """Anything else is refused."""
    with pytest.raises(docdb.InvalidArgument, match="schema or a database"):
        strategies.documents({"users": {}}, "users")
