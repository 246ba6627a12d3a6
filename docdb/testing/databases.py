"""
The databases that one test opens: repeatable, checked and closed when the test ends.

Rules of this file:

- A database that is still open is checked as it stands. One that the test closed is opened again
  if it is a file, to be checked as well; what was in memory is gone.
- Nothing that a check meets ends it: an error is one more problem.
"""

from pathlib import Path
from typing import Literal, Protocol

from docdb.database import Database, Durability, open_database
from docdb.errors import Closed, DocdbError, InvalidArgument
from docdb.runtime import Clock
from docdb.schema.definition import Schema

__all__ = ["OpenFile", "OpenMemory", "OpenedDatabases"]

_MEMORY = ":memory:"


class OpenMemory(Protocol):
    """What the fixture ``docdb_memory`` gives."""

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
        ...


class OpenFile(Protocol):
    """What the fixture ``docdb_file`` gives."""

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
        Open a database file in the test's own folder, or make it.

        Args:
            schema: What to enforce, or None for what the file itself says.
            name: The file's name; the same name is the same file.
            read_only: As for ``docdb.open``.
            durability: As for ``docdb.open``; the default never waits for the disk.
            limits: As for ``docdb.open``.
            clock: A clock other than ``docdb_clock``.
            seed: Makes ids repeatable; None rolls them anew in each run.
        """
        ...


class OpenedDatabases:
    """
    Opens databases, and answers for them in the end. For one thread.

    Args:
        folder: Where files are.
        clock: The clock of a database that is given none.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._opened: list[tuple[str, Database]] = []

    def open_memory(
        self,
        schema: Schema | None = None,
        *,
        limits: Literal["convex"] | None = None,
        clock: Clock | None = None,
        seed: int | None = 0,
    ) -> Database:
        """Open a new database in memory; see ``OpenMemory``."""
        clock = self._clock if clock is None else clock
        database = open_database(_MEMORY, schema, limits=limits, clock=clock, seed=seed)
        self._opened.append((_MEMORY, database))
        return database

    def open_file(
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
        """Open a file, or make it; see ``OpenFile``."""
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
        database = open_database(path, read_only=True)
    except InvalidArgument:
        # The program has it open by its own means, and answers for it.
        return []
    except DocdbError as error:
        return [f"{path}: {error.code}: {error}"]
    with database:
        return _problems(path, database)


def _problems(path: str, database: Database) -> list[str]:
    try:
        return [f"{path}: {problem}" for problem in database.check()]
    except Closed:
        raise
    except DocdbError as error:
        return [f"{path}: {error.code}: {error}"]
