"""
The best twenty of a large table, for five hundred random searches: those that the formula gives.

Messages of 20 to 60 words, as common as words are. What is right is calculated from the formula
alone, over every message that has any of the words. ``DOCDB_SEARCH_MESSAGES=100000`` makes the
table larger than the 20,000 messages of a nightly run.
"""

import math
import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

import pytest

from docdb import Database, define_schema, define_table, v
from docdb.indexes.text.tokenizer import tokens
from docdb.queries.searching import Hit
from tests.databases import OpenDatabase
from tests.indexes.text.samples import zipf_texts, zipf_words
from tests.model.searching import quantized, searched_terms

MESSAGES = int(os.environ.get("DOCDB_SEARCH_MESSAGES", "20000"))
QUERIES = 500
CHATS = 97
SCHEMA = define_schema(
    {
        "messages": define_table({"text": v.string(), "chat": v.number(), "n": v.number()})
        .search_index("by_text", search_field="text", filter_fields=["chat"])
    }
)  # fmt: skip


class Corpus:
    """The messages that there are, and where each of their words stands."""

    def __init__(self, rows: Mapping[int, dict[str, Any]]) -> None:
        self._rows = rows
        counts = {number: Counter(tokens(row["text"])) for number, row in rows.items()}
        average = sum(count.total() for count in counts.values()) / len(rows)
        self._norms = {
            number: 1.2 * (0.25 + 0.75 * quantized(count.total()) / average)
            for number, count in counts.items()
        }
        self._postings: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for number, count in counts.items():
            for term, occurrences in count.items():
                self._postings[term][number] = occurrences

    def scores(self, text: str, chat: int | None) -> dict[int, float]:
        """Return the score of every message that a search finds: BM25 with k1 = 1.2, b = 0.75."""
        parts: defaultdict[int, list[float]] = defaultdict(list)
        for term, boost in searched_terms([self._postings], tokens(text), chat is not None).items():
            postings = self._postings[term]
            rarity = math.log(1 + (len(self._rows) - len(postings) + 0.5) / (len(postings) + 0.5))
            weight = boost * rarity * 2.2
            for number, occurrences in postings.items():
                part = occurrences / (occurrences + self._norms[number])
                parts[number].append(weight * part)
        return {
            number: math.fsum(each)
            for number, each in parts.items()
            if chat is None or self._rows[number]["chat"] == chat
        }


def filled(db: Database) -> dict[int, dict[str, Any]]:
    """Write messages in bulk and one by one, change some, delete some; return those that are."""
    rows = [
        {"text": text, "chat": n % CHATS, "n": n} for n, text in enumerate(zipf_texts(MESSAGES))
    ]
    ids: list[str] = []
    alone = 700
    for start in range(0, MESSAGES - alone, 5_000):
        ids += db.insert_many("messages", rows[start : min(start + 5_000, MESSAGES - alone)])
    ids += [db.insert("messages", row) for row in rows[-alone:]]
    left = dict(enumerate(rows))
    with db.write() as tx:
        for n in range(0, MESSAGES, 23):
            tx.delete(ids[n])
            del left[n]
    for n in range(1, MESSAGES, MESSAGES // 300):
        if n in left:
            left[n] = {**rows[n], "text": rows[n - 1]["text"]}
            db.patch(ids[n], {"text": left[n]["text"]})
    return left


def drawn(random: Random) -> tuple[str, int | None]:
    """Draw a search: one to five words, rare and common, the last one often unfinished."""
    words = zipf_words()
    chosen = [words[int(len(words) ** random.random()) - 1] for _ in range(random.randint(1, 5))]
    if random.random() < 0.5:
        chosen[-1] = chosen[-1][: random.randint(1, 4)]
    return " ".join(chosen), random.randrange(CHATS) if random.random() < 0.3 else None


def asked(text: str, chat: int | None, q: Any) -> Any:
    """Ask a search builder for a text, and perhaps for a chat."""
    q = q.search("text", text)
    return q if chat is None else q.eq("chat", chat)


def numbers(hits: Sequence[Hit]) -> list[Any]:
    """Return the n of each hit."""
    return [hit.document["n"] for hit in hits]


@pytest.mark.slow
def test_the_best_twenty_are_those_of_the_formula(open_database: OpenDatabase):
    """
    Their scores, one after the other, are the best there are, and each is its document's.

    Documents whose scores differ by less than a billionth may change places.
    """
    db = open_database(SCHEMA)
    corpus = Corpus(filled(db))
    random = Random(7)

    for text, chat in [drawn(random) for _ in range(QUERIES)]:
        query = db.query("messages").with_search_index("by_text", partial(asked, text, chat))
        hits = query.with_scores().take(20)
        expected = corpus.scores(text, chat)
        best = sorted(expected.values(), reverse=True)[:20]

        scores = [hit.score for hit in hits]
        assert scores == pytest.approx(best, abs=1e-9, rel=0), (text, chat)
        assert scores == pytest.approx([expected[n] for n in numbers(hits)], abs=1e-9, rel=0)
        assert hits == sorted(hits, key=lambda hit: (hit.score, hit.document["n"]), reverse=True)
        assert query.count() == len(expected)
