"""
Which keys belong to whom.
"""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.encoding.keyspace import (
    Region,
    document_prefix,
    fact_key,
    foreign_id_key,
    index_prefix,
    number_in,
    region_of,
    shape_key,
    shape_prefix,
)
from docdb.errors import InvalidArgument, StoreCorrupt

numbers = st.integers(0, (1 << 32) - 1)


@pytest.mark.parametrize(
    ("key", "golden"),
    [
        (document_prefix(10001), "44914e"),
        (index_prefix(5), "4905"),
        (shape_prefix(10001), "53914e"),
        (shape_key(10001, 258), "53914e0102"),
        (fact_key(0), "4300"),
        (foreign_id_key(128, b"k" * 16), "468001" + "6b" * 16),
    ],
)
def test_each_region_has_its_golden_bytes(key: bytes, golden: str) -> None:
    """The regions of a file are where every released version looks for them."""
    assert key.hex() == golden


def test_no_two_regions_share_a_tag() -> None:
    """Each tag is one byte, each its own, and none is ff."""
    tags = {region.value for region in Region}

    assert len(tags) == len(Region) == 10
    assert {len(tag) for tag in tags} == {1}
    assert b"\xff" not in tags


@given(st.lists(numbers, min_size=2, max_size=2, unique=True))
def test_no_table_lies_inside_another(pair: list[int]) -> None:
    """The keys of one table never begin as those of another."""
    prefixes = [document_prefix(number) for number in pair]

    assert [a.startswith(b) for a, b in permutations(prefixes)] == [False, False]


@given(numbers, st.binary(max_size=4))
def test_a_key_says_its_region_and_number(number: int, rest: bytes) -> None:
    """Tools can tell what any key of a file is for."""
    key = index_prefix(number) + rest

    assert region_of(key) is Region.INDEX_ENTRIES
    assert number_in(key) == (number, len(key) - len(rest))


@pytest.mark.parametrize("key", [b"", b"?", b"\xff\x01"])
def test_a_key_outside_all_regions_is_corrupt(key: bytes) -> None:
    """A key that nobody wrote is reported, not guessed at."""
    with pytest.raises(StoreCorrupt):
        region_of(key)


def test_a_key_without_number_is_corrupt() -> None:
    """A key that was cut off is reported."""
    with pytest.raises(StoreCorrupt):
        number_in(b"D\x80")


@pytest.mark.parametrize("number", [-1, 1 << 32])
def test_numbers_have_their_bounds(number: int) -> None:
    """A number that no table can have makes no key."""
    with pytest.raises(InvalidArgument):
        document_prefix(number)
