"""
Searching a table: which documents come, with which scores, in which order, in which state.

Scores are those of Convex's worked examples; what a score is made of is tested with the index, in
``tests/indexes/text``, and against the model, in ``tests/model``.

The length of this file: one method of a query, with everything that a query has.
"""

from collections.abc import Callable
from typing import Any

import pytest

from docdb import (
    UNSET,
    Database,
    FilterError,
    Int64,
    NotUnique,
    SearchQuery,
    SnapshotTooOld,
    define_schema,
    define_table,
    limits,
    v,
)
from tests.databases import OpenDatabase

NOTES = (
    define_table({"text": v.any(), "kind": v.optional(v.any()), "m": v.optional(v.any())})
    .search_index("by_text", search_field="text", filter_fields=["kind", "m.chat"])
    .search_index("by_title", search_field="m.title", filter_fields=["kind"])
    .index("by_kind", ["kind"])
)
SCHEMA = define_schema({"notes": NOTES})

LETTERS = ("a", "a a", "a a a", "a a a a", "a b", "a c")
BROWN = ("the quick brow fox", "a slow brown bear", "bro code")
HELLO = ("hello world", "hello", "HELLO, World!!", "help desk", "yellow")


@pytest.fixture(name="db")
def database(open_database: OpenDatabase) -> Database:
    """A database with the search indexes by_text and by_title."""
    return open_database(SCHEMA)


def insert(db: Any, *texts: Any, **fields: Any) -> list[str]:
    """Insert notes, and return their ids."""
    return db.insert_many("notes", [{"text": text, **fields} for text in texts])


def search(reader: Any, text: str, *equal: tuple[str, Any]) -> SearchQuery[Any]:
    """Return the search of notes for a text, with equalities."""

    def asked(q: Any) -> Any:
        q = q.search("text", text)
        for field, value in equal:
            q = q.eq(field, value)
        return q

    return reader.query("notes").with_search_index("by_text", asked)


def texts(rows: Any) -> list[Any]:
    """Return the text of each row."""
    return [row["text"] for row in rows]


def about(*scores: float) -> Any:
    """Return scores as Convex gives them, in float32."""
    return pytest.approx(list(scores), abs=2e-6)


class TestEnds:
    """A search ends as a query does."""

    @pytest.mark.parametrize(
        ("narrow", "found"),
        [
            (lambda q: q, ["hello", "HELLO, World!!", "hello world"]),
            (
                lambda q: q.filter(lambda f: f.field("text") != "hello"),
                ["HELLO, World!!", "hello world"],
            ),
            (lambda q: q.where(lambda row: row["text"].islower()), ["hello", "hello world"]),
        ],
    )
    def test_they_agree(
        self, db: Database, narrow: Callable[[Any], SearchQuery[Any]], found: list[str]
    ):
        """The same documents in the same order, whichever way they are asked for."""
        insert(db, *HELLO)
        query = narrow(search(db, "hello"))

        rows = query.collect()

        assert texts(rows) == found
        assert list(query) == query.take(99) == query.paginate(num_items=99).page == rows
        assert query.take(2) == rows[:2]
        assert query.take(1 << 80) == rows
        assert query.first() == rows[0]
        assert query.ids() == [row["_id"] for row in rows]
        assert query.count() == len(rows)
        assert query.take(0) == []

    @pytest.mark.parametrize("text", ["ello", "", "  ", "!?", "_", "😀", "\x00", "x" * 32])
    def test_they_agree_on_nothing(self, db: Database, text: str):
        """No word, or none that a document has, finds nothing and is no mistake."""
        insert(db, *HELLO, "x" * 32)
        query = search(db, text)

        assert query.collect() == query.take(5) == query.ids() == list(query) == []
        assert query.first() is None
        assert query.unique() is None
        assert query.count() == 0

    def test_unique_is_the_only_hit(self, db: Database):
        """Others that do not match do not count."""
        insert(db, *HELLO)

        row = search(db, "yellow").unique()

        assert row is not None
        assert row["text"] == "yellow"

    def test_unique_refuses_several_and_names_two(self, db: Database):
        """The best two."""
        insert(db, *HELLO)
        query = search(db, "hello")

        with pytest.raises(NotUnique) as refused:
            query.unique()

        assert refused.value.table == "notes"
        assert list(refused.value.ids) == query.ids()[:2]

    def test_a_table_without_documents_has_no_hits(self, db: Database):
        """Before the first insert, and after the last delete."""
        assert search(db, "a").collect() == []

        (id,) = insert(db, "a")
        db.delete(id)

        assert search(db, "a").collect() == []
        assert search(db, "a").count() == 0

    def test_a_search_can_be_extended_twice_and_run_again(self, db: Database):
        """It is a value: what is made from it does not change it."""
        insert(db, "a b", "a")
        query = search(db, "a")
        narrowed = query.filter(lambda f: f.field("text") == "a")
        scored = narrowed.with_scores()

        insert(db, "a c")

        assert texts(query.collect()) == ["a", "a c", "a b"]
        assert texts(narrowed.collect()) == ["a"]
        assert [hit.document["text"] for hit in scored.collect()] == ["a"]


class TestWords:
    """A document matches that has any of the words."""

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("bro", ["bro code", "a slow brown bear", "the quick brow fox"]),
            ("bro test", ["bro code"]),
            ("brow", ["the quick brow fox", "a slow brown bear"]),
            ("CODE, fox!", ["bro code", "the quick brow fox"]),
            ("ear", []),
        ],
    )
    def test_the_last_word_may_be_unfinished(self, db: Database, text: str, found: list[str]):
        """And it alone; case and punctuation mean nothing."""
        insert(db, *BROWN)

        assert texts(search(db, text)) == found

    @pytest.mark.parametrize("value", [5, True, None, b"a", ["a"], {"a": "a"}])
    def test_only_a_text_has_words(self, db: Database, value: Any):
        """Any other value counts as a document, and is found by no word."""
        insert(db, value, "a")

        hits = search(db, "a").with_scores().collect()

        assert [hit.document["text"] for hit in hits] == ["a"]
        assert [hit.score for hit in hits] == about(0.491911)

    def test_an_absent_field_has_no_words(self, db: Database):
        """Such a document is not found either."""
        db.insert("notes", {"text": "a", "m": {"title": "b"}})
        db.insert("notes", {"text": "b"})

        found = db.query("notes").with_search_index("by_title", lambda q: q.search("m.title", "b"))

        assert texts(found) == ["a"]

    def test_the_first_sixteen_words_count(self, db: Database):
        """And the sixteenth is the last, which may be unfinished."""
        insert(db, "last", "sixteen")
        fifteen = " ".join(f"w{n}" for n in range(15))

        assert texts(search(db, f"{fifteen} sixt last")) == ["sixteen"]


class TestScores:
    """The order is that of the scores, and scores are Convex's."""

    def test_of_equal_scores_the_newest_come_first(self, db: Database):
        """More occurrences in shorter texts come before all others."""
        insert(db, *LETTERS)

        hits = search(db, "a").with_scores().collect()

        assert [hit.document["text"] for hit in hits] == [
            "a a a a", "a a a", "a a", "a", "a c", "a b",
        ]  # fmt: skip
        assert [hit.score for hit in hits] == about(
            0.111615, 0.109737, 0.106164, 0.096717, 0.078708, 0.078708
        )

    def test_a_completion_is_worth_half(self, db: Database):
        """And a rarer word more than one that many documents have."""
        insert(db, *HELLO)

        hits = search(db, "hel").with_scores().take(9)

        assert texts(hit.document for hit in hits) == [
            "help desk", "hello", "HELLO, World!!", "hello world",
        ]  # fmt: skip
        assert [hit.score for hit in hits] == about(0.628834, 0.318334, 0.244493, 0.244493)

    def test_a_condition_does_not_change_a_score(self, db: Database):
        """Rows that it excludes still say how rare a word is."""
        insert(db, "cat food", kind="x")
        insert(db, "cat", kind="y")
        insert(db, "dog cat", None, kind="x")

        hits = search(db, "cat", ("kind", "x")).with_scores().collect()

        assert texts(hit.document for hit in hits) == ["dog cat", "cat food"]
        assert [hit.score for hit in hits] == about(0.286381, 0.286381)

    def test_a_hit_is_a_pair(self, db: Database):
        """At every end of a search that has documents."""
        insert(db, "a")
        query = search(db, "a").with_scores()

        hit = query.first()

        assert hit is not None
        score, document = hit
        assert (score, document) == (hit.score, hit.document)
        assert [hit] == query.collect() == query.take(1) == list(query)
        assert [hit] == query.paginate(num_items=1).page
        assert hit == query.unique()
        assert query.ids() == [document["_id"]]
        assert query.filter(lambda f: f.field("text") == "a").first() == hit

    def test_an_unrelated_document_changes_scores(self, db: Database):
        """What half of all documents have is worth less than what a tenth of them have."""
        insert(db, "a")
        hits = search(db, "a").with_scores()
        before = hits.take(1)[0].score
        insert(db, *["b"] * 9)

        assert hits.take(1)[0].score > before


class TestConditions:
    """A filter field equals a value, or is absent."""

    @pytest.mark.parametrize(
        ("value", "found"),
        [
            (1, ["float", "int"]),
            (1.0, ["float", "int"]),
            (Int64(1), ["int64"]),
            (True, ["true"]),
            (None, ["null"]),
            (UNSET, ["absent"]),
            ("1", ["text"]),
            (0.0, ["zero"]),
            (-0.0, ["minus"]),
            (float("nan"), ["nan"]),
            (b"1", []),
            ([1], ["array"]),
            ([1.0], ["array"]),
            ({"b": None, "a": 1}, ["object"]),
            ({"b": None, "a": 1, "c": UNSET}, ["object"]),
            ({"a": 1}, []),
        ],
    )
    def test_equality_knows_kinds(self, db: Database, value: Any, found: list[str]):
        """A whole number equals its float64; all else only itself."""
        kinds = {
            "int": 1,
            "float": 1.0,
            "int64": Int64(1),
            "true": True,
            "null": None,
            "text": "1",
            "zero": 0.0,
            "minus": -0.0,
            "nan": float("nan"),
            "array": [1],
            "object": {"a": 1, "b": None},
        }
        db.insert_many("notes", [{"text": name, "kind": kind} for name, kind in kinds.items()])
        insert(db, "absent")
        words = " ".join([*kinds, "absent"])

        assert texts(search(db, words, ("kind", value))) == found
        assert search(db, words, ("kind", value)).count() == len(found)

    @pytest.mark.parametrize("length", [28, 29, 30, 31, 32, 33, 600, 100_000])
    def test_values_of_any_length_are_told_apart(self, db: Database, length: int):
        """Where only their last character differs."""
        insert(db, "a", kind="x" * length + "1")
        insert(db, "b", kind="x" * length + "2")
        insert(db, "c", kind="x" * length)

        assert texts(search(db, "a b c", ("kind", "x" * length + "2"))) == ["b"]

    def test_all_conditions_must_hold(self, db: Database):
        """Each on a field of its own, nested ones included."""
        for kind in ("x", "y"):
            for chat in (1, 2):
                insert(db, f"{kind}{chat} a", kind=kind, m={"chat": chat})

        assert texts(search(db, "a", ("kind", "x"), ("m.chat", 2))) == ["x2 a"]
        assert texts(search(db, "a", ("m.chat", 2), ("kind", "x"))) == ["x2 a"]
        assert search(db, "a", ("kind", "z"), ("m.chat", 2)).collect() == []

    def test_a_nested_field_may_be_absent_in_several_ways(self, db: Database):
        """The object that has it, or the field in it."""
        insert(db, "a")
        insert(db, "a b", m={"other": 1})
        insert(db, "a b c", m="text")
        insert(db, "a b c d", m={"chat": None})

        assert texts(search(db, "a", ("m.chat", UNSET))) == ["a", "a b", "a b c"]

    def test_a_condition_that_is_given_twice_counts_once(self, db: Database):
        """Up to as many as a search may have."""
        insert(db, "a", kind="x")

        assert texts(search(db, "a", *[("kind", "x")] * 8)) == ["a"]

    def test_two_values_for_one_field_match_nothing(self, db: Database):
        """No document has both."""
        insert(db, "a", kind="x")

        assert search(db, "a", ("kind", "x"), ("kind", "y")).collect() == []

    def test_conditions_may_come_before_the_text(self, db: Database):
        """The order of the calls means nothing."""
        insert(db, "a", kind="x")
        query = db.query("notes").with_search_index(
            "by_text", lambda q: q.eq("kind", "x").search("text", "a")
        )

        assert texts(query) == ["a"]


class TestFilters:
    """What a search found can be filtered further."""

    def test_filters_are_joined_by_and(self, db: Database):
        """Expressions and functions alike, in any number."""
        insert(db, *[f"a {n}" for n in range(20)])
        query = (
            search(db, "a")
            .filter(lambda f: f.field("text") != "a 7")
            .where(lambda row: int(row["text"][2:]) > 5)
            .filter(lambda f: f.field("text") != "a 9")
        )

        assert texts(query) == [f"a {n}" for n in range(19, 5, -1) if n not in (7, 9)]
        assert query.count() == 12
        assert texts(query.take(2)) == ["a 19", "a 18"]

    def test_a_search_reads_on_until_it_has_enough(self, db: Database):
        """However many hits a filter drops first."""
        (oldest, *_) = insert(db, *["a"] * 300)

        found = search(db, "a").filter(lambda f: f.field("_id") == oldest)

        assert found.first() == db.get(oldest)
        assert found.explain().entries_read == 300

    def test_a_filter_without_an_answer_is_refused(self, db: Database):
        """When a document is reached, and not before."""
        insert(db, "a")
        query = search(db, "a").filter(lambda f: f.field("text"))

        with pytest.raises(FilterError):
            query.collect()


class TestSeveralIndexes:
    """A table may have several search indexes."""

    def test_each_finds_its_own_field(self, db: Database):
        """A word of another field is not found."""
        db.insert("notes", {"text": "apple", "m": {"title": "pear"}})
        db.insert("notes", {"text": "pear", "m": {"title": "apple"}})

        def titled(word: str) -> SearchQuery[Any]:
            return db.query("notes").with_search_index(
                "by_title", lambda q: q.search("m.title", word)
            )

        assert texts(search(db, "apple")) == ["apple"]
        assert texts(titled("apple")) == ["pear"]

    def test_statistics_are_their_own(self, db: Database):
        """The same word is worth what it is worth in that field."""
        db.insert("notes", {"text": "a", "m": {"title": "a"}})
        db.insert("notes", {"text": "a", "m": {"title": "b"}})
        db.insert("notes", {"text": "a"})

        by_text = search(db, "a").with_scores().take(1)[0].score
        by_title = (
            db.query("notes")
            .with_search_index("by_title", lambda q: q.search("m.title", "a"))
            .with_scores()
            .take(1)[0]
            .score
        )

        assert by_title > by_text


class TestExplain:
    """A search says what it did."""

    def test_it_tells_index_text_and_numbers(self, db: Database):
        """Which index, over which fields, in which order, and how much was read."""
        insert(db, *HELLO, kind="x")

        told = search(db, "hel", ("kind", "x")).explain()

        assert (told.table, told.index) == ("notes", "by_text")
        assert told.fields == ("text", "kind", "m.chat")
        assert told.range == ("search('text', 'hel').eq('kind', 'x')",)
        assert told.order == "relevance"
        assert (told.entries_read, told.documents_returned) == (4, 4)
        assert told.hint == ""

    def test_it_advises_a_filter_field_where_a_filter_drops_hits(self, db: Database):
        """With the filters as they were given."""
        insert(db, "a", "a b", "a c")

        told = search(db, "a").filter(lambda f: f.field("text") == "a").explain()

        assert (told.entries_read, told.documents_returned) == (3, 1)
        assert told.filters == ("q.eq(q.field('text'), 'a')",)
        assert told.hint

    def test_a_search_can_be_printed(self, db: Database):
        """As it was written."""
        query = search(db, "a", ("kind", 1)).filter(lambda f: f.field("text") == "a")

        assert repr(query) == (
            "query('notes').with_search_index('by_text', q.search('text', 'a').eq('kind', 1))"
            ".filter(q.eq(q.field('text'), 'a'))"
        )


class TestStates:
    """A search sees one state: that of its transaction, or that of its snapshot."""

    def test_a_transaction_finds_its_own_writes(self, db: Database):
        """Inserts, changes and deletions, with the scores that they have after the commit."""
        insert(db, *HELLO)
        hello, desk = search(db, "hello").ids()[0], search(db, "desk").ids()[0]
        with db.write() as tx:
            insert(tx, "hello there", kind="x")
            tx.patch(desk, {"text": "hello desk"})
            tx.delete(hello)
            inside = search(tx, "hello").with_scores().collect()
            outside = texts(search(db, "hello"))
            counts = search(tx, "hello").count(), search(tx, "hello", ("kind", "x")).count()

        assert [hit.document["text"] for hit in inside] == [
            "hello there", "hello desk", "HELLO, World!!", "hello world",
        ]  # fmt: skip
        assert outside == ["hello", "HELLO, World!!", "hello world"]
        assert counts == (4, 1)
        assert search(db, "hello").with_scores().collect() == inside

    def test_a_snapshot_finds_what_was_there(self, db: Database):
        """With the scores of that time."""
        insert(db, *HELLO)
        with db.read() as reader:
            before = search(db, "hello").with_scores().collect()
            for id in search(db, "hello").ids():
                db.delete(id)
            insert(db, "hello again")

            assert search(reader, "hello").with_scores().collect() == before
            assert search(reader, "again").count() == 0
        assert texts(search(db, "hello")) == ["hello again"]

    def test_what_is_undone_was_never_found(self, db: Database):
        """A savepoint that is rolled back, and a transaction that is."""
        insert(db, "a")
        before = search(db, "a").with_scores().collect()
        with db.write() as tx:
            with pytest.raises(ValueError, match="stop"), tx.nested():
                insert(tx, "a", "a b")
                assert search(tx, "a").count() == 3
                raise ValueError("stop")
            assert search(tx, "a").with_scores().collect() == before
            insert(tx, "a")
            tx.close()

        assert search(db, "a").with_scores().collect() == before

    def test_a_loop_does_not_meet_what_it_writes(self, db: Database):
        """It sees the state at its start, however much it changes."""
        insert(db, *["a"] * 200)
        met: list[str] = []
        with db.write() as tx:
            for row in search(tx, "a"):
                met.append(row["_id"])
                tx.patch(row["_id"], {"text": "b"})
                insert(tx, "a a a")

        assert len(met) == len(set(met)) == 200
        assert search(db, "b").count() == search(db, "a").count() == 200

    def test_a_loop_on_a_database_sees_one_state(self, db: Database):
        """Commits in between are not seen."""
        insert(db, "a", "a b")
        rows = iter(search(db, "a"))
        first = next(rows)
        insert(db, "a")
        db.delete(first["_id"])

        assert (first["text"], texts(rows)) == ("a", ["a b"])

    def test_a_loop_can_be_left(self, db: Database):
        """Nothing is held after that."""
        insert(db, "a", "a")
        with db.write() as tx:
            for _ in search(tx, "a"):
                break
            insert(tx, "a")

        assert search(db, "a").count() == 3

    def test_a_loop_that_takes_too_long_is_ended(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ):
        """A snapshot is not held for ever."""
        insert(db, "a", "a")
        monkeypatch.setattr(limits, "SNAPSHOT_AGE_SECONDS_MAX", -1.0)

        with pytest.raises(SnapshotTooOld):
            list(search(db, "a"))

    def test_a_predicate_may_write(self, db: Database):
        """The search goes on over the state at its start."""
        ids = insert(db, *["a"] * 150)
        with db.write() as tx:
            found = search(tx, "a").where(lambda row: tx.delete(row["_id"]) is None).collect()

        assert sorted(row["_id"] for row in found) == sorted(ids)
        assert search(db, "a").count() == 0

    def test_what_is_not_searched_or_filtered_may_change(self, db: Database):
        """A document is found with its other fields as they are."""
        (id,) = insert(db, "a", kind="x")
        db.patch(id, {"m": {"other": 1}})

        assert search(db, "a", ("kind", "x")).first() == db.get(id)
        assert search(db, "a", ("m.chat", UNSET)).count() == 1
