"""
The guard file beside a store: the writer's turn between processes, and which database it guards.

LMDB's own writer lock can be neither timed nor interrupted, so processes take turns here first,
with ``flock``, which ends with the process that holds it, however it ends. The file holds the
database id in hexadecimal: a store that was swapped for another one, or that is gone, is noticed
before an empty one is put in its place.

Rules of this file:

- Turns are fair: whoever wants the turn first locks the waiting room, which is the store's own
  file, then the guard, then leaves the waiting room. A process that gives the turn back and wants
  it again stands behind the one in the waiting room. (LMDB itself never uses ``flock``.)
- Locks are asked for again and again, never waited for, so that waiting can be timed and
  interrupted. The pauses are an eighth of the time waited, from 50 µs to 5 ms.
- A turn is given back by unlocking, not by closing: a forked child may still hold the descriptor.
  The child closes its copies at once, or it would keep the turn of a parent that was killed.
- The lock file of LMDB is never opened here: closing it would drop LMDB's own locks.

Cost: four system calls a turn, about 1 µs together.
"""

import os
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock

from docdb.errors import Locked, StoreCorrupt, shown
from docdb.kv.failures import failure
from docdb.runtime import monotonic, sleep

__all__ = ["Guard", "guard_path", "require_guarded"]

_PAUSE_SECONDS_MIN = 50e-6
_PAUSE_SECONDS_MAX = 5e-3
# 32 hexadecimal digits and the end of the line; more is read only to be refused.
_READ_BYTES = 64


def guard_path(path: str) -> str:
    """Return where the guard of a store lies."""
    return path + "-guard"


def require_guarded(path: str, database_id: bytes | None) -> None:
    """
    Refuse a store that is not the one its guard knows. Reads only.

    Args:
        path: The store.
        database_id: The id in its header, or None where the store does not exist.

    Raises:
        StoreCorrupt: The guard names another database.
    """
    try:
        with open(guard_path(path), "rb") as file:
            # A power cut may leave zeros where the id was to be: as good as empty.
            named = file.read(_READ_BYTES).strip(b"\x00\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise failure(error.errno, "read", path=guard_path(path)) from error
    if not named or (database_id is not None and named == database_id.hex().encode()):
        return
    found = "is missing" if database_id is None else f"is database {database_id.hex()}"
    raise StoreCorrupt(
        f"{path!r} {found}, but {guard_path(path)!r} belongs to database {shown(named)}",
        hint="put the right file in its place; if this one is right, remove the -guard file",
    )


class Guard:
    """
    The writer's turn between processes. One thread at a time may use it.

    Made for a store that exists, after ``require_guarded``; an empty or missing guard file is
    filled in with the id of the database.
    """

    __slots__ = ("_path", "_turn", "_waiting_room")

    def __init__(self, path: str, database_id: bytes) -> None:
        self._path = guard_path(path)
        self._waiting_room = -1
        self._turn = -1
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._waiting_room = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            self._turn = os.open(self._path, flags, 0o600)
            if not os.fstat(self._turn).st_size:
                # Two processes that are the first write the same bytes.
                os.pwrite(self._turn, database_id.hex().encode() + b"\n", 0)
        except OSError as error:
            self.close()
            raise failure(error.errno, "open", path=self._path) from error

    def take(self, *, timeout: float | None) -> None:
        """
        Wait until the turn is this process's.

        Args:
            timeout: Seconds to wait; None waits as long as it takes, 0 asks once.

        Raises:
            Locked: Another process kept the turn for longer than that.
            IOFailure: The file system has no locks.
        """
        try:
            if not _try_lock(self._waiting_room):
                timeout = _wait_for(self._waiting_room, timeout)
            try:
                if not _try_lock(self._turn):
                    _wait_for(self._turn, timeout)
            finally:
                flock(self._waiting_room, LOCK_UN)
        except OSError as error:
            raise failure(error.errno, "lock", path=self._path) from error

    def give_back(self) -> None:
        """Let another process have the turn."""
        flock(self._turn, LOCK_UN)

    def close(self) -> None:
        """Close the files without unlocking what a parent process may hold. Idempotent."""
        for descriptor in (self._waiting_room, self._turn):
            if descriptor >= 0:
                os.close(descriptor)
        self._waiting_room = self._turn = -1


def _wait_for(descriptor: int, timeout: float | None) -> float | None:
    """Wait for a lock that somebody has, and return what is left of the time."""
    began = monotonic()
    while not _try_lock(descriptor):
        waited = monotonic() - began
        # A turn of 100 µs is over soon, one of a second will not be over in the next millisecond.
        pause = min(max(waited / 8, _PAUSE_SECONDS_MIN), _PAUSE_SECONDS_MAX)
        if timeout is not None and waited + pause > timeout:
            raise Locked(
                f"another process kept the writer's turn for more than {timeout} seconds",
                hint="end write transactions sooner, or wait longer",
            )
        sleep(pause)
    return None if timeout is None else max(0.0, timeout - (monotonic() - began))


def _try_lock(descriptor: int) -> bool:
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True
