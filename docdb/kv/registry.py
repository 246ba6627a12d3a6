"""
What this process has open: each file once, however often and by whatever name it was asked for.

LMDB's locks belong to a process and a file: opened twice in one process, the second closing would
drop the locks of the first. So a file is opened once, known by its device and inode, counted, and
closed when nobody uses it any more.

Rules of this file: opening and closing happen one at a time, under one lock. In a forked child
everything is abandoned, not closed, for the parent goes on with it, and the child starts empty.
"""

from collections.abc import Callable
from threading import RLock
from typing import Generic, Protocol, TypeVar

from docdb.kv import forks

__all__ = ["Identity", "Registry"]

Identity = tuple[int, int]  # device, inode


class _Openable(Protocol):
    def close(self) -> None: ...

    def abandon(self) -> None: ...


Opened = TypeVar("Opened", bound=_Openable)


class Registry(Generic[Opened]):
    """Opened files, counted. Any thread may use it."""

    def __init__(self) -> None:
        # Re-entrant, because the garbage collector may end a forgotten batch inside.
        self._lock = RLock()
        self._opened: dict[Identity, tuple[Opened, int]] = {}

    def take(self, identity: Identity, open_file: Callable[[], Opened]) -> Opened:
        """Return what is open of a file, opening it first if it is not, and count one more user."""
        with self._lock:
            if not self._opened:
                forks.watch(self)
            if identity in self._opened:
                opened, users = self._opened[identity]
            else:
                opened, users = open_file(), 0
            self._opened[identity] = (opened, users + 1)
            return opened

    def give_back(self, identity: Identity) -> None:
        """Count one user less, and close the file after the last."""
        with self._lock:
            opened, users = self._opened[identity]
            if users > 1:
                self._opened[identity] = (opened, users - 1)
            else:
                del self._opened[identity]
                opened.close()

    def end_in_child(self) -> None:
        """Forget everything in a forked child."""
        self._lock = RLock()
        for opened, _ in self._opened.values():
            opened.abandon()
        self._opened = {}
