"""Queries: values that can be kept and extended, and the ends that run them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

import docdb
from docdb import (
    Closed,
    Database,
    FilterError,
    IndexRangeError,
    InvalidArgument,
    NotUnique,
    Query,
    SearchError,
    SnapshotTooOld,
    UnknownIndex,
    UnknownTable,
    define_schema,
    define_table,
    limits,
    v,
)
from tests.databases import OpenDatabase

SCHEMA = define_schema(
    {
        "rows": define_table({"k": v.any(), "n": v.number()})
        .index("by_k", ["k"])
        .index("by_n_k", ["n", "k"])
        .index("later", ["n"], staged=True),
        "empty": define_table({"k": v.any()}).index("by_k", ["k"]),
    }
)
ENDS: dict[str, Callable[[Query], object]] = {
    "collect": lambda query: query.collect(),
    "first": lambda query: query.first(),
    "take": lambda query: query.take(1),
    "count": lambda query: query.count(),
    "ids": lambda query: query.ids(),
    "explain": lambda query: query.explain(),
    "paginate": lambda query: query.paginate(num_items=1),
    "iterate": lambda query: next(iter(query), None),
}
EVERY_END = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)


@pytest.fixture(name="db")
def database(open_database: OpenDatabase) -> Database:
    """Six rows: n = 0 to 5, k = n % 2."""
    db = open_database(SCHEMA)
    db.insert_many("rows", [{"k": n % 2, "n": n} for n in range(6)])
    return db


def numbers(rows: Any) -> list[Any]:
    """Return the n of each row."""
    return [row["n"] for row in rows]


class TestOrder:
    """Rows come by their index, then by creation, ascending unless asked otherwise."""

    @pytest.mark.parametrize(
        ("narrow", "expected"),
        [
            (lambda q: q, [0, 1, 2, 3, 4, 5]),
            (lambda q: q.with_index("by_creation_time"), [0, 1, 2, 3, 4, 5]),
            (lambda q: q.with_index("by_id"), [0, 1, 2, 3, 4, 5]),
            (lambda q: q.with_index("by_k"), [0, 2, 4, 1, 3, 5]),
            (lambda q: q.with_index("by_k", k=1), [1, 3, 5]),
            (lambda q: q.with_index("by_n_k", lambda r: r.gt("n", 2)), [3, 4, 5]),
            (lambda q: q.with_index("by_n_k", lambda r: r.gt("k", 0), n=3), [3]),
            (lambda q: q.with_index("by_n_k", lambda r: r.gt("n", 4).lt("n", 2)), []),
        ],
    )
    def test_descending_is_the_exact_reverse(
        self, db: Database, narrow: Callable[[Query], Query], expected: list[int]
    ):
        """Ties are broken the other way round as well."""
        query = narrow(db.query("rows"))

        assert numbers(query.collect()) == expected
        assert numbers(query.order("asc").collect()) == expected
        assert numbers(query.order("desc").collect()) == expected[::-1]

    @pytest.mark.parametrize("order", ["ASC", "up", "", None, 1, True, ["asc"], object()])
    def test_there_are_two_orders(self, db: Database, order: Any):
        """asc and desc, in small letters."""
        with pytest.raises(InvalidArgument):
            db.query("rows").order(order)

    def test_an_order_is_given_once(self, db: Database):
        """A second order would be a mistake, even the same one."""
        with pytest.raises(InvalidArgument):
            db.query("rows").order("asc").order("asc")


class TestEnds:
    """Each end answers its own question about the same rows."""

    def test_they_agree(self, db: Database):
        """First, take, count, ids, pages and iteration are parts of collect."""
        query = db.query("rows").with_index("by_k").order("desc")
        rows = query.collect()

        assert query.first() == rows[0]
        assert query.take(4) == rows[:4]
        assert query.take(99) == rows
        assert query.take(0) == []
        assert query.count() == len(rows)
        assert query.ids() == [row["_id"] for row in rows]
        assert query.paginate(num_items=99).page == rows
        assert list(query) == rows

    def test_they_agree_under_filters(self, db: Database):
        """Filters narrow all of them."""
        query = db.query("rows").filter(lambda q: q.field("n") > 1).where(lambda row: row["k"])
        rows = query.collect()

        assert numbers(rows) == [3, 5]
        assert (query.first(), query.take(1)) == (rows[0], rows[:1])
        assert (query.count(), query.ids()) == (2, [row["_id"] for row in rows])
        assert list(query) == rows

    @EVERY_END
    @pytest.mark.parametrize("table", ["empty", "never_seen"])
    def test_nothing_is_no_error(self, db: Database, table: str, end: Callable[[Query], Any]):
        """An empty table, and one that does not exist yet, have no rows."""
        assert not getattr(end(db.query(table)), "page", None)
        assert db.query(table).collect() == []

    def test_first_of_nothing_is_none(self, db: Database):
        """None says that there is none."""
        assert db.query("empty").first() is None
        assert db.query("empty").unique() is None

    def test_unique_returns_the_only_one(self, db: Database):
        """One row is the answer."""
        only = db.query("rows").with_index("by_n_k", n=3).unique()

        assert only is not None
        assert only["n"] == 3

    def test_unique_refuses_several_and_names_two(self, db: Database):
        """The error says which table and which documents."""
        query = db.query("rows").with_index("by_k", k=0)

        with pytest.raises(NotUnique) as caught:
            query.unique()
        assert caught.value.table == "rows"
        assert list(caught.value.ids) == query.ids()[:2]

    @pytest.mark.parametrize("number", [-1, 1.0, True, None, "1", [1], object()])
    def test_take_takes_a_whole_number(self, db: Database, number: Any):
        """Nothing else is a number of rows."""
        with pytest.raises(InvalidArgument):
            db.query("rows").take(number)

    @pytest.mark.parametrize("number", [10**6, 2**63, 2**70])
    def test_take_takes_any_whole_number(self, db: Database, number: int):
        """More than there are is all of them."""
        assert len(db.query("rows").take(number)) == 6

    def test_documents_belong_to_the_caller(self, db: Database):
        """Changing what a query returned changes nothing in the database."""
        db.query("rows").collect()[0]["n"] = 99

        assert numbers(db.query("rows").take(1)) == [0]


class TestReuse:
    """A query is a value."""

    def test_a_query_can_be_extended_twice(self, db: Database):
        """Each call returns another query and leaves the first as it was."""
        query = db.query("rows").filter(lambda q: q.field("n") > 2)
        up, down = query.order("asc"), query.order("desc")

        assert numbers(up.collect()) == [3, 4, 5]
        assert numbers(down.collect()) == [5, 4, 3]
        assert numbers(query.where(lambda row: row["n"] == 4).collect()) == [4]

    def test_a_query_sees_the_database_of_each_run(self, db: Database):
        """On a database every run reads the newest state."""
        query = db.query("rows")
        before = query.count()
        db.insert("rows", {"k": 0, "n": 9})

        assert (before, query.count()) == (6, 7)

    def test_a_query_prints_as_it_is_written(self, db: Database):
        """What it asks can be read."""
        query = (
            db.query("rows")
            .with_index("by_n_k", lambda q: q.gt("k", 1), n=1)
            .order("desc")
            .filter(lambda q: q.field("k") == "x")
        )

        assert repr(query) == (
            "query('rows').with_index('by_n_k', q.eq('n', 1).gt('k', 1)).order('desc')"
            ".filter(q.eq(q.field('k'), 'x'))"
        )


class TestFilters:
    """Filters run on rows that are reached, in the order in which they were given."""

    def test_an_error_waits_until_its_row_is_reached(self, db: Database):
        """A query that stops early never meets it."""
        db.insert("rows", {"k": "x", "n": 9})
        query = db.query("rows").filter(lambda q: q.add(q.field("k"), 1) < 9)

        assert len(query.take(6)) == 6
        with pytest.raises(FilterError):
            query.take(7)

    def test_several_filters_are_joined_by_and(self, db: Database):
        """A row that the first one drops is not shown to the second."""
        db.insert("rows", {"k": "x", "n": 9})
        query = (
            db.query("rows")
            .filter(lambda q: q.field("k") != "x")
            .filter(lambda q: q.add(q.field("k"), q.field("n")) == 4)
        )

        assert numbers(query.collect()) == [3, 4]

    @pytest.mark.parametrize("constant", [1, None, "true", lambda q: None, lambda q: q.field("k")])
    def test_what_is_no_boolean_is_an_error_of_the_row(self, db: Database, constant: Any):
        """On no rows it is none."""
        assert db.query("empty").filter(constant).collect() == []
        with pytest.raises(FilterError):
            db.query("rows").filter(constant).collect()

    @pytest.mark.parametrize(("constant", "count"), [(True, 6), (False, 0)])
    def test_a_constant_keeps_all_or_nothing(self, db: Database, constant: bool, count: int):
        """A plain boolean is a filter."""
        assert db.query("rows").filter(lambda q: constant).count() == count

    def test_a_predicate_may_return_anything(self, db: Database):
        """What Python takes for true keeps the row."""
        query = db.query("rows").where(lambda row: row["k"])

        assert numbers(query.collect()) == numbers(list(query)) == [1, 3, 5]
        assert numbers(query.paginate(num_items=9).page) == [1, 3, 5]
        assert query.explain().documents_returned == 3

    def test_an_error_in_a_predicate_is_the_users(self, db: Database):
        """It comes out as it went in."""
        with pytest.raises(ZeroDivisionError):
            db.query("rows").where(lambda row: 1 / 0).collect()

    @pytest.mark.parametrize("predicate", [None, 1, "x", object()])
    def test_a_predicate_is_a_function(self, db: Database, predicate: Any):
        """Nothing else can be asked about a row."""
        with pytest.raises(InvalidArgument):
            db.query("rows").where(predicate)

    def test_the_number_of_filters_is_limited(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ):
        """One more than the limit is refused."""
        monkeypatch.setattr(limits, "QUERY_STEPS_MAX", 2)
        query = db.query("rows").where(bool).filter(True)  # pyright: ignore[reportArgumentType]

        assert query.count() == 6
        with pytest.raises(InvalidArgument):
            query.where(bool)


class TestUnknownNames:
    """What is not there is named when the query runs."""

    @EVERY_END
    def test_an_unknown_index(self, db: Database, end: Callable[[Query], object]):
        """The hint offers the nearest one."""
        with pytest.raises(UnknownIndex) as caught:
            end(db.query("rows").with_index("by_kk"))

        assert (caught.value.table, caught.value.index) == ("rows", "by_kk")
        assert "did you mean 'by_k'" in caught.value.hint

    @pytest.mark.parametrize("index", ["by_k", "by_id", "by_creation_time"])
    def test_a_table_that_does_not_exist_has_no_index(self, db: Database, index: str):
        """Not even those that every table has."""
        with pytest.raises(UnknownIndex):
            db.query("never_seen").with_index(index).collect()

    def test_a_staged_index_cannot_be_asked(self, db: Database):
        """It is kept up to date for later."""
        with pytest.raises(UnknownIndex):
            db.query("rows").with_index("later").collect()

    @EVERY_END
    @pytest.mark.parametrize(
        "table", ["", "1a", "a-b", "a.b", "é", "a" * 65, "_tables", "_storage", "__", None, 5, [], {}]
    )
    def test_an_impossible_table(self, db: Database, table: Any, end: Callable[[Query], object]):
        """Malformed and reserved names are no empty tables."""
        with pytest.raises(UnknownTable):
            end(db.query(table))

    @pytest.mark.parametrize("table", ["rows", "_nothing", "", None, 5, []])
    def test_an_impossible_system_table(self, db: Database, table: Any):
        """The tables of users are not among the system's."""
        with pytest.raises(UnknownTable):
            db.system.query(table).collect()

    @EVERY_END
    def test_a_range_that_does_not_fit(self, db: Database, end: Callable[[Query], object]):
        """It is checked as a whole when the query runs."""
        query = db.query("rows").with_index("by_k", lambda q: q.eq("n", 1))

        with pytest.raises(IndexRangeError):
            end(query)

    def test_search_indexes_wait_for_a_later_release(self, db: Database):
        """They say so."""
        with pytest.raises(SearchError):
            db.query("rows").with_search_index("by_text", lambda q: q)


class TestIndexArguments:
    """How a range may be given."""

    def test_equalities_may_be_keywords(self, db: Database):
        """With a function for the rest, or without."""
        assert numbers(db.query("rows").with_index("by_n_k", n=3, k=1).collect()) == [3]

    def test_a_field_called_range_or_index_is_a_field(self):
        """Names of parameters are no reserved words."""
        schema = define_schema(
            {"odd": define_table({"range": v.number(), "index": v.number(), "self": v.number()})
             .index("by_all", ["range", "index", "self"])}
        )
        db = docdb.open(":memory:", schema)
        db.insert("odd", {"range": 1, "index": 2, "self": 3})

        query = db.query("odd").with_index("by_all", range=1, index=2, **{"self": 3})

        assert query.count() == 1

    def test_an_index_is_given_once(self, db: Database):
        """A query walks one index."""
        with pytest.raises(InvalidArgument):
            db.query("rows").with_index("by_k").with_index("by_k")

    @pytest.mark.parametrize("index", [None, 1, b"by_k", ["by_k"], object()])
    def test_an_index_is_a_name(self, db: Database, index: Any):
        """Nothing else names it."""
        with pytest.raises(InvalidArgument):
            db.query("rows").with_index(index)

    @pytest.mark.parametrize("range", [1, "x", lambda q: None, lambda q: 5, lambda q: {"a": 1}])
    def test_a_range_is_a_function_that_returns_its_builder(self, db: Database, range: Any):
        """A forgotten return is found."""
        with pytest.raises(IndexRangeError):
            db.query("rows").with_index("by_k", range)


class TestIteration:
    """A loop sees the state at its start."""

    def test_a_loop_does_not_meet_what_it_writes(self, db: Database):
        """Inserting, patching and deleting ahead of the loop changes nothing in it."""
        with db.write() as tx:
            met = []
            for row in tx.query("rows").with_index("by_n_k"):
                met.append(row["n"])
                tx.insert("rows", {"k": 0, "n": row["n"] + 0.5})
                tx.patch(row["_id"], {"n": row["n"] + 100})
                for ahead in tx.query("rows").with_index("by_n_k", n=4.5).collect():
                    tx.delete(ahead["_id"])

        assert met == [0, 1, 2, 3, 4, 5]
        assert db.query("rows").with_index("by_n_k").count() == 11

    def test_a_loop_over_system_tables_does_not_meet_new_ones(self, db: Database):
        """Creating tables in a loop over the tables comes to an end."""
        with db.write() as tx:
            names = []
            for row in tx.system.query("_tables"):
                names.append(row["name"])
                tx.insert(f"copy_of_{row['name']}", {})

        assert names == ["rows", "empty"]

    def test_two_loops_see_their_own_states(self, db: Database):
        """Each began at another moment."""
        with db.write() as tx:
            first = iter(tx.query("rows"))
            next(first)
            tx.insert("rows", {"k": 0, "n": 6})
            second = iter(tx.query("rows"))
            next(second)
            tx.insert("rows", {"k": 0, "n": 7})

            assert (len(list(first)), len(list(second))) == (5, 6)

    def test_a_long_loop_sees_its_start(self, db: Database):
        """Runs that are read later still give the old state."""
        with db.write() as tx:
            tx.insert_many("long", [{"n": n} for n in range(1500)])
            met = 0
            for row in tx.query("long"):
                met += 1
                tx.delete(row["_id"])
                tx.insert("long", {"n": -1})

        assert met == 1500

    def test_a_loop_on_a_database_sees_one_state(self, db: Database):
        """Commits in between are not seen."""
        rows = iter(db.query("rows"))
        first = next(rows)
        db.delete(first["_id"])
        db.insert("rows", {"k": 0, "n": 6})

        assert numbers(rows) == [1, 2, 3, 4, 5]

    def test_a_loop_can_be_left(self, db: Database):
        """Nothing is held after that."""
        for _ in db.query("rows"):
            break
        with db.write() as tx:
            for _ in tx.query("rows"):
                break
            tx.insert("rows", {"k": 0, "n": 6})

        assert db.query("rows").count() == 7

    def test_a_loop_that_outlives_its_transaction_is_ended(self, db: Database):
        """There is nothing to read from any more."""
        with db.write() as tx:
            tx.insert_many("long", [{"n": n} for n in range(1500)])
            rows = iter(tx.query("long"))
            next(rows)

        with pytest.raises(Closed):
            list(rows)

    def test_a_loop_that_takes_too_long_is_ended(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ):
        """A snapshot is not held for ever."""
        monkeypatch.setattr(limits, "SNAPSHOT_AGE_SECONDS_MAX", -1.0)

        with pytest.raises(SnapshotTooOld):
            list(db.query("rows"))

    def test_writing_in_a_predicate_does_not_break_the_query(self, db: Database):
        """Rows that are deleted while a query runs are met or not, and nothing is damaged."""
        db.insert_many("rows", [{"k": "many", "n": n} for n in range(3000)])
        ids = db.query("rows").with_index("by_k", k="many").ids()
        with db.write() as tx:
            query = tx.query("rows").with_index("by_k", k="many")
            query.where(lambda row: row["n"] or [tx.delete(id) for id in ids[1:]]).collect()

        assert db.query("rows").with_index("by_k", k="many").count() == 1


class TestExplain:
    """What a query did, and what would be better."""

    def test_it_says_what_was_read_and_returned(self, db: Database):
        """The index, its fields, the range, the order, the filters and both counts."""
        explained = (
            db.query("rows")
            .with_index("by_n_k", lambda q: q.gte("n", 2))
            .order("desc")
            .filter(lambda q: q.field("k") == 1)
            .explain()
        )

        assert explained[:6] == (
            "rows",
            "by_n_k",
            ("n", "k", "_creationTime", "_id"),
            ("gte('n', 2)",),
            "desc",
            ("q.eq(q.field('k'), 1)",),
        )
        assert (explained.entries_read, explained.documents_returned) == (4, 2)
        assert "gte('n', 2)" in str(explained)

    def test_a_scan_without_filter_needs_no_hint(self, db: Database):
        """It reads what it returns."""
        explained = db.query("rows").explain()

        assert (explained.index, explained.entries_read) == ("by_creation_time", 6)
        assert explained.hint == ""

    def test_a_filter_that_an_index_answers_is_told_so(self, db: Database):
        """The index is named."""
        assert "'by_k'" in db.query("rows").filter(lambda q: q.field("k") == 1).explain().hint

    def test_a_staged_index_is_not_recommended(self):
        """A hint names an index that can be asked."""
        schema = define_schema(
            {"t": define_table({"a": v.number()}).index("later", ["a"], staged=True)}
        )
        db = docdb.open(":memory:", schema)
        db.insert_many("t", [{"a": 1}, {"a": 2}])

        assert "'later'" not in db.query("t").filter(lambda q: q.field("a") == 1).explain().hint

    def test_a_table_that_does_not_exist_is_explained(self, db: Database):
        """It has no entries."""
        assert db.query("never_seen").explain().entries_read == 0


class TestTracking:
    """A reader that tracks remembers what a change of would matter."""

    def test_it_remembers_ranges_and_plans(self, db: Database):
        """Of queries and of single documents."""
        with db.read(track=True) as reader:
            reader.query("rows").with_index("by_k", k=1).first()
            reader.get(db.query("rows").ids()[0])

            assert [plan.index_name for plan in reader.plans] == ["by_k"]
            assert reader.read_set is not None
            assert len(reader.read_set.ranges()) == 3

    def test_it_is_touched_by_phantoms_only_where_it_looked(self, db: Database):
        """A new row in the range matters, one beyond it does not."""
        with db.read(track=True) as reader:
            reader.query("rows").with_index("by_k", k=1).collect()
            reads = reader.read_set
        assert reads is not None
        index = reader.plans[0].index
        assert index is not None

        def touched(k: Any) -> bool:
            return reads.touched_by([index.encode({"k": k}, b"\x0d" + b"\xff" * 15 + b"\x11")])

        assert (touched(1), touched(0), touched(2)) == (True, False, False)

    def test_without_tracking_nothing_is_remembered(self, db: Database):
        """It costs nothing when it is off."""
        with db.read() as reader:
            reader.query("rows").collect()

            assert reader.read_set is None
            assert reader.plans == []


def test_threads_may_run_one_query(db: Database):
    """A query of a database is shared freely."""
    query = db.query("rows").with_index("by_k", k=1)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(query.count())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == [3, 3, 3, 3]
