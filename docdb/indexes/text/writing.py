"""
Writing: a text index is kept in step within a write transaction.

What changes is held in memory first. Before anybody looks, that is before a search in the same
transaction, a savepoint or the commit, ``flush`` hands it to the transaction: a few documents as
pending entries, many of them straight into the blocks, together with what was pending before::

    add, replace, remove  ->  entries in memory  ->  pending entries in the store
                                    |  many                |  512 of them, or 512 KB
                                    v                      v
                              collected changes   ->   postings in blocks

Rules of this file:

- A row keeps its number for as long as it lives, so that a document that is changed over and over,
  such as a message while it is being written, stays one pending entry.
- Between two flushes the totals are a copy in memory; after one they are in the transaction alone,
  which a savepoint rolls back together with everything else.

Cost: adding a document of 40 words in a transaction of its own 60 µs, 40 of them its share of the
merging; in a bulk load 20.
"""

from docdb.encoding.packed import Document
from docdb.errors import LimitExceeded, StoreCorrupt
from docdb.indexes.text.description import TextDescription
from docdb.indexes.text.layout import NUMBERS_STOP, State
from docdb.indexes.text.merging import Changes
from docdb.indexes.text.pending import Entry, Part, decode_entry, encode_entry
from docdb.indexes.text.rows import number_of
from docdb.transactions.transaction import Transaction

__all__ = ["PENDING_BYTES_MAX", "PENDING_ENTRIES_MAX", "TextWriter"]

# A search looks at every pending entry, in 0.2 µs each and 1 µs more if it has a term; the larger a
# merge, the less it costs a document (measured: 256 entries 80 µs, 512 60).
PENDING_ENTRIES_MAX = 512
PENDING_BYTES_MAX = 512 << 10

# Collected changes take about 12 bytes a posting. More than a block of short messages has, so that
# a bulk load of them writes each chunk once.
_POSTINGS_HELD_MAX = 1 << 21
_COUNTS_HELD_MAX = 1 << 15


class TextWriter:
    """
    Keeps one text index in step, as long as a write transaction lives. For its thread.

    Call ``flush`` before a search through the transaction, before a savepoint is opened and before
    the commit, and ``rolled_back`` after a savepoint was rolled back.
    """

    __slots__ = ("_changes", "_counts_held", "_description", "_entries", "_state", "_transaction")

    def __init__(self, description: TextDescription, transaction: Transaction) -> None:
        self._description = description
        self._transaction = transaction
        self._entries: dict[bytes, Entry] = {}
        self._counts_held = 0
        self._changes: Changes | None = None
        # The totals, while something is held; None otherwise.
        self._state: State | None = None

    def add(self, row_key: bytes, document: Document) -> None:
        """Index a new document."""
        part = self._description.part(document)
        known = None
        if row_key <= self._begin().last_row_key:
            known = self._removed(row_key)
        # Looking for the row may have flushed, and the totals are those of now.
        state = self._begin()
        if known is None:
            known = Entry(_next_number(state), None, None)
            state.is_in_order &= row_key > state.last_row_key
            state.last_row_key = max(row_key, state.last_row_key)
        state.documents += 1
        state.tokens += part.length
        self._hold(row_key, known._replace(new=part))

    def replace(self, row_key: bytes, old: Document, new: Document) -> None:
        """Index a changed document; nothing is written if what is indexed stayed the same."""
        if self._description.is_same(old, new):
            return
        part = self._description.part(new)
        entry, present = self._present(row_key, old)
        # After looking for the row, which may have flushed.
        state = self._begin()
        state.tokens += part.length - present.length
        self._hold(row_key, entry._replace(new=part))

    def remove(self, row_key: bytes, document: Document) -> None:
        """Take a document that is being deleted out of the index."""
        entry, present = self._present(row_key, document)
        state = self._begin()
        state.documents -= 1
        state.tokens -= present.length
        if entry.old is not None:
            self._hold(row_key, entry._replace(new=None))
            return
        self._entries.pop(row_key, None)
        self._forget_stored(row_key, entry)

    def flush(self) -> None:
        """Hand everything that is held to the transaction."""
        state = self._state
        if state is None:
            return
        transaction, layout = self._transaction, self._description.layout
        values = (
            {
                layout.pending + row_key: (encode_entry(entry), entry.stored_bytes)
                for row_key, entry in self._entries.items()
            }
            if self._changes is None
            else {}
        )
        entries = state.pending_entries + sum(not stored for _, stored in values.values())
        size = state.pending_bytes + sum(len(value) - stored for value, stored in values.values())
        if self._changes or entries > PENDING_ENTRIES_MAX or size > PENDING_BYTES_MAX:
            self.merge()
            return
        for key, (value, _) in values.items():
            transaction.put(key, value)
        state.pending_entries, state.pending_bytes = entries, size
        transaction.put(layout.state_key, state.encode())
        self.rolled_back()

    def merge(self) -> None:
        """Hand everything that is held to the transaction, and everything pending to the blocks."""
        self._collect()
        state, changes = self._begin(), self._changes
        assert changes is not None
        description, transaction = self._description, self._transaction
        pending = description.layout.pending
        stored = [
            entry for run in transaction.scan(*description.layout.pending_range()) for entry in run
        ]
        for key, value in stored:
            entry = decode_entry(value, len(description.filter_paths))
            changes.add(key[len(pending) :], entry)
            transaction.put(key, None)
        state.pending_entries = state.pending_bytes = 0
        changes.write(description.layout, transaction, state)
        transaction.put(description.layout.state_key, state.encode())
        self.rolled_back()

    def rolled_back(self) -> None:
        """Forget what is held, since the transaction went back to an earlier state."""
        self._entries = {}
        self._counts_held = 0
        self._changes = None
        self._state = None

    def _begin(self) -> State:
        if self._state is None:
            description = self._description
            self._state = description.layout.read_state(self._transaction) or State(
                description.block_bits
            )
        return self._state

    def _hold(self, row_key: bytes, entry: Entry) -> None:
        self._entries[row_key] = entry
        self._counts_held += len(entry.new.counts) if entry.new else 0
        if len(self._entries) > PENDING_ENTRIES_MAX or self._counts_held > _COUNTS_HELD_MAX:
            self._collect()

    def _collect(self) -> None:
        """Move what is held from entries to changes, and write those that are many."""
        state = self._begin()
        changes = self._changes
        if changes is None:
            changes = self._changes = Changes(state.block_bits)
        for row_key, entry in self._entries.items():
            self._forget_stored(row_key, entry)
            changes.add(row_key, entry)
        self._entries = {}
        self._counts_held = 0
        if changes.postings > _POSTINGS_HELD_MAX or len(changes.numbers) >= 1 << state.block_bits:
            changes.write(self._description.layout, self._transaction, state)
            self._changes = Changes(state.block_bits)

    def _forget_stored(self, row_key: bytes, entry: Entry) -> None:
        if entry.stored_bytes:
            state = self._begin()
            state.pending_entries -= 1
            state.pending_bytes -= entry.stored_bytes
            self._transaction.put(self._description.layout.pending + row_key, None)

    def _present(self, row_key: bytes, document: Document) -> tuple[Entry, Part]:
        """Return what the index holds of a document, and what it is now."""
        entry = self._known(row_key)
        if entry is not None:
            if entry.new is None:
                raise StoreCorrupt(f"a text index holds row {row_key.hex()} for deleted")
            return entry, entry.new
        number = number_of(self._description.layout, self._transaction, row_key)
        if number is None:
            raise StoreCorrupt(f"a text index does not have row {row_key.hex()}")
        part = self._description.part(document)
        return Entry(number, part, part), part

    def _known(self, row_key: bytes) -> Entry | None:
        """Return the entry of a row, held or stored, or None."""
        entry = self._entries.get(row_key)
        if entry is not None:
            return entry
        description = self._description
        value = self._transaction.get(description.layout.pending + row_key)
        if value is not None:
            return decode_entry(value, len(description.filter_paths))
        if self._changes is not None:
            # Changes cannot be taken back one by one; in the store, the row can be found again.
            self.flush()
            value = self._transaction.get(description.layout.pending + row_key)
            return None if value is None else decode_entry(value, len(description.filter_paths))
        return None

    def _removed(self, row_key: bytes) -> Entry | None:
        """Return the entry of a row that was removed and is still pending, or None."""
        entry = self._known(row_key)
        layout = self._description.layout
        if entry is None:
            is_there = number_of(layout, self._transaction, row_key) is not None
        else:
            is_there = entry.new is not None
        if is_there:
            raise StoreCorrupt(f"a text index has row {row_key.hex()} already")
        return entry


def _next_number(state: State) -> int:
    number = state.next_number
    if number >= NUMBERS_STOP:
        raise LimitExceeded(
            f"a text index has numbered {NUMBERS_STOP:,} documents, and has no number left",
            hint="drop the index and make it again, which numbers the documents anew",
            limit="NUMBERS_STOP",
            maximum=NUMBERS_STOP,
        )
    state.next_number += 1
    return number
