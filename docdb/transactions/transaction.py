"""
A write transaction: its own writes over the store, all of them or none.

Writes are buffered in a plain dict from key to value (None where the key is deleted), reads see
them at once, and the commit hands each key to the store once, in key order: that is what makes a
commit cheap (dense pages, one descent for neighbours) and what keeps LMDB's structure clean.

Rules of this file:

- A savepoint is a length of the undo list. Rolling back replays the list backwards; outside a
  savepoint nothing is recorded, since an operation above this floor decides before it writes.
- ``put_sticky`` is not undone by a savepoint: what is allotted once (a table, a shape of
  records) stays allotted until the transaction as a whole ends.
- Past ``limits.WRITE_BUFFER_BYTES_MAX`` the buffer is applied, sorted, to the store's own open
  batch, so that a transaction of any size runs in bounded memory. Nothing is visible to others
  before the commit. Undo entries learn the old value first.
- ``frozen()`` gives the state of now, whatever is written later: it keeps the old value of each
  key that changes while it is in use.

How a merged scan works: each run that comes from the store is laid beside the buffered keys of
the same stretch; where there are none, the run passes through untouched::

    store   a  c  e | g  h            run 1 covers up to e
    buffer     b  -e      k           → a b c | g h k

Cost: a buffered put is one dict store; a scan sorts only the keys that are new since the last.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

from docdb import limits
from docdb.errors import Closed
from docdb.kv.interface import Batch
from docdb.kv.keyrange import KeyRange
from docdb.kv.sorted_map import SortedKeys
from docdb.transactions.reader import Entry, Reader

__all__ = ["FrozenReader", "Transaction"]

# What the dict, the key and the value cost beside the value's own bytes (CPython 3.11, keys of
# about 50 bytes).
_ENTRY_OVERHEAD_BYTES = 200


_key_of = itemgetter(0)


class _NotBuffered:
    """The undo entry of a key that the buffer did not hold."""

    __slots__ = ()


_NOT_BUFFERED = _NotBuffered()


class Transaction:
    """
    Buffered writes over a store's batch, which it owns. For the thread that began it.

    Ends by ``commit`` or ``close``; a transaction that was not committed leaves nothing.
    """

    __slots__ = (
        "_batch",
        "_buffer",
        "_buffered_bytes",
        "_frozen",
        "_is_ended",
        "_savepoints",
        "_sorted",
        "_spills",
        "_undo",
        "_unsorted",
        "_view",
        "has_writes",
    )

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._view = batch.view
        self._buffer: dict[bytes, bytes | None] = {}
        self._buffered_bytes = 0
        self._spills = 0
        # Invariant: _sorted and _unsorted together hold every key of _buffer, and possibly keys
        # that a rollback took out of it again; the merge skips those.
        # Made by the first scan, which most transactions never do.
        self._sorted: SortedKeys | None = None
        self._unsorted: list[bytes] = []
        self._undo: list[tuple[bytes, bytes | _NotBuffered | None]] = []
        self._savepoints = 0
        self._frozen: list[FrozenReader] = []
        self.has_writes = False
        self._is_ended = False

    @property
    def version(self) -> int:
        """The version of the store that this transaction began on."""
        return self._batch.version

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key as this transaction sees it."""
        if key in self._buffer:
            return self._buffer[key]
        return self._view.get(key)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys as this transaction sees them."""
        if not self._buffer:
            return self._view.get_many(keys)
        return [self.get(key) for key in keys]

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield the entries of a range, own writes included, in runs."""
        runs = self._view.scan(start, stop, reverse=reverse, run=run)
        spills = self._spills
        position = stop if reverse else start
        for entries in runs:
            edge = entries[-1][0]
            span = (edge, position) if reverse else (position, edge + b"\x00")
            merged = self._merge(entries, span, reverse=reverse)
            position = span[0] if reverse else span[1]
            if merged:
                yield merged
        tail = (start, position) if reverse else (position, stop)
        if self._spills != spills:
            # The batch's scan may have known its end before the buffer was spilled behind it.
            yield from self.scan(*tail, reverse=reverse, run=run)
            return
        merged = self._merge([], tail, reverse=reverse)
        if merged:
            yield merged
            # What was written meanwhile lies in the buffer, or has been spilled below it.
            left = KeyRange(*tail).beyond(merged[-1][0], reverse=reverse)
            yield from self.scan(*left, reverse=reverse, run=run)

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the keys of a range, own writes included, in runs."""
        position = stop if reverse else start
        spills = self._spills
        for keys in self._view.scan_keys(start, stop, reverse=reverse, run=run):
            edge = keys[-1]
            span = (edge, position) if reverse else (position, edge + b"\x00")
            position = span[0] if reverse else span[1]
            if self._buffer:
                merged = self._merge([(key, b"") for key in keys], span, reverse=reverse)
                keys = [key for key, _ in merged]  # noqa: PLW2901 - the same run, as seen here
            if keys:
                yield keys
        tail = (start, position) if reverse else (position, stop)
        if self._spills != spills:
            yield from self.scan_keys(*tail, reverse=reverse, run=run)
            return
        merged = self._merge([], tail, reverse=reverse)
        if merged:
            yield [key for key, _ in merged]
            left = KeyRange(*tail).beyond(merged[-1][0], reverse=reverse)
            yield from self.scan_keys(*left, reverse=reverse, run=run)

    def put(self, key: bytes, value: bytes | None) -> None:
        """Write a value under a key, or delete the key where the value is None."""
        self._require_open()
        buffer = self._buffer
        if self._savepoints:
            self._undo.append((key, buffer.get(key, _NOT_BUFFERED)))
        if self._frozen:
            self._preserve(key)
        if key not in buffer:
            self._unsorted.append(key)
        self._store(key, value)

    def put_sticky(self, key: bytes, value: bytes) -> None:
        """Write a value that only the end of the whole transaction can take back."""
        self._require_open()
        if self._frozen:
            self._preserve(key)
        if key not in self._buffer:
            self._unsorted.append(key)
        self._store(key, value)

    def put_all(self, entries: Mapping[bytes, bytes | None], value_bytes: int) -> None:
        """
        Write values under keys, or delete keys: the same as ``put`` for each, in one step.

        ``value_bytes`` is about what the values take together.
        """
        self._require_open()
        if self._savepoints or self._frozen:
            for key, value in entries.items():
                self.put(key, value)
            return
        if not entries:
            return
        buffer = self._buffer
        if buffer.keys().isdisjoint(entries.keys()):
            self._unsorted.extend(entries)
        else:
            self._unsorted += [key for key in entries if key not in buffer]
        buffer.update(entries)
        self._buffered_bytes += value_bytes + len(entries) * _ENTRY_OVERHEAD_BYTES
        self.has_writes = True
        if self._buffered_bytes > limits.WRITE_BUFFER_BYTES_MAX:
            self._spill()

    def savepoint(self) -> int:
        """Open a savepoint; give what it returns to ``rollback`` or ``release``."""
        self._require_open()
        self._savepoints += 1
        return len(self._undo)

    def rollback(self, savepoint: int) -> None:
        """Undo what was written since the savepoint, and close it."""
        if self._is_ended:
            return
        while len(self._undo) > savepoint:
            key, old = self._undo.pop()
            if self._frozen:
                self._preserve(key)
            if isinstance(old, _NotBuffered):
                del self._buffer[key]
            else:
                self._buffer[key] = old
                self._unsorted.append(key)
        self._savepoints -= 1

    def release(self, savepoint: int) -> None:
        """Close the savepoint and keep what was written since."""
        if self._is_ended:
            return
        assert savepoint <= len(self._undo)
        self._savepoints -= 1
        if not self._savepoints:
            self._undo.clear()

    def frozen(self) -> "FrozenReader":
        """Return a reader of the state of now; close it when done."""
        reader = FrozenReader(self)
        self._frozen.append(reader)
        return reader

    def thaw(self, reader: "FrozenReader") -> None:
        """Stop preserving old values for a frozen reader."""
        if reader in self._frozen:
            self._frozen.remove(reader)

    def commit(self, root: bytes | None = None) -> None:
        """
        Hand every write to the store in key order and make them durable.

        Args:
            root: The new root of the store; it is written only together with something else.

        Raises:
            IOFailure: The store could not write; nothing of the transaction remains.
            CommitUnknown: The store failed so late that the outcome is not known.
        """
        if self.has_writes:
            self._batch.apply(self._in_key_order())
            self._batch.commit(root)
        self.close()

    def close(self) -> None:
        """End the transaction; what was not committed is gone. Idempotent."""
        if self._is_ended:
            return
        self._is_ended = True
        self._buffer = {}
        self._batch.close()

    def _require_open(self) -> None:
        if self._is_ended:
            raise Closed("this transaction has ended", hint="write inside its with statement")

    def _store(self, key: bytes, value: bytes | None) -> None:
        self._buffer[key] = value
        self.has_writes = True
        self._buffered_bytes += len(value or b"") + _ENTRY_OVERHEAD_BYTES
        if self._buffered_bytes > limits.WRITE_BUFFER_BYTES_MAX:
            self._spill()

    def _spill(self) -> None:
        self._undo = [
            (key, self._view.get(key) if isinstance(old, _NotBuffered) else old)
            for key, old in self._undo
        ]
        self._batch.apply(self._in_key_order())
        self._buffer.clear()
        self._sorted = None
        self._unsorted.clear()
        self._buffered_bytes = 0
        self._spills += 1

    def _in_key_order(self) -> list[tuple[bytes, bytes | None]]:
        # Pairs that are sorted by their keys alone take half the time of pairs, and of keys whose
        # values are looked up afterwards (measured at 200,000).
        return sorted(self._buffer.items(), key=_key_of)

    def _preserve(self, key: bytes) -> None:
        old = self.get(key)
        for reader in self._frozen:
            reader.preserve(key, old)

    def _merge(
        self, entries: list[Entry], span: tuple[bytes, bytes], *, reverse: bool
    ) -> list[Entry]:
        """Lay the buffered writes of one stretch over the store's entries of that stretch."""
        if not self._buffer:
            return entries
        if self._sorted is None:
            self._sorted = SortedKeys()
        if self._unsorted:
            self._sorted.update(self._unsorted)
            self._unsorted.clear()
        return overlaid(entries, self._sorted.between(*span), self._buffer, reverse=reverse)


class FrozenReader:
    """
    The state of a transaction at one moment, while the transaction writes on.

    Valid until it is closed or the transaction ends; close it, since each key written meanwhile
    is remembered here. For the thread of the transaction.
    """

    __slots__ = ("_old", "_transaction")

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._old: dict[bytes, bytes | None] = {}

    def preserve(self, key: bytes, old: bytes | None) -> None:
        """Remember the value of a key that is about to change."""
        self._old.setdefault(key, old)

    def close(self) -> None:
        """Stop remembering. Idempotent."""
        self._transaction.thaw(self)

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key as it was."""
        if key in self._old:
            return self._old[key]
        return self._transaction.get(key)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys as they were."""
        return [self.get(key) for key in keys]

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield the entries of a range as they were, in runs."""
        # A new seek for every run: the transaction may have written since the last one.
        while start < stop:
            live: Reader = self._transaction
            none: list[Entry] = []
            entries = next(live.scan(start, stop, reverse=reverse, run=run), none)
            if not entries:
                span = (start, stop)
            elif reverse:
                span = (entries[-1][0], stop)
            else:
                span = (start, entries[-1][0] + b"\x00")
            # Old values are few: the keys that changed during one iteration.
            keys = sorted(key for key in self._old if span[0] <= key < span[1])
            was = overlaid(entries, keys, self._old, reverse=reverse)
            if was:
                yield was
            start, stop = (start, span[0]) if reverse else (span[1], stop)

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the keys of a range as they were, in runs."""
        for entries in self.scan(start, stop, reverse=reverse, run=run):
            yield [key for key, _ in entries]


def overlaid(
    entries: list[Entry],
    keys: Sequence[bytes],
    values: dict[bytes, bytes | None],
    *,
    reverse: bool,
) -> list[Entry]:
    """Return entries with some keys replaced, added, or, where the value is None, removed."""
    if not keys:
        return entries
    merged: dict[bytes, bytes] = dict(entries)
    for key in keys:
        if key not in values:
            continue
        value = values[key]
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = value
    return sorted(merged.items(), reverse=reverse)
