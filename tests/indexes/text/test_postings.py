"""Postings and members: chunks in every form say what was put into them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.errors import StoreCorrupt
from docdb.indexes.text.lengths import LENGTHS, length_code
from docdb.indexes.text.members import filter_value, merged_members, unpacked_members
from docdb.indexes.text.postings import merged, posting, unpacked
from docdb.values.kinds import UNSET

EXTENT = 600
pairs = st.one_of(
    st.sampled_from([1 << 8 | 40, 2 << 8 | 40, 1 << 8 | 41]),
    st.integers(1 << 8, (1 << 16) - 1),
    st.integers(1 << 16, (1 << 28) - 1),
)
offsets = st.integers(0, EXTENT - 1)
# Many documents at once make a chunk dense.
additions = st.one_of(
    st.dictionaries(offsets, pairs, max_size=8),
    st.builds(
        lambda start, step, kinds: {
            offset: kinds[offset % len(kinds)] for offset in range(start, EXTENT, step)
        },
        st.integers(0, 50),
        st.integers(1, 12),
        st.lists(pairs, min_size=1, max_size=400),
    ),
)
steps = st.lists(st.tuples(st.sets(offsets, max_size=40), additions), max_size=6)


def changed(value: bytes | None, removed: set[int], added: dict[int, int]) -> bytes | None:
    """Merge a chunk."""
    postings = [posting(offset, pair) for offset, pair in added.items()]
    return merged(value, removed, postings, extent=EXTENT, average=12.5)


@given(steps=steps)
def test_a_chunk_holds_what_was_added_and_not_removed(steps: list[tuple[set[int], dict[int, int]]]):
    """Through any number of merges, whatever forms it takes on the way."""
    value: bytes | None = None
    expected: dict[int, int] = {}

    for removed, added in steps:
        value = changed(value, removed - added.keys(), added)
        expected = {o: pair for o, pair in expected.items() if o not in removed} | added
        assert (value is None) == (not expected)
        assert value is None or dict(unpacked(value).items()) == expected
        assert value is None or unpacked(value).count == len(expected)


@pytest.mark.parametrize(
    ("added", "value"),
    [
        ({3: 0x0102}, "00 0300 0201"),
        ({3: 0x0102, 258: 0x0203}, "00 0300 0201 0201 0302"),
        ({3: 0x10002}, "01 0300 02000100"),
    ],
)
def test_sparse_chunks_are_laid_out_as_the_format_says(added: dict[int, int], value: str):
    """Golden bytes: offsets, then pairs, the lowest byte first."""
    assert changed(None, set(), added) == bytes.fromhex(value.replace(" ", ""))


def test_a_dense_chunk_is_laid_out_as_the_format_says():
    """Golden bytes: how many pairs and postings, the pairs, and a class for each document."""
    added = {offset: 0x0105 if offset % 2 else 0x0205 for offset in range(0, EXTENT, 3)}

    value = changed(None, set(), added)

    classes = bytes((1 if o % 2 else 2) if o % 3 == 0 else 0 for o in range(EXTENT))
    head = bytes.fromhex("02 0200 c8000000 05010000 05020000")
    assert value == head + classes


@pytest.mark.parametrize(
    "value", ["", "00", "000300", "01030002", "02", "020100", "03", "0400", "ff"]
)
def test_bytes_that_are_no_postings_are_refused(value: str):
    """Too short, of an odd length, or of an unknown form."""
    with pytest.raises(StoreCorrupt):
        unpacked(bytes.fromhex(value))


@given(steps=st.lists(st.tuples(st.sets(offsets), st.sets(offsets)), max_size=6))
def test_members_are_what_was_added_and_not_removed(steps: list[tuple[set[int], set[int]]]):
    """In either form."""
    value: bytes | None = None
    expected: set[int] = set()

    for removed, added in steps:
        value = merged_members(value, removed - added, sorted(added), extent=EXTENT)
        expected = expected - removed | added
        assert (value is None) == (not expected)
        assert value is None or list(unpacked_members(value).all()) == sorted(expected)
        assert value is None or unpacked_members(value).count == len(expected)


@pytest.mark.parametrize("value", ["", "00", "0003", "01", "0101000000", "0200", "ff"])
def test_bytes_that_are_no_members_are_refused(value: str):
    """Too short, of an odd length, or of an unknown form."""
    with pytest.raises(StoreCorrupt):
        unpacked_members(bytes.fromhex(value))


@pytest.mark.parametrize(
    ("value", "key"),
    [("a", "106100"), (UNSET, "01"), (None, "03"), ("x" * 29, "10" + "78" * 29 + "00")],
)
def test_short_filter_values_stand_as_they_sort(value: Any, key: str):
    """Up to 31 bytes."""
    assert filter_value(value).hex() == key


def test_long_filter_values_are_digests():
    """From 32 bytes on, so that no key of the store grows too long."""
    assert len(filter_value("x" * 30)) == len(filter_value("x" * 100_000)) == 32
    assert filter_value("x" * 30) != filter_value("x" * 31)


def test_lengths_are_exact_up_to_forty():
    """And rounded down beyond, the longest text included."""
    assert [LENGTHS[length_code(length)] for length in range(41)] == list(range(41))
    assert [LENGTHS[length_code(length)] for length in (41, 42, 59, 1 << 20)] == [
        40,
        42,
        56,
        983_064,
    ]


@given(length=st.integers(0, 1 << 31))
def test_a_length_is_rounded_down_to_the_next_code(length: int):
    """Never up, and never past a code."""
    code = length_code(length)

    assert LENGTHS[code] <= length
    assert code == 255 or length < LENGTHS[code + 1]
