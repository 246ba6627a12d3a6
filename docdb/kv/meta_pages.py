"""
Looking at a file before LMDB does: is it an LMDB file, and all of it there?

LMDB takes an empty file for a new store, and a file that was cut off for a whole one until it
touches the missing part and the process dies. So the two meta pages at its beginning are read
here first, with plain reads, and nothing is ever written.

Layout (LMDB 0.9, 64 bits, in the byte order of the machine); page 0 and page 1 each hold one::

    offset  bytes  what
         0     16  page header: page number (8), padding (2), flags (2), free space (4)
        16      4  magic, 0xBEEFC0DE
        20      4  data version, 1
        24     16  address and size of the map
        40     48  the free list's tree: first the page size of the file (4), last its root (8)
        88     48  the main tree
       136      8  last page in use
       144      8  transaction that wrote this meta page

The one with the higher transaction is in force, and the file must reach to its last page, but for
pages at its end that are free (``free_pages`` tells why).

Source: LMDB 0.9.36, ``mdb.c``: ``MDB_meta``, ``mdb_env_read_header``, ``mdb_env_pick_meta``.
"""

import os
from contextlib import suppress
from struct import Struct
from typing import NamedTuple

from docdb.errors import StoreCorrupt, StoreVersion
from docdb.kv.failures import failure
from docdb.kv.free_pages import are_free
from docdb.runtime import sleep

__all__ = ["require_sound"]

_META = Struct("=10xH4xIIQQI36xQ48xQQ")
_META_FLAG = 0x08
_MAGIC = 0xBEEFC0DE
_DATA_VERSION = 1
_PAGE_BYTES = frozenset(1 << bits for bits in range(9, 17))
# Another process may be writing the very bytes that are read here.
_ATTEMPTS_MAX = 3
_ATTEMPT_SECONDS = 0.002


class _Meta(NamedTuple):
    flags: int
    magic: int
    data_version: int
    map_address: int
    map_bytes: int
    page_bytes: int
    free_root: int
    last_page: int
    transaction: int


def require_sound(path: str) -> None:
    """
    Refuse a file that LMDB should not be let near.

    Args:
        path: A regular file that exists.

    Raises:
        StoreCorrupt: It is empty, or ends before its last page.
        StoreVersion: It is no LMDB file, or one of another LMDB format.
        IOFailure: It cannot be read.

    Cost: two small reads.
    """
    try:
        for _ in range(_ATTEMPTS_MAX - 1):
            with suppress(StoreCorrupt, StoreVersion):
                _read(path)
                return
            sleep(_ATTEMPT_SECONDS)
        _read(path)
    except OSError as error:
        raise failure(error.errno, "read", path=path) from error


def _read(path: str) -> None:
    with open(path, "rb", buffering=0) as file:
        first = _read_meta(file.fileno(), 0, path)
        second = _read_meta(file.fileno(), first.page_bytes, path)
        newest = max(first, second, key=lambda meta: meta.transaction)
        # Asked last: a writer lengthens the file before it writes the meta page that says so.
        size = os.fstat(file.fileno()).st_size
        needed = (newest.last_page + 1) * newest.page_bytes
        if size >= needed:
            return
        missing = range(size // newest.page_bytes, newest.last_page + 1)
        if not are_free(
            file.fileno(), missing, root=newest.free_root, page_bytes=newest.page_bytes
        ):
            raise _cut_off(path, size, needed)


def _read_meta(descriptor: int, offset: int, path: str) -> _Meta:
    data = os.pread(descriptor, _META.size, offset)
    if not data and not offset:
        raise StoreCorrupt(
            f"{path!r} is empty; docdb never leaves a file empty",
            hint="restore a backup, or remove the file to begin a new database",
        )
    if len(data) < _META.size:
        if offset:
            raise _cut_off(path, offset + len(data), offset + _META.size)
        data = data.ljust(_META.size, b"\x00")
    meta = _Meta._make(_META.unpack(data))
    if meta.magic != _MAGIC or not meta.flags & _META_FLAG or meta.page_bytes not in _PAGE_BYTES:
        if offset:
            raise StoreCorrupt(f"the second page of {path!r} is damaged", hint="restore a backup")
        raise StoreVersion(
            f"{path!r} is not a docdb file: it begins with {data[:16]!r}",
            hint="choose another path; the file was left as it is",
        )
    if meta.data_version != _DATA_VERSION:
        raise StoreVersion(
            f"{path!r} has LMDB data version {meta.data_version}, and docdb reads version 1",
            hint="a newer docdb, or another program, wrote it",
        )
    return meta


def _cut_off(path: str, size: int, needed: int) -> StoreCorrupt:
    return StoreCorrupt(
        f"{path!r} is cut off: it has {size} bytes and needs {needed}", hint="restore a backup"
    )
