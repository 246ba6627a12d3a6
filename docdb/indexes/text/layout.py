"""
Where everything of one text index lies in the store, and its one record of totals.

All keys begin with the tag of the region and the index number; the next byte says what follows::

    54 'T' | index number | 73 's'                        -> totals           (State)
                          | 70 'p' row key                -> a pending entry  (pending)
                          | 74 't' block: 3, term         -> postings         (postings)
                          | 66 'f' block: 3, field, value -> members          (members)
                          | 67 'g' group: 4               -> 32 row keys      (rows)
                          | 72 'r' row key                -> number: 4        (rows)

Each document of the table has a number, given in the order of arrival and never given again. A
block is a stretch of numbers, and the first thing in the key of a chunk: what is written today lies
close together in the store, however many documents there are already.

Rules of this file: the tags are on disk and may never change their meaning. The totals are one
small record, written by every commit that changes the index.
"""

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import Final

from docdb.encoding.keyspace import Region
from docdb.errors import StoreCorrupt
from docdb.kv.keyrange import KeyRange, prefix_range
from docdb.transactions.reader import Reader
from docdb.values.ids import encode_number

__all__ = ["BLOCK_BITS", "DAMAGE", "NUMBERS_STOP", "Layout", "State"]

# Searches must not pay for a proof that chunks are whole, so that damaged ones fail in many ways.
DAMAGE: Final = (LookupError, ValueError, ArithmeticError, StructError)

# On disk.
_STATE: Final = b"s"
_PENDING: Final = b"p"
_TERMS: Final = b"t"
_MEMBERS: Final = b"f"
_GROUPS: Final = b"g"
_NUMBERS: Final = b"r"
_VERSION: Final = 1
_HEAD: Final = Struct(">BBBQQIII")

BLOCK_BITS: Final = 15
NUMBERS_STOP: Final = 1 << 32


@dataclass(slots=True)
class State:
    """
    The totals of an index; whoever holds the writer's turn changes a copy and writes it back.

    Attributes:
        block_bits: A block is two to the power of this many numbers.
        is_in_order: Whether numbers have so far been given in the order of the row keys.
        documents: How many documents there are, those without any text included.
        tokens: How many tokens their texts have together.
        next_number: The number that the next document gets.
        pending_entries: How many pending entries there are.
        pending_bytes: How many bytes their values have together.
        last_row_key: The greatest row key that ever got a number.
    """

    block_bits: int
    is_in_order: bool = True
    documents: int = 0
    tokens: int = 0
    next_number: int = 0
    pending_entries: int = 0
    pending_bytes: int = 0
    last_row_key: bytes = b""

    def encode(self) -> bytes:
        """Return the record."""
        return (
            _HEAD.pack(
                _VERSION,
                self.block_bits,
                self.is_in_order,
                self.documents,
                self.tokens,
                self.next_number,
                self.pending_entries,
                self.pending_bytes,
            )
            + self.last_row_key
        )

    @property
    def blocks(self) -> range:
        """The blocks that have had a number so far."""
        return range((self.next_number + (1 << self.block_bits) - 1) >> self.block_bits)

    def extent(self, block: int) -> int:
        """Return how many numbers of a block have been given."""
        return min(1 << self.block_bits, self.next_number - (block << self.block_bits))


class Layout:
    """The keys of one text index. Immutable; any thread may use it."""

    __slots__ = ("groups", "members", "numbers", "pending", "prefix", "state_key", "terms")

    def __init__(self, number: int) -> None:
        self.prefix = Region.TEXT.value + encode_number(number)
        self.state_key = self.prefix + _STATE
        self.pending = self.prefix + _PENDING
        self.terms = self.prefix + _TERMS
        self.members = self.prefix + _MEMBERS
        self.groups = self.prefix + _GROUPS
        self.numbers = self.prefix + _NUMBERS

    def block_terms(self, block: int) -> bytes:
        """Return what the keys of the postings of a block begin with; the term follows."""
        return self.terms + block.to_bytes(3, "big")

    def block_members(self, block: int, field: int) -> bytes:
        """Return what the keys of the members of a field begin with; the value follows."""
        return self.members + block.to_bytes(3, "big") + bytes((field,))

    def pending_range(self) -> KeyRange:
        """Return the keys of the pending entries."""
        return prefix_range(self.pending)

    def read_state(self, reader: Reader) -> State | None:
        """
        Return the totals, or None for an index that never had a document.

        Raises:
            StoreCorrupt: The record is not one.
        """
        record = reader.get(self.state_key)
        if record is None:
            return None
        if len(record) < _HEAD.size or record[0] != _VERSION:
            raise StoreCorrupt(f"the totals of a text index are {record.hex()}, which says nothing")
        _, block_bits, in_order, *totals = _HEAD.unpack_from(record)
        return State(block_bits, bool(in_order), *totals, last_row_key=record[_HEAD.size :])
