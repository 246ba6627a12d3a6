"""
The databases that one test opens: repeatable, checked and closed when the test ends.

Rules of this file:

- A database that is still open is checked as it stands. One that the test closed is opened again
  if it is a file, to be checked as well; what was in memory is gone.
- Nothing that a check meets ends it: an error is one more problem.
"""

from pathlib import Path
from typing import Literal

from docdb.database import Database
from docdb.errors import Closed, DocdbError, InvalidArgument
from docdb.opening import Durability, open_database
from docdb.runtime import Clock
from docdb.schema.definition import Schema

__all__ = ["OpenFile", "OpenMemory", "OpenedDatabases"]

_MEMORY = ":memory:"


class OpenedDatabases:
    """What a test has opened. For one thread."""

    def __init__(self) -> None:
        self._opened: list[tuple[str, Database]] = []

    def add(self, path: str, database: Database) -> Database:
        """Return a database, having taken note of it."""
        self._opened.append((path, database))
        return database

    def end(self) -> list[str]:
        """Check and close every database, and return what is wrong with them."""
        problems: list[str] = []
        closed: set[str] = set()
        for path, database in self._opened:
            try:
                problems += _problems(path, database)
            except Closed:
                closed.add(path)
            except DocdbError as error:
                problems.append(_told(path, error))
        for _, database in self._opened:
            database.close()
        for path in sorted(closed - {_MEMORY}):
            problems += _problems_of_file(path)
        self._opened.clear()
        return problems


def _problems_of_file(path: str) -> list[str]:
    """Return what is wrong with a file that no database of the test has open any more."""
    if not Path(path).exists():
        return []
    try:
        with open_database(path, read_only=True) as database:
            return _problems(path, database)
    except InvalidArgument:
        # The program has it open by its own means, and answers for it.
        return []
    except DocdbError as error:
        return [_told(path, error)]


def _problems(path: str, database: Database) -> list[str]:
    return [f"{path}: {problem}" for problem in database.check()]


def _told(path: str, error: DocdbError) -> str:
    return f"{path}: {error.code}: {error}"


class OpenMemory:
    """What the fixture ``docdb_memory`` gives: a function that opens databases in memory."""

    def __init__(self, opened: OpenedDatabases, clock: Clock) -> None:
        self._opened = opened
        self._clock = clock

    def __call__(
        self,
        schema: Schema | None = None,
        *,
        limits: Literal["convex"] | None = None,
        clock: Clock | None = None,
        seed: int | None = 0,
    ) -> Database:
        """
        Open a new database in memory.

        Args:
            schema: What to enforce, or None for unchecked tables.
            limits: As for ``docdb.open``.
            clock: A clock other than ``docdb_clock``.
            seed: Makes ids repeatable; None rolls them anew in each run.
        """
        clock = self._clock if clock is None else clock
        database = open_database(_MEMORY, schema, limits=limits, clock=clock, seed=seed)
        return self._opened.add(_MEMORY, database)


class OpenFile:
    """What the fixture ``docdb_file`` gives: a function that opens files in a test's folder."""

    def __init__(self, opened: OpenedDatabases, clock: Clock, folder: Path) -> None:
        self._opened = opened
        self._clock = clock
        self._folder = folder

    def __call__(
        self,
        schema: Schema | None = None,
        *,
        name: str = "test.docdb",
        read_only: bool = False,
        durability: Durability = "unsafe",
        limits: Literal["convex"] | None = None,
        clock: Clock | None = None,
        seed: int | None = 0,
    ) -> Database:
        """
        Open a file, or make it.

        Args:
            schema: What to enforce, or None for what the file itself says.
            name: The file's name; the same name is the same file.
            read_only: As for ``docdb.open``.
            durability: As for ``docdb.open``; by default nothing waits for the disk.
            limits: As for ``docdb.open``.
            clock: A clock other than ``docdb_clock``.
            seed: Makes ids repeatable; None rolls them anew in each run.
        """
        path = str(self._folder / name)
        database = open_database(
            path,
            schema,
            read_only=read_only,
            durability=durability,
            limits=limits,
            clock=self._clock if clock is None else clock,
            seed=seed,
        )
        return self._opened.add(path, database)
