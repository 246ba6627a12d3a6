"""
Insert, patch, replace and delete: what each does, refuses, and leaves alone.

The length of this file: four verbs, each with its own rules.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest

from docdb import (
    UNSET,
    Database,
    DocdbError,
    DocumentNotFound,
    Int64,
    InvalidDocument,
    ValidationError,
)
from tests.databases import store_version, whole_store
from tests.model.order import frozen
from tests.tables.users import Name, fields


class Color(StrEnum):
    """A string of another type."""

    RED = "red"


class Level(IntEnum):
    """A number of another type."""

    HIGH = 3


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
        read: Any = db.get(id)
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

    def test_what_makes_many_documents_may_use_the_database(self, users: Database):
        """They are made before anything is written, and nobody waits meanwhile."""
        first = users.insert("users", {"name": "a"})

        def made() -> Iterator[dict[str, Any]]:
            for name in "bc":
                known = users.get(users.insert("users", {"name": name}))
                assert known is not None
                yield {"name": f"{known['name']} of {first}"}

        users.insert_many("users", made())

        names = [row["name"] for row in users.query("users").collect()]
        assert names == ["a", "b", "c", f"b of {first}", f"c of {first}"]

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
