"""Unique keys, defaults, stamps and conditions: what the schema declares holds on every write."""

from itertools import count
from typing import Any

import pytest

import docdb
from docdb import (
    Database,
    Int64,
    SchemaMismatch,
    UniqueViolation,
    UnknownIndex,
    ValidationError,
    define_schema,
    define_table,
    v,
)
from tests.databases import OpenDatabase

SCHEMA = define_schema(
    {
        "users": define_table({"email": v.any(), "name": v.optional(v.any()), "n": v.any()})
        .index("by_email", ["email"], unique=True)
        .index("by_name_n", ["name", "n"], unique=True)
    }
)


@pytest.fixture(name="users")
def users_database(open_database: OpenDatabase) -> Database:
    return open_database(SCHEMA)


class TestUniqueIndexes:
    """No two documents of a table have the same key."""

    def test_a_taken_key_is_refused_with_who_has_it(self, users: Database):
        """Table, index, key and the row that is there."""
        ada = users.insert("users", {"email": "a", "n": 1})

        with pytest.raises(UniqueViolation) as refused:
            users.insert("users", {"email": "a", "n": 2})

        assert refused.value.table == "users"
        assert refused.value.index == "by_email"
        assert refused.value.key == ("a",)
        assert refused.value.existing == ada
        assert users.query("users").count() == 1

    @pytest.mark.parametrize(("one", "other"), [(1, 1.0), (b"x", b"x"), ([1, "a"], [1.0, "a"])])
    def test_equal_values_are_one_key(self, users: Database, one: Any, other: Any):
        """Equal in the total order, however they are spelled."""
        users.insert("users", {"email": one, "n": 1})

        with pytest.raises(UniqueViolation):
            users.insert("users", {"email": other, "n": 2})

    @pytest.mark.parametrize(
        ("one", "other"), [(1, Int64(1)), (0.0, -0.0), ("a", "a\0"), ("x" * 600, "x" * 601)]
    )
    def test_different_values_are_two_keys(self, users: Database, one: Any, other: Any):
        """Also where they differ behind what a key of the store can hold."""
        users.insert("users", {"email": one, "n": 1})
        users.insert("users", {"email": other, "n": 2})

        assert users.query("users").count() == 2

    @pytest.mark.parametrize("name", [{}, {"name": None}])
    def test_rows_with_an_absent_or_null_field_never_collide(
        self, users: Database, name: dict[str, None]
    ):
        """They have no key."""
        users.insert("users", {"email": "a", "n": 1, **name})
        users.insert("users", {"email": "b", "n": 1, **name})

        assert users.query("users").count() == 2

    def test_a_compound_key_needs_all_its_fields_to_collide(self, users: Database):
        """One of two fields may be shared."""
        users.insert("users", {"email": "a", "name": "x", "n": 1})
        users.insert("users", {"email": "b", "name": "x", "n": 2})

        with pytest.raises(UniqueViolation):
            users.insert("users", {"email": "c", "name": "x", "n": 1})

    @pytest.mark.parametrize("verb", ["patch", "replace"])
    def test_a_change_into_a_taken_key_is_refused(self, users: Database, verb: str):
        """Nothing of it remains."""
        users.insert("users", {"email": "a", "n": 1})
        other = users.insert("users", {"email": "b", "n": 2})

        with pytest.raises(UniqueViolation):
            getattr(users, verb)(other, {"email": "a", "n": 3})

        stored = users.get(other)
        assert stored is not None
        assert (stored["email"], stored["n"]) == ("b", 2)

    def test_a_document_may_be_rewritten_under_its_own_key(self, users: Database):
        """It does not collide with itself."""
        id = users.insert("users", {"email": "a", "n": 1})

        users.patch(id, {"n": 2})
        users.replace(id, {"email": "a", "n": 3})

        stored = users.get(id)
        assert stored is not None
        assert stored["n"] == 3

    def test_a_key_that_was_given_up_is_free(self, users: Database):
        """By a patch, by a delete, and inside the same transaction."""
        first = users.insert("users", {"email": "a", "n": 1})
        with users.write() as tx:
            tx.patch(first, {"email": "b"})
            second = tx.insert("users", {"email": "a", "n": 2})
            tx.delete(second)
            tx.insert("users", {"email": "a", "n": 3})

        assert users.query("users").count() == 2

    def test_two_of_a_batch_collide_and_none_is_inserted(self, users: Database):
        """insert_many is all or none."""
        with pytest.raises(UniqueViolation):
            users.insert_many("users", [{"email": "a", "n": 1}, {"email": "a", "n": 2}])

        assert users.query("users").count() == 0

    def test_an_undone_savepoint_gives_its_keys_back(self, users: Database):
        """And takes those that it gave up."""
        first = users.insert("users", {"email": "a", "n": 1})
        with users.write() as tx:
            with pytest.raises(ZeroDivisionError), tx.nested():
                tx.delete(first)
                tx.insert("users", {"email": "b", "n": 2})
                raise ZeroDivisionError
            tx.insert("users", {"email": "b", "n": 3})
            with pytest.raises(UniqueViolation):
                tx.insert("users", {"email": "a", "n": 4})

        assert users.query("users").count() == 2

    def test_existing_duplicates_refuse_the_schema(self, open_database: OpenDatabase, place: str):
        """Both rows are named, and nothing is changed."""
        if place == ":memory:":
            pytest.skip("a database in memory has one schema")
        with open_database() as db:
            ids = db.insert_many("users", [{"email": "a", "n": 1}, {"email": "a", "n": 2}])

        with pytest.raises(SchemaMismatch) as refused:
            docdb.open(place, SCHEMA, durability="unsafe")

        assert refused.value.id == ids[1]
        assert ids[0] in refused.value.message

    def test_a_unique_index_over_existing_rows_knows_them(
        self, open_database: OpenDatabase, place: str
    ):
        """Back-filled like any other."""
        if place == ":memory:":
            pytest.skip("a database in memory has one schema")
        with open_database() as db:
            db.insert_many("users", [{"email": n, "n": n} for n in range(50)])

        with docdb.open(place, SCHEMA, durability="unsafe") as db:
            with pytest.raises(UniqueViolation):
                db.insert("users", {"email": 7, "n": 1})
            assert db.check() == []


class TestUpsert:
    """Inserts that look first."""

    def test_upsert_inserts_then_patches(self, users: Database):
        """The same id both times."""
        with users.write() as tx:
            first = tx.upsert("users", {"email": "a", "n": 1, "name": "x"}, by="by_email")
            second = tx.upsert("users", {"email": "a", "n": 2}, by="by_email")
            stored = tx.get(first)

        assert first == second
        assert stored is not None
        assert (stored["n"], stored["name"]) == (2, "x")

    def test_insert_or_get_leaves_what_is_there(self, users: Database):
        """It only says who it is."""
        with users.write() as tx:
            first = tx.insert_or_get("users", {"email": "a", "n": 1}, by="by_email")
            second = tx.insert_or_get("users", {"email": "a", "n": 2}, by="by_email")
            stored = tx.get(first)

        assert first == second
        assert stored is not None
        assert stored["n"] == 1

    def test_an_index_that_is_not_unique_cannot_say_which(self, users: Database):
        """The unique ones are offered."""
        with users.write() as tx, pytest.raises(UnknownIndex) as refused:
            tx.upsert("users", {"email": "a", "n": 1}, by="by_mail")

        assert "by_email" in refused.value.hint


class TestRules:
    """What is filled in, and what is demanded of a whole document."""

    def test_defaults_are_filled_in_before_the_check(self, open_database: OpenDatabase):
        """A value, a function, and one inside an object that is there."""
        numbers = count(1)
        table = define_table(
            {
                "a": v.number(default=0),
                "b": v.number(default=lambda: next(numbers)),
                "c": v.optional(v.object({"d": v.string(default="x"), "e": v.number()})),
            }
        )
        db = open_database(define_schema({"t": table}))

        found = [db.get(db.insert("t", each)) for each in ({}, {"b": 9}, {"c": {"e": 1}})]

        shown = [{k: r[k] for k in r if k[0] != "_"} for r in found if r is not None]
        assert shown == [
            {"a": 0, "b": 1},
            {"a": 0, "b": 9},
            {"a": 0, "b": 2, "c": {"d": "x", "e": 1}},
        ]

    def test_a_patch_fills_in_nothing(self, open_database: OpenDatabase):
        """A required field that is taken away is missing, default or not."""
        db = open_database(define_schema({"t": define_table({"a": v.number(default=0)})}))
        id = db.insert("t", {})

        with pytest.raises(ValidationError):
            db.patch(id, {"a": docdb.UNSET})

    def test_stamps_are_kept_by_the_engine(self, open_database: OpenDatabase):
        """The one once, the other on every change."""
        table = define_table({"n": v.number(), "c": v.number(), "u": v.number()})
        now = [1000.0]
        schema = define_schema({"t": table.created_at("c").updated_at("u")})
        db = open_database(schema, clock=lambda: now[0])
        id = db.insert("t", {"n": 1})
        now[0] = 2000.0
        db.patch(id, {"n": 1})
        unchanged = db.get(id)
        db.patch(id, {"n": 2})
        changed = db.get(id)

        assert unchanged is not None
        assert changed is not None
        assert (unchanged["c"], unchanged["u"]) == (1000.0, 1000.0)
        assert (changed["c"], changed["u"]) == (1000.0, 2000.0)

    @pytest.mark.parametrize("verb", ["insert", "patch", "replace"])
    def test_a_condition_over_several_fields_is_demanded(
        self, open_database: OpenDatabase, verb: str
    ):
        """The error names the rule."""
        table = define_table({"low": v.number(), "high": v.number()}).check("in order", in_order)
        db = open_database(define_schema({"t": table}))
        id = db.insert("t", {"low": 1, "high": 2})
        first = "t" if verb == "insert" else id

        with pytest.raises(ValidationError) as refused:
            getattr(db, verb)(first, {"low": 5, "high": 4})

        assert "in order" in refused.value.expected


def in_order(document: dict[str, Any]) -> bool:
    """The condition of the test above."""
    return document["low"] <= document["high"]
