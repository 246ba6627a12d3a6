"""
The house put together: opening a database, and the transactions it gives out.

Nothing is decided here: a ``Database`` holds the sessions over one store, and wraps what they
begin into what users hold.
"""

import sys
from collections.abc import Iterable, Mapping
from functools import partial
from math import isnan
from os import PathLike, fsencode, fspath
from threading import TIMEOUT_MAX
from types import TracebackType
from typing import Literal, Self

from docdb import limits
from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument, ReadOnly, shown
from docdb.files.storage import Storage, find_file_problems
from docdb.kv.interface import Store
from docdb.kv.memory import MemoryStore
from docdb.queries.builder import Query
from docdb.queries.planner import Plan
from docdb.queries.reader import Reader, SystemReader, listed
from docdb.queries.request import Request
from docdb.queries.writer import Writer
from docdb.runtime import Clock, seeded_dice, system_clock, system_dice
from docdb.schema.definition import Schema
from docdb.tables.applying import apply_schema
from docdb.tables.creation import read_clock
from docdb.tables.documents import Documents
from docdb.tables.expiry import delete_expired
from docdb.tables.integrity import Problem, find_problems
from docdb.tables.metering import CONVEX_LIMITS
from docdb.tables.sessions import Mark, Sessions
from docdb.transactions.read_set import ReadSet

__all__ = ["Database", "Durability", "open_database"]

Durability = Literal["full", "relaxed", "unsafe"]
_MEMORY = ":memory:"
_SWEPT_TOGETHER = 1000


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
        limits: ``"convex"`` applies Convex's transaction limits, and counts what they limit.
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
    _check_arguments(schema, durability, limits, clock=clock, seed=seed)
    make_dice = system_dice if seed is None else partial(seeded_dice, seed)
    checked_clock = partial(read_clock, clock or system_clock)
    store: Store
    if isinstance(path, str) and path == _MEMORY:
        if read_only:
            raise InvalidArgument(
                "a database in memory is new, and there is nothing to read in it",
                hint="open a file with read_only=True",
            )
        store = MemoryStore(dice=make_dice(), clock=checked_clock)
    else:
        # Imported here so that a database in memory needs no LMDB.
        from docdb.kv.opening import open_store

        store = open_store(
            _checked_path(path),
            read_only=read_only,
            durability=durability,
            clock=checked_clock,
            dice=make_dice(),
        )
    try:
        sessions = Sessions(
            store,
            schema,
            clock=checked_clock,
            make_dice=make_dice,
            transaction_limits=None if limits is None else CONVEX_LIMITS,
        )
        if schema is not None:
            _apply(sessions, schema)
        return Database(sessions)
    except BaseException:
        store.close()
        raise


class Database:
    """
    An open database. Threads may share it; close it, or use it in a ``with`` statement.

    Each of its own methods is a transaction; ``read`` and ``write`` open one for several steps.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.cursor_secret = sessions.store.header.cursor_secret

    def insert(self, table: str, document: Mapping[str, object]) -> str:
        """Insert a document and return its id; raises as ``Writer.insert``."""
        with self._sessions.writing() as writer:
            return writer.insert(table, document)

    def insert_many(self, table: str, documents: Iterable[Mapping[str, object]]) -> list[str]:
        """Insert documents, all or none, and return their ids; raises as ``Writer.insert``."""
        with self._sessions.writing() as writer:
            return writer.insert_many(table, listed(documents, "documents"))

    def patch(self, id: str, changes: Mapping[str, object], *, table: str | None = None) -> None:
        """Merge fields into a document; raises as ``Writer.patch``."""
        with self._sessions.writing() as writer:
            writer.patch(id, changes, expected=table)

    def replace(self, id: str, document: Mapping[str, object], *, table: str | None = None) -> None:
        """Replace a document's fields; raises as ``Writer.patch``."""
        with self._sessions.writing() as writer:
            writer.replace(id, document, expected=table)

    def delete(self, id: str, *, table: str | None = None) -> None:
        """Delete a document; raises as ``Writer.delete``."""
        with self._sessions.writing() as writer:
            writer.delete(id, expected=table)

    def get(self, id: str, *, table: str | None = None) -> Document | None:
        """Return the document with an id, or None; raises as ``Reader.get``."""
        documents = self._sessions.begin()
        try:
            found = documents.find(id, expected=table)
            return None if found is None else found[2]
        finally:
            self._sessions.end(documents)

    def get_many(self, ids: Iterable[str]) -> list[Document | None]:
        """Return the documents with the ids in one state, None where there is none."""
        with self._sessions.reading() as documents:
            return [documents.get(id) for id in listed(ids, "ids")]

    def query(self, table: str) -> Query:
        """Begin a query of a table; each run of it reads a state of its own."""
        return Query(self, Request(table))

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the id in canonical form if it is one of that table, else None."""
        with self._sessions.reading() as documents:
            return documents.normalize_id(table, text)

    def read(self, *, track: bool = False) -> Reader:
        """
        Open a read transaction: one frozen state, which blocks nobody and is never blocked.

        Args:
            track: Remember the ranges that are read and the plans that are run, as
                ``read_set`` and ``plans``.
        """
        read_set = ReadSet() if track else None
        documents = self._sessions.begin(read_set)
        return Reader(
            documents,
            release=lambda: self._sessions.end(documents),
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
            InvalidArgument: This thread is in a write transaction already, or the timeout is no
                number of seconds.
            ReadOnly: The database was opened to read.
        """
        _check_timeout(timeout)
        return Writer(
            self._sessions.begin_write(timeout),
            finish=self._sessions.commit,
            cursor_secret=self.cursor_secret,
        )

    @property
    def system(self) -> SystemReader:
        """The tables that docdb keeps for itself, such as ``_tables`` and ``_indexes``."""
        return SystemReader(self)

    @property
    def storage(self) -> Storage:
        """File storage."""
        return Storage(read=self._sessions.reading, write=self._sessions.writing)

    @property
    def schema(self) -> Schema | None:
        """The schema that is enforced, or None."""
        with self._sessions.reading() as documents:
            return documents.catalog.schema

    def sweep(self, now: float | None = None) -> int:
        """
        Delete every row whose time has come (``Table.ttl``), and return how many.

        Args:
            now: Milliseconds since 1970; the database's clock where it is None.

        Cost: grows with the rows that are deleted, not with the tables; each thousand of them is
        a transaction of its own, so that other writers get their turn.
        """
        time = self._sessions.now() if now is None else _checked_time(now)
        deleted = 0
        while True:
            with self._sessions.writing() as writer:
                count = delete_expired(writer, now=time, count_max=_SWEPT_TOGETHER)
            deleted += count
            if count < _SWEPT_TOGETHER:
                return deleted

    def mark(self) -> Mark:
        """
        Remember the present state of a database in memory, to ``reset`` to.

        Raises:
            InvalidArgument: The database is a file.
        """
        return self._sessions.mark()

    def reset(self, mark: Mark) -> None:
        """
        Undo everything that was committed since a mark; for tests.

        The dice are rolled anew from the seed, and the clock's high-water mark goes back, so that
        the same test gives the same ids however often it runs.

        Cost: that of the writes that are undone, whatever the size of the database.
        """
        self._sessions.reset(mark)

    def check(self) -> list[Problem]:
        """
        Compare every index entry with the documents, both ways, and return what disagrees.

        Cost: reads the whole database; writers go on meanwhile.
        """
        with self._sessions.reading() as documents:
            return [*find_problems(documents), *find_file_problems(documents)]

    def close(self) -> None:
        """Close the database. Idempotent; open transactions end without a commit."""
        self._sessions.close()

    def begin(self, *, is_frozen: bool = False) -> Documents:  # noqa: ARG002 - frozen by nature
        """Return the documents of the latest commit."""
        return self._sessions.begin()

    def end(self, documents: Documents) -> None:
        """Release what ``begin`` returned."""
        self._sessions.end(documents)

    def planned(self, plan: Plan) -> None:
        """Hear about a plan that is about to run; only tracking readers remember them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Database({self._sessions.store!r})"


def _check_arguments(
    schema: object, durability: object, limits: object, *, clock: object, seed: object
) -> None:
    if schema is not None and not isinstance(schema, Schema):
        raise InvalidArgument(
            f"schema is {shown(schema)}, expected what define_schema() returns",
            hint="docdb.open(path, define_schema({...}))",
        )
    if not isinstance(durability, str) or durability not in ("full", "relaxed", "unsafe"):
        raise InvalidArgument(
            f"durability is {shown(durability)}, expected 'full', 'relaxed' or 'unsafe'"
        )
    if clock is not None and not callable(clock):
        raise InvalidArgument(f"clock is {shown(clock)}, expected a function")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise InvalidArgument(f"seed is {shown(seed)}, expected a whole number")
    if limits is not None and (not isinstance(limits, str) or limits != "convex"):
        raise InvalidArgument(f"limits is {shown(limits)}, expected None or 'convex'")


def _checked_path(path: str | PathLike[str]) -> str:
    try:
        text: object = fspath(path)
    except TypeError:
        text = path
    if not isinstance(text, str) or not text or "\x00" in text or not _is_encodable(text):
        raise InvalidArgument(f"path is {shown(path)}, expected the path of a file, or ':memory:'")
    return text


def _apply(sessions: Sessions, schema: Schema) -> None:
    """Apply a schema if it is not the one that is stored."""
    with sessions.reading() as documents:
        # Loading the catalog has compared the texts: the schema is the stored one, or it is not.
        if documents.catalog.schema is schema:
            return
    if sessions.store.is_read_only:
        raise ReadOnly(
            "the schema differs from the one in the file, which was opened to read",
            hint="open it with schema=None, or without read_only=True to apply the schema",
        )
    with sessions.writing() as writer:
        apply_schema(writer, schema)


def _checked_time(now: float) -> float:
    """Refuse a time that is no number; infinity is beyond every time."""
    given: object = now
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if not is_number or (isinstance(given, float) and isnan(given)):
        raise InvalidArgument(f"now is {shown(given)}, expected milliseconds since 1970")
    return max(min(now, sys.float_info.max), -sys.float_info.max)


def _is_encodable(text: str) -> bool:
    """Tell whether the operating system could have such a name."""
    try:
        fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def _check_timeout(timeout: float | None) -> None:
    """Refuse a timeout that is no number of seconds which a thread can wait."""
    given: object = timeout
    if given is not None and (
        isinstance(given, bool)
        or not isinstance(given, (int, float))
        or not 0 <= given <= TIMEOUT_MAX
    ):
        raise InvalidArgument(
            f"timeout is {shown(given)}, expected seconds from 0 on, or None for no end"
        )
