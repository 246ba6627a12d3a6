"""What the store for disks promises beyond every store: endings, full disks, readers."""

import gc
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from docdb.errors import (
    Closed,
    DocdbError,
    IOFailure,
    LimitExceeded,
    Locked,
    SnapshotTooOld,
    StoreFull,
)
from docdb.kv.disk import DiskStore
from docdb.kv.opening import open_store
from tests.kv.processes import run
from tests.kv.store_steps import error_of, in_thread, now, numbered, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "a.docdb"


@pytest.fixture
def store(path: Path) -> Iterator[DiskStore]:
    """An open store."""
    with open_store(path, durability="unsafe") as store:
        yield store


class TestClosing:
    """Who ends what, and when."""

    def test_store_closed_by_another_thread_lets_the_batch_end(self, path: Path):
        """Closing waits for nobody: a batch of another thread ends later, without its changes."""
        store = open_store(path, durability="unsafe")
        is_open, is_closed = Event(), Event()
        errors: list[object] = []

        def write() -> None:
            with store.write(timeout=5.0) as batch:
                batch.apply([(b"a", b"1")])
                is_open.set()
                is_closed.wait(5.0)
                errors.append(error_of(batch.commit))

        writer = Thread(target=write)
        writer.start()
        is_open.wait(5.0)
        store.close()
        is_closed.set()
        writer.join()

        assert errors == [Closed]
        with open_store(path) as again:
            assert now(again) == []

    def test_store_opened_while_a_batch_keeps_it_open(self, path: Path):
        """A store opened again before a batch of the closed one has ended is the same file."""
        store = open_store(path, durability="unsafe")
        batch = store.write(timeout=5.0)
        store.close()

        again = open_store(path, durability="unsafe")
        error = in_thread(lambda: error_of(lambda: again.write(timeout=0.01)))
        batch.close()
        put(again, [(b"a", b"1")])

        assert error is Locked
        assert now(again) == [(b"a", b"1")]
        again.close()

    def test_readers_survive_the_closing_under_them(self, path: Path):
        """Threads that read while the store is closed get Closed, and nothing worse."""
        store = open_store(path, durability="unsafe")
        put(store, numbered(2000))
        outcomes: list[type[DocdbError] | None] = []

        def read() -> None:
            error = None
            while error is None:
                error = error_of(lambda: now(store))
            outcomes.append(error)

        threads = [Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        store.close()
        for thread in threads:
            thread.join()

        assert outcomes == [Closed] * 4

    def test_scan_ends_with_the_store(self, path: Path):
        """A scan that is half way when the store is closed raises Closed."""
        store = open_store(path, durability="unsafe")
        put(store, numbered(10))
        scan = store.snapshot().scan(b"", b"z", run=2)
        next(scan)

        store.close()

        with pytest.raises(Closed):
            next(scan)


class TestSpace:
    """Full disks, and files that grow."""

    def test_full_map_leaves_the_store_as_it_was(self, path: Path):
        """A batch that does not fit the reserved space leaves nothing, and smaller ones go on."""
        with open_store(path, durability="unsafe", map_bytes=1 << 20) as store:
            put(store, [(b"a", b"1")])

            error = error_of(lambda: put(store, [(b"b", b"x" * (2 << 20))]))
            put(store, [(b"c", b"3")])

            assert error is StoreFull
            assert now(store) == [(b"a", b"1"), (b"c", b"3")]

    def test_full_disk_is_told_apart(self, path: Path):
        """A file that may not grow any further is full, not broken."""
        said = run(
            """
            import resource
            store = open_store(path, durability="unsafe")
            put(store, [(b"a", b"1")])
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
            say(error_of(lambda: put(store, [(b"b", b"x" * (4 << 20))])).__name__)
            put(store, [(b"c", b"3")])
            say(now(store))
            """,
            path,
        )

        assert said.split("\n") == ["StoreFull", "[(b'a', b'1'), (b'c', b'3')]"]

    def test_scarce_address_space_is_enough(self, path: Path):
        """A process that may not reserve a terabyte opens the store with less."""
        said = run(
            """
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
            store = open_store(path, durability="unsafe")
            put(store, [(b"a", b"1")])
            say(now(store))
            """,
            path,
        )

        assert said == "[(b'a', b'1')]"

    def test_file_grown_by_another_process_is_adopted(self, path: Path):
        """A file that another process made larger than our space is mapped anew."""
        with open_store(path, durability="unsafe", map_bytes=1 << 20) as store:
            put(store, [(b"a", b"1")])
            old = store.snapshot()
            run(
                """
                store = open_store(path, durability="unsafe")
                put(store, [(b"%05d" % n, b"x" * 1000) for n in range(4000)])
                """,
                path,
            )

            assert old.get(b"a") == b"1"
            assert len(now(store)) == 4001
            assert error_of(lambda: old.get(b"a")) is SnapshotTooOld
            assert error_of(lambda: old.get_many([b"a"])) is SnapshotTooOld
            put(store, [(b"b", b"2")])
            assert store.stats().entries == 4002

    def test_deleted_pages_are_used_again(self, store: DiskStore):
        """Writing the same entries over and over does not make the file grow for ever."""
        for _ in range(3):
            put(store, [(key, value * 20) for key, value in numbered(1000)])
        before = store.stats().file_bytes

        for _ in range(20):
            put(store, [(key, value * 20) for key, value in numbered(1000)])

        assert store.stats().file_bytes <= 2 * before


class TestReaders:
    """Snapshots as the file knows them."""

    def test_too_many_snapshots_are_refused(self, store: DiskStore):
        """Snapshots are limited in number, and the limit tells itself."""
        views = [store.snapshot() for _ in range(1000)]
        error = error_of(lambda: views.extend(store.snapshot() for _ in range(100)))
        error_of_batch = error_of(lambda: store.write(timeout=1.0))
        views.pop().close()

        put(store, [(b"a", b"1")])

        assert (error, error_of_batch) == (LimitExceeded, LimitExceeded)
        assert store.stats().readers >= 1000
        for view in views:
            view.close()

    def test_forgotten_snapshots_hold_nothing(self, store: DiskStore):
        """A snapshot that nobody holds any more is closed."""
        views = [store.snapshot() for _ in range(10)]
        views.clear()
        gc.collect()

        assert store.stats().readers == 0

    def test_stats_of_a_removed_file_are_an_error(self, store: DiskStore, path: Path):
        """A file that is gone has no size."""
        path.unlink()

        assert error_of(store.stats) is IOFailure

    def test_stats_tell_how_far_behind_the_oldest_reader_is(self, store: DiskStore):
        """The lag of the oldest snapshot is counted in commits."""
        put(store, [(b"a", b"1")])
        view = store.snapshot()
        put(store, [(b"a", b"2")])
        put(store, [(b"a", b"3")])

        stats = store.stats()
        view.close()

        assert (stats.entries, stats.readers, stats.oldest_reader_lag) == (1, 1, 2)
