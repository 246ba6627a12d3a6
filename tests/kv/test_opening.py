"""Opening files: what is created, what is refused, and what is never touched."""

import os
import shutil
from pathlib import Path

import lmdb
import pytest

from docdb.errors import (
    DocdbError,
    InvalidArgument,
    IOFailure,
    ReadOnly,
    StoreCorrupt,
)
from docdb.kv import opening
from docdb.kv.creation import create_file
from docdb.kv.header import encode_header
from docdb.kv.opening import open_store
from docdb.runtime import seeded_dice, system_dice
from tests.kv.processes import program, run
from tests.kv.store_files import (  # noqa: F401 - fixtures are found by being here
    made_store,
    names_in,
    open_quickly,
    path_of_a_store,
    with_entry,
)
from tests.kv.store_steps import now, put


class TestCreation:
    """What is created, and what is not."""

    def test_new_store_has_its_files_and_nothing_else(self, path: Path):
        """Beside the file lie its lock and its guard, readable by their owner alone."""
        old = os.umask(0)
        store = open_store(path)
        os.umask(old)

        names = names_in(path.parent)
        modes = {(path.parent / name).stat().st_mode & 0o777 for name in names}
        store.close()

        assert names == ["a.docdb", "a.docdb-guard", "a.docdb-lock"]
        assert modes == {0o600}

    @pytest.mark.parametrize("durability", ["full", "relaxed", "unsafe"])
    def test_what_was_committed_is_there_after_reopening(self, path: Path, durability: str):
        """A store opened again is the same store with the same entries."""
        first = open_store(path, durability=durability)  # pyright: ignore[reportArgumentType]
        put(first, [(b"a", b"1")])
        first.close()

        second = open_store(path, durability=durability)  # pyright: ignore[reportArgumentType]

        assert now(second) == [(b"a", b"1")]
        assert second.header == first.header
        second.close()

    def test_header_follows_dice_and_clock(self, path: Path):
        """The same dice and clock make the same header."""
        store = open_quickly(path, dice=seeded_dice(1), clock=lambda: 42.0)
        header = store.header
        store.close()

        assert header.database_id == seeded_dice(1)(16)
        assert (header.created_ms, header.key_bytes_max) == (42, 511)

    @pytest.mark.parametrize("options", [{"create": False}, {"read_only": True}])
    def test_missing_file_is_created_only_when_wanted(self, path: Path, options: dict[str, bool]):
        """Without the wish to create, a missing file is an error and stays missing."""
        with pytest.raises(IOFailure):
            open_quickly(path, **options)

        assert names_in(path.parent) == []

    def test_missing_folder_is_not_created(self, tmp_path: Path):
        """A mistyped folder is an error."""
        with pytest.raises(IOFailure):
            open_quickly(tmp_path / "none" / "a.docdb")

        assert names_in(tmp_path) == []

    def test_failed_creation_leaves_nothing(self, path: Path, monkeypatch: pytest.MonkeyPatch):
        """When the building fails half way, what was built is removed."""

        def build(draft: str, **_: object) -> None:
            Path(draft).write_bytes(b"half")
            Path(draft + "-lock").write_bytes(b"")
            raise OSError(5, "broken")

        monkeypatch.setattr(opening, "build_file", build)

        with pytest.raises(IOFailure):
            open_quickly(path)

        assert names_in(path.parent) == []

    def test_slower_creator_overwrites_nothing(self, path: Path):
        """Of two creators the slower finds the file of the faster, as it is."""

        def build(draft: str) -> None:
            Path(draft).write_bytes(b"slow")
            path.write_bytes(b"fast")

        create_file(str(path), build, dice=system_dice())

        assert path.read_bytes() == b"fast"
        assert names_in(path.parent) == ["a.docdb"]

    def test_creator_that_was_overtaken_finds_the_file(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        """
        A store that appears while another process looks for it is found.

        The guard of a faster creator was once taken for that of a store that had gone missing,
        and the slower creator was refused.
        """
        with_entry(path)
        find, looks = opening._find, iter([True])
        monkeypatch.setattr(
            opening, "_find", lambda file: None if next(looks, False) else find(file)
        )

        with open_quickly(path) as store:
            assert now(store) == [(b"a", b"1")]

    def test_file_opened_by_others_meanwhile_is_looked_at_again(
        self, made: Path, monkeypatch: pytest.MonkeyPatch
    ):
        """
        A first look without locks is not believed if somebody wrote meanwhile.

        Pages that another process had just used again were once read as damage.
        """

        def look(path: str) -> None:
            Path(f"{path}-lock").touch()
            raise StoreCorrupt("a page is missing")

        monkeypatch.setattr(opening, "read_header", look)

        with open_quickly(made) as store:
            assert now(store) == [(b"a", b"1")]

    def test_processes_may_create_one_store_at_once(self, path: Path):
        """Processes that create one store at one moment all write into the same one."""
        text = """
            hear()
            store = open_store(path, durability="unsafe")
            put(store, [(str(os.getpid()).encode(), b"")])
            say(store.header.database_id.hex())
        """
        with program(text, path) as a, program(text, path) as b, program(text, path) as c:
            for each in (a, b, c):
                each.say()
            ids = {each.hear() for each in (a, b, c)}
            assert [each.end() for each in (a, b, c)] == [0, 0, 0]

        assert len(ids) == 1
        assert len(now(open_quickly(path))) == 3
        assert names_in(path.parent) == ["a.docdb", "a.docdb-guard", "a.docdb-lock"]


class TestGuard:
    """What the guard file beside a store remembers."""

    def test_guard_names_the_database(self, path: Path):
        """The guard holds the id of the database in hexadecimal."""
        store = with_entry(path)

        assert Path(f"{path}-guard").read_text() == store.header.database_id.hex() + "\n"

    @pytest.mark.parametrize("options", [{}, {"read_only": True}, {"create": False}])
    def test_missing_store_is_not_replaced(self, path: Path, options: dict[str, bool]):
        """Where a guard tells that there was a store, no empty one takes its place."""
        with_entry(path)
        path.unlink()

        with pytest.raises(StoreCorrupt):
            open_quickly(path, **options)

        assert not path.exists()

    @pytest.mark.parametrize("content", [b"", b"\x00" * 33])
    def test_empty_guard_hinders_nobody(self, path: Path, content: bytes):
        """A guard that was never written, or lost in a power cut, guards nothing."""
        Path(f"{path}-guard").write_bytes(content)

        store = open_quickly(path)

        put(store, [(b"a", b"1")])
        store.close()

    @pytest.mark.parametrize("read_only", [True, False])
    def test_swapped_store_is_refused(self, path: Path, read_only: bool):
        """Another database in the place of the guarded one is refused."""
        with_entry(path)
        other = path.with_name("b.docdb")
        with_entry(other)
        shutil.copy(other, path)

        with pytest.raises(StoreCorrupt):
            open_quickly(path, read_only=read_only)

    def test_restored_backup_is_welcome(self, path: Path):
        """An older copy of the same database may take its place."""
        with_entry(path)
        backup = shutil.copy(path, path.with_name("backup"))
        store = open_quickly(path)
        put(store, [(b"b", b"2")])
        store.close()

        shutil.copy(backup, path)

        restored = open_quickly(path)
        assert now(restored) == [(b"a", b"1")]
        restored.close()

    def test_removed_guard_comes_back(self, made: Path):
        """A store without a guard gets one."""
        store = open_quickly(made)
        store.close()

        assert store.header.database_id.hex() in Path(f"{made}-guard").read_text()

    def test_reading_leaves_no_guard(self, made: Path):
        """Opening for reading creates no guard."""
        open_quickly(made, read_only=True).close()

        assert not Path(f"{made}-guard").exists()

    def test_guard_that_is_a_link_is_not_followed(self, made: Path):
        """A guard is a file of our own, never a link to somebody else's."""
        target = made.with_name("target")
        target.touch()
        Path(f"{made}-guard").symlink_to(target)

        with pytest.raises(IOFailure):
            open_quickly(made)

        assert target.read_bytes() == b""


class TestSharing:
    """One file by several handles, names and processes."""

    def test_two_handles_are_one_store(self, path: Path):
        """A file opened twice in one process is one store; closing one leaves the other."""
        first, second = open_quickly(path), open_quickly(path)
        put(first, [(b"a", b"1")])
        first.close()

        put(second, [(b"b", b"2")])

        assert now(second) == [(b"a", b"1"), (b"b", b"2")]
        second.close()

    def test_snapshot_ends_with_its_own_handle(self, path: Path):
        """Closing a handle ends its snapshots, though the file stays open for another one."""
        first, second = open_quickly(path), open_quickly(path)
        view = first.snapshot()
        first.close()

        with pytest.raises(DocdbError, match="closed"):
            view.get(b"a")
        second.close()

    def test_link_leads_to_the_same_store(self, path: Path):
        """A store opened through a link is the store itself, and its files lie beside it."""
        link = path.with_name("link")
        link.symlink_to(path)
        store, linked = open_quickly(path), open_quickly(link)
        put(linked, [(b"a", b"1")])

        assert now(store) == [(b"a", b"1")]
        assert names_in(path.parent) == ["a.docdb", "a.docdb-guard", "a.docdb-lock", "link"]
        store.close()
        linked.close()

    def test_relative_path_means_where_it_was_opened(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        """Changing the folder of the process changes nothing for an open store."""
        monkeypatch.chdir(path.parent)
        store = open_quickly(path.name)
        monkeypatch.chdir("/")

        put(store, [(b"a", b"1")])

        assert now(store) == [(b"a", b"1")]
        store.close()

    def test_reader_shares_the_file_of_a_writer(self, path: Path):
        """A handle for reading beside one for writing reads, and refuses to write."""
        writer, reader = open_quickly(path), open_store(path, read_only=True)
        put(writer, [(b"a", b"1")])

        assert now(reader) == [(b"a", b"1")]
        assert (reader.is_read_only, writer.is_read_only) == (True, False)
        with pytest.raises(ReadOnly):
            reader.write(timeout=None)
        writer.close()
        reader.close()

    def test_file_opened_for_reading_cannot_be_written_beside(self, made: Path):
        """A file that this process opened for reading alone is not opened for writing as well."""
        reader = open_quickly(made, read_only=True)

        with pytest.raises(InvalidArgument):
            open_quickly(made)

        assert now(reader) == [(b"a", b"1")]
        reader.close()

    def test_one_file_has_one_durability(self, path: Path):
        """Two handles cannot disagree on what a commit survives; after closing they may."""
        store = open_quickly(path)

        with pytest.raises(InvalidArgument):
            open_store(path, durability="full")

        store.close()
        open_store(path, durability="full").close()

    def test_durability_must_be_known(self, path: Path):
        """A mistyped durability is not taken for a weaker one."""
        with pytest.raises(InvalidArgument):
            open_store(path, durability="ful")  # pyright: ignore[reportArgumentType]

    def test_other_processes_see_commits(self, path: Path):
        """What one process commits, the next snapshot of another one shows."""
        store = open_quickly(path)
        put(store, [(b"a", b"1")])

        said = run(
            """
            store = open_store(path, durability="unsafe")
            put(store, [(b"b", b"2")])
            say(now(store))
            """,
            path,
        )

        assert said == "[(b'a', b'1'), (b'b', b'2')]"
        assert now(store) == [(b"a", b"1"), (b"b", b"2")]
        store.close()


def test_encoded_header_lies_where_the_format_says(made: Path):
    """The header lies in the database ``meta`` under ``header``, the entries in ``data``."""
    with open_quickly(made) as store:
        header = store.header
    with lmdb.open(str(made), subdir=False, max_dbs=2, readonly=True) as handle:
        meta, data = handle.open_db(b"meta", create=False), handle.open_db(b"data", create=False)
        with handle.begin() as transaction:
            facts = dict(transaction.cursor(meta))
            entries = dict(transaction.cursor(data))

    assert facts == {b"header": encode_header(header)}
    assert entries == {b"a": b"1"}
