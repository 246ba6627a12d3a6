"""
Texts and documents to search: large ones as people write them, small ones as they go wrong.

``zipf_texts`` draws words as languages do, a few everywhere and most hardly anywhere: 20 to 60
words out of 20,000, as in the messages that docdb is measured on. The same count and seed give the
same texts in every process.

The strategies draw few words that are easily taken for each other, so that prefixes complete,
terms repeat, scores tie and conditions hit.
"""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Any

from hypothesis import strategies as st

from docdb import UNSET, Int64

__all__ = ["as_documents", "conditions", "queries", "rows", "texts", "zipf_texts", "zipf_words"]

_SYLLABLES = ("ba", "co", "di", "fe", "gu", "ha", "ki", "lo", "mu", "ne", "po", "ri", "sa", "tu")


def zipf_words(vocabulary: int = 20_000, *, seed: int = 1) -> list[str]:
    """Return so many different words, the commonest first."""
    random = Random(seed)
    words: dict[str, None] = {}
    while len(words) < vocabulary:
        words["".join(random.choices(_SYLLABLES, k=random.randint(1, 5)))] = None
    return list(words)


def zipf_texts(
    count: int, *, seed: int = 1, vocabulary: int = 20_000, lengths: tuple[int, int] = (20, 60)
) -> list[str]:
    """Return so many texts of words that are as common as 1 over their rank."""
    random = Random(seed)
    words = zipf_words(vocabulary, seed=seed)
    weights = list(accumulate(1 / rank for rank in range(1, vocabulary + 1)))
    return [
        " ".join(
            words[bisect(weights, random.random() * weights[-1])]
            for _ in range(random.randint(*lengths))
        )
        for _ in range(count)
    ]


# Words that begin each other, that differ in case or accents, that are as long as a word may be
# or one byte longer, that change their length in lower case, and what is no word at all.
_WORDS = (
    *("a", "ab", "abc", "abd", "b", "ba", "A", "AB"),
    *("é", "e", "e\u0301", "É", "ab\u00e9", "đ", "dj", "ß", "İ", "ΟΔΟΣ", "οδος"),
    *("日本語", "本語", "語", "𞤀𞤣", "0", "01"),
    *("x" * 31, "x" * 32, "x" * 30 + "é", "é" * 15, "é" * 16, "\u212a" * 11, "\u023a" * 15),
    *("", "!", "😀", "_", "\u0301"),
)
_common_words = st.sampled_from(_WORDS[:8])
_any_words = st.sampled_from(_WORDS)
_separators = st.sampled_from([" ", " ", " ", "-", "", "_", "\n", "\u3000", "😀"])


@st.composite
def texts(draw: st.DrawFn, words_max: int = 8) -> str:
    """Return a text of a few words, some of which stand there several times."""
    chosen = draw(st.lists(_common_words | _any_words, max_size=words_max))
    if draw(st.integers(0, 9)) == 0:
        # More occurrences, and more words, than a byte counts one by one.
        chosen *= draw(st.sampled_from([30, 50, 300]))
    return draw(_separators).join(chosen)


def queries() -> st.SearchStrategy[str]:
    """Return what may be looked for: a word, a few, none, or more than are looked at."""
    beginnings = st.sampled_from(["a", "a", "ab", "b", "b a", "x", "é", "日", "0", "d"])
    many = st.lists(_common_words | _any_words, min_size=15, max_size=18).map(" ".join)
    return _any_of(*[beginnings] * 3, *[texts(words_max=4)] * 2, many)


def _any_of(*choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return one_of(), in which a choice that stands there twice is drawn twice as often."""
    return st.integers(0, len(choices) - 1).flatmap(lambda i: choices[i])


_long = "long" * 20  # more bytes than a value has that is kept as it is
_kinds = st.sampled_from(["x", "x", "x", "y", None, 1, 1.5, Int64(1), True, _long, _long + "er"])
_not_texts = st.sampled_from([None, 1, True, b"a", ["a"], {"a": "a"}, []])


def rows() -> st.SearchStrategy[dict[str, Any]]:
    """
    Return fields of a document: a text in ``content``, and ``kind`` and ``m.chat`` to filter by.

    Each may be absent, and a text may be something else.
    """
    return _any_of(_rows(with_text=True), _rows(with_text=True), _rows(with_text=False))


def _rows(*, with_text: bool) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"content": _any_of(*[texts()] * 8, _not_texts)} if with_text else {},
        optional={
            "kind": _kinds,
            "m": st.fixed_dictionaries({}, optional={"chat": _kinds}) | _kinds,
        },
    )


def conditions() -> st.SearchStrategy[list[tuple[str, Any]]]:
    """Return equalities on the fields that rows are filtered by, ``UNSET`` among their values."""
    condition = st.tuples(st.sampled_from(["kind", "m.chat"]), st.just(UNSET) | _kinds)
    return st.lists(condition, max_size=1) | st.lists(condition, max_size=3)


def as_documents(
    fields: Sequence[dict[str, Any]], times: Sequence[float] = ()
) -> list[dict[str, Any]]:
    """
    Return documents with ids in ascending order.

    Args:
        fields: The documents' own fields.
        times: Their creation times; by default they ascend as the ids do.
    """
    return [
        {"_id": f"{number:08d}", "_creationTime": float(time), **row}
        for number, (row, time) in enumerate(
            zip(fields, times or range(1, len(fields) + 1), strict=True), start=1
        )
    ]
