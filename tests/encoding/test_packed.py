"""
Documents as checked records.
"""

import struct
import zlib
from collections.abc import Callable

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docdb.encoding.compile import compile_maker
from docdb.encoding.packed import (
    CRC_PLACEHOLDER,
    Record,
    decode,
    decode_many,
    decode_some,
    make_open,
    pack_open,
    pack_plain,
    pack_record,
    pack_value,
    sealed,
    unpack_record,
    unpack_value,
    verify,
)
from docdb.errors import InvalidDocument, StoreCorrupt
from docdb.values.kinds import Int64, Value
from tests.values.strategies import documents, floats_by_bits, values

KEY = b"D\x91\x4erow"
MAKERS = {0: make_open, 2: compile_maker(["x", "y"])}
RECORD = Record(2, "j57cbywe1te7fvzf26g0x3ftsd7vagd2", 1234.5, ("a", {"b": [Int64(1), None]}))


def _with_a_bit_flipped(content: bytes) -> list[bytes]:
    number = int.from_bytes(content, "big")
    return [(number ^ 1 << bit).to_bytes(len(content), "big") for bit in range(8 * len(content))]


def _decode(key: bytes, packed: bytes) -> object:
    return decode(key, packed, MAKERS)


def _decode_many(key: bytes, packed: bytes) -> object:
    return decode_many([key], [packed], MAKERS)


def _decode_some(key: bytes, packed: bytes) -> object:
    return decode_some([key], [packed], MAKERS, choose=lambda records: range(len(records)))


readers = pytest.mark.parametrize("read", [unpack_record, _decode, _decode_many, _decode_some])


def _is_sound(read: Callable[[bytes, bytes], object], key: bytes, packed: bytes) -> bool:
    try:
        read(key, packed)
    except StoreCorrupt:
        return False
    return True


def _run_of(count: int) -> tuple[list[bytes], list[bytes]]:
    """Keys, and records that lie under them."""
    keys = [b"key %d" % number for number in range(count)]
    return keys, [pack_open(key, "id", 1.0, {"n": n}) for n, key in enumerate(keys)]


def _sealed_bytes(content: bytes) -> bytes:
    """Any content with a CRC that is right."""
    return content + zlib.crc32(content, zlib.crc32(KEY)).to_bytes(4, "little")


class TestRoundTrip:
    """What goes in comes out."""

    @given(st.lists(values, max_size=4))
    def test_a_record_comes_back_bit_for_bit(self, fields: list[Value]) -> None:
        """Every value keeps its kind, its spelling and its bits."""
        record = Record(1, "id", 1.0, tuple(fields))

        back = unpack_record(KEY, pack_record(KEY, record))

        assert repr(back) == repr(record)

    @given(floats_by_bits)
    @example(-0.0)
    def test_a_float_keeps_every_bit(self, number: float) -> None:
        """Negative zero and the payload of a NaN survive."""
        back = unpack_value(pack_value(number))

        assert struct.pack(">d", back) == struct.pack(">d", number)

    @pytest.mark.parametrize("value", [1, 1.0, -1, 0, -0.0, 1 << 53, -(1 << 53), True, Int64(1)])
    def test_a_number_keeps_its_spelling(self, value: Value) -> None:
        """1 comes back as 1, and 1.0 as 1.0."""
        back = unpack_value(pack_value(value))

        assert repr(back) == repr(value)
        assert type(back) is type(value)

    @pytest.mark.parametrize("number", [-(1 << 63), -1, 0, 255, (1 << 63) - 1])
    def test_an_int64_is_an_extension(self, number: int) -> None:
        """Int64 is kept as eight bytes of its own kind."""
        packed = pack_value(Int64(number))

        assert struct.pack(">bbq", -41, 1, number) in packed
        assert unpack_value(packed) == number

    @given(documents)
    def test_an_open_record_describes_itself(self, document: dict[str, Value]) -> None:
        """A document of any shape can be kept, without a catalog to read it by."""
        packed = pack_open(KEY, "id", 2.5, {**document, "_id": "old", "_creationTime": 0.0})

        back = decode(KEY, packed, {0: make_open})

        assert repr(back) == repr({"_id": "id", "_creationTime": 2.5, **document})

    def test_many_records_come_in_their_order(self) -> None:
        """Records of different shapes can be read in one go."""
        keys = [b"1", b"2", b"3"]
        records = [
            pack_record(b"1", Record(1, "x", 1.0, (True,))),
            pack_open(b"2", "y", 2.0, {"b": None}),
            pack_record(b"3", Record(1, "z", 3.0, (False,))),
        ]

        decoded = decode_many(keys, records, {0: make_open, 1: compile_maker(["a"])})

        assert decoded == [
            {"_id": "x", "_creationTime": 1.0, "a": True},
            {"_id": "y", "_creationTime": 2.0, "b": None},
            {"_id": "z", "_creationTime": 3.0, "a": False},
        ]

    def test_some_records_can_be_left_out(self) -> None:
        """What is not chosen is None, and the others stay in their places."""
        keys, records = _run_of(4)

        decoded = decode_some(keys, records, {0: make_open}, choose=lambda records: [1, 3])

        assert [each and each["n"] for each in decoded] == [None, 1, None, 3]

    @given(st.lists(values, max_size=4))
    def test_a_value_stands_in_its_record_as_it_is_packed_alone(self, fields: list[Value]) -> None:
        """So its bytes can be looked for."""
        packed = pack_record(KEY, Record(1, "id", 1.0, tuple(fields)))

        assert packed.endswith(b"".join(map(pack_plain, fields)) + b"\xce" + packed[-4:])


class TestFormat:
    """The bytes on disk."""

    def test_the_bytes_are_golden(self) -> None:
        """A record is one msgpack array that ends in its CRC."""
        packed = pack_record(b"key", Record(1, "id", 1.0, (2, Int64(3), b"x", None)))

        assert packed[:-4].hex(" ") == (
            "98 01 a2 69 64 cb 3f f0 00 00 00 00 00 00"
            " 02 d7 01 00 00 00 00 00 00 00 03 c4 01 78 c0 ce"
        )
        assert packed[-4:] == zlib.crc32(packed[:-4], zlib.crc32(b"key")).to_bytes(4, "little")

    @given(st.binary(max_size=40), values)
    def test_a_sound_record_ends_in_one_residue(self, key: bytes, value: Value) -> None:
        """One call over key and record tells whether both are whole."""
        packed = pack_value(value, key)

        assert zlib.crc32(packed, zlib.crc32(key)) == 0x2144DF1C

    def test_any_msgpack_can_read_it(self) -> None:
        """The data in a file is not locked in."""
        packed = pack_record(KEY, Record(1, "id", 1.0, ({"a": [1, "b"]},)))

        assert msgpack.unpackb(packed)[:4] == [1, "id", 1.0, {"a": [1, "b"]}]


class TestDamage:
    """What is not as it was written."""

    @readers
    def test_every_flipped_bit_of_a_record_is_noticed(
        self, read: Callable[[bytes, bytes], object]
    ) -> None:
        """No single damaged bit passes for data."""
        packed = pack_record(KEY, RECORD)

        damaged = _with_a_bit_flipped(packed)

        assert _is_sound(read, KEY, packed)
        assert [each for each in damaged if _is_sound(read, KEY, each)] == []

    @readers
    def test_every_flipped_bit_of_a_key_is_noticed(
        self, read: Callable[[bytes, bytes], object]
    ) -> None:
        """A sound record in a wrong place is noticed too."""
        packed = pack_record(KEY, RECORD)

        damaged = _with_a_bit_flipped(KEY)

        assert [each for each in damaged if _is_sound(read, each, packed)] == []

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\x91",
            msgpack.packb(5),
            msgpack.packb("text"),
            msgpack.packb({0: 1}, use_bin_type=True),
            msgpack.packb([]),
            msgpack.packb([1]),
            msgpack.packb([7, "id", 1.0, 2]),
            msgpack.packb([[], "id", 1.0, 2]),
            msgpack.packb([2, "id", 1.0, 2, 3]),
            msgpack.packb([0, "id", 1.0, msgpack.ExtType(2, b"12345678"), 2]),
            msgpack.packb([2, "id", 1.0, 3, msgpack.ExtType(1, b"1234567"), 2]),
            b"\x94\x01\xa1\xff\xc0\xc0",
            b"\x94\x01\xa2id\xc1\xc0",
            b"\xdd\xff\xff\xff\xff",
            b"\x91" * 2000,
            b"\x94\x01\xa2id\xc0\xc0\x00",
        ],
    )
    @pytest.mark.parametrize("read", [_decode, _decode_many, _decode_some])
    def test_a_malformed_record_is_corrupt_however_well_sealed(
        self, read: Callable[[bytes, bytes], object], content: bytes
    ) -> None:
        """Bytes that docdb did not write never raise a foreign error."""
        packed = _sealed_bytes(content)

        with pytest.raises(StoreCorrupt, match=KEY.hex()):
            read(KEY, packed)

    @readers
    @given(content=st.binary(max_size=30))
    def test_any_bytes_are_corrupt_or_read(
        self, read: Callable[[bytes, bytes], object], content: bytes
    ) -> None:
        """No bytes at all make reading fail in an unforeseen way."""
        assert _is_sound(read, KEY, _sealed_bytes(content)) in (True, False)

    def test_a_damaged_record_among_many_is_named(self) -> None:
        """The error says which key the damaged record lies under."""
        good = pack_open(b"good", "x", 1.0, {})
        bad = pack_open(b"bad", "y", 1.0, {})[:-1] + b"?"

        with pytest.raises(StoreCorrupt, match=b"bad".hex()) as caught:
            decode_many([b"good", b"bad"], [good, bad], {0: make_open})

        assert caught.value.key == b"bad"  # pyright: ignore[reportAttributeAccessIssue]

    @given(st.integers(0, 129), st.integers(0, 63))
    def test_damage_among_many_is_noticed_wherever_it_lies(self, place: int, bit: int) -> None:
        """A run of records is verified together, and the damaged one is named."""
        keys, records = _run_of(130)
        records[place] = _with_a_bit_flipped(records[place])[bit]

        with pytest.raises(StoreCorrupt) as caught:
            verify(keys, records)

        assert caught.value.key == keys[place]  # pyright: ignore[reportAttributeAccessIssue]

    @pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 63), (3, 64), (128, 129)])
    def test_records_that_changed_places_are_noticed(self, one: int, other: int) -> None:
        """Two errors do not make up for one another."""
        keys, records = _run_of(130)
        records[one], records[other] = records[other], records[one]

        with pytest.raises(StoreCorrupt):
            verify(keys, records)

    def test_a_record_that_is_left_out_is_verified(self) -> None:
        """Its bytes decide that it is left out, so they have to be sound."""
        keys, records = _run_of(3)
        records[1] = records[1][:-1] + b"?"

        with pytest.raises(StoreCorrupt):
            decode_some(keys, records, {0: make_open}, choose=lambda records: [])

    def test_a_value_is_sealed_with_its_key(self) -> None:
        """What is kept in the catalog is checked as documents are."""
        packed = pack_value(["a"], b"here")

        with pytest.raises(StoreCorrupt):
            unpack_value(packed, b"there")


class TestRefusals:
    """What cannot be packed."""

    @pytest.mark.parametrize(
        ("document", "path"),
        [
            ({"a": ["x", "\ud800"]}, "a[1]"),
            ({"a": Int64(1), "b": {"c": "\udfff"}}, "b.c"),
            ({"a": {"b": {1, 2}}}, "a.b"),
            ({"a": 1 << 70}, "a"),
            ({"\ud800": 1}, "\ud800"),
            ({"a": (1, 2)}, ""),
        ],
    )
    def test_what_is_not_in_plain_form_is_refused_with_its_path(
        self, document: dict[str, Value], path: str
    ) -> None:
        """Nothing is altered on its way into the store, and no foreign error comes out."""
        with pytest.raises(InvalidDocument) as caught:
            pack_open(KEY, "id", 1.0, document)

        assert caught.value.path == path

    def test_a_refusal_leaves_nothing_behind(self) -> None:
        """A document that was refused does not spoil the next one."""
        with pytest.raises(InvalidDocument):
            pack_open(KEY, "id", 1.0, {"a": ["x" * 100, "\ud800"]})

        assert sealed(KEY, [1, CRC_PLACEHOLDER])[:3] == b"\x92\x01\xce"
