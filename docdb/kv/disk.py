"""
The store for disks: an open file, which hands out snapshots and the writer's turn.

Rules of this file: every use first asks the lifetime of the store, so that nothing reaches the
engine after ``close`` or in a forked child. The file is kept open by whoever opened it and by an
open batch, whoever ends first.
"""

from types import TracebackType
from typing import Self

from docdb.errors import DocdbError, ReadOnly
from docdb.kv.disk_batch import DiskBatch
from docdb.kv.disk_file import DiskFile
from docdb.kv.disk_snapshot import DiskSnapshot
from docdb.kv.header import StoreHeader
from docdb.kv.interface import StoreStats
from docdb.kv.lifetime import Lifetime
from docdb.kv.lmdb import EngineError
from docdb.kv.registry import Share

__all__ = ["DiskStore"]


class DiskStore:
    """
    Ordered bytes in a file. Threads may share it; processes open the same path.

    Made by ``opening.open_store``.
    """

    __slots__ = ("_environment", "_gate", "_is_read_only", "_lifetime", "_share")

    def __init__(self, share: Share[DiskFile], *, is_read_only: bool) -> None:
        self._share = share
        self._environment = share.opened.environment
        self._gate = share.opened.gate
        self._is_read_only = is_read_only
        self._lifetime = Lifetime(f"the store {self._environment.path!r}")

    @property
    def is_read_only(self) -> bool:
        """Whether ``write`` is refused."""
        return self._is_read_only

    @property
    def header(self) -> StoreHeader:
        """Who this store is: fixed when it was created."""
        return self._environment.header

    def snapshot(self) -> DiskSnapshot:
        """
        Return a view of the newest committed state.

        Close it soon: pages that it sees cannot be used again while it is open, in any process.
        """
        if self._lifetime.is_over:
            raise self._lifetime.failure()
        if self._gate.is_writing:
            self._gate.make_way()
        return self._begin()

    def _begin(self) -> DiskSnapshot:
        try:
            transaction = self._environment.begin()
        except DocdbError:
            self._lifetime.require_open()  # Another thread may have closed the store just now.
            raise
        return DiskSnapshot(self._environment, self._lifetime, transaction)

    def look_up(self, key: bytes) -> tuple[int, bytes | None]:
        """Return the version of the newest state and the value under a key; 1 µs in all."""
        if self._lifetime.is_over:
            raise self._lifetime.failure()
        if self._gate.is_writing:
            self._gate.make_way()
        try:
            transaction = self._environment.begin()
            try:
                return transaction.id(), transaction.get(key)
            finally:
                transaction.abort()
        except (DocdbError, EngineError):
            # What went wrong there says what is wrong here, at leisure.
            with self.snapshot() as snapshot:
                return snapshot.version, snapshot.get(key)

    def write(self, *, timeout: float | None, is_short: bool = False) -> DiskBatch:
        """Wait for the writer's turn and return a batch; see ``interface.Store``."""
        self._lifetime.require_open()
        if self._is_read_only:
            raise ReadOnly(
                f"{self._environment.path!r} was opened for reading only",
                hint="open it without read_only",
            )
        share = self._share.another()
        try:
            share.opened.take_turn(timeout=timeout)
            try:
                batch = DiskBatch(share, self._lifetime, self._begin())
            except BaseException:
                share.opened.give_back_turn()
                raise
        except BaseException:
            share.end()
            raise
        self._gate.is_writing = is_short
        return batch

    def stats(self) -> StoreStats:
        """Return what the store holds now; readers of all processes are counted."""
        self._lifetime.require_open()
        try:
            return self._environment.stats()
        except DocdbError:
            self._lifetime.require_open()  # As in ``snapshot``.
            raise

    def close(self) -> None:
        """
        Close the store and end its open snapshots. Waits for nobody. Idempotent.

        A batch that is open in another thread cannot commit any more; the file is closed when that
        thread ends it.
        """
        if not self._lifetime.is_over:
            self._lifetime.close()
            self._share.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"DiskStore({self._environment.path!r})"
