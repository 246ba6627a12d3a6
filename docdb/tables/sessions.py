"""
Reading and writing sessions over one open store.

``Sessions`` holds what lives as long as the store is open: the newest catalog, the state last
seen, the creation times and the dice; and it begins and ends what lives as long as a transaction.

How a reader learns of other processes' schema changes: a snapshot has a version that moves with
every commit. While it stands, the catalog stands; when it moved, one small record says whether
the catalog did.
"""

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import NamedTuple
from weakref import ref

from docdb import limits
from docdb.encoding.packed import Document, decode
from docdb.encoding.rows import document_key_from_id
from docdb.errors import InvalidArgument, shown
from docdb.kv.interface import Snapshot, Store
from docdb.kv.memory import MemorySnapshot, MemoryStore
from docdb.runtime import Clock, Dice
from docdb.schema.definition import Schema
from docdb.tables.catalog import Catalog, load_catalog, read_commit
from docdb.tables.creation import CreationTimes
from docdb.tables.documents import Documents
from docdb.tables.metering import Meter, Metrics
from docdb.tables.writing import DocumentWriter
from docdb.transactions.read_set import ReadSet
from docdb.transactions.reader import TrackedReader
from docdb.transactions.transaction import Transaction

__all__ = ["Mark", "Reading", "Sessions", "Writing"]


class Mark(NamedTuple):
    """A state of a database in memory, to go back to."""

    snapshot: MemorySnapshot
    catalog: Catalog
    shape_counts: dict[int, int]


class Sessions:
    """
    Begins and ends transactions over a store. Threads may share it.

    Attributes:
        store: The bytes.
        schema: The schema that the program opened the store with, or None.
    """

    def __init__(
        self,
        store: Store,
        schema: Schema | None,
        *,
        clock: Clock,
        make_dice: Callable[[], Dice],
        transaction_limits: Metrics | None,
    ) -> None:
        self.store = store
        self.schema = schema
        self._clock = clock
        self._make_dice = make_dice
        self._dice = make_dice()
        self._creation = CreationTimes()
        self._transaction_limits = transaction_limits
        self._lock = Lock()
        # The newest catalog there is; and the state last seen, with the catalog of that state.
        self._catalog = self._first_catalog()
        self._seen = (-1, self._catalog)
        self._open_writer: ref[DocumentWriter] | None = None

    def now(self) -> float:
        """Return what the clock says: milliseconds since 1970."""
        return self._clock()

    def begin(self, read_set: ReadSet | None = None) -> Documents:
        """Return the documents of the latest commit; what is read is left in the read set."""
        snapshot = self.store.snapshot()
        try:
            catalog = self.catalog_of(snapshot)
            if self._transaction_limits is None and read_set is None:
                return Documents(snapshot, catalog, None, snapshot)
            meter = self._meter(read_set)
            read_set = read_set if meter is None else meter.read_set
            assert read_set is not None
            return Documents(TrackedReader(snapshot, read_set), catalog, meter, snapshot)
        except BaseException:
            snapshot.close()
            raise

    def get(self, id: str, *, expected: str | None = None) -> Document | None:
        """
        Return the document with an id in the latest commit; raises as ``Documents.get``.

        Nearly always one look-up tells. Whatever it leaves open is asked of a state.
        """
        key = document_key_from_id(id) if type(id) is str else None
        if key is not None and self._transaction_limits is None:
            version, record = self.store.look_up(key)
            seen, catalog = self._seen
            if record is not None and version == seen:
                table = catalog.table_of_key(key, expected)
                if table is not None:
                    document = decode(key, record, table.makers)
                    # An id that docdb never made can lead to the key of one that it did.
                    if document["_id"] == id:
                        return document
        documents = self.begin()
        try:
            return documents.get(id, expected=expected)
        finally:
            self.end(documents)

    def end(self, documents: Documents) -> None:
        """Release what ``begin`` returned."""
        assert documents.snapshot is not None
        documents.snapshot.close()

    def begin_write(
        self, timeout: float | None = limits.WRITE_WAIT_SECONDS, *, is_short: bool = False
    ) -> DocumentWriter:
        """Wait for the writer's turn, and return a writer on the latest commit."""
        batch = self.store.write(timeout=timeout, is_short=is_short)
        try:
            commit = read_commit(batch)
            catalog = self._catalog
            if commit.catalog_version != catalog.version:
                catalog = load_catalog(batch, version=commit.catalog_version, schema=self.schema)
            writer = DocumentWriter(
                Transaction(batch),
                catalog,
                commit,
                creation=self._creation,
                dice=self._dice,
                now=self._clock(),
                meter=self._meter(None),
            )
        except BaseException:
            batch.close()
            raise
        # Weakly: one that is forgotten must end, and give its turn back.
        self._open_writer = ref(writer)
        return writer

    def commit(self, writer: DocumentWriter) -> None:
        """Commit what a writer wrote, and make its catalog the newest."""
        catalog = writer.commit()
        if catalog is not self._catalog:
            with self._lock:
                if catalog.version > self._catalog.version:
                    self._catalog = catalog

    def close(self) -> None:
        """
        Close the store; a write transaction that is open ends without a commit.

        One of another thread ends when that thread touches it, since it belongs to it.
        """
        writer = None if self._open_writer is None else self._open_writer()
        if writer is not None:
            with suppress(InvalidArgument):
                writer.close()
        self.store.close()

    def reading(self) -> "Reading":
        """Read the latest commit for the length of a ``with`` statement."""
        return Reading(self)

    def writing(self) -> "Writing":
        """Write for the length of a ``with`` statement; commit unless it raises."""
        return Writing(self)

    def catalog_of(self, snapshot: Snapshot) -> Catalog:
        """Return the catalog of a state, which is nearly always the one at hand."""
        version = snapshot.version
        seen_version, catalog = self._seen
        if version == seen_version:
            return catalog
        wanted = read_commit(snapshot).catalog_version
        catalog = self._catalog
        if wanted != catalog.version:
            catalog = load_catalog(snapshot, version=wanted, schema=self.schema)
        with self._lock:
            if version > self._seen[0]:
                self._seen = (version, catalog)
            if catalog.version > self._catalog.version:
                self._catalog = catalog
        return catalog

    def mark(self) -> Mark:
        """Remember the present state of a store in memory, to ``reset`` to."""
        if not isinstance(self.store, MemoryStore):
            raise InvalidArgument(
                "only a database in memory can be reset", hint="copy the file instead"
            )
        with self.reading() as documents:
            catalog = documents.catalog
        self._begin_anew()
        return Mark(self.store.mark(), catalog, catalog.shape_counts())

    def reset(self, mark: Mark) -> None:
        """Undo everything that was committed since a mark; dice and times begin anew."""
        given: object = mark
        if not isinstance(given, Mark) or not isinstance(self.store, MemoryStore):
            raise InvalidArgument(
                f"{shown(given)} is no mark of this database", hint="pass what mark() returned"
            )
        self.store.reset(mark.snapshot)
        mark.catalog.forget_shapes(mark.shape_counts)
        with self._lock:
            self._catalog = mark.catalog
            self._seen = (-1, mark.catalog)
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget what was rolled and which times were given out, so that runs can be repeated."""
        self._creation = CreationTimes()
        self._dice = self._make_dice()

    def _meter(self, read_set: ReadSet | None) -> Meter | None:
        if self._transaction_limits is None:
            return None
        return Meter(self._transaction_limits, read_set or ReadSet())

    def _first_catalog(self) -> Catalog:
        with self.store.snapshot() as snapshot:
            version = read_commit(snapshot).catalog_version
            return load_catalog(snapshot, version=version, schema=self.schema)


class Reading:
    """A ``with`` statement's worth of reading; a generator would cost a microsecond more."""

    __slots__ = ("_documents", "_sessions")

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def __enter__(self) -> Documents:
        self._documents = self._sessions.begin()
        return self._documents

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sessions.end(self._documents)


class Writing:
    """A ``with`` statement's worth of writing: a commit, or nothing where it raises."""

    __slots__ = ("_sessions", "_writer")

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def __enter__(self) -> DocumentWriter:
        self._writer = self._sessions.begin_write(is_short=True)
        return self._writer

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._sessions.commit(self._writer)
        else:
            self._writer.close()
