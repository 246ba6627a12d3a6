"""The model of search: what the engine is compared with must be right on its own."""

from typing import Any

import pytest

from docdb import UNSET, Int64
from docdb.indexes.text.analyzers import analyzer
from tests.model.searching import Document, Hit, quantized, search

REPEATED = ["a", "a a", "a a a", "a a a a", "a b", "a c"]
ANIMALS = ["the quick brow fox", "a slow brown bear", "bro code"]
GREETINGS = ["hello world", "hello", "HELLO, World!!", "help desk", "yellow"]
PETS: list[dict[str, Any]] = [
    {"content": "cat food", "kind": "x"},
    {"content": "cat", "kind": "y"},
    {"content": "dog cat", "kind": "x"},
    {"kind": "x"},
]


def inserted(*rows: dict[str, Any] | str) -> list[Document]:
    """Return documents in the order of their insertion, the first with the id and time 1."""
    return [
        {
            "_id": f"{number:08d}",
            "_creationTime": float(number),
            **({"content": row} if isinstance(row, str) else row),
        }
        for number, row in enumerate(rows, start=1)
    ]


def ranked(hits: list[Hit]) -> list[tuple[int, float]]:
    """Return which documents were found, counted from 1, and their scores to five digits."""
    return [(int(document["_id"]), round(score, 5)) for score, document in hits]


def numbers(hits: list[Hit]) -> list[int]:
    """Return which documents were found, counted from 1."""
    return [int(document["_id"]) for _, document in hits]


class TestWorkedExamples:
    """What Convex answers, document by document and to the fifth digit."""

    def test_more_occurrences_in_less_text_rank_higher(self):
        """And of two that tie the newer one comes first."""
        hits = search(inserted(*REPEATED), "a", field="content")

        assert ranked(hits) == [
            (4, 0.11161),
            (3, 0.10974),
            (2, 0.10616),
            (1, 0.09672),
            (6, 0.07871),
            (5, 0.07871),
        ]

    def test_a_rare_word_is_worth_more(self):
        """It is in one of six documents."""
        hits = search(inserted(*REPEATED), "b", field="content")

        assert ranked(hits) == [(5, 1.63606)]

    @pytest.mark.parametrize("text", ["a b", "b a"])
    def test_any_word_is_enough_and_each_adds_its_score(self, text: str):
        """In whatever order they are written."""
        hits = search(inserted(*REPEATED), text, field="content")

        assert ranked(hits)[:2] == [(5, 1.71477), (4, 0.11161)]
        assert numbers(hits) == [5, 4, 3, 2, 1, 6]

    def test_a_single_document_has_a_score(self):
        """Although its word tells it from no other."""
        hits = search(inserted("a"), "a", field="content")

        assert ranked(hits) == [(1, 0.28768)]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("bro", [(3, 1.17273), (2, 0.45332), (1, 0.45332)]),
            ("bro test", [(3, 1.17273)]),
            ("brow", [(1, 0.90665), (2, 0.45332)]),
        ],
    )
    def test_the_last_word_is_completed_at_half_the_score(
        self, text: str, expected: list[tuple[int, float]]
    ):
        """Words before it must be there as they are."""
        assert ranked(search(inserted(*ANIMALS), text, field="content")) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Hello", [(2, 0.63667), (3, 0.48899), (1, 0.48899)]),
            ("hel", [(4, 0.62883), (2, 0.31833), (3, 0.24449), (1, 0.24449)]),
            ("world hel", [(3, 1.03873), (1, 1.03873), (4, 0.62883), (2, 0.31833)]),
            ("ello", []),
        ],
    )
    def test_case_does_not_matter_and_each_completion_is_scored_by_its_own_rarity(
        self, text: str, expected: list[tuple[int, float]]
    ):
        """A word is completed at its end alone."""
        assert ranked(search(inserted(*GREETINGS), text, field="content")) == expected

    def test_documents_without_a_text_count_among_all(self):
        """They make every word rarer, and the average text shorter."""
        hits = search(inserted(*PETS), "cat", field="content")

        assert ranked(hits) == [(2, 0.38846), (3, 0.28638), (1, 0.28638)]

    def test_conditions_leave_scores_as_they_are(self):
        """They choose among what is found."""
        hits = search(inserted(*PETS), "cat", field="content", equalities=[("kind", "x")])

        assert ranked(hits) == [(3, 0.28638), (1, 0.28638)]

    def test_the_newer_of_two_equals_comes_first(self):
        """Equal in the word that counts, and in length."""
        hits = search(inserted("emma is gr8", "emma is awesome!"), "emma", field="content")

        assert numbers(hits) == [2, 1]

    def test_the_beginning_of_a_word_finds_it(self):
        """As it is typed."""
        assert numbers(search(inserted("rakeeb wuz here"), "rak", field="content")) == [1]


class TestOrder:
    """Score, then time, then id, each descending."""

    def test_the_higher_id_comes_first_where_times_are_equal(self):
        """As they may be in imported documents."""
        rows = [{"content": "a", "_creationTime": 7.0}] * 3

        assert numbers(search(inserted(*rows), "a", field="content")) == [3, 2, 1]

    def test_time_goes_before_id(self):
        """An old document may be imported late."""
        old = {"content": "a", "_creationTime": 0.0}

        assert numbers(search(inserted("a", old), "a", field="content")) == [1, 2]

    def test_the_order_of_adding_makes_no_difference(self):
        """Different words that are worth the same make an exact tie."""
        rows = ["a b b c c c", "c b b a a a"]

        (first, _), (second, _) = search(inserted(*rows), "a b c", field="content")

        assert first == second


class TestWhatIsSearched:
    """Which texts, which words, which conditions."""

    @pytest.mark.parametrize("text", ["", " \n", "!?", "x" * 32])
    def test_a_query_without_words_finds_nothing(self, text: str):
        """It is no error."""
        assert search(inserted("a", ""), text, field="content") == []

    def test_an_empty_table_has_no_hits(self):
        """And no average to divide by."""
        assert search([], "a", field="content") == []

    def test_only_a_text_has_words(self):
        """Whatever else lies there is not looked into."""
        rows = [{"content": value} for value in (["a"], {"a": "a"}, 1, None, b"a")]

        assert search(inserted(*rows), "a", field="content") == []

    def test_a_field_may_lie_within_objects(self):
        """A path names it."""
        assert numbers(search(inserted({"m": {"t": "a"}}), "a", field="m.t")) == [1]

    def test_another_analyzer_cuts_documents_and_query_alike(self):
        """Here one that takes accents off."""
        hits = search(inserted("Ćosić"), "cosic", field="content", tokens_of=analyzer("unaccent"))

        assert numbers(hits) == [1]

    def test_the_sixteenth_token_is_the_last(self):
        """Later ones are not looked at, and repeated ones take their places."""
        text = "x " * 15 + "ab cd"

        assert numbers(search(inserted("abc", "cd"), text, field="content")) == [1]

    def test_a_word_that_is_both_counts_as_itself(self):
        """An exact word is not halved because it also completes the last."""
        both, alone = (search(inserted("abc"), text, field="content") for text in ("abc ab", "abc"))

        assert ranked(both) == ranked(alone)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(UNSET, [1]), (None, [2]), (1, [3]), (1.0, [3]), (Int64(1), [4]), ("1", [])],
    )
    def test_conditions_tell_kinds_of_values_apart(self, value: Any, expected: list[int]):
        """An absent field is not null, and an integer no number."""
        rows = [{}, {"kind": None}, {"kind": 1.0}, {"kind": Int64(1)}]
        documents = inserted(*({"content": "a", **row} for row in rows))

        hits = search(documents, "a", field="content", equalities=[("kind", value)])

        assert numbers(hits) == expected

    def test_all_conditions_must_hold(self):
        """A condition that is given twice is one; two that contradict each other find nothing."""
        documents = inserted(*PETS)
        is_x, is_y = ("kind", "x"), ("kind", "y")

        assert search(documents, "dog", field="content", equalities=[is_x, is_x])
        assert not search(documents, "dog", field="content", equalities=[is_x, is_y])


class TestBudget:
    """A search looks for 64 terms and conditions at most."""

    def test_completions_beyond_the_budget_are_not_found(self):
        """They are taken in the order of their bytes."""
        documents = inserted(*(f"a{number:03d}" for number in range(100)))

        hits = search(documents, "a", field="content")

        assert sorted(numbers(hits)) == list(range(1, 65))

    def test_words_of_the_query_and_conditions_take_from_the_budget(self):
        """A word that no document has takes nothing."""
        rows = [{"content": f"a{number:03d}", "kind": "x"} for number in range(100)]
        documents = inserted(*rows, {"content": "b", "kind": "y"})
        conditions = [("kind", "x"), ("absent", UNSET)]

        hits = search(documents, "b none a", field="content", equalities=conditions)

        assert sorted(numbers(hits)) == list(range(1, 62))

    def test_bytes_order_completions(self):
        """Which is the order of code points, letters beyond the first plane last."""
        rows = ["a\U0001e922", "a\uff41", *(f"a{number:03d}" for number in range(63))]

        hits = search(inserted(*rows), "a", field="content")

        assert sorted(numbers(hits)) == list(range(2, 66))


@pytest.mark.parametrize(
    ("length", "taken"),
    [(0, 0), (1, 1), (40, 40), (41, 40), (42, 42), (57, 56), (60, 60), (95, 88), (167, 152)],
)
def test_a_length_is_rounded_down_to_what_a_byte_can_say(length: int, taken: int):
    """Exactly up to 40 words, then ever more coarsely."""
    assert quantized(length) == taken
