"""
The wheel and the source archive: what is in them, and that it works where it is installed.
"""

import subprocess
import sys
import tarfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.tidy.source import ROOT, read_pages, read_sources


def build(target: str, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def files_in(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_installs_one_package(wheel: Path):
    """Nothing but ``docdb`` appears at the top level; the applications lie inside it."""
    tops = {name.split("/")[0] for name in files_in(wheel) if ".dist-info/" not in name}

    assert tops == {"docdb"}


def test_wheel_has_every_module_of_the_checkout(wheel: Path):
    """Each Python file of ``docdb`` and ``schemas`` is there, and the mark of typed packages."""
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docdb").rglob("*.py")}
    applications = {
        "docdb/applications/" + path.relative_to(ROOT / "schemas").as_posix()
        for path in (ROOT / "schemas").rglob("*.py")
    }

    assert modules | applications | {"docdb/py.typed"} <= files_in(wheel)


def test_wheel_carries_no_litter(wheel: Path):
    """Caches and databases that lie about in a checkout stay there."""
    foreign = [
        name
        for name in files_in(wheel)
        if ".dist-info/" not in name and not name.endswith((".py", "/py.typed", ".md", ".json"))
    ]

    assert foreign == []


def test_wheel_names_its_licence_and_its_three_dependencies(metadata: Message):
    """The engine needs three packages; all else is asked for as an extra."""
    requirements = metadata.get_all("Requires-Dist", [])
    needed = {each.split("<")[0].split(">")[0] for each in requirements if "extra ==" not in each}

    assert metadata["License-Expression"] == "Apache-2.0"
    assert needed == {"lmdb", "msgpack", "sortedcontainers"}


def test_applications_load_from_an_unpacked_wheel(wheel: Path, tmp_path: Path):
    """Away from any checkout, ``docdb.fixtures`` finds an application and fills a database."""
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = (
        "import docdb\n"
        "application = docdb.fixtures.load(docdb.fixtures.names()[0])\n"
        "with docdb.open(':memory:', application.schema) as db:\n"
        "    print(docdb.__file__, sum(application.populate(db, rows=20, seed=0).values()) > 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert done.stdout.split() == [str(tmp_path / "docdb" / "__init__.py"), "True"]


def test_source_archive_is_complete(tmp_path: Path):
    """Whoever has the source archive has the tests, the pages and the front door as well."""
    archive = build("sdist", tmp_path)
    wanted = {each.path for each in (*read_sources(), *read_pages())}

    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}

    assert wanted - names == set()
