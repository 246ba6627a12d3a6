"""
One file that this process has open, shared by every store on it, and the turns of its writers.

Rules of this file: a writer needs two turns, first that of its thread in this process, then that of
its process. Both are given back together.
"""

from docdb.kv.gate import Gate
from docdb.kv.guard import Guard
from docdb.kv.lmdb import Environment
from docdb.kv.turn import Turn

__all__ = ["DiskFile"]


class DiskFile:
    """One open file of this process: the engine's part of it, and the two turns of its writers."""

    __slots__ = ("_guard", "_turn", "environment", "gate")

    def __init__(self, environment: Environment, guard: Guard | None) -> None:
        self.environment = environment
        self._guard = guard
        self._turn = Turn()
        self.gate = Gate()

    def take_turn(self, *, timeout: float | None) -> None:
        """Wait for the turn, first among the threads of this process, then among processes."""
        self.gate.enter()
        try:
            waited = self._turn.take(timeout=timeout)
            try:
                if self._guard is not None:
                    if waited and timeout is not None:
                        timeout = max(0.0, timeout - waited)
                    self._guard.take(timeout=timeout)
            except BaseException:
                self._turn.give_back()
                raise
        except BaseException:
            self.gate.is_writing = False
            raise

    def give_back_turn(self) -> None:
        """Let others write."""
        self.gate.is_writing = False
        if self._guard is not None:
            self._guard.give_back()
        self._turn.give_back()

    def close(self) -> None:
        """Close the file; for the registry."""
        self.environment.close()
        if self._guard is not None:
            self._guard.close()

    def abandon(self) -> None:
        """Leave the file to the parent of this forked child; for the registry."""
        self.environment.abandon()
        if self._guard is not None:
            self._guard.close()
