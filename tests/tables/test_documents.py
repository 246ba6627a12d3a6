"""Finding documents: ids, what they lead to, and tables that are insisted on."""

from collections.abc import Callable
from typing import Any, cast

import pytest

import docdb
from docdb import (
    Database,
    DocumentNotFound,
    InvalidArgument,
    InvalidId,
    TableMismatch,
)
from tests.tables.users import Name, fields


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

    def test_many_may_be_of_several_tables(self, db: Database):
        """What is looked up together need not lie together."""
        ids = [db.insert("t" if n % 3 else "u", {"n": n}) for n in range(9)]

        for some in (ids, ids[:1], ids[1:3], []):
            assert db.get_many(some) == [db.get(id) for id in some]

    def test_each_of_many_is_the_callers_own(self, db: Database):
        """A document that is asked for twice is two."""
        id = db.insert("t", {"tags": []})

        first, second = cast("list[Any]", db.get_many([id, id]))

        assert first == second
        first["tags"].append("x")
        assert second["tags"] == []

    def test_one_of_many_may_be_no_id(self, db: Database):
        """It is refused as it would be alone."""
        id = db.insert("t", {})

        for bad in ("0" * 32, id[:-1] + ("0" if id[-1] != "0" else "1"), "", None):
            with pytest.raises(InvalidId):
                db.get_many([id, bad])

    def test_of_many_the_systems_are_refused(self, db: Database):
        """They are read elsewhere, also where they come first."""
        id = db.insert("t", {})
        own = db.system.query("_tables").first()["_id"]

        for ids in ([own, id], [id, own], [own]):
            with pytest.raises(InvalidArgument, match="_tables"):
                db.get_many(ids)

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
