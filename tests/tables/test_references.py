"""References: whoever is referred to is there when the transaction ends."""

from typing import Any

import pytest

import docdb
from docdb import Database, ReferenceViolation, SchemaMismatch, define_schema, define_table, v
from tests.databases import MEMORY, OpenDatabase
from tests.tables.referring import (  # noqa: F401 - fixtures are found by being here
    INDEXED,
    PEOPLE,
    TASKS,
    database_of_people,
    replaced,
    schema_of,
    somebody,
    somebody_else,
    somebody_gone,
)


class TestExistence:
    """Whoever is referred to is there when the transaction ends."""

    def test_an_insert_needs_its_target(self, db: Database, ann: str, gone: str):
        """The error names both ends, and nothing is left."""
        with pytest.raises(ReferenceViolation) as refused:
            db.insert("tasks", {"owner": ann, "helper": gone})

        error = refused.value
        assert (error.table, error.path) == ("tasks", "helper")
        assert (error.target_table, error.target) == ("people", gone)
        assert db.query("tasks").count() == 0

    @pytest.mark.parametrize("verb", ["patch", "replace"])
    def test_a_change_needs_its_target(self, db: Database, ann: str, gone: str, verb: str):
        """The document stays as it was."""
        task = db.insert("tasks", {"owner": ann})

        with pytest.raises(ReferenceViolation) as refused:
            getattr(db, verb)(task, {"owner": gone})

        assert refused.value.id == task
        assert db.get(task)["owner"] == ann  # pyright: ignore[reportOptionalSubscript]

    @pytest.mark.parametrize(
        ("document", "path"),
        [
            ({"members": ["GONE"]}, "members[0]"),
            ({"roles": {"GONE": "x"}}, 'roles["GONE"]'),
            ({"chiefs": {"a": "GONE"}}, 'chiefs["a"]'),
            ({"parts": [{"type": "person", "who": "GONE"}]}, "parts[0].who"),
            ({"lines": [{}, {"by": "GONE"}]}, "lines[1].by"),
            ({"either": "GONE"}, "either"),
        ],
    )
    def test_a_target_is_looked_for_wherever_it_stands(
        self, db: Database, gone: str, document: Any, path: str
    ):
        """In arrays, records and members of unions."""
        with pytest.raises(ReferenceViolation) as refused:
            db.insert("bags", replaced(document, gone))

        assert refused.value.path == path.replace("GONE", gone)

    def test_a_plain_member_of_a_union_refers_to_nobody(self, db: Database, gone: str):
        """The same text in another member is text."""
        db.insert("bags", {"parts": [{"type": "text", "who": gone}], "either": 5})

        assert db.query("bags").count() == 1

    @pytest.mark.parametrize("text", ["", "no id", "GONE", "TASK", "x" * 600])
    def test_a_text_must_be_the_id_of_a_document_of_its_table(
        self, db: Database, ann: str, gone: str, text: str
    ):
        """A rule over a string field asks more of it than its validator."""
        task = db.insert("tasks", {"owner": ann})
        to = text.replace("GONE", gone).replace("TASK", task)

        with pytest.raises(ReferenceViolation) as refused:
            db.insert("letters", {"to": to})

        assert refused.value.target == to

    def test_texts_in_an_array_are_references_too(self, db: Database, ann: str, gone: str):
        """Each element."""
        with pytest.raises(ReferenceViolation) as refused:
            db.insert("letters", {"to": ann, "cc": [ann, gone]})

        assert refused.value.path == "cc[1]"

    def test_a_cycle_can_be_built(self, db: Database, ann: str):
        """References are looked at when the transaction ends, not before."""
        with db.write() as tx:
            one = tx.insert("tasks", {"owner": ann})
            two = tx.insert("tasks", {"owner": ann, "parent": one})
            tx.patch(one, {"parent": two})

        db.delete(one)

        assert db.query("tasks").count() == 0

    def test_a_target_that_a_savepoint_took_away_is_missing(self, db: Database):
        """It had been seen before, in the savepoint that was undone."""
        ids: list[str] = []

        def undone(tx: docdb.Writer) -> None:
            with tx.nested():
                ids.append(tx.insert("people", {"name": "X"}))
                tx.insert("tasks", {"owner": ids[0]})
                raise ValueError("stop")

        with pytest.raises(ReferenceViolation), db.write() as tx:
            with pytest.raises(ValueError, match="stop"):
                undone(tx)
            tx.insert("tasks", {"owner": ids[0]})

    def test_a_dangling_document_may_be_mended_or_deleted(self, db: Database, ann: str, gone: str):
        """Only what is left at the end counts."""
        with db.write() as tx:
            mended = tx.insert("tasks", {"owner": gone})
            dropped = tx.insert("tasks", {"owner": gone})
            tx.patch(mended, {"owner": ann})
            tx.delete(dropped)

        assert db.query("tasks").ids() == [mended]

    def test_a_file_can_be_required(self, open_database: OpenDatabase):
        """Deleting a file does what its referrers ask for."""
        kept = v.optional(v.id("_storage", on_delete="set_null"))
        fields: dict[str, Any] = {"file": v.id("_storage", on_delete="cascade"), "icon": kept}
        db = open_database(define_schema({"t": define_table(fields)}))
        one, two = db.storage.store(b"1"), db.storage.store(b"2")
        db.insert("t", {"file": one})
        db.insert("t", {"file": two, "icon": one})

        db.storage.delete(one)

        assert [set(row) for row in db.query("t")] == [{"_id", "_creationTime", "file"}]
        with pytest.raises(ReferenceViolation):
            db.insert("t", {"file": one})


class TestSchemas:
    """A schema that brings references is applied to what is there."""

    PLAIN = define_schema({"people": PEOPLE, "t": define_table({"m": v.array(v.id("people"))})})
    STRICT = define_schema(
        {
            "people": PEOPLE,
            "t": define_table({"m": v.array(v.id("people", on_delete="set_null"))}),
        }
    )

    @pytest.fixture(name="file")
    def path_of_file(self, place: str) -> str:
        if place == MEMORY:
            pytest.skip("a database in memory has one schema")
        return place

    def test_references_may_come_to_a_table_with_rows(self, file: str):
        """Referrers that were there before are found."""
        with docdb.open(file, self.PLAIN, durability="unsafe") as db:
            ann, bob = db.insert_many("people", [{"name": "a"}, {"name": "b"}])
            db.insert("t", {"m": [ann, bob]})

        with docdb.open(file, self.STRICT, durability="unsafe") as db:
            db.delete(ann)

            assert db.query("t").first()["m"] == [bob]  # pyright: ignore[reportOptionalSubscript]
            assert db.check() == []

    def test_a_dangling_row_refuses_them(self, file: str):
        """The error names table, id and path, and the file stays as it was."""
        with docdb.open(file, self.PLAIN, durability="unsafe") as db:
            ann = db.insert("people", {"name": "a"})
            row = db.insert("t", {"m": [ann]})
            db.delete(ann)

        with pytest.raises(SchemaMismatch) as refused:
            docdb.open(file, self.STRICT)

        assert (refused.value.table, refused.value.id) == ("t", row)
        assert refused.value.path == "m[0]"
        with docdb.open(file) as db:
            assert db.schema == self.PLAIN
            assert db.check() == []

    def test_references_may_go(self, file: str):
        """Nothing of them stays in the file."""
        with docdb.open(file, self.STRICT, durability="unsafe") as db:
            db.insert("t", {"m": [db.insert("people", {"name": "a"})]})

        with docdb.open(file, self.PLAIN, durability="unsafe") as db:
            db.delete(db.query("people").ids()[0])

            assert db.query("t").count() == 1
            assert db.check() == []

    @pytest.mark.parametrize(("before", "after"), [(TASKS, INDEXED), (INDEXED, TASKS)])
    def test_an_index_may_take_over_or_give_up(
        self, file: str, before: docdb.Table, after: docdb.Table
    ):
        """Whether the engine keeps entries of its own follows the indexes."""
        with docdb.open(file, schema_of(before), durability="unsafe") as db:
            ann, bob = db.insert_many("people", [{"name": "a"}, {"name": "b"}])
            db.insert("tasks", {"owner": ann, "helper": bob})

        with docdb.open(file, schema_of(after), durability="unsafe") as db:
            assert db.check() == []
            db.delete(bob)
            assert "helper" not in db.query("tasks").collect()[0]
            db.delete(ann)
            assert db.query("tasks").count() == 0
            assert db.check() == []
