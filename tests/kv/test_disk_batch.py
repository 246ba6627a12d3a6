"""What the turn on a file promises: who ends it, what it locks, and what its failures mean."""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import lmdb
import pytest

from docdb.errors import Closed, CommitUnknown, InvalidArgument, IOFailure, Locked
from docdb.kv.disk import DiskStore
from docdb.kv.disk_batch import DiskBatch
from docdb.kv.opening import open_store
from tests.kv.processes import program, run
from tests.kv.store_steps import error_of, in_thread, now, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "a.docdb"


@pytest.fixture
def store(path: Path) -> Iterator[DiskStore]:
    """An open store."""
    with open_store(path, durability="unsafe") as store:
        yield store


class TestThreads:
    """Which thread ends a batch, and who waits for it."""

    def test_batch_of_a_dead_thread_is_given_up(self, store: DiskStore):
        """A batch that outlived its thread ends when it is forgotten, without its changes."""
        kept: list[DiskBatch] = []

        def begin() -> None:
            kept.append(store.write(timeout=5.0))
            kept[0].apply([(b"a", b"1")])

        in_thread(begin)
        kept.clear()
        put(store, [(b"b", b"2")])

        assert now(store) == [(b"b", b"2")]

    def test_batch_of_a_living_thread_is_waited_for(self, store: DiskStore):
        """A batch that has written ends in its thread: others wait, but not for ever."""
        kept: list[DiskBatch] = []
        is_open, may_end = Event(), Event()

        def begin() -> None:
            kept.append(store.write(timeout=5.0))
            kept[0].apply([(b"a", b"1")])
            is_open.set()
            may_end.wait(5.0)

        thread = Thread(target=begin)
        thread.start()
        is_open.wait(5.0)
        kept.clear()

        with pytest.raises(Locked):
            store.write(timeout=0.01)
        may_end.set()
        thread.join()

    def test_forgotten_batch_that_has_written_nothing_is_not_waited_for(self, store: DiskStore):
        """A batch that only read gives its turn back when it is forgotten, in any thread."""
        kept: list[DiskBatch] = []
        is_open, may_end = Event(), Event()

        def begin() -> None:
            kept.append(store.write(timeout=5.0))
            is_open.set()
            may_end.wait(5.0)

        thread = Thread(target=begin)
        thread.start()
        is_open.wait(5.0)
        kept.clear()

        put(store, [(b"b", b"2")])
        may_end.set()
        thread.join()

        assert now(store) == [(b"b", b"2")]

    def test_batch_is_ended_by_its_own_thread_alone(self, store: DiskStore):
        """Closing a batch of another thread is refused, and the turn stays where it is."""
        batch = store.write(timeout=5.0)

        assert in_thread(lambda: error_of(batch.close)) is InvalidArgument
        batch.apply([(b"a", b"1")])
        batch.commit()
        assert now(store) == [(b"a", b"1")]


class TestOtherPrograms:
    """Programs that use LMDB's own lock, and know nothing of turns."""

    HOLD_ENGINE = """
        import lmdb
        handle = lmdb.open(path, subdir=False, max_dbs=2)
        transaction = handle.begin(write=True)
        say("holding")
        hear()
    """
    WRITE_OUT_OF_TURN = """
        import lmdb
        with lmdb.open(path, subdir=False, max_dbs=2) as handle:
            data = handle.open_db(b"data")
            with handle.begin(data, write=True) as transaction:
                transaction.put(b"foreign", b"1")
    """

    def test_batch_without_changes_does_not_ask_for_the_lock_of_the_engine(
        self, store: DiskStore, path: Path
    ):
        """Whoever takes the turn and writes nothing never waits for a program that writes."""
        put(store, [(b"a", b"1")])

        def read_in_turn() -> object:
            with store.write(timeout=1.0) as batch:
                found = batch.get(b"a")
                batch.apply([])
                batch.commit()
            return found

        with program(self.HOLD_ENGINE, path) as holder:
            holder.hear()
            found = in_thread(read_in_turn)

        assert found == b"1"

    def test_batch_on_a_state_that_is_gone_is_refused(self, store: DiskStore, path: Path):
        """A write out of turn, between reading and writing of a batch, ends the batch."""
        with store.write(timeout=1.0) as batch:
            found = batch.get(b"foreign")
            run(self.WRITE_OUT_OF_TURN, path)
            error = error_of(lambda: batch.apply([(b"a", b"1")]))
            after = error_of(batch.commit)
        put(store, [(b"b", b"2")])

        assert (found, error, after) == (None, IOFailure, Closed)
        assert now(store) == [(b"b", b"2"), (b"foreign", b"1")]


class TestMovedFiles:
    """Files that are no longer where they were."""

    def test_removed_file_takes_no_commits(self, store: DiskStore, path: Path):
        """A commit into a file that was removed would be lost, so it is refused."""
        path.unlink()

        assert error_of(lambda: put(store, [(b"a", b"1")])) is IOFailure

    def test_replaced_file_takes_no_commits(self, store: DiskStore, path: Path):
        """A commit into a file whose name is now another file's is refused."""
        path.rename(path.with_name("b.docdb"))
        path.touch()

        assert error_of(lambda: put(store, [(b"a", b"1")])) is IOFailure

    def test_file_put_back_takes_commits_again(self, store: DiskStore, path: Path):
        """A file that comes back under its name is as good as before."""
        away = path.with_name("b.docdb")
        path.rename(away)
        error = error_of(lambda: put(store, [(b"a", b"1")]))
        away.rename(path)

        put(store, [(b"b", b"2")])

        assert (error, now(store)) == (IOFailure, [(b"b", b"2")])


class TestFailures:
    """Commits that fail."""

    def test_commit_that_fails_early_wrote_nothing(
        self, store: DiskStore, monkeypatch: pytest.MonkeyPatch
    ):
        """When the engine can go on after a failed commit, nothing was written."""
        _fail_commits(store, monkeypatch)

        error = error_of(lambda: put(store, [(b"a", b"1")]))
        monkeypatch.undo()

        assert error is IOFailure
        assert now(store) == []
        put(store, [(b"a", b"2")])

    def test_commit_that_fails_late_is_unknown(
        self, store: DiskStore, monkeypatch: pytest.MonkeyPatch
    ):
        """When the engine refuses to go on, the commit may or may not have happened."""
        _fail_commits(store, monkeypatch, goes_on=False)

        assert error_of(lambda: put(store, [(b"a", b"1")])) is CommitUnknown


class _FailingHandle:
    """The engine's handle, but its write transactions fail to commit."""

    def __init__(self, handle: lmdb.Environment, *, goes_on: bool) -> None:
        self._handle = handle
        self._goes_on = goes_on
        self._has_failed = False

    def begin(self, *arguments: Any, write: bool = False) -> object:
        if self._has_failed and not self._goes_on:
            raise lmdb.PanicError("mdb_txn_begin")
        transaction = self._handle.begin(*arguments, write=write)
        return _FailingTransaction(transaction, self) if write else transaction

    def fail(self) -> None:
        self._has_failed = True
        error = lmdb.Error("mdb_txn_commit")
        vars(error)["code"] = errno.EIO
        raise error

    def __getattr__(self, name: str) -> object:
        return getattr(self._handle, name)


class _FailingTransaction:
    def __init__(self, transaction: object, handle: _FailingHandle) -> None:
        self._transaction = transaction
        self.commit: Callable[[], None] = handle.fail

    def __getattr__(self, name: str) -> object:
        return getattr(self._transaction, name)


def _fail_commits(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch, *, goes_on: bool = True
) -> None:
    environment = store._environment
    handle = _FailingHandle(environment._handle, goes_on=goes_on)
    monkeypatch.setattr(environment, "_handle", handle)
