"""
Bytes as base32 text.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.values.crockford import TO_PYTHON_DIGITS, text_of, texts_of, texts_of_columns

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

twenties = st.binary(min_size=20, max_size=20)


def _by_hand(content: bytes) -> str:
    """The text of some bytes, written out bit by bit."""
    bits = "".join(f"{byte:08b}" for byte in content)
    bits += "0" * (-len(bits) % 5)
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5))


class TestTexts:
    """One text, a few, and many at once."""

    @given(st.one_of(st.binary(min_size=1, max_size=24), twenties))
    def test_five_bits_make_a_character(self, content: bytes) -> None:
        """Bits are taken from the first on, and zeros fill up the last character."""
        assert text_of(int.from_bytes(content, "big"), len(content)) == _by_hand(content)

    @given(st.lists(twenties, max_size=40))
    def test_many_texts_are_those_of_each(self, contents: list[bytes]) -> None:
        """Texts that are made together do not touch one another."""
        columns = [bytes(each[place] for each in contents) for place in range(20)]

        expected = [_by_hand(content) for content in contents]

        assert texts_of(contents) == expected
        assert texts_of_columns(columns) == expected

    @pytest.mark.parametrize("count", [1023, 1024, 1025, 3000])
    def test_there_may_be_any_number_of_them(self, count: int) -> None:
        """More than fit into the masks are made in pieces."""
        columns = [bytes(place * n % 256 for n in range(count)) for place in range(20)]

        texts = texts_of_columns(columns)

        assert texts == [_by_hand(bytes(each)) for each in zip(*columns, strict=True)]

    def test_digits_can_be_read_by_python(self) -> None:
        """Characters of the alphabet are digits in their order, and no other is one."""
        digits = ALPHABET.encode().translate(TO_PYTHON_DIGITS)

        assert [int(digits[at : at + 1], 32) for at in range(32)] == list(range(32))
        assert set(b"ilouA_ +-\n".translate(TO_PYTHON_DIGITS)) == {ord("!")}
