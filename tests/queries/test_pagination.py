"""
Pages: every row once, in order, in steps that survive what is written between them.

The length of this file: walks, edges, budgets and misuse of one verb.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import docdb
from docdb import CursorError, Database, InvalidArgument, Query, define_schema, define_table, v
from tests.databases import OpenDatabase

SCHEMA = define_schema(
    {
        "rows": define_table({"k": v.any(), "n": v.number()})
        .index("by_k", ["k"])
        .index("by_k_n", ["k", "n"]),
    }
)


@pytest.fixture(name="db")
def database(open_database: OpenDatabase) -> Database:
    """A database with the indexes by_k and by_k_n."""
    return open_database(SCHEMA)


def filled(db: Database, count: int) -> Query:
    """Insert rows n = 0, 1, … with k = n % 3, and return the query of them all."""
    db.insert_many("rows", [{"k": n % 3, "n": n} for n in range(count)])
    return db.query("rows")


def walk(query: Query, **options: Any) -> list[docdb.Page]:
    """Return the pages of a query up to the one that is done."""
    pages = [query.paginate(**options)]
    while not pages[-1].is_done and len(pages) < 100:
        pages.append(query.paginate(cursor=pages[-1].continue_cursor, **options))
    return pages


def numbers(page: docdb.Page) -> list[Any]:
    """Return the n of each row of a page."""
    return [row["n"] for row in page.page]


class TestWalking:
    """A walk from page to page meets every row once."""

    @pytest.mark.parametrize("order", ["asc", "desc"])
    @pytest.mark.parametrize("size", [1, 3, 10, 32_000])
    @pytest.mark.parametrize(
        "narrow",
        [
            lambda q: q,
            lambda q: q.with_index("by_creation_time"),
            lambda q: q.with_index("by_id"),
            lambda q: q.with_index("by_k"),
            lambda q: q.with_index("by_k", k=1),
            lambda q: q.with_index("by_k_n", lambda r: r.eq("k", 1).gt("n", 1).lte("n", 7)),
            lambda q: q.filter(lambda f: f.field("n") > 3),
            lambda q: q.with_index("by_k").where(lambda row: row["n"] % 2),
        ],
    )
    def test_pages_together_are_the_query(
        self, db: Database, narrow: Callable[[Query], Query], size: int, order: str
    ):
        """Whatever the index, the range, the filter, the order and the size of the pages."""
        query = narrow(filled(db, 10)).order(order)

        pages = walk(query, num_items=size)

        assert [row for page in pages for row in page.page] == query.collect()
        assert all(len(page.page) == size for page in pages[:-1])
        assert len(pages[-1].page) < size

    def test_a_full_page_is_not_done(self, db: Database):
        """A page that fills exactly does not know yet that nothing follows."""
        query = filled(db, 4)

        pages = walk(query, num_items=2)

        assert [(numbers(page), page.is_done) for page in pages] == [
            ([0, 1], False),
            ([2, 3], False),
            ([], True),
        ]

    def test_an_empty_table_is_done_at_once(self, db: Database):
        """The first page says that there is nothing."""
        page = db.query("rows").paginate(num_items=5)

        assert (page.page, page.is_done) == ([], True)

    def test_a_table_that_does_not_exist_is_done_at_once(self, db: Database):
        """A name that nobody wrote to yet is an empty table."""
        page = db.query("nothing").paginate(num_items=5)

        assert (page.page, page.is_done) == ([], True)

    def test_the_end_stays_the_end(self, db: Database):
        """Going on from the last cursor gives nothing, whatever was written since."""
        query = filled(db, 2)
        last = query.paginate(num_items=5)
        db.insert("rows", {"k": 0, "n": 2})

        page = query.paginate(num_items=5, cursor=last.continue_cursor)

        assert (page.page, page.is_done) == ([], True)

    def test_a_page_is_a_mapping_too(self, db: Database):
        """Clients of Convex read page, isDone and continueCursor."""
        page = filled(db, 1).paginate(num_items=5)

        assert dict(page) == {
            "page": page.page,
            "isDone": True,
            "continueCursor": page.continue_cursor,
        }

    @given(
        size=st.integers(1, 6), steps=st.lists(st.sampled_from(["insert", "delete"]), max_size=6)
    )
    def test_rows_that_stay_are_met_once(self, size: int, steps: list[str]):
        """Inserts and deletes between the pages neither repeat nor lose another row."""
        db = docdb.open(":memory:", SCHEMA)
        query = filled(db, 12).with_index("by_k_n")
        kept = set(query.ids())
        page = query.paginate(num_items=size)
        met = [row["_id"] for row in page.page]
        while not page.is_done:
            if steps and steps.pop() == "insert":
                db.insert("rows", {"k": 1, "n": 3.5})
            else:
                victim = query.ids()[len(met) % 7]
                kept.discard(victim)
                db.delete(victim)
            page = query.paginate(num_items=size, cursor=page.continue_cursor)
            met += [row["_id"] for row in page.page]

        assert len(met) == len(set(met))
        assert kept <= set(met)


class TestChangesBetweenPages:
    """A cursor is a place in the order of the keys, not a row."""

    def test_a_deleted_row_leaves_its_place(self, db: Database):
        """The row that a cursor stands on may go."""
        query = filled(db, 4)
        page = query.paginate(num_items=2)
        db.delete(page.page[-1]["_id"])

        assert numbers(query.paginate(num_items=2, cursor=page.continue_cursor)) == [2, 3]

    @pytest.mark.parametrize(("order", "seen"), [("asc", [1, 7]), ("desc", [0])])
    def test_a_new_row_of_the_same_key_lies_after_the_older_one(
        self, db: Database, order: str, seen: list[int]
    ):
        """Equal keys are told apart by their creation: ascending walks see the new one."""
        db.insert_many("rows", [{"k": "x", "n": 0}, {"k": "x", "n": 1}])
        query = db.query("rows").with_index("by_k", k="x").order(order)
        page = query.paginate(num_items=1)
        db.insert("rows", {"k": "x", "n": 7})

        assert numbers(query.paginate(num_items=5, cursor=page.continue_cursor)) == seen

    def test_a_row_that_moves_ahead_is_met_twice(self, db: Database):
        """A walk follows the index; who changes the indexed field moves the row."""
        query = filled(db, 3).with_index("by_k_n")
        page = query.paginate(num_items=1)
        db.patch(page.page[0]["_id"], {"k": 9})

        rest = query.paginate(num_items=5, cursor=page.continue_cursor)

        assert numbers(rest) == [1, 2, 0]

    def test_a_cursor_survives_the_first_insert_into_its_table(self, db: Database):
        """A page over a table that did not exist yet can be gone on from."""
        query = db.query("later")
        page = query.paginate(num_items=1)
        db.insert("later", {"n": 1})

        end = query.paginate(num_items=1, cursor=None, end_cursor=page.continue_cursor)

        assert numbers(end) == [1]


class TestEndCursor:
    """With both its edges a page is what lies between them."""

    def test_a_page_between_two_cursors_ignores_every_bound(self, db: Database):
        """A live page keeps its edges and grows in place."""
        query = filled(db, 4).with_index("by_k_n")
        page = query.paginate(num_items=2)
        db.insert_many("rows", [{"k": 0, "n": 1 + n / 10} for n in range(5)])

        again = query.paginate(
            num_items=1, end_cursor=page.continue_cursor, maximum_rows_read=1, maximum_bytes_read=1
        )

        assert numbers(again) == [0, 1.0, 1.1, 1.2, 1.3, 1.4, 3]
        assert again.continue_cursor == page.continue_cursor
        assert not again.is_done

    def test_neighbouring_pages_share_nothing_and_leave_no_gap(self, db: Database):
        """The end of one page is the beginning of the next."""
        query = filled(db, 6)
        first = query.paginate(num_items=2)
        second = query.paginate(num_items=2, cursor=first.continue_cursor)
        db.delete(first.page[1]["_id"])
        db.delete(second.page[0]["_id"])

        live_first = query.paginate(num_items=9, end_cursor=first.continue_cursor)
        live_second = query.paginate(
            num_items=9, cursor=first.continue_cursor, end_cursor=second.continue_cursor
        )

        assert (numbers(live_first), numbers(live_second)) == ([0], [3])

    def test_the_last_page_takes_in_what_comes_later(self, db: Database):
        """Its end is the end of the rows, wherever that is by then."""
        query = filled(db, 1)
        page = query.paginate(num_items=5)
        db.insert("rows", {"k": 0, "n": 1})

        again = query.paginate(num_items=5, end_cursor=page.continue_cursor)

        assert numbers(again) == [0, 1]
        assert again.is_done

    @pytest.mark.parametrize("order", ["asc", "desc"])
    def test_edges_in_the_wrong_order_hold_nothing(self, db: Database, order: str):
        """A page that ends before it begins is empty."""
        query = filled(db, 6).order(order)
        first = query.paginate(num_items=1)
        second = query.paginate(num_items=1, cursor=first.continue_cursor)

        crossed = query.paginate(
            num_items=5, cursor=second.continue_cursor, end_cursor=first.continue_cursor
        )

        assert crossed.page == []
        assert crossed.continue_cursor == first.continue_cursor

    @pytest.mark.parametrize("order", ["asc", "desc"])
    def test_a_page_splits_where_it_says(self, db: Database, order: str):
        """The split cursor makes two pages of one."""
        query = filled(db, 7).order(order)
        page = query.paginate(num_items=7)
        left = query.paginate(num_items=1, end_cursor=page.split_cursor)
        right = query.paginate(
            num_items=1, cursor=page.split_cursor, end_cursor=page.continue_cursor
        )

        assert left.page + right.page == page.page
        assert len(left.page) == 4

    @pytest.mark.parametrize(("count", "splits"), [(0, False), (1, False), (2, False), (3, True)])
    def test_two_rows_are_not_split(self, db: Database, count: int, splits: bool):
        """A page of at most two rows has no middle."""
        page = filled(db, count).paginate(num_items=9)

        assert (page.split_cursor is not None) == splits

    def test_rows_that_a_filter_dropped_count_for_the_split(self, db: Database):
        """The middle is that of the rows that were read."""
        query = filled(db, 9).filter(lambda q: q.field("n") == 8)
        page = query.paginate(num_items=9)

        left = query.paginate(num_items=9, end_cursor=page.split_cursor)

        assert (numbers(page), numbers(left)) == ([8], [])


class TestBudgets:
    """A page may be told how much it may read."""

    def test_a_budget_of_rows_ends_the_page(self, db: Database):
        """Rows count whether or not they match."""
        query = filled(db, 9).filter(lambda q: q.field("n") >= 7)

        page = query.paginate(num_items=5, maximum_rows_read=4)

        assert (page.page, page.is_done, page.page_status) == ([], False, "SplitRequired")

    def test_a_walk_under_a_budget_meets_every_row(self, db: Database):
        """It only takes more pages."""
        query = filled(db, 9).filter(lambda q: q.field("n") >= 7)

        pages = walk(query, num_items=5, maximum_rows_read=2)

        assert [n for page in pages for n in numbers(page)] == [7, 8]
        assert len(pages) == 5

    def test_a_budget_of_bytes_lets_one_row_through(self, db: Database):
        """However large, the first row of a page is read."""
        query = filled(db, 3)

        pages = walk(query, num_items=5, maximum_bytes_read=1)

        assert [numbers(page) for page in pages][:3] == [[0], [1], [2]]
        assert pages[0].page_status == "SplitRequired"

    @pytest.mark.parametrize(
        ("count", "status"), [(75, None), (76, "SplitRecommended"), (99, "SplitRecommended")]
    )
    def test_beyond_three_quarters_of_its_rows_a_page_should_be_split(
        self, db: Database, count: int, status: str | None
    ):
        """The advice comes before the budget is used up."""
        page = filled(db, count).paginate(num_items=1000, maximum_rows_read=100)

        assert page.page_status == status

    def test_beyond_three_quarters_of_its_bytes_a_page_should_be_split(self, db: Database):
        """Bytes are counted by Convex's size function."""
        query = filled(db, 4)
        size = sum(docdb_size(row) for row in query.collect())

        assert query.paginate(num_items=9, maximum_bytes_read=2 * size).page_status is None
        status = query.paginate(num_items=9, maximum_bytes_read=size + 1).page_status
        assert status == "SplitRecommended"

    def test_a_page_without_budgets_needs_no_split(self, db: Database):
        """Small pages are as they should be."""
        assert filled(db, 10).paginate(num_items=10).page_status is None


class TestMisuse:
    """What is no page, and whose cursor it is not."""

    @pytest.mark.parametrize(
        "number", [0, -1, 1.0, 1.5, True, None, "1", [1], 32_001, 2**70, float("nan"), object()]
    )
    def test_a_page_has_a_whole_number_of_rows(self, db: Database, number: Any):
        """From 1 to 32,000."""
        with pytest.raises(InvalidArgument):
            filled(db, 1).paginate(num_items=number)

    @pytest.mark.parametrize("option", ["maximum_rows_read", "maximum_bytes_read"])
    @pytest.mark.parametrize("number", [0, -1, 1.0, True, "1", [1]])
    def test_a_budget_is_a_whole_number(self, db: Database, option: str, number: Any):
        """From 1 on."""
        with pytest.raises(InvalidArgument):
            filled(db, 1).paginate(num_items=1, **{option: number})

    @pytest.mark.parametrize("option", ["cursor", "end_cursor"])
    @pytest.mark.parametrize("cursor", ["", "x", "AAAA", 5, b"x", True, object(), ["x"]])
    def test_what_is_no_cursor_is_refused(self, db: Database, option: str, cursor: Any):
        """Wherever a cursor is taken."""
        with pytest.raises(CursorError):
            filled(db, 1).paginate(num_items=1, **{option: cursor})

    @pytest.mark.parametrize(
        "other",
        [
            lambda db: db.query("others"),
            lambda db: db.query("rows").order("desc"),
            lambda db: db.query("rows").with_index("by_k"),
            lambda db: db.query("rows").with_index("by_k_n", k=2),
            lambda db: db.query("rows").with_index("by_k_n", lambda q: q.gte("k", 1)),
            lambda db: db.query("rows").with_index("by_k_n", k=1).filter(lambda q: True),
            lambda db: db.query("rows").with_index("by_k_n", k=1).where(bool),
            lambda db: db.query("rows").with_index("by_k_n", k=docdb.Int64(1)),
            lambda db: db.system.query("_tables"),
        ],
    )
    def test_a_cursor_of_another_query_is_refused(
        self, db: Database, other: Callable[[Database], Query]
    ):
        """Table, index, range, order and filters belong to a cursor."""
        cursor = filled(db, 3).with_index("by_k_n", k=1).paginate(num_items=1).continue_cursor

        with pytest.raises(CursorError):
            other(db).paginate(num_items=1, cursor=cursor)

    def test_the_same_query_written_otherwise_takes_the_cursor(self, db: Database):
        """Ascending is the default, clauses come in any order, and 1 is 1.0."""
        first = filled(db, 9).with_index("by_k_n", lambda q: q.eq("k", 1).gt("n", 0))
        same = (
            db.query("rows")
            .order("asc")
            .with_index("by_k_n", lambda q: q.gt("n", 0.0).eq("k", 1.0))
        )
        cursor = first.paginate(num_items=1).continue_cursor

        assert numbers(same.paginate(num_items=1, cursor=cursor)) == [4]

    def test_a_cursor_of_another_database_is_refused(self, db: Database):
        """Cursors are sealed by the database that made them."""
        other = docdb.open(":memory:", SCHEMA)
        cursor = filled(other, 3).paginate(num_items=1).continue_cursor

        with pytest.raises(CursorError):
            filled(db, 3).paginate(num_items=1, cursor=cursor)

    def test_a_cursor_of_an_index_that_was_made_anew_is_refused(self, path: str):
        """Its keys are those of an index that is gone; it never starts over silently."""
        rows = define_table({"k": v.any(), "n": v.number()})
        without = define_schema({"rows": rows.index("by_n", ["n"])})
        with docdb.open(path, SCHEMA) as db:
            cursor = filled(db, 6).with_index("by_k_n").paginate(num_items=2).continue_cursor
        docdb.open(path, without).close()
        with docdb.open(path, SCHEMA) as db:
            query = db.query("rows").with_index("by_k_n")

            with pytest.raises(CursorError):
                query.paginate(num_items=9, cursor=cursor)


def docdb_size(document: Any) -> int:
    """Return the size of a document that was read."""
    from docdb.values.sizes import size_of

    return size_of(document)
