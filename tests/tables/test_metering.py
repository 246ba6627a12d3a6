"""Convex's transaction limits: what counts, and what happens one beyond."""

from collections.abc import Callable
from typing import Any

import pytest

import docdb
from docdb import Database, InvalidArgument, LimitExceeded, define_schema, define_table, v
from docdb.tables.metering import CONVEX_LIMITS, Metrics
from tests.databases import OpenDatabase, whole_store

SCHEMA = define_schema(
    {"t": define_table({"n": v.number(), "x": v.optional(v.any())}).index("by_n", ["n"])}
)
# Of {"n": 1}: 2 for the object, 2 for the name, 9 for the number, 38 for _id, 23 for _creationTime.
SIZE = 2 + 2 + 9 + 38 + 23
SMALL = Metrics(
    documents_read=10,
    bytes_read=2_000,
    database_queries=5,
    documents_written=6,
    bytes_written=1_000,
)


@pytest.fixture(name="db")
def database_with_limits(open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Twenty documents under limits that can be reached."""
    monkeypatch.setattr("docdb.opening.CONVEX_LIMITS", SMALL)
    db = open_database(SCHEMA, limits="convex")
    for first in range(0, 20, 5):
        db.insert_many("t", [{"n": first + n} for n in range(5)])
    return db


@pytest.mark.parametrize(
    ("read", "documents", "queries"),
    [
        (lambda tx, ids: tx.get(ids[0]), 1, 1),
        (lambda tx, ids: [tx.get(ids[0]) for _ in range(3)], 3, 1),
        (lambda tx, ids: tx.get_many(ids[:3]), 3, 3),
        (lambda tx, ids: tx.query("t").take(4), 4, 1),
        (lambda tx, ids: tx.query("t").first(), 1, 1),
        (
            lambda tx, ids: tx.query("t").with_index("by_n", lambda q: q.lt("n", 4)).collect(),
            4,
            None,
        ),
        (lambda tx, ids: tx.query("t").filter(lambda q: q.field("n") == 3).first(), 4, 1),
        (lambda tx, ids: tx.query("t").where(lambda row: row["n"] == 3).first(), 4, 1),
        (lambda tx, ids: next(iter(tx.query("t"))), 1, 1),
        (lambda tx, ids: tx.query("t").paginate(num_items=3), 3, 1),
        (lambda tx, ids: tx.query("t").with_index("by_n", n=99).collect(), 0, 1),
        (lambda tx, ids: tx.patch(ids[0], {"n": 0}), 1, 1),
        (lambda tx, ids: tx.delete(ids[0]), 1, 1),
    ],
)
def test_what_is_read_is_counted(
    db: Database, read: Callable[[Any, list[str]], object], documents: int, queries: int | None
):
    """Rows that were consumed, dropped or not; not those that were fetched ahead."""
    ids = db.query("t").with_index("by_n").ids()
    with db.write() as tx:
        read(tx, ids)
        metrics = tx.metrics()

    assert metrics.documents_read == documents
    assert metrics.bytes_read == documents * SIZE
    assert queries is None or metrics.database_queries == queries


@pytest.mark.parametrize(
    ("write", "documents"),
    [
        (lambda tx, ids: tx.insert("t", {"n": 1}), 1),
        (lambda tx, ids: tx.insert_many("t", [{"n": 1}, {"n": 2}]), 2),
        (lambda tx, ids: tx.patch(ids[0], {"n": 99}), 1),
        (lambda tx, ids: [tx.patch(ids[0], {"n": n}) for n in (98, 99)], 2),
        (lambda tx, ids: tx.replace(ids[0], {"n": 99}), 1),
        (lambda tx, ids: tx.patch(ids[0], {"n": 0}), 0),
    ],
)
def test_what_is_written_is_counted(
    db: Database, write: Callable[[Any, list[str]], object], documents: int
):
    """Every call that changes something, with the size of the new document."""
    ids = db.query("t").with_index("by_n").ids()
    with db.write() as tx:
        write(tx, ids)
        metrics = tx.metrics()

    assert (metrics.documents_written, metrics.bytes_written) == (documents, documents * SIZE)


def test_a_deletion_is_a_write_of_nothing(db: Database):
    """It counts, and has no bytes."""
    id = db.query("t").ids()[0]
    with db.write() as tx:
        tx.delete(id)

        assert (tx.metrics().documents_written, tx.metrics().bytes_written) == (1, 0)


@pytest.mark.parametrize(
    ("use", "limit"),
    [
        (lambda tx: tx.query("t").collect(), "documents_read"),
        (lambda tx: list(tx.query("t")), "documents_read"),
        (lambda tx: tx.query("t").filter(lambda q: q.field("n") > 90).first(), "documents_read"),
        (lambda tx: [tx.query("t").take(6), tx.query("t").take(6)], "documents_read"),
        (
            lambda tx: [tx.query("t").with_index("by_n", n=n).first() for n in range(0, 20, 2)],
            "database_queries",
        ),
        (lambda tx: tx.insert_many("t", [{"n": n} for n in range(7)]), "documents_written"),
        (lambda tx: tx.insert("t", {"n": 1, "x": "x" * 1000}), "bytes_written"),
    ],
)
def test_one_beyond_a_limit_is_refused(db: Database, use: Callable[[Any], object], limit: str):
    """The error names the limit; what did it is not applied, and the rest can be given up."""
    before = whole_store(db)
    with db.write() as tx:
        with pytest.raises(LimitExceeded) as caught:
            use(tx)
        tx.close()

    assert (caught.value.limit, caught.value.maximum) == (limit, getattr(SMALL, limit))
    assert whole_store(db) == before


def test_up_to_a_limit_everything_works(db: Database):
    """Ten reads and six writes."""
    with db.write() as tx:
        tx.query("t").take(10)
        tx.insert_many("t", [{"n": n} for n in range(6)])

        assert tx.metrics()[::3] == (10, 6)

    assert db.query("t").count() == 26


def test_a_page_ends_where_a_limit_of_reading_is_reached(db: Database):
    """It asks to be split instead of failing, and the walk goes on in another transaction."""
    met = []
    cursor, is_done = None, False
    while not is_done:
        page = db.query("t").paginate(num_items=100, cursor=cursor)
        met += [row["n"] for row in page.page]
        cursor, is_done = page.continue_cursor, page.is_done

    assert met == list(range(20))


def test_a_page_that_may_not_read_a_single_row_is_refused(db: Database):
    """There is no page to give."""
    with db.read() as snapshot:
        snapshot.query("t").take(10)

        with pytest.raises(LimitExceeded):
            snapshot.query("t").paginate(num_items=1)


def test_a_page_ends_where_a_limit_of_bytes_is_reached(db: Database):
    """However large the next row is, as long as one row was read."""
    for n in range(100, 103):
        db.insert("t", {"n": n, "x": "x" * 900})
    query = db.query("t").with_index("by_n", lambda q: q.gte("n", 100))
    page = query.paginate(num_items=100)

    assert [row["n"] for row in page.page] in ([100], [100, 101])
    assert page.page_status == "SplitRequired"


def test_a_savepoint_gives_writes_back_and_reads_not(db: Database):
    """What was rolled back was not written; what was read was read."""
    with db.write() as tx:
        with pytest.raises(ZeroDivisionError), tx.nested():
            tx.insert_many("t", [{"n": n} for n in range(5)])
            tx.query("t").take(3)
            raise ZeroDivisionError
        metrics = tx.metrics()

        assert metrics.documents_written == 0
        assert metrics.documents_read == 3
        tx.insert_many("t", [{"n": n} for n in range(6)])


def test_a_reader_is_counted_too(db: Database):
    """Queries have the limits of reading."""
    with db.read() as snapshot:
        snapshot.query("t").take(3)

        assert snapshot.metrics().documents_read == 3
        with pytest.raises(LimitExceeded):
            snapshot.query("t").collect()


def test_the_limits_are_convex_s():
    """As its backend has them."""
    mebibyte = 1 << 20
    assert CONVEX_LIMITS == (32_000, 16 * mebibyte, 4096, 16_000, 16 * mebibyte)


def test_they_are_off_unless_they_are_asked_for():
    """Nothing is counted then."""
    db = docdb.open(":memory:")
    db.insert_many("t", [{"n": n} for n in range(16_001)])
    with db.write() as tx, pytest.raises(InvalidArgument):
        tx.metrics()


def test_they_are_turned_on_by_open():
    """``limits="convex"`` refuses what Convex would refuse."""
    db = docdb.open(":memory:", limits="convex")

    with pytest.raises(LimitExceeded):
        db.insert_many("t", [{"n": n} for n in range(16_001)])
    with pytest.raises(LimitExceeded):
        db.insert_many("t", [{"x": "x" * 1_000_000} for _ in range(17)])
    assert db.query("t").count() == 0
