"""Files that are not ours, or not whole, are refused and left exactly as they were."""

import os
from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest

from docdb.errors import DocdbError, InvalidArgument, IOFailure, StoreCorrupt, StoreVersion
from tests.kv.store_files import (  # noqa: F401 - fixtures are found by being here
    made_store,
    names_in,
    open_quickly,
    path_of_a_store,
    with_entry,
)


class TestForeignFiles:
    """What is not ours, or not whole, is refused and left exactly as it was."""

    def _refuse(self, path: Path, error: type[DocdbError], **options: object) -> None:
        before = path.read_bytes()
        with pytest.raises(error):
            open_quickly(path, **options)
        assert path.read_bytes() == before
        assert names_in(path.parent) == [path.name]

    def test_empty_file(self, path: Path):
        """An empty file is no new store."""
        path.touch()

        self._refuse(path, StoreCorrupt)

    @pytest.mark.parametrize(
        "content",
        [b"x", b"SQLite format 3\x00" * 1000, b"\x00" * 100_000, b"\xde\xc0\xef\xbe" * 5000],
        ids=["short", "sqlite", "zeros", "magic in the wrong place"],
    )
    @pytest.mark.parametrize("read_only", [True, False])
    def test_file_of_another_program(self, path: Path, content: bytes, read_only: bool):
        """Whatever another program wrote is not ours."""
        path.write_bytes(content)

        self._refuse(path, StoreVersion, read_only=read_only)

    @pytest.mark.parametrize("named", [b"meta", b"data", None])
    def test_lmdb_file_of_another_program(self, path: Path, named: bytes | None):
        """An LMDB file that docdb did not write is not ours, whatever it is called inside."""
        with lmdb.open(str(path), subdir=False, max_dbs=2) as handle:
            table = handle.open_db(named)
            with handle.begin(write=True) as transaction:
                transaction.put(b"some", b"thing", db=table)
        Path(f"{path}-lock").unlink()

        self._refuse(path, StoreVersion)

    def test_lmdb_file_whose_meta_is_a_plain_entry(self, path: Path):
        """An entry that only bears the name of our database of facts deceives nobody."""
        with lmdb.open(str(path), subdir=False) as handle, handle.begin(write=True) as transaction:
            transaction.put(b"meta", b"thing")
        Path(f"{path}-lock").unlink()

        self._refuse(path, StoreVersion)

    @pytest.mark.parametrize("left", [1, 4096, 4097, 8191, 8192, 12288, -1])
    def test_file_that_was_cut_off(self, made: Path, left: int):
        """A file that lost its end is not opened, for reading it would end the process."""
        content = made.read_bytes()
        made.write_bytes(content[:left])

        self._refuse(made, StoreVersion if left == 1 else StoreCorrupt)

    def test_file_of_a_newer_format(self, made: Path):
        """A file of a later docdb is refused by its version."""
        self._rewrite_header(made, lambda stored: stored[:6] + b"\x00\x02" + stored[8:])

        self._refuse(made, StoreVersion)

    def test_file_with_a_damaged_header(self, made: Path):
        """A header that fails its checksum is refused."""
        self._rewrite_header(made, lambda stored: stored[:-1] + bytes([stored[-1] ^ 1]))

        self._refuse(made, StoreCorrupt)

    def test_file_of_the_newer_engine(self, path: Path):
        """A file of LMDB 1.0 is told apart from a damaged one."""
        with lmdb.open(str(path), subdir=False, lib_version=1):
            pass
        Path(f"{path}-lock").unlink()

        self._refuse(path, StoreVersion)

    def _rewrite_header(self, path: Path, change: Callable[[bytes], bytes]) -> None:
        with lmdb.open(str(path), subdir=False, max_dbs=2) as handle:
            meta = handle.open_db(b"meta")
            with handle.begin(write=True, db=meta) as transaction:
                stored = transaction.get(b"header")
                assert stored
                transaction.put(b"header", change(stored))
        Path(f"{path}-lock").unlink()

    def test_folder(self, tmp_path: Path):
        """A folder is no file."""
        with pytest.raises(InvalidArgument):
            open_quickly(tmp_path)

    def test_pipe(self, path: Path):
        """A pipe is no file that a store could lie in, and is not waited for."""
        os.mkfifo(path)

        with pytest.raises(InvalidArgument):
            open_quickly(path)

    def test_file_that_may_not_be_read(self, made: Path, monkeypatch: pytest.MonkeyPatch):
        """A file that the system does not give is an error of input and output."""

        def refuse(*_: object) -> bytes:
            raise PermissionError(13, "no")

        monkeypatch.setattr(os, "pread", refuse)

        with pytest.raises(IOFailure):
            open_quickly(made)
