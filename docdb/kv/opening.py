"""
Opening a store on disk: which file, whether it is ours, and what lies beside it.

Rules of this file:

- A file that is not ours, or not whole, is neither changed nor joined by files of ours: it is
  looked at first, with plain reads and then with the engine in its quietest mode.
- An empty database is never put where one is missing: the guard file remembers that there was one.
- Links are followed to the file itself, for what lies beside it must be found by whatever name it
  was opened. (Two hard links in two folders defeat this, and must not both be used.)
- Opening waits for nobody's turn: while one process may write, others open the file. Opening for
  writing waits for a commit that is under way, since LMDB opens its databases under its own lock.

Beside ``app.docdb`` lie ``app.docdb-lock``, LMDB's table of readers, and ``app.docdb-guard``.
"""

import os
import stat
from functools import partial

from docdb.errors import DocdbError, InvalidArgument, IOFailure, StoreCorrupt
from docdb.kv.creation import create_file
from docdb.kv.disk import DiskStore
from docdb.kv.disk_file import DiskFile
from docdb.kv.failures import failure
from docdb.kv.guard import Guard, require_guarded
from docdb.kv.header import new_header
from docdb.kv.lmdb import Durability, Environment, build_file, engine_version, read_header
from docdb.kv.meta_pages import require_sound
from docdb.kv.registry import Identity, Registry, identity_of
from docdb.runtime import Clock, Dice, system_clock, system_dice

__all__ = ["MAP_BYTES", "open_store"]

MAP_BYTES = 1 << 40  # reserved address space: the largest file there can be

_DURABILITIES = ("full", "relaxed", "unsafe")

_opened: Registry[DiskFile] = Registry()


def open_store(
    path: str | os.PathLike[str],
    *,
    read_only: bool = False,
    durability: Durability = "full",
    create: bool = True,
    map_bytes: int = MAP_BYTES,
    clock: Clock = system_clock,
    dice: Dice | None = None,
) -> DiskStore:
    """
    Open the store in a file, and create it if there is none.

    Args:
        path: The file. Its folder must exist.
        read_only: Open for reading: nothing is created and ``write`` is refused.
        durability: What a commit that returned survives. ``"full"``: power loss. ``"relaxed"``: a
            crash of the process; after power loss the store opens at some earlier commit.
            ``"unsafe"``: the same crash, but after power loss the file may be unreadable.
        create: Whether a missing file is created.
        map_bytes: Address space to reserve, and so the size that the file cannot outgrow; halved
            until the system gives it.
        clock: Dates the header of a new store.
        dice: Rolls the database id and the secret of a new store.

    Raises:
        InvalidArgument: The path is a folder or no regular file, or this process has the file
            open in another mode.
        IOFailure: The file is missing and was not to be created, or cannot be read.
        StoreVersion: The file is not ours, or of a newer format.
        StoreCorrupt: The file is damaged, or is not the one that its guard belongs to.

    Cost: 0.3 ms for a file that exists, two flushes of the disk for a new one.
    """
    if durability not in _DURABILITIES:
        raise InvalidArgument(f"durability is one of {_DURABILITIES}, not {durability!r}")
    file = os.path.realpath(path)
    identity = _find_guarded(file)
    if identity is None:
        if read_only or not create:
            raise IOFailure(f"there is no database at {file!r}", hint="look at the path")
        _create(file, durability != "unsafe", dice=dice or system_dice(), clock=clock)
        identity = _find(file)
    if identity is None:
        raise IOFailure(f"{file!r} was removed while it was being created")

    def open_file() -> DiskFile:
        _require_ours(file)
        return _completed(
            Environment(file, is_read_only=read_only, durability=durability, map_bytes=map_bytes)
        )

    share = _opened.take(identity, open_file)
    environment = share.opened.environment
    if read_only or (environment.durability == durability and not environment.is_read_only):
        return DiskStore(share, is_read_only=read_only)
    share.end()
    mode = (
        "read_only=True" if environment.is_read_only else f"durability={environment.durability!r}"
    )
    raise InvalidArgument(
        f"{file!r} is open with {mode} in this process, and can be open in one mode at a time",
        hint="close it first, or open it in the same mode",
    )


def _find_guarded(file: str) -> Identity | None:
    """Find a file; where it is missing, refuse if its guard tells that there was one."""
    identity = _find(file)
    if identity is None:
        try:
            require_guarded(file, None)
        except StoreCorrupt:
            # A guard appears after its file: somebody may have created both just now.
            identity = _find(file)
            if identity is None:
                raise
    return identity


def _find(file: str) -> Identity | None:
    """Return what tells the file from all others, or None where there is none."""
    try:
        mode = os.stat(file).st_mode
        identity = identity_of(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failure(error.errno, "open", path=file) from error
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
        raise InvalidArgument(f"{file!r} is {what}", hint="name the database file itself")
    return identity


def _create(file: str, is_durable: bool, *, dice: Dice, clock: Clock) -> None:
    header = new_header(engine_version(), dice=dice, clock=clock)
    build = partial(build_file, header=header, is_durable=is_durable)
    create_file(file, build, dice=dice, is_durable=is_durable)


def _require_ours(path: str) -> None:
    require_sound(path)
    lock = path + "-lock"
    if os.path.exists(lock):
        return
    # Nobody has the file open, so it can be read without leaving a lock file beside it.
    try:
        require_guarded(path, read_header(path).database_id)
    except DocdbError:
        # Unless somebody opened it meanwhile: then what was read means nothing, and opening it
        # for good will tell.
        if not os.path.exists(lock):
            raise


def _completed(environment: Environment) -> DiskFile:
    """Check the guard of a file, and open what lies in it."""
    guard = None
    try:
        require_guarded(environment.path, environment.header.database_id)
        if not environment.is_read_only:
            guard = Guard(environment.path, environment.header.database_id)
        environment.attach()
        return DiskFile(environment, guard)
    except BaseException:
        environment.close()
        if guard is not None:
            guard.close()
        raise
