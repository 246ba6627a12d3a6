"""
The facade: the names that users type, and what loading them costs.
"""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import docdb
from docdb import errors
from tests.tidy.source import ROOT

REFERENCE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

# Modules that cost milliseconds and that plain use of the engine must not need.
HEAVY = [
    "asyncio",
    "click",
    "dataclasses",
    "difflib",
    "hashlib",
    "inspect",
    "pathlib",
    "pydantic",
    "rich",
    "typing_extensions",
]


def modules_loaded_by(program: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a program."""
    report = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", docdb.__all__)
def test_every_export_loads(name: str):
    """Each name of ``docdb.__all__`` is there."""
    assert getattr(docdb, name) is not None


@pytest.mark.parametrize("name", docdb.__all__)
def test_every_export_is_in_the_reference(name: str):
    """Each name of ``docdb.__all__`` stands in ``docs/api.md``, in code."""
    assert re.search(rf"[`(\s.]{name}\b", REFERENCE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\bdocdb\.([a-zA-Z]\w*)", REFERENCE))))
def test_every_name_in_the_reference_exists(name: str):
    """What ``docs/api.md`` calls ``docdb.name`` is an export or a public module."""
    assert name in docdb.__all__ or import_module(f"docdb.{name}")


def test_facade_lists_its_exports():
    """``dir(docdb)`` offers what ``__all__`` promises, before anything is loaded."""
    assert set(docdb.__all__) <= set(dir(docdb))


def test_facade_exports_every_error():
    """An error can be caught by its name in ``docdb``, whatever raised it."""
    classes = [name for name in errors.__all__ if isinstance(getattr(errors, name), type)]

    assert set(classes) <= set(docdb.__all__)


def test_facade_refuses_other_names():
    """A misspelt name is an ``AttributeError`` that names it, as for any module."""
    with pytest.raises(AttributeError, match="opne"):
        _ = docdb.opne


def test_import_loads_nothing_else():
    """``import docdb`` alone loads no other module of docdb and none of its dependencies."""
    loaded = modules_loaded_by("import docdb")

    ours = {name for name in loaded if name.startswith("docdb.")}
    assert ours == set()
    assert loaded.isdisjoint(["lmdb", "msgpack", "sortedcontainers", "json", *HEAVY])


@pytest.mark.parametrize("place", [":memory:", "a.docdb"])
def test_use_loads_nothing_heavy(place: str, tmp_path: Path):
    """In memory or on a file, the engine needs no slow module of the standard library."""
    path = place if place == ":memory:" else str(tmp_path / place)
    loaded = modules_loaded_by(
        "import docdb\n"
        f"with docdb.open({path!r}) as db:\n"
        "    db.insert('notes', {'text': 'hello'})\n"
        "    assert db.query('notes').first()['text'] == 'hello'"
    )

    assert loaded.isdisjoint(HEAVY)
