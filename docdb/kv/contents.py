"""
What a memory store, its snapshots and its batch share: the newest state, and what is laid over it.

Rules of this file:

- Changes happen under the lock, by whoever has the writer's turn. A commit first preserves the old
  value of each key in the overlay of every open snapshot, and then changes the map.
- Whoever reads one key looks into the map first and into the overlay then, and needs no lock.
- Other readers hope: a generation is counted at the beginning and at the end of each commit, and
  what was read between two looks at one that is even and the same was read in one state. Else they
  read again under the lock. If all of them took it, threads would wait for each other at every
  step, since one that waits for a lock gives up Python's own.
- Overlays are known weakly: a snapshot that was closed, or forgotten, costs nothing more.

Cost: a commit pays for its keys times the open snapshots; reading in hope costs 0.2 µs.
"""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar, cast
from weakref import ref

from docdb.kv import forks
from docdb.kv.gate import Gate
from docdb.kv.lifetime import Lifetime
from docdb.kv.overlay import Overlay
from docdb.kv.sorted_map import SortedMap
from docdb.kv.turn import Turn

__all__ = ["Contents"]

Read = TypeVar("Read")

# What reading raises that meets a half-way change of lists and dicts.
_TORN = (LookupError, ValueError, RuntimeError)


class Contents:
    """
    What a store, its snapshots and its batch share.

    Attributes:
        lock: Who changes something holds it.
        turn: The writer's.
        gate: Where threads that read stand aside for one that writes.
        entries: The newest state.
        version: How many commits there were.
        generation: How often a commit began or ended: odd while one is under way.
        root: The root of the newest state.
        lifetime: Whether all this may still be used.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.turn = Turn()
        self.gate = Gate()
        self.entries = SortedMap()
        self.version = 0
        self.generation = 0
        self._overlays: dict[int, ref[Overlay]] = {}
        self.root: bytes | None = None
        self.lifetime = Lifetime("a store in memory")
        forks.watch(self)

    def publish(self, changes: dict[bytes, bytes | None], root: bytes | None) -> None:
        """Make changes and a root the newest state. Requires: the caller holds the turn."""
        with self.lock:
            self.lifetime.require_open()
            self.generation += 1
            try:
                entries = self.entries
                for overlay in self.open_overlays():
                    overlay.preserve((key, entries.get(key)) for key in changes)
                entries.update({key: value for key, value in changes.items() if value is not None})
                for key, value in changes.items():
                    if value is None:
                        entries.delete(key)
                self.version += 1
                self.root = root
            finally:
                self.generation += 1

    def lay_over(self) -> tuple[Overlay, bytes | None]:
        """Return what goes on showing the newest state, and its root."""
        overlay = Overlay(self.version)
        known, number = self._overlays, id(overlay)
        known[number] = ref(overlay, lambda _: known.pop(number, None))
        return overlay, self.root

    def open_overlays(self) -> list[Overlay]:
        """Return what is laid over the entries by snapshots that are open."""
        known = [each() for each in list(self._overlays.values())]
        return [each for each in known if each is not None]

    def unchanged(
        self, read: Callable[[], Read | None], otherwise: Callable[[], Read] | None = None
    ) -> Read:
        """
        Return what is read from one state, under the lock only if a commit comes between.

        Args:
            read: Reads and changes nothing; returns None if it can only be done under the lock.
            otherwise: What to do then; the same if there is nothing else.
        """
        generation = self.generation
        if not generation & 1:
            try:
                found = read()
            except _TORN:
                found = None
            if found is not None and self.generation == generation:
                return found
        with self.lock:
            self.lifetime.require_open()
            return cast("Callable[[], Read]", otherwise or read)()

    def end_in_child(self) -> None:
        """Let a forked child find out that its store has ended."""
        self.lock = Lock()  # a thread that does not exist here may hold the old one
        self.turn = Turn()
