"""
Keys beyond the store's limit.
"""

from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from docdb import limits
from docdb.encoding.long_keys import KEPT_BYTES, in_order, physical_range, restore, shorten
from docdb.errors import StoreCorrupt

KEPT = 24
# Bytes around which keys agree for 22 to 26 bytes, so that most share what is kept.
_tails = st.lists(st.sampled_from(b"\x00\x01a\xfe\xff"), max_size=6).map(bytes)
keys = st.builds(
    lambda begin, tail: b"I" + begin + tail, st.sampled_from([b"", b"a" * 21, b"a" * 24]), _tails
)


def _scanned(full_keys: Iterable[bytes], start: bytes, stop: bytes, reverse: bool) -> list[bytes]:
    """What a scan over a store that keeps these keys yields."""
    stored = sorted(shorten(key, kept_bytes=KEPT) for key in full_keys)
    low, high = physical_range(start, stop, kept_bytes=KEPT)
    entries = [entry for entry in stored if low <= entry[0] < high]
    entries = entries[::-1] if reverse else entries
    return list(in_order(entries, start, stop, reverse=reverse, kept_bytes=KEPT))


@settings(max_examples=300)
@given(st.sets(keys, max_size=12), keys, keys, st.booleans())
@example({b"I" + b"a" * 23}, b"I" + b"a" * 23, b"I" + b"a" * 23 + b"\x00", False)
@example({b"I" + b"a" * 24 + b"\xff" * 9}, b"I", b"I" + b"a" * 24 + b"\xff" * 10, True)
def test_a_scan_is_in_the_order_of_full_keys(
    full_keys: set[bytes], start: bytes, stop: bytes, reverse: bool
) -> None:
    """Long texts sort and can be ranged over exactly, in both directions."""
    expected = sorted((key for key in full_keys if start <= key < stop), reverse=reverse)

    assert _scanned(full_keys, start, stop, reverse) == expected


@given(keys)
def test_a_shortened_key_can_be_restored(key: bytes) -> None:
    """Nothing of a long key is lost."""
    stored, value = shorten(key, kept_bytes=KEPT)

    assert restore(stored, value, kept_bytes=KEPT) == key
    assert len(stored) <= KEPT + 16


@pytest.mark.parametrize(
    ("length", "stored"), [(494, (494, 0)), (495, (495, 0)), (496, (511, 1)), (2000, (511, 1505))]
)
def test_only_what_is_too_long_is_shortened(length: int, stored: tuple[int, int]) -> None:
    """Keys of up to 495 bytes are kept as they are, and no stored key is beyond the limit."""
    key, value = shorten(b"k" * length)

    assert (len(key), len(value)) == stored
    assert len(key) <= limits.KEY_BYTES_MAX


def test_bounds_that_fit_stay_as_they_are() -> None:
    """A scan over short keys costs nothing extra."""
    assert physical_range(b"a", b"k" * KEPT_BYTES) == (b"a", b"k" * KEPT_BYTES)


def test_a_long_bound_is_widened_to_what_it_shares() -> None:
    """A range that ends inside a long text looks at all that share its beginning."""
    start, stop = physical_range(b"k" * 600, b"k" * 494 + b"\xff" * 9)

    assert start == b"k" * 495
    assert stop == b"k" * 493 + b"l"


def test_a_rest_that_does_not_belong_is_corrupt() -> None:
    """A damaged entry of an index is reported when it is read."""
    key, value = shorten(b"k" * 600)

    with pytest.raises(StoreCorrupt):
        restore(key, value + b"k")


def test_a_scan_is_lazy() -> None:
    """The first keys come before the last ones are read."""
    stored = [(b"a", b""), shorten(b"k" * 600), shorten(b"l" * 600), (b"m", b"")]
    entries = iter(stored)

    scanned = in_order(entries, b"a", b"z")

    assert [next(scanned), next(scanned)] == [b"a", b"k" * 600]
    assert next(entries) == (b"m", b"")
