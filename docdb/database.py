"""
The house put together: opening a database, and the transactions it gives out.

Nothing is decided here: a ``Database`` holds the store, the catalog of the state it last saw, and
what makes ids and times, and hands them to the floors below.

How a reader learns of other processes' schema changes: a snapshot has a version that moves with
every commit. While it stands, the catalog stands; when it moved, one small record says whether
the catalog did.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike, fspath
from threading import Lock
from types import TracebackType
from typing import Literal

from docdb import limits
from docdb.errors import InvalidArgument, ReadOnly, shown
from docdb.files.storage import Storage
from docdb.kv.interface import Snapshot, Store
from docdb.kv.memory import MemoryStore
from docdb.queries.builder import Query
from docdb.queries.planner import Plan
from docdb.queries.reader import Reader, SystemReader
from docdb.queries.request import Request
from docdb.queries.writer import Writer
from docdb.runtime import Clock, Dice, seeded_dice, system_clock, system_dice
from docdb.schema.definition import Schema
from docdb.tables.applying import apply_schema
from docdb.tables.catalog import Catalog, load_catalog, read_commit, schema_text
from docdb.tables.creation import CreationTimes
from docdb.tables.documents import Documents
from docdb.tables.integrity import Problem, find_problems
from docdb.tables.table import Document
from docdb.tables.writing import DocumentWriter
from docdb.transactions.read_set import ReadSet
from docdb.transactions.reader import TrackedReader
from docdb.transactions.transaction import Transaction

__all__ = ["Database", "Durability", "open_database"]

Durability = Literal["full", "relaxed", "unsafe"]
_MEMORY = ":memory:"


def open_database(
    path: str | PathLike[str],
    schema: Schema | None = None,
    *,
    read_only: bool = False,
    durability: Durability = "full",
    limits: Literal["convex"] | None = None,
    clock: Clock | None = None,
    seed: int | None = None,
) -> "Database":
    """
    Open a database file, or make a new one.

    Args:
        path: One file, or ``":memory:"`` for a database that lives as long as the object.
        schema: What to enforce. It is applied if it differs from the one in the file; None uses
            the file's own.
        read_only: Refuse every write. The file must exist.
        durability: ``"full"``: a commit that returned survives power loss. ``"relaxed"``: it
            survives a crash of the process, and power loss may take back the latest commits.
            ``"unsafe"``: power loss may destroy the file.
        limits: None; Convex's transaction limits are not available in this release.
        clock: A function that returns milliseconds since 1970; for tests.
        seed: Makes ids repeatable; for tests.

    Raises:
        InvalidArgument: The path is a folder, or an argument is none of those above.
        SchemaMismatch: An existing document does not fit the schema; nothing was changed.
        StoreCorrupt: The file is damaged, or no docdb file.
        StoreVersion: The file was written by a newer format.
        IOFailure: The operating system refused.

    >>> with open_database(":memory:") as db:
    ...     id = db.insert("notes", {"text": "hello"})
    ...     db.get(id)["text"]
    'hello'
    """
    if schema is not None and not isinstance(schema, Schema):
        raise InvalidArgument(
            f"schema is {shown(schema)}, expected what define_schema() returns",
            hint="docdb.open(path, define_schema({...}))",
        )
    if durability not in ("full", "relaxed", "unsafe"):
        raise InvalidArgument(
            f"durability is {shown(durability)}, expected 'full', 'relaxed' or 'unsafe'"
        )
    if limits is not None:
        raise InvalidArgument(
            f"limits is {shown(limits)}, expected None",
            hint="Convex's transaction limits are not available in this release",
        )
    dice = system_dice() if seed is None else seeded_dice(seed)
    store: Store
    if path == _MEMORY:
        store = MemoryStore(dice=dice)
    else:
        # Imported here so that a database in memory needs no LMDB.
        from docdb.kv.lmdb import open_store

        store = open_store(_checked_path(path), read_only=read_only, durability=durability)
    try:
        return Database(store, schema, clock=clock or system_clock, dice=dice)
    except BaseException:
        store.close()
        raise


class Database:
    """
    An open database. Threads may share it; close it, or use it in a ``with`` statement.

    Each of its own methods is a transaction; ``read`` and ``write`` open one for several steps.
    """

    def __init__(
        self, store: Store, schema: Schema | None = None, *, clock: Clock, dice: Dice
    ) -> None:
        self._store = store
        self._schema = schema
        self._clock = clock
        self._dice = dice
        self._creation = CreationTimes(clock)
        self._lock = Lock()
        # The newest catalog there is; and the state last seen, with the catalog of that state.
        self._catalog = self._first_catalog()
        self._seen = (-1, self._catalog)
        self.cursor_secret = store.header.cursor_secret
        if schema is not None:
            self._apply(schema)

    def insert(self, table: str, document: Mapping[str, object]) -> str:
        """Insert a document and return its id; raises as ``Writer.insert``."""
        with self._writing() as writer:
            return writer.insert(table, document)

    def insert_many(self, table: str, documents: Iterable[Mapping[str, object]]) -> list[str]:
        """Insert documents, all or none, and return their ids; raises as ``Writer.insert``."""
        with self._writing() as writer:
            return writer.insert_many(table, documents)

    def patch(self, id: str, changes: Mapping[str, object], *, table: str | None = None) -> None:
        """Merge fields into a document; raises as ``Writer.patch``."""
        with self._writing() as writer:
            writer.patch(id, changes, expected=table)

    def replace(self, id: str, document: Mapping[str, object], *, table: str | None = None) -> None:
        """Replace a document's fields; raises as ``Writer.patch``."""
        with self._writing() as writer:
            writer.replace(id, document, expected=table)

    def delete(self, id: str, *, table: str | None = None) -> None:
        """Delete a document; raises as ``Writer.delete``."""
        with self._writing() as writer:
            writer.delete(id, expected=table)

    def get(self, id: str, *, table: str | None = None) -> Document | None:
        """Return the document with an id, or None; raises as ``Reader.get``."""
        snapshot = self._store.snapshot()
        try:
            return Documents(snapshot, self._catalog_of(snapshot)).get(id, expected=table)
        finally:
            snapshot.close()

    def get_many(self, ids: Iterable[str]) -> list[Document | None]:
        """Return the documents with the ids in one state, None where there is none."""
        with self._reading() as documents:
            return [documents.get(id) for id in ids]

    def query(self, table: str) -> Query:
        """Begin a query of a table; each run of it reads a state of its own."""
        return Query(self, Request(table))

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the id in canonical form if it is one of that table, else None."""
        with self._reading() as documents:
            return documents.normalize_id(table, text)

    def read(self, *, track: bool = False) -> Reader:
        """
        Open a read transaction: one frozen state, which blocks nobody and is never blocked.

        Args:
            track: Remember the ranges that are read and the plans that are run, as
                ``read_set`` and ``plans``.
        """
        snapshot = self._store.snapshot()
        read_set = ReadSet() if track else None
        reader = snapshot if read_set is None else TrackedReader(snapshot, read_set)
        return Reader(
            Documents(reader, self._catalog_of(snapshot)),
            release=snapshot.close,
            cursor_secret=self.cursor_secret,
            read_set=read_set,
        )

    def write(self, *, timeout: float | None = limits.WRITE_WAIT_SECONDS) -> Writer:
        """
        Open a write transaction, waiting for the writer's turn.

        Args:
            timeout: Seconds to wait, or None to wait as long as it takes.

        Raises:
            Locked: Another writer kept its turn for longer.
            InvalidArgument: This thread is in a write transaction already.
            ReadOnly: The database was opened to read.
        """
        return Writer(
            self._begin_write(timeout), finish=self._finish, cursor_secret=self.cursor_secret
        )

    @property
    def system(self) -> SystemReader:
        """docdb's own tables: ``_tables``, ``_indexes``, ``_storage``, ``_scheduled_functions``."""
        return SystemReader(self)

    @property
    def storage(self) -> Storage:
        """File storage."""
        return Storage(read=self._reading, write=self._writing)

    @property
    def schema(self) -> Schema | None:
        """The schema that is enforced, or None."""
        with self._reading() as documents:
            return documents.catalog.schema

    def check(self) -> list[Problem]:
        """
        Compare every index entry with the documents, both ways, and return what disagrees.

        Cost: reads the whole database; writers go on meanwhile.
        """
        with self._reading() as documents:
            return find_problems(documents)

    def close(self) -> None:
        """Close the database. Idempotent; open transactions end without a commit."""
        self._store.close()

    def begin(self, *, is_frozen: bool = False) -> Documents:
        """Return the documents of the latest commit; a snapshot is frozen by nature."""
        snapshot = self._store.snapshot()
        return Documents(snapshot, self._catalog_of(snapshot))

    def end(self, documents: Documents) -> None:
        """Release what ``begin`` returned."""
        reader = documents.reader
        assert hasattr(reader, "close")
        reader.close()  # pyright: ignore[reportAttributeAccessIssue] - begin() put a snapshot there

    def planned(self, plan: Plan) -> None:
        """Hear about a plan that is about to run; only tracking readers remember them."""

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Database({self._store!r})"

    def _first_catalog(self) -> Catalog:
        with self._store.snapshot() as snapshot:
            version = read_commit(snapshot).catalog_version
            return load_catalog(snapshot, version=version, schema=self._schema)

    def _apply(self, schema: Schema) -> None:
        if self._catalog.schema_text == schema_text(schema):
            return
        if self._store.is_read_only:
            raise ReadOnly(
                "the schema differs from the one in the file, which was opened to read",
                hint="open it with schema=None, or without read_only=True to apply the schema",
            )
        with self._writing() as writer:
            apply_schema(writer, schema)

    def _catalog_of(self, snapshot: Snapshot) -> Catalog:
        """Return the catalog of a state, which is nearly always the one at hand."""
        version = snapshot.version
        seen_version, catalog = self._seen
        if version == seen_version:
            return catalog
        wanted = read_commit(snapshot).catalog_version
        catalog = self._catalog
        if wanted != catalog.version:
            catalog = load_catalog(snapshot, version=wanted, schema=self._schema)
        with self._lock:
            if version > self._seen[0]:
                self._seen = (version, catalog)
            if catalog.version > self._catalog.version:
                self._catalog = catalog
        return catalog

    def _begin_write(self, timeout: float | None) -> DocumentWriter:
        batch = self._store.write(timeout=timeout)
        try:
            commit = read_commit(batch)
            catalog = self._catalog
            if commit.catalog_version != catalog.version:
                catalog = load_catalog(
                    batch, version=commit.catalog_version, schema=self._schema
                )
            return DocumentWriter(
                Transaction(batch),
                catalog,
                commit,
                creation=self._creation,
                dice=self._dice,
                now=int(self._clock() * 1e6),
            )
        except BaseException:
            batch.close()
            raise

    def _finish(self, writer: DocumentWriter) -> None:
        """Commit, and make the transaction's catalog the database's."""
        catalog = writer.commit()
        with self._lock:
            if catalog.version > self._catalog.version:
                self._catalog = catalog

    @contextmanager
    def _writing(self) -> Iterator[DocumentWriter]:
        writer = self._begin_write(limits.WRITE_WAIT_SECONDS)
        try:
            yield writer
        except BaseException:
            writer.close()
            raise
        self._finish(writer)

    @contextmanager
    def _reading(self) -> Iterator[Documents]:
        documents = self.begin()
        try:
            yield documents
        finally:
            self.end(documents)


def _checked_path(path: str | PathLike[str]) -> str:
    try:
        text: object = fspath(path)
    except TypeError:
        text = path
    if not isinstance(text, str) or not text or "\x00" in text:
        raise InvalidArgument(
            f"path is {shown(path)}, expected the path of a file, or ':memory:'"
        )
    return text
