"""
What a store is: ordered bytes under bytes, read through snapshots, written by one batch at a time.

Rules of every store, proved by one conformance suite:

- Keys are 1 to ``limits.KEY_BYTES_MAX`` bytes and sort as bytes; values are any bytes. Bounds of
  scans may be any bytes, longer than a key or empty. Looking for a key that no store can hold
  finds nothing; applying one is an ``InvalidArgument`` and ends the batch.
- A snapshot is one frozen view. It never blocks a writer, waits for none longer than a moment
  (``gate``), and never sees a later write. One thread at a time may use it.
- A batch is the writer's turn: it works on the newest state, sees what it applied, and belongs to
  the thread that began it. Others see all of it after ``commit``, or nothing. ``close`` without
  ``commit`` leaves nothing behind.
- Scans hand out runs: never an empty one, the first with at most ``run`` entries, later ones
  larger. A scan may be abandoned at any point, and a batch may be written between two runs of its
  own scan, which then sees what lies ahead of it as it is by then.
- After ``close`` every use raises ``Closed``; closing twice is fine. Closing a store ends its open
  snapshots. In a forked child, stores that the parent opened raise ``Forked``.

Why runs and not entries: the loop that fills a run stays in C, and a layer above pays its own cost
once per run. Why ``get_many`` and sorted ``apply``: a store may serve them in one descent.
"""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from docdb.kv.header import StoreHeader

__all__ = ["RUN_ENTRIES_MAX", "Batch", "Change", "Entry", "Snapshot", "Store", "StoreStats"]

Entry = tuple[bytes, bytes]
Change = tuple[bytes, bytes | None]

RUN_ENTRIES_MAX = 1024  # the runs of a scan double up to this many entries


class StoreStats(NamedTuple):
    """
    What a store holds at one moment.

    Attributes:
        entries: How many keys there are.
        file_bytes: The size of the file; 0 for a store without one.
        readers: Snapshots now open on the file, in all processes; a batch on a disk is one as well
            until it writes.
        oldest_reader_lag: How many commits the oldest of them is behind; its pages wait for it.
    """

    entries: int
    file_bytes: int
    readers: int
    oldest_reader_lag: int


class Snapshot(Protocol):
    """One frozen view of a store, until it is closed."""

    @property
    def version(self) -> int:
        """Within one open store: equal versions mean equal contents."""
        ...

    @property
    def root(self) -> bytes | None:
        """The small value beside all keys that the last commit left, or None before the first."""
        ...

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key, or None where there is none."""
        ...

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys, in the order of the keys."""
        ...

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield the entries of a half-open range in key order, or backwards, in runs."""
        ...

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the keys of a half-open range in order, or backwards, in runs."""
        ...

    def close(self) -> None:
        """End the view. Idempotent."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...


class Batch(Snapshot, Protocol):
    """
    The writer's turn: the newest state and what was applied to it, until commit or close.

    ``version`` is that of the state the batch began on, whatever it applied since.
    """

    @property
    def view(self) -> Snapshot:
        """What the batch sees, as long as it is open; for readers who know whose thread it is."""
        ...

    def apply(self, changes: Sequence[Change]) -> None:
        """
        Write values under keys, or delete the keys whose value is None.

        Args:
            changes: Ascending by key, each key once; deleting an absent key is fine.

        Raises:
            InvalidArgument: A key is empty or too long; the batch is closed.
            StoreFull: The disk or the reserved space is full; the batch is closed.
        """
        ...

    def commit(self, root: bytes | None = None) -> None:
        """
        Make everything that was applied visible, as durable as the store was opened, and close.

        Args:
            root: The new root of the store, which stands beside all keys and costs no page of its
                own; None leaves it as it is.

        Raises:
            IOFailure: Nothing was written.
            CommitUnknown: The store failed so late that the outcome is not known.
        """
        ...

    def close(self) -> None:
        """End the turn; what was not committed is gone. Idempotent."""
        ...


class Store(Protocol):
    """Ordered bytes. Any thread may ask it for snapshots and for the writer's turn."""

    @property
    def is_read_only(self) -> bool:
        """Whether ``write`` is refused with ``ReadOnly``."""
        ...

    @property
    def header(self) -> StoreHeader:
        """Who this store is: fixed when it was created."""
        ...

    def snapshot(self) -> Snapshot:
        """Return a view of the newest committed state."""
        ...

    def look_up(self, key: bytes) -> tuple[int, bytes | None]:
        """Return what ``version`` and ``get`` of a snapshot would, for one key and in one step."""
        ...

    def write(self, *, timeout: float | None, is_short: bool = False) -> Batch:
        """
        Wait for the writer's turn, in order of arrival, and return a batch.

        Args:
            timeout: Seconds to wait; None waits as long as it takes.
            is_short: Whether nothing but the write itself happens until it is committed, so that
                reading threads may stand aside for it.

        Raises:
            Locked: Others kept the turn for longer than ``timeout``.
            LimitExceeded: Too many snapshots are open on the file.
            InvalidArgument: This thread holds the turn already, and would wait for itself.
            ReadOnly: The store was opened for reading.
        """
        ...

    def stats(self) -> StoreStats:
        """Return what the store holds now."""
        ...

    def close(self) -> None:
        """Close the store and end its open snapshots. Idempotent."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...
