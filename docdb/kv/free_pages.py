"""
Which pages of an LMDB file are free, read without LMDB.

A transaction may take pages at the end of the file and give them back before it commits. LMDB
counts them as pages of the file, and does not write them: so a sound file can be shorter than its
last page says, by pages that nobody will read before they are written. This tells such a file from
one that was cut off.

Layout (LMDB 0.9): the free list is a B+ tree like any other. A page begins with 16 bytes (number,
padding, flags, lower and upper bound of its free space), then come the offsets of its nodes. A node
is ``lo hi flags key-size`` (two bytes each), its key, and its data: of a branch, the number of a
page in ``lo hi flags``; of a leaf, ``lo | hi << 16`` bytes, or, if flag 1 is set, the number of the
first of the pages that hold them. The data of the free list are a count and so many page numbers.

Rules of this file: plain reads, bounded by the size of the file; whatever is not as it should be
counts as no free list.

Source: LMDB 0.9.36, ``mdb.c``: ``MDB_page``, ``MDB_node``, ``mdb_freelist_save``.
"""

import os
from struct import Struct, unpack_from
from struct import error as StructError

__all__ = ["are_free"]

_PAGE_HEADER_BYTES = 16
_PAGE = Struct("=10xHH2x")
_NODE = Struct("=HHHH")
_NODE_BYTES = 8
_BRANCH, _LEAF = 0x01, 0x02
_IS_ELSEWHERE = 0x01
_NO_ROOT = (1 << 64) - 1


def are_free(descriptor: int, pages: range, *, root: int, page_bytes: int) -> bool:
    """
    Tell whether all of some pages are in the free list whose tree has a root.

    Args:
        descriptor: The file, open for reading.
        pages: The page numbers in question.
        root: The page number of the free list's root, from the meta page in force.
        page_bytes: The page size of the file.

    Cost: reads the whole free list; only a file that is shorter than it should be is asked.
    """
    missing = set(pages)
    try:
        _strike_out(missing, descriptor, root, page_bytes)
    except (StructError, _NoTree):
        return False
    return not missing


class _NoTree(Exception):
    """What was read is no tree, or a tree with a page missing."""


def _strike_out(missing: set[int], descriptor: int, root: int, page_bytes: int) -> None:
    """Take the free pages out of a set of page numbers."""
    left = os.fstat(descriptor).st_size // page_bytes
    waiting = [] if root == _NO_ROOT else [root]
    while waiting:
        page = os.pread(descriptor, page_bytes, waiting.pop() * page_bytes)
        left -= 1
        if len(page) < page_bytes or left < 0:
            raise _NoTree
        flags, lower = _PAGE.unpack_from(page)
        count = max(0, lower - _PAGE_HEADER_BYTES) // 2
        for offset in unpack_from(f"={count}H", page, _PAGE_HEADER_BYTES):
            low, high, node_flags, key_bytes = _NODE.unpack_from(page, offset)
            if flags & _BRANCH:
                waiting.append(low | high << 16 | node_flags << 32)
            elif flags & _LEAF:
                start, length = offset + _NODE_BYTES + key_bytes, low | high << 16
                data = page[start : start + length]
                if node_flags & _IS_ELSEWHERE:
                    (number,) = unpack_from("=Q", page, start)
                    data = os.pread(descriptor, length, number * page_bytes + _PAGE_HEADER_BYTES)
                (count,) = unpack_from("=Q", data)
                missing.difference_update(unpack_from(f"={count}Q", data, 8))
            else:
                raise _NoTree
