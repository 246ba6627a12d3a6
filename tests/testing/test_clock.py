"""The frozen clock."""

from math import inf, nan

import pytest

import docdb
from docdb.testing import FrozenClock


def test_a_clock_stands_at_the_beginning_of_2026():
    """Without a word about it, time is 2026-01-01T00:00:00Z and does not go on."""
    clock = FrozenClock()

    assert (clock(), clock()) == (1_767_225_600_000.0, 1_767_225_600_000.0)


def test_a_clock_goes_as_far_as_it_is_told():
    """Advances add up, fractions of a millisecond included."""
    clock = FrozenClock(1000)

    clock.advance(1)
    clock.advance(0.5)

    assert clock() == 1001.5


def test_a_clock_can_be_turned_back():
    """A clock that goes back is something that a database must bear."""
    clock = FrozenClock()

    clock.set(5)

    assert clock() == 5.0


@pytest.mark.parametrize("time", [nan, inf, -inf, True, "5", None, 10**400])
def test_what_is_no_time_is_refused(time: object):
    """A clock only ever holds finite numbers."""
    clock = FrozenClock()

    with pytest.raises(docdb.InvalidArgument):
        FrozenClock(time)
    with pytest.raises(docdb.InvalidArgument):
        clock.set(time)
    with pytest.raises(docdb.InvalidArgument):
        clock.advance(time)
    assert clock() == FrozenClock()()


def test_advancing_is_no_way_back():
    """A negative advance is refused; ``set`` says what is meant."""
    clock = FrozenClock()

    with pytest.raises(docdb.InvalidArgument, match="set"):
        clock.advance(-1)


def test_creation_times_follow_the_clock():
    """A document is created when the clock says, but for the smallest steps between several."""
    clock = FrozenClock()
    db = docdb.open(":memory:", clock=clock, seed=0)
    clock.advance(86_400_000)

    id = db.insert("notes", {})

    assert int(db.get(id)["_creationTime"]) == 1_767_312_000_000


def test_a_clock_shows_its_time():
    """The repr is what makes an equal clock."""
    assert repr(FrozenClock(5)) == "FrozenClock(5.0)"
