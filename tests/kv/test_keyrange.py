"""Ranges of keys, and the arithmetic of bytes that makes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.errors import InvalidArgument
from docdb.kv.keyrange import (
    KEYS_STOP,
    KeyRange,
    increment,
    prefix_range,
    require_keys,
    successor,
)

keys = st.binary(max_size=6) | st.lists(st.sampled_from([0, 1, 254, 255]), max_size=4).map(bytes)
ranges = st.builds(KeyRange, keys, keys)


@given(prefix=keys, key=keys)
def test_prefix_range_holds_exactly_the_keys_with_the_prefix(prefix: bytes, key: bytes):
    """A key lies in the range of a prefix if and only if it begins with it."""
    assert prefix_range(prefix).contains(key) == key.startswith(prefix)


@given(prefix=keys, rest=keys)
def test_prefix_range_holds_every_longer_key(prefix: bytes, rest: bytes):
    """Whatever follows a prefix stays inside its range."""
    assert prefix_range(prefix).contains(prefix + rest)


def test_increment_of_a_prefix_that_cannot_be_raised_is_above_every_key():
    """The empty prefix, and one of FF bytes alone, end above the greatest key there can be."""
    assert increment(b"") == increment(b"\xff") == increment(b"\xff\xff") == KEYS_STOP
    assert KEYS_STOP > b"\xff" * 511


@given(key=keys, other=keys)
def test_successor_leaves_no_key_between(key: bytes, other: bytes):
    """No key lies between a key and its successor."""
    assert key < successor(key)
    assert not key < other < successor(key)


@given(one=ranges, other=ranges, key=keys)
def test_intersection_holds_what_both_hold(one: KeyRange, other: KeyRange, key: bytes):
    """A key lies in the intersection of two ranges if it lies in both."""
    assert one.intersect(other).contains(key) == (one.contains(key) and other.contains(key))


@given(span=ranges, key=keys)
def test_empty_range_holds_nothing(span: KeyRange, key: bytes):
    """A range whose start is not below its stop holds no key."""
    assert not (span.is_empty and span.contains(key))
    assert span.is_empty or span.contains(span.start)


def test_keys_of_allowed_lengths_are_accepted():
    """A key has 1 to 511 bytes."""
    require_keys([b"a", b"\x00", b"k" * 511])


@pytest.mark.parametrize("key", [b"", b"k" * 512])
def test_keys_of_other_lengths_are_refused(key: bytes):
    """An empty key, and one that is too long, are refused."""
    with pytest.raises(InvalidArgument):
        require_keys([b"a", key])
