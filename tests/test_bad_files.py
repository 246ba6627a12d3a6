"""
Places where no database can be, and files that are none: refused, and left as they are.
"""

import os
import shutil
import struct
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import DocdbError, InvalidArgument, IOFailure, StoreCorrupt, StoreVersion
from tests.databases import MEMORY, file_path  # noqa: F401 - a fixture by being here
from tests.junk import SCHEMA, Ambiguous, Mute, refused


class TestOpening:
    """Arguments of ``open`` that make no sense."""

    @pytest.mark.parametrize(
        "options",
        [
            {"durability": "none"},
            {"durability": None},
            {"durability": []},
            {"durability": Ambiguous()},
            {"limits": "none"},
            {"limits": 5},
            {"limits": Ambiguous()},
            {"clock": 5},
            {"clock": "now"},
            {"seed": "x"},
            {"seed": 1.5},
            {"seed": True},
            {"seed": object()},
        ],
    )
    @pytest.mark.parametrize("place", ["memory", "file"])
    def test_options(self, path: str, options: Any, place: str):
        """Nothing is created."""
        where = MEMORY if place == "memory" else path

        refused(lambda: docdb.open(where, **options), InvalidArgument)
        assert not Path(path).exists()

    @pytest.mark.parametrize("reading", ["now", None, float("nan"), float("inf"), object(), 1j])
    @pytest.mark.parametrize("place", ["memory", "file"])
    def test_a_clock_that_does_not_tell_the_time(self, path: str, reading: Any, place: str):
        """It says what is wrong with it when it is asked."""
        where = MEMORY if place == "memory" else path

        with pytest.raises(InvalidArgument):
            docdb.open(where, clock=lambda: reading).insert("t", {})

    @pytest.mark.parametrize(
        "timeout", [-1, float("nan"), float("inf"), 1e300, "1", [], True, object(), Ambiguous()]
    )
    def test_a_timeout_that_is_no_time(self, timeout: Any):
        """Whether or not anybody would have to wait."""
        refused(lambda: docdb.open(MEMORY).write(timeout=timeout), InvalidArgument)

    @pytest.mark.parametrize("mark", [None, 5, object(), Mute()])
    def test_a_mark_that_is_none(self, mark: Any):
        """A database is reset to a mark of its own."""
        refused(lambda: docdb.open(MEMORY).reset(mark), InvalidArgument)

    def test_a_mark_of_a_file(self, path: str):
        """Only databases in memory are reset."""
        with docdb.open(path) as db:
            refused(db.mark, InvalidArgument)


class TestPaths:
    """Paths at which no database can be."""

    @pytest.mark.parametrize(
        "path", ["", "a\x00b", None, 5, b"x", [], object(), Mute(), Ambiguous()]
    )
    def test_what_is_no_path(self, path: Any):
        """A path is text, or an object that stands for it."""
        refused(lambda: docdb.open(path), InvalidArgument)

    def test_a_path_that_the_system_cannot_write(self, tmp_path: Path):
        """Text that is no Unicode is no name of a file."""
        with pytest.raises(DocdbError):
            docdb.open(str(tmp_path / "\ud800"))
        assert list(tmp_path.iterdir()) == []

    def test_a_folder(self, tmp_path: Path):
        """It stays as it is."""
        refused(lambda: docdb.open(tmp_path), InvalidArgument)
        refused(lambda: docdb.open(tmp_path, read_only=True), InvalidArgument)
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_is_not_there(self, tmp_path: Path):
        """It is not created."""
        refused(lambda: docdb.open(tmp_path / "none" / "app.docdb"), IOFailure)
        assert list(tmp_path.iterdir()) == []

    def test_a_file_used_as_a_folder(self, tmp_path: Path):
        """It stays as it is."""
        (tmp_path / "file").write_text("x")

        with pytest.raises(DocdbError):
            docdb.open(tmp_path / "file" / "app.docdb")
        assert (tmp_path / "file").read_text() == "x"

    def test_a_name_that_is_too_long(self, tmp_path: Path):
        """The system refuses it, and docdb says so."""
        with pytest.raises(DocdbError):
            docdb.open(tmp_path / ("x" * 300))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
    def test_a_pipe(self, tmp_path: Path):
        """Opening it would wait for ever."""
        os.mkfifo(tmp_path / "pipe")

        refused(lambda: docdb.open(tmp_path / "pipe"), InvalidArgument)


class TestFiles:
    """Files that are not what they should be are refused and stay as they are."""

    @pytest.fixture(name="sound")
    def sound_file(self, path: str) -> str:
        """A file with some documents, without the files beside it."""
        with docdb.open(path, SCHEMA) as db:
            db.insert_many("users", [{"name": f"user {n}"} for n in range(200)])
        for suffix in ("-lock", "-guard"):
            Path(path + suffix).unlink(missing_ok=True)
        return path

    def refused_unchanged(self, path: str, *errors: type[DocdbError]) -> None:
        """Check that a file is refused, in both modes, and is what it was."""
        before = Path(path).read_bytes()
        for options in ({}, {"read_only": True}):
            with pytest.raises(DocdbError) as caught:
                docdb.open(path, **options)
            assert type(caught.value) in errors, repr(caught.value)
        assert Path(path).read_bytes() == before

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"x",
            b"\x00" * 4096,
            b"\x00" * 100_000,
            b"SQLite format 3\x00" + bytes(8176),
            b"PK\x03\x04" + b"zip" * 3000,
            b'{"a": 1}\n' * 2000,
            bytes(range(256)) * 64,
        ],
        ids=["empty", "byte", "page", "zeros", "sqlite", "zip", "json", "bytes"],
    )
    def test_foreign_ones(self, path: str, content: bytes):
        """An empty file is no new database, and another program's is left alone."""
        Path(path).write_bytes(content)

        self.refused_unchanged(path, StoreVersion, StoreCorrupt)

    @pytest.mark.parametrize("length", [1, 100, 4095, 4096, 8191, 8192, 12288, 20000])
    def test_truncated_ones(self, sound: str, length: int):
        """A file that lost its end is damaged, and the process survives that."""
        content = Path(sound).read_bytes()
        Path(sound).write_bytes(content[:length])

        self.refused_unchanged(sound, StoreCorrupt, StoreVersion)

    def test_one_that_lost_its_last_page(self, sound: str):
        """One byte too few is too few."""
        content = Path(sound).read_bytes()
        Path(sound).write_bytes(content[:-1])

        self.refused_unchanged(sound, StoreCorrupt)

    def test_one_of_a_newer_format(self, sound: str):
        """It says that it is newer, and is not touched."""
        content = bytearray(Path(sound).read_bytes())
        place = content.index(b"docdb\x00")
        header = bytearray(content[place : place + 76])
        struct.pack_into(">H", header, 6, 2)
        from zlib import crc32

        struct.pack_into(">I", header, 72, crc32(bytes(header[:72])))
        while (place := content.find(b"docdb\x00", place)) >= 0:
            content[place : place + 76] = header
            place += 76
        Path(sound).write_bytes(bytes(content))

        self.refused_unchanged(sound, StoreVersion)

    def test_one_with_a_damaged_header(self, sound: str):
        """A header whose checksum is wrong is not believed."""
        content = Path(sound).read_bytes()
        Path(sound).write_bytes(
            content.replace(b"docdb\x00\x00\x01", b"docdb\x00\x00\x01"[:-1] + b"\x03")
        )

        self.refused_unchanged(sound, StoreCorrupt, StoreVersion)

    def test_a_database_of_another_program(self, path: str):
        """A sound LMDB file without our header is not ours."""
        import lmdb

        with lmdb.open(path, subdir=False, max_dbs=2) as other, other.begin(write=True) as tx:
            tx.put(b"a", b"b")
        Path(path + "-lock").unlink(missing_ok=True)

        self.refused_unchanged(path, StoreVersion, StoreCorrupt)

    def test_one_that_is_gone_although_its_guard_is_there(self, path: str):
        """A full database is not replaced by an empty one silently."""
        docdb.open(path, SCHEMA).close()
        Path(path).unlink()

        refused(lambda: docdb.open(path), StoreCorrupt)
        assert not Path(path).exists()

    def test_one_that_took_the_place_of_another(self, path: str, tmp_path: Path):
        """The guard knows which database it belongs to."""
        docdb.open(path, SCHEMA).close()
        other = str(tmp_path / "other.docdb")
        docdb.open(other).close()
        shutil.copyfile(other, path)

        refused(lambda: docdb.open(path), StoreCorrupt)
