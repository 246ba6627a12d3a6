"""
What the operating system meant: its error numbers as our errors.

Rules of this file: a full disk is told apart from a broken one, because the reader of the message
can do something about it. The engine reports a full disk as an input/output error, for a write
that came out short says no more than that; so on such an error the free space is looked at.

Source: measured on ext4, tmpfs and under RLIMIT_FSIZE: each gives EIO through LMDB 0.9.
"""

import errno
import os
import resource

from docdb.errors import IOFailure, StoreFull

__all__ = ["failure"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# What a commit may need at once: a disk with less is full as far as the engine is concerned.
_FREE_BYTES_MIN = 1 << 20


def failure(code: int, doing: str, *, path: str) -> IOFailure:
    """
    Return the error that an error number stands for.

    Args:
        code: The number, such as ``errno.EIO``.
        doing: What was tried, such as ``"commit to"``; the path follows it in the message.
        path: The file.

    >>> failure(errno.ENOSPC, "commit to", path="/tmp/a.docdb").code
    'StoreFull'
    """
    if code in _FULL or (code == errno.EIO and _is_full(path)):
        return StoreFull(
            f"could not {doing} {path!r}: the disk is full ({os.strerror(code)})",
            hint="free space on the disk; nothing of this transaction was written",
        )
    return IOFailure(f"could not {doing} {path!r}: {os.strerror(code)}", hint=_hint(code))


def _is_full(path: str) -> bool:
    try:
        space = os.statvfs(path)
        size = os.stat(path).st_size
    except OSError:
        return False
    size_max = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    is_limited = size_max != resource.RLIM_INFINITY and size + _FREE_BYTES_MIN > size_max
    return is_limited or space.f_bavail * space.f_frsize < _FREE_BYTES_MIN


def _hint(code: int) -> str:
    if code in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "the file, its -lock and -guard files and their folder must be writable"
    if code == errno.ENOENT:
        return "the folder must exist"
    return "close the store, look at the disk, and open the store again"
