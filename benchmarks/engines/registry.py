"""
Which systems there are, and which of them this machine can run.

A system whose package is not installed is left out, and the report says so.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

__all__ = ["ENGINES", "SEARCHERS", "Available", "available_engines", "available_searchers"]

# Name, module, maker; in the order of the tables.
ENGINES = {
    "docdb": ("docdb_tables", "docdb_in_file"),
    "docdb-memory": ("docdb_tables", "docdb_in_memory"),
    "floor": ("floor", "Floor"),
    "sqlite": ("sqlite", "sqlite_with_json"),
    "sqlite-columns": ("sqlite", "sqlite_with_columns"),
    "sqlmodel": ("sqlmodel_orm", "Orm"),
    "duckdb": ("duck", "Duck"),
    "zodb": ("zodb", "Zodb"),
    "tinydb": ("tiny", "Tiny"),
    "montydb": ("monty", "Monty"),
}
SEARCHERS = {
    "docdb": ("docdb_search", "DocdbSearch"),
    "fts5": ("fts5", "fts5_with_join"),
    "fts5-expert": ("fts5", "fts5_with_columns"),
    "tantivy": ("tantivy_index", "TantivyIndex"),
}


class Available(NamedTuple):
    """
    Systems of this machine.

    Attributes:
        makers: What makes each, by its name.
        missing: Sentences that say what was left out and why.
    """

    makers: dict[str, Callable[[], Any]]
    missing: list[str]


def available_engines(names: Iterable[str]) -> Available:
    """Return what makes an ``Engine``, of those that are named and can be run."""
    return _available(ENGINES, names)


def available_searchers(names: Iterable[str]) -> Available:
    """Return what makes a ``Searcher``, of those that are named and can be run."""
    return _available(SEARCHERS, names)


def _available(table: Mapping[str, tuple[str, str]], names: Iterable[str]) -> Available:
    found = Available({}, [])
    for name in names:
        module, maker = table[name]
        try:
            loaded = import_module(f"benchmarks.engines.{module}")
        except ModuleNotFoundError as error:
            found.missing.append(f"{name} was left out: the package {error.name} is missing.")
            continue
        found.makers[name] = getattr(loaded, maker)
    return found
