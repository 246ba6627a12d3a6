"""
How a text becomes words, and a query's text the terms that it looks for.

A word is a run of characters that Unicode calls alphabetic or numeric, in lower case: whatever
else there is stands between words, ``_`` and ``'`` and every emoji included. A word of 32 bytes
or more is no word at all. There are no stems and no stop words, and "café" is not "cafe": who
wants that chooses another analyzer (``analyzers``). Documents and queries are cut alike.

Rules of this file:

- The rules are Convex's, to the letter: length is that of the UTF-8 before lower-casing, and
  lower-casing looks at one character at a time: no sigma is final, "İ" becomes two characters.
- Any ``str`` can be cut, also one with lone surrogates: they stand between words.

How it works: characters are replaced one for one by themselves in lower case or by a space, so
that the words are what ``split`` leaves and each stands where it stood in the text. ASCII is
replaced as bytes. Whether any word is too long is asked of a shadow of the text, in which every
byte that may belong to a word is an ``a``: a search for 32 of them mostly leaps from word to
word. Only texts in which it finds something are looked at word by word.

Cost: linear. 40 words of ASCII (300 characters) take 1.9 µs, of which ``split`` is 1.1, and 3.3
with a word that is too long; 40 of Serbian take 8, of Russian 10. Tried for the latter: a regular
expression of all ranges (50, as it walks a list of them for each character), ``str.lower`` and
an expression of the first plane only (7, but words would depend on Python's version), a table in
a ``str`` (14, though of 1 MB instead of 7), a dict (13).

Source: convex-backend crates/search/src/lib.rs and the tokenizers of get-convex/tantivy.
"""

import re
import sys
from collections.abc import Callable
from typing import NamedTuple

from docdb.indexes.text.alphanumerics import (
    CODE_POINTS_MAX,
    DOTTED_CAPITAL_I,
    DOTTED_CAPITAL_I_LOWER,
    folding_table,
)
from docdb.limits import SEARCH_QUERY_TERMS_MAX, SEARCH_TOKEN_BYTES_MAX

__all__ = ["QueryTerms", "encoded_tokens", "query_terms", "tokens", "words"]

_ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_OTHERS = bytes(code for code in range(128) if code not in _ALPHANUMERIC)
_ASCII_FOLDED = bytes.maketrans(
    _ALPHANUMERIC.upper() + _OTHERS, _ALPHANUMERIC.lower() + b" " * len(_OTHERS)
)

# The shadow of a text: an "a" for what may belong to a word, a space for what does not, and "!"
# for the first byte of a character behind the table.
_BEYOND_TABLE = bytes(range(0xF1, 0xF5))
_SHADOW = bytes(
    0x21 if code in _BEYOND_TABLE else 0x20 if code in _OTHERS else 0x61 for code in range(256)
)
_TOO_LONG = b"a" * (SEARCH_TOKEN_BYTES_MAX + 1)
_SURELY_SHORT = SEARCH_TOKEN_BYTES_MAX // 4  # no character has more than four bytes


class QueryTerms(NamedTuple):
    """
    What a query's text looks for.

    Attributes:
        exact: The terms, each once, in the order in which they first occur.
        last: The term that completions count for as well, which is one of ``exact``; None where
            there are no terms at all.
    """

    exact: tuple[str, ...]
    last: str | None


def query_terms(text: str, tokens_of: Callable[[str], list[str]]) -> QueryTerms:
    """
    Return the terms that a query's text looks for.

    Only the first ``limits.SEARCH_QUERY_TERMS_MAX`` tokens count, repeated ones included, and
    the last of those is the one to complete.

    >>> query_terms("New York, new", tokens)
    QueryTerms(exact=('new', 'york'), last='new')
    """
    used = tokens_of(text)[:SEARCH_QUERY_TERMS_MAX]
    return QueryTerms(tuple(dict.fromkeys(used)), used[-1] if used else None)


def tokens(text: str) -> list[str]:
    """
    Return the words of a text, as Convex indexes them.

    >>> tokens("It's CAFÉ_no. 3.14!")
    ['it', 's', 'café', 'no', '3', '14']
    """
    shadow = text.encode(errors="replace").translate(_SHADOW)
    folded = _folded(text, shadow)
    found = _short_words(text, folded) if _TOO_LONG in shadow else folded.split()
    return _completed(found) if DOTTED_CAPITAL_I in folded else found


def encoded_tokens(text: str) -> list[bytes]:
    """
    Return the words of a text as UTF-8: the same as encoding each of ``tokens``, and quicker.

    >>> encoded_tokens("It's CAFÉ") == [word.encode() for word in tokens("It's CAFÉ")]
    True
    """
    if not text.isascii():
        return [word.encode() for word in tokens(text)]
    given = text.encode()
    found = given.translate(_ASCII_FOLDED).split()
    if _TOO_LONG in given.translate(_SHADOW):
        return [word for word in found if len(word) <= SEARCH_TOKEN_BYTES_MAX]
    return found


def _short_words(text: str, folded: str) -> list[str]:
    """Return the words that are short enough as they stand in the text that was given."""
    found = folded.split()
    if text.isascii():
        return [word for word in found if len(word) <= SEARCH_TOKEN_BYTES_MAX]
    short: list[str] = []
    stop = 0
    for word in found:
        if len(word) > _SURELY_SHORT:
            # Invariant: from stop to this word there are only shorter ones, which cannot hold it.
            start = folded.index(word, stop)
            stop = start + len(word)
            if len(text[start:stop].encode()) > SEARCH_TOKEN_BYTES_MAX:
                continue
        short.append(word)
    return short


def words(text: str) -> list[str]:
    """
    Return the words of a text, however long they are.

    >>> words("Δ, " + "x" * 40) == ["δ", "x" * 40]
    True
    """
    folded = _folded(text, text.encode(errors="replace").translate(_SHADOW))
    found = folded.split()
    return _completed(found) if DOTTED_CAPITAL_I in folded else found


def _folded(text: str, shadow: bytes) -> str:
    """Return the text with each character replaced by its lower case or by a space."""
    if text.isascii():
        return text.encode().translate(_ASCII_FOLDED).decode()
    if b"!" in shadow:
        text = re.sub(f"[{chr(CODE_POINTS_MAX)}-{chr(sys.maxunicode)}]", " ", text)
    return text.translate(folding_table())


def _completed(found: list[str]) -> list[str]:
    """Return words with the one letter in lower case that the table leaves as it is."""
    return [word.replace(DOTTED_CAPITAL_I, DOTTED_CAPITAL_I_LOWER) for word in found]
