"""
The five applications that docdb is built and measured against, ready to be opened.

::

    from docdb import fixtures

    application = fixtures.load("aichat")
    with docdb.open(":memory:", application.schema) as db:
        application.populate(db, rows=1000, seed=0)
        application.patterns["chat_history"](db, random.Random(0))

Rules:

- An application is imported when it is asked for; naming them imports nothing.
- Its code lies in ``docdb/applications/`` of an installation and in ``schemas/`` beside the
  package in a checkout. Both are imported under the name ``docdb.applications``, so that what a
  stored schema says of its rules (``module:qualname``) holds in both.
- Applications know this package; nothing of this package but this file knows of them.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from docdb.database import Database
from docdb.errors import InvalidArgument, nearest_names, shown
from docdb.queries.reader import Reader
from docdb.schema.definition import Schema

__all__ = ["Application", "Generator", "Pattern", "Populate", "load", "names"]

_NAMES = ("aichat", "ekvi", "extrovertly", "social", "whitecell")
_PACKAGE = "docdb.applications"
_CHECKOUT = Path(__file__).resolve().parent.parent / "schemas"

_Item = TypeVar("_Item")
_importing = Lock()


class Generator(Protocol):
    """What patterns draw from: ``random.Random``, or whatever has these methods of it."""

    def random(self) -> float:
        """Return a number from 0 up to, not including, 1."""
        ...

    def uniform(self, a: float, b: float) -> float:
        """Return a number between two others."""
        ...

    def randint(self, a: int, b: int) -> int:
        """Return a whole number between two others, both included."""
        ...

    def choice(self, seq: Sequence[_Item], /) -> _Item:
        """Return one item of a sequence."""
        ...


class Populate(Protocol):
    """Fills a database with sample data."""

    def __call__(
        self,
        db: Database,
        rows: int = 1000,
        seed: int = 0,
        progress: Callable[[int, int], object] | None = None,
    ) -> dict[str, int]:
        """
        Write documents to a database that has the application's schema.

        Args:
            db: The database, open for writing.
            rows: How many documents to write, over all tables.
            seed: Where everything random begins: the same rows and seed give the same documents,
                apart from the ids and times that the engine gives them.
            progress: Called now and then with the documents written so far and ``rows``.

        Returns:
            The number of documents written to each table.

        Raises:
            InvalidArgument: ``rows`` is no whole number of 1 or more.
        """
        ...


# A function of a reader and a generator: it chooses its own arguments and returns plain results.
Pattern = Callable[[Reader | Database, Generator], object]


class Application(NamedTuple):
    """
    One of the five applications.

    Attributes:
        name: What ``load`` calls it.
        schema: Its tables, to open a database with.
        populate: Fills such a database with sample data.
        patterns: Its queries, by name; each takes a reader and a generator.
    """

    name: str
    schema: Schema
    populate: Populate
    patterns: Mapping[str, Pattern]


def names() -> tuple[str, ...]:
    """
    Return the names of the applications, in alphabetical order.

    >>> names()
    ('aichat', 'ekvi', 'extrovertly', 'social', 'whitecell')
    """
    return _NAMES


def load(name: str) -> Application:
    """
    Return an application.

    Raises:
        InvalidArgument: There is no application of that name, or the files are not there.

    >>> load("social").schema is load("social").schema
    True
    """
    if not isinstance(name, str) or name not in _NAMES:
        near = nearest_names(name if isinstance(name, str) else "", _NAMES, what="applications")
        raise InvalidArgument(f"there is no application {shown(name)}.", hint=near)
    _import_package()
    module = import_module(f"{_PACKAGE}.{name}")
    return Application(
        name,
        module.schema,
        module.populate,
        MappingProxyType({**module.patterns, **module.search_patterns}),
    )


def _import_package() -> None:
    """Import the applications' package from wherever it lies."""
    with _importing:
        if _PACKAGE in sys.modules or find_spec(_PACKAGE) is not None:
            return
        file = _CHECKOUT / "__init__.py"
        if not file.is_file():
            raise InvalidArgument(
                f"the applications are neither installed nor at {shown(str(_CHECKOUT))}.",
                hint="install docdb-engine again, or work in a whole checkout",
            )
        spec = spec_from_file_location(_PACKAGE, file, submodule_search_locations=[str(_CHECKOUT)])
        assert spec is not None, "the file is there"
        assert spec.loader is not None, "a .py file has a loader"
        module = module_from_spec(spec)
        sys.modules[_PACKAGE] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[_PACKAGE]
            raise
