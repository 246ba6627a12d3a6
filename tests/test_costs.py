"""
What reads and writes touch: counted, not timed.

How long they take is measured by the benchmarks, which compare with the times that the
applications ask for. What makes those times possible is here: nothing is read that is not
returned, whatever the size of the table, and a write touches a bounded number of keys.
"""

import socket
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

import docdb
from docdb import Database, define_schema, define_table, fixtures, v
from docdb.kv.memory import MemoryBatch, MemorySnapshot
from tests.databases import whole_store

EKVI = fixtures.load("ekvi")


@pytest.fixture(name="ekvi", scope="module")
def populated_ekvi() -> Iterator[Database]:
    """The sample data of an application, in a database that counts what a transaction reads."""
    with docdb.open(":memory:", EKVI.schema, limits="convex") as db:
        EKVI.populate(db, rows=1500, seed=1)
        yield db


def read_by(db: Database, ask: Callable[[Any], object]) -> int:
    """Return how many documents a question makes a transaction read."""
    with db.read() as reader:
        ask(reader)
        return reader.metrics().documents_read


def test_an_indexed_filter_reads_what_it_returns(ekvi: Database):
    """A selective condition on programs reads its programs; without the index, all of them."""
    coach = ekvi.query("programs").collect()[7]["coachProfileId"]
    indexed = ekvi.query("programs").with_index("by_coach", coachProfileId=coach).explain()
    unindexed = (
        ekvi.query("programs").filter(lambda q: q.eq(q.field("coachProfileId"), coach)).explain()
    )

    assert indexed.entries_read == indexed.documents_returned == unindexed.documents_returned
    assert unindexed.entries_read == ekvi.query("programs").count() > indexed.entries_read


def test_files_of_a_type_are_read_alone(ekvi: Database):
    """By an index on the type, and by what types begin with."""
    files = ekvi.query("files")
    exact = files.with_index("by_fileType", fileType="image").explain()
    prefix = files.with_index("by_mimeType", lambda q: q.prefix("mimeType", "image/")).explain()

    assert exact.entries_read == exact.documents_returned > 0
    assert prefix.entries_read == prefix.documents_returned > 0


def test_a_reference_is_followed_by_one_range(ekvi: Database):
    """Who refers to a document is read, and nobody else."""
    program = ekvi.query("programModules").collect()[0]["programId"]
    modules = ekvi.query("programModules").with_index("by_program", programId=program)

    found = modules.explain()

    assert 0 < found.entries_read == found.documents_returned < ekvi.query("programModules").count()


def test_a_composed_profile_reads_a_handful_of_documents(ekvi: Database):
    """The profile and what it names, and what it takes to choose one at random."""
    assert (
        read_by(ekvi, lambda reader: EKVI.patterns["get_user_with_image"](reader, Random(3))) < 20
    )


def test_metadata_of_a_file_is_one_document(ekvi: Database):
    """Walking through files with their metadata reads two documents for each."""
    files = [row["_id"] for row in ekvi.system.query("_storage").take(20)]

    read = read_by(ekvi, lambda reader: [reader.system.get(each) for each in files])

    assert read == len(files)


def test_a_late_page_reads_as_much_as_the_first():
    """A cursor leads straight to its place."""
    db = docdb.open(":memory:", limits="convex")
    db.insert_many("t", [{"n": n} for n in range(5000)])
    read: list[int] = []
    cursor = None
    for _ in range(50):
        with db.read() as reader:
            page = reader.query("t").paginate(num_items=100, cursor=cursor)
            read.append(reader.metrics().documents_read)
        cursor = page.continue_cursor

    assert set(read) == {100}


def test_a_text_that_is_kept_twice_weighs_itself_and_its_entry():
    """Twenty bytes in each row, and not the whole row once more."""
    texts = [f"{n:020d}" for n in range(1000)]
    once = define_schema({"t": define_table({"a": v.string()})})
    twice = define_schema({"t": define_table({"a": v.string(), "b": v.string()})})

    def weight(schema: docdb.Schema, names: tuple[str, ...]) -> int:
        with docdb.open(":memory:", schema) as db:
            db.insert_many("t", [dict.fromkeys(names, text) for text in texts])
            return sum(len(key) + len(value) for key, value in whole_store(db))

    more = weight(twice, ("a", "b")) - weight(once, ("a",))

    assert 20 * len(texts) <= more <= 25 * len(texts)


def test_reading_opens_no_connection(monkeypatch: pytest.MonkeyPatch):
    """Everything is in the file, metadata of stored files included."""

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with docdb.open(":memory:", EKVI.schema) as db:
        EKVI.populate(db, rows=100, seed=1)

        for ask in EKVI.patterns.values():
            ask(db, Random(1))


def test_expiry_looks_at_what_it_deletes(monkeypatch: pytest.MonkeyPatch):
    """Ten expired rows among a hundred and among three thousand cost the same reads."""
    reads = [0]

    def counting(verb: str) -> None:
        original = getattr(MemorySnapshot, verb)

        def counted(self: Any, *arguments: Any, **options: Any) -> Any:
            reads[0] += 1
            return original(self, *arguments, **options)

        monkeypatch.setattr(MemorySnapshot, verb, counted)

    for verb in ("get", "get_many", "scan", "scan_keys"):
        counting(verb)

    def swept(rows: int) -> int:
        schema = define_schema({"t": define_table({"at": v.number()}).ttl("at")})
        with docdb.open(":memory:", schema) as db:
            db.insert_many("t", [{"at": n} for n in range(rows)])
            reads[0] = 0
            assert db.sweep(9) == 10
            return reads[0]

    assert swept(100) == swept(3000)


def test_a_filtered_search_finds_what_it_returns():
    """Of a hundred messages with the word, it meets those of one chat."""
    table = define_table({"chat": v.number(), "body": v.string()}).search_index(
        "by_body", search_field="body", filter_fields=["chat"]
    )
    db = docdb.open(":memory:", define_schema({"m": table}))
    db.insert_many("m", [{"chat": n % 20, "body": "hello world"} for n in range(100)])

    found = (
        db.query("m").with_search_index(
            "by_body", lambda q: q.search("body", "world").eq("chat", 3)
        )
    ).explain()

    assert found.entries_read == found.documents_returned == 5


def test_an_insert_under_six_indexes_writes_ten_keys(monkeypatch: pytest.MonkeyPatch):
    """Three indexes, and three of words: one entry each, and their totals."""
    application = fixtures.load("whitecell")
    written: list[int] = []
    apply = MemoryBatch.apply

    def counted(self: Any, changes: Any) -> None:
        written.append(len(changes))
        apply(self, changes)

    with docdb.open(":memory:", application.schema) as db:
        application.populate(db, rows=300, seed=1)
        note: Any = db.query("notes").first()
        fields = {name: value for name, value in note.items() if name[0] != "_"}
        monkeypatch.setattr(MemoryBatch, "apply", counted)
        db.insert("notes", fields)

    # The record, three entries, and an entry and totals for each index of words.
    assert written == [10]
