"""
The store in memory, written to be read: what every other store must equal.

One sorted map holds the newest state. A snapshot is that map with the old values laid over it of
the keys that changed since; a batch is that map with its own new values laid over it. So there is
one way to read (``overlay``), and writing is one step: publish.

Rules of this file:

- A snapshot never sees a later write, in any thread; how that is without locks that readers
  would wait for, ``contents`` knows.
- An old value is kept only while an open snapshot needs it.
- ``mark`` is a snapshot that ``reset`` goes back to: its overlay is just what there is to undo.

Cost: a commit pays for its keys times the open snapshots, a reset for the keys written since the
mark; nothing pays for the size of the store.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import get_ident
from types import TracebackType
from typing import Self, TypeVar

from docdb import limits
from docdb.errors import Closed, InvalidArgument
from docdb.kv.contents import Contents
from docdb.kv.header import StoreHeader, new_header
from docdb.kv.interface import RUN_ENTRIES_MAX, Change, Entry, StoreStats
from docdb.kv.keyrange import KeyRange, require_keys
from docdb.kv.overlay import Overlay, overlaid_keys, overlaid_run
from docdb.runtime import Clock, Dice, system_clock, system_dice

__all__ = ["MemoryBatch", "MemorySnapshot", "MemoryStore"]

_Item = TypeVar("_Item")

_NOTHING = Overlay(0)


class MemoryStore:
    """
    Ordered bytes in memory. Threads may share it.

    >>> store = MemoryStore()
    >>> with store.write(timeout=None) as batch:
    ...     batch.apply([(b"a", b"1")])
    ...     batch.commit()
    >>> store.snapshot().get(b"a")
    b'1'
    """

    __slots__ = ("_contents", "_header")

    def __init__(self, *, dice: Dice | None = None, clock: Clock = system_clock) -> None:
        self._header = new_header((0, 0, 0), dice=dice or system_dice(), clock=clock)
        self._contents = Contents()

    @property
    def is_read_only(self) -> bool:
        """False: a store in memory that nobody may write would stay empty."""
        return False

    @property
    def header(self) -> StoreHeader:
        """Who this store is, made when it was."""
        return self._header

    def snapshot(self) -> "MemorySnapshot":
        """Return a view of the newest committed state."""
        contents = self._contents
        contents.lifetime.require_open()
        if contents.gate.is_writing:
            contents.gate.make_way()
        overlay, root = contents.unchanged(contents.lay_over)
        return MemorySnapshot(contents, overlay, root=root)

    def look_up(self, key: bytes) -> tuple[int, bytes | None]:
        """Return the version of the newest state and the value under a key."""
        contents = self._contents
        contents.lifetime.require_open()
        if contents.gate.is_writing:
            contents.gate.make_way()
        return contents.unchanged(lambda: (contents.version, contents.entries.get(key)))

    def write(self, *, timeout: float | None, is_short: bool = False) -> "MemoryBatch":
        """Wait for the writer's turn and return a batch; see ``interface.Store``."""
        contents = self._contents
        contents.lifetime.require_open()
        contents.gate.enter()
        try:
            contents.turn.take(timeout=timeout)
        except BaseException:
            contents.gate.is_writing = False
            raise
        contents.gate.is_writing = is_short
        return MemoryBatch(self._contents, Overlay(self._contents.version))

    def mark(self) -> "MemorySnapshot":
        """Return a snapshot to ``reset`` to, any number of times, until it is closed."""
        return self.snapshot()

    def reset(self, mark: "MemorySnapshot") -> None:
        """
        Undo everything that was committed since a mark.

        It is one more commit: other open snapshots keep what they see.

        Cost: the keys that were written since the mark, whatever the size of the store.

        >>> store = MemoryStore()
        >>> mark = store.mark()
        >>> with store.write(timeout=None) as batch:
        ...     batch.apply([(b"a", b"1")])
        ...     batch.commit()
        >>> store.reset(mark)
        >>> store.stats().entries
        0
        """
        overlay = mark.overlay
        with self.write(timeout=limits.WRITE_WAIT_SECONDS):
            if overlay.values or mark.root != self._contents.root:
                self._contents.publish(dict(overlay.values), mark.root)
                # Others commit only after the turn is given back: no old value is lost here.
                overlay.clear()

    def stats(self) -> StoreStats:
        """Return what the store holds now."""
        contents = self._contents
        with contents.lock:
            contents.lifetime.require_open()
            overlays = contents.open_overlays()
            oldest = min((each.version for each in overlays), default=contents.version)
            return StoreStats(
                entries=len(contents.entries),
                file_bytes=0,
                readers=len(overlays),
                oldest_reader_lag=contents.version - oldest,
            )

    def close(self) -> None:
        """Close the store and end its open snapshots. Idempotent."""
        self._contents.lifetime.close()

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
        return f"MemoryStore({len(self._contents.entries)} entries)"


class MemorySnapshot:
    """
    One frozen view of a memory store. For one thread at a time.

    Whoever neither closes nor forgets it keeps the old values that it sees in memory.
    """

    __slots__ = ("_contents", "_overlay", "root", "version")

    def __init__(self, contents: Contents, overlay: Overlay, *, root: bytes | None) -> None:
        self._contents = contents
        self._overlay: Overlay | None = overlay
        self.root = root
        self.version = overlay.version

    @property
    def overlay(self) -> Overlay:
        """What this view lays over the newest state; for the store."""
        self._contents.lifetime.require_open()
        if self._overlay is None:
            raise Closed("a snapshot was used after its end", hint="take another one")
        return self._overlay

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        overlay = self.overlay
        value = self._contents.entries.get(key)
        return overlay.values.get(key, value)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys, in their order."""
        overlay = self.overlay
        found = list(map(self._contents.entries.get, keys))
        values = overlay.values
        if values:
            return [values.get(key, value) for key, value in zip(keys, found, strict=True)]
        return found

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield the entries of a range in runs."""
        return self._runs(overlaid_run, KeyRange(start, stop), reverse=reverse, run=run)

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the keys of a range in runs."""
        return self._runs(overlaid_keys, KeyRange(start, stop), reverse=reverse, run=run)

    def _runs(
        self,
        read: Callable[..., tuple[list[_Item], KeyRange]],
        left: KeyRange,
        *,
        reverse: bool,
        run: int,
    ) -> Iterator[list[_Item]]:
        contents = self._contents
        while not left.is_empty:
            overlay = self.overlay
            bare = partial(read, contents.entries, _NOTHING, left, count=run, reverse=reverse)
            overlaid = partial(read, contents.entries, overlay, left, count=run, reverse=reverse)
            items, left = contents.unchanged(partial(overlay.if_empty, bare), overlaid)
            if items:
                yield items
                run = max(run, min(2 * run, RUN_ENTRIES_MAX))

    def close(self) -> None:
        """End the view. Idempotent."""
        self._overlay = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class MemoryBatch:
    """The writer's turn on a memory store. For the thread that began it."""

    __slots__ = ("_contents", "_snapshot", "_thread", "root", "version")

    def __init__(self, contents: Contents, overlay: Overlay) -> None:
        # While the turn is held the map does not change, so new values laid over it are read as a
        # snapshot reads old ones.
        self._snapshot: MemorySnapshot | None = MemorySnapshot(
            contents, overlay, root=contents.root
        )
        self._contents = contents
        self.root = contents.root
        self._thread = get_ident()
        self.version = overlay.version

    @property
    def view(self) -> MemorySnapshot:
        """What this batch sees, to read it without asking each time whose thread it is."""
        return self._view()

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key as this batch sees it."""
        return self._view().get(key)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys as this batch sees them."""
        return self._view().get_many(keys)

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield the entries of a range in runs, own writes included."""
        return self._view().scan(start, stop, reverse=reverse, run=run)

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the keys of a range in runs, own writes included."""
        return self._view().scan_keys(start, stop, reverse=reverse, run=run)

    def apply(self, changes: Sequence[Change]) -> None:
        """Write values under keys, or delete keys; see ``interface.Batch``."""
        overlay = self._view().overlay
        try:
            require_keys(key for key, _ in changes)
        except InvalidArgument:
            self.close()
            raise
        overlay.put(changes)

    def commit(self, root: bytes | None = None) -> None:
        """Publish everything that was applied, and close; see ``interface.Batch``."""
        changes = self._view().overlay.values
        if changes or root is not None:
            self._contents.gate.is_writing = True
            self._contents.publish(changes, self.root if root is None else root)
        self.close()

    def close(self) -> None:
        """End the turn; what was not committed is gone. Idempotent."""
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None
            self._contents.gate.is_writing = False
            self._contents.turn.give_back()

    def _view(self) -> MemorySnapshot:
        if get_ident() != self._thread:
            raise InvalidArgument(
                "a write transaction was used by a thread that did not begin it",
                hint="begin, use and end it in one thread",
            )
        if self._snapshot is None:
            raise Closed("a write transaction was used after its end", hint="begin another one")
        return self._snapshot

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()  # or a forgotten batch would keep everybody waiting
