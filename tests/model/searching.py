"""
Full-text search in plain Python: every document is cut, and every score is calculated.

This shares nothing with the engine but the analyzer. It has no index, no statistics that are kept,
and no shortcut; it reads all documents for each question, so that a reader can see that it is
right. The rules are those of Convex, in float64.

A score is the sum of what each term adds, rounded once (``math.fsum``), so that it does not depend
on an order of adding: two documents to which different terms add the same tie exactly.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from docdb.indexes.text.tokenizer import tokens
from tests.model.expressions import read
from tests.model.order import order_key

__all__ = ["Document", "Equality", "Hit", "quantized", "search", "searched_terms"]

Document = dict[str, Any]
Equality = tuple[str, Any]
Hit = tuple[float, Document]

QUERY_TOKENS_MAX = 16
EXPANDED_TERMS_MAX = 64

K1, B = 1.2, 0.75
COMPLETION_BOOST = 0.5


def search(
    documents: Iterable[Document],
    text: str,
    *,
    field: str,
    equalities: Sequence[Equality] = (),
    tokens_of: Callable[[str], list[str]] = tokens,
) -> list[Hit]:
    """
    Return every document that a search finds, with its score, the best first.

    Args:
        documents: All documents of the table, each with ``_id`` and ``_creationTime``.
        text: What is looked for.
        field: The path of the field that is searched.
        equalities: Paths and the value that each must have; ``UNSET`` for none at all.
        tokens_of: The analyzer of documents and query.
    """
    every = list(documents)
    counts = [Counter(_words(read(each, field), tokens_of)) for each in every]
    boosts = searched_terms(counts, tokens_of(text), len(_distinct(equalities)))
    average = sum(each.total() for each in counts) / len(every) if every else 0.0
    worth = {
        term: boost * _rarity(len(every), sum(term in each for each in counts))
        for term, boost in boosts.items()
    }
    hits = [
        (_score(count, worth, average), document)
        for document, count in zip(every, counts, strict=True)
        if _passes(document, equalities) and not worth.keys().isdisjoint(count)
    ]
    return sorted(hits, key=_rank, reverse=True)


def _words(value: Any, tokens_of: Callable[[str], list[str]]) -> list[str]:
    """Return the tokens of a field, of which only a text has any."""
    return tokens_of(value) if isinstance(value, str) else []


def searched_terms(
    counts: Iterable[Iterable[str]], query: Sequence[str], conditions: int
) -> dict[str, float]:
    """
    Return the terms of the documents that a query looks for, and what each is worth.

    The words of the query come first and are worth 1; then, in the order of their bytes, the words
    that begin with its last one, and are worth half. With the conditions they are 64 at most.
    """
    used = query[:QUERY_TOKENS_MAX]
    if not used:
        return {}
    vocabulary = {term for each in counts for term in each}
    exact = {each: 1.0 for each in used if each in vocabulary}
    completions = [each for each in vocabulary if each.startswith(used[-1]) and each not in exact]
    completions.sort(key=str.encode)
    room = EXPANDED_TERMS_MAX - conditions - len(exact)
    return exact | dict.fromkeys(completions[:room], COMPLETION_BOOST)


def _distinct(equalities: Sequence[Equality]) -> set[Any]:
    return {(field, order_key(value)) for field, value in equalities}


def _passes(document: Document, equalities: Sequence[Equality]) -> bool:
    return all(order_key(read(document, field)) == order_key(value) for field, value in equalities)


def _score(count: Counter[str], worth: Mapping[str, float], average: float) -> float:
    """Return the score of a document whose words are counted."""
    length = quantized(count.total())
    return math.fsum(
        worth[term] * _weight(occurrences, length, average)
        for term, occurrences in count.items()
        if term in worth
    )


def _rarity(documents: int, having: int) -> float:
    """Return what a term is worth that so many of all documents have."""
    return math.log(1 + (documents - having + 0.5) / (having + 0.5)) * (K1 + 1)


def _weight(occurrences: int, length: int, average: float) -> float:
    """Return what so many occurrences are worth in a document of such a length."""
    return occurrences / (occurrences + K1 * (1 - B + B * length / average))


@cache
def quantized(length: int) -> int:
    """
    Return the length that a document is taken to have: the next lower one that fits a byte.

    >>> [quantized(length) for length in (0, 40, 41, 42, 59, 100_000)]
    [0, 40, 40, 42, 56, 98328]
    """
    return max(each for each in map(_length_of_byte, range(256)) if each <= length)


def _length_of_byte(byte: int) -> int:
    """Return the length that a byte stands for: whole up to 24, then with four binary digits."""
    if byte < 24:
        return byte
    beyond = byte - 24
    if beyond < 8:
        return 24 + beyond
    return 24 + (((beyond & 7) | 8) << ((beyond >> 3) - 1))


def _rank(hit: Hit) -> tuple[float, float, str]:
    """Return what hits are ordered by: higher scores, then newer documents, then higher ids."""
    score, document = hit
    return (score, document["_creationTime"], document["_id"])
