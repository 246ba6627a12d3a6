"""
The pytest plugin: databases as fixtures.

pytest loads this module in every run of whoever has docdb installed. So it imports nothing that
takes time, and each fixture loads what it needs. Every process of pytest-xdist has fixtures of its
own; none of them shares anything but what pytest itself gives out, such as ``tmp_path``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from docdb.testing.clock import FrozenClock
    from docdb.testing.databases import OpenFile, OpenMemory
    from docdb.testing.samples import OpenApplication, SampleDatabases

__all__ = ["docdb_app", "docdb_clock", "docdb_file", "docdb_memory"]


@pytest.fixture
def docdb_clock() -> "FrozenClock":
    """The clock of the test's databases: it stands at 2026-01-01T00:00:00Z until it is moved."""
    from docdb.testing.clock import FrozenClock

    return FrozenClock()


@pytest.fixture
def docdb_memory(docdb_clock: "FrozenClock") -> Iterator["OpenMemory"]:
    """A function that opens databases in memory; each is checked and closed after the test."""
    from docdb.testing.databases import OpenedDatabases, OpenMemory

    opened = OpenedDatabases()
    yield OpenMemory(opened, docdb_clock)
    _fail_for(opened.end())


@pytest.fixture
def docdb_file(docdb_clock: "FrozenClock", tmp_path: Path) -> Iterator["OpenFile"]:
    """A function that opens files in tmp_path; each is checked and closed after the test."""
    from docdb.testing.databases import OpenedDatabases, OpenFile

    opened = OpenedDatabases()
    yield OpenFile(opened, docdb_clock, tmp_path)
    _fail_for(opened.end())


@pytest.fixture
def docdb_app(
    docdb_clock: "FrozenClock", _docdb_samples: "SampleDatabases"
) -> Iterator["OpenApplication"]:
    """A function from an application's name to its filled database, restored after the test."""
    from docdb.testing.samples import OpenApplication

    yield OpenApplication(_docdb_samples, docdb_clock)
    _fail_for(_docdb_samples.take_back())


@pytest.fixture(scope="session")
def _docdb_samples() -> Iterator["SampleDatabases"]:
    from docdb.testing.samples import SampleDatabases

    samples = SampleDatabases()
    yield samples
    samples.close()


def _fail_for(problems: Sequence[str]) -> None:
    if problems:
        pytest.fail("\n".join(["databases are not sound:", *problems]), pytrace=False)
