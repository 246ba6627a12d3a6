"""Rules that contradict the fields they are about are refused when a schema is defined."""

from typing import Any

import pytest

from docdb import SchemaError, Table, UnknownTable, define_schema, define_table, v

USERS = define_table({"name": v.string()})


def schema_of(table: Table, **options: Any) -> object:
    """A schema of the table and of users."""
    return define_schema({"t": table, "users": USERS}, **options)


@pytest.mark.parametrize(
    "field",
    [
        v.id("users", on_delete="set_null"),
        v.nullable(v.id("users", on_delete="set_null")),
        v.union(v.string(), v.union(v.id("users", on_delete="set_null"), v.number())),
    ],
)
def test_what_is_removed_may_not_be_required(field: Any):
    """Wherever the object stands that has the field."""
    with pytest.raises(SchemaError) as refused:
        schema_of(define_table({"a": v.array(v.object({"who": field}))}))

    assert (refused.value.table, refused.value.field) == ("t", "who")  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    "field",
    [
        v.optional(v.id("users", on_delete="set_null")),
        v.array(v.id("users", on_delete="set_null")),
        v.record(v.string(), v.id("users", on_delete="set_null")),
        v.record(v.id("users", on_delete="set_null"), v.null()),
    ],
)
def test_what_can_go_may_be_removed(field: Any):
    """Optional fields, elements of arrays, entries of records."""
    assert schema_of(define_table({"who": field}))


@pytest.mark.parametrize(
    "table",
    [
        define_table({"who": v.string()}).reference("who", "users", on_delete="set_null"),
        define_table({"who": v.number()}).reference("who", "users"),
        define_table({"who": v.id("users")}).reference("who", "users", on_delete="cascade"),
        define_table({"who": v.array(v.id("users"))}).reference("who", "users"),
        define_table({"who": v.string()}).reference("who", "users").reference("who", "t"),
        define_table({"a": v.object({"who": v.string()})}).reference(
            "a.who", "users", on_delete="set_null"
        ),
    ],
)
def test_a_reference_must_fit_its_field(table: Table):
    """It is text, says so once, and can go if it has to."""
    with pytest.raises(SchemaError) as refused:
        schema_of(table)

    assert refused.value.table == "t"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    "table",
    [
        define_table({"who": v.optional(v.string())}).reference(
            "who", "users", on_delete="set_null"
        ),
        define_table({"who": v.array(v.string())}).reference("who", "users", on_delete="set_null"),
        define_table({"who": v.nullable(v.string())}).reference("who", "users"),
        define_table({"a": v.any()}).reference("a.who", "users", on_delete="set_null"),
        define_table({"file": v.string()}).reference("file", "_storage", on_delete="cascade"),
    ],
)
def test_a_reference_that_fits_is_taken(table: Table):
    """Also where the field may be anything."""
    assert schema_of(table)


def test_a_reference_needs_its_table():
    """Near names are offered."""
    with pytest.raises(UnknownTable) as refused:
        schema_of(define_table({"who": v.string()}).reference("who", "user"))

    assert "users" in refused.value.hint


@pytest.mark.parametrize("rule", ["ttl", "created_at", "updated_at"])
def test_a_time_needs_a_number(rule: str):
    """A rule that could never hold is a mistake, if documents are checked."""
    table = getattr(define_table({"at": v.string()}), rule)("at")
    with pytest.raises(SchemaError) as refused:
        schema_of(table)

    assert refused.value.field == "at"  # pyright: ignore[reportAttributeAccessIssue]
    assert schema_of(table, schema_validation=False)


@pytest.mark.parametrize(
    "field", [v.number(), v.optional(v.number()), v.nullable(v.number()), v.any()]
)
def test_a_time_may_be_any_kind_of_number_field(field: Any):
    """Optional, nullable, or unchecked."""
    assert schema_of(define_table({"at": field}).ttl("at").created_at("at"))
