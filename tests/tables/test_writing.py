"""Insert, patch, replace and delete: what each does, refuses, and leaves alone."""

import math
from collections import OrderedDict
from collections.abc import Callable
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import docdb
from docdb import (
    UNSET,
    Database,
    DocdbError,
    DocumentNotFound,
    Int64,
    InvalidArgument,
    InvalidDocument,
    InvalidId,
    TableMismatch,
    UnknownTable,
    ValidationError,
    define_schema,
    define_table,
    limits,
    v,
)
from tests.databases import OpenDatabase, store_version, whole_store
from tests.model.order import frozen

SCHEMA = define_schema(
    {
        "users": define_table(
            {
                "name": v.string(),
                "age": v.optional(v.number()),
                "tags": v.optional(v.array(v.string())),
                "more": v.optional(v.any()),
            }
        )
        .index("by_name", ["name"])
        .index("by_age_name", ["age", "name"]),
    }
)
# A document of one field "a" whose string has so many characters is exactly as large as allowed:
# 2 for the object, 2 for the name, 2 for the string, 38 for _id and 23 for _creationTime.
LARGEST_TEXT = limits.DOCUMENT_BYTES_MAX - 2 - 2 - 2 - 38 - 23


class Color(StrEnum):
    """A string of another type."""

    RED = "red"


class Level(IntEnum):
    """A number of another type."""

    HIGH = 3


class Name(str):
    """A string that is called otherwise."""

    __slots__ = ()


@pytest.fixture(name="users")
def database_with_users(open_database: OpenDatabase) -> Database:
    """A database whose table users is validated and has two indexes."""
    return open_database(SCHEMA)


def nested(levels: int) -> Any:
    """Return arrays in arrays, so many levels of them."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def fields(document: Any) -> dict[str, Any]:
    """Return a document without its system fields."""
    return {name: value for name, value in document.items() if name[:1] != "_"}


class TestInsert:
    """What goes in comes out."""

    def test_a_document_comes_back_with_its_system_fields(self, db: Database):
        """The id and the creation time come first, then the fields in a stable order."""
        id = db.insert("notes", {"text": "hello"})
        document = db.get(id)

        assert document is not None
        assert list(document) == ["_id", "_creationTime", "text"]
        assert document["_id"] == id
        assert type(document["_creationTime"]) is float

    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            False,
            0,
            -0.0,
            1,
            1.0,
            -1.5,
            2**53,
            -(2**53),
            math.inf,
            -math.inf,
            math.nan,
            5e-324,
            Int64(0),
            Int64(-(2**63)),
            Int64(2**63 - 1),
            "",
            "a\x00b",
            "é😀\uffff",
            b"",
            b"\x00\xff",
            [],
            [1, [None, {"a": []}]],
            {},
            {"": 1, "a b": 2, "a.b": 3, "_x": 4, "~": 5},
        ],
        ids=repr,
    )
    def test_every_value_keeps_its_kind_and_spelling(self, db: Database, value: Any):
        """1 stays 1, 1.0 stays 1.0, and an Int64 stays one."""
        document = db.get(db.insert("t", {"value": value, "in": [value]}))

        assert document is not None
        assert frozen(document["value"]) == frozen(value)
        assert frozen(document["in"]) == frozen([value])

    @pytest.mark.parametrize(
        ("given", "stored"),
        [
            ((1, (2,)), [1, [2]]),
            (bytearray(b"x"), b"x"),
            (memoryview(b"x"), b"x"),
            (OrderedDict(a=1), {"a": 1}),
            (MappingProxyType({"a": (1,)}), {"a": [1]}),
            (Color.RED, "red"),
            (Level.HIGH, 3),
            (Name("x"), "x"),
            ({Name("a"): 1}, {"a": 1}),
            ({"a": UNSET, "b": {"c": UNSET}}, {"b": {}}),
        ],
        ids=range(10),
    )
    def test_other_python_types_are_stored_as_their_kind(
        self, db: Database, given: Any, stored: Any
    ):
        """What stands for a value is brought into plain form."""
        document = db.get(db.insert("t", {"value": given}))

        assert document is not None
        assert frozen(document["value"]) == frozen(stored)

    @pytest.mark.parametrize(
        "document",
        [
            OrderedDict(name="Ada"),
            MappingProxyType({"name": "Ada"}),
            {Name("name"): "Ada"},
            {"name": Name("Ada")},
            {"name": "Ada", "age": UNSET},
        ],
    )
    def test_a_validated_table_takes_the_same_types(self, users: Database, document: Any):
        """The schema is asked about the plain form."""
        stored = users.get(users.insert("users", document))

        assert stored is not None
        assert frozen(fields(stored)) == frozen({"name": "Ada"})
        assert users.query("users").with_index("by_name", name="Ada").count() == 1

    def test_a_document_is_copied(self, db: Database):
        """What the caller changes afterwards is the caller's alone."""
        document = {"list": [1]}
        id = db.insert("t", document)
        document["list"].append(2)
        read = db.get(id)
        assert read is not None
        read["list"].append(3)

        assert fields(db.get(id)) == {"list": [1]}
        assert document == {"list": [1, 2]}

    @pytest.mark.parametrize("name", ["_id", "_creationTime", "_x", "_"])
    def test_system_fields_are_not_given(self, db: Database, name: str):
        """The database gives them."""
        with pytest.raises(InvalidDocument) as caught:
            db.insert("t", {"a": 1, name: 1})

        assert (caught.value.table, caught.value.path) == ("t", name)

    def test_a_document_of_another_shape_of_mapping_is_refused(self, db: Database):
        """A document is a mapping."""
        for wrong in (None, 1, "x", [("a", 1)], {"a"}, object()):
            with pytest.raises(InvalidDocument):
                db.insert("t", wrong)  # pyright: ignore[reportArgumentType]

    def test_validation_names_what_is_wrong(self, users: Database):
        """Table, path, expectation and finding."""
        with pytest.raises(ValidationError) as caught:
            users.insert("users", {"name": "Ada", "tags": ["x", 1]})

        assert (caught.value.table, caught.value.path) == ("users", "tags[1]")
        assert "string" in caught.value.expected
        assert users.query("users").count() == 0

    def test_ids_are_those_of_the_table(self, db: Database):
        """A table recognises its own ids, there or not."""
        first, second = db.insert("one", {}), db.insert("two", {})
        db.delete(first)

        assert db.normalize_id("one", first) == first
        assert db.normalize_id("one", second) is None
        assert db.normalize_id("three", first) is None
        assert db.normalize_id("one", "nonsense") is None


class TestCreationTimes:
    """Times of creation only grow."""

    def test_they_grow_within_a_transaction(self, open_database: OpenDatabase):
        """A clock that stands still gives the next float each time."""
        db = open_database(clock=lambda: 1000.0)
        with db.write() as tx:
            ids = [tx.insert("t", {}), *tx.insert_many("t", [{}, {}]), tx.insert("u", {})]
            times = [tx.get(id)["_creationTime"] for id in ids]  # pyright: ignore[reportOptionalSubscript]

        assert times[1] == math.nextafter(times[0], math.inf)
        assert sorted(set(times)) == times

    def test_they_grow_when_the_clock_goes_back(self, open_database: OpenDatabase):
        """And across a restart."""
        readings = iter([5000.0] * 3 + [10.0] * 20)
        db = open_database(clock=lambda: next(readings))
        first = db.get(db.insert("t", {}))
        second = db.get(db.insert("t", {}))

        assert first is not None
        assert second is not None
        assert second["_creationTime"] > first["_creationTime"]

    def test_they_are_not_given_out_twice(self, open_database: OpenDatabase):
        """What an aborted transaction consumed is gone."""
        db = open_database(clock=lambda: 1000.0)
        tx = db.write()
        lost = tx.get(tx.insert("t", {}))
        tx.close()
        kept = db.get(db.insert("t", {}))

        assert lost is not None
        assert kept is not None
        assert kept["_creationTime"] > lost["_creationTime"]

    def test_they_grow_across_a_restart(self, path: str):
        """The file remembers the latest one."""
        with docdb.open(path, clock=lambda: 5000.0) as db:
            db.insert_many("t", [{}, {}])
        with docdb.open(path, clock=lambda: 10.0) as db:
            db.insert("t", {})
            times = [row["_creationTime"] for row in db.query("t")]

        assert sorted(set(times)) == times

    @pytest.mark.parametrize("reading", [-1.0, 0.0, 1e30, 5])
    def test_a_strange_clock_does_not_stop_the_database(
        self, open_database: OpenDatabase, reading: float
    ):
        """Documents are numbered on, whatever it says."""
        db = open_database(clock=lambda: reading)
        ids = db.insert_many("t", [{}, {}])

        assert db.query("t").ids() == ids
        assert db.get_many(ids) == db.query("t").collect()

    def test_a_seed_repeats_the_ids(self):
        """The same clock and seed make the same database."""
        ids = [
            docdb.open(":memory:", clock=lambda: 1e12, seed=7).insert_many("t", [{}, {}])
            for _ in range(2)
        ]

        assert ids[0] == ids[1]


class TestPatch:
    """A patch merges top-level fields."""

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"b": 2}, {"a": 1, "b": 2, "o": {"x": 1}}),
            ({"a": 2}, {"a": 2, "o": {"x": 1}}),
            ({"a": UNSET}, {"o": {"x": 1}}),
            ({"a": UNSET, "b": UNSET}, {"o": {"x": 1}}),
            ({"o": {"y": 2}}, {"a": 1, "o": {"y": 2}}),
            ({"o": {"x": UNSET}}, {"a": 1, "o": {}}),
            ({"a": None}, {"a": None, "o": {"x": 1}}),
            ({"a": Int64(1)}, {"a": Int64(1), "o": {"x": 1}}),
            ({"a": True}, {"a": True, "o": {"x": 1}}),
            ({}, {"a": 1, "o": {"x": 1}}),
            (MappingProxyType({"a": (2,)}), {"a": [2], "o": {"x": 1}}),
        ],
    )
    def test_fields_are_merged(self, db: Database, changes: Any, expected: Any):
        """Given fields replace, UNSET removes, the rest stays."""
        id = db.insert("t", {"a": 1, "o": {"x": 1}})
        before = db.get(id)

        db.patch(id, changes)

        after = db.get(id)
        assert before is not None
        assert after is not None
        assert frozen(fields(after)) == frozen(expected)
        assert after["_creationTime"] == before["_creationTime"]

    def test_indexes_follow(self, users: Database):
        """The document is found by its new values, and no longer by the old ones."""
        id = users.insert("users", {"name": "Ada", "age": 36})

        users.patch(id, {"name": "Grace", "age": UNSET})

        query = users.query("users")
        assert query.with_index("by_name", name="Ada").count() == 0
        assert query.with_index("by_name", name="Grace").ids() == [id]
        assert query.with_index("by_age_name", age=UNSET).ids() == [id]

    def test_the_whole_result_is_validated(self, users: Database):
        """Removing a required field is as wrong as leaving it out."""
        id = users.insert("users", {"name": "Ada"})

        with pytest.raises(ValidationError):
            users.patch(id, {"name": UNSET})
        assert fields(users.get(id)) == {"name": "Ada"}

    def test_system_fields_that_say_what_is_so_are_ignored(self, db: Database):
        """A document that was read can be passed back."""
        document = db.get(db.insert("t", {"a": 1}))
        assert document is not None

        db.patch(document["_id"], {**document, "a": 2})
        db.patch(document["_id"], {"_id": UNSET, "_creationTime": UNSET, "b": 3})

        assert db.get(document["_id"]) == {**document, "a": 2, "b": 3}

    @pytest.mark.parametrize(
        "changes", [{"_id": "x"}, {"_creationTime": 1.0}, {"_id": None}, {"_x": 1}, {"_x": None}]
    )
    def test_system_fields_do_not_change(self, db: Database, changes: Any):
        """What is not so is refused, and names its path."""
        id = db.insert("t", {"a": 1})

        with pytest.raises(InvalidDocument) as caught:
            db.patch(id, {"a": 2, **changes})
        assert caught.value.path == next(iter(changes))
        assert fields(db.get(id)) == {"a": 1}


class TestReplace:
    """A replace keeps the system's fields alone."""

    def test_every_other_field_is_replaced(self, db: Database):
        """What is not given is gone."""
        id = db.insert("t", {"a": 1, "b": 2})
        before = db.get(id)
        assert before is not None

        db.replace(id, {"c": 3, "d": UNSET})

        assert db.get(id) == {
            "_id": id,
            "_creationTime": before["_creationTime"],
            "c": 3,
        }

    def test_a_document_that_was_read_can_be_passed_back(self, db: Database):
        """Its system fields are what they are."""
        document = db.get(db.insert("t", {"a": 1}))
        assert document is not None

        db.replace(document["_id"], {**document, "a": 2})

        assert db.get(document["_id"]) == {**document, "a": 2}

    @pytest.mark.parametrize("field", [{"_id": "x"}, {"_creationTime": 1.0}, {"_x": 1}])
    def test_system_fields_do_not_change(self, db: Database, field: Any):
        """What is not so is refused."""
        id = db.insert("t", {"a": 1})

        with pytest.raises(InvalidDocument):
            db.replace(id, {"a": 2, **field})
        assert fields(db.get(id)) == {"a": 1}

    def test_indexes_follow(self, users: Database):
        """Entries are those of the new document."""
        id = users.insert("users", {"name": "Ada", "age": 36})

        users.replace(id, {"name": "Grace"})

        assert users.query("users").with_index("by_name").filter(True).ids() == [id]  # pyright: ignore[reportArgumentType]
        assert users.query("users").with_index("by_age_name", age=36).count() == 0


class TestDelete:
    """A deleted document is gone from everywhere."""

    def test_a_document_and_its_entries_are_gone(self, users: Database):
        """Reading gives None, scanning gives nothing."""
        id = users.insert("users", {"name": "Ada"})

        users.delete(id)

        assert users.get(id) is None
        assert users.query("users").count() == 0
        assert users.query("users").with_index("by_name").count() == 0

    def test_inserting_and_deleting_in_one_transaction_leaves_nothing(self, users: Database):
        """As if it had never been."""
        with users.write() as tx:
            tx.delete(tx.insert("users", {"name": "Ada"}))

        assert users.query("users").count() == 0

    @pytest.mark.parametrize(
        "write",
        [
            lambda tx, id: tx.patch(id, {}),
            lambda tx, id: tx.replace(id, {}),
            lambda tx, id: tx.delete(id),
        ],
    )
    def test_what_is_gone_cannot_be_written(self, db: Database, write: Callable[[Any, str], None]):
        """Twice in one transaction, or later."""
        id = db.insert("t", {})
        with db.write() as tx:
            tx.delete(id)
            with pytest.raises(DocumentNotFound):
                write(tx, id)
        with pytest.raises(DocumentNotFound) as caught:
            write(db, id)

        assert caught.value.id == id


class TestNothingToDo:
    """A write that changes nothing writes nothing."""

    @pytest.mark.parametrize(
        "write",
        [
            lambda db, id: db.patch(id, {}),
            lambda db, id: db.patch(id, {"name": "Ada"}),
            lambda db, id: db.patch(id, {"age": 36.0, "tags": ("x",)}),
            lambda db, id: db.patch(id, {"more": UNSET}),
            lambda db, id: db.patch(id, {"_id": id}),
            lambda db, id: db.patch(id, dict(db.get(id))),
            lambda db, id: db.replace(id, {"name": "Ada", "age": 36.0, "tags": ["x"]}),
            lambda db, id: db.replace(id, {"tags": ["x"], "age": 36, "name": "Ada"}),
            lambda db, id: db.replace(id, dict(db.get(id))),
            lambda db, id: db.insert_many("users", []),
            lambda db, id: db.insert_many("never_seen", []),
            lambda db, id: db.write().__exit__(None, None, None),
        ],
    )
    def test_the_store_does_not_move(self, users: Database, write: Callable[[Any, str], object]):
        """No commit is made, and the first spelling of a number stays."""
        id = users.insert("users", {"name": "Ada", "age": 36, "tags": ["x"]})
        before, version = whole_store(users), store_version(users)

        write(users, id)

        assert store_version(users) == version
        assert whole_store(users) == before

    @pytest.mark.parametrize(
        ("old", "new"),
        [(0.0, -0.0), (1, Int64(1)), (1, True), ("1", 1), (None, UNSET), ([1], [1, 1]), ({}, [])],
    )
    def test_what_differs_in_the_total_order_is_written(self, db: Database, old: Any, new: Any):
        """Only equal values are the same."""
        id = db.insert("t", {"a": old})

        db.patch(id, {"a": new})

        document = db.get(id)
        assert document is not None
        assert frozen(document.get("a", "gone")) == frozen("gone" if new is UNSET else new)


class TestOrderOfChecks:
    """The first thing that is wrong is the one that is named."""

    @pytest.mark.parametrize("operation", ["patch", "replace"])
    @pytest.mark.parametrize(
        ("which", "value", "table", "error"),
        [
            ("malformed", {"$": 1}, "other", InvalidId),
            ("deleted", {"$": 1}, "other", TableMismatch),
            ("deleted", {"$": 1}, "users", InvalidDocument),
            ("deleted", {"a": nested(20)}, None, InvalidDocument),
            ("deleted", {"_id": "x", "name": 1}, None, DocumentNotFound),
            ("there", {"_id": "x", "name": 1}, None, InvalidDocument),
            ("there", {"_x": "x", "name": 1}, None, InvalidDocument),
            ("there", {"name": 1, "more": "x" * 2**20}, None, ValidationError),
            ("there", {"name": "x", "more": "x" * 2**20}, None, InvalidDocument),
        ],
    )
    def test_of_patch_and_replace(
        self,
        users: Database,
        operation: str,
        which: str,
        value: Any,
        table: str | None,
        error: type[DocdbError],
    ):
        """Id, table, values, existence, system fields, schema, size."""
        ids = {"malformed": "x" * 32, "deleted": users.insert("users", {"name": "gone"})}
        users.delete(ids["deleted"])
        ids["there"] = users.insert("users", {"name": "Ada"})
        before = whole_store(users)

        with pytest.raises(DocdbError) as caught:
            getattr(users, operation)(ids[which], value, table=table)

        assert type(caught.value) is error
        assert whole_store(users) == before

    @pytest.mark.parametrize(
        ("table", "value", "error"),
        [
            ("_tables", {"a": object()}, InvalidDocument),
            ("1a", {"a": object()}, InvalidDocument),
            ("1a", {"_x": 1}, UnknownTable),
            ("_tables", {}, UnknownTable),
            ("users", {"_x": 1, "name": 1}, InvalidDocument),
            ("users", {"name": 1, "more": "x" * 2**20}, ValidationError),
            ("users", {"name": "x", "more": "x" * 2**20}, InvalidDocument),
        ],
    )
    def test_of_insert(self, users: Database, table: str, value: Any, error: type[DocdbError]):
        """Values, table, system fields, schema, size."""
        with pytest.raises(DocdbError) as caught:
            users.insert(table, value)

        assert type(caught.value) is error

    @pytest.mark.parametrize(
        ("value", "exists"), [({"a": object()}, False), ({"a": nested(20)}, False), ({"_x": 1}, True)]
    )
    def test_a_table_is_created_once_its_values_could_be_stored(
        self, db: Database, value: Any, exists: bool
    ):
        """It stays, as in Convex, when the document is refused later."""
        with db.write() as tx:
            with pytest.raises(InvalidDocument):
                tx.insert("fresh", value)
            names = [row["name"] for row in tx.system.query("_tables")]

        assert ("fresh" in names) == exists


class TestFailures:
    """An operation that fails leaves no trace of itself, and the transaction goes on."""

    def test_a_transaction_goes_on_after_an_error(self, users: Database):
        """What was written before and after is committed."""
        with users.write() as tx:
            first = tx.insert("users", {"name": "Ada"})
            for wrong in ({"name": 1}, {"name": "x", "more": "x" * 2**20}, {"_id": 1}):
                with pytest.raises(DocdbError):
                    tx.insert("users", wrong)
                with pytest.raises(DocdbError):
                    tx.patch(first, wrong)
                with pytest.raises(DocdbError):
                    tx.replace(first, wrong)
            second = tx.insert("users", {"name": "Grace"})

        assert users.query("users").ids() == [first, second]
        assert fields(users.get(first)) == {"name": "Ada"}

    @pytest.mark.parametrize("position", [0, 1, 2])
    @pytest.mark.parametrize("wrong", [{"name": 1}, {"_x": 1}, 5, {"name": object()}])
    def test_many_inserts_are_all_or_none(self, users: Database, position: int, wrong: Any):
        """Wherever the wrong document stands."""
        documents: list[Any] = [{"name": "Ada"}, {"name": "Grace"}]
        documents.insert(position, wrong)

        with users.write() as tx:
            with pytest.raises(DocdbError):
                tx.insert_many("users", documents)
            assert tx.query("users").count() == 0
            assert tx.query("users").with_index("by_name").count() == 0
        assert users.query("users").count() == 0

    def test_many_inserts_return_their_ids_in_order(self, users: Database):
        """The first id is that of the first document."""
        ids = users.insert_many("users", ({"name": name} for name in "abc"))

        assert [row and row["name"] for row in users.get_many(ids)] == ["a", "b", "c"]

    def test_an_error_of_the_users_own_iterable_is_the_users(self, users: Database):
        """Nothing of it is inserted."""

        def documents():
            yield {"name": "Ada"}
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            users.insert_many("users", documents())
        assert users.query("users").count() == 0


class TestTableArgument:
    """Who names the table insists on it."""

    @pytest.mark.parametrize(
        "use",
        [
            lambda db, id: db.get(id, table="other"),
            lambda db, id: db.patch(id, {}, table="other"),
            lambda db, id: db.replace(id, {}, table="other"),
            lambda db, id: db.delete(id, table="other"),
            lambda db, id: db.get(id, table="never_seen"),
            lambda db, id: db.delete(id, table="_storage"),
        ],
    )
    @pytest.mark.parametrize("is_deleted", [False, True])
    def test_an_id_of_another_table_is_refused(
        self, db: Database, use: Callable[[Database, str], object], is_deleted: bool
    ):
        """Whether or not the document is there."""
        db.insert("other", {})
        id = db.insert("mine", {"a": 1})
        if is_deleted:
            db.delete(id)

        with pytest.raises(TableMismatch) as caught:
            use(db, id)
        assert (caught.value.id, caught.value.table) == (id, "mine")

    def test_the_right_table_is_no_difference(self, db: Database):
        """All four take it."""
        id = db.insert("mine", {"a": 1})
        db.patch(id, {"a": 2}, table="mine")
        db.replace(id, {"a": 3}, table="mine")

        assert fields(db.get(id, table="mine")) == {"a": 3}
        db.delete(id, table="mine")
        assert db.get(id, table="mine") is None


class TestIds:
    """What an id is, and what it leads to."""

    def test_an_id_of_nothing_is_none(self, db: Database):
        """A sound id of a table or document that is not there is no error."""
        known = db.insert("t", {})
        db.delete(known)
        elsewhere = docdb.open(":memory:")
        elsewhere.insert("a", {})
        unknown_table = elsewhere.insert("b", {})

        assert db.get(known) is None
        assert db.get(unknown_table) is None
        assert db.get_many([known, unknown_table, known]) == [None, None, None]
        with pytest.raises(DocumentNotFound):
            db.patch(unknown_table, {})

    def test_many_come_in_their_order(self, db: Database):
        """Again and again, with None in between."""
        a, b = db.insert_many("t", [{"n": 1}, {"n": 2}])
        db.delete(b)

        assert [row and row["n"] for row in db.get_many(iter([a, b, a]))] == [1, None, 1]

    @pytest.mark.parametrize("position", [0, 3, 15, 30, 31])
    def test_a_changed_character_is_noticed(self, db: Database, position: int):
        """The check digits protect the whole id."""
        id = db.insert("t", {})
        changed = "0" if id[position] != "0" else "1"

        with pytest.raises(InvalidId) as caught:
            db.get(id[:position] + changed + id[position + 1 :])
        assert caught.value.id != id

    @pytest.mark.parametrize(
        "id", ["", "x", "é" * 32, "J57" + "0" * 29, "0" * 32, None, 5, b"x" * 32, [], {}, object()]
    )
    @pytest.mark.parametrize("verb", ["get", "patch", "replace", "delete"])
    def test_what_is_no_id_is_refused(self, db: Database, verb: str, id: Any):
        """Everywhere, with the same error."""
        arguments = [id] if verb in ("get", "delete") else [id, {}]

        with pytest.raises(InvalidId):
            getattr(db, verb)(*arguments)

    def test_a_subclass_of_str_is_an_id_too(self, db: Database):
        """It is the text that counts."""
        id = db.insert("t", {"a": 1})
        db.patch(Name(id), {"a": 2})

        assert fields(db.get(Name(id))) == {"a": 2}

    def test_the_systems_documents_are_read_elsewhere(self, db: Database):
        """The error says where, both ways."""
        id = db.insert("t", {})
        own = db.system.query("_tables").ids()[0]

        with pytest.raises(InvalidArgument):
            db.get(own)
        with pytest.raises(InvalidArgument):
            db.patch(own, {"name": "x"})
        with pytest.raises(InvalidArgument):
            db.delete(own)
        with pytest.raises(InvalidArgument):
            db.system.get(id)
        row = db.system.get(own)
        assert row is not None
        assert row["name"] == "t"


class TestLimits:
    """At the limit everything works, one beyond it nothing changes."""

    @pytest.mark.parametrize("more", [0, 1])
    @pytest.mark.parametrize("verb", ["insert", "patch", "replace"])
    def test_the_size_of_a_document(self, db: Database, verb: str, more: int):
        """A mebibyte, system fields counted."""
        id = db.insert("t", {"a": ""})
        document = {"a": "x" * (LARGEST_TEXT + more)}
        arguments = ["t", document] if verb == "insert" else [id, document]

        if not more:
            getattr(db, verb)(*arguments)
            assert db.query("t").filter(lambda q: q.field("a") == document["a"]).count() == 1
            return
        with pytest.raises(InvalidDocument) as caught:
            getattr(db, verb)(*arguments)
        assert caught.value.table == "t"
        assert db.query("t").filter(lambda q: q.field("a") != "").count() == 0

    @pytest.mark.parametrize(
        ("at_limit", "beyond"),
        [
            ({"a": nested(15)}, {"a": nested(16)}),
            ({"a": [1] * 8192}, {"a": [1] * 8193}),
            ({"a": {str(n): 1 for n in range(1024)}}, {"a": {str(n): 1 for n in range(1025)}}),
            ({f"f{n}": 1 for n in range(1022)}, {f"f{n}": 1 for n in range(1023)}),
            ({"x" * 1024: 1}, {"x" * 1025: 1}),
            ({"a": 2**53}, {"a": 2**53 + 1}),
            ({"a": -(2**53)}, {"a": -(2**53) - 1}),
            # Each small integer is one byte in a record and nine in Convex's size.
            ({f"f{m}": [0] * 8190 for m in range(14)}, {f"f{m}": [0] * 8190 for m in range(15)}),
        ],
        ids=["depth", "array", "object", "fields", "name", "integer", "negative", "counted"],
    )
    def test_values_of_a_document(self, db: Database, at_limit: Any, beyond: Any):
        """Depth, lengths, names and integers."""
        document = db.get(db.insert("t", at_limit))

        assert fields(document) == at_limit
        with pytest.raises(InvalidDocument):
            db.insert("t", beyond)
        assert db.query("t").count() == 1

    def test_a_patch_counts_the_fields_that_stay(self, db: Database):
        """The merged document has the limit."""
        id = db.insert("t", {f"f{n}": 1 for n in range(1022)})
        db.patch(id, {"f0": 2})

        with pytest.raises(InvalidDocument):
            db.patch(id, {"more": 1})
        assert len(db.get(id) or ()) == 1024

    def test_the_number_of_tables(self, db: Database, monkeypatch: pytest.MonkeyPatch):
        """One table more than the limit is not created."""
        monkeypatch.setattr(limits, "TABLES_MAX", 2)
        db.insert("one", {})
        db.insert("two", {})

        with pytest.raises(DocdbError):
            db.insert("three", {})
        assert [row["name"] for row in db.system.query("_tables")] == ["one", "two"]


class TestShapes:
    """Documents of one table may have any fields."""

    def test_more_shapes_than_a_table_can_have_are_no_problem(self, open_database: OpenDatabase):
        """Documents beyond the 256th shape describe themselves."""
        db = open_database()
        documents = [{f"f{n}": n, "all": n} for n in range(300)]
        ids = db.insert_many("t", documents)
        db.patch(ids[299], {"f0": 1})
        db.patch(ids[0], {"f299": 1})

        assert [fields(row) for row in db.get_many(ids[1:299])] == documents[1:299]
        assert fields(db.get(ids[299])) == {"f299": 299, "all": 299, "f0": 1}
        assert fields(db.get(ids[0])) == {"f0": 0, "all": 0, "f299": 1}

    def test_shapes_are_remembered_by_the_file(self, path: str):
        """Old and new documents are read after a restart."""
        documents = [{f"f{n}": n} for n in range(260)]
        with docdb.open(path, durability="unsafe") as db:
            ids = db.insert_many("t", documents)
        with docdb.open(path, durability="unsafe") as db:
            ids += db.insert_many("t", documents)

            assert [fields(row) for row in db.get_many(ids)] == documents * 2
            assert db.check() == []

    def test_shapes_of_an_aborted_transaction_are_forgotten(self, db: Database):
        """Their numbers are given to others without confusion."""
        tx = db.write()
        tx.insert("t", {"lost": 1})
        tx.close()
        id = db.insert("t", {"kept": 1})
        other = db.insert("t", {"lost": 2})

        assert [fields(row) for row in db.get_many([id, other])] == [{"kept": 1}, {"lost": 2}]

    def test_shapes_of_a_savepoint_survive_it(self, db: Database):
        """A rolled back document does not take its shape along."""
        with db.write() as tx:
            with pytest.raises(ZeroDivisionError), tx.nested():
                tx.insert("t", {"a": 1})
                raise ZeroDivisionError
            id = tx.insert("t", {"a": 2})

        assert fields(db.get(id)) == {"a": 2}

    @given(
        documents=st.lists(
            st.dictionaries(st.text("abc é.$_ ", max_size=3), st.integers(0, 3), max_size=4),
            max_size=8,
        )
    )
    def test_any_fields_in_any_order(self, documents: list[dict[str, int]]):
        """What can be stored comes back, what cannot is refused, one by one."""
        db = docdb.open(":memory:")
        stored = []
        for document in documents:
            try:
                stored.append((db.insert("t", document), document))
            except InvalidDocument:
                continue

        assert [fields_of(db.get(id)) for id, _ in stored] == [each for _, each in stored]
        assert all(not name.startswith(("$", "_")) for _, each in stored for name in each)
        assert all(name.isascii() for _, each in stored for name in each)


def fields_of(document: Any) -> dict[str, Any]:
    """Return a document without the two system fields, by name."""
    return {
        name: value for name, value in document.items() if name not in ("_id", "_creationTime")
    }
