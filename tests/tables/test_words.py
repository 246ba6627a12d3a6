"""
The life of a full-text index: it is made, kept in step whatever happens, changed, shared, dropped.

The length of this file: every way in which a document can change, once for an index.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

import docdb
from docdb import (
    UNSET,
    Database,
    SchemaMismatch,
    UniqueViolation,
    UnknownIndex,
    define_schema,
    define_table,
    v,
)
from docdb.encoding.keyspace import Region
from docdb.encoding.rows import document_key_from_id
from tests.databases import MEMORY, OpenDatabase
from tests.tables.worded import (
    INDEXED,
    PLAIN,
    SCHEMA,
    WITHOUT,
    database_of_notes,  # noqa: F401 - fixtures are found by being here
    found,
    index_numbers,
    insert,
    opened,
    picky,
    ranking,
    sound_file,  # noqa: F401 - fixtures are found by being here
    stored_words,
)


class TestBackfill:
    """An index that is added to existing data has all of it."""

    @pytest.mark.parametrize("count", [0, 1, 5, 600, 2_500])
    def test_a_new_index_finds_old_documents(self, file: str, count: int):
        """With the scores that it would have if it had always been there."""
        rows = [f"a {'b ' * (n % 3)} w{n % 50}" for n in range(count)]
        with opened(file, WITHOUT) as db:
            insert(db, *rows)
            insert(db, 5, None)
        with opened(file, SCHEMA) as db, docdb.open(MEMORY, SCHEMA) as always:
            insert(always, *rows)
            insert(always, 5, None)

            assert ranking(db, "w7 b a") == ranking(always, "w7 b a")
            assert len(ranking(db, "a")) == count
            assert db.check() == []

    def test_a_dropped_index_leaves_nothing(self, file: str):
        """No byte of it is in the store, and its name is unknown."""
        with opened(file, SCHEMA) as db:
            insert(db, *["a b"] * 600)
        with opened(file, WITHOUT) as db:
            assert stored_words(db) == []
            assert db.system.query("_indexes").count() == 0
            with pytest.raises(UnknownIndex):
                found(db, "a")

    def test_an_index_that_comes_back_is_made_anew(self, file: str):
        """With what was written while it was away."""
        with opened(file, SCHEMA) as db:
            first, second = insert(db, "a 1", "a 2")
        with opened(file, WITHOUT) as db:
            db.delete(first)
            db.patch(second, {"text": "a two"})
            insert(db, "a 3")
        with opened(file, SCHEMA) as db:
            assert found(db, "a") == ["a 3", "a two"]
            assert found(db, "1 2") == []

    @pytest.mark.parametrize(
        ("changed", "field", "text", "expected"),
        [
            (
                PLAIN.search_index("by_text", search_field="text", analyzer="unaccent"),
                "text",
                "cafe",
                ["cafe", "Café x"],
            ),
            (
                PLAIN.search_index("by_text", search_field="text", filter_fields=[]),
                "text",
                "x",
                ["Café x"],
            ),
            (
                PLAIN.search_index("by_text", search_field="kind", filter_fields=["text"]),
                "kind",
                "cafe",
                ["other"],
            ),
            (
                PLAIN.search_index("by_text", search_field="text", analyzer=picky()),
                "text",
                "café x",
                ["Café x"],
            ),
        ],
    )
    def test_a_changed_index_is_a_new_one(
        self, path: str, changed: Any, field: str, text: str, expected: list[str]
    ):
        """Another analyzer, other filters or another field: the old bytes are gone."""
        with opened(path, SCHEMA) as db:
            insert(db, "cafe", "Café x")
            insert(db, "other", kind="cafe")
            before = index_numbers(db)
        with opened(path, define_schema({"notes": changed})) as db:
            assert found(db, text, field=field) == expected
            assert len(index_numbers(db)) == 1
            assert index_numbers(db) != before
            assert db.check() == []

    def test_a_new_name_is_the_same_index(self, file: str):
        """Nothing is written but the name."""
        renamed = PLAIN.search_index("other", search_field="text", filter_fields=["kind"])
        with opened(file, SCHEMA) as db:
            insert(db, "a", "a b")
            before = stored_words(db)
        with opened(file, define_schema({"notes": renamed})) as db:
            assert stored_words(db) == before
            assert found(db, "a", "other") == ["a", "a b"]
            with pytest.raises(UnknownIndex):
                found(db, "a")

    def test_a_staged_index_is_kept_up_to_date(self, file: str):
        """It is ready when it is declared so, and then nothing has to be made."""
        staged = PLAIN.search_index(
            "by_text", search_field="text", filter_fields=["kind"], staged=True
        )
        with opened(file, WITHOUT) as db:
            insert(db, "a")
        with opened(file, define_schema({"notes": staged})) as db:
            insert(db, "a b")
            with pytest.raises(UnknownIndex):
                found(db, "a")
            before = stored_words(db)
        with opened(file, SCHEMA) as db:
            assert stored_words(db) == before
            assert found(db, "a") == ["a", "a b"]

    def test_a_schema_that_does_not_fit_changes_no_index(self, file: str):
        """What is refused is refused whole."""
        narrow = define_table({"text": v.string()}).search_index("other", search_field="text")
        with opened(file, SCHEMA) as db:
            insert(db, "a", 5)
            before = stored_words(db)

        with pytest.raises(SchemaMismatch):
            opened(file, define_schema({"notes": narrow}))

        with opened(file) as db:
            assert stored_words(db) == before
            assert found(db, "a") == ["a"]

    def test_a_file_says_which_indexes_it_has(self, file: str):
        """In docdb's own table, and without the program's schema."""
        with opened(file, SCHEMA) as db:
            insert(db, "a")
        with opened(file) as db:
            (row,) = db.system.query("_indexes").collect()

            assert {name: row[name] for name in row if not name.startswith("_")} == {
                "table": "notes",
                "name": "by_text",
                "number": 1,
                "searchField": "text",
                "filterFields": ["kind"],
                "analyzer": "convex",
                "state": "ready",
            }
            assert found(db, "a") == ["a"]

    def test_a_component_has_indexes_of_its_own(self, file: str):
        """Its words are not found outside, nor the other way round."""
        part = define_schema({"notes": INDEXED})
        with opened(file, define_schema({"notes": INDEXED}, components={"auth": part})) as db:
            insert(db, "a outside")
            with db.write() as tx:
                auth = tx.component("auth")
                auth.insert_many("notes", [{"text": "a inside"}, {"text": "a inside too"}])
                assert found(auth, "a") == ["a inside", "a inside too"]

            assert found(db, "a") == ["a outside"]
            assert len(index_numbers(db)) == 2
        with opened(file, define_schema({"notes": INDEXED})) as db:
            assert found(db, "inside") == []


class TestSavepoints:
    """What is rolled back was never indexed."""

    @pytest.mark.parametrize("count", [1, 511, 512, 513, 2_000])
    def test_a_rollback_takes_words_back(self, db: Database, count: int):
        """However many, in bulk and one by one, and whatever was searched meanwhile."""
        first, second, *_ = insert(db, "a 1", "a 2", "a 3")
        before = ranking(db, "a")
        with db.write() as tx:
            with pytest.raises(ValueError, match="stop"), tx.nested():
                insert(tx, *["a b"] * count)
                tx.delete(first)
                tx.patch(second, {"text": "b"})
                for _ in range(min(count, 600)):
                    insert(tx, "a")
                assert len(found(tx, "a")) == count + min(count, 600) + 1
                raise ValueError("stop")
            assert ranking(tx, "a") == before
            insert(tx, "a 4")

        assert found(db, "a") == ["a 4", "a 3", "a 2", "a 1"]

    def test_savepoints_end_one_by_one(self, db: Database):
        """An inner one that stays goes with the outer one that does not."""
        with db.write() as tx:
            insert(tx, *["a"] * 600)
            with pytest.raises(ValueError, match="stop"), tx.nested():
                insert(tx, "a 1")
                with tx.nested():
                    insert(tx, *["a 2"] * 600)
                with pytest.raises(KeyError), tx.nested():
                    insert(tx, "a 3")
                    raise KeyError
                assert (len(found(tx, "2")), len(found(tx, "3")), len(found(tx, "1"))) == (
                    600,
                    0,
                    1,
                )
                raise ValueError("stop")
            with tx.nested():
                insert(tx, "a 4")
            assert found(tx, "1 2 3 4") == ["a 4"]

        assert len(found(db, "a")) == 601

    def test_an_operation_that_fails_leaves_no_words(self, open_database: OpenDatabase):
        """The transaction goes on without them."""
        unique = INDEXED.index("by_kind", ["kind"], unique=True)
        db = open_database(define_schema({"notes": unique}))
        with db.write() as tx:
            (id,) = insert(tx, "a", kind=1)
            with pytest.raises(UniqueViolation):
                insert(tx, *["b"] * 20, kind=2)
            (other,) = insert(tx, "a", kind=3)
            with pytest.raises(UniqueViolation):
                tx.patch(other, {"kind": 1, "text": "b"})
            assert tx.upsert("notes", {"text": "c", "kind": 1}, by="by_kind") == id

        assert (found(db, "a"), found(db, "b"), found(db, "c")) == (["a"], [], ["c"])


class TestRules:
    """Whatever changes a document changes its words."""

    def test_a_cascade_takes_words_along(self, open_database: OpenDatabase):
        """At any distance, and more than stay pending."""
        table = define_table(
            {"text": v.string(), "of": v.optional(v.id("notes", on_delete="cascade"))}
        )
        table = table.search_index("by_text", search_field="text", filter_fields=["of"])
        db = open_database(define_schema({"notes": table}))
        (root,) = insert(db, "a root")
        (middle,) = insert(db, "a middle", of=root)
        insert(db, *["a leaf"] * 700, of=middle)
        insert(db, "a stays")

        db.delete(root)

        assert found(db, "a") == ["a stays"]

    def test_a_filter_field_that_lets_go_is_absent(self, open_database: OpenDatabase):
        """A reference that is removed is a change of the index too."""
        table = define_table(
            {"text": v.string(), "of": v.optional(v.id("notes", on_delete="set_null"))}
        )
        table = table.search_index("by_text", search_field="text", filter_fields=["of"])
        db = open_database(define_schema({"notes": table}))
        (root,) = insert(db, "b")
        insert(db, "a", of=root)

        db.delete(root)

        query = db.query("notes").with_search_index(
            "by_text", lambda q: q.search("text", "a").eq("of", UNSET)
        )
        assert query.count() == 1

    def test_what_expires_is_not_found(self, open_database: OpenDatabase):
        """Nor does it count in a score."""
        table = define_table({"text": v.string(), "at": v.number()}).ttl("at")
        db = open_database(
            define_schema({"notes": table.search_index("by_text", search_field="text")})
        )
        insert(db, *["a"] * 600, at=1)
        insert(db, "a", at=9)

        db.sweep(5)

        assert ranking(db, "a") == [(pytest.approx(0.287682, abs=2e-6), "a")]

    def test_a_default_and_a_stamp_are_indexed(self, open_database: OpenDatabase):
        """As the document has them."""
        table = define_table(
            {
                "text": v.string(default="by default"),
                "made": v.optional(v.number()),
                "changed": v.optional(v.number()),
            }
        ).created_at("made")
        table = table.updated_at("changed").search_index(
            "by_text", search_field="text", filter_fields=["made", "changed"]
        )
        db = open_database(define_schema({"notes": table}), clock=lambda: 1_000.0)
        id = db.insert("notes", {})
        db.patch(id, {"text": "default no more"})

        query = db.query("notes").with_search_index(
            "by_text", lambda q: q.search("text", "default").eq("made", 1_000).eq("changed", 1_000)
        )
        assert query.ids() == [id]

    @pytest.mark.parametrize(
        ("old", "new"), [(1, True), (True, 1), (0.0, -0.0), (1, docdb.Int64(1)), (None, UNSET)]
    )
    def test_a_value_that_python_takes_for_the_same_is_another(
        self, db: Database, old: Any, new: Any
    ):
        """A filter field that changes in its kind alone has changed."""
        (id,) = insert(db, "a", kind=old)
        db.patch(id, {"kind": new})

        for value, hits in ((old, 0), (new, 1)):
            query = db.query("notes").with_search_index(
                "by_text", lambda q, value=value: q.search("text", "a").eq("kind", value)
            )
            assert query.count() == hits

    def test_no_text_is_no_word(self, db: Database):
        """A text can come and go, and become something else."""
        (id,) = insert(db, "a", kind="x")
        for text, hits in ((5, 0), ("a b", 1), (None, 0), ({"a": "a"}, 0), ("a", 1), ("", 0)):
            db.patch(id, {"text": text})
            assert len(found(db, "a")) == hits


class TestManyWrites:
    """Documents that come one by one are those that come together."""

    def test_rankings_do_not_depend_on_how_documents_came(self, db: Database):
        """Of two thousand commits, one, or a few: merges come and go."""
        rows = [f"a {'b ' * (n % 5)}{'c ' * (n % 3)}w{n % 211} only{n}" for n in range(2_000)]
        for row in rows:
            insert(db, row)
        with docdb.open(MEMORY, SCHEMA) as together:
            insert(together, *rows)

            for text in ("a b", "c w7", "w", "only1999 a", "only1"):
                assert ranking(db, text) == ranking(together, text)
            assert together.check() == []

    def test_every_document_may_change_in_every_commit(self, db: Database):
        """A message that is being written is one document all the time."""
        (id,) = insert(db, "")
        for n in range(1_500):
            db.patch(id, {"text": "word " * (n % 7) + f"n{n}"})

        assert found(db, "n1499") == ["word " * (1_499 % 7) + "n1499"]
        assert found(db, "n1498") == []

    def test_a_table_can_be_emptied_and_filled_again(self, db: Database):
        """Nothing of the old documents counts."""
        for _ in range(3):
            ids = insert(db, *["a b"] * 700)
            with db.write() as tx:
                for id in ids:
                    tx.delete(id)
        insert(db, "a")

        assert ranking(db, "a b") == [(pytest.approx(0.287682, abs=2e-6), "a")]

    def test_a_file_keeps_its_index(self, file: str):
        """What is pending and what is merged, the same after it was closed and opened."""
        with opened(file, SCHEMA) as db:
            insert(db, *[f"a {n % 9}" for n in range(1_000)])
            ids = insert(db, "a late", "a later")
            db.delete(ids[0])
            before = ranking(db, "a 7")
        with opened(file, SCHEMA) as db:
            assert ranking(db, "a 7") == before
        with opened(file, read_only=True) as db:
            assert ranking(db, "a 7") == before


class TestSharing:
    """Several handles, threads and processes have one index."""

    def test_two_handles_of_a_file_find_each_others_documents(self, file: str):
        """From the commit on."""
        with opened(file, SCHEMA) as one, opened(file, SCHEMA) as other:
            for n in range(700):
                insert(one if n % 2 else other, f"a {n}")
                assert found(other if n % 2 else one, f"{n}")[:1] == [f"a {n}"]

            assert ranking(one, "a") == ranking(other, "a")

    def test_another_process_may_write_and_apply_a_schema(self, file: str):
        """Its documents are found here, by an index that it made."""
        program = (
            "import docdb, json, sys\n"
            "from docdb import define_schema, define_table, v\n"
            "t = define_table({'text': v.any(), 'kind': v.optional(v.any())})\n"
            "t = t.search_index('by_text', search_field='text', filter_fields=['kind'])\n"
            "db = docdb.open(sys.argv[1], define_schema({'notes': t}), durability='unsafe')\n"
            "db.insert_many('notes', [{'text': f'a {n}'} for n in range(600)])\n"
            "q = db.query('notes').with_search_index('by_text', lambda q: q.search('text', 'a'))\n"
            "print(json.dumps(q.count()))\n"
        )
        with opened(file, WITHOUT) as db:
            insert(db, "a here")
            answer = subprocess.run(
                [sys.executable, "-c", program, file], capture_output=True, check=False, text=True
            )
            insert(db, "a here again")

            assert (answer.stderr, json.loads(answer.stdout)) == ("", 601)
            assert len(found(db, "a")) == 602
            assert found(db, "here") == ["a here", "a here again"]

    def test_a_database_in_memory_goes_back_to_its_mark(self):
        """With its words."""
        with docdb.open(MEMORY, SCHEMA) as db:
            insert(db, "a", "a b")
            before = ranking(db, "a")
            mark = db.mark()
            for _ in range(2):
                for id in insert(db, *["a c"] * 700)[::2]:
                    db.delete(id)
                db.reset(mark)

                assert ranking(db, "a") == before
                assert db.check() == []


class TestDamage:
    """``db.check()`` finds what is wrong with an index, and says in which."""

    @pytest.mark.parametrize("change", ["gone", "garbled", "longer"])
    @pytest.mark.parametrize("place", range(8))
    def test_damage_anywhere_is_found(self, place: int, change: str):
        """Each entry that the store has of an index, lost, exchanged, or with more behind it."""
        with docdb.open(MEMORY, SCHEMA) as db:
            with db.write() as tx:
                insert(tx, *["a b"] * 600, kind="x")
            insert(db, "pending", kind="y")
            entries = stored_words(db)
            key, value = entries[place * (len(entries) - 1) // 7]
            values = {"gone": None, "garbled": bytes(len(value)), "longer": value + value}

            plant(db, key, values[change])

            problems = db.check()
            assert problems
            assert {problem.table for problem in problems} == {"notes"}
            assert any("by_text" in problem.what for problem in problems)

    def test_a_search_says_that_it_met_damage(self):
        """
        A class that no pair has, in the postings of a common word.

        Searches came to an ``IndexError``; now it is ``StoreCorrupt``.
        """
        with docdb.open(MEMORY, SCHEMA) as db:
            with db.write() as tx:
                insert(tx, *["a b"] * 600)
            ((key, value),) = [each for each in stored_words(db) if each[0].endswith(b"\0a")]

            plant(db, key, value[:-1] + b"\xff")

            with pytest.raises(docdb.StoreCorrupt):
                found(db, "b a")

    def test_words_of_nobody_are_found(self):
        """An index number that no table has."""
        with docdb.open(MEMORY, SCHEMA) as db:
            insert(db, "a")
            plant(db, Region.TEXT.value + b"\x63s", b"x")

            assert "99" in " ".join(problem.what for problem in db.check())

    def test_a_document_that_is_gone_is_damage_to_a_search(self):
        """It is said, and not passed over."""
        with docdb.open(MEMORY, SCHEMA) as db:
            id, _ = insert(db, "a", "a")
            plant(db, document_key_from_id(id), None)

            with pytest.raises(docdb.StoreCorrupt):
                found(db, "a")
            assert db.check()


def plant(db: Database, key: bytes | None, value: bytes | None) -> None:
    """Write bytes into the store behind the database's back."""
    with db._sessions.store.write(timeout=0) as batch:
        assert key is not None
        batch.apply([(key, value)])
        batch.commit()
