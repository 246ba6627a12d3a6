"""
A frozen view of a file: a read transaction of the engine, and how ranges are read through it.

Rules of this file: every read first asks the lifetime of the store, so that nothing reaches the
engine after the store was closed or in a forked child; there, a snapshot is not even ended.

How a scan works: a new cursor for each run (``runs``), so that a scan survives whatever is written
between two runs, and a change of the transaction, and may be forgotten at any point.

Cost: a snapshot with one look-up 0.6 µs; a run 1.5 µs and 0.15 µs an entry, 0.07 µs a key.
"""

import errno
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self, cast

from docdb.errors import Closed, DocdbError, SnapshotTooOld
from docdb.kv.failures import failure
from docdb.kv.interface import RUN_ENTRIES_MAX, Entry
from docdb.kv.keyrange import KeyRange
from docdb.kv.lifetime import Lifetime
from docdb.kv.lmdb import EngineError, EngineTransaction, Environment
from docdb.kv.runs import read_down, read_up

__all__ = ["DiskSnapshot"]

# How the engine says that what is used has ended, or is being ended by another thread.
_ENDED = frozenset({0, errno.EINVAL})


class DiskSnapshot:
    """
    One frozen view of a file. For one thread at a time.

    Whoever does not close it makes the file grow with every write, until it is forgotten.
    """

    __slots__ = ("_environment", "_is_closed", "_lifetime", "_transaction")

    def __init__(
        self, environment: Environment, lifetime: Lifetime, transaction: EngineTransaction
    ) -> None:
        self._environment = environment
        self._lifetime = lifetime
        self._transaction = transaction
        self._is_closed = False

    @property
    def version(self) -> int:
        """The engine's number of the commit that this is a view of."""
        if self._lifetime.is_over:
            raise self._lifetime.failure()
        try:
            return self._transaction.id()
        except EngineError as error:
            raise self._failure(error) from error

    @property
    def root(self) -> bytes | None:
        """The small value beside all keys, or None before the first commit."""
        if self._lifetime.is_over:
            raise self._lifetime.failure()
        try:
            return self._environment.root_of(self._transaction)
        except EngineError as error:
            raise self._failure(error) from error

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        if self._lifetime.is_over:
            raise self._lifetime.failure()
        try:
            return self._transaction.get(key)
        except EngineError as error:
            if not key:
                return None
            raise self._failure(error) from error

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys, in their order."""
        if self._lifetime.is_over:
            raise self._lifetime.failure()
        try:
            # The engine's own getmulti was measured: no faster, and silent about missing keys.
            return list(map(self._transaction.get, keys))
        except EngineError as error:
            if not all(keys):
                return [self.get(key) for key in keys]
            raise self._failure(error) from error

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield the entries of a range in runs."""
        while start < stop:
            entries = cast(list[Entry], self._run(start, stop, run, reverse=reverse, values=True))
            if entries:
                yield entries
            if len(entries) < run:
                return
            start, stop = KeyRange(start, stop).beyond(entries[-1][0], reverse=reverse)
            run = max(run, min(2 * run, RUN_ENTRIES_MAX))

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the keys of a range in runs."""
        while start < stop:
            keys = cast(list[bytes], self._run(start, stop, run, reverse=reverse, values=False))
            if keys:
                yield keys
            if len(keys) < run:
                return
            start, stop = KeyRange(start, stop).beyond(keys[-1], reverse=reverse)
            run = max(run, min(2 * run, RUN_ENTRIES_MAX))

    def _run(
        self, start: bytes, stop: bytes, count: int, *, reverse: bool, values: bool
    ) -> list[Any]:
        if self._lifetime.is_over:
            raise self._lifetime.failure()
        try:
            cursor = self._transaction.cursor()
            read = read_down if reverse else read_up
            return read(cursor, start, stop, count, values=values)
        except EngineError as error:
            raise self._failure(error) from error

    def _failure(self, error: EngineError) -> DocdbError:
        if self._lifetime.is_over:
            return self._lifetime.failure()
        if self._is_closed:
            return Closed("a snapshot was used after its end", hint="take another one")
        if error.code not in _ENDED:
            return failure(error.code, "read", path=self._environment.path)
        # The engine ends what is open when the file is mapped anew.
        return SnapshotTooOld("another process made the file larger", hint="take another snapshot")

    def continue_in(self, transaction: EngineTransaction) -> None:
        """Read through another transaction from now on, in scans that are under way as well."""
        self._transaction.abort()
        self._transaction = transaction

    def close(self) -> None:
        """End the view. Idempotent."""
        self._is_closed = True
        if not self._lifetime.is_forked:
            self._transaction.abort()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
