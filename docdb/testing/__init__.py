"""
What tests of programs that use docdb need: a pytest plugin, a frozen clock, checks, strategies.

This is docdb's second public facade: what tests import by name is here, each name loaded on first
use, so that pytest starts no slower for a plugin that a test may never ask for::

    from docdb.testing import FrozenClock, assert_uses_index, strategies

The plugin's fixtures (``docdb_memory``, ``docdb_file``, ``docdb_app``, ``docdb_clock``) need no
import; pytest finds them where docdb is installed.

The package deliberately does not know stores and keys: what it says of a database it has learnt
by opening, asking and checking it, as a program does. No other module of docdb imports it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docdb.testing import strategies
    from docdb.testing.assertions import assert_uses_index
    from docdb.testing.clock import FrozenClock
    from docdb.testing.databases import OpenFile, OpenMemory
    from docdb.testing.samples import OpenApplication

__all__ = [
    "FrozenClock",
    "OpenApplication",
    "OpenFile",
    "OpenMemory",
    "assert_uses_index",
    "strategies",
]

_HOMES = {
    "FrozenClock": "clock",
    "OpenApplication": "samples",
    "OpenFile": "databases",
    "OpenMemory": "databases",
    "assert_uses_index": "assertions",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name == "strategies":
        value: object = import_module("docdb.testing.strategies")
    elif name in _HOMES:
        value = getattr(import_module(f"docdb.testing.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'docdb.testing' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
