"""The second facade: what tests import, and what it costs to have the plugin."""

import subprocess
import sys
import tomllib
from importlib import import_module

import pytest

import docdb.testing
from tests.tidy.source import ROOT


def modules_loaded_by(program: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a program."""
    report = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", docdb.testing.__all__)
def test_every_export_loads(name: str):
    """Each name of ``docdb.testing.__all__`` is there, and listed."""
    assert getattr(docdb.testing, name) is not None
    assert name in dir(docdb.testing)


def test_facade_refuses_other_names():
    """A misspelt name is an ``AttributeError`` that names it."""
    with pytest.raises(AttributeError, match="FrozenClok"):
        _ = docdb.testing.FrozenClok


def test_the_plugin_is_an_entry_point_of_pytest():
    """Where docdb is installed, pytest finds the fixtures by itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    plugin = import_module(project["entry-points"]["pytest11"]["docdb"])

    assert {"docdb_app", "docdb_clock", "docdb_file", "docdb_memory"} <= set(dir(plugin))


def test_having_the_plugin_loads_nothing():
    """A run of pytest that asks for no fixture of docdb pays for an all but empty module."""
    loaded = modules_loaded_by("import docdb.testing.plugin")

    ours = {name for name in loaded if name.startswith("docdb")}
    assert ours == {"docdb", "docdb.testing", "docdb.testing.plugin"}
    assert loaded.isdisjoint(["hypothesis", "lmdb", "msgpack", "sortedcontainers"])


def test_fixtures_need_no_hypothesis():
    """Only a strategy, once it is asked for, loads Hypothesis."""
    loaded = modules_loaded_by(
        "from docdb.testing import FrozenClock, assert_uses_index, strategies\n"
        "from docdb.testing.samples import SampleDatabases\n"
        "SampleDatabases().lend('social', 10, 0, clock=FrozenClock())"
    )

    assert "hypothesis" not in loaded


@pytest.mark.parametrize(
    "call",
    ["values()", "documents(schema, 't')", "malformed_ids()", "index_ranges(schema, 't', 'by_id')"],
)
def test_a_missing_hypothesis_is_named(call: str):
    """A strategy without Hypothesis says what to install."""
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from docdb import InvalidArgument, define_schema, define_table\n"
        "from docdb.testing.strategies import *\n"
        "schema = define_schema({'t': define_table({})})\n"
        f"try: {call}\n"
        "except InvalidArgument as error: print(error.hint)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stderr == ""
    assert "docdb-engine[testing]" in done.stdout
