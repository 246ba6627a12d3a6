"""
The thread that deletes expired rows in the background, where a program asked for one.

Rules of this file:

- Readers never wait for it, since they wait for nobody; writers wait for one batch at most.
- It holds no database alive: one that was forgotten rather than closed ends it.
- What goes wrong is told to the ``docdb`` logger, and tried again the next time.
"""

from collections.abc import Callable
from threading import Event, Thread, current_thread

from docdb.errors import Closed, DocdbError, Forked

__all__ = ["Sweeper"]


class Sweeper:
    """A thread that sweeps again and again, until it is closed."""

    def __init__(self, sweep: Callable[[Event], bool], *, seconds: float) -> None:
        """
        Begin.

        Args:
            sweep: Deletes what has expired, stops early where the event is set, and returns
                whether the database is still there.
            seconds: How long to wait between two sweeps.
        """
        self._sweep = sweep
        self._seconds = seconds
        self._is_ended = Event()
        self._thread = Thread(target=self._run, name="docdb sweeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, after the batch that it may be deleting. Idempotent."""
        self._is_ended.set()
        if current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._is_ended.wait(self._seconds):
            try:
                if not self._sweep(self._is_ended):
                    return
            except (Closed, Forked):
                return
            except DocdbError as error:
                # Imported here because it takes several milliseconds, and is rarely needed.
                import logging

                logging.getLogger("docdb").warning("a sweep of expired rows failed: %s", error)
