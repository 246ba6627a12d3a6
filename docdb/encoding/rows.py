"""
Row keys: who a document is inside its table.

A table's documents lie in the order of their creation times, and of their ids where those are
equal. The row key says both, and an index entry ends in it, so that an entry leads to its
document::

    native    0d | creation time: 8 | 01 | random: 6        | 11     17 bytes
    foreign   0d | creation time: 8 | 00 | internal id: 16  | 1b     27 bytes
                                      02

A native id (``docdb.values.ids``) contains its creation time, so the row key follows from the id
alone and the id from the row key. A foreign one, which Convex made, does not: its row key carries
the whole internal id, and the creation time has to be known. The marker keeps the order of ids
among rows of one creation time: ``00`` sorts before the native ids of that time, ``02`` after.

Rules of this file:

- The last byte is the length, so that a row key can be taken off the end of an index entry.
- ``document_key_from_id`` is for speed and verifies nothing: whoever uses it compares the id in
  the record that it finds. Where there is none, the id has to be decoded properly.

Cost: minting an id with its row key 1.8 µs; a document key from an id 0.5; the id of a row key 2.4,
of one among many 0.2.
"""

import sys
from array import array
from collections.abc import Sequence
from struct import Struct
from typing import Final

from docdb.encoding.keyspace import Region
from docdb.encoding.sortable import creation_key
from docdb.errors import InvalidArgument, StoreCorrupt, shown
from docdb.values.crockford import TO_PYTHON_DIGITS
from docdb.values.ids import (
    DAY_MILLISECONDS,
    INTERNAL_BYTES,
    creation_id,
    creation_ids,
    day_of,
    encode_id,
    encode_ids,
)

__all__ = [
    "FOREIGN_BYTES",
    "NATIVE_BYTES",
    "creation_time_of_row",
    "document_key_from_id",
    "id_of_row",
    "ids_in",
    "mint",
    "mint_many",
    "native_row_key",
    "row_key_in",
    "row_key_of",
]

# On disk: the lengths, which rows end in, and the markers.
NATIVE_BYTES: Final = 17
FOREIGN_BYTES: Final = 27
_BEFORE_NATIVE: Final = b"\x00"
_AFTER_NATIVE: Final = b"\x02"
_FOREIGN_END: Final = b"\x1b"

assert Region.DOCUMENTS.value == b"D", "the formats below spell it"
_NATIVE_ID_CHARACTERS: Final = 32
# Table number, creation time and random bytes of an id of 32 characters.
_PARTS_OF_ID: Final = Struct("2s8s6s4x").unpack
_SIGN_BIT: Final = 1 << 63
_CREATION_TIME_MAX: Final = 2.0**53
_DOUBLE: Final = Struct(">d")

# Fewer ids are made one by one.
_FEW: Final = 12


def mint(table_number: int, creation_bits: int, random6: bytes) -> tuple[str, bytes]:
    """
    Return a new native id, and the row key of the document that will have it.

    Args:
        table_number: The table.
        creation_bits: The bits of the creation time as a float64, which is positive.
        random6: Six random bytes.

    >>> mint(10001, 0x4278_0000_0000_0000, b"random")[1].hex()
    '0dc2780000000000000172616e646f6d11'
    """
    created = (creation_bits | _SIGN_BIT).to_bytes(8, "big")
    row_key = b"\x0d%b\x01%b\x11" % (created, random6)
    return creation_id(table_number, creation_bits, random6), row_key


def mint_many(
    table_number: int, creation_bits: int, random: bytes
) -> tuple[list[str], list[bytes]]:
    """
    Return new native ids and beside them their row keys, for each 6 random bytes; see ``mint``.

    >>> (id,), (row_key,) = mint_many(10001, 0x4278_0000_0000_0000, b"random")
    >>> (id, row_key) == mint(10001, 0x4278_0000_0000_0000, b"random")
    True
    """
    row_keys = [
        b"\x0d%b\x01%b\x11"
        % ((creation_bits + n | _SIGN_BIT).to_bytes(8, "big"), random[6 * n : 6 * n + 6])
        for n in range(len(random) // 6)
    ]
    return creation_ids(table_number, creation_bits, random), row_keys


def document_key_from_id(text: str) -> bytes | None:
    """
    Return the key under which the document with a native id lies, without verifying the id.

    Returns:
        The key; None where the text is not 32 characters of base32. A text that is no id, or a
        foreign one, may give the key of another document.

    >>> document_key_from_id("j57cbywe1te7fvzf26g0x3ftsd7vagd2").hex()
    '44914e0dc5fb8e0e9c77efef0111a00e8dfacb11'
    """
    if len(text) != _NATIVE_ID_CHARACTERS:
        return None
    try:
        raw = int(text.encode().translate(TO_PYTHON_DIGITS), 32).to_bytes(20, "big")
    except ValueError:
        return None
    return b"D%b\x0d%b\x01%b\x11" % _PARTS_OF_ID(raw)


def native_row_key(internal: bytes) -> bytes:
    """Return the row key of a document whose native id has these 16 internal bytes."""
    return b"\x0d%b\x01%b\x11" % (internal[:8], internal[8:14])


def row_key_of(creation_time: float, internal: bytes) -> bytes:
    """
    Return the row key of any document, native or foreign.

    Args:
        creation_time: Milliseconds since 1970, above 0 and below 2**53.
        internal: The 16 internal bytes of its id.

    Raises:
        InvalidArgument: Either is out of its bounds.
    """
    if not 0 < creation_time < _CREATION_TIME_MAX or len(internal) != INTERNAL_BYTES:
        raise InvalidArgument(
            f"no row can be keyed by creation time {creation_time!r} and {shown(internal)}",
            hint="a creation time lies between 0 and 2**53 ms, and an id has 16 internal bytes",
        )
    created = creation_key(creation_time)
    native = created[1:] + day_of(creation_time).to_bytes(2, "big")
    claimed = internal[:8] + internal[14:]
    if claimed == native:
        return native_row_key(internal)
    marker = _BEFORE_NATIVE if claimed < native else _AFTER_NATIVE
    return created + marker + internal + _FOREIGN_END


def row_key_in(entry_key: bytes) -> bytes:
    r"""
    Return the row key that an index entry ends in.

    Raises:
        StoreCorrupt: The entry ends in none.

    >>> row_key_in(b"I\x01\x03" + native_row_key(bytes(16))) == native_row_key(bytes(16))
    True
    """
    length = entry_key[-1] if entry_key else 0
    if length not in (NATIVE_BYTES, FOREIGN_BYTES) or len(entry_key) < length:
        raise StoreCorrupt(f"index entry {entry_key.hex()} ends in no row key")
    return entry_key[-length:]


def creation_time_of_row(row_key: bytes) -> float:
    """
    Return the creation time that a row key begins with.

    >>> creation_time_of_row(row_key_of(1234.5, bytes(16)))
    1234.5
    """
    # The opposite of a positive number differs from it, and its key from its bits, in the sign bit.
    return -_DOUBLE.unpack_from(row_key, 1)[0]


def id_of_row(table_number: int, row_key: bytes) -> str:
    """
    Return the id of the document that has a row key.

    >>> id, row_key = mint(10001, 0x4278_0000_0000_0000, b"random")
    >>> id_of_row(10001, row_key) == id
    True
    """
    if row_key[-1:] == _FOREIGN_END:
        return encode_id(table_number, row_key[10:26])
    day = day_of(creation_time_of_row(row_key)).to_bytes(2, "big")
    return encode_id(table_number, row_key[1:9] + row_key[10:16] + day)


def ids_in(table_number: int, entry_keys: Sequence[bytes]) -> list[str]:
    """
    Return the ids of the documents whose row keys some index entries, or document keys, end in.

    The same as ``id_of_row(table_number, row_key_in(key))`` for each, at a tenth of the cost
    where all of them are native, or all foreign.

    Raises:
        StoreCorrupt: An entry ends in no row key.

    >>> id, row_key = mint(10001, 0x4278_0000_0000_0000, b"random")
    >>> ids_in(10001, [b"I" + row_key, b"I" + row_key]) == [id, id]
    True
    """
    if len(entry_keys) < _FEW:
        return [id_of_row(table_number, row_key_in(key)) for key in entry_keys]
    size = entry_keys[0][-1]
    lengths = set(map(len, entry_keys))
    if size in (NATIVE_BYTES, FOREIGN_BYTES) and min(lengths) >= size:
        stride = max(lengths)
        if len(lengths) == 1:
            joined = b"".join(entry_keys)
        else:
            stride, joined = size, b"".join([key[-size:] for key in entry_keys])
        columns = [joined[place::stride] for place in range(stride - size, stride)]
        if columns[-1].count(size) == len(entry_keys):
            internal = columns[10:26] if size == FOREIGN_BYTES else _native_columns(columns)
            return encode_ids(table_number, internal)
    return [id_of_row(table_number, row_key_in(key)) for key in entry_keys]


def _native_columns(columns: Sequence[bytes]) -> list[bytes]:
    """Return the columns of native internal ids, given those of their row keys."""
    created, count = columns[1:9], len(columns[0])
    first, last = _times_around(created)
    if day_of(first) == day_of(last):
        days = [bytes((byte,)) * count for byte in day_of(first).to_bytes(2, "big")]
    else:
        days = _day_columns(created, count)
    return [*created, *columns[10:16], *days]


def _times_around(created: Sequence[bytes]) -> tuple[float, float]:
    """Return two times, near to each other, between which all creation times lie."""
    first, last = bytearray(b"\x00" * 9), bytearray(b"\x00" + b"\xff" * 8)
    for place, column in enumerate(created, 1):
        first[place] = last[place] = column[0]
        if column.count(column[0]) != len(column):
            first[place], last[place] = min(column), max(column)
            break
    return creation_time_of_row(bytes(first)), creation_time_of_row(bytes(last))


def _day_columns(created: Sequence[bytes], count: int) -> list[bytes]:
    """Return the two columns of the days of creation times."""
    joined = bytearray(8 * count)
    for place, column in enumerate(created):
        joined[place::8] = column
    # Opposites of the creation times: see creation_time_of_row.
    times = array("d", joined)
    if sys.byteorder == "little":
        times.byteswap()
    days = array("Q", [int(time // -DAY_MILLISECONDS) for time in times])
    if sys.byteorder == "little":
        days.byteswap()
    day = days.tobytes()
    return [day[6::8], day[7::8]]
