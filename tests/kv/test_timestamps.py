"""Times that a store writes down fit their bytes and rise, whatever the clock says."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.kv.timestamps import milliseconds, stamp_after

readings = st.floats() | st.integers(-(1 << 70), 1 << 70)


@given(reading=readings, last=st.integers(0, 1 << 63))
def test_stamp_rises_and_fits(reading: float, last: int):
    """A stamp is above the last one, and fits 64 bits for as long as anybody writes."""
    assert last < stamp_after(last, lambda: reading) < 1 << 64


@pytest.mark.parametrize("reading", [-1.0, -inf, nan, 0.0])
def test_time_before_1970_is_0(reading: float):
    """A clock that says nothing useful says 0."""
    assert milliseconds(lambda: reading) == 0


def test_sensible_time_is_kept():
    """A time of our days is written as it is, to the nanosecond that floats can tell."""
    assert milliseconds(lambda: 1.7e12) == 1.7e12
    assert stamp_after(0, lambda: 1.7e12) == 1_700_000_000_000_000_000
