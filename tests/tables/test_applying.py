"""Applying a schema: what is made, checked, kept, and what nothing of happens on a mismatch."""

from typing import Any

import pytest

import docdb
from docdb import (
    Database,
    ReadOnly,
    Schema,
    SchemaMismatch,
    UnknownIndex,
    ValidationError,
    define_schema,
    define_table,
    v,
)
from docdb.encoding.keyspace import Region
from tests.databases import contents, store_version, whole_store

ANY = define_table({"a": v.any(), "b": v.optional(v.any())})
PLAIN = define_schema({"t": ANY})


@pytest.fixture(autouse=True)
def sound_file(path: str):
    """After each test the file is sound."""
    yield
    with docdb.open(path, durability="unsafe") as db:
        assert db.check() == []


def opened(path: str, schema: Schema | None = None, **options: Any) -> Database:
    """Open the file quickly."""
    return docdb.open(path, schema, **{"durability": "unsafe", **options})


def entries(db: Database) -> list[bytes]:
    """Return the keys of all index entries."""
    return [key for key, _ in whole_store(db) if key[:1] == Region.INDEX_ENTRIES.value]


def index_rows(db: Database) -> list[tuple[object, ...]]:
    """Return what the system says about indexes."""
    rows = db.system.query("_indexes").collect()
    return sorted((row["table"], row["name"], row["fields"], row["state"]) for row in rows)


class TestIndexes:
    """Indexes come, go, and are shared."""

    @pytest.mark.parametrize("count", [0, 1, 5, 2500])
    def test_a_new_index_finds_old_documents(self, path: str, count: int):
        """It is back-filled when the schema is applied."""
        with opened(path, PLAIN) as db:
            db.insert_many("t", [{"a": n % 7, "b": n} for n in range(count)])
        with opened(path, define_schema({"t": ANY.index("by_a_b", ["a", "b"])})) as db:
            found = db.query("t").with_index("by_a_b").collect()

            assert [(row["a"], row["b"]) for row in found] == sorted(
                (n % 7, n) for n in range(count)
            )

    def test_a_dropped_index_leaves_no_entries(self, path: str):
        """Its space is given back, and asking for it is an error."""
        with opened(path, define_schema({"t": ANY.index("by_a", ["a"])})) as db:
            db.insert_many("t", [{"a": n} for n in range(5)])
            assert len(entries(db)) == 5
        with opened(path, PLAIN) as db:
            assert entries(db) == []
            assert index_rows(db) == []
            with pytest.raises(UnknownIndex):
                db.query("t").with_index("by_a").collect()

    def test_an_index_that_stays_is_not_made_again(self, path: str):
        """Its entries are the same, whatever else changes."""
        with opened(path, define_schema({"t": ANY.index("by_a", ["a"])})) as db:
            db.insert_many("t", [{"a": n} for n in range(3)])
            before = entries(db)
        both = ANY.index("by_b", ["b"]).index("renamed", ["a"])
        with opened(path, define_schema({"t": both})) as db:
            assert set(before) < set(entries(db))
            assert db.query("t").with_index("renamed", a=1).count() == 1
            with pytest.raises(UnknownIndex):
                db.query("t").with_index("by_a").collect()

    def test_an_index_whose_fields_change_is_another_one(self, path: str):
        """The name leads to the new entries."""
        with opened(path, define_schema({"t": ANY.index("by", ["a"])})) as db:
            db.insert("t", {"a": 1, "b": 2})
        with opened(path, define_schema({"t": ANY.index("by", ["b"])})) as db:
            assert db.query("t").with_index("by", b=2).count() == 1
            assert len(entries(db)) == 1

    def test_two_names_of_the_same_fields_share_their_entries(self, path: str):
        """One entry serves both, also when one name goes."""
        two = define_schema({"t": ANY.index("one", ["a"]).index("two", ["a"])})
        with opened(path, two) as db:
            db.insert("t", {"a": 1})
            assert len(entries(db)) == 1
            assert (
                db.query("t").with_index("one", a=1).ids()
                == db.query("t").with_index("two", a=1).ids()
            )
        with opened(path, define_schema({"t": ANY.index("two", ["a"])})) as db:
            assert len(entries(db)) == 1
            assert db.query("t").with_index("two", a=1).count() == 1

    def test_a_staged_index_is_kept_up_to_date_and_can_be_turned_on(self, path: str):
        """Turning it on costs nothing: its entries are there."""
        staged = define_schema({"t": ANY.index("by_a", ["a"], staged=True)})
        with opened(path, PLAIN) as db:
            db.insert("t", {"a": 1})
        with opened(path, staged) as db:
            db.insert("t", {"a": 2})
            with pytest.raises(UnknownIndex):
                db.query("t").with_index("by_a").collect()
            before = entries(db)
            assert index_rows(db) == [("t", "by_a", ["a"], "staged")]
        with opened(path, define_schema({"t": ANY.index("by_a", ["a"])})) as db:
            assert entries(db) == before
            assert db.query("t").with_index("by_a", a=2).count() == 1
            assert index_rows(db) == [("t", "by_a", ["a"], "ready")]

    def test_a_trailing_creation_time_means_the_implicit_one(self, path: str):
        """Both spellings are one index."""
        with opened(path, define_schema({"t": ANY.index("by_a", ["a", "_creationTime"])})) as db:
            db.insert("t", {"a": 1})
            before = whole_store(db)
        with opened(path, define_schema({"t": ANY.index("by_a", ["a"])})) as db:
            assert whole_store(db) == before


class TestTables:
    """Tables come with the schema, and stay without it."""

    def test_tables_of_the_schema_exist_at_once(self, path: str):
        """They are empty, and their indexes can be asked."""
        schema = define_schema({"t": ANY.index("by_a", ["a"]), "u": ANY})
        with opened(path, schema) as db:
            names = [row["name"] for row in db.system.query("_tables")]

            assert names == ["t", "u"]
            assert db.query("t").with_index("by_a").collect() == []

    def test_a_table_that_leaves_the_schema_stays_unchecked(self, path: str):
        """Its documents are there, any others may join them, and its indexes are gone."""
        strict = define_schema({"t": define_table({"a": v.number()}).index("by_a", ["a"])})
        with opened(path, strict) as db:
            id = db.insert("t", {"a": 1})
        with opened(path, define_schema({"u": ANY})) as db:
            db.insert("t", {"anything": "goes"})

            assert db.query("t").count() == 2
            assert db.query("t").ids()[0] == id
            assert entries(db) == []

    def test_a_table_that_comes_back_is_checked_again(self, path: str):
        """With what was written in the meantime."""
        strict = define_schema({"t": define_table({"a": v.number()})})
        with opened(path, strict) as db:
            db.insert("t", {"a": 1})
        with opened(path, define_schema({})) as db:
            wrong = db.insert("t", {"a": "x"})
        with pytest.raises(SchemaMismatch) as caught:
            opened(path, strict)

        assert caught.value.id == wrong

    def test_numbers_of_tables_are_kept(self, path: str):
        """Ids stay good whatever the schema."""
        with opened(path, PLAIN) as db:
            id = db.insert("t", {"a": 1})
        with opened(path, define_schema({"a": ANY, "t": ANY, "z": ANY})) as db:
            assert db.normalize_id("t", id) == id
            assert db.get(id, table="t") is not None

    def test_a_validator_of_ids_knows_its_table(self, path: str):
        """Ids of another table, and of one that is created later, are told apart."""
        schema = define_schema({"a": define_table({"b": v.id("b")}), "b": define_table({})})
        with opened(path, schema) as db:
            b = db.insert("b", {})
            a = db.insert("a", {"b": b})
            with pytest.raises(ValidationError):
                db.insert("a", {"b": a})
            with pytest.raises(ValidationError):
                db.patch(a, {"b": "x"})
        with opened(path) as db, pytest.raises(ValidationError):
            db.insert("a", {"b": a})

    def test_files_can_be_referred_to(self, path: str):
        """The id of a stored file is one of _storage."""
        with opened(path, define_schema({"t": define_table({"f": v.id("_storage")})})) as db:
            id = db.insert("t", {"f": db.storage.store(b"x")})

            with pytest.raises(ValidationError):
                db.patch(id, {"f": id})


class TestChecking:
    """Existing documents are held against the new schema."""

    def test_a_mismatch_names_the_document_and_changes_nothing(self, path: str):
        """Not even the parts of the schema that would have fitted."""
        with opened(path, PLAIN) as db:
            db.insert("t", {"a": 1})
            wrong = db.insert("t", {"a": {"deep": ["x", 5]}})
            before, version = whole_store(db), store_version(db)
        narrow = define_schema(
            {
                "new": ANY,
                "t": define_table(
                    {"a": v.union(v.number(), v.object({"deep": v.array(v.string())}))}
                ).index("by_a", ["a"]),
            }
        )

        with pytest.raises(SchemaMismatch) as caught:
            opened(path, narrow)

        assert (caught.value.table, caught.value.id) == ("t", wrong)
        assert caught.value.path.startswith("a")
        with opened(path) as db:
            assert whole_store(db) == before
            assert db.schema == PLAIN
            assert store_version(db) == version
            db.insert("t", {"a": None})

    @pytest.mark.parametrize(
        ("old", "new", "document"),
        [
            ({"a": v.number()}, {"a": v.number(), "b": v.optional(v.string())}, {"a": 1}),
            ({"a": v.number()}, {"a": v.union(v.number(), v.string())}, {"a": 1}),
            ({"a": v.number()}, {"a": v.any()}, {"a": 1}),
            ({"a": v.literal("x")}, {"a": v.string()}, {"a": "x"}),
            ({"a": v.any()}, {"a": v.number()}, {"a": 1}),
            ({"a": v.string()}, {"a": v.literal("x")}, {"a": "x"}),
            ({"a": v.optional(v.number())}, {"a": v.number()}, {"a": 1}),
        ],
    )
    def test_documents_that_fit_stay_as_they_are(
        self, path: str, old: Any, new: Any, document: Any
    ):
        """Wider or narrower, applying a schema changes no document."""
        with opened(path, define_schema({"t": define_table(old)})) as db:
            id = db.insert("t", document)
            before = db.get(id)
        with opened(path, define_schema({"t": define_table(new)})) as db:
            assert db.get(id) == before

    @pytest.mark.parametrize(
        ("old", "new", "document"),
        [
            ({"a": v.any()}, {"a": v.number()}, {"a": "x"}),
            ({"a": v.optional(v.number())}, {"a": v.number()}, {}),
            ({"a": v.number(), "b": v.number()}, {"a": v.number()}, {"a": 1, "b": 2}),
            ({"a": v.union(v.number(), v.null())}, {"a": v.number()}, {"a": None}),
            ({"a": v.string()}, {"a": v.literal("y")}, {"a": "x"}),
            ({"a": v.number()}, {"a": v.int64()}, {"a": 1}),
            ({"a": v.any()}, {"a": v.object({"x": v.number()})}, {"a": {"x": 1, "y": 1}}),
        ],
    )
    def test_documents_that_do_not_fit_are_found(
        self, path: str, old: Any, new: Any, document: Any
    ):
        """The old schema goes on."""
        with opened(path, define_schema({"t": define_table(old)})) as db:
            id = db.insert("t", document)

        with pytest.raises(SchemaMismatch) as caught:
            opened(path, define_schema({"t": define_table(new)}))
        assert caught.value.id == id
        with opened(path) as db:
            db.insert("t", document)

    def test_without_validation_documents_are_not_checked(self, path: str):
        """The indexes are kept all the same."""
        table = define_table({"a": v.number()}).index("by_a", ["a"])
        with opened(path, define_schema({"t": table}, schema_validation=False)) as db:
            db.insert("t", {"a": "x", "more": 1})
            assert db.query("t").with_index("by_a", a="x").count() == 1
        with pytest.raises(SchemaMismatch):
            opened(path, define_schema({"t": table}))


class TestStored:
    """The file remembers its schema."""

    def test_without_a_schema_the_files_own_is_enforced(self, path: str):
        """Validators and indexes are those that were applied last."""
        schema = define_schema({"t": define_table({"a": v.number()}).index("by_a", ["a"])})
        opened(path, schema).close()
        with opened(path) as db:
            with pytest.raises(ValidationError):
                db.insert("t", {"a": "x"})
            db.insert("t", {"a": 1})

            assert db.query("t").with_index("by_a", a=1).count() == 1
            assert db.schema == schema

    def test_the_same_schema_writes_nothing(self, path: str):
        """Opening a file as it is costs no commit."""
        with opened(path, define_schema({"t": ANY.index("by_a", ["a"])})) as db:
            before, version = whole_store(db), store_version(db)
        with opened(path, define_schema({"t": ANY.index("by_a", ["a"])})) as db:
            assert whole_store(db) == before
            assert store_version(db) == version

    def test_a_reader_cannot_change_it(self, path: str):
        """It may open the file with the schema that is stored, or with none."""
        with opened(path, PLAIN) as db:
            db.insert("t", {"a": 1})
        with opened(path, PLAIN, read_only=True) as db:
            assert db.query("t").count() == 1
        with opened(path, read_only=True) as db:
            assert db.query("t").count() == 1
        with pytest.raises(ReadOnly):
            opened(path, define_schema({"u": ANY}), read_only=True)

    def test_a_new_database_without_schema_has_none(self, path: str):
        """Its tables are unchecked."""
        with opened(path) as db:
            db.insert("t", {"a": object.__name__})

            assert db.schema is None
            assert index_rows(db) == []


def test_a_second_process_opens_what_the_first_one_wrote(path: str):
    """Documents, indexes and counts are the same in another process."""
    import json
    import subprocess
    import sys

    schema = define_schema({"t": ANY.index("by_a", ["a"])})
    with opened(path, schema) as db:
        db.insert_many("t", [{"a": n % 3, "b": [n, None, {"x": 1.5}]} for n in range(50)])
        ids = db.query("t").with_index("by_a", a=1).ids()
        documents = contents(db)["t"]
    program = (
        "import docdb, json, sys\n"
        "db = docdb.open(sys.argv[1])\n"
        "print(json.dumps([db.query('t').with_index('by_a', a=1).ids(),"
        " db.query('t').collect(), db.query('t').count(), db.check()]))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, check=True, text=True
    )

    assert json.loads(answer.stdout) == [ids, documents, 50, []]
