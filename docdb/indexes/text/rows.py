"""
Numbers and row keys: which document has which number, both ways.

Row keys lie in groups of 32, each as wide as the longest of its group; a number that nobody has is
zeros. The other way there is one small entry for each row key::

    67 'g' | group: 4   ->  width | row key | row key | 00 ... | row key
    72 'r' | row key    ->  number: 4

Rules of this file: only documents whose postings lie in blocks stand here; a document that is
still pending carries its row key and its number itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from docdb.encoding.rows import FOREIGN_BYTES, NATIVE_BYTES
from docdb.errors import StoreCorrupt
from docdb.indexes.text.layout import Layout
from docdb.transactions.reader import Reader
from docdb.transactions.transaction import Transaction

__all__ = ["GROUP", "RowKeys", "number_of", "put_rows"]

_GROUP_BITS: Final = 5
GROUP: Final = 1 << _GROUP_BITS


class RowKeys:
    """The row keys of numbers in one state; groups are read once. For one thread."""

    __slots__ = ("_groups", "_layout", "_reader")

    def __init__(self, layout: Layout, reader: Reader) -> None:
        self._layout = layout
        self._reader = reader
        self._groups: dict[int, bytes] = {}

    def get_many(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the row keys of some numbers, which is cheaper than one by one; see ``get``."""
        self.load(numbers)
        groups, found = self._groups, list[bytes]()
        for number in numbers:
            value = groups[number >> _GROUP_BITS]
            start = 1 + (number & GROUP - 1) * NATIVE_BYTES
            row_key = value[start : start + NATIVE_BYTES]
            # Nearly every group is of native row keys alone.
            if row_key and row_key[-1] == NATIVE_BYTES == value[0]:
                found.append(row_key)
            else:
                found.append(self.get(number))
        return found

    def load(self, numbers: Iterable[int]) -> None:
        """Read the groups of some numbers, so that ``get`` need not."""
        groups = sorted({number >> _GROUP_BITS for number in numbers}.difference(self._groups))
        keys = [self._layout.groups + group.to_bytes(4, "big") for group in groups]
        for group, value in zip(groups, self._reader.get_many(keys), strict=True):
            self._groups[group] = value or b""

    def find(self, number: int) -> bytes | None:
        """Return the row key that has a number, or None."""
        group = number >> _GROUP_BITS
        value = self._groups.get(group)
        if value is None:
            value = self._reader.get(self._layout.groups + group.to_bytes(4, "big")) or b""
            self._groups[group] = value
        return _row_key_in(value, number & GROUP - 1)

    def get(self, number: int) -> bytes:
        """
        Return the row key that has a number.

        Raises:
            StoreCorrupt: None has.
        """
        row_key = self.find(number)
        if row_key is None:
            raise StoreCorrupt(f"a text index has postings of number {number}, which no row has")
        return row_key


def number_of(layout: Layout, reader: Reader, row_key: bytes) -> int | None:
    """Return the number of a row key whose postings lie in blocks, or None."""
    value = reader.get(layout.numbers + row_key)
    return None if value is None else int.from_bytes(value, "big")


def put_rows(
    layout: Layout,
    transaction: Transaction,
    *,
    added: Mapping[int, bytes],
    removed: Mapping[int, bytes],
) -> None:
    """Write down the numbers of some row keys, and forget others."""
    put = transaction.put
    groups: dict[int, dict[int, bytes | None]] = {}
    for number, row_key in removed.items():
        put(layout.numbers + row_key, None)
        groups.setdefault(number >> _GROUP_BITS, {})[number & GROUP - 1] = None
    for number, row_key in added.items():
        put(layout.numbers + row_key, number.to_bytes(4, "big"))
        groups.setdefault(number >> _GROUP_BITS, {})[number & GROUP - 1] = row_key
    for group, changes in groups.items():
        key = layout.groups + group.to_bytes(4, "big")
        put(key, _changed_group(transaction.get(key), changes))


def _changed_group(value: bytes | None, changes: Mapping[int, bytes | None]) -> bytes | None:
    rows = {place: _row_key_in(value or b"", place) for place in range(GROUP)}
    rows.update(changes)
    known = {place: row_key for place, row_key in rows.items() if row_key is not None}
    if not known:
        return None
    width = max(map(len, known.values()))
    return bytes((width,)) + b"".join(
        known.get(place, b"").ljust(width, b"\x00") for place in range(max(known) + 1)
    )


def _row_key_in(value: bytes, place: int) -> bytes | None:
    if not value:
        return None
    width = value[0]
    start = 1 + place * width
    row_key = value[start : start + width]
    if len(row_key) == FOREIGN_BYTES and row_key[-1] != FOREIGN_BYTES:
        row_key = row_key[:NATIVE_BYTES]
    return row_key if row_key and row_key[-1] else None
