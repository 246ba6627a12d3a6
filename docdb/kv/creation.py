"""
Creating a file so that it is there whole or not at all, whoever else creates it.

The file is built under another name beside its place, flushed, and then linked into place. A link
never overwrites: of two creators one loses, and finds the winner's file. Last, the folder is
flushed, since a name is data of the folder.

Rules of this file: it never writes to a file that has its final name, and removes what it built
even if the building fails. A process that is killed meanwhile leaves a file ending in ``.new``
that nobody will ever open.
"""

import os
from collections.abc import Callable
from contextlib import suppress

from docdb.errors import IOFailure
from docdb.kv.failures import failure
from docdb.runtime import Dice

__all__ = ["create_file"]


def create_file(
    path: str, build: Callable[[str], None], *, dice: Dice, is_durable: bool = True
) -> None:
    """
    Build a file and put it in place, unless somebody else was faster.

    Args:
        path: Where the file shall be; its folder exists.
        build: Given another path in the same folder, writes the file there and flushes it.
            It may leave a ``-lock`` file beside it, which is removed.
        dice: For a name that nobody else uses.
        is_durable: Whether the folder is flushed.

    Raises:
        IOFailure: The folder does not exist or cannot be written.
    """
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise IOFailure(
            f"cannot create {path!r}: there is no folder {folder!r}",
            hint="create the folder first",
        )
    draft = f"{path}.{dice(8).hex()}.new"
    try:
        build(draft)
        with suppress(FileExistsError):
            os.link(draft, path)
        if is_durable:
            _flush_folder(folder)
    except OSError as error:
        raise failure(error.errno, "create", path=path) from error
    finally:
        for name in (draft, draft + "-lock"):
            with suppress(OSError):
                os.unlink(name)


def _flush_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
