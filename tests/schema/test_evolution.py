"""
From schema to schema: a subset is never claimed wrongly, and every change is seen.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.schema.checking import check
from docdb.schema.definition import Schema, define_schema, define_table
from docdb.schema.evolution import TableChange, compare_schemas, is_subset
from docdb.schema.namespace import v
from docdb.schema.validators import Validator
from docdb.values.kinds import Int64
from tests.schema.strategies import cases, resolve, table_validators

A_NULL = {"a": v.null()}


def allowed(text: str) -> bool:
    """An allow-list that may change its mind."""
    return bool(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (v.string(), v.string()),
        (v.string(), v.any()),
        (v.object(A_NULL), v.any()),
        (v.literal("a"), v.string()),
        (v.literal(1), v.number()),
        (v.literal(1.5), v.number(maximum=2)),
        (v.literal(True), v.boolean()),
        (v.literal(Int64(1)), v.int64()),
        (v.id("users"), v.string()),
        (v.id("users", on_delete="cascade"), v.id("users")),
        (v.array(v.literal("a")), v.array(v.string())),
        (v.record(v.id("users"), v.literal(1)), v.record(v.string(), v.number())),
        (v.object({}), v.object({"a": v.optional(v.null())})),
        (v.object(A_NULL), v.object({"a": v.optional(v.any())})),
        (v.union(v.literal("a"), v.literal("b")), v.string()),
        (v.string(), v.union(v.null(), v.string())),
        (v.union(v.null(), v.string()), v.union(v.string(), v.null(), v.number())),
        (v.boolean(), v.union(v.literal(True), v.literal(False))),
        (v.union(), v.null()),
        (v.string(default="a"), v.string(default="b")),
        (v.number(minimum=2, maximum=3), v.number(minimum=1)),
        (v.number(integer=True), v.number()),
        (v.string(min_length=2), v.string(min_length=1)),
        (v.string(max_length=2, pattern="a"), v.string(max_length=3, pattern="a")),
        (v.string(one_of=["a"]), v.string(one_of=["a"])),
        (v.array(v.any(), max_items=1), v.array(v.any(), max_items=2)),
    ],
)
def test_wider_validators_need_no_check(left: Validator, right: Validator):
    """Backward-compatible changes are recognized."""
    found = is_subset(left, right)

    assert found


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (v.any(), v.string()),
        (v.string(), v.literal("a")),
        (v.string(), v.id("users")),
        (v.id("users"), v.id("chats")),
        (v.id("users"), v.id("users", on_delete="restrict")),
        (v.id("users"), v.string(max_length=5)),
        (v.number(), v.int64()),
        (v.literal(1), v.boolean()),
        (v.literal(1), v.int64()),
        (v.literal(3), v.number(maximum=2)),
        (v.literal("a"), v.string(one_of=allowed)),
        (v.object(A_NULL), v.object({})),
        (v.object({}), v.object(A_NULL)),
        (v.object({"a": v.optional(v.null())}), v.object(A_NULL)),
        (v.object(A_NULL), v.record(v.string(), v.null())),
        (v.union(v.null(), v.string()), v.string()),
        (v.boolean(), v.union(v.literal(True))),
        (v.number(), v.number(minimum=1)),
        (v.number(minimum=0), v.number(minimum=1)),
        (v.number(minimum=1), v.number(minimum=1, integer=True)),
        (v.string(pattern="a"), v.string(pattern="b")),
        (v.array(v.any()), v.array(v.any(), max_items=2)),
    ],
)
def test_narrower_validators_need_a_check(left: Validator, right: Validator):
    """Breaking changes are recognized."""
    found = is_subset(left, right)

    assert not found


@given(cases(), table_validators, st.booleans())
def test_subset_is_never_claimed_wrongly(
    case: tuple[Validator, Any], other: Validator, is_wider: bool
):
    """A document that fits the old validator fits every one that is called wider."""
    old, document = case
    new = v.union(other, old) if is_wider else other

    claimed = is_subset(old, new)
    fits = [check(each, document, resolve) is None for each in (old, new)]

    assert not (claimed and fits == [True, False])


def schema_of(**tables: Any) -> Schema:
    """A schema of tables that are defined by their fields."""
    return define_schema({name: define_table(fields) for name, fields in tables.items()})


def changes(old: Schema | None, new: Schema) -> dict[str, TableChange]:
    """What has changed, by name."""
    return {change.name: change for change in compare_schemas(old, new).tables}


def test_equal_schemas_have_no_changes():
    """Applying what is applied already is nothing."""
    found = compare_schemas(schema_of(a=A_NULL), schema_of(a=A_NULL))

    assert found.tables == ()


def test_tables_come_and_go():
    """Tables that are new or no longer named are listed, and only new ones need a check."""
    found = changes(schema_of(a={}, b={}), schema_of(b={}, c={}))

    assert sorted(found) == ["a", "c"]
    assert (found["a"].is_added, found["a"].is_removed, found["a"].needs_check) == (
        False, True, False,
    )  # fmt: skip
    assert (found["c"].is_added, found["c"].is_removed, found["c"].needs_check) == (
        True, False, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "needs_check"),
    [
        (schema_of(t=A_NULL), schema_of(t={"a": v.any()}), False),
        (schema_of(t=A_NULL), schema_of(t={"a": v.string()}), True),
        (schema_of(t={}), define_schema({"t": define_table({}).check("c", allowed)}), True),
        (define_schema({"t": define_table({}).check("c", allowed)}), schema_of(t={}), False),
        (schema_of(t=A_NULL), define_schema({"t": define_table({})}, schema_validation=False),
         False),
        (define_schema({"t": define_table({})}, schema_validation=False), schema_of(t={}), True),
        (None, define_schema({"t": define_table(v.any())}), False),
    ],
)  # fmt: skip
def test_documents_are_checked_only_where_they_may_not_fit(
    old: Schema | None, new: Schema, needs_check: bool
):
    """A narrower validator, a new rule, or validation switched on ask for a look at the data."""
    found = changes(old, new)["t"]

    assert found.needs_check == needs_check


def test_indexes_come_go_and_change():
    """What must be built and what can be dropped is known by name and definition."""
    old = define_table({"a": v.any(), "b": v.any()})
    new = old.index("kept", ["a"]).index("wider", ["a", "b"]).index("only", ["a"], unique=True)
    new = new.search_index("words", search_field="b")
    old = old.index("kept", ["a"]).index("wider", ["a"]).index("only", ["a"]).index("gone", ["b"])

    found = changes(define_schema({"t": old}), define_schema({"t": new}))["t"].indexes

    assert [index.name for index in found.added] == ["words"]
    assert [index.name for index in found.removed] == ["gone"]
    assert [index.name for index in found.changed] == ["wider", "only"]


def test_components_are_compared_under_their_names():
    """A component's tables are reported with the component's name."""
    old = define_schema({}, components={"auth": schema_of(user={})})
    new = define_schema({}, components={"auth": schema_of(user=A_NULL), "mail": schema_of(sent={})})

    found = [(each.component, each.name) for each in compare_schemas(old, new).tables]

    assert found == [("auth", "user"), ("mail", "sent")]
