"""
Writes the numbers of ``docdb/indexes/text/alphanumerics.py`` from what Rust says.

``letters.rs`` asks Rust about every character and ``letters.txt`` is its answer, so that neither
this nor a test needs a compiler. For another version of Unicode: compile, keep the answer, and
run ``python -m tests.unicode.generate``.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.tidy.source import ROOT

__all__ = ["MODULE", "Letters", "generated", "read_letters"]

MODULE = ROOT / "docdb" / "indexes" / "text" / "alphanumerics.py"

_ANSWER = Path(__file__).with_name("letters.txt")


class Letters(NamedTuple):
    """
    What Rust says about characters.

    Attributes:
        version: The version of Unicode, such as ``"17.0.0"``.
        alphanumeric: The code points for which ``char::is_alphanumeric`` holds.
        lower: The code points of ``char::to_lowercase``, for each that it changes.
    """

    version: str
    alphanumeric: frozenset[int]
    lower: Mapping[int, tuple[int, ...]]


def read_letters() -> Letters:
    """Return the kept answer."""
    version = ""
    alphanumeric: set[int] = set()
    lower: dict[int, tuple[int, ...]] = {}
    for line in _ANSWER.read_text(encoding="ascii").splitlines():
        word, *rest = line.split()
        if word == "unicode":
            (version,) = rest
            continue
        first, *others = (int(each, 16) for each in rest)
        if word == "alphanumeric":
            alphanumeric.update(range(first, others[0] + 1))
        else:
            lower[first] = tuple(others)
    return Letters(version, frozenset(alphanumeric), lower)


def generated(module: str, letters: Letters) -> str:
    """Return the text of the module with the numbers in it made anew."""
    ranges = _numbers(_ranges(letters.alphanumeric))
    runs = _numbers(_runs({each: to[0] for each, to in letters.lower.items() if len(to) == 1}))
    module = re.sub(r'UNICODE_VERSION = ".*"', f'UNICODE_VERSION = "{letters.version}"', module)
    module = re.sub(r'_RANGES = """\n[^"]*"""', f'_RANGES = """\n{ranges}\n"""', module)
    return re.sub(r'_LOWER_CASE = """\n[^"]*"""', f'_LOWER_CASE = """\n{runs}\n"""', module)


def _ranges(codes: Iterable[int]) -> list[int]:
    """Return for each range the gap before it and its length, in turn."""
    numbers: list[int] = []
    stop = 0
    for code in sorted(codes):
        if code > stop or not numbers:
            numbers += [code - stop, 0]
        numbers[-1] += 1
        stop = code + 1
    return numbers


def _runs(lower: Mapping[int, int]) -> list[int]:
    """Return for each run its first code, the count, the step, and the distance, in turn."""
    runs: list[list[int]] = []
    for code in sorted(lower):
        distance = lower[code] - code
        if runs and runs[-1][3] == distance:
            first, count, step, _ = runs[-1]
            if count == 1 and code - first <= 2:
                runs[-1][1:3] = [2, code - first]
                continue
            if count > 1 and code == first + count * step:
                runs[-1][1] += 1
                continue
        runs.append([code, 1, 1, distance])
    return [number for run in runs for number in run]


def _numbers(numbers: Iterable[int]) -> str:
    return textwrap.fill(" ".join(map(str, numbers)), width=100, break_on_hyphens=False)


if __name__ == "__main__":
    MODULE.write_text(generated(MODULE.read_text(encoding="utf-8"), read_letters()), "utf-8")
