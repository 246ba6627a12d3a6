"""The writer's turn among threads: fair, timed, and refused to who would wait for itself."""

from collections.abc import Callable
from threading import Event, Lock, Thread

import pytest

from docdb.errors import InvalidArgument, Locked
from docdb.kv.turn import Turn
from docdb.runtime import monotonic, sleep


def _start(work: Callable[[], object]) -> Thread:
    thread = Thread(target=work)
    thread.start()
    return thread


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + 5.0
    while not is_so():
        assert monotonic() < deadline, "waited too long"
        sleep(0.001)


def _waiters(turn: Turn) -> int:
    return len(turn._tickets)


def test_free_turn_is_taken_at_once():
    """A turn that nobody has needs no waiting, also after it was given back."""
    turn = Turn()
    turn.take(timeout=0)
    turn.give_back()

    turn.take(timeout=0)


def test_same_thread_is_refused_at_once():
    """A thread that holds the turn would wait for itself, so it is told."""
    turn = Turn()
    turn.take(timeout=None)

    with pytest.raises(InvalidArgument):
        turn.take(timeout=None)


def test_waiting_ends_after_the_timeout():
    """A thread waits as long as it said, then gets Locked."""
    turn = Turn()
    _start(lambda: turn.take(timeout=None)).join()
    began = monotonic()

    with pytest.raises(Locked):
        turn.take(timeout=0.05)

    assert 0.04 < monotonic() - began < 2.0


def test_turns_come_in_order_of_arrival():
    """Whoever came first goes first."""
    turn = Turn()
    turn.take(timeout=None)
    order: list[int] = []
    threads: list[Thread] = []
    for number in range(5):

        def work(number: int = number) -> None:
            turn.take(timeout=5.0)
            order.append(number)
            turn.give_back()

        threads.append(_start(work))
        _wait_until(lambda number=number: _waiters(turn) == number + 1)

    turn.give_back()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]


def test_turn_is_handed_over_and_not_snatched_back():
    """A thread that gives the turn back and asks again stands behind one that waits."""
    turn = Turn()
    turn.take(timeout=None)
    has_turn, may_go_on = Event(), Event()

    def wait() -> None:
        turn.take(timeout=5.0)
        has_turn.set()
        may_go_on.wait(5.0)
        turn.give_back()

    waiter = _start(wait)
    _wait_until(lambda: _waiters(turn) == 1)
    turn.give_back()

    with pytest.raises(Locked):
        turn.take(timeout=0)
    assert has_turn.wait(5.0)
    may_go_on.set()
    waiter.join()


def test_waiter_that_gave_up_gets_no_turn():
    """A thread that stopped waiting is passed over."""
    turn = Turn()
    _start(lambda: turn.take(timeout=None)).join()
    with pytest.raises(Locked):
        turn.take(timeout=0.01)

    turn.give_back()

    assert _waiters(turn) == 0
    turn.take(timeout=0)


def test_turn_that_reaches_a_leaver_is_passed_on():
    """A turn handed over in the moment its waiter gives up goes to the next, or is free."""
    turn = Turn()
    turn.take(timeout=None)
    # As if the holder had just handed the turn to a thread that is giving up.
    turn._holder = 1234

    turn._leave((1234, Lock()))

    turn.take(timeout=0)


def test_turn_given_back_in_the_middle_of_asking_is_not_lost(monkeypatch: pytest.MonkeyPatch):
    """A forgotten batch may end while a thread is just about to wait for it."""
    turn = Turn()
    _start(lambda: turn.take(timeout=None)).join()

    def collect_garbage() -> object:
        turn.give_back()
        return Lock()

    monkeypatch.setattr("docdb.kv.turn.Lock", collect_garbage)

    turn.take(timeout=1.0)

    with pytest.raises(InvalidArgument):
        turn.take(timeout=0)
