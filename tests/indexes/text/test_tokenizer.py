"""How a text becomes words: to the letter as Convex does it."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.indexes.text.tokenizer import QueryTerms, encoded_tokens, query_terms, tokens, words
from tests.indexes.text import samples
from tests.unicode.generate import read_letters

RUST = read_letters()
LONGEST, TOO_LONG = "x" * 31, "x" * 32
MEBIBYTE = 1 << 20

# Anything that a ``str`` can hold, and what changes its length in lower case or ends a plane.
any_text = st.text(st.characters(exclude_categories=[]) | st.sampled_from("aZ é\u0130\u023a\u212a"))
few_characters = st.text(
    st.sampled_from("aA \u00e9\u0130\u023a\u212a\u65e5\U0001e900\U00040000\ud800"), max_size=80
)


def lowered(text: str) -> str:
    """Return a text in lower case, one character after another, as Rust does it."""
    return "".join(chr(code) for each in text for code in RUST.lower.get(ord(each), (ord(each),)))


def runs(text: str) -> list[str]:
    """Return the runs of characters that make words."""
    kinds = groupby(text, key=lambda each: ord(each) in RUST.alphanumeric)
    return ["".join(run) for makes_words, run in kinds if makes_words]


class TestWords:
    """What is a word, and what stands between words."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("it's a test", ["it", "s", "a", "test"]),
            ("foo_bar-baz", ["foo", "bar", "baz"]),
            ("3.14 1,000", ["3", "14", "1", "000"]),
            ("CAFÉ", ["café"]),
            ("cafe\u0301", ["cafe"]),
            ("日本語テキスト", ["日本語テキスト"]),
            ("ada@example.com", ["ada", "example", "com"]),
            ("one😀two", ["one", "two"]),
            ("naïve Ⓐ x²", ["naïve", "ⓐ", "x²"]),
            ("हिन्दी", ["हिन", "दी"]),
            ("Ćosić, Đorđe", ["ćosić", "đorđe"]),
            ("", []),
            (" \t\n!?", []),
        ],
    )
    def test_worked_examples(self, text: str, expected: list[str]):
        """Everything that is no letter, number or alphabetic mark separates."""
        assert tokens(text) == expected

    def test_every_character_is_cut_as_rust_cuts_it(self):
        """Each alone is a word in lower case, or none."""
        text = " ".join(map(chr, range(0x110000)))

        assert tokens(text) == [lowered(chr(code)) for code in sorted(RUST.alphanumeric)]

    def test_every_character_joins_or_separates_its_neighbours(self):
        """A word goes on over each character that makes words, and ends at each other."""
        joined = tokens(" ".join(f"a{chr(code)}b" for code in sorted(RUST.alphanumeric)))
        others = [code for code in range(0x110000) if code not in RUST.alphanumeric]
        separated = tokens(" ".join(f"a{chr(code)}b" for code in others))

        assert len(joined) == len(RUST.alphanumeric)
        assert separated == ["a", "b"] * len(others)

    @given(any_text | few_characters | samples.texts())
    def test_any_text_is_cut_by_the_rules(self, text: str):
        """Runs, short ones only, each in lower case."""
        short = [run for run in runs(text) if len(run.encode()) < 32]

        assert tokens(text) == [lowered(run) for run in short]

    @given(any_text | few_characters)
    def test_words_are_the_same_without_a_limit(self, text: str):
        """For analyzers that have a limit of their own, or none."""
        assert words(text) == [lowered(run) for run in runs(text)]


class TestLowerCase:
    """One character at a time, in no language."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("İstanbul", "i\u0307stanbul"),
            ("ISPARTA", "isparta"),
            ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3"),  # the sigma is not final
            ("STRASSE", "strasse"),
            ("Straße", "straße"),
            ("\u1e9e", "ß"),
            ("\u212a", "k"),
            ("\ua7cb", "\u0264"),  # newer than the Unicode of Python 3.11
        ],
    )
    def test_each_character_has_its_lower_case(self, text: str, expected: str):
        """Whatever stands beside it."""
        assert tokens(text) == [expected]


class TestLength:
    """A word has 31 bytes at most, as it was written."""

    @pytest.mark.parametrize("longest", [LONGEST, "é" * 15 + "x", "日" * 10 + "x", "𠀀" * 7 + "日"])
    def test_a_word_of_31_bytes_is_the_longest(self, longest: str):
        """One byte more and it is not there."""
        assert tokens(longest) == [longest]
        assert tokens(longest + "y") == []

    @pytest.mark.parametrize("one", ["one", "öne", "日本"])
    def test_a_word_that_is_too_long_leaves_its_neighbours(self, one: str):
        """Also those that are part of it."""
        text = f"{one} {one * 20} x {TOO_LONG} {one} {LONGEST}"

        assert tokens(text) == [one, "x", one, LONGEST]

    def test_length_is_measured_before_lower_case(self):
        """Some letters grow, and some shrink."""
        assert tokens("\u023a" * 15) == ["\u2c65" * 15]  # 30 bytes become 45
        assert tokens("\u0130" * 15) == ["i\u0307" * 15]
        assert tokens("\u212a" * 10) == ["k" * 10]
        assert tokens("\u212a" * 11) == []  # 33 bytes would become 11

    def test_a_sentence_without_spaces_is_one_word_and_too_long(self):
        """Which is what the analyzer for such texts is for."""
        assert tokens("日本語のテキストです。") == ["日本語のテキストです"]
        assert tokens("これは日本語のテキストです。") == []


class TestLargeAndStrangeTexts:
    """Whatever a document or a query can hold."""

    @pytest.mark.parametrize("one", ["x", "é", "日", "😀", "\ud800", "\U0010ffff", "-"])
    def test_a_mebibyte_without_a_space_has_no_words(self, one: str):
        """One word that is far too long, or nothing but what separates."""
        assert tokens(one * MEBIBYTE) == []

    @pytest.mark.parametrize("one", ["word", "слово", LONGEST])
    def test_one_word_may_be_repeated_all_over(self, one: str):
        """Each time it is a word again."""
        assert tokens(f"{one} " * 100_000) == [one] * 100_000

    @pytest.mark.parametrize("letter", ["w", "ж"])
    def test_all_words_may_be_different(self, letter: str):
        """A hundred thousand of them."""
        different = [f"{letter}{number}" for number in range(100_000)]

        assert tokens("\n".join(different)) == different

    @pytest.mark.parametrize("between", ["\ud800", "\U0010ffff", "\u0378", "\U000e0041"])
    def test_what_is_no_character_separates(self, between: str):
        """Lone surrogates, private and unassigned ones, tags."""
        assert tokens(f"one{between}TWO é") == ["one", "two", "é"]


class TestQueryTerms:
    """What a query's text looks for."""

    def test_a_repeated_term_counts_once(self):
        """Where it stands first."""
        assert query_terms("b a B c", tokens).exact == ("b", "a", "c")

    def test_the_last_token_is_the_one_to_complete(self):
        """Also when it is a repetition."""
        assert query_terms("new york new", tokens) == QueryTerms(("new", "york"), "new")

    @pytest.mark.parametrize("text", ["", " ", "?!", TOO_LONG])
    def test_a_text_without_tokens_looks_for_nothing(self, text: str):
        """There is no last one either."""
        assert query_terms(text, tokens) == QueryTerms((), None)

    def test_sixteen_tokens_are_looked_at(self):
        """The sixteenth counts as the last when there are more."""
        text = " ".join(f"w{number}" for number in range(1, 18))

        found = query_terms(text, tokens)

        assert len(found.exact) == 16
        assert found.last == found.exact[-1] == "w16"

    def test_repeated_tokens_are_among_the_sixteen(self):
        """Convex counts before it compares."""
        assert query_terms("a " * 15 + "b c", tokens) == QueryTerms(("a", "b"), "b")

    def test_the_tokens_are_those_of_the_analyzer(self):
        """Which is the one that cut the documents."""
        assert query_terms("C++ C#", str.split) == QueryTerms(("C++", "C#"), "C#")


@given(text=st.text(st.sampled_from("aB3é Ω_'\0" + "x" * 5), max_size=80) | st.text())
def test_encoded_words_are_the_words(text: str):
    """In UTF-8, whatever the text, and words that are too long left out."""
    assert encoded_tokens(text) == [word.encode() for word in tokens(text)]
