"""Documents of one table may have any fields: shapes are found, kept and used up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import docdb
from docdb import (
    Database,
    InvalidDocument,
)
from docdb.tables import table
from tests.databases import OpenDatabase
from tests.tables.users import fields


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

    def test_a_shape_costs_nothing_until_a_document_has_it(
        self, path: str, monkeypatch: pytest.MonkeyPatch
    ):
        """Opening a file compiles no shape, and reading compiles each that is read once."""
        with docdb.open(path, durability="unsafe") as db:
            ids = db.insert_many("t", [{f"f{n}": n} for n in range(9)] * 2)
        compiled: list[object] = []
        original = table.compile_maker
        monkeypatch.setattr(
            table, "compile_maker", lambda names: compiled.append(names) or original(names)
        )

        with docdb.open(path, durability="unsafe") as db:
            assert compiled == []
            assert fields(db.get(ids[3])) == fields(db.get(ids[12])) == {"f3": 3}
            assert [fields(row) for row in db.get_many([ids[4], ids[13]])] == [{"f4": 4}] * 2

        assert compiled == [("f3",), ("f4",)]

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
    return {name: value for name, value in document.items() if name not in ("_id", "_creationTime")}
