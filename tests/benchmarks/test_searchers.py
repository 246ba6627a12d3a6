"""
What the harness claims of the systems that search.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.documents import Effort
from benchmarks.engines.fts5 import Fts5, fts5_with_columns, fts5_with_join
from benchmarks.sample import make_sample
from benchmarks.searching import QUESTIONS, measure_search

SAMPLE = make_sample(300)
WORD = SAMPLE.words[0]


def holding(word: str, **fields: Any) -> int:
    """How many messages of the sample hold a word and have these fields."""
    return sum(
        word in each["content"].split() and all(each[name] == fields[name] for name in fields)
        for each in SAMPLE.messages
    )


@pytest.mark.parametrize("make", [fts5_with_join, fts5_with_columns])
class TestFts5:
    """Both forms find the same."""

    def test_finds_twenty_of_many(self, make: Callable[[], Fts5], tmp_path: Path):
        """A common word has more hits than are returned."""
        searcher = make()
        searcher.open(tmp_path)
        searcher.build(SAMPLE.messages)

        assert len(searcher.search([WORD])) == min(20, holding(WORD))
        searcher.close()

    def test_keeps_to_the_filter(self, make: Callable[[], Fts5], tmp_path: Path):
        """A filter on the chat leaves that chat's messages alone."""
        searcher = make()
        searcher.open(tmp_path)
        searcher.build(SAMPLE.messages)

        found = searcher.search([WORD], chat=3)

        assert {row[1] for row in found} == {"chat3"}
        assert len(found) == min(20, holding(WORD, chatId=3))
        searcher.close()

    def test_finds_what_was_added(self, make: Callable[[], Fts5], tmp_path: Path):
        """A message that was inserted by itself is found by the beginning of its word."""
        searcher = make()
        searcher.open(tmp_path)
        searcher.build(SAMPLE.messages)

        searcher.add({**SAMPLE.messages[0], "content": "zebra"})

        assert len(searcher.search(["zeb"], is_prefix=True)) == 1
        searcher.close()


def test_every_question_is_measured():
    """Building, each kind of search, inserts, what they add, and what lies on disk."""
    effort = Effort(rows=300, repeats=3, seconds=0.01)

    found = list(
        measure_search(
            {"fts5": fts5_with_join}, effort, wanted=lambda _: True, progress=lambda _: None
        )
    )

    assert [each.name for each in found] == [
        "build",
        *(each.name for each in QUESTIONS),
        "insert",
        "added per insert",
        "disk per text",
    ]
