"""
Members: which documents of a block have a value in a filter field.

The members of a value in a block are one chunk, in the form that suits their number::

    sparse   00 | offsets: 2 each, lowest byte first, ascending
    dense    01 | count: 4, lowest byte first | 01 or 00 for each document; may end early

A value stands in the key of its chunk in sortable form, as it would in an index entry; where that
has 32 bytes or more, its SHA-256 stands there instead. An absent field has a form as well, so that
each document is a member of exactly one value of each field.

Rules of this file: equality is that of the sortable form (1 and 1.0 are equal, 1 and int64 1 are
not). The forms are on disk and may never change their meaning. No chunk is empty.

Source: convex-backend crates/common/src/query.rs, for what equals what.
"""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Final

from docdb.encoding.sortable import encode_value
from docdb.errors import StoreCorrupt
from docdb.indexes.text.postings import little, read_little
from docdb.values.kinds import Unset, Value

__all__ = ["Members", "filter_value", "merged_members", "unpacked_members"]

# On disk.
_SPARSE: Final = 0
_DENSE: Final = 1
_DENSE_HEAD_BYTES: Final = 5
_VALUE_BYTES_MAX: Final = 31
_DENSE_FROM: Final = 16
_DENSE_MEMBERS_MIN: Final = 32

# What short texts are as filter values; bounded.
_KNOWN_MAX: Final = 8192
_KNOWN_CHARACTERS_MAX: Final = 64
_known_texts: dict[str, bytes] = {}


class Members:
    """
    The members of a value in a block.

    Attributes:
        count: How many there are.
        offsets: Their offsets, ascending, in a sparse chunk; else None.
        mask: One byte for each document, 1 for a member, in a dense chunk; else empty.
    """

    __slots__ = ("count", "mask", "offsets")

    def __init__(self, count: int, offsets: Sequence[int] | None, mask: bytes = b"") -> None:
        self.count = count
        self.offsets = offsets
        self.mask = mask

    def all(self) -> Sequence[int]:
        """Return the offsets of all members, ascending."""
        if self.offsets is not None:
            return self.offsets
        return [offset for offset, is_member in enumerate(self.mask) if is_member]


def filter_value(value: Value | Unset) -> bytes:
    """
    Return the bytes that stand for a value of a filter field; at most 32.

    >>> filter_value("a").hex(), len(filter_value("a" * 1000))
    ('106100', 32)
    """
    if type(value) is not str or len(value) > _KNOWN_CHARACTERS_MAX:
        return _filter_value(value)
    # Ids, roles and states come again and again.
    known = _known_texts.get(value)
    if known is None:
        if len(_known_texts) >= _KNOWN_MAX:
            _known_texts.clear()
        known = _known_texts[value] = _filter_value(value)
    return known


def _filter_value(value: Value | Unset) -> bytes:
    key = encode_value(value)
    return key if len(key) <= _VALUE_BYTES_MAX else sha256(key).digest()


def unpacked_members(value: bytes) -> Members:
    """
    Return the members of a chunk.

    Raises:
        StoreCorrupt: The bytes are no chunk.
    """
    kind = value[0] if value else -1
    if kind == _SPARSE and len(value) > 1 and len(value) % 2:
        return Members((len(value) - 1) // 2, read_little("H", value, 1))
    if kind == _DENSE and len(value) > _DENSE_HEAD_BYTES:
        count = int.from_bytes(value[1:_DENSE_HEAD_BYTES], "little")
        return Members(count, None, value[_DENSE_HEAD_BYTES:])
    raise StoreCorrupt(f"a chunk of members begins {value[:16].hex()}, which says nothing")


def merged_members(
    value: bytes | None, removed: Collection[int], added: Sequence[int], *, extent: int
) -> bytes | None:
    """Return a chunk without some offsets and with others, or None where none is left."""
    if value is not None and value[0] == _DENSE:
        chunk = unpacked_members(value)
        mask = bytearray(chunk.mask.ljust(max(added, default=-1) + 1, b"\x00"))
        for offset in removed:
            if offset < len(mask):
                mask[offset] = 0
        for offset in added:
            mask[offset] = 1
        count = mask.count(1)
        if count and count * 2 * _DENSE_FROM >= extent:
            return _dense(count, bytes(mask))
        offsets = [offset for offset, is_member in enumerate(mask) if is_member]
    else:
        known: Sequence[int] = () if value is None else unpacked_members(value).all()
        offsets = sorted({*known}.difference(removed).union(added))
    if not offsets:
        return None
    if len(offsets) < _DENSE_MEMBERS_MIN or len(offsets) * _DENSE_FROM < extent:
        return b"\x00" + little("H", offsets)
    mask = bytearray(offsets[-1] + 1)
    for offset in offsets:
        mask[offset] = 1
    return _dense(len(offsets), bytes(mask))


def _dense(count: int, mask: bytes) -> bytes:
    return b"\x01" + count.to_bytes(4, "little") + mask
