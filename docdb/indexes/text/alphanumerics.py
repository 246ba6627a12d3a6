"""
Which characters make words, and what each is in lower case: a table, frozen on purpose.

Words lie in the file, so what a word is may depend neither on the version of Python that runs
nor on the Unicode that it knows. This table is Rust's, whose ``char::is_alphanumeric`` and
``char::to_lowercase`` cut the words of Convex: the properties Alphabetic, Nd, Nl and No, and the
full mapping without regard to a language or to neighbours. Beyond ``str.isalnum`` it has the
marks that are alphabetic, such as the vowel signs of the Indic scripts, and letters in circles.

Rules of this file: the numbers are written by ``python -m tests.unicode.generate`` and by nobody
else; another version of Unicode makes other words, and asks for every text index to be rebuilt.

Cost: some 8 ms and 7 MB, once in a process, when it meets the first text outside ASCII.

Source: rustc 1.95.0; the same 149,106 characters as of the package ``regex`` 2025.11.3.
"""

from collections.abc import Iterator
from functools import cache

__all__ = [
    "CODE_POINTS_MAX",
    "DOTTED_CAPITAL_I",
    "DOTTED_CAPITAL_I_LOWER",
    "UNICODE_VERSION",
    "alphanumeric_ranges",
    "folding_table",
]

UNICODE_VERSION = "17.0.0"

# From the fourth plane on nothing makes words: there are private characters, tags, and nothing.
CODE_POINTS_MAX = 0x40000

# The only character whose lower case is two; the table leaves it as it is.
DOTTED_CAPITAL_I, DOTTED_CAPITAL_I_LOWER = "\u0130", "i\u0307"

_SPACE = ord(" ")

# For each range: how many characters lie between it and the one before, and how many it has.
_RANGES = """
48 10 7 26 6 26 47 1 7 2 1 1 3 2 1 3 1 23 1 31 1 458 4 12 14 5 7 1 1 1 86 1 29 18 1 2 2 4 1 1 6 1 1
3 1 1 1 20 1 83 1 139 8 166 1 38 2 1 6 41 39 14 1 1 1 2 1 2 1 1 8 27 4 4 29 11 5 56 1 17 4 102 1 8 4
8 4 16 2 1 16 48 13 101 14 43 9 2 4 1 5 24 2 19 19 25 7 11 5 24 1 7 7 1 8 42 10 12 3 7 6 76 1 16 1 3
4 15 2 10 1 19 1 8 2 2 2 22 1 7 1 1 3 4 3 8 2 2 2 2 1 1 8 1 4 2 1 5 2 12 2 6 2 1 4 3 1 6 4 2 2 22 1
7 1 2 1 2 1 2 4 5 4 2 2 2 4 1 7 4 1 1 7 16 11 3 1 9 1 3 1 22 1 7 1 2 1 5 3 9 1 3 1 2 3 1 15 4 2 10 9
4 4 3 1 8 2 2 2 22 1 7 1 2 1 5 3 8 2 2 2 2 9 2 4 2 1 5 2 10 1 7 10 2 1 6 3 3 1 4 3 2 1 1 1 2 3 2 3 3
3 12 4 5 3 3 1 3 3 1 6 1 14 13 13 13 1 3 1 23 1 16 3 8 1 3 1 3 8 2 1 3 1 2 2 4 2 10 8 7 1 4 1 8 1 3
1 23 1 10 1 5 3 8 1 3 1 3 8 2 5 3 1 4 2 10 1 3 12 13 1 3 1 41 2 8 1 3 1 3 1 1 5 16 2 19 1 6 1 3 1 18
3 24 1 9 1 1 2 7 8 6 1 1 1 8 6 10 2 2 13 58 5 7 6 1 2 10 39 2 1 1 1 5 1 24 1 1 1 19 1 3 2 5 1 1 6 1
2 10 2 4 32 1 31 20 12 8 1 36 4 19 4 16 1 36 67 55 1 1 2 15 6 78 2 38 1 1 5 1 2 43 1 333 1 4 2 7 1 1
1 4 2 41 1 4 2 33 1 4 2 7 1 1 1 4 2 15 1 57 1 4 2 67 14 20 3 16 16 86 2 6 3 620 2 17 1 26 5 75 3 11
7 20 11 21 12 20 12 13 1 3 1 2 12 52 2 19 14 1 4 1 3 10 6 10 22 10 6 89 7 43 5 70 10 31 1 12 4 9 13
40 2 5 11 44 4 26 6 11 37 28 4 63 2 20 11 10 6 10 13 1 23 2 11 3 49 52 1 15 1 8 3 10 38 42 2 58 1 11
14 55 9 10 3 49 2 11 5 43 2 3 41 4 1 6 1 2 3 1 5 192 19 34 11 278 2 6 2 38 2 6 2 8 1 1 1 1 1 1 1 31
2 53 1 7 1 1 3 3 1 7 3 4 2 6 4 13 5 3 1 7 115 2 2 6 5 11 6 13 101 1 4 1 2 10 1 1 3 5 6 1 1 1 1 1 1 4
1 11 2 4 5 5 4 1 1 58 726 60 26 74 630 30 1132 229 6 4 3 2 9 1 2 38 1 1 5 1 2 56 7 1 16 23 9 7 1 7 1
7 1 7 1 7 1 7 1 7 1 7 1 32 47 1 469 3 25 9 7 5 2 5 4 86 6 3 1 90 1 4 5 43 1 94 3 4 10 32 48 16 32 10
30 8 1 15 32 10 39 15 320 6592 64 22157 67 46 2 269 3 28 20 47 5 8 3 113 39 9 2 103 2 82 20 21 1 33
8 6 10 52 12 68 1 1 10 10 24 6 3 1 1 46 5 35 13 29 3 51 1 12 15 11 6 31 1 55 9 14 2 10 6 23 3 69 1 1
1 1 24 3 2 16 2 4 11 6 2 6 2 6 9 7 1 7 1 43 1 14 6 123 5 10 6 11172 12 23 4 49 8452 366 2 106 38 7
12 5 5 12 1 13 1 5 1 1 1 2 1 2 1 108 33 363 18 64 2 54 40 12 116 5 1 135 19 10 7 26 6 26 11 89 3 6 2
6 2 6 2 3 35 12 1 26 1 19 1 2 1 15 2 14 34 123 12 45 12 57 17 2 244 29 3 49 16 27 4 36 9 30 5 43 5
30 2 36 4 8 1 5 42 158 2 10 6 36 4 36 4 40 8 52 12 11 1 15 1 7 1 2 1 11 1 15 1 7 1 2 3 52 12 311 9
22 10 8 24 6 1 42 1 9 69 6 2 1 1 44 1 2 3 1 2 23 2 31 2 38 8 9 48 19 1 2 5 33 4 26 6 26 38 56 4 20 2
50 1 2 5 8 1 3 1 29 10 9 23 31 1 32 32 8 1 28 6 5 16 54 10 22 2 27 5 26 23 7 80 73 55 51 13 51 7 46
8 10 6 38 3 1 5 23 218 31 1 42 1 2 3 2 16 6 50 3 3 40 8 22 11 4 27 18 46 28 20 23 9 70 12 30 1 5 10
57 9 1 13 25 7 10 6 51 3 10 4 4 8 35 3 1 9 64 1 4 9 13 1 1 4 20 11 18 1 34 2 1 6 4 62 7 1 1 1 4 1 15
1 10 7 57 7 10 6 4 1 8 2 2 2 22 1 7 1 2 1 5 3 8 2 2 2 2 3 1 6 1 5 7 28 10 1 1 2 1 1 38 1 10 1 1 2 1
1 4 1 2 3 1 1 1 44 66 1 3 1 4 5 10 5 3 30 66 2 2 1 1 8 10 166 54 2 7 25 6 34 63 1 1 3 1 11 10 38 54
2 1 7 10 6 20 28 27 2 14 5 12 4 7 185 57 103 83 12 8 2 1 2 8 1 2 1 30 1 2 2 2 2 4 13 10 70 8 2 46 2
6 1 1 1 2 27 51 2 10 17 72 5 1 18 73 103 8 88 33 15 10 6 9 1 45 1 7 1 1 15 29 5 30 2 22 1 14 73 7 1
2 1 44 3 1 1 2 1 3 1 1 2 2 8 10 6 6 1 2 1 37 1 2 1 4 1 1 7 10 6 44 4 10 246 23 9 17 1 41 3 3 15 10
86 1 15 21 43 922 102 111 17 196 2636 97 15 1072 17 6 25 3995 5 583 6841 47 1 10 1734 569 7 31 1 10
6 79 1 10 6 30 18 48 16 4 12 10 1 7 1 21 5 19 432 45 3 10 198 87 9 25 2 25 44 75 4 57 7 17 64 2 1 1
12 7 9 7382 41 32 97 115 8701 4 1 7 1 2 1 291 15 1 29 3 2 1 14 4 8 396 2308 107 5 13 3 9 7 10 4 1
4177 10 1478 20 12 20 108 25 135 85 1 71 1 2 2 1 2 2 2 4 1 12 1 1 1 7 1 65 1 4 2 8 1 7 1 28 1 4 1 5
1 1 3 7 1 340 2 25 1 25 1 31 1 25 1 31 1 25 1 31 1 25 1 31 1 25 1 8 2 50 1792 31 6 6 213 7 1 17 2 7
1 2 1 5 5 62 33 1 112 45 10 7 2 10 4 1 321 30 18 44 4 10 470 28 4 10 214 30 2 11 197 31 1 22 8 2 224
7 1 4 1 2 1 15 1 197 2 9 48 68 3 1 3 1 4 10 791 59 1 3 1 4 76 45 1 15 194 4 1 27 1 2 1 1 2 1 1 10 1
4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 10 1 17 5 3
1 5 1 17 580 13 35 26 6 26 6 26 2662 10 1030 42720 32 4382 2 5774 2 7473 15 622 2466 542 1506 4939 5
8490
"""

# For each run: its first character, how many they are, the step from one to the next, and the
# distance of each to its lower case.
_LOWER_CASE = """
65 26 1 32 192 23 1 32 216 7 1 32 256 24 2 1 306 3 2 1 313 8 2 1 330 23 2 1 376 1 1 -121 377 3 2 1
385 1 1 210 386 2 2 1 390 1 1 206 391 1 1 1 393 2 1 205 395 1 1 1 398 1 1 79 399 1 1 202 400 1 1 203
401 1 1 1 403 1 1 205 404 1 1 207 406 1 1 211 407 1 1 209 408 1 1 1 412 1 1 211 413 1 1 213 415 1 1
214 416 3 2 1 422 1 1 218 423 1 1 1 425 1 1 218 428 1 1 1 430 1 1 218 431 1 1 1 433 2 1 217 435 2 2
1 439 1 1 219 440 1 1 1 444 1 1 1 452 1 1 2 453 1 1 1 455 1 1 2 456 1 1 1 458 1 1 2 459 9 2 1 478 9
2 1 497 1 1 2 498 2 2 1 502 1 1 -97 503 1 1 -56 504 20 2 1 544 1 1 -130 546 9 2 1 570 1 1 10795 571
1 1 1 573 1 1 -163 574 1 1 10792 577 1 1 1 579 1 1 -195 580 1 1 69 581 1 1 71 582 5 2 1 880 2 2 1
886 1 1 1 895 1 1 116 902 1 1 38 904 3 1 37 908 1 1 64 910 2 1 63 913 17 1 32 931 9 1 32 975 1 1 8
984 12 2 1 1012 1 1 -60 1015 1 1 1 1017 1 1 -7 1018 1 1 1 1021 3 1 -130 1024 16 1 80 1040 32 1 32
1120 17 2 1 1162 27 2 1 1216 1 1 15 1217 7 2 1 1232 48 2 1 1329 38 1 48 4256 38 1 7264 4295 1 1 7264
4301 1 1 7264 5024 80 1 38864 5104 6 1 8 7305 1 1 1 7312 43 1 -3008 7357 3 1 -3008 7680 75 2 1 7838
1 1 -7615 7840 48 2 1 7944 8 1 -8 7960 6 1 -8 7976 8 1 -8 7992 8 1 -8 8008 6 1 -8 8025 4 2 -8 8040 8
1 -8 8072 8 1 -8 8088 8 1 -8 8104 8 1 -8 8120 2 1 -8 8122 2 1 -74 8124 1 1 -9 8136 4 1 -86 8140 1 1
-9 8152 2 1 -8 8154 2 1 -100 8168 2 1 -8 8170 2 1 -112 8172 1 1 -7 8184 2 1 -128 8186 2 1 -126 8188
1 1 -9 8486 1 1 -7517 8490 1 1 -8383 8491 1 1 -8262 8498 1 1 28 8544 16 1 16 8579 1 1 1 9398 26 1 26
11264 48 1 48 11360 1 1 1 11362 1 1 -10743 11363 1 1 -3814 11364 1 1 -10727 11367 3 2 1 11373 1 1
-10780 11374 1 1 -10749 11375 1 1 -10783 11376 1 1 -10782 11378 1 1 1 11381 1 1 1 11390 2 1 -10815
11392 50 2 1 11499 2 2 1 11506 1 1 1 42560 23 2 1 42624 14 2 1 42786 7 2 1 42802 31 2 1 42873 2 2 1
42877 1 1 -35332 42878 5 2 1 42891 1 1 1 42893 1 1 -42280 42896 2 2 1 42902 10 2 1 42922 1 1 -42308
42923 1 1 -42319 42924 1 1 -42315 42925 1 1 -42305 42926 1 1 -42308 42928 1 1 -42258 42929 1 1
-42282 42930 1 1 -42261 42931 1 1 928 42932 8 2 1 42948 1 1 -48 42949 1 1 -42307 42950 1 1 -35384
42951 2 2 1 42955 1 1 -42343 42956 8 2 1 42972 1 1 -42561 42997 1 1 1 65313 26 1 32 66560 40 1 40
66736 36 1 40 66928 11 1 39 66940 15 1 39 66956 7 1 39 66964 2 1 39 68736 51 1 64 68944 22 1 32
71840 32 1 32 93760 32 1 32 93856 25 1 27 125184 34 1 34
"""


@cache
def folding_table() -> tuple[int, ...]:
    """
    Return what ``str.translate`` turns each character into, by its code point.

    Returns:
        The code point of the lower case of each character that makes words, and that of the
        space for every other, surrogates included; ``CODE_POINTS_MAX`` of them.

    >>> [chr(folding_table()[ord(letter)]) for letter in "Č9-"]
    ['č', '9', ' ']
    """
    table = [_SPACE] * CODE_POINTS_MAX
    for letters in alphanumeric_ranges():
        table[letters.start : letters.stop] = letters
    numbers = map(int, _LOWER_CASE.split())
    for first, count, step, distance in zip(numbers, numbers, numbers, numbers, strict=True):
        stop = first + count * step
        table[first:stop:step] = range(first + distance, stop + distance, step)
    return tuple(table)


def alphanumeric_ranges() -> Iterator[range]:
    """
    Yield the code points of the characters that make words, in ascending order.

    >>> [chr(letters.start) + chr(letters.stop - 1) for letters in alphanumeric_ranges()][:3]
    ['09', 'AZ', 'az']
    """
    numbers = map(int, _RANGES.split())
    stop = 0
    for gap, count in zip(numbers, numbers, strict=True):
        start = stop + gap
        stop = start + count
        yield range(start, stop)
