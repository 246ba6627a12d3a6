"""
The ways of cutting a text that a search index may choose from.

========== ========================================================================================
analyzer   what it finds
========== ========================================================================================
convex     the words as they are written, whatever their case; what an index has unless told
simple     the same by Unicode's case folding ("Straße" by "STRASSE"), and words up to 255 bytes
unaccent   the words without their accents, and so what is typed on a keyboard that has none
cjk        as convex, and Chinese, Japanese and Korean by each two neighbours, as these texts have
           no spaces between words: "日本語" is 日本 and 本語
========== ========================================================================================

or a function of the application's own, from a text to its tokens.

Rules of this file:

- Documents and queries are cut by the same analyzer: what it folds on one side, it folds on both.
- An analyzer answers for every text. What an application's function returns is checked before it
  is believed, and what it raises is a ``SchemaError``, as of every function that a schema names.
- Tokens lie in the file: a function that answers differently than before needs a new index.

How ``unaccent`` works: compatibility decomposition, then marks off, then letters that have none
to take off, and only then is the text cut, since marks stand between words otherwise. Marks are
those of Latin, Greek and Cyrillic, and the points of Hebrew, Arabic and Syriac, which readers do
without; those that are sounds of their own are kept, as in Hindi, Thai and Japanese. "đ" becomes
"dj", as Serbian, Croatian and Bosnian write it without the letter ("Đorđe", "Djordje"); the price
is Vietnamese, which writes "d". "ä" becomes "a" and not "ae": marks say no language.

What is weak: decomposition and case folding are Python's, which never change for a character that
it knows, but an older Python knows fewer of the newest. With ``cjk`` a single character finds the
pairs that it begins, not those that it ends.

Cost: 40 words of Serbian take 8 µs with convex (``tokenizer``), 12 with simple, 15 with unaccent
or cjk; of ASCII 1.9, and 3 with simple. A hundred characters of Chinese take 25 with cjk.

Source: Unicode Standard Annex 15 (normalization), and bigrams as in Lucene's CJKBigramFilter.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from operator import add
from types import MappingProxyType
from typing import cast

from docdb.errors import SchemaError, nearest_names, shown
from docdb.indexes.text.tokenizer import tokens, words
from docdb.limits import DOCUMENT_BYTES_MAX, SEARCH_TOKEN_BYTES_MAX
from docdb.schema.callables import NamedCallable, named

__all__ = ["DEFAULT_ANALYZER", "Analyzer", "analyzer"]

Analyzer = Callable[[str], list[str]]

DEFAULT_ANALYZER = "convex"

# What fits into a key of the store with room to spare; convex and its kin have a limit of theirs.
_TOKEN_BYTES_MAX = 255

# A text of a document has no more characters than this, and asks for no more tokens.
_TOKENS_MAX = DOCUMENT_BYTES_MAX

# Blocks rather than a property, so that no version of Python draws the line elsewhere.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"  # combining
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # Arabic
    "\u0711\u0730-\u074a"  # Syriac
)

# Letters that Unicode does not decompose, and what is written where they are missing.
_PLAIN_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys("Đđ", "dj"),
        **dict.fromkeys("Ðð", "d"),
        **dict.fromkeys("Þþ", "th"),
        **dict.fromkeys("Øø", "o"),
        **dict.fromkeys("Ææ", "ae"),
        **dict.fromkeys("Œœ", "oe"),
        **dict.fromkeys("ẞß", "ss"),
        **dict.fromkeys("Łł", "l"),
        **dict.fromkeys("Ħħ", "h"),
        **dict.fromkeys("Ŧŧ", "t"),
        **dict.fromkeys("Ŋŋ", "n"),
        **dict.fromkeys("Əə", "e"),
        "\u0131": "i",  # without its dot
        "\u03c2": "\u03c3",  # the sigma that ends a word
    }
)

# Han, Hiragana, Katakana and Hangul. Gaps are spanned where nothing in them makes words.
_CJK = (
    "\u1100-\u11ff\u3005-\u30ff\u3131-\u318e\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97c\uac00-\ud7fb"
    "\uf900-\ufaff\uff66-\uffdc\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)


def analyzer(chosen: str | Callable[..., object]) -> Analyzer:
    """
    Return the function that cuts the texts of an index, and those of its queries.

    Args:
        chosen: The name of an analyzer, or a function from a text to its tokens. A token of a
            function is a text of one to 255 bytes of UTF-8; longer ones are dropped.

    Raises:
        SchemaError: No analyzer has that name; or, when the function returned is called, the
            given one is missing, raised an error, or returned something other than tokens.

    >>> analyzer("unaccent")("Ćosić, Đorđe")
    ['cosic', 'djordje']
    >>> analyzer(str.split)("C++ or C#")
    ['C++', 'or', 'C#']
    """
    if isinstance(chosen, str):
        if chosen in _ANALYZERS:
            return _ANALYZERS[chosen]
        raise SchemaError(
            f"there is no analyzer {shown(chosen)}",
            hint=nearest_names(chosen, _ANALYZERS, what="analyzers"),
            analyzer=chosen,
        )
    if not callable(chosen):
        raise SchemaError(
            f"an analyzer is a name or a function, not {shown(chosen)}",
            hint=nearest_names("", _ANALYZERS, what="analyzers"),
            analyzer=chosen,
        )
    function = named(chosen)
    # What is raised while the tokens are drawn is the function's doing as well.
    return partial(_checked, NamedCallable(function.name, partial(_drawn, function)))


def _drawn(function: NamedCallable, text: str) -> list[object]:
    given = function(text)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise _refused(function, given, "an iterable of tokens")
    drawn = list(islice(cast("Iterable[object]", given), _TOKENS_MAX + 1))
    if len(drawn) > _TOKENS_MAX:
        raise _refused(function, drawn[:3], f"at most {_TOKENS_MAX} tokens")
    return drawn


def _checked(function: NamedCallable, text: str) -> list[str]:
    """Return the tokens of an application's function that are short enough."""
    checked: list[str] = []
    for token in cast("list[object]", function(text)):
        if not isinstance(token, str) or not token:
            raise _refused(function, token, "texts that are not empty")
        try:
            encoded = token.encode()
        except UnicodeEncodeError as error:
            raise _refused(function, token, "texts without lone surrogates") from error
        if len(encoded) <= _TOKEN_BYTES_MAX:
            checked.append(encoded.decode())  # an instance of a subclass becomes a plain text
    return checked


def _refused(function: NamedCallable, found: object, expected: str) -> SchemaError:
    return SchemaError(
        f"the analyzer {function.name!r} returned {shown(found)}, not {expected}",
        hint="an analyzer returns the tokens of a text in order, such as text.split()",
        function=function.name,
    )


def _simple(text: str) -> list[str]:
    # Case folding starts from lower case, so that a letter is folded alike even by a Python that
    # has not heard of it.
    found = words(text) if text.isascii() else " ".join(words(text)).casefold().split()
    return _short(found, _TOKEN_BYTES_MAX)


def _unaccented(text: str) -> list[str]:
    if text.isascii():
        return tokens(text)
    decomposed = unicodedata.normalize("NFKD", text)
    bare = re.sub(f"[{_MARKS}]+", "", decomposed)
    plain = re.sub(f"[{''.join(_PLAIN_LETTERS)}]", lambda letter: _PLAIN_LETTERS[letter[0]], bare)
    # What is left in pieces belongs together: syllables of Korean, voiced sounds of Japanese.
    return tokens(unicodedata.normalize("NFC", plain))


def _with_bigrams(text: str) -> list[str]:
    if text.isascii():
        return tokens(text)
    spaced = re.sub(f"[{_CJK}]+", _pairs, " ".join(words(text)))
    return _short(spaced.split(), SEARCH_TOKEN_BYTES_MAX)


def _pairs(run: re.Match[str]) -> str:
    letters = run[0]
    return f" {' '.join(map(add, letters, letters[1:])) or letters} "


def _short(found: Iterable[str], bytes_max: int) -> list[str]:
    # A character has at most four bytes, so most words need not be encoded to be measured.
    sure = bytes_max // 4
    return [word for word in found if len(word) <= sure or len(word.encode()) <= bytes_max]


_ANALYZERS: Mapping[str, Analyzer] = MappingProxyType(
    {"convex": tokens, "simple": _simple, "unaccent": _unaccented, "cjk": _with_bigrams}
)
