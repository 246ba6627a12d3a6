"""
Reading bytes: the protocol that every floor above reads through, and the reader that remembers.

A ``Reader`` is what a snapshot of the store, a transaction with its own writes, and a tracked
view have in common. Where nobody wants to know what was read, the floors above hold the store's
snapshot itself, so that remembering costs nothing when it is off.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from docdb.transactions.read_set import ReadSet

__all__ = ["Entry", "Reader", "TrackedReader"]

Entry = tuple[bytes, bytes]


class Reader(Protocol):
    """Ordered bytes that can be read; see ``docdb.kv.interface`` for what each verb promises."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key, or None."""
        ...

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys, None where there is none."""
        ...

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield the entries of a half-open range in order, in runs."""
        ...

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the keys of a half-open range in order, in runs."""
        ...


class TrackedReader:
    """
    A reader that leaves every range it reads in a read set. For one thread.

    A scan that is left early leaves the range up to the last key of the last run it handed out,
    since the caller may have looked at all of it.
    """

    __slots__ = ("_reader", "read_set")

    def __init__(self, reader: Reader, read_set: ReadSet) -> None:
        self._reader = reader
        self.read_set = read_set

    @property
    def untracked(self) -> Reader:
        """The reader below: for facts, such as statistics, that nobody should be woken for."""
        return self._reader

    def get(self, key: bytes) -> bytes | None:
        """Return the value under a key, or None, and remember the key."""
        self.read_set.add_key(key)
        return self._reader.get(key)

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Return the values under the keys, and remember the keys."""
        for key in keys:
            self.read_set.add_key(key)
        return self._reader.get_many(keys)

    def scan(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[Entry]]:
        """Yield entries in runs, and remember what was handed out."""
        for entries in self._reader.scan(start, stop, reverse=reverse, run=run):
            self._remember(start, stop, entries[-1][0], reverse)
            yield entries
        self.read_set.add(start, stop)

    def scan_keys(
        self, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield keys in runs, and remember what was handed out."""
        for keys in self._reader.scan_keys(start, stop, reverse=reverse, run=run):
            self._remember(start, stop, keys[-1], reverse)
            yield keys
        self.read_set.add(start, stop)

    def _remember(self, start: bytes, stop: bytes, last: bytes, reverse: bool) -> None:
        if reverse:
            self.read_set.add(last, stop)
        else:
            self.read_set.add(start, last + b"\x00")
