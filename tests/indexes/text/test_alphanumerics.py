"""The table of characters: exactly what Rust says, whatever Python runs."""

import unicodedata
from itertools import pairwise

import pytest

from docdb.indexes.text.alphanumerics import (
    CODE_POINTS_MAX,
    DOTTED_CAPITAL_I,
    DOTTED_CAPITAL_I_LOWER,
    UNICODE_VERSION,
    alphanumeric_ranges,
    folding_table,
)
from tests.unicode.generate import MODULE, generated, read_letters

RUST = read_letters()
SPACE = ord(" ")
PYTHON_IS_NEWER = tuple(map(int, unicodedata.unidata_version.split("."))) > (17, 0, 0)

# Letters and numbers by their categories; the rest of the table is alphabetic by decree.
LETTERS_AND_NUMBERS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"}
UNASSIGNED = "Cn"


def members() -> set[int]:
    """Return the code points of the characters that make words."""
    return {code for letters in alphanumeric_ranges() for code in letters}


def by_category() -> dict[str, set[int]]:
    """Return the characters that make words by what this Python takes them for."""
    categories: dict[str, set[int]] = {}
    for code in members():
        categories.setdefault(unicodedata.category(chr(code)), set()).add(code)
    return categories


class TestAgreementWithRust:
    """The recorded answer of a Rust compiler about every character."""

    def test_the_module_is_what_the_generator_makes(self):
        """Nobody has written a number by hand."""
        module = MODULE.read_text(encoding="utf-8")

        assert generated(module, RUST) == module

    def test_the_version_of_unicode_is_told(self):
        """And it is the recorded one."""
        assert UNICODE_VERSION == RUST.version == "17.0.0"

    def test_the_same_characters_make_words(self):
        """All 149,106 of them."""
        assert members() == RUST.alphanumeric
        assert len(RUST.alphanumeric) == 149_106

    def test_the_table_has_the_same_lower_case_for_each(self):
        """Also for letters that this Python has never heard of."""
        folded = {code: folding_table()[code] for code in RUST.alphanumeric}
        changed = {code: lower for code, lower in folded.items() if lower != code}

        expected = {code: lower[0] for code, lower in RUST.lower.items() if len(lower) == 1}
        assert changed == expected

    def test_one_character_becomes_two_and_is_left_to_the_tokenizer(self):
        """The capital I with a dot."""
        several = {code: lower for code, lower in RUST.lower.items() if len(lower) > 1}

        assert several == {ord(DOTTED_CAPITAL_I): tuple(map(ord, DOTTED_CAPITAL_I_LOWER))}
        assert folding_table()[ord(DOTTED_CAPITAL_I)] == ord(DOTTED_CAPITAL_I)

    def test_every_other_character_becomes_a_space(self):
        """Surrogates, marks, signs and what is not assigned."""
        table = folding_table()

        others = {table[code] for code in range(CODE_POINTS_MAX) if code not in RUST.alphanumeric}

        assert others == {SPACE}
        assert len(table) == CODE_POINTS_MAX > max(RUST.alphanumeric)

    def test_ranges_ascend_and_do_not_touch(self):
        """So they are as few as they can be."""
        ranges = list(alphanumeric_ranges())

        assert all(a.stop < b.start for a, b in pairwise(ranges))


class TestAgreementWithPython:
    """What ``unicodedata`` knows of it."""

    @pytest.mark.skipif(PYTHON_IS_NEWER, reason="this Python knows letters that the table does not")
    def test_every_letter_and_number_makes_words(self):
        """Those of this Python's Unicode, which is no newer than the table's."""
        known = {
            code
            for code in range(0x110000)
            if unicodedata.category(chr(code)) in LETTERS_AND_NUMBERS
        }

        assert known <= members()

    def test_what_else_makes_words_is_marks_letters_in_circles_and_newer_letters(self):
        """Vowel signs that Unicode calls alphabetic, and circled, squared letters."""
        categories = by_category().keys() - LETTERS_AND_NUMBERS

        assert categories <= {"Mn", "Mc", "So", UNASSIGNED}
        assert categories >= {"Mn", "Mc", "So"}

    def test_letters_in_circles_are_the_only_symbols(self):
        """Circled, parenthesized, squared."""
        names = {unicodedata.name(chr(code)) for code in by_category()["So"]}

        kinds = {name.split(" LATIN")[0] for name in names}
        assert kinds == {"CIRCLED", "SQUARED", "NEGATIVE CIRCLED", "NEGATIVE SQUARED"}

    @pytest.mark.parametrize(
        ("character", "is_member"),
        [
            ("\u093e", True),  # vowel sign aa of Devanagari
            ("\u24b6", True),  # A in a circle
            ("\u00b2", True),  # superscript two
            ("\u2160", True),  # Roman numeral one
            ("\u0345", True),  # iota that is written below
            ("\u0301", False),  # acute accent
            ("\u094d", False),  # virama
            ("_", False),
            ("\u200d", False),  # joiner
            ("\u20ac", False),  # euro
        ],
    )
    def test_examples_on_either_side(self, character: str, is_member: bool):
        """Marks that are sounds make words, and marks on letters do not."""
        assert (ord(character) in members()) is is_member
