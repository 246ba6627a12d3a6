"""
``db.check()`` finds what is wrong: each kind of damage, planted in the bytes of the store.

Each test plants one thing, sees it found, and sees that sound parts of the same database are not
accused. A check never ends in an exception for what it could report.
"""

from collections.abc import Iterator
from typing import Any

import pytest

import docdb
from docdb import Database, StoreCorrupt, define_schema, define_table, v
from docdb.encoding.keyspace import Region, index_prefix
from docdb.encoding.packed import pack_open
from docdb.encoding.rows import document_key_from_id
from tests.databases import whole_store

SCHEMA = define_schema(
    {
        "users": define_table({"name": v.string()}).index("by_name", ["name"]),
        "posts": define_table({"text": v.string()}).index("by_text", ["text"]),
    }
)
Entry = tuple[bytes, bytes]


@pytest.fixture(name="db", params=["memory", "file"])
def small_database(request: pytest.FixtureRequest, path: str) -> Iterator[Database]:
    """Two users, two posts, one of which is long, and a file of two pieces."""
    place = ":memory:" if request.param == "memory" else path
    with docdb.open(place, SCHEMA, durability="unsafe") as db:
        db.insert_many("users", [{"name": "Ada"}, {"name": "Grace"}])
        db.insert_many("posts", [{"text": "short"}, {"text": "long" * 300}])
        db.storage.store(b"x" * (1 << 20) + b"y")
        assert db.check() == []
        yield db


def plant(db: Database, *changes: tuple[bytes, bytes | None]) -> None:
    """Write bytes into the store behind the database's back."""
    with db._sessions.store.write(timeout=0) as batch:
        batch.apply(sorted(changes))
        batch.commit()


def in_region(db: Database, region: Region) -> list[Entry]:
    """Return the entries of a region."""
    return [entry for entry in whole_store(db) if entry[0][:1] == region.value]


def key_of(id: str) -> bytes:
    """Return the key of a document."""
    key = document_key_from_id(id)
    assert key is not None
    return key


def user(db: Database) -> Any:
    """Return the first user."""
    return db.query("users").first()


def entry_of(db: Database, table: str, name: str, place: int = 0) -> Entry:
    """Return an entry of an index, by its place."""
    indexes = db.system.query("_indexes").collect()
    number = next(row["number"] for row in indexes if (row["table"], row["name"]) == (table, name))
    prefix = index_prefix(int(number))  # pyright: ignore[reportArgumentType]
    return [each for each in in_region(db, Region.INDEX_ENTRIES) if each[0].startswith(prefix)][
        place
    ]


def tables_of(problems: list[docdb.Problem]) -> set[str]:
    """Return the tables that are accused."""
    return {problem.table for problem in problems}


class TestRecords:
    """Documents that are damaged, displaced, invalid or gone."""

    @pytest.mark.parametrize("place", [0, 1, 5, 40, -5, -1])
    def test_a_flipped_bit_in_a_record(self, db: Database, place: int):
        """Wherever it is, the checksum notices; reading it is an error."""
        key = key_of(user(db)["_id"])
        record = bytearray(dict(whole_store(db))[key])
        record[place] ^= 1
        plant(db, (key, bytes(record)))

        assert tables_of(db.check()) == {"users"}
        with pytest.raises(StoreCorrupt):
            db.query("users").collect()

    @pytest.mark.parametrize("record", [b"", b"\x00", b"\x90", b"\xc0", b"x" * 100])
    def test_a_record_that_is_none(self, db: Database, record: bytes):
        """Neither empty nor foreign bytes are taken for a document."""
        plant(db, (key_of(user(db)["_id"]), record))

        assert tables_of(db.check()) == {"users"}

    def test_a_record_under_another_key(self, db: Database):
        """A sound record in a wrong place is no sound record."""
        first, second = db.query("users").ids()
        records = dict(whole_store(db))
        plant(db, (key_of(first), records[key_of(second)]))

        assert tables_of(db.check()) == {"users"}
        with pytest.raises(StoreCorrupt):
            db.get(first)

    def test_a_record_that_says_another_id(self, db: Database):
        """Even with the right checksum."""
        first, second = db.query("users").ids()
        record = pack_open(key_of(first), second, 1.0, {"name": "Ada"})
        plant(db, (key_of(first), record))

        assert tables_of(db.check()) == {"users"}
        assert db.get(first) is None

    def test_a_document_that_does_not_match_its_schema(self, db: Database):
        """Table, id and what is wrong are named."""
        document = user(db)
        key = key_of(document["_id"])
        wrong = {"name": "Ada", "more": 1}
        record = pack_open(key, document["_id"], document["_creationTime"], wrong)
        plant(db, (key, record))

        (problem,) = db.check()

        assert (problem.table, problem.id) == ("users", document["_id"])
        assert document["_id"] in str(problem)

    def test_a_document_that_is_gone(self, db: Database):
        """Its entries lead nowhere; a query through them is an error."""
        plant(db, (key_of(user(db)["_id"]), None))

        assert tables_of(db.check()) == {"users"}
        with pytest.raises(StoreCorrupt):
            db.query("users").with_index("by_name").collect()

    def test_a_record_of_an_unknown_shape(self, db: Database):
        """Without its names it cannot be read."""
        prefix = Region.SHAPES.value + key_of(user(db)["_id"])[1:3]
        shapes = [key for key, _ in in_region(db, Region.SHAPES) if key.startswith(prefix)]
        plant(db, (shapes[0], None))
        with docdb_again(db) as again:
            assert "users" in tables_of(again.check())


class TestEntries:
    """Index entries that are missing, superfluous, wrong or damaged."""

    @pytest.mark.parametrize("place", [0, 1])
    def test_a_missing_entry(self, db: Database, place: int):
        """Short or long, the document without it is named."""
        plant(db, (entry_of(db, "posts", "by_text", place)[0], None))

        (problem,) = db.check()

        assert problem.table == "posts"
        assert problem.id in db.query("posts").ids()

    def test_an_entry_of_other_values(self, db: Database):
        """A document that is found by what it does not say."""
        key, value = entry_of(db, "users", "by_name")
        plant(db, (key.replace(b"Ada", b"Bob"), value))

        (problem,) = db.check()

        assert problem.table == "users"
        assert problem.id == user(db)["_id"]

    def test_an_entry_without_a_document(self, db: Database):
        """It leads nowhere."""
        key, value = entry_of(db, "users", "by_name")
        plant(db, (key[:-10] + bytes([key[-10] ^ 1]) + key[-9:], value))

        assert tables_of(db.check()) == {"users"}

    def test_an_entry_with_a_value(self, db: Database):
        """A short entry has none."""
        plant(db, (entry_of(db, "users", "by_name")[0], b"x"))

        assert tables_of(db.check()) == {"users"}

    @pytest.mark.parametrize("value", [b"", b"x", b"long" * 200])
    def test_a_damaged_rest_of_a_long_entry(self, db: Database, value: bytes):
        """Its digest does not agree; the check goes on behind it."""
        plant(
            db,
            (entry_of(db, "posts", "by_text", 0)[0], value),
            (entry_of(db, "users", "by_name")[0], None),
        )

        assert tables_of(db.check()) == {"posts", "users"}
        with pytest.raises(StoreCorrupt):
            db.query("posts").with_index("by_text").collect()

    @pytest.mark.parametrize("length", [2, 3, 5, 12])
    def test_a_mangled_entry(self, db: Database, length: int):
        """A key that is too short to be an entry is reported."""
        key, value = entry_of(db, "users", "by_name")
        plant(db, (key[:length], value))

        assert "users" in tables_of(db.check())

    def test_an_entry_that_ends_in_no_row_key(self, db: Database):
        """The last byte says how long the row key is, and lies."""
        key, value = entry_of(db, "users", "by_name")
        plant(db, (key[:-1] + b"\xfe", value))

        assert "users" in tables_of(db.check())

    def test_a_dropped_index_that_left_something(self, db: Database):
        """Entries of an index that nobody knows."""
        key, value = entry_of(db, "users", "by_name")
        plant(db, (index_prefix(77) + key[2:], value))

        (problem,) = db.check()

        assert "77" in problem.what


class TestStrangers:
    """Keys that belong to nobody."""

    @pytest.mark.parametrize(
        "key",
        [
            b"\x00",
            b"A",
            b"B\xff",
            b"E1",
            b"G",
            b"\x7f",
            b"\xff",
            b"\xff" * 20,
            b"D",
            b"D\xff",
            b"D\xff\xff\xff\xff\xff\xff",
            b"D\xe3\x80\x01\x0drow",
            b"D\x80\x80\x04",
            b"I",
            b"I\xff\xff",
            b"I\x63key",
            b"C",
            b"C\x07",
            b"S",
            b"S\xe3\x4e\x00\x01",
            b"F\x91\x4e" + bytes(16),
            b"L\x00",
            b"T\x00",
            b"Z",
            b"Z\x00\x00\x00\x00",
        ],
        ids=lambda key: key.hex(),
    )
    def test_a_key_that_belongs_to_nobody(self, db: Database, key: bytes):
        """In a region that does not exist, is not used yet, or has no such tenant."""
        plant(db, (key, b"x"))

        assert len(db.check()) >= 1

    def test_several_things_at_once(self, db: Database):
        """All are reported."""
        plant(
            db,
            (b"\x01", b""),
            (entry_of(db, "users", "by_name")[0], None),
            (entry_of(db, "posts", "by_text")[0], None),
        )

        assert tables_of(db.check()) == {"", "users", "posts"}
        assert len(db.check()) == 3


class TestFiles:
    """Stored files whose bytes are not what they were."""

    def pieces(self, db: Database) -> list[Entry]:
        """Return the pieces of the stored file."""
        return in_region(db, Region.FILE_BYTES)

    @pytest.mark.parametrize("place", [0, 1])
    def test_a_missing_piece(self, db: Database, place: int):
        """The file is named, and reading it is an error."""
        plant(db, (self.pieces(db)[place][0], None))
        (id,) = db.system.query("_storage").ids()

        (problem,) = db.check()

        assert (problem.table, problem.id) == ("_storage", id)
        with pytest.raises(StoreCorrupt):
            db.storage.get(id)

    def test_a_changed_piece(self, db: Database):
        """One byte is enough."""
        key, piece = self.pieces(db)[1]
        plant(db, (key, b"z" * len(piece)))
        (id,) = db.system.query("_storage").ids()

        assert tables_of(db.check()) == {"_storage"}
        with pytest.raises(StoreCorrupt):
            db.storage.get(id)

    def test_pieces_of_no_file(self, db: Database):
        """Space that nobody will ever give back."""
        (id,) = db.system.query("_storage").ids()
        plant(db, (key_of(id), None))

        assert tables_of(db.check()) == {"_storage"}

    def test_a_damaged_row_of_a_file(self, db: Database):
        """It is reported like any other document, and the check goes on."""
        (id,) = db.system.query("_storage").ids()
        key = key_of(id)
        record = dict(whole_store(db))[key]
        plant(
            db,
            (key, record[:-1] + bytes([record[-1] ^ 1])),
            (entry_of(db, "users", "by_name")[0], None),
        )

        assert {"_storage", "users"} <= tables_of(db.check())


def docdb_again(db: Database) -> Database:
    """Return another database object over the same store, which loads its catalog anew."""
    from functools import partial

    from docdb.runtime import seeded_dice, system_clock
    from docdb.tables.sessions import Sessions

    return Database(
        Sessions(
            db._sessions.store,
            None,
            clock=system_clock,
            make_dice=partial(seeded_dice, 1),
            transaction_limits=None,
        )
    )
