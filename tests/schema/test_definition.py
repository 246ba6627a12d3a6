"""
Tables and schemas are values, and a definition that makes no sense is refused by name.
"""

import copy
import pickle
from typing import Any

import pytest

from docdb.errors import SchemaError, UnknownTable
from docdb.schema.callables import NamedCallable
from docdb.schema.definition import Index, Schema, Table, define_schema, define_table
from docdb.schema.namespace import v
from docdb.schema.table_rules import broken_check

PERSON = {"name": v.string(), "age": v.optional(v.number()), "meta": v.object({"x": v.null()})}
USERS = define_table(PERSON)


def is_named(document: Any) -> bool:
    """A rule over a document."""
    return document["name"] != ""


def schema_of(table: Table, **options: Any) -> Schema:
    """A schema of one table named ``users``."""
    return define_schema({"users": table}, **options)


WITH_COMPONENT = schema_of(USERS, components={"b": schema_of(USERS)})


def many_indexes(count: int) -> Table:
    """A table with so many indexes."""
    table = define_table({"a": v.null()})
    for number in range(count):
        table = table.index(f"by_{number}", ["a"])
    return table


def wide_index(fields: int) -> Table:
    """A table with an index of so many fields."""
    names = [f"f{number}" for number in range(fields)]
    return define_table(dict.fromkeys(names, v.null())).index("by_all", names)


@pytest.mark.parametrize(
    "definition",
    [PERSON, v.object(PERSON), v.union(v.object(PERSON), v.object({})), v.union(), v.any()],
)
def test_table_is_defined_by_fields_objects_unions_or_any(definition: Any):
    """All forms that Convex takes are taken."""
    schema = schema_of(define_table(definition))

    assert list(schema.tables) == ["users"]


@pytest.mark.parametrize(
    "definition",
    [
        5,
        None,
        v.string(),
        v.array(v.object({})),
        v.record(v.string(), v.any()),
        v.union(v.object({}), v.any()),
        v.union(v.union(v.object({}))),
        v.nullable(v.object({})),
        {"a": 5},
        {"a b": v.null()},
    ],
)
def test_table_is_not_defined_by_anything_else(definition: Any):
    """Other validators, unions in unions, and what is no validator are refused."""
    with pytest.raises(SchemaError):
        define_table(definition)


def test_top_level_system_fields_are_dropped():
    """Fields that begin with an underscore belong to the system, at the top level only."""
    fields = {"_id": v.id("users"), "_x": v.null(), "a": v.object({"_y": v.null()})}

    tables = [define_table(fields), define_table(v.union(v.object(fields))).validator]

    assert tables[0] == define_table({"a": v.object({"_y": v.null()})})
    assert tables[1] == v.union(v.object({"a": v.object({"_y": v.null()})}))


def test_optional_table_is_not_optional():
    """That the validator of a table is optional means nothing."""
    table = define_table(v.optional(v.object(PERSON)))

    assert table == USERS


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        (["name"], ("name",)),
        (["name", "_creationTime"], ("name",)),
        ([".name."], ("name",)),
        (("meta.x", "age"), ("meta.x", "age")),
    ],
)
def test_index_keeps_its_own_fields(fields: Any, kept: tuple[str, ...]):
    """A trailing _creationTime is what every index ends with, and not kept."""
    schema = schema_of(USERS.index("by_all", fields))

    assert schema.tables["users"].indexes == (Index("by_all", kept),)


def test_two_indexes_may_have_the_same_fields():
    """Names are free: two of them may stand for one order."""
    table = USERS.index("by_name", ["name"]).index("by_time", ["name", "_creationTime"])

    schema = schema_of(table)

    assert len(schema.tables["users"].indexes) == 2


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        (USERS.index("a b", ["name"]), ["'users'", "'a b'"]),
        (USERS.index("", ["name"]), ["'users'", "''"]),
        (USERS.index("_mine", ["name"]), ["'_mine'", "reserved"]),
        (USERS.index("by_id", ["name"]), ["'by_id'", "reserved"]),
        (USERS.index("by_creation_time", ["name"]), ["'by_creation_time'", "reserved"]),
        (USERS.index("a", ["name"]).index("a", ["age"]), ["'a'", "twice"]),
        (USERS.index("a", ["name"]).search_index("a", search_field="name"), ["twice"]),
        (USERS.index("a", ["name"], staged=True).index("a", ["age"]), ["twice"]),
        (USERS.index("a", []), ["'a'", "no fields"]),
        (USERS.index("a", ["_creationTime"]), ["'a'", "no fields", "creation time"]),
        (USERS.index("a", ["_creationTime", "name"]), ["'_creationTime'", "last"]),
        (USERS.index("a", ["name", "_id"]), ["'_id'", "get(id)"]),
        (USERS.index("a", ["_other"]), ["'_other'", "reserved"]),
        (USERS.index("a", ["meta._x"]), ["'meta._x'", "reserved"]),
        (USERS.index("a", ["name", "name"]), ["'name'", "twice"]),
        (USERS.index("a", ["meta..x"]), ["'meta..x'"]),
        (USERS.index("a", ["na me"]), ["'na me'"]),
        (USERS.index("a", ["."]), ["empty"]),
        (USERS.index("a", ["nam"]), ["'users'", "'a'", "'nam'", "no document"]),
        (USERS.index("a", ["name.x"]), ["'name.x'", "no document"]),
        (define_table({"l": v.array(v.any())}).index("a", ["l.x"]), ["'l.x'"]),
        (define_table({"r": v.record(v.string(), v.any())}).index("a", ["r.x"]), ["'r.x'"]),
        (wide_index(16), ["16 fields", "15"]),
        (many_indexes(65), ["'users'", "65", "64"]),
        (USERS.search_index("s", search_field="nam"), ["'s'", "'nam'"]),
        (USERS.search_index("s", search_field=""), ["'s'"]),
        (USERS.search_index("s", search_field="name", filter_fields=["x"]), ["'s'", "'x'"]),
        (USERS.search_index("s", search_field="name", filter_fields=["age", "age"]), ["twice"]),
        (USERS.search_index("s", search_field="name", analyzer="a b"), ["'a b'"]),
        (
            USERS.search_index("s", search_field="name").search_index("t", search_field="name"),
            ["'t'", "'s'"],
        ),
        (USERS.vector_index("w", vector_field="age", dimensions=1), ["'w'", "1", "4096"]),
        (USERS.vector_index("w", vector_field="age", dimensions=4097), ["4097"]),
        (USERS.vector_index("w", vector_field="age", dimensions=True), ["True"]),
        (USERS.vector_index("w", vector_field="x", dimensions=2), ["'x'"]),
        (USERS.ttl("expires"), ["ttl", "'expires'"]),
        (USERS.ttl("_creationTime"), ["ttl", "'_creationTime'"]),
        (USERS.ttl(""), ["ttl"]),
        (USERS.created_at("meta.x"), ["created_at", "'meta.x'"]),
        (USERS.updated_at("x"), ["updated_at", "'x'"]),
        (USERS.reference("x", "users"), ["reference", "'x'"]),
        (USERS.check("a", is_named).check("a", is_named), ["'a'"]),
        (define_table({"a": v.id("users", on_delete="set_null")}), ["'a'", "optional"]),
    ],
)  # fmt: skip
def test_wrong_table_is_refused_by_name(table: Table, parts: list[str]):
    """The error names the table, the index and the field that are wrong."""
    with pytest.raises(SchemaError) as caught:
        schema_of(table)

    missing = [part for part in parts if part not in str(caught.value)]
    assert missing == []


@pytest.mark.parametrize(
    "table",
    [
        wide_index(15),
        many_indexes(64),
        USERS.index("_".join(["a"] * 32), ["name"]),
        USERS.search_index("s", search_field="name", filter_fields=["meta.x"]),
        USERS.vector_index("w", vector_field="age", dimensions=4096),
        USERS.ttl("age").created_at("age").updated_at("age").check("named", is_named),
        USERS.reference("name", "users", on_delete="cascade"),
        define_table(v.any()).index("a", ["x.y.z"]).ttl("t"),
        define_table(v.union(v.object({}), v.object({"a": v.any()}))).index("a", ["a.b"]),
        define_table({"a": v.optional(v.id("users", on_delete="set_null"))}),
        define_table({"a": v.id("_storage"), "b": v.id("_scheduled_functions")}),
    ],
)
def test_table_at_the_limit_is_accepted(table: Table):
    """The last index, field and dimension are allowed, and so is every field that can be."""
    schema = schema_of(table)

    assert schema.tables["users"] == table


def test_unchecked_schema_allows_indexes_on_any_field():
    """Without validation nobody knows which fields there are."""
    schema = schema_of(USERS.index("a", ["nam"]), schema_validation=False)

    assert not schema.schema_validation


@pytest.mark.parametrize("name", ["", "a b", "2nd", "__", "_users", "a" * 65, 5])
def test_wrong_table_name_is_refused(name: Any):
    """A table is named by an identifier that does not begin with an underscore."""
    with pytest.raises(SchemaError):
        define_schema({name: USERS})


@pytest.mark.parametrize(
    "fields",
    [{"a": v.id("uesrs")}, {"a": v.array(v.union(v.null(), v.id("_nothing")))}],
)
def test_reference_to_an_unknown_table_is_refused(fields: Any):
    """A schema refers to its own tables and to the system's."""
    with pytest.raises(UnknownTable, match="users"):
        schema_of(define_table(fields))


def test_plain_reference_to_an_unknown_table_is_refused():
    """A reference that is kept in a string is checked as well."""
    with pytest.raises(UnknownTable, match="people"):
        schema_of(USERS.reference("name", "people"))


@pytest.mark.parametrize(
    "build",
    [
        lambda: USERS.index(5, ["name"]),
        lambda: USERS.index("a", "name"),
        lambda: USERS.index("a", 5),
        lambda: USERS.index("a", [5]),
        lambda: USERS.search_index("a", search_field=5),
        lambda: USERS.search_index("a", search_field="name", filter_fields="age"),
        lambda: USERS.vector_index("a", vector_field=None, dimensions=2),
        lambda: USERS.ttl(5),
        lambda: USERS.check(5, is_named),
        lambda: USERS.check("a", 5),
        lambda: USERS.created_at(None),
        lambda: USERS.reference("name", 5),
        lambda: USERS.reference("name", "users", on_delete="explode"),
        lambda: define_schema(5),
        lambda: define_schema({"users": PERSON}),
        lambda: schema_of(USERS.vector_index("a", vector_field="age", dimensions="2")),
        lambda: schema_of(USERS, components=5),
        lambda: schema_of(USERS, components={"a b": schema_of(USERS)}),
        lambda: schema_of(USERS, components={"a": USERS}),
        lambda: schema_of(USERS, components={"a": WITH_COMPONENT}),
    ],
)  # fmt: skip
def test_wrong_arguments_are_schema_errors(build: Any):
    """Arguments of a wrong type are reported in docdb's own way."""
    with pytest.raises(SchemaError):
        build()


def test_methods_leave_the_table_alone():
    """Each method returns another table."""
    grown = USERS.index("by_name", ["name"]).ttl("age")

    assert USERS.indexes == ()
    assert USERS.rules.ttl_field is None
    assert grown != USERS


def test_schema_cannot_be_changed():
    """Whoever holds a schema can rely on it, also when the caller's mapping changes."""
    tables = {"users": USERS}
    schema = define_schema(tables)

    tables.clear()

    assert schema == schema_of(USERS)
    with pytest.raises(TypeError):
        schema.tables["more"] = USERS  # type: ignore[index]


def test_copies_are_equal():
    """A schema survives being copied, and being sent to another process."""
    schema = schema_of(USERS.check("named", is_named), components={"auth": schema_of(USERS)})

    copies = [copy.deepcopy(schema), pickle.loads(pickle.dumps(schema))]

    assert copies == [schema, schema]
    assert hash(copies[0]) == hash(schema)


def test_document_validator_has_system_fields():
    """``doc`` says what a read returns, for objects and each member of unions."""
    schema = define_schema(
        {
            "one": define_table({"a": v.null()}),
            "two": define_table(v.union(v.object({"a": v.null()}), v.object({}))),
            "any": define_table(v.any()),
        }
    )

    found = {name: schema.doc(name) for name in schema.tables}

    system = {"_id": v.id("two"), "_creationTime": v.number()}
    assert found["one"] == v.object(
        {"_id": v.id("one"), "_creationTime": v.number(), "a": v.null()}
    )
    assert found["two"] == v.union(v.object({"a": v.null(), **system}), v.object(system))
    assert found["any"] == v.any()


def test_schema_makes_ids_of_its_own_tables_only():
    """``id`` refuses a table that the schema does not have, and offers those that it has."""
    schema = schema_of(USERS)

    validator = schema.id("users")

    assert validator == v.id("users")
    with pytest.raises(UnknownTable, match="did you mean 'users'"):
        schema.id("user")
    with pytest.raises(UnknownTable):
        schema.doc("user")


def test_table_with_unknown_functions_is_flagged():
    """A schema that names functions the program lacks says for which tables."""
    known = USERS.check("named", is_named)
    tables = {
        "a": known,
        "b": USERS.check("named", NamedCallable("app:is_named")),
        "c": define_table({"x": v.array(v.string(one_of=NamedCallable("app:allowed")))}),
        "d": define_table({"x": v.number(default=NamedCallable("app:next"))}),
    }

    schema = define_schema(tables)

    flagged = [name for name in [*tables, "e"] if schema.has_unresolved_callables(name)]
    assert flagged == ["b", "c", "d"]


def test_rule_over_a_document_is_named_when_broken():
    """The first rule that a document does not meet is reported by its name."""
    rules = USERS.check("named", is_named).rules

    found = [broken_check(rules, {"name": name}) for name in ("Ada", "")]

    assert found[0] is None
    assert found[1] is not None
    assert (found[1].path, found[1].expected) == ("", "a document that meets the rule 'named'")


def test_text_is_one_line():
    """A debugger sees what matters."""
    shown = repr(schema_of(USERS, components={"auth": schema_of(USERS)}))

    assert shown == "Schema(tables=['users'], components=['auth'])"
    assert repr(define_table({}).index("a", ["b"])) == "Table(v.object({}), indexes=['a'])"
