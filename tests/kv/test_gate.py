"""How threads that read and one that writes stand aside for each other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docdb.errors import InvalidArgument
from docdb.kv import gate as module
from docdb.kv.gate import Gate
from docdb.kv.interface import Store
from tests.kv.store_files import STORES
from tests.kv.store_steps import in_thread, put


class Time:
    """A clock that only sleepers move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        """Say what time it is."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass, and whatever happens meanwhile."""
        self.now += seconds
        self.slept.append(seconds)
        self.meanwhile()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The time that gates know."""
    time = Time()
    monkeypatch.setattr(module, "monotonic", time.monotonic)
    monkeypatch.setattr(module, "sleep", time.sleep)
    return time


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of each kind."""
    store = STORES[request.param](tmp_path)
    put(store, [(b"a", b"1")])
    yield store
    store.close()


def writing() -> Gate:
    """Return a gate while another thread writes."""
    gate = Gate()
    in_thread(gate.enter)
    return gate


class TestGate:
    """Reading is closed and open by turns."""

    def test_a_reader_stands_aside_until_the_write_is_over(self, time: Time):
        """It goes on as soon as nobody writes."""
        gate = writing()

        def end_at_the_third_look() -> None:
            gate.is_writing = len(time.slept) < 3

        time.meanwhile = end_at_the_third_look
        gate.make_way()

        assert len(time.slept) == 3

    def test_a_reader_stands_aside_for_two_milliseconds_at_most(self, time: Time):
        """However long somebody writes."""
        gate = writing()

        gate.make_way()

        assert sum(time.slept) == pytest.approx(2e-3, rel=0.1)

    def test_readers_that_come_later_leave_together(self, time: Time):
        """The time is that of the first of them."""
        gate = writing()
        began = time.now
        second: list[float] = []

        def come_in_the_middle() -> None:
            if not second and time.now > began + 1e-3:
                second.append(time.now)
                gate.make_way()

        time.meanwhile = come_in_the_middle
        gate.make_way()

        assert second
        assert time.now - began == pytest.approx(2e-3, rel=0.1)

    def test_after_that_reading_is_open_for_about_as_long(self, time: Time):
        """Nobody sleeps again before nine tenths of the time that was slept have passed."""
        gate = writing()
        gate.make_way()
        closed_for = sum(time.slept)
        time.slept.clear()

        gate.make_way()
        time.now += 0.85 * closed_for
        gate.make_way()
        assert time.slept == []

        time.now += 0.1 * closed_for
        gate.make_way()
        assert time.slept != []

    def test_meanwhile_writing_waits(self, time: Time):
        """Who writes begins when reading closes."""
        gate = writing()
        gate.make_way()
        closed_for = sum(time.slept)
        time.slept.clear()

        gate.enter()

        assert time.slept == [pytest.approx(0.9 * closed_for)]

    def test_who_writes_may_read(self, time: Time):
        """A thread does not stand aside for itself."""
        gate = Gate()
        gate.enter()

        gate.make_way()

        assert time.slept == []

    def test_a_write_that_met_no_reader_waits_for_none(self, time: Time):
        """A thread that is alone never sleeps."""
        gate = Gate()

        for _ in range(3):
            gate.enter()
            gate.is_writing = False

        assert time.slept == []


class TestStores:
    """Every store lets its threads through so."""

    def test_reading_waits_for_a_short_write(self, store: Store, time: Time):
        """Whoever begins to read stands aside."""
        with store.write(timeout=1.0, is_short=True) as batch:
            batch.apply([(b"a", b"2")])
            assert in_thread(lambda: store.look_up(b"a")[1]) == b"1"
            assert in_thread(lambda: store.snapshot().get(b"a")) == b"1"

        assert time.slept != []

    def test_reading_does_not_wait_for_a_transaction_that_is_open(self, store: Store, time: Time):
        """It may stay open for as long as its program likes, also with changes applied."""
        with store.write(timeout=1.0) as batch:
            assert in_thread(lambda: store.look_up(b"a")[1]) == b"1"
            batch.apply([(b"a", b"2")])
            assert in_thread(lambda: store.look_up(b"a")[1]) == b"1"
            assert in_thread(lambda: store.snapshot().get(b"a")) == b"1"

        assert time.slept == []

    def test_reading_waits_for_nobody_once_a_write_has_ended(self, store: Store, time: Time):
        """However it ended: committed, closed, refused, or never begun."""
        with store.write(timeout=1.0, is_short=True) as batch:
            batch.apply([(b"a", b"2")])
            batch.commit()
        with store.write(timeout=1.0, is_short=True):
            pass
        with store.write(timeout=1.0), pytest.raises(InvalidArgument):
            store.write(timeout=1.0, is_short=True)
        with store.write(timeout=1.0, is_short=True) as batch, pytest.raises(InvalidArgument):
            batch.apply([(b"", b"2")])

        assert store.look_up(b"a")[1] == b"2"
        store.snapshot().close()
        assert time.slept == []
