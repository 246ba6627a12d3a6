"""
The one door to LMDB: an open file, what begins on it, and what its errors mean.

LMDB keeps sorted keys in a copy-on-write tree that all processes map into memory. A read
transaction is the root of the tree as it was; the one write transaction writes changed pages
beside the old ones, and its commit writes one small page that names the new root. So a crash
leaves the old root or the new one.

Rules of this file:

- A file has two named databases: ``data`` is what the store shows; ``meta`` holds the header.
- Never ``writemap`` (a full disk would kill the process), never a second opening of one file in
  one process (``registry``), never the engine of LMDB 1.0. Far more memory is reserved than files
  have: it is only address space, and growing later would end every open snapshot.
- Only who holds the writer's turn begins to write, and only with something to write, since LMDB's
  own lock can be neither timed nor interrupted. Opening a file takes that lock for a moment, and so
  waits for a commit that is under way, but not for a turn.
- A write transaction belongs to the thread that began it: ended by another one, that lock would
  stay locked for everybody.
- What was opened before ``fork()`` is neither used nor closed in the child: both would write to
  the table of readers that the parent shares.

Source: py-lmdb 3.0.0, ``lmdb/cpython.c`` and ``lmdb/_envid.py``; LMDB 0.9.36, ``mdb.c``.
"""

import os
from collections.abc import Callable
from threading import Lock
from typing import Literal, TypeAlias, cast

import lmdb

from docdb.errors import CommitUnknown, DocdbError, IOFailure
from docdb.kv.failures import failure
from docdb.kv.header import StoreHeader, decode_header, encode_header
from docdb.kv.interface import StoreStats
from docdb.kv.registry import identity_of
from docdb.runtime import monotonic

__all__ = [
    "Durability",
    "EngineError",
    "EngineTransaction",
    "Environment",
    "build_file",
    "engine_version",
    "read_header",
]

# For snapshots and batches alone, whose hot paths call the engine with no function of ours between.
EngineError = lmdb.Error
EngineTransaction: TypeAlias = "lmdb.Transaction[bytes]"

# On disk: these may never change meaning.
_DATA = b"data"
_META = b"meta"
_HEADER_KEY = b"header"
# In the database that has no name: its page is written by each commit anyway.
_ROOT = b"root"

Durability = Literal["full", "relaxed", "unsafe"]

_READERS_MAX = 1024
_READER_CHECK_SECONDS = 60.0
_PLACE_CHECK_SECONDS = 0.01
_BUILD_BYTES = 1 << 20
_MAP_BYTES_MIN = 1 << 20


def engine_version() -> tuple[int, int, int]:
    """Return the version of LMDB that new files are written with."""
    return lmdb.version()


def build_file(path: str, header: StoreHeader, *, is_durable: bool) -> None:
    """
    Write a new file that holds a header and nothing else, and flush it.

    Raises:
        IOFailure: It cannot be written.
    """
    try:
        handle = _open(path, "full" if is_durable else "unsafe", map_bytes=_BUILD_BYTES)
        with handle:
            with handle.begin(write=True) as transaction:
                handle.open_db(_DATA, txn=transaction)
                meta = handle.open_db(_META, txn=transaction)
                transaction.put(_HEADER_KEY, encode_header(header), db=meta)
            if is_durable:
                # LMDB writes the first two pages of a file without a flush of their own.
                handle.sync(True)
    except lmdb.Error as error:
        raise failure(error.code, "create", path=path) from error


def read_header(path: str) -> StoreHeader:
    """Return the header of a file that nobody has open, leaving no trace beside it."""
    try:
        with _open(path, "full", is_read_only=True, is_locking=False) as handle:
            return _read_header(handle, path)
    except lmdb.Error as error:
        raise failure(error.code, "open", path=path) from error


def _read_header(handle: lmdb.Environment, path: str) -> StoreHeader:
    try:
        with handle.begin() as transaction:
            meta = handle.open_db(_META, txn=transaction, create=False)
            return decode_header(transaction.get(_HEADER_KEY, db=meta), place=path)
    except (lmdb.NotFoundError, lmdb.IncompatibleError):
        return decode_header(None, place=path)


def _open(
    path: str,
    durability: Durability,
    *,
    map_bytes: int = _BUILD_BYTES,
    is_read_only: bool = False,
    is_locking: bool = True,
) -> lmdb.Environment:
    while True:
        try:
            return lmdb.Environment(
                path,
                map_size=map_bytes,
                subdir=False,
                readonly=is_read_only,
                sync=durability != "unsafe",
                metasync=durability == "full",
                mode=0o600,
                create=not is_read_only,
                max_readers=_READERS_MAX,
                max_dbs=4,
                max_spare_txns=1,
                lock=is_locking,
            )
        except (lmdb.MemoryError, OverflowError):
            # The system or a limit of this process does not give so much address space.
            if map_bytes <= _MAP_BYTES_MIN:
                raise
            map_bytes //= 2


class Environment:
    """
    One open file, shared by everybody in this process who opened it. Any thread may use it.

    Attributes:
        path: The file.
        is_read_only: Whether it was opened for reading alone.
        durability: What a commit that returned survives.
        header: Who the store in it is.
    """

    def __init__(
        self,
        path: str,
        *,
        is_read_only: bool,
        durability: Durability,
        map_bytes: int,
    ) -> None:
        self.path = path
        self.is_read_only = is_read_only
        self.durability: Durability = durability
        self._gate = Lock()
        self._readers_checked = monotonic()
        self._place_checked = -1.0
        try:
            self._identity = identity_of(path)
            self._handle = _open(path, durability, map_bytes=map_bytes, is_read_only=is_read_only)
            try:
                self._handle.reader_check()
                self.header = _read_header(self._handle, path)
            except BaseException:
                self._handle.close()
                raise
        except lmdb.Error as error:
            raise failure(error.code, "open", path=path) from error
        except OSError as error:
            raise failure(error.errno, "open", path=path) from error

    def attach(self) -> None:
        """
        Open the entries; before that there is only the header.

        Unless it is read-only, LMDB takes its writer lock here, and waits while another process
        has it: from the first change of a batch to the end of its commit.
        """
        try:
            self._unnamed = self._handle.open_db(None)
            if self.is_read_only:
                self._data = self._handle.open_db(_DATA, create=False)
                return
            # Left to itself, open_db waits for the lock with all threads of this process stopped.
            with self._handle.begin(write=True) as transaction:
                self._data = self._handle.open_db(_DATA, txn=transaction, create=False)
        except lmdb.Error as error:
            raise failure(error.code, "open", path=self.path) from error

    def root_of(self, transaction: EngineTransaction) -> bytes | None:
        """Return the root of the store that a transaction sees."""
        return transaction.get(_ROOT, db=self._unnamed)

    def put_root(self, transaction: EngineTransaction, root: bytes) -> None:
        """Write the root of the store."""
        transaction.put(_ROOT, root, db=self._unnamed)

    def begin(self) -> EngineTransaction:
        """Begin to read the newest committed state."""
        try:
            return self._handle.begin(self._data)
        except lmdb.Error as error:
            return self._begin_again(error, write=False)

    def begin_write(self) -> EngineTransaction:
        """Begin to write. Requires: the writer's turn."""
        if monotonic() - self._readers_checked > _READER_CHECK_SECONDS:
            self._readers_checked = monotonic()
            self._handle.reader_check()
        try:
            return self._handle.begin(self._data, write=True)
        except lmdb.Error as error:
            return self._begin_again(error, write=True)

    def _begin_again(self, error: lmdb.Error, *, write: bool) -> EngineTransaction:
        """Begin once more after what can be put right: dead readers, or a file that has grown."""
        try:
            with self._gate:
                if isinstance(error, lmdb.ReadersFullError):
                    self._handle.reader_check()
                elif isinstance(error, lmdb.MapResizedError):
                    self._adopt_size()
                else:
                    raise error
                return self._handle.begin(self._data, write=write)
        except lmdb.Error as again:
            raise failure(again.code, "read", path=self.path) from again

    def _adopt_size(self) -> None:
        """Map the file anew, unless another thread just did; ends the snapshots of before."""
        try:
            self._handle.begin(self._data).abort()
        except lmdb.MapResizedError:
            self._handle.set_mapsize(0)

    def require_in_place(self) -> None:
        """
        Refuse to write into a file that nobody will find again.

        Where nothing is flushed anyway, it is looked for a hundred times a second at most.
        """
        if self.durability == "unsafe":
            now = monotonic()
            if now - self._place_checked < _PLACE_CHECK_SECONDS:
                return
            self._place_checked = now
        try:
            if identity_of(self.path) == self._identity:
                return
        except FileNotFoundError:
            pass
        except OSError as error:
            raise failure(error.errno, "find", path=self.path) from error
        raise IOFailure(
            f"{self.path!r} was moved, removed or replaced while it was open",
            hint="put it back, or close the store and open it at its new place",
        )

    def commit_failure(self, error: lmdb.Error) -> DocdbError:
        """Return the error of a failed commit. Requires: the writer's turn."""
        try:
            self._handle.begin(write=True).abort()
        except lmdb.PanicError:
            return CommitUnknown(
                f"the last step of a commit to {self.path!r} failed: {error}",
                hint="close the store, open it again, and look whether the change is there",
            )
        except lmdb.Error:
            pass
        return failure(error.code, "commit to", path=self.path)

    def stats(self) -> StoreStats:
        """Return what the file holds now."""
        try:
            self._handle.reader_check()
            with self._handle.begin(self._data) as transaction:
                entries = transaction.stat(self._data)["entries"]
            # One line a reader, "pid thread transaction", with "-" for one that rests.
            readers = [line.split()[2] for line in self._handle.readers().splitlines()[1:]]
            versions = [int(version) for version in readers if version.isdigit()]
            newest = self._handle.info()["last_txnid"]
            file_bytes = os.stat(self.path).st_size
        except lmdb.Error as error:
            raise failure(error.code, "read", path=self.path) from error
        except OSError as error:
            raise failure(error.errno, "read", path=self.path) from error
        return StoreStats(
            entries=entries,
            file_bytes=file_bytes,
            readers=len(versions),
            oldest_reader_lag=newest - min(versions, default=newest),
        )

    def close(self) -> None:
        """Close the file. LMDB ends the snapshots that are still open. Idempotent."""
        self._handle.close()

    def abandon(self) -> None:
        """Leave everything to the parent of this forked child, and let the child open it anew."""
        _keep_for_ever(self._handle)
        _forget_opened()


def _keep_for_ever(handle: lmdb.Environment) -> None:
    # Freed in the child, at its exit at the latest, the handle would clear the parent's readers
    # out of the table they share, and drop the child's own locks on the file.
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(handle))


def _forget_opened() -> None:
    # py-lmdb refuses to open a file twice in one process, and a child inherits its list of what
    # is open, which nothing removes from but closing. In the child the files of the list are told
    # apart from its own by the number of the process.
    from lmdb import _envid

    inherited = cast(Callable[[str, int], tuple[object, ...]], _envid.env_keys)
    process = os.getpid()

    def env_keys(path: str, subdir: int) -> tuple[object, ...]:
        return tuple((process, key) for key in inherited(path, subdir))

    _envid.env_keys = env_keys
