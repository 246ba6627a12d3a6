"""
The house put together: a database, and the transactions it gives out.

Nothing is decided here: a ``Database`` holds the sessions over one store, and wraps what they
begin into what users hold.
"""

import sys
from collections.abc import Iterable, Mapping
from functools import partial
from math import isnan
from threading import TIMEOUT_MAX, Event
from types import TracebackType
from typing import TYPE_CHECKING, Self
from weakref import ref

from docdb import limits
from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument, shown
from docdb.queries.builder import Query
from docdb.queries.planner import Plan
from docdb.queries.reader import Reader, SystemReader, listed
from docdb.queries.request import Request
from docdb.queries.usage import Usage
from docdb.queries.writer import Writer
from docdb.schema.definition import Schema
from docdb.tables.documents import Documents
from docdb.tables.sessions import Mark, Sessions
from docdb.transactions.read_set import ReadSet

# What few programs use is imported where it is used: each would cost a part of a millisecond of
# every program's start.
if TYPE_CHECKING:
    from docdb.files.storage import Storage
    from docdb.queries.advice import Advice
    from docdb.queries.search_request import SearchPlan
    from docdb.tables.integrity import Problem
    from docdb.tables.sweeper import Sweeper

__all__ = ["Database"]

_SWEPT_TOGETHER = 1000
# In the background, others should wait less for their turn.
_SWEPT_TOGETHER_IN_BACKGROUND = 100


class Database:
    """
    An open database. Threads may share it; close it, or use it in a ``with`` statement.

    Each of its own methods is a transaction; ``read`` and ``write`` open one for several steps.
    """

    def __init__(self, sessions: Sessions, *, sweep_seconds: float | None = None) -> None:
        self._sessions = sessions
        self._usage = Usage()
        self.cursor_secret = sessions.store.header.cursor_secret
        self._sweeper = None if sweep_seconds is None else _sweeper(sessions, sweep_seconds)

    def insert(self, table: str, document: Mapping[str, object]) -> str:
        """Insert a document and return its id; raises as ``Writer.insert``."""
        with self._sessions.writing() as writer:
            return writer.insert(table, document)

    def insert_many(self, table: str, documents: Iterable[Mapping[str, object]]) -> list[str]:
        """Insert documents, all or none, and return their ids; raises as ``Writer.insert``."""
        # First of all: what makes the documents may read, or take its time.
        given = listed(documents, "documents")
        with self._sessions.writing() as writer:
            return writer.insert_many(table, given)

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
        return self._sessions.get(id, expected=table)

    def get_many(self, ids: Iterable[str]) -> list[Document | None]:
        """Return the documents with the ids in one state, None where there is none."""
        with self._sessions.reading() as documents:
            return documents.get_many(listed(ids, "ids"))

    def query(self, table: str) -> Query:
        """Begin a query of a table; each run of it reads a state of its own."""
        return Query(self, Request(table))

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the id in canonical form if it is one of that table, else None."""
        with self._sessions.reading() as documents:
            return documents.normalize_id(table, text)

    def read(self, *, track: bool = False) -> Reader:
        """
        Open a read transaction: one frozen state, which blocks nobody and waits for nobody.

        Only threads of one process take turns of two milliseconds, if one of them writes.

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
            usage=self._usage,
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
            usage=self._usage,
        )

    @property
    def system(self) -> SystemReader:
        """The tables that docdb keeps for itself, such as ``_tables`` and ``_indexes``."""
        return SystemReader(self)

    @property
    def storage(self) -> "Storage":
        """File storage."""
        from docdb.files.storage import Storage

        return Storage(read=self._sessions.reading, write=self._sessions.writing)

    @property
    def schema(self) -> Schema | None:
        """The schema that is enforced, or None."""
        with self._sessions.reading() as documents:
            return documents.catalog.schema

    def sweep(self, now: float | None = None) -> int:
        """
        Delete every row whose time has come (``Table.ttl``), and return how many.

        A row that somebody refers to and may not be deleted stays.

        Args:
            now: Milliseconds since 1970; the database's clock where it is None.

        Cost: grows with the rows that are deleted, not with the tables; each thousand of them is
        a transaction of its own, so that other writers get their turn.
        """
        time = self._sessions.now() if now is None else _checked_time(now)
        return _sweep(self._sessions, time, count_max=_SWEPT_TOGETHER)

    def advise(self) -> "list[Advice]":
        """
        Return what would make this database cheaper.

        References and frequent filters without an index, indexes that are the beginning of
        others, and indexes that no query has used. What queries did is known since the database
        was opened, in this process.
        """
        from docdb.queries.advice import advise

        with self._sessions.reading() as documents:
            return advise(documents.catalog, self._usage)

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

    def check(self) -> "list[Problem]":
        """
        Compare every index entry with the documents, both ways, and return what disagrees.

        Cost: reads the whole database; writers go on meanwhile.
        """
        from docdb.files.storage import find_file_problems
        from docdb.tables.integrity import find_problems

        with self._sessions.reading() as documents:
            return [*find_problems(documents), *find_file_problems(documents)]

    def close(self) -> None:
        """Close the database. Idempotent; open transactions end without a commit."""
        if self._sweeper is not None:
            self._sweeper.close()
        self._sessions.close()

    def begin(self, *, is_frozen: bool = False) -> Documents:  # noqa: ARG002 - frozen by nature
        """Return the documents of the latest commit."""
        return self._sessions.begin()

    def end(self, documents: Documents) -> None:
        """Release what ``begin`` returned."""
        self._sessions.end(documents)

    def planned(self, plan: Plan) -> None:
        """Count a plan that is about to run."""
        self._usage.planned(plan)

    def searched(self, plan: "SearchPlan") -> None:
        """Count a search that is about to run."""
        self._usage.searched(plan)

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


def _sweeper(sessions: Sessions, seconds: float) -> "Sweeper":
    from docdb.tables.sweeper import Sweeper

    return Sweeper(partial(_sweep_if_there, ref(sessions)), seconds=seconds)


def _sweep_if_there(sessions: "ref[Sessions]", is_ended: Event) -> bool:
    """Sweep in the background; return whether there is still a database."""
    there = sessions()
    if there is not None:
        count_max = _SWEPT_TOGETHER_IN_BACKGROUND
        _sweep(there, there.now(), count_max=count_max, is_ended=is_ended)
    return there is not None


def _sweep(sessions: Sessions, now: float, *, count_max: int, is_ended: Event | None = None) -> int:
    from docdb.tables.expiry import Sweep

    sweep, goes_on = Sweep(now), True
    while goes_on and (is_ended is None or not is_ended.is_set()):
        with sessions.writing() as writer:
            goes_on = sweep.go_on(writer, count_max=count_max)
    return sweep.deleted


def _checked_time(now: float) -> float:
    """Refuse a time that is no number; infinity is beyond every time."""
    given: object = now
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    if not is_number or (isinstance(given, float) and isnan(given)):
        raise InvalidArgument(f"now is {shown(given)}, expected milliseconds since 1970")
    return max(min(now, sys.float_info.max), -sys.float_info.max)


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
