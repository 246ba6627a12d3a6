"""
Merging: many changed documents become postings in blocks at once.

Changes are collected by block and term first, as numbers in arrays (8 bytes a posting), and each
chunk is then read, changed and written once. That is how a bulk load and the pending entries of
many small transactions reach the blocks alike.

Rules of this file: a document is added once; what is collected is not seen by any search, and
whoever collects writes before somebody looks.

Cost: 3 µs to collect 40 words; a chunk that is there already 3 µs, and a copy of it.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence

from docdb.indexes.text.layout import Layout, State
from docdb.indexes.text.lengths import length_code
from docdb.indexes.text.members import merged_members
from docdb.indexes.text.pending import Entry
from docdb.indexes.text.postings import merged, posting
from docdb.indexes.text.rows import put_rows
from docdb.transactions.transaction import Transaction

__all__ = ["Changes"]


class _BlockChanges:
    """What changes in one block: additions and removals, by term and by field and value."""

    __slots__ = ("added", "members_added", "members_removed", "new_documents", "removed")

    def __init__(self) -> None:
        self.new_documents = 0
        self.added: defaultdict[bytes, array[int]] = defaultdict(_postings)
        self.removed: defaultdict[bytes, list[int]] = defaultdict(list)
        self.members_added: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
        self.members_removed: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)


def _postings() -> "array[int]":
    return array("Q")


def _nothing(_key: bytes) -> None:
    """Return what lies in a block that is not in the store yet."""


class Changes:
    """
    Documents that are on their way into the blocks. For one thread.

    Attributes:
        numbers: The numbers of the documents.
        postings: How many postings are collected.
    """

    def __init__(self, block_bits: int) -> None:
        self._block_bits = block_bits
        self._blocks: defaultdict[int, _BlockChanges] = defaultdict(_BlockChanges)
        self._rows_added: dict[int, bytes] = {}
        self._rows_removed: dict[int, bytes] = {}
        self.numbers: set[int] = set()
        self.postings = 0

    def add(self, row_key: bytes, entry: Entry) -> None:
        """Collect a document. Requires: it was not collected before."""
        assert entry.number not in self.numbers
        self.numbers.add(entry.number)
        number, new, old = entry.number, entry.new, entry.old
        block = self._blocks[number >> self._block_bits]
        block.new_documents += old is None and new is not None
        offset = number & (1 << self._block_bits) - 1
        if old is not None:
            for term in old.counts:
                block.removed[term].append(offset)
            for field in enumerate(old.filters):
                block.members_removed[field].append(offset)
            self.postings += len(old.counts)
        if new is not None:
            added = block.added
            first = posting(offset, length_code(new.length))
            for term, count in new.counts.items():
                added[term].append(first | count << 8)
            for field in enumerate(new.filters):
                block.members_added[field].append(offset)
            self.postings += len(new.counts)
        if old is None:
            self._rows_added[number] = row_key
        elif new is None:
            self._rows_removed[number] = row_key

    def write(self, layout: Layout, transaction: Transaction, state: State) -> None:
        """Write every chunk that changes."""
        average = state.tokens / state.documents if state.documents else 0.0
        for number, block in sorted(self._blocks.items()):
            extent = state.extent(number)
            # All of a new block is here, and there is nothing to look for in the store.
            get = _nothing if block.new_documents == extent else transaction.get
            self._write_postings(
                layout.block_terms(number),
                block,
                get=get,
                put=transaction.put,
                extent=extent,
                average=average,
            )
            self._write_members(layout, transaction, number, extent=extent)
        put_rows(layout, transaction, added=self._rows_added, removed=self._rows_removed)

    def _write_postings(
        self,
        prefix: bytes,
        block: _BlockChanges,
        *,
        get: Callable[[bytes], bytes | None],
        put: Callable[[bytes, bytes | None], None],
        extent: int,
        average: float,
    ) -> None:
        none: Sequence[int] = ()
        removed = block.removed
        for term, postings in block.added.items():
            key = prefix + term
            gone = removed.get(term, none) if removed else none
            put(key, merged(get(key), gone, postings, extent=extent, average=average))
        for term, offsets in removed.items():
            if term not in block.added:
                key = prefix + term
                old = get(key)
                if old is not None:
                    put(key, merged(old, offsets, none, extent=extent, average=average))

    def _write_members(
        self, layout: Layout, transaction: Transaction, number: int, *, extent: int
    ) -> None:
        block = self._blocks[number]
        for field in {**block.members_added, **block.members_removed}:
            key = layout.block_members(number, field[0]) + field[1]
            removed = block.members_removed.get(field, [])
            added = block.members_added.get(field, [])
            value = merged_members(transaction.get(key), removed, added, extent=extent)
            transaction.put(key, value)
