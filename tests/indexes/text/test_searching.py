"""
Searching: the right documents, with the right scores, in one order, wherever they lie.

Worked examples are Convex's own answers; everything else is compared with the model, which reads
every document for each question.
"""

from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb import limits
from docdb.indexes.text.ranking import Position
from docdb.kv.interface import Store
from docdb.kv.memory import MemoryStore
from docdb.transactions.read_set import ReadSet
from docdb.transactions.reader import TrackedReader
from docdb.values.kinds import UNSET, Int64
from tests.indexes.text import samples
from tests.indexes.text.indexed import (
    IndexedRows,
    store_of_each_kind,  # noqa: F401 - fixtures are found by being here
)

LETTERS = ("a", "a a", "a a a", "a a a a", "a b", "a c")
BROWN = ("the quick brow fox", "a slow brown bear", "bro code")
HELLO = ("hello world", "hello", "HELLO, World!!", "help desk", "yellow")


@pytest.fixture(name="rows")
def rows_of_each_store(store: Store) -> IndexedRows:
    """No documents on each store."""
    return IndexedRows(store)


def about(*scores: float) -> Any:
    """Return scores as Convex gives them, in float32."""
    return pytest.approx(list(scores), abs=2e-6)


class TestWorkedExamples:
    """What Convex answers."""

    def test_more_occurrences_in_shorter_texts_come_first(self, rows: IndexedRows):
        """And of equal scores the newer document."""
        rows.insert_texts(*LETTERS)

        assert rows.texts("a") == ["a a a a", "a a a", "a a", "a", "a c", "a b"]
        assert rows.scores("a") == about(0.111615, 0.109737, 0.106164, 0.096717, 0.078708, 0.078708)

    def test_a_rarer_word_is_worth_more(self, rows: IndexedRows):
        """One of six documents has it."""
        rows.insert_texts(*LETTERS)

        assert rows.texts("b") == ["a b"]
        assert rows.scores("b") == about(1.636059)

    def test_a_document_needs_any_of_the_words(self, rows: IndexedRows):
        """Those with several add up, in whichever order they are asked for."""
        rows.insert_texts(*LETTERS)

        assert rows.texts("a b") == ["a b", "a a a a", "a a a", "a a", "a", "a c"]
        assert rows.texts("b a") == rows.texts("a b")
        assert rows.scores("a b")[:1] == about(1.714767)

    def test_a_single_document_has_a_score(self, rows: IndexedRows):
        """Even the commonest word is worth something."""
        rows.insert_texts("a")

        assert rows.scores("a") == about(0.287682)

    def test_the_last_word_may_be_unfinished(self, rows: IndexedRows):
        """A completion is worth half of the word itself."""
        rows.insert_texts(*BROWN)

        assert rows.texts("bro") == [BROWN[2], BROWN[1], BROWN[0]]
        assert rows.scores("bro") == about(1.172730, 0.453324, 0.453324)
        assert rows.texts("brow") == [BROWN[0], BROWN[1]]
        assert rows.scores("brow") == about(0.906649, 0.453324)

    def test_other_words_are_complete(self, rows: IndexedRows):
        """A word before the last one finds itself alone."""
        rows.insert_texts(*BROWN)

        assert rows.texts("bro test") == [BROWN[2]]

    def test_case_and_punctuation_do_not_matter(self, rows: IndexedRows):
        """In neither the text nor the query."""
        rows.insert_texts(*HELLO)

        assert rows.texts("Hello") == ["hello", "HELLO, World!!", "hello world"]
        assert rows.scores("Hello") == about(0.636667, 0.488986, 0.488986)

    def test_rarer_completions_are_worth_more(self, rows: IndexedRows):
        """Each completion counts as a word of its own."""
        rows.insert_texts(*HELLO)

        assert rows.texts("hel") == ["help desk", "hello", "HELLO, World!!", "hello world"]
        assert rows.scores("hel") == about(0.628834, 0.318334, 0.244493, 0.244493)
        assert rows.texts("world hel") == ["HELLO, World!!", "hello world", "help desk", "hello"]
        assert rows.scores("world hel") == about(1.038733, 1.038733, 0.628834, 0.318334)

    def test_the_middle_of_a_word_finds_nothing(self, rows: IndexedRows):
        """Only beginnings do."""
        rows.insert_texts(*HELLO)

        assert rows.texts("ello") == []

    def test_a_condition_changes_no_score(self, rows: IndexedRows):
        """Rarity and lengths are those of all documents, also of those without a text."""
        for fields in (
            {"content": "cat food", "kind": "x"},
            {"content": "cat", "kind": "y"},
            {"content": "dog cat", "kind": "x"},
            {"kind": "x"},
        ):
            rows.insert(fields)

        assert rows.texts("cat") == ["cat", "dog cat", "cat food"]
        assert rows.scores("cat") == about(0.388458, 0.286381, 0.286381)
        assert rows.texts("cat", [("kind", "x")]) == ["dog cat", "cat food"]
        assert rows.scores("cat", [("kind", "x")]) == about(0.286381, 0.286381)


class TestConditions:
    """Equalities on filter fields."""

    @pytest.mark.parametrize(
        ("value", "found"),
        [
            ("x", ["a x"]),
            (1, ["a one"]),
            (1.0, ["a one"]),
            (True, ["a true"]),
            (Int64(1), ["a int64"]),
            (None, ["a null"]),
            (UNSET, ["a absent"]),
            ("y" * 100, ["a long"]),
            ("y" * 99, []),
        ],
    )
    def test_values_equal_as_in_an_index(self, rows: IndexedRows, value: Any, found: list[str]):
        """1 is 1.0 and neither true nor an int64; absent is not null; long ones are not cut."""
        kinds = {
            "x": "x",
            "one": 1,
            "true": True,
            "int64": Int64(1),
            "null": None,
            "long": "y" * 100,
        }
        for name, kind in kinds.items():
            rows.insert({"content": f"a {name}", "kind": kind})
        rows.insert({"content": "a absent"})

        assert rows.texts("a", [("kind", value)]) == found

    def test_conditions_hold_together(self, rows: IndexedRows):
        """Of two values for one field none holds; the same one twice is no other condition."""
        rows.insert({"content": "a both", "kind": "x", "m": {"chat": 1}})
        rows.insert({"content": "a one", "kind": "x", "m": {"chat": 2}})

        assert rows.texts("a", [("kind", "x"), ("m.chat", 1)]) == ["a both"]
        assert rows.texts("a", [("kind", "x"), ("kind", "x")]) == ["a one", "a both"]
        assert rows.texts("a", [("kind", "x"), ("kind", "y")]) == []


class TestEdges:
    """The smallest and the largest."""

    def test_nothing_is_found_in_an_empty_index(self, rows: IndexedRows):
        """Before the first document, and after the last one is gone."""
        assert rows.hits("a") == []
        row_key = rows.insert({"content": "a"})
        rows.merge()
        rows.remove(row_key)

        assert rows.hits("a") == []
        assert rows.count("a") == 0
        rows.merge()
        assert rows.hits("a") == []
        assert rows.entries(b"t") == {}

    @pytest.mark.parametrize("text", ["", " ", "!?", "x" * 32, "\ud800"])
    def test_a_query_without_a_word_finds_nothing(self, rows: IndexedRows, text: str):
        """It is no error either."""
        rows.insert_texts("a", "")

        assert rows.hits(text) == []
        assert rows.count(text) == 0

    @pytest.mark.parametrize("value", [None, 1, ["a"], {"a": "a"}, b"a", True])
    def test_only_text_has_words(self, rows: IndexedRows, value: Any):
        """A document whose field holds something else is there, and is not found."""
        rows.insert({"content": value})
        rows.insert_texts("a")

        assert rows.texts("a") == ["a"]
        assert rows.scores("a") == about(0.491911)

    @pytest.mark.parametrize("count", [1, 254, 255, 256, 257, 65_535, 65_536, 100_000])
    def test_a_word_may_stand_there_any_number_of_times(self, rows: IndexedRows, count: int):
        """Pending, and in the blocks."""
        rows.insert_texts("a b", "a " * count, "b")
        expected = rows.expected("a b")

        assert scores_by_row(rows.hits("a b")) == pytest.approx(expected, abs=1e-12)
        rows.merge()
        assert scores_by_row(rows.hits("a b")) == pytest.approx(expected, abs=1e-12)

    def test_a_document_may_have_a_hundred_thousand_words(self, rows: IndexedRows):
        """A text of nearly 1 MiB, indexed and removed."""
        text = " ".join(f"w{number:x}" for number in range(100_000))
        row_key = rows.insert({"content": text})
        rows.insert_texts("w1 other")

        assert [hit.row_key for hit in rows.hits("w1869f w1869e ")] == [row_key]
        assert rows.problems() == []
        rows.remove(row_key)
        assert rows.texts("w1") == ["w1 other"]
        assert rows.problems() == []

    def test_there_may_be_many_blocks(self):
        """Here of 64 documents each, which some words fill and others do not."""
        rows = IndexedRows(MemoryStore(), block_bits=6)
        rows.insert_texts(*[f"all {n % 2} of{n % 70} only{n}" for n in range(1_000)])
        rows.merge()

        assert_model_agrees(rows, "all", [])
        assert_model_agrees(rows, "1 of7", [])
        assert_model_agrees(rows, "only1", [])
        assert rows.count("all") == 1_000
        assert rows.problems() == []

    def test_only_the_first_completions_count(self, rows: IndexedRows):
        """With all terms and conditions they are as many as the limit says."""
        rows.insert_texts(*[f"x{number:03}" for number in range(100)], "y")

        assert rows.count("x") == limits.SEARCH_EXPANDED_TERMS_MAX
        assert rows.texts("y x")[-1] == "x000"
        assert rows.count("y x") == limits.SEARCH_EXPANDED_TERMS_MAX
        assert rows.count("x", [("kind", UNSET)]) == limits.SEARCH_EXPANDED_TERMS_MAX - 1

    def test_a_word_that_is_gone_takes_no_place_among_completions(self, rows: IndexedRows):
        """Its postings may still be in the blocks."""
        row_keys = rows.insert_texts(*[f"x{number:03}" for number in range(100)])
        rows.merge()
        rows.remove(row_keys[0])

        assert rows.texts("x")[0] == "x064"
        assert rows.count("x") == limits.SEARCH_EXPANDED_TERMS_MAX


class TestOrder:
    """Hits have one order, whatever part of them is asked for."""

    def test_any_number_of_hits_can_be_taken(self, rows: IndexedRows):
        """Those beyond the number that was expected are found as well, none of them twice."""
        rows.insert_texts(*[f"a {'b ' * (n % 7)}" for n in range(200)])
        everything = rows.hits("a b", wanted=1_000)

        assert len(everything) == 200
        assert rows.hits("a b", wanted=1) == everything
        assert rows.hits("a b", wanted=7) == everything

    @pytest.mark.parametrize("place", [0, 1, 98, 198, 199])
    def test_a_position_says_where_to_go_on(self, rows: IndexedRows, place: int):
        """Behind each hit come exactly those that follow it, equal scores included."""
        rows.insert_texts(*[f"a {'b ' * (n % 3)}" for n in range(200)])
        rows.merge()
        everything = rows.hits("a b", wanted=1_000)

        assert rows.hits("a b", wanted=3, after=everything[place]) == everything[place + 1 :]

    def test_a_position_outlives_its_document(self, rows: IndexedRows):
        """Where no other score changes by it, what follows stays the same."""
        first, second, third = rows.insert_texts("a", "a", "a")
        position = rows.hits("a")[1]
        assert position.row_key == second

        rows.remove(second)
        score = rows.hits("a")[0].score
        found = rows.hits("a", after=Position(score, second))

        assert [hit.row_key for hit in found] == [first]
        assert third not in [hit.row_key for hit in found]

    def test_equal_scores_go_by_row_key_whatever_the_order_of_arrival(self, rows: IndexedRows):
        """Documents that are imported may be older than those that are there."""
        times = [5, 3, 9, 1, 7, 3, 9]
        row_keys = [rows.insert({"content": "a"}, time=time) for time in times]

        assert [hit.row_key for hit in rows.hits("a", wanted=2)] == sorted(row_keys, reverse=True)
        rows.merge()
        found = rows.hits("a", wanted=2)
        assert [hit.row_key for hit in found] == sorted(row_keys, reverse=True)
        assert rows.hits("a", wanted=2, after=found[3]) == found[4:]
        assert rows.problems() == []

    def test_different_words_of_equal_worth_tie_exactly(self, rows: IndexedRows):
        """A score does not depend on the order in which it is added up."""
        rows.insert_texts("a b c d", "a b c d", "b c d e", "b c d e", "c d e f a b", "x")
        rows.merge()

        scores = [score for score, _ in rows.hits("a b c d e zz")]

        assert scores[1] == scores[2] == scores[3] == scores[4]


class TestReading:
    """What a search reads, and when."""

    def test_a_search_looks_no_further_than_it_must(self, rows: IndexedRows):
        """Nothing happens until the first hit is asked for."""
        rows.insert_texts("a", "a")
        rows.writer.flush()
        hits = rows.index.search(rows.transaction, rows.index.request("a"), wanted=1)

        assert len(list(islice(hits, 1))) == 1
        assert len(list(hits)) == 1

    def test_a_snapshot_sees_what_was_committed(self, rows: IndexedRows):
        """Neither later commits nor a transaction that is open."""
        rows.insert_texts("a")
        rows.commit()
        with rows.snapshot() as snapshot:
            rows.insert_texts("a")
            rows.commit()
            rows.insert_texts("a")
            request = rows.index.request("a")

            assert rows.index.count(snapshot, request) == 1
            assert rows.count("a") == 3

    def test_every_change_of_the_index_concerns_whoever_searched_it(self, rows: IndexedRows):
        """Since every document changes every score."""
        rows.insert_texts("a")
        rows.commit()
        with rows.snapshot() as snapshot:
            reads = TrackedReader(snapshot, ReadSet())
            list(rows.index.search(reads, rows.index.request("a")))

        rows.insert_texts("b")
        rows.writer.flush()

        changed = list(rows.entries(b""))
        assert reads.read_set.touched_by(changed)
        assert not reads.read_set.touched_by([b"D\x01", b"T\x08s"])


@pytest.mark.parametrize("block_bits", [1, 4, 15])
@pytest.mark.parametrize("is_merged", [False, True])
@given(
    fields=st.lists(samples.rows(), max_size=40),
    asked=st.lists(st.tuples(samples.queries(), samples.conditions()), min_size=1, max_size=4),
)
def test_answers_are_those_of_the_model(
    block_bits: int,
    is_merged: bool,
    fields: list[dict[str, Any]],
    asked: list[tuple[str, list[tuple[str, Any]]]],
):
    """For any documents, any text and any conditions, pending or in blocks of any size."""
    rows = IndexedRows(MemoryStore(), block_bits=block_bits)
    for each in fields:
        rows.insert(each)
    if is_merged:
        rows.merge()

    for text, equal in asked:
        assert_model_agrees(rows, text, equal)
    assert rows.problems() == []


def scores_by_row(hits: list[Position]) -> dict[bytes, float]:
    """Return the scores by row key."""
    return {row_key: score for score, row_key in hits}


def assert_model_agrees(rows: IndexedRows, text: str, equal: list[tuple[str, Any]]) -> None:
    """
    Compare hits with those of the model, and their order with their own scores.

    The model rounds a sum once and the index rounds what is added, so that scores may differ in
    the last bit, and with them the order of documents that tie by chance.
    """
    hits = rows.hits(text, equal, wanted=3)
    expected = rows.expected(text, equal)

    assert scores_by_row(hits) == pytest.approx(expected, abs=1e-12)
    assert hits == sorted(hits, reverse=True)
    assert len(hits) == len(expected) == rows.count(text, equal)
