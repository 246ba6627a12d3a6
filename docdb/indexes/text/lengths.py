"""
The length of a text in one byte, as BM25 is given it.

A score depends on how long a text is, and not on every single word of it: lengths are exact up to
40 tokens, and beyond that rounded down to one of eight steps between a power of two and the next.
So a length fits a byte, and few texts of a chunk differ in both length and number of occurrences::

    code     0  1  ...  40  41  42  ...  48  49  50  ...  56  57  ...   255
    tokens   0  1  ...  40  42  44  ...  56  60  64  ...  88  96  ...   2 billion

Rules of this file: the codes are on disk and may never change their meaning; a longer text has no
smaller code.

Source: Lucene's SmallFloat (int4), as tantivy's ``fieldnorm/code.rs`` uses it.
"""

from bisect import bisect_right
from typing import Final

__all__ = ["LENGTHS", "length_code"]


def _decoded(code: int) -> int:
    if code < 24:
        return code
    rest = code - 24
    return 24 + (rest if rest < 8 else (rest & 7 | 8) << (rest >> 3) - 1)


LENGTHS: Final = tuple(map(_decoded, range(256)))
_EXACT: Final = 40


def length_code(length: int) -> int:
    """
    Return the code of the greatest length that is not above a number of tokens.

    >>> length_code(40), length_code(43), LENGTHS[length_code(43)], LENGTHS[length_code(100_000)]
    (40, 41, 42, 98328)
    """
    return length if length <= _EXACT else bisect_right(LENGTHS, length) - 1
