"""
The one door to LMDB: an open file, its snapshots and its batch, with errors that are ours.

LMDB keeps sorted keys in a copy-on-write tree that all processes map into memory. A snapshot is a
read transaction: the root of the tree as it was. A batch is the write transaction: changed pages
are written beside the old ones, and the commit writes one small page that names the new root. So a
crash leaves the old root or the new one.

Rules of this file:

- A file has two named databases: ``data`` is what the store shows; ``meta`` holds the header, and
  the timestamp of the last commit, which each commit raises.
- Never ``writemap`` (a full disk would kill the process), never a second opening of one file in
  one process (``registry``), never the engine of LMDB 1.0. Far more memory is reserved than files
  have, since only address space is used up, and growing later would end every open snapshot.
- A write transaction belongs to the thread that began it: ended by another one, LMDB's writer lock
  would stay locked for everybody. It is begun only by who holds the writer's turn.
- What was opened before ``fork()`` is neither used nor closed in the child: both would write to
  the table of readers that the parent shares.

How a scan works: a new cursor for each run, so that a scan survives whatever happens between two
runs and may be forgotten at any point. The entry at which the range ends is read first; a run is
one ``list()`` in C that stops there.

Cost: a snapshot 0.4 µs, a look-up 0.3 µs, a run 1 µs and 0.1 to 0.2 µs an entry; a commit pays for
the pages that it touched, and for one flush of the disk (``"full"``) or less.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from threading import Lock, get_ident
from types import TracebackType
from typing import Literal, NamedTuple, Self

import lmdb

from docdb.errors import (
    Closed,
    CommitUnknown,
    DocdbError,
    InvalidArgument,
    IOFailure,
    LimitExceeded,
    Locked,
    SnapshotTooOld,
    StoreCorrupt,
    StoreFull,
    StoreVersion,
)
from docdb.kv.failures import failure
from docdb.kv.header import StoreHeader, decode_header, encode_header
from docdb.kv.interface import RUN_ENTRIES_MAX, Change, Entry, StoreStats
from docdb.kv.lifetime import Lifetime
from docdb.runtime import Clock, monotonic

