"""
Which keys of the store belong to whom.

The first byte of every key is a region's tag, and each region has one tenant, which arranges what
lies inside. Numbers behind the tag are LEB128, among which none is the beginning of another: the
keys of one table or index are exactly those that begin with its prefix.

::

    44 'D'  table number   row key        -> record           a document
    49 'I'  index number   values row key -> nothing          an index entry
    55 'U'  index number   values         -> row key          who has a unique key
    52 'R'  table number   id row key     -> nothing          who refers to a document
    46 'F'  table number   internal id    -> creation time    an id that docdb did not make
    53 'S'  table number   shape number   -> field names      a shape of records
    43 'C'  number                        -> ...              facts: the schema, ...

Rules of this file:

- Two tenants never share a tag; ``Region`` refuses it when it is imported.
- A tag is on disk and may never change its meaning. Those that are reserved are already given
  away: the commit log, postings of full-text search, bytes of stored files.

Source: leveldb db/dbformat.h, for keeping them in one place.
"""

from enum import Enum, unique
from typing import Final

from docdb.errors import InvalidArgument, StoreCorrupt
from docdb.values.ids import encode_number, read_number

__all__ = [
    "TABLE_PREFIX_BYTES",
    "Region",
    "document_prefix",
    "fact_key",
    "foreign_id_key",
    "index_prefix",
    "number_in",
    "referrer_prefix",
    "region_of",
    "shape_key",
    "shape_prefix",
    "unique_prefix",
]


@unique
class Region(Enum):
    """The regions of the store by their tags, which are on disk."""

    DOCUMENTS = b"D"
    INDEX_ENTRIES = b"I"
    FOREIGN_IDS = b"F"
    SHAPES = b"S"
    FACTS = b"C"
    COMMIT_LOG = b"L"
    TEXT = b"T"
    UNIQUE_KEYS = b"U"
    REFERRERS = b"R"
    FILE_BYTES = b"Z"


# The length of ``document_prefix`` for every table whose ids have 32 characters.
TABLE_PREFIX_BYTES: Final = 3

_SHAPE_BYTES: Final = 2


def document_prefix(table_number: int) -> bytes:
    """
    Return what the keys of a table's documents begin with.

    >>> document_prefix(10001).hex()
    '44914e'
    """
    return _prefix(Region.DOCUMENTS, table_number)


def index_prefix(index_number: int) -> bytes:
    """Return what the keys of an index's entries begin with."""
    return _prefix(Region.INDEX_ENTRIES, index_number)


def unique_prefix(index_number: int) -> bytes:
    """Return what the keys that a unique index keeps apart begin with."""
    return _prefix(Region.UNIQUE_KEYS, index_number)


def referrer_prefix(table_number: int) -> bytes:
    """Return what the engine's own entries for the references of a table begin with."""
    return _prefix(Region.REFERRERS, table_number)


def foreign_id_key(table_number: int, internal: bytes) -> bytes:
    """Return the key under which the creation time of an id that docdb did not make is kept."""
    return _prefix(Region.FOREIGN_IDS, table_number) + internal


def shape_prefix(table_number: int) -> bytes:
    """Return what the keys of the shapes of a table's records begin with."""
    return _prefix(Region.SHAPES, table_number)


def shape_key(table_number: int, shape_number: int) -> bytes:
    """
    Return the key under which the field names of a shape are kept.

    >>> shape_key(10001, 3).hex()
    '53914e0003'
    """
    return shape_prefix(table_number) + shape_number.to_bytes(_SHAPE_BYTES, "big")


def fact_key(number: int) -> bytes:
    """
    Return the key of one of the facts about the whole store.

    >>> fact_key(1).hex()
    '4301'
    """
    return _prefix(Region.FACTS, number)


def region_of(key: bytes) -> Region:
    """
    Return the region that a key lies in.

    Raises:
        StoreCorrupt: The key lies in none.

    >>> region_of(document_prefix(10001))
    <Region.DOCUMENTS: b'D'>
    """
    try:
        return Region(key[:1])
    except ValueError:
        raise StoreCorrupt(f"key {key.hex()} lies in no region of the store") from None


def number_in(key: bytes) -> tuple[int, int]:
    """
    Return the table, index or fact number of a key, and the offset of what follows it.

    Raises:
        StoreCorrupt: The key has none.

    >>> number_in(shape_key(10001, 3))
    (10001, 3)
    """
    number, offset = read_number(key, 1)
    if number < 0:
        raise StoreCorrupt(f"key {key.hex()} has no number behind its region")
    return number, offset


def _prefix(region: Region, number: int) -> bytes:
    if not 0 <= number < 1 << 32:
        raise InvalidArgument(f"{number!r} is no number of a table, an index or a fact")
    return region.value + encode_number(number)
