"""What a transaction has read: never a missed change, whatever was joined or widened."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb import limits
from docdb.transactions.read_set import ReadSet

KEYS = st.binary(max_size=2)
RANGES = st.lists(st.tuples(KEYS, KEYS), max_size=20)


def read_set_of(ranges: list[tuple[bytes, bytes]]) -> ReadSet:
    """Return a read set of some ranges."""
    reads = ReadSet()
    for start, stop in ranges:
        reads.add(start, stop)
    return reads


@given(ranges=RANGES, key=KEYS)
def test_a_key_touches_if_any_range_holds_it(ranges: list[tuple[bytes, bytes]], key: bytes):
    """A change is noticed exactly if the changed key was read."""
    reads = read_set_of(ranges)

    assert reads.touched_by([key]) == any(start <= key < stop for start, stop in ranges)


@given(ranges=RANGES, keys=st.lists(KEYS, max_size=4))
def test_several_keys_touch_if_one_does(ranges: list[tuple[bytes, bytes]], keys: list[bytes]):
    """One changed key among many is enough."""
    reads = read_set_of(ranges)

    assert reads.touched_by(keys) == any(reads.touched_by([key]) for key in keys)


@given(ranges=RANGES)
def test_ranges_are_disjoint_and_in_order(ranges: list[tuple[bytes, bytes]]):
    """Ranges that overlap or touch become one."""
    joined = read_set_of(ranges).ranges()

    assert all(each.start < each.stop for each in joined)
    assert all(a.stop < b.start for a, b in itertools.pairwise(joined))


@given(ranges=RANGES, more=RANGES)
def test_a_read_set_can_be_asked_and_then_grow(
    ranges: list[tuple[bytes, bytes]], more: list[tuple[bytes, bytes]]
):
    """Asking for the ranges half way changes nothing."""
    asked = read_set_of(ranges)
    asked.ranges()
    for start, stop in more:
        asked.add(start, stop)

    assert asked.ranges() == read_set_of([*ranges, *more]).ranges()


def test_ranges_that_touch_are_one():
    """Reading a table in runs leaves one range."""
    reads = read_set_of([(b"c", b"d"), (b"a", b"b"), (b"b", b"c")])

    assert reads.ranges() == ((b"a", b"d"),)


def test_one_key_is_read_without_its_neighbours():
    """Reading a key reads neither the one before nor the one after it."""
    reads = ReadSet()
    reads.add_key(b"b")

    assert reads.touched_by([b"b"])
    assert not reads.touched_by([b"a", b"b\x00", b"c"])


def test_an_empty_read_set_is_touched_by_nothing():
    """Who read nothing is never disturbed."""
    assert not ReadSet().touched_by([b"", b"a", b"\xff"])


@pytest.mark.parametrize("count", [1, 7, 8, 9, 31, 32, 33, 100])
def test_too_many_ranges_are_widened_and_never_dropped(monkeypatch: pytest.MonkeyPatch, count: int):
    """Beyond the limit the set answers yes more often, and never no where it was yes."""
    monkeypatch.setattr(limits, "READ_RANGES_MAX", 8)
    reads = ReadSet()
    keys = [b"%04d" % number for number in range(count)]
    for key in keys:
        reads.add_key(key)

    assert len(reads.ranges()) <= 8
    assert all(reads.touched_by([key]) for key in keys)
    assert not reads.touched_by([b"", b"9999"])
