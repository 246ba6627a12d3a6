"""
Hypothesis strategies for values in plain form, and for those that constraints allow.

Rules of this file: what is drawn is in plain form (``docdb.values.kinds``), so that it comes back
from the database as it was. What a constraint cannot be turned into a strategy is left to a
filter, which every constrained strategy ends in.
"""

import re
from functools import cache
from math import ceil, floor, inf, nan

from hypothesis import strategies as st

from docdb import limits
from docdb.schema.constraints import NumberRange, TextRules, breach
from docdb.values.kinds import INT64_MAX, INT64_MIN, Int64, Value
from docdb.values.names import check_field_name

__all__ = ["BLOBS", "FIELD_NAMES", "TEXTS", "int64s", "numbers", "record_names", "texts", "values"]

# Strings that bring the order of kinds, of bytes and of code points to light.
_TELLING = ("", "a", "A", "\0", "a\0", "aa", "ä", "\uffff", "😀", "0")
_LONGEST_EDGE = 1024
_USUAL_LENGTH = 8

_UNICODE = st.characters(codec="utf-8")
_PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)

TEXTS: st.SearchStrategy[str] = st.text(_UNICODE, max_size=_USUAL_LENGTH) | st.sampled_from(
    _TELLING
)
FIELD_NAMES: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(["a", "b", "a.b", "", "_own"]),
    st.text(_PRINTABLE, max_size=_USUAL_LENGTH).filter(lambda name: name[:1] != "$"),
)
BLOBS: st.SearchStrategy[bytes] = st.binary(max_size=_USUAL_LENGTH)
_FLOATS = st.floats() | st.sampled_from([0.0, -0.0, 1.0, nan, inf, -inf])
_INTEGERS = st.integers(-limits.INTEGER_MAX, limits.INTEGER_MAX)
_SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3) | _INTEGERS,
    _FLOATS,
    st.integers(INT64_MIN, INT64_MAX).map(Int64),
    TEXTS,
    BLOBS,
)


@cache
def values(levels: int) -> st.SearchStrategy[Value]:
    """Return values with at most so many levels of arrays and objects."""
    if levels == 0:
        return _SCALARS
    inner = values(levels - 1)
    return st.one_of(
        _SCALARS, st.lists(inner, max_size=3), st.dictionaries(FIELD_NAMES, inner, max_size=3)
    )


def numbers(rules: NumberRange | None) -> st.SearchStrategy[int | float]:
    """Return the float64s that a validator accepts, some spelt as ``int``."""
    if rules is None:
        return st.integers(-3, 3) | _INTEGERS | _FLOATS
    low, high = _integer_bounds(rules, -limits.INTEGER_MAX, limits.INTEGER_MAX)
    whole = st.integers(low, high) if low <= high else st.nothing()
    edges = [each for each in (rules.minimum, rules.maximum) if each is not None]
    near = st.sampled_from(edges) if edges else st.nothing()
    drawn = st.one_of(whole, whole.map(float), near.map(float))
    if not rules.integer:
        # Wider than the bounds where these are no floats; the filter sees to the rest.
        least = None if rules.minimum is None else float(rules.minimum)
        most = None if rules.maximum is None else float(rules.maximum)
        drawn |= st.floats(least, most, allow_nan=False)
    return drawn.filter(lambda number: breach(rules, number) is None)


def int64s(rules: NumberRange | None) -> st.SearchStrategy[Int64]:
    """Return the int64s that a validator accepts."""
    low, high = _integer_bounds(rules or NumberRange(), INT64_MIN, INT64_MAX)
    return st.integers(low, high).map(Int64) if low <= high else st.nothing()


def _integer_bounds(rules: NumberRange, least: int, most: int) -> tuple[int, int]:
    low = least if rules.minimum is None else max(least, ceil(rules.minimum))
    high = most if rules.maximum is None else min(most, floor(rules.maximum))
    return low, high


def texts(rules: TextRules | None) -> st.SearchStrategy[str]:
    """Return the strings that a validator accepts."""
    return TEXTS if rules is None else _ruled_texts(rules, _UNICODE)


def record_names(rules: TextRules | None) -> st.SearchStrategy[str]:
    """Return the names that a record may have whose keys are strings with such rules."""
    if rules is None:
        return FIELD_NAMES
    return _ruled_texts(rules, _PRINTABLE).filter(lambda name: check_field_name(name) is None)


def _ruled_texts(rules: TextRules, alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    if isinstance(rules.one_of, tuple):
        drawn = st.sampled_from(rules.one_of)
    elif rules.format == "email":
        drawn = _EMAILS
    elif rules.pattern is not None:
        drawn = st.from_regex(re.compile(rules.pattern), fullmatch=True, alphabet=alphabet)
    else:
        drawn = _texts_of_length(rules, alphabet)
    return drawn.filter(lambda text: breach(rules, text) is None)


_EMAILS = st.from_regex(
    r"[a-z0-9+_-]{1,12}(?:\.[a-zäé]{1,5})?@[a-z0-9]{1,10}(?:-[a-z0-9]{1,4})?\.[a-z]{2,6}",
    fullmatch=True,
)


def _texts_of_length(rules: TextRules, alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    least, most = rules.min_length or 0, rules.max_length
    usual = least + _USUAL_LENGTH
    drawn = st.text(alphabet, min_size=least, max_size=usual if most is None else min(usual, most))
    if most is not None and usual < most <= _LONGEST_EDGE:
        drawn |= st.just("x" * most)
    return drawn
