"""The ways of cutting a text: those that docdb has, and an application's own."""

import unicodedata
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb import DocdbError, InvalidArgument, SchemaError
from docdb.indexes.text import tokenizer
from docdb.indexes.text.alphanumerics import alphanumeric_ranges
from docdb.indexes.text.analyzers import _CJK, _MARKS, DEFAULT_ANALYZER, analyzer
from docdb.schema.callables import NamedCallable, named
from tests.indexes.text import samples

NAMES = ["convex", "simple", "unaccent", "cjk"]

simple, unaccent, cjk = analyzer("simple"), analyzer("unaccent"), analyzer("cjk")

any_text = st.text(st.characters(exclude_categories=[])) | samples.texts()
ascii_text = st.text(st.characters(max_codepoint=127))


def code_points(characters: str) -> set[int]:
    """Return the code points of a class of characters, as regular expressions write it."""
    codes: set[int] = set()
    rest = iter(characters)
    last = 0
    for each in rest:
        first, last = (last, ord(next(rest))) if each == "-" else (ord(each), ord(each))
        codes.update(range(first, last + 1))
    return codes


class TestEveryAnalyzer:
    """What holds for all of them."""

    def test_the_default_is_that_of_convex(self):
        """An index that names no analyzer is cut as there."""
        assert analyzer(DEFAULT_ANALYZER) is tokenizer.tokens

    @pytest.mark.parametrize("name", NAMES)
    @given(text=any_text)
    def test_every_text_can_be_cut(self, name: str, text: str):
        """Into tokens that are not empty, that can be stored, and that fit into a key."""
        found = analyzer(name)(text)

        assert all(0 < len(token.encode()) <= 255 for token in found)

    @pytest.mark.parametrize("name", ["unaccent", "cjk"])
    @given(text=ascii_text)
    def test_ascii_is_cut_as_by_convex(self, name: str, text: str):
        """There is nothing to fold and nothing to pair."""
        assert analyzer(name)(text) == tokenizer.tokens(text)

    @pytest.mark.parametrize("name", NAMES)
    def test_a_mebibyte_can_be_cut(self, name: str):
        """Of words, of what is one word, and of what is none."""
        assert len(analyzer(name)("so é " * 200_000)) == 400_000
        assert analyzer(name)("é" * (1 << 20)) == []
        assert analyzer(name)("\ufdfa\u0301-" * 100_000)


class TestSimple:
    """Case folding as Unicode has it, and hardly a limit."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Straße", "STRASSE"), ("οδός", "ΟΔΌΣ"), ("\u212a", "k"), ("\ua7cb", "\u0264")],
    )
    def test_what_differs_in_case_alone_is_one_word(self, one: str, other: str):
        """Where lower case would tell them apart as well."""
        assert simple(one) == simple(other)

    def test_a_word_has_255_bytes_at_most(self):
        """As it is kept."""
        assert simple("x" * 255 + " y " + "x" * 256) == ["x" * 255, "y"]
        assert simple("ß" * 127 + " y " + "ß" * 128) == ["ss" * 127, "y"]

    def test_accents_stay(self):
        """Folding case is no more than that."""
        assert simple("Café, CAFE") == ["café", "cafe"]


class TestUnaccent:
    """What is typed without accents finds what is written with them."""

    @pytest.mark.parametrize(
        ("written", "typed"),
        [
            ("Ćosić", "cosic"),
            ("Đorđe Đoković", "djordje djokovic"),
            ("ŽIŽA, šljiva, čaša", "ziza sljiva casa"),
            ("naïve café", "naive cafe"),
            ("Straße Ærø Łódź Œuvre", "strasse aero lodz oeuvre"),
            ("İstanbul \u0131s\u0131", "istanbul isi"),
            ("Þórr Győr Ħamrun Dziękuję", "thorr gyor hamrun dziekuje"),
            ("Tiếng Việt", "tieng viet"),
            ("Ελλάς", "ΕΛΛΑΣ"),
            ("Пётр", "петр"),
            ("أَحْمَد", "احمد"),
            ("שָׁלוֹם", "שלום"),
            ("ﬁn \uff12\uff10\uff12\uff14 m²", "fin 2024 m2"),
        ],
    )
    def test_marks_do_not_matter(self, written: str, typed: str):
        """Nor compatibility forms, nor letters that have no mark to take off."""
        assert unaccent(written) == unaccent(typed)

    @pytest.mark.parametrize("text", ["がぎ", "한국어", "ไทยที", "हिन", "ћирилица"])
    def test_marks_that_are_sounds_of_their_own_stay(self, text: str):
        """Without them it would be another word."""
        assert unaccent(text) == [text]

    @given(any_text | st.text(st.sampled_from("eč\u030c\u0301\u0327\u3099かが각 ")))
    def test_composed_and_decomposed_texts_are_cut_alike(self, text: str):
        """A mark that follows its letter does not tear the word apart."""
        composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

        assert unaccent(composed) == unaccent(decomposed)

    def test_length_is_measured_without_marks(self):
        """A word of 31 letters is found, whatever is written above them."""
        assert unaccent("é" * 31) == ["e" * 31]
        assert unaccent("é" * 32) == []

    def test_what_is_taken_off_is_marks(self):
        """Those that Unicode calls so and this Python knows."""
        categories = {unicodedata.category(chr(code)) for code in code_points(_MARKS)}

        assert categories <= {"Mn", "Me", "Cn"}


class TestCjk:
    """Texts without spaces, by each two neighbours."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("日本語", ["日本", "本語"]),
            ("本語", ["本語"]),
            ("字", ["字"]),
            ("日本、東京。", ["日本", "東京"]),
            ("タワー", ["タワ", "ワー"]),
            ("한국어 책", ["한국", "국어", "책"]),
            ("iPhone手机 café", ["iphone", "手机", "café"]),
            ("第3章", ["第", "3", "章"]),
            ("𠀀𠀁𠀂", ["𠀀𠀁", "𠀁𠀂"]),
            ("ﾃｽﾄ", ["ﾃｽ", "ｽﾄ"]),
        ],
    )
    def test_runs_become_pairs(self, text: str, expected: list[str]):
        """And a character that stands alone stays one."""
        assert cjk(text) == expected

    @given(st.text(st.sampled_from("日本語かなカナー한국"), min_size=2))
    def test_every_part_of_two_or_more_is_found(self, text: str):
        """The pairs of a part are pairs of the whole."""
        assert set(cjk(text)) >= set(cjk(text[len(text) // 2 :])) - {text[-1]}

    def test_a_long_sentence_is_found(self):
        """By convex it would be one word, and too long."""
        assert len(cjk("これは日本語のテキストです" * 100)) == 1299

    @pytest.mark.parametrize("word", ["x" * 32, "é" * 16])
    def test_other_words_keep_their_limit(self, word: str):
        """31 bytes, as of convex."""
        assert cjk(f"{word} 日本 {word[1:]}") == ["日本", word[1:]]

    def test_no_other_script_lies_within_the_ranges(self):
        """What they span beyond the four scripts makes no words."""
        letters = {code for each in alphanumeric_ranges() for code in each}
        names = {unicodedata.name(chr(code), "CJK newer") for code in letters & code_points(_CJK)}

        first_words = {name.replace("-", " ").split()[0] for name in names}
        assert first_words == set("CJK HANGUL HIRAGANA KATAKANA HALFWIDTH IDEOGRAPHIC".split()) | {
            "HANGZHOU",  # numerals
            "VERTICAL",  # repeat marks of kana
            "MASU",  # a mark of Katakana
            "HENTAIGANA",
        }


class TestFunctions:
    """An application's own function from a text to its tokens."""

    @pytest.mark.parametrize(
        "function",
        [str.split, lambda text: iter(text.split()), lambda text: tuple(text.split())],
    )
    def test_any_iterable_of_tokens_will_do(self, function: Any):
        """They are taken as they come, in whatever case."""
        assert analyzer(function)("C++ C++ C#") == ["C++", "C++", "C#"]

    def test_a_generator_will_do(self):
        """It is drawn to its end each time."""

        def trigrams(text: str) -> Iterator[str]:
            yield from (text[start : start + 3] for start in range(len(text) - 2))

        cut = analyzer(trigrams)

        assert cut("abcd") == cut("abcd") == ["abc", "bcd"]

    def test_a_function_with_its_name_will_do(self):
        """As a schema holds it."""
        assert analyzer(named(str.split))("a b") == ["a", "b"]

    def test_tokens_become_plain_texts(self):
        """Whatever an instance of a subclass would do later."""

        class Loud(str):
            pass

        (token,) = analyzer(lambda text: [Loud(text)])("é")

        assert type(token) is str
        assert token == "é"

    def test_tokens_beyond_255_bytes_are_dropped(self):
        """The others stay."""
        assert analyzer(str.split)(f"{'é' * 127}x {'é' * 128} y") == ["é" * 127 + "x", "y"]

    @pytest.mark.parametrize(
        "result",
        [None, 1, "abc", [1], ["a", ""], ["a", None], [b"a"], ["\ud800"], [["a"]], repeat("a")],
    )
    def test_what_are_no_tokens_is_refused(self, result: Any):
        """A single text, other values, empty and unpaired tokens, and tokens without end."""

        def cut(text: str) -> Any:
            return result

        with pytest.raises(SchemaError) as refused:
            analyzer(cut)("a")

        assert vars(refused.value)["function"] == named(cut).name

    def test_an_error_of_the_function_is_one_of_the_schema(self):
        """It says whose it is, and what it was."""

        def cut(text: str) -> list[str]:
            raise KeyError(text)

        with pytest.raises(SchemaError) as refused:
            analyzer(cut)("a")

        assert vars(refused.value)["function"] == named(cut).name
        assert isinstance(refused.value.__cause__, KeyError)

    def test_an_error_on_the_way_is_one_of_the_schema(self):
        """Also when some tokens have been given."""

        def cut(text: str) -> Iterator[str]:
            yield text
            raise KeyError(text)

        with pytest.raises(SchemaError) as refused:
            analyzer(cut)("a")

        assert vars(refused.value)["function"] == named(cut).name

    def test_an_error_of_docdb_passes(self):
        """A function may refuse a text in its own words."""

        def cut(text: str) -> list[str]:
            raise InvalidArgument(text)

        with pytest.raises(InvalidArgument):
            analyzer(cut)("a")

    def test_a_function_that_is_not_there_is_named(self):
        """A schema that was read from a file knows its name alone."""
        cut = analyzer(NamedCallable("shop:cut"))

        with pytest.raises(SchemaError) as refused:
            cut("a")

        assert vars(refused.value)["function"] == "shop:cut"


class TestChoosing:
    """A name that is known, or a function."""

    def test_an_unknown_name_is_refused_with_a_near_one(self):
        """When the index is defined, not when a text is cut."""
        with pytest.raises(SchemaError) as refused:
            analyzer("unacent")

        assert vars(refused.value)["analyzer"] == "unacent"
        assert "'unaccent'?" in refused.value.hint

    @pytest.mark.parametrize("chosen", [None, 1, ["convex"], b"convex", ""])
    def test_anything_else_is_refused(self, chosen: Any):
        """With the names there are."""
        with pytest.raises(SchemaError) as refused:
            analyzer(chosen)

        assert isinstance(refused.value, DocdbError)
        assert "'convex'" in refused.value.hint
