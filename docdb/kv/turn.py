"""
The writer's turn among the threads of one process: first come, first served.

A store has one writer at a time. Python's own lock is not fair, and the engine's lock can be
neither timed nor interrupted, so a thread waits here first, where it can give up.

Rules of this file:

- The turn goes to whoever has waited longest, and is handed over directly: a thread that gives it
  back and asks again stands behind those who wait.
- A thread that holds the turn and asks for it again would wait for itself, so it is told at once.
- A waiter that gives up, or is interrupted, leaves the queue; if the turn reached it in that very
  moment, it is passed on.

How it works: each waiter sleeps on a lock of its own, its ticket, which the one before releases.
"""

from collections import deque
from threading import Lock, RLock, get_ident

from docdb.errors import InvalidArgument, Locked
from docdb.runtime import monotonic

__all__ = ["Turn"]


class Turn:
    """
    A fair, timed lock that belongs to a thread. Any thread may ask for it.

    >>> turn = Turn()
    >>> turn.take(timeout=1.0)
    0.0
    >>> turn.give_back()
    """

    __slots__ = ("_guard", "_holder", "_tickets")

    def __init__(self) -> None:
        # Re-entrant, because the garbage collector may end a forgotten batch, which gives its
        # turn back, on the thread that is just inside.
        self._guard = RLock()
        self._holder: int | None = None
        self._tickets: deque[tuple[int, Lock]] = deque()

    def take(self, *, timeout: float | None) -> float:
        """
        Wait until the turn is this thread's, and return how long that took, in seconds.

        Args:
            timeout: Seconds to wait; None waits as long as it takes, 0 not at all.

        Raises:
            Locked: Other threads kept the turn for longer than that.
            InvalidArgument: This thread holds the turn already.
        """
        me = get_ident()
        with self._guard:
            if self._holder is None:
                self._holder = me
                return 0.0
            if self._holder == me:
                raise InvalidArgument(
                    "this thread asked for the writer's turn while it holds it",
                    hint="use the transaction that is open, or end it first",
                )
            ticket = Lock()
            ticket.acquire()
            self._tickets.append((me, ticket))
            # The garbage collector may have given the turn back when there was no ticket to see.
            self._pass_on()
        began, is_mine = monotonic(), False
        try:
            is_mine = ticket.acquire(timeout=-1 if timeout is None else timeout)
        finally:
            if not is_mine:
                self._leave((me, ticket))
        if not is_mine:
            raise Locked(
                f"another thread kept the writer's turn for more than {timeout} seconds",
                hint="end write transactions sooner, or wait longer",
            )
        return monotonic() - began

    def _leave(self, place: tuple[int, Lock]) -> None:
        with self._guard:
            if place in self._tickets:
                self._tickets.remove(place)
            else:
                self.give_back()

    def give_back(self) -> None:
        """Hand the turn to whoever has waited longest, if anyone does."""
        with self._guard:
            self._holder = None
            self._pass_on()

    def _pass_on(self) -> None:
        if self._holder is None and self._tickets:
            self._holder, ticket = self._tickets.popleft()
            ticket.release()
