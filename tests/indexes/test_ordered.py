"""
Indexes: entries in the order of the values, however long they are, in both directions.

The order comes from ``tests.model.order``, which knows nothing of keys. Long keys are the danger:
the store takes 511 bytes, and what shares the first 495 lies in the order of digests.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import docdb
from docdb import Database, Int64, define_schema, define_table, v
from docdb.encoding.rows import mint
from docdb.indexes.ordered import OrderedIndex
from docdb.kv.interface import Snapshot
from docdb.kv.memory import MemoryStore
from docdb.transactions.read_set import ReadSet
from docdb.transactions.reader import TrackedReader
from tests.databases import OpenDatabase
from tests.model.order import order_key

SCHEMA = define_schema(
    {
        "t": define_table({"a": v.any(), "b": v.any()})
        .index("by_a", ["a"])
        .index("by_a_b", ["a", "b"])
    }
)
LONG = [480, 481, 482, 483, 484, 485, 493, 494, 495, 496, 500, 2000]
SHARED = "s" * 600
# Texts around the border, in groups that share far more than any store keeps of a key.
TEXTS = [
    *("x" * length for length in LONG),
    *("x" * length + "y" for length in LONG),
    *(SHARED + each for each in ("", "\x00", "\x00\x00", "a", "b", "é", "😀", "z" * 1400)),
    *("\x00" * length for length in (200, 240, 245, 250, 700)),
    "",
    "a",
    "z",
]
WIDE: list[Any] = [
    *TEXTS,
    *(text.encode() for text in TEXTS[::3]),
    *([text] for text in TEXTS[::3]),
    *([1.0] * count for count in (50, 54, 55, 56, 200)),
    *({"k": text} for text in TEXTS[::4]),
    None,
    1,
    Int64(1),
    True,
]


@pytest.fixture(name="index")
def index_on_a() -> OrderedIndex:
    """An index on the field a."""
    return OrderedIndex(1, ["a"])


def rows_of(values: list[Any]) -> list[tuple[Any, bytes]]:
    """Return values with the row keys of documents created one after the other."""
    return [
        (value, mint(10001, (0x4278 << 48) + n, b"random")[1]) for n, value in enumerate(values)
    ]


def indexed(index: OrderedIndex, rows: list[tuple[Any, bytes]]) -> Snapshot:
    """Return a store's view of the entries of some documents."""
    store = MemoryStore()
    with store.write(timeout=None) as batch:
        batch.apply(sorted(index.entry({"a": value}, row_key) for value, row_key in rows))
        batch.commit()
    return store.snapshot()


def scanned(runs: Iterator[list[bytes]]) -> list[bytes]:
    """Return the keys of all runs, none of which may be empty."""
    collected = list(runs)
    assert all(collected)
    return [key for keys in collected for key in keys]


def in_order(index: OrderedIndex, rows: list[tuple[Any, bytes]]) -> list[bytes]:
    """Return the full keys in the order of the values, then of the documents."""
    ordered = sorted(rows, key=lambda row: (order_key(row[0]), row[1]))
    return [index.encode({"a": value}, row_key) for value, row_key in ordered]


@pytest.mark.parametrize("run", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("reverse", [False, True])
def test_keys_come_in_the_order_of_the_values(index: OrderedIndex, run: int, reverse: bool):
    """Whatever their length and kind, wherever a run ends, in both directions."""
    rows = rows_of(WIDE)
    expected = in_order(index, rows)

    found = scanned(
        index.scan(
            indexed(index, rows), index.prefix, index.prefix + b"\xff", reverse=reverse, run=run
        )
    )

    assert found == (expected[::-1] if reverse else expected)


@given(
    values=st.lists(st.sampled_from(WIDE), max_size=30),
    bounds=st.tuples(st.sampled_from(WIDE), st.sampled_from(WIDE)),
    ends=st.tuples(st.sampled_from([b"", b"\xff"]), st.sampled_from([b"", b"\xff"])),
    reverse=st.booleans(),
    run=st.integers(1, 9),
)
def test_a_range_is_exact(values, bounds, ends, reverse: bool, run: int):
    """Bounds inside a group of long keys, at its edges, or beyond it."""
    index = OrderedIndex(1, ["a"])
    rows = rows_of(values)
    start, stop = (
        index.encode({"a": bound}, b"") + end for bound, end in zip(bounds, ends, strict=True)
    )
    expected = [key for key in in_order(index, rows) if start <= key < stop]

    found = scanned(index.scan(indexed(index, rows), start, stop, reverse=reverse, run=run))

    assert found == (expected[::-1] if reverse else expected)


def test_an_entry_is_found_under_its_key(index: OrderedIndex):
    """An entry that fits has no value; a longer one has its rest as the value."""
    short = index.entry({"a": "x"}, b"row")
    long = index.entry({"a": "x" * 2000}, b"row")

    assert short == (index.encode({"a": "x"}, b"row"), b"")
    assert len(long[0]) == 511
    assert long[0][:495] + long[1] == index.encode({"a": "x" * 2000}, b"row")


def test_a_missing_field_is_indexed_as_missing(index: OrderedIndex):
    """Before null, whatever the reason that there is nothing."""
    nested = OrderedIndex(2, ["a.b"])
    entries = [nested.encode(each, b"") for each in ({}, {"a": 1}, {"a": [{"b": 1}]}, {"a": {}})]

    assert len(set(entries)) == 1
    assert entries[0] < nested.encode({"a": {"b": None}}, b"")


def test_what_was_scanned_of_long_keys_is_tracked(index: OrderedIndex):
    """A new document of the same range is noticed, long keys or not."""
    rows = rows_of([SHARED + "a", SHARED + "c", "z"])
    reads = ReadSet()
    reader = TrackedReader(indexed(index, rows), reads)
    start, stop = (index.encode({"a": SHARED + end}, b"") for end in "ad")

    assert len(scanned(index.scan(reader, start, stop))) == 2
    assert reads.touched_by([index.entry({"a": SHARED + "b"}, b"new")[0]])
    assert not reads.touched_by([index.entry({"a": "z"}, b"new")[0]])


class TestThroughTheDatabase:
    """Long values are indexed, ordered, ranged and paged like short ones."""

    @pytest.fixture(name="db")
    def database(self, open_database: OpenDatabase) -> Database:
        """Every wide value twice, in an order that is none."""
        db = open_database(SCHEMA)
        values = sorted([*WIDE, *WIDE], key=repr)
        db.insert_many("t", [{"a": value, "b": n % 3} for n, value in enumerate(values)])
        return db

    def expected(self, db: Database) -> list[Any]:
        """Return the documents in the order of a."""
        rows = db.query("t").collect()
        return sorted(rows, key=lambda row: (order_key(row["a"]), row["_creationTime"]))

    @pytest.mark.parametrize("size", [1, 5, 17, 1000])
    @pytest.mark.parametrize("order", ["asc", "desc"])
    def test_pages_follow_the_order(self, db: Database, order: str, size: int):
        """Both directions, wherever a page ends."""
        query = db.query("t").with_index("by_a").order(order)
        expected = self.expected(db)
        page = query.paginate(num_items=size)
        rows = list(page.page)
        while not page.is_done:
            page = query.paginate(num_items=size, cursor=page.continue_cursor)
            rows += page.page

        assert rows == (expected if order == "asc" else expected[::-1])
        assert query.collect() == rows
        assert query.ids() == [row["_id"] for row in rows]

    @pytest.mark.parametrize(
        "value", [SHARED + "b", "x" * 495, "x" * 2000, ["x" * 495], "\x00" * 250]
    )
    def test_ranges_around_a_long_value(self, db: Database, value: Any):
        """Equal, below and above are told apart."""
        query = db.query("t")
        own = [order_key(row["a"]) for row in self.expected(db)]
        key = order_key(value)

        def count(operator: str) -> int:
            return query.with_index("by_a", lambda q: getattr(q, operator)("a", value)).count()

        assert count("eq") == own.count(key)
        assert count("lt") == sum(each < key for each in own)
        assert count("lte") == sum(each <= key for each in own)
        assert count("gt") == sum(each > key for each in own)
        assert count("gte") == sum(each >= key for each in own)

    @pytest.mark.parametrize("prefix", ["x" * 100, "x" * 490, "x" * 600, SHARED, SHARED + "\x00"])
    def test_long_prefixes(self, db: Database, prefix: str):
        """A prefix may be longer than what the store keeps of a key."""
        found = db.query("t").with_index("by_a", lambda q: q.prefix("a", prefix)).collect()

        assert found == [
            row
            for row in self.expected(db)
            if isinstance(row["a"], str) and row["a"].startswith(prefix)
        ]

    def test_a_field_behind_a_long_one(self, db: Database):
        """It lies in the part that the store keeps as a value."""
        query = db.query("t").with_index("by_a_b", lambda q: q.gt("b", 0), a="x" * 2000)
        rows = [row for row in self.expected(db) if row["a"] == "x" * 2000 and row["b"] > 0]

        assert query.collect() == rows

    def test_long_values_are_patched_and_deleted(self, db: Database):
        """Their entries go with them."""
        with db.write() as tx:
            for n, row in enumerate(tx.query("t").with_index("by_a")):
                if n % 2:
                    tx.delete(row["_id"])
                else:
                    tx.patch(row["_id"], {"a": SHARED + str(n)})
            query = tx.query("t").with_index("by_a")

            assert query.count() == tx.query("t").count()
            assert query.collect() == sorted(query.collect(), key=lambda row: order_key(row["a"]))

    def test_an_empty_range_among_long_keys_is_empty(self, db: Database):
        """Between two neighbours that share their beginning there may be nothing."""
        query = db.query("t").with_index(
            "by_a", lambda q: q.gt("a", SHARED + "a").lt("a", SHARED + "aa")
        )

        assert query.collect() == []
        assert query.paginate(num_items=1).is_done


def test_a_document_is_indexed_by_values_up_to_its_own_size():
    """Nearly a mebibyte is a key like others."""
    db = docdb.open(":memory:", SCHEMA)
    large = "x" * 1_000_000
    ids = db.insert_many("t", [{"a": large + each, "b": None} for each in "ba"])

    assert db.query("t").with_index("by_a").ids() == ids[::-1]
    assert db.query("t").with_index("by_a", a=large + "b").ids() == ids[:1]
    page = db.query("t").with_index("by_a").paginate(num_items=1)
    rest = db.query("t").with_index("by_a").paginate(num_items=1, cursor=page.continue_cursor)
    assert [row["_id"] for row in rest.page] == ids[:1]
    assert db.check() == []
