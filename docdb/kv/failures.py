"""
What the operating system and the engine meant: their error numbers as our errors.

Rules of this file: a full disk is told apart from a broken one, because whoever reads the message
can do something about it. The engine reports a full disk as an input/output error, for a write
that came out short says no more than that; so on such an error the free space is looked at.

Source: LMDB's own codes are those of ``lmdb.h`` 0.9. That a full disk reaches us as EIO was
measured on ext4, on tmpfs and under RLIMIT_FSIZE.
"""

import errno
import os
import resource

from docdb.errors import (
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

__all__ = ["failure"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# What a commit may need at once: a disk with less is full as far as the engine is concerned.
_FREE_BYTES_MIN = 1 << 20

_DAMAGED = "restore a backup; the file is damaged"
# By code: the error, what happened, what to do.
_ENGINE: dict[int, tuple[type[DocdbError], str, str]] = {
    -30797: (StoreCorrupt, "a page is missing", _DAMAGED),
    -30796: (StoreCorrupt, "a page is damaged", _DAMAGED),
    -30795: (IOFailure, "an earlier write failed half way", "close the store and open it again"),
    -30794: (StoreVersion, "it has another LMDB format", "upgrade docdb"),
    -30793: (StoreVersion, "it is no LMDB file", "choose another path"),
    -30792: (
        StoreFull,
        "the space reserved for it is full",
        "open it again where more address space can be reserved; deleting needs space as well",
    ),
    -30790: (
        LimitExceeded,
        "too many snapshots are open on it",
        "close snapshots when they are done; those of dead processes were cleared already",
    ),
    -30788: (LimitExceeded, "one transaction changed too many pages", "write less at a time"),
    -30785: (SnapshotTooOld, "another process made it larger", "take another snapshot"),
    -30781: (InvalidArgument, "a key is empty or longer than 511 bytes", "shorten the key"),
    errno.EAGAIN: (
        Locked,
        "another process with the same number holds its lock",
        "two containers that share a folder must not both run Python as process 1",
    ),
}


def failure(code: int | None, doing: str, *, path: str) -> DocdbError:
    """
    Return the error that an error number stands for.

    Args:
        code: The number: of the operating system, such as ``errno.EIO``, or of LMDB.
        doing: What was tried, such as ``"commit to"``; the path follows it in the message.
        path: The file.

    >>> import errno
    >>> failure(errno.ENOSPC, "commit to", path="/tmp/a.docdb").code
    'StoreFull'
    """
    code = code or 0
    if code in _ENGINE:
        kind, happened, hint = _ENGINE[code]
        return kind(f"could not {doing} {path!r}: {happened}", hint=hint)
    if code in _FULL or (code == errno.EIO and _is_full(path)):
        return StoreFull(
            f"could not {doing} {path!r}: the disk is full",
            hint="free space on the disk; nothing of this transaction was written",
        )
    hint = "close the store, look at the disk, and open the store again"
    if code in _FORBIDDEN:
        hint = "the file, its -lock and -guard files and their folder must be writable"
    happened = os.strerror(code) if code > 0 else f"LMDB error {code}"
    return IOFailure(f"could not {doing} {path!r}: {happened}", hint=hint)


def _is_full(path: str) -> bool:
    try:
        space = os.statvfs(path)
        size = os.stat(path).st_size
    except OSError:
        return False
    size_max = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    is_limited = size_max != resource.RLIM_INFINITY and size + _FREE_BYTES_MIN > size_max
    return is_limited or space.f_bavail * space.f_frsize < _FREE_BYTES_MIN
