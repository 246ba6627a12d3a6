"""What may become a document: the order of the checks, and the limits."""

from typing import Any

import pytest

from docdb import (
    Database,
    DocdbError,
    DocumentNotFound,
    InvalidDocument,
    InvalidId,
    TableMismatch,
    UnknownTable,
    ValidationError,
    limits,
)
from tests.databases import whole_store
from tests.tables.users import fields, nested

# A document of one field "a" whose string has so many characters is exactly as large as allowed:
# 2 for the object, 2 for the name, 2 for the string, 38 for _id and 23 for _creationTime.
LARGEST_TEXT = limits.DOCUMENT_BYTES_MAX - 2 - 2 - 2 - 38 - 23


class TestOrderOfChecks:
    """The first thing that is wrong is the one that is named."""

    @pytest.mark.parametrize("operation", ["patch", "replace"])
    @pytest.mark.parametrize(
        ("which", "value", "table", "error"),
        [
            ("malformed", {"$": 1}, "other", InvalidId),
            ("deleted", {"$": 1}, "other", TableMismatch),
            ("deleted", {"$": 1}, "users", InvalidDocument),
            ("deleted", {"a": nested(70)}, None, InvalidDocument),
            ("deleted", {"a": nested(20)}, None, DocumentNotFound),
            ("deleted", {"_id": "x", "name": 1}, None, DocumentNotFound),
            ("there", {"_id": "x", "name": 1}, None, InvalidDocument),
            ("there", {"_x": "x", "name": 1}, None, InvalidDocument),
            ("there", {"more": nested(20), "name": 1}, None, InvalidDocument),
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
        ("value", "exists"),
        [
            ({"a": object()}, False),
            ({"a": nested(70)}, False),
            ({"a": nested(20)}, True),
            ({"_x": 1}, True),
        ],
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
