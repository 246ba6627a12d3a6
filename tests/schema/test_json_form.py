"""
Schemas as JSON: Convex's own exports come and go unchanged, and ours bring everything back.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.errors import DocdbError, SchemaError
from docdb.schema.definition import Schema, Table, define_schema, define_table
from docdb.schema.json_validators import validator_from_json
from docdb.schema.namespace import v
from docdb.schema.validators import Validator
from docdb.values.kinds import Int64
from tests.schema.strategies import validators

EXPORTS: list[Any] = json.loads((Path(__file__).parent / "data" / "exports.json").read_text())
EMPTY_TABLE: dict[str, Any] = {"tableName": "t", "indexes": [], "documentType": {"type": "any"}}


def is_sound(document: Any) -> bool:
    """A rule over a document."""
    return bool(document)


def now() -> float:
    """A default that is a function."""
    return 0.0


def is_allowed(text: str) -> bool:
    """An allow-list that is a function."""
    return bool(text)


def table_json(**changes: Any) -> dict[str, Any]:
    """The JSON of a schema of one table with some keys changed."""
    return {"tables": [EMPTY_TABLE | changes]}


@pytest.mark.parametrize("export", EXPORTS)
def test_convex_exports_come_and_go_unchanged(export: Any):
    """What Convex prints for a schema is read, and printed again, to the letter."""
    schema = Schema.from_json(export)

    again = schema.to_json()

    assert json.dumps(again, sort_keys=True) == json.dumps(export, sort_keys=True)


FULL = define_schema(
    {
        "full": define_table(
            {
                "age": v.number(minimum=1, maximum=5.5, integer=True, default=2),
                "big": v.int64(minimum=-(2**63), default=Int64(2**62)),
                "email": v.string(format="email", min_length=3, max_length=9, pattern=".*"),
                "kind": v.string(one_of=["a", "b"], default="a"),
                "open": v.string(one_of=is_allowed),
                "at": v.number(default=now),
                "list": v.array(v.any(), min_items=1, max_items=3, default=[{"a": b"x"}]),
                "none": v.nullable(v.string(), default=None),
                "zero": v.literal(-0.0, default=-0.0),
                "role": v.union(v.literal("x"), v.literal(Int64(1)), default="x"),
                "data": v.bytes(default=b""),
                "map": v.record(v.id("full"), v.any(default=1), default={}),
                "in": v.object({"deep": v.boolean(default=True)}, default={"deep": False}),
                "up": v.optional(v.id("full", on_delete="set_null")),
                "down": v.id("other", on_delete="cascade"),
            }
        )
        .index("staged", ["age"], staged=True)
        .index("by_age", ["age", "in.deep"], unique=True)
        .search_index("t", search_field="email", staged=True)
        .search_index("s", search_field="email", filter_fields=["kind"], analyzer="simple")
        .vector_index("w", vector_field="list", dimensions=8, filter_fields=["kind"])
        .vector_index("x", vector_field="list", dimensions=9, staged=True)
        .ttl("at")
        .check("sound", is_sound)
        .created_at("at")
        .updated_at("age")
        .reference("kind", "other", on_delete="restrict"),
        "other": define_table(v.any()),
    },
    schema_validation=False,
    components={"auth": define_schema({"user": define_table({"id": v.id("user")})})},
)


def test_extensions_survive_the_journey():
    """Constraints, defaults, rules, actions and components are equal after reading them back."""
    text = json.dumps(FULL.to_json())

    schema = Schema.from_json(json.loads(text))

    assert schema == FULL
    assert json.dumps(schema.to_json()) == text
    assert schema.has_unresolved_callables("full")
    assert not FULL.has_unresolved_callables("full")


@given(validators)
def test_validators_survive_the_journey(validator: Validator):
    """Whatever can be built is equal after it was printed and read."""
    text = json.dumps(validator.to_json())

    again = validator_from_json(json.loads(text))

    assert again == validator
    assert json.dumps(again.to_json()) == text


def test_plain_schema_has_no_keys_of_ours():
    """A schema without extensions is printed exactly as Convex would print it."""
    schema = define_schema({"t": define_table({"a": v.string()}).index("by_a", ["a"])})

    text = json.dumps(schema.to_json())

    assert "docdb" not in text
    assert json.loads(text) == {
        "schemaValidation": True,
        "tables": [
            {
                "tableName": "t",
                "documentType": {
                    "type": "object",
                    "value": {"a": {"fieldType": {"type": "string"}, "optional": False}},
                },
                "indexes": [{"indexDescriptor": "by_a", "fields": ["a"]}],
                "stagedDbIndexes": [],
                "searchIndexes": [],
                "stagedSearchIndexes": [],
                "vectorIndexes": [],
                "stagedVectorIndexes": [],
            }
        ],
    }


def test_missing_schema_validation_means_false():
    """An export without the key does not check documents."""
    schema = Schema.from_json(table_json())

    assert not schema.schema_validation


def test_number_of_dimensions_may_have_a_fraction_of_zero():
    """Printers that write every number as a float are understood."""
    index = {"indexDescriptor": "w", "vectorField": "a", "dimensions": 8.0, "filterFields": []}

    schema = Schema.from_json(table_json(vectorIndexes=[index]))

    assert schema.tables["t"].vector_indexes[0].dimensions == 8


@pytest.mark.parametrize(
    "form",
    [
        None,
        [],
        "{}",
        {},
        {"tables": {}},
        {"tables": [5]},
        {"tables": [], "more": 1},
        {"tables": [], "schemaValidation": 1},
        {"tables": [], "docdbComponents": []},
        {"tables": [], "docdbComponents": {"a": 5}},
        {"tables": [EMPTY_TABLE, EMPTY_TABLE]},
        {"tables": [{}]},
        {"tables": [{key: EMPTY_TABLE[key] for key in ("tableName", "indexes")}]},
        {"tables": [{key: EMPTY_TABLE[key] for key in ("tableName", "documentType")}]},
        table_json(tableName=5),
        table_json(tableName="_t"),
        table_json(more=1),
        table_json(stagedDocumentType={"type": "any"}),
        table_json(documentType={"type": "string"}),
        table_json(documentType={"type": "objects"}),
        table_json(documentType={"type": "object"}),
        table_json(documentType={"type": "object", "value": []}),
        table_json(documentType={"type": "object", "value": {"a": {"type": "any"}}}),
        table_json(indexes={}),
        table_json(indexes=[{"indexDescriptor": "a"}]),
        table_json(indexes=[{"indexDescriptor": "a", "fields": "b"}]),
        table_json(indexes=[{"indexDescriptor": "a", "fields": [5]}]),
        table_json(indexes=[{"indexDescriptor": "a", "fields": ["b"], "unique": True}]),
        table_json(indexes=[{"indexDescriptor": "a", "fields": ["b"], "docdbUnique": 1}]),
        table_json(searchIndexes=[{"indexDescriptor": "a", "filterFields": []}]),
        table_json(vectorIndexes=[{"indexDescriptor": "a", "vectorField": "b", "dimensions": 2.5}]),
        table_json(docdbTtl=5),
        table_json(docdbChecks=[{"name": "a"}]),
        table_json(docdbReferences=[{"field": "a", "tableName": "t", "onDelete": "x"}]),
    ],
)
def test_malformed_schema_is_refused(form: Any):
    """Unknown, missing and mistyped keys are errors, never ignored."""
    with pytest.raises(SchemaError):
        Schema.from_json(form)


@pytest.mark.parametrize(
    "form",
    [
        None,
        {"type": 5},
        {"type": "commitTs"},
        {"type": "any", "more": 1},
        {"type": "null", "docdbDefault": None},
        {"type": "id"},
        {"type": "id", "tableName": 5},
        {"type": "id", "tableName": "t", "docdbOnDelete": "x"},
        {"type": "literal"},
        {"type": "literal", "value": None},
        {"type": "literal", "value": {"$integer": "AA=="}},
        {"type": "literal", "value": {"$float": "AAAAAAAA8D8="}},
        {"type": "literal", "value": {"$float": "AAAAAAAA+H8="}},
        {"type": "literal", "value": {"$integer": 5}},
        {"type": "array"},
        {"type": "array", "value": [{"type": "any"}]},
        {"type": "union", "value": {"type": "any"}},
        {"type": "union", "value": [5]},
        {"type": "record", "keys": {"type": "string"}},
        {
            "type": "record",
            "keys": {"type": "string"},
            "values": {"fieldType": {"type": "any"}, "optional": True},
        },
        {"type": "number", "docdbConstraints": 5},
        {"type": "number", "docdbConstraints": {"more": 5}},
        {"type": "number", "docdbConstraints": {"minLength": 5}},
        {"type": "string", "docdbConstraints": {"pattern": "("}},
        {"type": "string", "docdbConstraints": {"oneOfFunction": 5}},
        {"type": "string", "docdbDefault": 5},
        {"type": "bytes", "docdbDefault": {"$bytes": "no base64"}},
        {"type": "any", "docdbDefault": {"$more": 1}},
        {"type": "any", "docdbDefault": float("nan")},
        {"type": "any", "docdbDefaultFunction": 5},
    ],
)
def test_malformed_validator_is_refused(form: Any):
    """A validator is read strictly, its constraints and defaults too."""
    with pytest.raises(SchemaError):
        validator_from_json(form)


def test_error_says_where():
    """In a large file the error leads to the place."""
    form = table_json(
        documentType={
            "type": "object",
            "value": {"a": {"fieldType": {"type": "array", "value": {"type": "strin"}}}},
        }
    )

    with pytest.raises(SchemaError) as caught:
        Schema.from_json(form)

    place = "tables[0].documentType.value.a.fieldType.value"
    assert place in caught.value.message


def test_deep_json_is_refused():
    """Nesting beyond the limit is an error, not the end of the process."""
    form: Any = {"type": "any"}
    for _ in range(100_000):
        form = {"type": "array", "value": form}

    with pytest.raises(SchemaError, match="64"):
        validator_from_json(form)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["any", "object", "t"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "value", "tables", "tableName", "indexes", "documentType"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(_json)
def test_only_our_errors_escape_from_reading(form: Any):
    """Whatever JSON is given, there is a schema or one of our errors."""
    try:
        found: object = Schema.from_json(form)
    except DocdbError as error:
        found = error.code

    assert isinstance(found, Schema) or found in ("SchemaError", "UnknownTable")


def test_index_order_does_not_depend_on_the_journey():
    """Staged indexes, which JSON lists apart, come last from the start."""
    table: Table = FULL.tables["full"]

    names = [index.name for index in table.indexes]

    assert names == ["by_age", "staged"]
