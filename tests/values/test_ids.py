"""
Document ids: their text, their checks, and what can be read off them.
"""

import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.errors import InvalidArgument, InvalidId
from docdb.values.ids import (
    creation_id,
    creation_ids,
    day_of,
    decode_id,
    encode_id,
    encode_ids,
    encode_number,
    id_table_number,
    read_number,
)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
SAMPLE = "j57cbywe1te7fvzf26g0x3ftsd7vagd2"

table_numbers = st.one_of(
    st.sampled_from([1, 127, 128, 10001, 16383, 16384, (1 << 21) - 1, 1 << 28, (1 << 32) - 1]),
    st.integers(1, (1 << 32) - 1),
)
internals = st.binary(min_size=16, max_size=16)


def _base32(content: bytes) -> str:
    """The text of some bytes, written out by hand."""
    bits = "".join(f"{byte:08b}" for byte in content)
    bits += "0" * (-len(bits) % 5)
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5))


def _fletcher(content: bytes) -> bytes:
    """The checksum of some bytes, written out by hand."""
    first = second = 0
    for byte in content:
        first = (first + byte) % 256
        second = (second + first) % 256
    return bytes((first, second))


def _id_of(content: bytes) -> str:
    return _base32(content + _fletcher(content))


def _with_padding(text: str) -> str:
    """The same text with a bit set beyond its last byte."""
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) + 1]


def _with_each_character_changed(text: str) -> list[str]:
    return [
        text[:at] + other + text[at + 1 :]
        for at in range(len(text))
        for other in ALPHABET + "ilouJ57CB _-+é\0"
        if other != text[at]
    ]


def _accepted(texts: list[str]) -> list[str]:
    return [text for text in texts if id_table_number(text) is not None]


class TestText:
    """How an id is written."""

    def test_a_real_id_of_convex_is_understood(self) -> None:
        """An id that Convex made says its table and its day here too."""
        number, internal = decode_id(SAMPLE)

        assert number == 10001
        assert int.from_bytes(internal[14:], "big") == 20405
        assert encode_id(number, internal) == SAMPLE

    @given(table_numbers, internals)
    def test_an_id_is_base32_of_table_content_and_checksum(
        self, number: int, internal: bytes
    ) -> None:
        """The text is what Convex's description of it says."""
        text = encode_id(number, internal)

        assert text == _id_of(encode_number(number) + internal)
        assert decode_id(text) == (number, internal)
        assert id_table_number(text) == number

    @pytest.mark.parametrize(
        ("number", "length"),
        [(127, 31), (128, 32), (16383, 32), (16384, 34), (1 << 21, 36), (1 << 28, 37)],
    )
    def test_the_length_follows_from_the_table(self, number: int, length: int) -> None:
        """Every table of yours has ids of 32 characters."""
        assert len(encode_id(number, bytes(16))) == length

    @pytest.mark.parametrize(
        ("number", "internal"), [(0, bytes(16)), (1 << 32, bytes(16)), (1, b""), (1, bytes(17))]
    )
    def test_nothing_else_becomes_an_id(self, number: int, internal: bytes) -> None:
        """A table number out of range, or content of another length, is refused."""
        with pytest.raises(InvalidArgument):
            encode_id(number, internal)


class TestManyIds:
    """Ids that are made together."""

    @given(table_numbers, st.lists(internals, max_size=40))
    def test_they_are_those_made_one_by_one(self, number: int, contents: list[bytes]) -> None:
        """Each text is the one that it would have alone."""
        columns = [bytes(each[place] for each in contents) for place in range(16)]

        assert encode_ids(number, columns) == [encode_id(number, each) for each in contents]

    @pytest.mark.parametrize("count", [1023, 1024, 1025, 2049])
    def test_there_may_be_any_number_of_them(self, count: int) -> None:
        """Long lists are made in pieces, and no piece is lost."""
        columns = [bytes((place * n) % 256 for n in range(count)) for place in range(16)]

        ids = encode_ids(10001, columns)

        assert [decode_id(id)[1] for id in ids] == [
            bytes(each) for each in zip(*columns, strict=True)
        ]

    @pytest.mark.parametrize("count", [0, 1, 31, 32, 1025])
    @pytest.mark.parametrize("number", [5, 10001, 16384])
    def test_new_ids_follow_one_another(self, number: int, count: int) -> None:
        """However many documents are inserted at once, each gets an id of its own time."""
        bits = 0x4278_BCFE_5680_0000
        random = bytes(n % 251 for n in range(6 * count))

        assert creation_ids(number, bits, random) == [
            creation_id(number, bits + n, random[6 * n : 6 * n + 6]) for n in range(count)
        ]

    def test_new_ids_may_span_midnight(self) -> None:
        """The day in an id is that of its own creation time."""
        bits = int.from_bytes(struct.pack(">d", 20_000 * 86_400_000.0), "big") - 20

        days = [decode_id(id)[1][14:] for id in creation_ids(10001, bits, bytes(6 * 40))]

        assert days == [(19_999).to_bytes(2, "big")] * 20 + [(20_000).to_bytes(2, "big")] * 20


class TestRefusals:
    """What is no id, and why."""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "length: 0"),
            ("0" * 30, "length: 30"),
            ("0" * 38, "length: 38"),
            ("é" * 16 + "0" * 6, "length: 38"),
            ("é" * 16, "base32"),
            ("\ud800" + "0" * 31, "base32"),
            (SAMPLE.upper(), "base32"),
            ("+" + SAMPLE[1:], "base32"),
            (SAMPLE[:5] + "_" + SAMPLE[6:], "base32"),
            (" " + SAMPLE, "base32"),
            (SAMPLE[:-1] + "l", "base32"),
            (_id_of(b"\x00" + bytes(17)), "table number"),
            (_id_of(b"\x80\x80\x80\x80\x10" + bytes(16)), "table number"),
            (_base32(b"\xff" * 20), "table number"),
            (_base32(b"\x80\x80\x01" + bytes(17)), "length"),
            (SAMPLE[:-1] + "3", "checksum"),
            (_base32(b"\x01" + bytes(16) + _fletcher(b"\x01" + bytes(16)) + b"\x00"), "canonical"),
            (_id_of(b"\x81\x00" + bytes(16)), "canonical"),
            (_with_padding(encode_id(1, bytes(16))), "canonical"),
            (encode_id(200, bytes(16)) + "0", "canonical"),
            (5, "string"),
            (None, "string"),
        ],
    )
    def test_each_refusal_says_its_reason(self, text: str, reason: str) -> None:
        """The first check that fails is the one that is told."""
        with pytest.raises(InvalidId, match=re.escape(reason)) as caught:
            decode_id(text)

        assert caught.value.id == text

    @pytest.mark.parametrize(
        "text", [SAMPLE, encode_id(5, bytes(16)), encode_id(1 << 28, b"k" * 16)]
    )
    def test_a_mistyped_character_never_passes_for_another_spelling(self, text: str) -> None:
        """One wrong character is refused, or is really another id."""
        accepted = _accepted(_with_each_character_changed(text))

        assert [encode_id(*decode_id(each)) for each in accepted] == accepted
        assert len(accepted) <= 2

    @given(st.one_of(st.text(max_size=40), st.text(alphabet=ALPHABET, min_size=31, max_size=37)))
    def test_any_text_is_refused_or_canonical(self, text: str) -> None:
        """No text makes decoding fail in an unforeseen way."""
        assert all(encode_id(*decode_id(each)) == each for each in _accepted([text]))

    def test_only_verified_ids_are_remembered(self) -> None:
        """Asking twice about a text that is no id gives the same answer."""
        answers = [id_table_number(text) for text in (SAMPLE[:-1] + "3", SAMPLE) * 2]

        assert answers == [None, 10001, None, 10001]


class TestNativeIds:
    """Ids that begin with the creation time."""

    @given(table_numbers, st.floats(1, 2**53 - 1), st.binary(min_size=6, max_size=6))
    def test_a_native_id_says_its_creation_time_and_day(
        self, number: int, milliseconds: float, random6: bytes
    ) -> None:
        """The key of a document follows from its id alone."""
        bits = int.from_bytes(struct.pack(">d", milliseconds), "big")

        _, internal = decode_id(creation_id(number, bits, random6))

        assert internal[:8] == (bits | 1 << 63).to_bytes(8, "big")
        assert internal[8:14] == random6
        assert int.from_bytes(internal[14:], "big") == int(milliseconds // 86_400_000) % 65536

    def test_a_day_is_counted_from_1970(self) -> None:
        """The last millisecond of a day still belongs to it."""
        assert [day_of(0.5), day_of(86_399_999.9), day_of(86_400_000.0)] == [0, 0, 1]


class TestNumbers:
    """LEB128, in which table numbers are written."""

    @given(st.integers(0, (1 << 35) - 1), st.binary(max_size=3))
    def test_a_number_ends_where_it_says(self, number: int, rest: bytes) -> None:
        """A number can be read off the beginning of any bytes that follow it."""
        encoded = encode_number(number)

        assert read_number(encoded + rest, 0) == (number, len(encoded))

    @pytest.mark.parametrize("data", [b"", b"\x80", b"\x80\x80\x80\x80\x80\x01"])
    def test_a_number_without_end_is_none(self, data: bytes) -> None:
        """Bytes that go on for too long, or stop too early, are no number."""
        assert read_number(data, 0)[0] == -1
