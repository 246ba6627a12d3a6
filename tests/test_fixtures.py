"""The door to the five applications."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

import docdb
from docdb import fixtures


def test_names_are_those_of_the_five_applications():
    """In alphabetical order."""
    assert fixtures.names() == ("aichat", "ekvi", "extrovertly", "social", "whitecell")


@pytest.mark.parametrize("name", fixtures.names())
def test_an_application_has_schema_data_and_patterns(name: str):
    """Every name loads, and what it gives is complete."""
    application = fixtures.load(name)

    assert application.name == name
    assert isinstance(application.schema, docdb.Schema)
    assert callable(application.populate)
    assert isinstance(application.patterns, Mapping)
    assert application.patterns


@pytest.mark.parametrize("name", fixtures.names())
def test_every_pattern_says_what_it_answers(name: str):
    """A pattern is called as its function is, and has a docstring."""
    application = fixtures.load(name)
    patterns = application.patterns

    assert [each for each, ask in patterns.items() if ask.__name__ != each] == []
    assert [each for each, ask in patterns.items() if not ask.__doc__] == []


def test_patterns_cannot_be_changed():
    """What one caller does cannot surprise another."""
    patterns = fixtures.load("social").patterns

    with pytest.raises(TypeError):
        patterns["mine"] = lambda reader, generator: None  # pyright: ignore[reportIndexIssue]


def test_loading_twice_gives_the_same_schema():
    """An application is imported once."""
    assert fixtures.load("aichat").schema is fixtures.load("aichat").schema


def test_an_unknown_name_is_refused_with_the_near_one():
    """The hint lists the names and offers one."""
    with pytest.raises(docdb.InvalidArgument, match="aichta") as refused:
        fixtures.load("aichta")

    assert "did you mean 'aichat'?" in refused.value.hint


@pytest.mark.parametrize("name", [None, 3, "", "../aichat", "sampling"])
def test_nothing_but_an_application_can_be_loaded(name: object):
    """Other modules of the folder, and what is no name, are refused."""
    with pytest.raises(docdb.InvalidArgument):
        fixtures.load(name)  # pyright: ignore[reportArgumentType]


def test_naming_the_applications_imports_none():
    """Their modules are loaded when one of them is asked for."""
    program = (
        "import json, sys; from docdb import fixtures; fixtures.names();"
        "before = [m for m in sys.modules if m.startswith('docdb.applications')];"
        "fixtures.load('social');"
        "after = [m for m in sys.modules if 'aichat' in m];"
        "print(json.dumps([before, after, 'schemas' in sys.modules]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )

    assert json.loads(done.stdout) == [[], [], False]


def test_the_applications_are_found_in_an_installed_wheel(tmp_path: Path):
    """A wheel carries them inside the package, and installs nothing named ``schemas``."""
    root = Path(__file__).resolve().parents[1]
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    site = tmp_path / "site"
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    program = (
        "import json, docdb; from docdb import fixtures;"
        "schemas = [fixtures.load(name).schema for name in fixtures.names()];"
        "db = docdb.open(':memory:', schemas[0]);"
        "counts = fixtures.load('aichat').populate(db, rows=20);"
        "print(json.dumps([docdb.__file__, len(schemas), sum(counts.values())]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert json.loads(done.stdout) == [str(site / "docdb/__init__.py"), 5, 20]
    assert not (site / "schemas").exists()
    assert (site / "docdb/applications/social/schema.py").is_file()
