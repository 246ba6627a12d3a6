"""
What this process has open: each file once, however often and by whatever name it was asked for.

LMDB's locks belong to a process and a file: opened twice in one process, the second closing would
drop the locks of the first. So a file is opened once, known by its device and inode, shared, and
closed with the last share.

Rules of this file:

- Opening and closing one file happen one at a time, under a lock of its own: while one thread
  waits for a file to open, others go on with other files.
- In a forked child everything is abandoned, not closed, for the parent goes on with it, and the
  child starts empty. Shares from before the fork must not be ended there.
"""

import os
from collections.abc import Callable
from threading import RLock
from typing import Generic, Protocol, Self, TypeVar

from docdb.kv import forks

__all__ = ["Identity", "Registry", "Share", "identity_of"]

Identity = tuple[int, int]  # device, inode


class _Openable(Protocol):
    def close(self) -> None: ...

    def abandon(self) -> None: ...


Opened = TypeVar("Opened", bound=_Openable)


class Registry(Generic[Opened]):
    """Opened files. Any thread may use it."""

    def __init__(self) -> None:
        # Re-entrant, because the garbage collector may end a forgotten batch inside.
        self._lock = RLock()
        self._entries: dict[Identity, _Entry[Opened]] = {}

    def take(self, identity: Identity, open_file: Callable[[], Opened]) -> "Share[Opened]":
        """Return a share of a file, opening it first unless somebody has."""
        with self._lock:
            if not self._entries:
                forks.watch(self)
            entry = self._entries.setdefault(identity, _Entry(identity))
            entry.shares += 1
        try:
            with entry.lock:
                if entry.opened is None:
                    entry.opened = open_file()
                return Share(self, entry, entry.opened)
        except BaseException:
            self.give_back(entry)
            raise

    def retain(self, entry: "_Entry[Opened]") -> None:
        """Count one more share; for ``Share``."""
        with self._lock:
            entry.shares += 1

    def give_back(self, entry: "_Entry[Opened]") -> None:
        """Count one share less, and close the file with the last; for ``Share``."""
        with self._lock:
            entry.shares -= 1
            if entry.shares:
                return
        with entry.lock:
            with self._lock:
                # Somebody may have come meanwhile, and goes on with the file as it is.
                if entry.shares or self._entries.get(entry.identity) is not entry:
                    return
                opened, entry.opened = entry.opened, None
            if opened is not None:
                opened.close()
            with self._lock:
                # Whoever came while it was being closed waits for the lock, to open it again.
                if not entry.shares:
                    del self._entries[entry.identity]

    def end_in_child(self) -> None:
        """Forget everything in a forked child."""
        self._lock = RLock()
        for entry in self._entries.values():
            if entry.opened is not None:
                entry.opened.abandon()
        self._entries = {}


def identity_of(path: str) -> Identity:
    """
    Return what tells a file from all others, whatever it is called.

    Raises:
        OSError: There is no such file, or the system does not tell.
    """
    status = os.stat(path)
    return status.st_dev, status.st_ino


class _Entry(Generic[Opened]):
    """
    One file: open, or being opened or closed by whoever holds its lock.

    Invariant: it is in the registry as long as it has shares.
    """

    __slots__ = ("identity", "lock", "opened", "shares")

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.lock = RLock()
        self.opened: Opened | None = None
        self.shares = 0


class Share(Generic[Opened]):
    """
    One use of an opened file, which keeps it open until it is ended.

    Attributes:
        opened: The file.
    """

    __slots__ = ("_entry", "_registry", "opened")

    def __init__(self, registry: Registry[Opened], entry: _Entry[Opened], opened: Opened) -> None:
        self._registry = registry
        self._entry: _Entry[Opened] | None = entry
        self.opened = opened

    def another(self) -> Self:
        """Return one more share of the same file. Requires: this one has not ended."""
        assert self._entry is not None
        self._registry.retain(self._entry)
        return type(self)(self._registry, self._entry, self.opened)

    def end(self) -> None:
        """Stop using the file. Idempotent."""
        entry, self._entry = self._entry, None
        if entry is not None:
            self._registry.give_back(entry)
