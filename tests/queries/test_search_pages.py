"""
Pages of a search, and how much of it may be read: every hit once, best first, step by step.

The length of this file: walks, edges, budgets and misuse of one verb.
"""

from collections.abc import Callable
from typing import Any

import pytest

import docdb
from docdb import (
    CursorError,
    Database,
    InvalidArgument,
    LimitExceeded,
    SearchQuery,
    define_schema,
    define_table,
    v,
)
from docdb.tables.metering import CONVEX_LIMITS
from tests.databases import OpenDatabase

NOTES = (
    define_table({"text": v.any(), "kind": v.optional(v.any())})
    .search_index("by_text", search_field="text", filter_fields=["kind"])
    .search_index("by_kind", search_field="kind", filter_fields=["text"])
)
SCHEMA = define_schema({"notes": NOTES, "others": NOTES})


@pytest.fixture(name="db")
def database(open_database: OpenDatabase) -> Database:
    """A database with the search indexes by_text and by_kind on two tables."""
    return open_database(SCHEMA)


def insert(db: Any, *texts: Any, **fields: Any) -> list[str]:
    """Insert notes, and return their ids."""
    return db.insert_many("notes", [{"text": text, **fields} for text in texts])


def search(reader: Any, text: str, **equal: Any) -> SearchQuery[Any]:
    """Return the search of notes for a text, with equalities."""

    def asked(q: Any) -> Any:
        q = q.search("text", text)
        for field, value in equal.items():
            q = q.eq(field, value)
        return q

    return reader.query("notes").with_search_index("by_text", asked)


def filled(db: Database) -> Database:
    """Insert 60 notes: of each kind 30, of most scores several, of which 12 are pending."""
    for first in (0, 48):
        rows = [{"text": "a " * (n % 4 + 1) + "b " * (n % 3), "kind": n % 2} for n in range(48)]
        db.insert_many("notes", rows[: 48 - first or 12])
    return db


def walk(query: SearchQuery[Any], **options: Any) -> list[docdb.Page]:
    """Return the pages of a search up to the one that is done."""
    pages = [query.paginate(**options)]
    while not pages[-1].is_done and len(pages) < 100:
        pages.append(query.paginate(cursor=pages[-1].continue_cursor, **options))
    return pages


def rows_of(pages: list[docdb.Page]) -> list[Any]:
    """Return the rows of all pages."""
    return [row for page in pages for row in page.page]


def texts(page: docdb.Page) -> list[Any]:
    """Return the text of each row of a page."""
    return [row["text"] for row in page.page]


class TestWalking:
    """A walk from page to page meets every hit once."""

    @pytest.mark.parametrize("size", [1, 2, 7, 59, 60, 61, 32_000])
    @pytest.mark.parametrize(
        "narrow",
        [
            lambda db: search(db, "a"),
            lambda db: search(db, "b a").with_scores(),
            lambda db: search(db, "b", kind=1),
            lambda db: search(db, "a").filter(lambda f: f.field("kind") == 1),
            lambda db: search(db, "a b", kind=0).where(lambda row: "b" in row["text"]),
            lambda db: search(db, "c"),
            lambda db: search(db, ""),
        ],
    )
    def test_pages_together_are_the_search(
        self, db: Database, narrow: Callable[[Database], SearchQuery[Any]], size: int
    ):
        """Whatever is looked for, filtered by, and the size of the pages; ties included."""
        query = narrow(filled(db))

        pages = walk(query, num_items=size)

        assert rows_of(pages) == query.collect()
        assert all(len(page.page) == size for page in pages[:-1])
        assert len(pages[-1].page) < size

    def test_a_full_page_is_not_done(self, db: Database):
        """A page that fills exactly does not know yet that nothing follows."""
        insert(db, "a b c", "a b", "a")

        pages = walk(search(db, "a"), num_items=3)

        assert [(texts(page), page.is_done) for page in pages] == [
            (["a", "a b", "a b c"], False),
            ([], True),
        ]

    @pytest.mark.parametrize("text", ["", "!", "b"])
    def test_a_search_without_hits_is_done_at_once(self, db: Database, text: str):
        """The first page says that there is nothing."""
        insert(db, "a")

        page = search(db, text).paginate(num_items=5)

        assert (page.page, page.is_done, page.page_status) == ([], True, None)

    def test_the_end_stays_the_end(self, db: Database):
        """Going on from the last cursor gives nothing, whatever was written since."""
        insert(db, "a")
        last = search(db, "a").paginate(num_items=5)
        insert(db, "a", "a b")

        page = search(db, "a").paginate(num_items=5, cursor=last.continue_cursor)

        assert (page.page, page.is_done) == ([], True)

    def test_a_snapshot_can_be_walked_while_others_write(self, db: Database):
        """Its scores do not change."""
        filled(db)
        with db.read() as reader:
            query = search(reader, "a b").with_scores()
            expected = query.collect()
            pages = [query.paginate(num_items=13)]
            while not pages[-1].is_done:
                db.delete(search(db, "a").ids()[0])
                insert(db, "a", "b b b", "c")
                pages.append(query.paginate(num_items=13, cursor=pages[-1].continue_cursor))

        assert rows_of(pages) == expected

    def test_a_transaction_can_be_walked(self, db: Database):
        """With everything that it wrote before."""
        filled(db)
        with db.write() as tx:
            insert(tx, *["a b"] * 20)
            for id in search(tx, "a").ids()[::7]:
                tx.delete(id)
            pages = walk(search(tx, "a b"), num_items=9)
            expected = search(tx, "a b").collect()

        assert rows_of(pages) == expected

    def test_a_row_that_was_deleted_leaves_its_place(self, db: Database):
        """A cursor is a score and a place among equals, not a row."""
        ids = insert(db, *["a"] * 5)
        page = search(db, "a").paginate(num_items=2)
        db.delete(ids[3])
        insert(db, "a")

        rest = search(db, "a").paginate(num_items=9, cursor=page.continue_cursor)

        assert [row["_id"] for row in page.page] == [ids[4], ids[3]]
        assert [row["_id"] for row in rest.page] == [ids[2], ids[1], ids[0]]

    def test_scores_can_be_added_between_two_pages(self, db: Database):
        """It is the same search, in the same order."""
        filled(db)
        scored = search(db, "a").with_scores()
        page = search(db, "a").paginate(num_items=10)

        rest = scored.paginate(num_items=99, cursor=page.continue_cursor)

        assert page.page == search(db, "a").take(10)
        assert rest.page == scored.collect()[10:]

    def test_many_hits_are_walked_in_few_large_pages(self, db: Database):
        """Beyond what is fetched at once."""
        insert(db, *[f"a {'b ' * (n % 5)}" for n in range(3_000)])
        query = search(db, "a b")

        pages = walk(query, num_items=1_499)

        assert [len(page.page) for page in pages] == [1_499, 1_499, 2]
        assert rows_of(pages) == query.collect()


class TestEdges:
    """With both its edges a page is what lies between them."""

    def test_a_page_between_two_cursors_ignores_every_bound(self, db: Database):
        """A live page keeps its edges."""
        query = search(filled(db), "a b")
        first = query.paginate(num_items=10)
        second = query.paginate(num_items=20, cursor=first.continue_cursor)

        again = query.paginate(
            num_items=1,
            cursor=first.continue_cursor,
            end_cursor=second.continue_cursor,
            maximum_rows_read=1,
            maximum_bytes_read=1,
        )

        assert again.page == second.page == query.collect()[10:30]
        assert again.continue_cursor == second.continue_cursor
        assert (again.is_done, again.page_status) == (False, None)

    def test_a_page_up_to_the_end_is_done(self, db: Database):
        """Where the end cursor is that of the last page."""
        query = search(filled(db), "a b", kind=1)
        first, *_, last = walk(query, num_items=10)

        rest = query.paginate(
            num_items=1, cursor=first.continue_cursor, end_cursor=last.continue_cursor
        )

        assert rest.page == query.collect()[10:]
        assert rest.is_done

    def test_a_page_that_ends_before_it_begins_is_empty(self, db: Database):
        """Cursors in the wrong order have nothing between them."""
        query = search(filled(db), "a b")
        first, second, *_ = walk(query, num_items=10)

        page = query.paginate(
            num_items=5, cursor=second.continue_cursor, end_cursor=first.continue_cursor
        )

        assert page.page == []


class TestBudgets:
    """A page may be told how much it may read."""

    def test_rows_that_are_read_are_bounded(self, db: Database):
        """Whether they match or not; the next page goes on behind them."""
        query = search(filled(db), "a").filter(lambda f: f.field("kind") == 1)

        pages = walk(query, num_items=50, maximum_rows_read=7)

        assert rows_of(pages) == query.collect()
        assert [page.page_status for page in pages] == ["SplitRequired"] * 8 + [None]

    def test_bytes_that_are_read_are_bounded(self, db: Database):
        """A page reads at least one row."""
        insert(db, *["a " + "x" * 1_000] * 5)
        query = search(db, "a")

        pages = walk(query, num_items=50, maximum_bytes_read=1)
        twos = walk(query, num_items=50, maximum_bytes_read=1_500)

        assert [len(page.page) for page in pages] == [1, 1, 1, 1, 1]
        assert [len(page.page) for page in twos] == [2, 2, 1]
        assert rows_of(pages) == rows_of(twos) == query.collect()

    @pytest.mark.parametrize(
        "budget", [{"maximum_rows_read": 3}, {"maximum_bytes_read": 1}, {"maximum_rows_read": 4}]
    )
    def test_a_budget_that_ends_with_the_hits_is_kept(self, db: Database, budget: Any):
        """
        The page is done, and nothing has to be split.

        Bytes that were used up by the last hit made a page that was not done, and an empty one
        behind it.
        """
        query = search(db, "a")
        insert(db, *["a"] * (1 if "maximum_bytes_read" in budget else 3))

        page = query.paginate(num_items=50, **budget)

        assert (page.is_done, page.page_status) == (True, None)
        assert page.page == query.collect()

    @pytest.mark.parametrize(
        "options",
        [
            {"num_items": 0},
            {"num_items": -1},
            {"num_items": 1.5},
            {"num_items": True},
            {"num_items": 32_001},
            {"num_items": 1, "maximum_rows_read": 0},
            {"num_items": 1, "maximum_bytes_read": "1"},
        ],
    )
    def test_a_number_that_is_none_is_refused(self, db: Database, options: Any):
        """As in pages of any query."""
        with pytest.raises(InvalidArgument):
            search(db, "a").paginate(**options)


class TestCursors:
    """A cursor belongs to one search."""

    @pytest.mark.parametrize(
        "other",
        [
            lambda db: search(db, "a b"),
            lambda db: search(db, "A"),
            lambda db: search(db, "a", kind=1),
            lambda db: search(db, "a").filter(lambda f: f.field("kind") == 1),
            lambda db: search(db, "a").where(lambda row: True),
            lambda db: db.query("notes"),
            lambda db: db.query("notes").with_search_index(
                "by_kind", lambda q: q.search("kind", "a")
            ),
            lambda db: db.query("others").with_search_index(
                "by_text", lambda q: q.search("text", "a")
            ),
        ],
    )
    def test_another_search_refuses_it(self, db: Database, other: Callable[[Database], Any]):
        """By any difference in what is looked for, where, or filtered by; and the other way."""
        filled(db)
        own = search(db, "a").paginate(num_items=2).continue_cursor
        foreign = other(db).paginate(num_items=2).continue_cursor

        with pytest.raises(CursorError):
            other(db).paginate(num_items=2, cursor=own)
        with pytest.raises(CursorError):
            search(db, "a").paginate(num_items=2, cursor=foreign)
        with pytest.raises(CursorError):
            search(db, "a").paginate(num_items=2, end_cursor=foreign)

    def test_the_order_of_conditions_means_nothing(self, db: Database):
        """The same search, written the other way round, goes on."""
        filled(db)
        page = search(db, "a", kind=1).paginate(num_items=2)
        turned = db.query("notes").with_search_index(
            "by_text", lambda q: q.eq("kind", 1.0).search("text", "a")
        )

        rest = turned.paginate(num_items=99, cursor=page.continue_cursor)

        assert page.page + rest.page == search(db, "a", kind=1).collect()

    @pytest.mark.parametrize("cursor", ["", "x", "A" * 60, "é", 5, b"x", "x" * 100_000])
    def test_what_is_no_cursor_is_refused(self, db: Database, cursor: Any):
        """Whatever it is instead."""
        filled(db)

        with pytest.raises(CursorError):
            search(db, "a").paginate(num_items=2, cursor=cursor)

    def test_a_cursor_cannot_be_changed(self, db: Database):
        """In any of its characters."""
        cursor = search(filled(db), "a").paginate(num_items=2).continue_cursor

        for place in range(0, len(cursor), 7):
            forged = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
            with pytest.raises(CursorError):
                search(db, "a").paginate(num_items=2, cursor=forged)

    def test_a_cursor_outlives_its_transaction(self, db: Database):
        """It says where to go on in any later state."""
        filled(db)
        with db.write() as tx:
            page = search(tx, "a").paginate(num_items=10)

        rest = search(db, "a").paginate(num_items=99, cursor=page.continue_cursor)

        assert page.page + rest.page == search(db, "a").collect()


class TestConvexLimits:
    """Under Convex's limits a search has at most 1,024 hits."""

    @pytest.fixture(name="db")
    def limited(self, open_database: OpenDatabase) -> Database:
        """A database that keeps Convex's limits."""
        return open_database(SCHEMA, limits="convex")

    def test_all_of_1023_hits_can_be_read(self, db: Database):
        """Nobody has to ask for fewer."""
        insert(db, *["a"] * 1_023)
        query = search(db, "a")

        assert len(query.collect()) == len(list(query)) == len(query.ids()) == 1_023
        assert query.where(lambda row: row["text"] == "b").collect() == []

    @pytest.mark.parametrize(
        "end",
        [
            lambda q: q.collect(),
            list,
            lambda q: q.ids(),
            lambda q: q.take(1_025),
            lambda q: q.where(lambda row: row["text"] == "b").first(),
            lambda q: q.where(lambda row: row["text"] == "b").count(),
        ],
    )
    def test_the_1024th_hit_ends_a_search(self, db: Database, end: Callable[[Any], object]):
        """By an error that says how many there may be."""
        insert(db, *["a"] * 1_024)

        with pytest.raises(LimitExceeded) as refused:
            end(search(db, "a"))

        assert (refused.value.limit, refused.value.maximum) == ("search_hits", 1_024)

    def test_as_many_can_be_taken(self, db: Database):
        """If no more than those are asked for; counting reads none."""
        insert(db, *["a"] * 1_030)

        assert len(search(db, "a").take(1_024)) == 1_024
        assert search(db, "a").first() is not None
        assert search(db, "a").count() == 1_030

    def test_hits_that_are_read_count(self, db: Database):
        """Those that a filter dropped too; those that were fetched ahead do not."""
        insert(db, *["a"] * 100, "b")
        with db.read() as reader:
            search(reader, "a").take(3)
            taken = reader.metrics().documents_read
            search(reader, "a b").filter(lambda f: f.field("text") == "b").first()
            search(reader, "a").filter(lambda f: f.field("text") == "b").first()

            assert (taken, reader.metrics().documents_read) == (3, 3 + 1 + 100)

    def test_without_them_there_is_no_such_limit(self, open_database: OpenDatabase):
        """A search gives all that there is."""
        db = open_database(SCHEMA)
        insert(db, *["a"] * 2_500)

        assert len(search(db, "a").collect()) == 2_500
        assert len(search(db, "a").take(2_000)) == 2_000

    @pytest.mark.parametrize("size", [100, 512, 1_024, 5_000])
    def test_pages_end_at_1024_hits(self, db: Database, size: int):
        """All of them together, without an error."""
        insert(db, *["a"] * 1_030)

        pages = walk(search(db, "a"), num_items=size)

        assert rows_of(pages) == search(db, "a").take(1_024)
        assert pages[-1].is_done

    def test_a_page_ends_where_no_more_may_be_read(
        self, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
    ):
        """As any page does; it raised an error instead."""
        few = CONVEX_LIMITS._replace(documents_read=10)
        monkeypatch.setattr("docdb.opening.CONVEX_LIMITS", few)
        db = open_database(SCHEMA, limits="convex")
        insert(db, *["a"] * 10)
        insert(db, *["a"] * 5)
        query = search(db, "a")

        pages = walk(query, num_items=50)

        assert [len(page.page) for page in pages] == [10, 5]
        assert [page.page_status for page in pages] == ["SplitRequired", None]
        assert len({row["_id"] for row in rows_of(pages)}) == 15
