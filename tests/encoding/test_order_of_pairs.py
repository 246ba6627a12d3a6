"""Key bytes against the comparison function, over 100,000 random pairs of values."""

from random import Random
from typing import Any

import pytest

from docdb import UNSET, Int64
from docdb.encoding.sortable import encode_value
from docdb.values.order import compare

_FLOATS = (0.0, -0.0, 1.0, -1.0, 5e-324, 1e308, float("inf"), float("-inf"), float("nan"))
_INTEGERS = (0, 1, -1, 127, 128, -128, -129, 2**15, 2**31 - 1, -(2**31) - 1, 2**63 - 1, -(2**63))
_LETTERS = "\x00ab\x7féЖ\uffff😀"


def _value(dice: Random, depth: int) -> Any:
    """Return a random value whose parts are easily confused with those of another."""
    kind = dice.randrange(9 if depth else 7)
    if kind == 0:
        return dice.choice((UNSET, None)) if depth == 3 else None
    if kind == 1:
        return Int64(dice.choice(_INTEGERS) if dice.random() < 0.7 else dice.getrandbits(62))
    if kind == 2:
        return dice.choice(_FLOATS) if dice.random() < 0.7 else dice.uniform(-1e6, 1e6)
    if kind == 3:
        return dice.randrange(-3, 4)
    if kind == 4:
        return dice.random() < 0.5
    if kind == 5:
        return "".join(dice.choices(_LETTERS, k=dice.randrange(5)))
    if kind == 6:
        return bytes(dice.choices(b"\x00\x01\xfe\xffa", k=dice.randrange(5)))
    if kind == 7:
        return [_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    names = dice.sample(("", "a", "aa", "b"), k=dice.randrange(4))
    return {name: _value(dice, depth - 1) for name in names}


@pytest.mark.parametrize("seed", range(10))
def test_keys_sort_as_values_do_in_random_pairs(seed: int):
    """Ten thousand pairs for each seed: less, equal and greater are the same for both."""
    dice = Random(seed)
    pairs = [(_value(dice, 3), _value(dice, 3)) for _ in range(10_000)]

    wrong = [(a, b) for a, b in pairs if compare(a, b) != _order(encode_value(a), encode_value(b))]

    assert not wrong


def _order(a: bytes, b: bytes) -> int:
    return (a > b) - (a < b)
