"""Files of stores: where one may be made, one that was made, and what lies in a folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from docdb.kv.disk import DiskStore
from docdb.kv.interface import Store
from docdb.kv.memory import MemoryStore
from docdb.kv.opening import open_store
from tests.kv.store_steps import put

__all__ = ["STORES", "made_store", "names_in", "open_quickly", "path_of_a_store", "with_entry"]

open_quickly: Callable[..., DiskStore] = partial(open_store, durability="unsafe")

# Makes a fresh store of each kind in a folder.
STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryStore(),
    "disk": lambda folder: open_quickly(folder / "a.docdb"),
}


@pytest.fixture(name="path")
def path_of_a_store(tmp_path: Path) -> Path:
    """Where a store may be made."""
    return tmp_path / "a.docdb"


@pytest.fixture(name="made")
def made_store(path: Path) -> Path:
    """A closed store with one entry, and nothing beside it."""
    with_entry(path)
    for suffix in ("-lock", "-guard"):
        Path(f"{path}{suffix}").unlink()
    return path


def with_entry(path: Path) -> DiskStore:
    """Make a store with one entry, and return it closed."""
    store = open_quickly(path)
    put(store, [(b"a", b"1")])
    store.close()
    return store


def names_in(folder: Path) -> list[str]:
    """Return the names of the files in a folder."""
    return sorted(file.name for file in folder.iterdir())
