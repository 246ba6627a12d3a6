"""
Who a store is: the fixed bytes written when it is created, and never again.

On disk the header lies in the named database ``meta`` under the key ``header``. The layout is
fixed for ever up to and including the format version; a later format may give the rest another
meaning. Numbers are big-endian::

    offset  bytes  what
         0      5  "docdb"
         5      1  0
         6      2  format version, now 1
         8      6  engine that wrote the file: major, minor, patch, two bytes each
        14      2  longest key in bytes, 511
        16     16  database id: random, the same in the guard file
        32     32  secret that signs cursors
        64      8  created, in milliseconds since 1970
        72      4  CRC-32 (zlib) of the 72 bytes before

The longest key is written down because the keys of long index entries depend on it.
"""

from struct import Struct
from typing import NamedTuple
from zlib import crc32

from docdb import limits
from docdb.errors import StoreCorrupt, StoreVersion, shown
from docdb.runtime import Clock, Dice

__all__ = ["FORMAT_VERSION", "StoreHeader", "decode_header", "encode_header", "new_header"]

# On disk: these may never change meaning.
FORMAT_VERSION = 1
_MAGIC = b"docdb\x00"
_START = Struct(">6sH")
_BODY = Struct(">6sHHHHH16s32sQ")
_CRC = Struct(">I")
_CREATED_MS_MAX = (1 << 64) - 1


class StoreHeader(NamedTuple):
    """
    What a store was created with.

    Attributes:
        format_version: The meaning of all bytes in the store.
        engine_version: The engine that created it: (major, minor, patch).
        key_bytes_max: The longest key that it takes.
        database_id: 16 random bytes that tell this database from all others.
        cursor_secret: 32 random bytes that sign the cursors it hands out.
        created_ms: When it was created, in milliseconds since 1970.
    """

    format_version: int
    engine_version: tuple[int, int, int]
    key_bytes_max: int
    database_id: bytes
    cursor_secret: bytes
    created_ms: int


def new_header(engine_version: tuple[int, int, int], *, dice: Dice, clock: Clock) -> StoreHeader:
    """Return the header of a store that is being created."""
    return StoreHeader(
        format_version=FORMAT_VERSION,
        engine_version=engine_version,
        key_bytes_max=limits.KEY_BYTES_MAX,
        database_id=dice(16),
        cursor_secret=dice(32),
        created_ms=_milliseconds(clock),
    )


def _milliseconds(clock: Clock) -> int:
    # Whatever a clock says, even that it is no number, the header has 8 bytes for it.
    reading = clock()
    return int(min(reading, _CREATED_MS_MAX)) if reading > 0.0 else 0


def encode_header(header: StoreHeader) -> bytes:
    """Return the bytes of a header."""
    body = _BODY.pack(
        _MAGIC,
        header.format_version,
        *header.engine_version,
        header.key_bytes_max,
        header.database_id,
        header.cursor_secret,
        header.created_ms,
    )
    return body + _CRC.pack(crc32(body))


def decode_header(stored: bytes | None, *, place: str) -> StoreHeader:
    """
    Return the header that bytes stand for.

    Args:
        stored: What lies under the key of the header, or None where nothing does.
        place: The path of the file, for the message of an error.

    Raises:
        StoreVersion: The bytes are no header of ours, or one of a newer format.
        StoreCorrupt: The header is damaged.
    """
    if stored is None or len(stored) < _START.size or not stored.startswith(_MAGIC):
        raise StoreVersion(
            f"{place!r} is an LMDB file, but not one that docdb wrote",
            hint="open it with the program that made it, or choose another path",
        )
    version = _START.unpack_from(stored)[1]
    if version > FORMAT_VERSION:
        raise StoreVersion(
            f"{place!r} has format {version}, and this docdb reads formats up to {FORMAT_VERSION}",
            hint="upgrade docdb",
        )
    body, crc = stored[: _BODY.size], stored[_BODY.size :]
    if len(stored) != _BODY.size + _CRC.size or _CRC.unpack(crc)[0] != crc32(body):
        raise StoreCorrupt(
            f"the header of {place!r} is damaged: {shown(stored)}", hint="restore a backup"
        )
    _, _, major, minor, patch, key_bytes_max, database_id, secret, created = _BODY.unpack(body)
    return StoreHeader(version, (major, minor, patch), key_bytes_max, database_id, secret, created)
