"""The header of a store: its bytes are fixed, and anything else is refused with the reason."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.errors import StoreCorrupt, StoreVersion
from docdb.kv.header import StoreHeader, decode_header, encode_header, new_header
from docdb.runtime import seeded_dice

HEADER = StoreHeader(
    format_version=1,
    engine_version=(0, 9, 36),
    key_bytes_max=511,
    database_id=bytes(range(16)),
    cursor_secret=bytes(range(100, 132)),
    created_ms=1_700_000_000_123,
)
STORED = bytes.fromhex(
    "646f63646200000100000009002401ff"
    "000102030405060708090a0b0c0d0e0f"
    "6465666768696a6b6c6d6e6f70717273"
    "7475767778797a7b7c7d7e7f80818283"
    "0000018bcfe5687b6fb7bf5f"
)


def test_bytes_of_a_header_are_fixed():
    """A header has the same bytes in every release, its checksum last."""
    assert encode_header(HEADER) == STORED


def test_header_survives_the_disk():
    """What was written is read."""
    assert decode_header(encode_header(HEADER), place="a") == HEADER


@given(at=st.integers(0, 75), bit=st.integers(0, 7))
def test_damaged_header_is_noticed(at: int, bit: int):
    """Any flipped bit is noticed."""
    stored = bytearray(encode_header(HEADER))
    stored[at] ^= 1 << bit

    with pytest.raises((StoreCorrupt, StoreVersion)):
        decode_header(bytes(stored), place="a")


def test_newer_format_is_refused_whatever_follows():
    """A header of a later format says so, though the rest of it is unknown."""
    with pytest.raises(StoreVersion, match="format 2"):
        decode_header(b"docdb\x00\x00\x02" + b"whatever", place="a")


@pytest.mark.parametrize("stored", [None, b"", b"docdb", b"another header of 76 bytes" * 3])
def test_foreign_header_is_refused(stored: bytes | None):
    """A store of somebody else is told apart from a damaged one."""
    with pytest.raises(StoreVersion):
        decode_header(stored, place="a")


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"\x00", lambda b: b[:20]])
def test_header_of_another_length_is_damaged(change):
    """A header that is cut off or has grown is damaged."""
    with pytest.raises(StoreCorrupt):
        decode_header(change(encode_header(HEADER)), place="a")


def test_new_headers_differ():
    """Each new store has an id and a secret of its own."""
    dice = seeded_dice(1)
    headers = [new_header((0, 9, 36), dice=dice, clock=lambda: 1.5) for _ in range(2)]

    assert headers[0].database_id != headers[1].database_id
    assert headers[0].cursor_secret != headers[1].cursor_secret
    assert headers[0].created_ms == 1


@given(reading=st.floats() | st.integers(-(1 << 70), 1 << 70))
def test_header_is_written_whatever_the_clock_says(reading: float):
    """A clock that is broken does not keep a store from being created."""
    header = new_header((0, 9, 36), dice=seeded_dice(1), clock=lambda: reading)

    assert decode_header(encode_header(header), place="a") == header


@pytest.mark.parametrize("reading", [-1.0, -inf, nan, 0.0])
def test_time_before_1970_is_0(reading: float):
    """A clock that says nothing useful says 0."""
    header = new_header((0, 9, 36), dice=seeded_dice(1), clock=lambda: reading)

    assert header.created_ms == 0
