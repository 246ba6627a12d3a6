"""
Mistakes that people make: each is an error of docdb's own, says what it is about, and changes
nothing. Their classes and facts are what programs may rely on.

The length of this file: it is a list.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import (
    UNSET,
    CursorError,
    Database,
    DocumentNotFound,
    FilterError,
    IndexRangeError,
    Int64,
    InvalidArgument,
    InvalidDocument,
    InvalidId,
    SchemaError,
    TableMismatch,
    UnknownIndex,
    UnknownTable,
    ValidationError,
    define_schema,
    define_table,
    v,
)
from tests.databases import MEMORY, file_path, whole_store  # noqa: F401 - a fixture by being here
from tests.junk import NO_VALUES, SCHEMA, Ambiguous, Mute, Unhashable, refused, user


def nested(levels: int) -> Any:
    """Return objects in objects, so many levels of them."""
    value: Any = 1
    for _ in range(levels):
        value = {"in": value}
    return value


@pytest.fixture(name="db", params=["memory", "file"])
def small_database(request: pytest.FixtureRequest, path: str) -> Iterator[Database]:
    """A database with two users, a post and a file, which no test may change."""
    place = MEMORY if request.param == "memory" else path
    with docdb.open(place, SCHEMA, durability="unsafe") as db:
        ada = db.insert("users", {"name": "Ada", "age": 36})
        db.insert("users", {"name": "Grace", "friend": ada})
        db.insert("posts", {"text": "hello"})
        db.storage.store(b"file")
        before = whole_store(db)
        yield db
        assert whole_store(db) == before
        assert db.check() == []


class TestDocuments:
    """Values that no document can hold, at any depth, in every verb that takes them."""

    @pytest.mark.parametrize("value", NO_VALUES, ids=range(len(NO_VALUES)))
    @pytest.mark.parametrize(
        ("wrap", "where"),
        [
            (lambda value: value, ""),
            (lambda value: [0, value], "[1]"),
            (lambda value: {"b": [{"c": value}]}, ".b[0].c"),
        ],
        ids=["top", "array", "deep"],
    )
    def test_what_is_no_value_is_an_invalid_document(
        self, db: Database, value: Any, wrap: Callable[[Any], Any], where: str
    ):
        """The error names the table and the path, and the four verbs agree."""
        document = {"name": "Ada", "more": wrap(value)}
        for call in (
            lambda: db.insert("users", document),
            lambda: db.insert_many("users", [{"name": "Grace"}, document]),
            lambda: db.patch(user(db), {"more": wrap(value)}),
            lambda: db.replace(user(db), document),
            lambda: db.insert("fresh", {"more": wrap(value)}),
        ):
            error = refused(call, InvalidDocument)
            assert str(getattr(error, "path", "")).startswith("more" + where)

    @pytest.mark.parametrize("levels", [16, 17, 64, 65, 500, 5000])
    def test_too_deep(self, db: Database, levels: int):
        """Sixteen levels, the document included."""
        refused(lambda: db.insert("fresh", {"a": nested(levels)}), InvalidDocument)
        refused(lambda: db.patch(user(db), {"more": nested(levels)}), InvalidDocument)

    @pytest.mark.parametrize(
        "document",
        [
            {"a": "x" * (1 << 20)},
            {"a": b"x" * (1 << 20)},
            {"a": ["é" * 100_000] * 6},
            {f"f{n}": "x" * 1100 for n in range(1000)},
            {"a": [1] * 8193},
            {"a": {f"f{n}": 1 for n in range(1025)}},
            {f"f{n}": 1 for n in range(1023)},
        ],
        ids=["text", "bytes", "list", "fields", "array", "object", "many"],
    )
    def test_too_large(self, db: Database, document: Any):
        """A mebibyte, 8,192 elements, 1,024 fields."""
        error = refused(lambda: db.insert("fresh", document), InvalidDocument, table="fresh")
        assert error.hint or "limit" in error.message

    @pytest.mark.parametrize("name", ["_id", "_creationTime", "_x", "__"])
    def test_reserved_names(self, db: Database, name: str):
        """Names that begin with an underscore are the system's."""
        document = {"name": "Ada", name: "x"}

        refused(lambda: db.insert("users", document), InvalidDocument, table="users", path=name)
        refused(lambda: db.insert("fresh", document), InvalidDocument, table="fresh", path=name)
        refused(lambda: db.patch(user(db), {name: "x"}), InvalidDocument, table="users", path=name)
        refused(lambda: db.replace(user(db), document), InvalidDocument, table="users", path=name)

    @pytest.mark.parametrize(
        "document", [None, 1, "text", b"x", [], [("a", 1)], {"a"}, object(), Mute(), Ambiguous()]
    )
    def test_no_mapping(self, db: Database, document: Any):
        """A document is a mapping from names to values."""
        refused(lambda: db.insert("users", document), InvalidDocument, table="users")
        refused(lambda: db.insert_many("users", [document]), InvalidDocument, table="users")
        refused(lambda: db.patch(user(db), document), InvalidDocument, table="users")
        refused(lambda: db.replace(user(db), document), InvalidDocument, table="users")

    @pytest.mark.parametrize("documents", [None, 5, "text", b"x", {"name": "Ada"}, object()])
    def test_no_list_of_documents(self, db: Database, documents: Any):
        """Many documents are a list of them."""
        refused(lambda: db.insert_many("users", documents), InvalidArgument)


class TestValidation:
    """Documents that could be stored, but not in this table."""

    @pytest.mark.parametrize(
        ("fields", "where"),
        [
            ({"name": 1}, "name"),
            ({"name": UNSET}, "name"),
            ({"age": "36"}, "age"),
            ({"age": None}, "age"),
            ({"age": Int64(36)}, "age"),
            ({"age": True}, "age"),
            ({"role": "owner"}, "role"),
            ({"friend": "x"}, "friend"),
            ({"unknown": 1}, "unknown"),
            ({"more": {}}, "more.tags"),
            ({"more": {"tags": [], "x": 1, "y": 2}}, "more.y"),
            ({"more": {"tags": [{"label": "a"}, {"label": 5}], "x": 1}}, "more.tags[1].label"),
            ({"more": {"tags": {"label": "a"}, "x": 1}}, "more.tags"),
            ({"scores": {"a": 1, "b": "x"}}, 'scores["b"]'),
        ],
    )
    def test_the_error_names_the_path(self, db: Database, fields: Any, where: str):
        """Table, path, what was expected and what was found; in every verb."""
        document = {"name": "Ada", **fields}
        for call in (
            lambda: db.insert("users", document),
            lambda: db.insert_many("users", [{"name": "Grace"}, document]),
            lambda: db.patch(user(db), fields),
            lambda: db.replace(user(db), document),
        ):
            error = refused(call, ValidationError, table="users", path=where)
            assert getattr(error, "expected", "")
            assert getattr(error, "found", "")

    def test_an_id_of_another_table_is_no_reference(self, db: Database):
        """The validator names the table that it wants."""
        post = db.query("posts").ids()[0]

        refused(
            lambda: db.patch(user(db), {"friend": post}),
            ValidationError,
            table="users",
            path="friend",
        )


class TestNames:
    """Names that name nothing."""

    @pytest.mark.parametrize(
        "table",
        ["", " ", "a b", "a-b", "a.b", "1a", "é", "a\n", "a" * 65, "_x", "__", "_tables", "\ud800"],
    )
    def test_tables(self, db: Database, table: str):
        """Malformed and reserved ones, in writing and in reading."""
        refused(lambda: db.insert(table, {"a": 1}), UnknownTable, table=table)
        refused(lambda: db.insert_many(table, [{"a": 1}]), UnknownTable, table=table)
        refused(lambda: db.insert_many(table, []), UnknownTable, table=table)
        refused(lambda: db.query(table).collect(), UnknownTable, table=table)
        assert db.normalize_id(table, user(db)) is None

    @pytest.mark.parametrize("index", ["by_nam", "", "by name", "by_text", "_x", "é", "\ud800"])
    def test_indexes(self, db: Database, index: str):
        """The error names table and index, and offers the ones there are."""
        query = db.query("users").with_index(index)

        error = refused(query.collect, UnknownIndex, table="users", index=index)
        assert "'by_name'" in error.hint

    def test_a_staged_index(self, db: Database):
        """It exists and cannot be asked."""
        query = db.query("users").with_index("later")

        refused(query.collect, UnknownIndex, table="users", index="later")

    @pytest.mark.parametrize("field", ["nam", "more.x", "", ".", "a..b", "1", "a b", "é"])
    def test_fields_of_a_range(self, db: Database, field: str):
        """Unknown to the index, or no path at all."""
        refused(
            lambda: db.query("users").with_index("by_name", lambda q: q.eq(field, 1)).collect(),
            IndexRangeError,
        )

    @pytest.mark.parametrize("field", ["", ".", "a..b", "1", "a b", "é", "$a", "a" * 65])
    def test_fields_of_a_filter(self, db: Database, field: str):
        """A path is identifiers joined by dots; an unknown one is missing everywhere."""
        query = db.query("users")

        refused(lambda: query.filter(lambda q: q.eq(q.field(field), 1)), InvalidArgument)
        assert query.filter(lambda q: q.field("no.such.field") == 1).count() == 0

    @pytest.mark.parametrize("operator", ["equals", "ne", "like", "in_", "and", "or", "not_in"])
    def test_operators(self, db: Database, operator: str):
        """The error names the operator, and those there are."""
        filtered = refused(
            lambda: db.query("users").filter(lambda q: getattr(q, operator)(q.field("age"), 1)),
            InvalidArgument,
        )
        ranged = refused(
            lambda: db.query("users").with_index("by_name", lambda q: getattr(q, operator)("a", 1)),
            IndexRangeError,
        )

        assert operator in filtered.message
        assert operator in ranged.message

    @pytest.mark.parametrize(
        "order", ["up", "ASC", "", "descending", None, 1, True, [], Ambiguous()]
    )
    def test_orders(self, db: Database, order: Any):
        """There are asc and desc."""
        refused(lambda: db.query("users").order(order), InvalidArgument)

    def test_components(self, db: Database):
        """The schema has none of that name."""
        with db.write() as tx:
            refused(lambda: tx.component("auth"), UnknownTable, table="auth")


class TestIds:
    """Texts that are no ids, and ids of something else."""

    @pytest.mark.parametrize(
        "id",
        [
            *("", "x", "x" * 32, "0" * 32, "é" * 32, "\ud800", "j" * 31, "j" * 37, "z" * 37),
            *("a" * 10**6, None, True, 5, 1.5, b"x", [], {}, {"_id": 1}),
            *(object(), Unhashable(), Mute(), Ambiguous()),
        ],
        ids=range(22),
    )
    def test_malformed_ones(self, db: Database, id: Any):
        """Every verb that takes an id says the same."""
        for call in (
            lambda: db.get(id),
            lambda: db.get(id, table="users"),
            lambda: db.get_many([user(db), id]),
            lambda: db.patch(id, {}),
            lambda: db.replace(id, {}),
            lambda: db.delete(id),
            lambda: db.system.get(id),
            lambda: db.storage.get(id),
            lambda: db.storage.get_metadata(id),
            lambda: db.storage.delete(id),
        ):
            refused(call, InvalidId)
        assert db.normalize_id("users", id) is None

    @pytest.mark.parametrize(
        "table", ["posts", "fresh", "_storage", "", "\ud800", 5, [], Unhashable()]
    )
    def test_those_of_another_table(self, db: Database, table: Any):
        """Who names a table insists on it."""
        id = user(db)
        for call in (
            lambda: db.get(id, table=table),
            lambda: db.patch(id, {"age": 1}, table=table),
            lambda: db.replace(id, {"name": "x"}, table=table),
            lambda: db.delete(id, table=table),
        ):
            refused(call, TableMismatch, id=id, table="users", expected=table)

    def test_those_of_nothing(self, db: Database):
        """A document that is not there cannot be written."""
        other = docdb.open(MEMORY, SCHEMA)
        id = other.insert("users", {"name": "Ada"})

        assert db.get(id) is None
        for call in (
            lambda: db.patch(id, {"age": 1}),
            lambda: db.replace(id, {"name": "x"}),
            lambda: db.delete(id),
        ):
            refused(call, DocumentNotFound, id=id)

    @pytest.mark.parametrize("ids", [None, 5, "text", b"x", {"a": 1}, object(), Ambiguous()])
    def test_no_list_of_ids(self, db: Database, ids: Any):
        """Many ids are a list of them."""
        refused(lambda: db.get_many(ids), InvalidArgument)


class TestQueries:
    """Questions that cannot be asked."""

    @pytest.mark.parametrize("value", NO_VALUES, ids=range(len(NO_VALUES)))
    def test_no_value_in_a_range_or_a_filter(self, db: Database, value: Any):
        """What no document can hold is not looked for."""
        query = db.query("users")

        refused(lambda: query.with_index("by_name", lambda q: q.eq("name", value)), IndexRangeError)
        refused(lambda: query.with_index("by_name", lambda q: q.gt("name", value)), IndexRangeError)
        refused(lambda: query.with_index("by_name", name=value), IndexRangeError)
        refused(lambda: query.filter(lambda q: q.eq(q.field("name"), value)), InvalidArgument)
        refused(lambda: query.filter(lambda q: q.field("name") < value), InvalidArgument)

    @pytest.mark.parametrize(
        "predicate",
        [
            lambda q: q.add(q.field("name"), 1) == 1,
            lambda q: q.field("age"),
            lambda q: q.not_(q.field("name")),
            lambda q: q.and_(True, 1),
            lambda q: q.neg("x") == 1,
            lambda q: None,
            lambda q: "yes",
        ],
    )
    def test_filters_without_an_answer(self, db: Database, predicate: Any):
        """They are found when a document is reached."""
        refused(db.query("users").filter(predicate).collect, FilterError)

    def test_filters_that_python_would_cut_in_half(self, db: Database):
        """and, or, not and chains have no meaning for expressions."""
        for predicate in (
            lambda q: q.field("age") > 1 and q.field("age") < 9,
            lambda q: not q.field("age"),
            lambda q: 1 < q.field("age") < 9,
        ):
            refused(lambda p=predicate: db.query("users").filter(p), InvalidArgument)

    @pytest.mark.parametrize("cursor", ["", "x", "é", "A" * 100, 5, b"x", [], object(), Mute()])
    def test_cursors_that_are_none(self, db: Database, cursor: Any):
        """Nobody makes one up."""
        query = db.query("users")

        refused(lambda: query.paginate(num_items=1, cursor=cursor), CursorError)
        refused(lambda: query.paginate(num_items=1, end_cursor=cursor), CursorError)

    @pytest.mark.parametrize("number", [0, -1, 1.5, True, "1", None, [], 10**10, Ambiguous()])
    def test_pages_without_a_size(self, db: Database, number: Any):
        """A whole number from 1 to 32,000."""
        refused(lambda: db.query("users").paginate(num_items=number), InvalidArgument)


class TestSchemas:
    """Definitions that are wrong say so before anything is opened."""

    @pytest.mark.parametrize(
        "define",
        [
            lambda: define_schema({"_users": define_table({})}),
            lambda: define_schema({"1": define_table({})}),
            lambda: define_schema({"t": 5}),  # pyright: ignore[reportArgumentType]
            lambda: define_schema(5),  # pyright: ignore[reportArgumentType]
            lambda: define_table(5),  # pyright: ignore[reportArgumentType]
            lambda: define_table({"a": 5}),  # pyright: ignore[reportArgumentType]
            lambda: define_schema({"t": define_table({"a": v.any()}).index("_x", ["a"])}),
            lambda: define_schema({"t": define_table({"a": v.any()}).index("by_id", ["a"])}),
            lambda: define_schema({"t": define_table({"a": v.any()}).index("x", [])}),
            lambda: define_schema({"t": define_table({"a": v.any()}).index("x", ["b"])}),
            lambda: define_schema({"t": define_table({"a": v.any()}).index("x", ["_id"])}),
            lambda: define_schema({"t": define_table({"a": v.any()}).index("x", ["a", "a"])}),
        ],
    )
    def test_they_are_schema_errors(self, define: Callable[[], object]):
        """Each with its own sentence."""
        refused(define, SchemaError)

    def test_a_reference_to_a_table_that_is_not_there(self):
        """v.id names a table of the schema."""
        refused(
            lambda: define_schema({"t": define_table({"a": v.id("nowhere")})}),
            UnknownTable,
            table="nowhere",
        )

    @pytest.mark.parametrize("schema", [5, "x", {}, {"users": {}}, object(), Mute(), Ambiguous()])
    def test_what_is_no_schema_opens_nothing(self, path: str, schema: Any):
        """And creates no file."""
        refused(lambda: docdb.open(path, schema), InvalidArgument)
        assert not Path(path).exists()
