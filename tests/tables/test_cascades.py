"""Deleting a document that others refer to: what goes with it, lets go of it, or forbids it."""

from typing import Any

import pytest

import docdb
from docdb import (
    UNSET,
    Database,
    ReferenceViolation,
    ValidationError,
    define_schema,
    define_table,
    v,
)
from tests.databases import OpenDatabase, whole_store
from tests.tables.referring import (  # noqa: F401 - fixtures are found by being here
    PEOPLE,
    TASKS,
    database_of_people,
    somebody,
    somebody_else,
)


class TestDeletion:
    """Deleting a document does to its referrers what their tables ask for."""

    def test_a_cascade_reaches_every_level_once(self, db: Database, ann: str, bob: str):
        """By several paths, and through references of a table to itself."""
        root = db.insert("tasks", {"owner": ann})
        child = db.insert("tasks", {"owner": ann, "parent": root})
        db.insert("tasks", {"owner": bob, "parent": child})
        kept = db.insert("tasks", {"owner": bob})

        db.delete(ann)

        assert db.query("tasks").ids() == [kept]
        assert db.query("people").ids() == [bob]

    def test_set_null_removes_the_field(self, db: Database, ann: str, bob: str):
        """Not null: absent; everything else stays, and indexes follow."""
        task = db.insert("tasks", {"owner": ann, "helper": bob, "n": 1})

        db.delete(bob)

        left = db.get(task)
        assert left is not None
        assert set(left) == {"_id", "_creationTime", "owner", "n"}

    def test_restrict_refuses_and_names_both_ends(self, db: Database, ann: str, bob: str):
        """Nothing has changed."""
        task = db.insert("tasks", {"owner": ann, "judge": bob})
        before = whole_store(db)

        with pytest.raises(ReferenceViolation) as refused:
            db.delete(bob)

        error = refused.value
        assert (error.table, error.id, error.path) == ("tasks", task, "judge")
        assert (error.target_table, error.target) == ("people", bob)
        assert whole_store(db) == before

    def test_a_restricting_document_that_goes_too_forbids_nothing(self, db: Database, ann: str):
        """It is deleted by a cascade of the same deletion."""
        db.insert("tasks", {"owner": ann, "judge": ann})

        db.delete(ann)

        assert db.query("tasks").count() == 0

    def test_a_refused_deletion_leaves_the_transaction_usable(
        self, db: Database, ann: str, bob: str
    ):
        """What was done before it is committed."""
        db.insert("tasks", {"owner": ann, "judge": bob})
        with db.write() as tx:
            tx.patch(ann, {"name": "Anna"})
            with pytest.raises(ReferenceViolation):
                tx.delete(bob)
            tx.insert("tasks", {"owner": bob})

        assert db.query("tasks").count() == 2

    def test_references_inside_arrays_records_and_unions_are_removed(
        self, db: Database, ann: str, bob: str
    ):
        """The element, the entry, the field; the others stay in their order."""
        bag = db.insert(
            "bags",
            {
                "members": [ann, bob, ann],
                "roles": {ann: "x", bob: "y"},
                "lines": [{"by": ann}, {"by": bob}, {}],
            },
        )

        db.delete(ann)

        left = db.get(bag)
        assert left is not None
        assert left["members"] == [bob]
        assert left["roles"] == {bob: "y"}
        assert left["lines"] == [{}, {"by": bob}, {}]

    def test_references_inside_arrays_records_and_unions_act(
        self, db: Database, ann: str, bob: str
    ):
        """A cascade by a member of a union, and a restriction by a value of a record."""
        db.insert("bags", {"parts": [{"type": "person", "who": ann}]})
        db.insert("bags", {"either": ann})
        text = db.insert("bags", {"parts": [{"type": "text", "who": ann}]})
        db.insert("bags", {"chiefs": {"a": bob}})

        db.delete(ann)
        with pytest.raises(ReferenceViolation) as refused:
            db.delete(bob)

        assert refused.value.path == 'chiefs["a"]'
        assert db.query("bags").ids()[0] == text

    def test_text_fields_follow_their_rules(self, db: Database, ann: str, bob: str):
        """A letter to a person goes with them; a copy is struck out."""
        db.insert("letters", {"to": ann})
        kept = db.insert("letters", {"to": bob, "cc": [ann, bob]})

        db.delete(ann)

        assert db.query("letters").ids() == [kept]
        assert db.get(kept)["cc"] == [bob]  # pyright: ignore[reportOptionalSubscript]

    def test_what_the_transaction_has_written_is_seen(self, db: Database, ann: str, bob: str):
        """Referrers that came, went and changed before the deletion."""
        moved = db.insert("tasks", {"owner": ann})
        freed = db.insert("tasks", {"owner": bob, "helper": ann})
        with db.write() as tx:
            tx.patch(moved, {"owner": bob})
            tx.patch(freed, {"helper": UNSET})
            tx.insert("tasks", {"owner": ann})
            tx.delete(ann)

        assert db.query("tasks").ids() == [moved, freed]

    def test_an_interrupted_transaction_leaves_everything(self, db: Database, ann: str):
        """The cascade is undone as a whole."""
        db.insert_many("tasks", [{"owner": ann}] * 100)
        before = whole_store(db)

        with pytest.raises(ValueError, match="stop"), db.write() as tx:
            tx.delete(ann)
            raise ValueError("stop")

        assert whole_store(db) == before

    def test_a_savepoint_undoes_a_cascade(self, db: Database, ann: str):
        """And the deletion can be done again."""
        db.insert_many("tasks", [{"owner": ann}] * 10)
        with db.write() as tx:
            with pytest.raises(ValueError, match="stop"), tx.nested():
                tx.delete(ann)
                raise ValueError("stop")
            assert tx.query("tasks").count() == 10
            tx.delete(ann)

        assert db.query("tasks").count() == 0

    def test_many_referrers_go_in_one_transaction(self, db: Database, ann: str):
        """More than any run of a scan."""
        db.insert_many("tasks", [{"owner": ann, "n": n} for n in range(3000)])

        db.delete(ann)

        assert db.query("tasks").count() == 0


class TestRules:
    """What a document becomes by letting go must fit its table."""

    def test_a_document_that_may_not_lose_its_reference_forbids_the_deletion(
        self, open_database: OpenDatabase
    ):
        """Nothing is half-done, though other documents had let go before."""
        members = v.array(v.id("people", on_delete="set_null"), min_items=1)
        db = open_database(define_schema({"people": PEOPLE, "t": define_table({"m": members})}))
        ann, bob = db.insert_many("people", [{"name": "a"}, {"name": "b"}])
        db.insert_many("t", [{"m": [ann, bob]}, {"m": [ann]}])
        before = whole_store(db)

        with pytest.raises(ValidationError) as refused:
            db.delete(ann)

        assert refused.value.path == "m"
        assert whole_store(db) == before

    def test_a_shortened_array_may_not_take_a_unique_key(self, open_database: OpenDatabase):
        """The whole deletion is refused, and the transaction goes on."""
        members = define_table({"m": v.array(v.id("people", on_delete="set_null"))})
        unique = members.index("by_m", ["m"], unique=True)
        db = open_database(define_schema({"people": PEOPLE, "t": unique}))
        ann, bob = db.insert_many("people", [{"name": "a"}, {"name": "b"}])
        db.insert_many("t", [{"m": [ann, bob]}, {"m": [bob]}])

        with db.write() as tx:
            with pytest.raises(docdb.UniqueViolation):
                tx.delete(ann)
            tx.insert("t", {"m": [ann]})

        assert db.query("t").count() == 3
        assert db.query("people").count() == 2

    def test_letting_go_is_a_change_of_the_document(self, open_database: OpenDatabase):
        """Its stamp says when."""
        now = [5.0]
        fields: dict[str, Any] = {
            "who": v.optional(v.id("people", on_delete="set_null")),
            "at": v.number(),
        }
        table = define_table(fields).updated_at("at")
        db = open_database(define_schema({"people": PEOPLE, "t": table}), clock=lambda: now[0])
        row = db.insert("t", {"who": db.insert("people", {"name": "a"})})
        now[0] = 9.0

        db.delete(db.query("people").first()["_id"])  # pyright: ignore[reportOptionalSubscript]

        assert db.get(row)["at"] == 9.0  # pyright: ignore[reportOptionalSubscript]

    def test_expiry_cascades(self, open_database: OpenDatabase):
        """A row that expires is deleted like any other."""
        expiring = define_table({"at": v.number()}).ttl("at")
        child = define_table({"of": v.id("t", on_delete="cascade")})
        db = open_database(define_schema({"t": expiring, "c": child}))
        db.insert("c", {"of": db.insert("t", {"at": 1})})

        assert db.sweep(1) == 1
        assert db.query("c").count() == 0

    def test_expiry_leaves_rows_that_are_still_referred_to(self, open_database: OpenDatabase):
        """A restriction holds against the clock too, and other rows expire meanwhile."""
        expiring = define_table({"at": v.number()}).ttl("at")
        child = define_table({"of": v.id("t", on_delete="restrict")})
        db = open_database(define_schema({"t": expiring, "c": child}))
        held, _ = db.insert_many("t", [{"at": 1}, {"at": 2}])
        referrer = db.insert("c", {"of": held})

        assert db.sweep(5) == 1
        assert db.query("t").ids() == [held]
        db.delete(referrer)
        assert db.sweep(5) == 1

    def test_components_refer_to_their_own_tables(self, open_database: OpenDatabase):
        """Not to the application's table of the same name."""
        part = define_schema({"people": PEOPLE, "tasks": TASKS})
        db = open_database(
            define_schema({"people": PEOPLE, "tasks": TASKS}, components={"auth": part})
        )
        own = db.insert("people", {"name": "own"})
        db.insert("tasks", {"owner": own})
        with db.write() as tx:
            theirs = tx.component("auth").insert("people", {"name": "theirs"})
            tx.component("auth").insert("tasks", {"owner": theirs})

        with db.write() as tx:
            tx.component("auth").delete(theirs)

        with db.read() as snapshot:
            assert snapshot.component("auth").query("tasks").count() == 0
        assert db.query("tasks").count() == 1
