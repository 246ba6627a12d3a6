"""
Applications with their sample data, filled once and handed to one test after the other.

How it works: a database in memory is filled on first use and marked. When a test ends, what it
wrote is undone (``Database.reset``), which costs only what was written. The clock of a database
is read through a slot, into which each test's own clock is put.

Rules of this file:

- A test finds a database as if it had just been filled, whatever ran before: filling happens at
  the clock's start, and dice and creation times begin anew with each reset.
- A database that cannot be reset is thrown away, and the next test gets a new one.
"""

from typing import NamedTuple

from docdb.database import Database
from docdb.errors import Closed, DocdbError, InvalidArgument, shown
from docdb.fixtures import Application, load
from docdb.opening import open_database
from docdb.runtime import Clock
from docdb.tables.sessions import Mark
from docdb.testing.clock import FrozenClock

__all__ = ["OpenApplication", "SampleDatabases"]


class _ClockSlot:
    """A clock that reads whichever clock was put into it."""

    __slots__ = ("clock",)

    def __init__(self) -> None:
        self.clock: Clock = FrozenClock()

    def __call__(self) -> float:
        return self.clock()


class _Sample(NamedTuple):
    database: Database
    mark: Mark
    slot: _ClockSlot


_Key = tuple[str, int, int]


class SampleDatabases:
    """Filled databases, lent to one test at a time. For one thread."""

    def __init__(self) -> None:
        self._samples: dict[_Key, _Sample] = {}
        self._lent: set[_Key] = set()

    def lend(self, name: str, rows: int, seed: int, *, clock: Clock) -> Database:
        """Return a filled database that reads a clock; see ``OpenApplication``."""
        application = load(name)
        key = (name, _whole("rows", rows), _whole("seed", seed))
        sample = self._samples.get(key)
        if sample is None:
            sample = self._samples[key] = _filled(application, rows, seed)
        self._lent.add(key)
        sample.slot.clock = clock
        return sample.database

    def take_back(self) -> list[str]:
        """Undo what was written to the databases lent, and return what kept that from working."""
        problems: list[str] = []
        for key in sorted(self._lent):
            sample = self._samples[key]
            try:
                sample.database.reset(sample.mark)
                continue
            except Closed:
                pass
            except DocdbError as error:
                problems.append(f"docdb_app({key[0]!r}) cannot be reset: {error}")
            del self._samples[key]
            sample.database.close()
        self._lent.clear()
        return problems

    def close(self) -> None:
        """Close every database."""
        for sample in self._samples.values():
            sample.database.close()
        self._samples.clear()


def _filled(application: Application, rows: int, seed: int) -> _Sample:
    slot = _ClockSlot()
    database = open_database(":memory:", application.schema, clock=slot, seed=seed)
    try:
        application.populate(database, rows=rows, seed=seed)
        return _Sample(database, database.mark(), slot)
    except BaseException:
        database.close()
        raise


def _whole(name: str, number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, int):
        raise InvalidArgument(f"{name} is {shown(number)}, expected a whole number")
    return number


class OpenApplication:
    """What the fixture ``docdb_app`` gives: a function from names to filled databases."""

    def __init__(self, samples: SampleDatabases, clock: Clock) -> None:
        self._samples = samples
        self._clock = clock

    def __call__(self, name: str, rows: int = 200, seed: int = 0) -> Database:
        """
        Return a database in memory, filled with an application's sample data.

        Asked for again in the same test, it is the same database.

        Args:
            name: One of ``docdb.fixtures.names()``.
            rows: How many documents there are, over all tables.
            seed: Chooses the data, and makes ids repeatable.

        Raises:
            InvalidArgument: There is no such application, or a number is none.
        """
        return self._samples.lend(name, rows, seed, clock=self._clock)
