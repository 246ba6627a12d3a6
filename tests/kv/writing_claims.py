"""
What every store promises to those who write it: turns, batches, versions and endings.

Each claim is a function of a fresh, empty, writable store, whose docstring says to a user what
holds. ``CLAIMS`` lists them in the order in which they are best read. They need nothing but the
protocols of ``docdb.kv.interface``, so that a new store proves itself by passing them.
"""

from collections.abc import Callable
from threading import Thread

from docdb.errors import Closed, Conflict, InvalidArgument, Locked
from docdb.kv.interface import Store
from docdb.kv.keyrange import KEYS_STOP
from tests.kv.store_steps import error_of, everything, in_thread, now, numbered, put

__all__ = ["CLAIMS"]

LONGEST_KEY = b"k" * 511


def batch_sees_what_it_applied(store: Store) -> None:
    """A batch reads its own writes at once, and nobody else does before the commit."""
    put(store, numbered(5))

    with store.write(timeout=5.0) as batch:
        batch.apply([(b"00001", None), (b"00002", b"x"), (b"000025", b"new")])
        own = batch.get_many([b"00001", b"00002", b"000025", b"00003"])
        seen = everything(batch)
        runs = list(batch.scan_keys(b"", KEYS_STOP, reverse=True, run=2))
        others = now(store)
        batch.commit()

    assert own == [None, b"x", b"new", b"v3"]
    assert [key for key, _ in seen] == [b"00000", b"00002", b"000025", b"00003", b"00004"]
    assert [key for run in runs for key in run] == [key for key, _ in seen[::-1]]
    assert others == numbered(5)
    assert now(store) == seen


def batch_applies_again_and_again(store: Store) -> None:
    """Later changes of a batch go over its earlier ones."""
    with store.write(timeout=5.0) as batch:
        batch.apply([(b"a", b"1"), (b"b", b"1")])
        batch.apply([(b"a", None), (b"c", b"2")])
        batch.apply([(b"a", b"3"), (b"b", None)])
        batch.apply([])
        batch.commit()

    assert now(store) == [(b"a", b"3"), (b"c", b"2")]


def root_is_replaced_by_a_commit(store: Store) -> None:
    """A snapshot sees the root of its state, and a commit without one leaves it."""
    with store.write(timeout=5.0) as batch:
        before = batch.root
        batch.commit(b"one")
    with store.snapshot() as snapshot, store.write(timeout=5.0) as batch:
        batch.apply([(b"a", b"1")])
        own = batch.root
        batch.commit(b"two")
        held = snapshot.root
    put(store, [(b"b", b"2")])
    with store.write(timeout=5.0) as batch:
        batch.apply([(b"c", b"3")])
    with store.snapshot() as snapshot:
        after = snapshot.root

    assert (before, own, held, after) == (None, b"one", b"one", b"two")
    assert now(store) == [(b"a", b"1"), (b"b", b"2")]


def batch_may_be_written_during_its_scan(store: Store) -> None:
    """A scan of a batch sees what lies ahead of it as it is when it gets there."""
    put(store, [(b"%02d" % number, b"old") for number in range(10)])

    with store.write(timeout=5.0) as batch:
        scan = batch.scan(b"", KEYS_STOP, run=2)
        seen = list(next(scan))
        batch.apply(
            [(b"00", None), (b"01", None), (b"02", None), (b"03", b"new"), (b"035", b"new")]
        )
        seen += [entry for run in scan for entry in run]

    assert [key for key, _ in seen[:5]] == [b"00", b"01", b"03", b"035", b"04"]
    assert dict(seen)[b"03"] == b"new"


def batch_may_delete_what_it_scans(store: Store) -> None:
    """Deleting each run of a scan as it comes empties the range, forwards and backwards."""
    put(store, numbered(30))

    with store.write(timeout=5.0) as batch:
        for run in batch.scan_keys(b"00010", KEYS_STOP, run=3):
            batch.apply([(key, None) for key in run])
        for run in batch.scan_keys(b"", b"00005", run=2, reverse=True):
            batch.apply([(key, None) for key in sorted(run)])
        batch.commit()

    assert now(store) == numbered(10)[5:]


def batch_without_commit_leaves_nothing(store: Store) -> None:
    """A batch that is closed, or left by an error, leaves nothing."""
    put(store, [(b"a", b"1")])

    with store.write(timeout=5.0) as batch:
        batch.apply([(b"a", b"2"), (b"b", b"2")])

    def fail() -> None:
        with store.write(timeout=5.0) as batch:
            batch.apply([(b"a", None)])
            raise Conflict("left by an error")

    assert error_of(fail) is Conflict
    assert now(store) == [(b"a", b"1")]


def version_changes_with_commits_that_wrote(store: Store) -> None:
    """Equal versions mean equal contents; a commit that wrote something makes a new one."""
    with store.snapshot() as view:
        first = view.version
    with store.write(timeout=5.0) as batch:
        began = batch.version
        batch.apply([])
        batch.commit()
    with store.snapshot() as view:
        unchanged = view.version
    put(store, [(b"a", b"1")])
    with store.snapshot() as view:
        changed = view.version

    assert (began, unchanged) == (first, first)
    assert changed != first


def version_of_batch_is_where_it_began(store: Store) -> None:
    """A batch has the version of the state it began on, whatever it applies."""
    put(store, [(b"a", b"1")])
    with store.snapshot() as view:
        newest = view.version

    with store.write(timeout=5.0) as batch:
        before = batch.version
        batch.apply([(b"a", b"2")])
        after = batch.version

    assert (before, after) == (newest, newest)


def second_batch_of_a_thread_is_refused(store: Store) -> None:
    """A thread that asks for the turn it holds is told at once, and keeps the turn."""
    with store.write(timeout=5.0) as batch:
        error = error_of(lambda: store.write(timeout=None))
        batch.apply([(b"a", b"1")])
        batch.commit()

    assert error is InvalidArgument
    assert now(store) == [(b"a", b"1")]


def batch_of_another_thread_is_waited_for(store: Store) -> None:
    """A thread that waits longer than it would gets Locked, and its turn comes later."""
    with store.write(timeout=5.0):
        error = in_thread(lambda: error_of(lambda: store.write(timeout=0.01)))

    assert error is Locked
    assert in_thread(lambda: error_of(lambda: put(store, [(b"a", b"1")]))) is None


def threads_writing_lose_nothing(store: Store) -> None:
    """Threads that each add one to a number, read under their turn, add up."""

    def add() -> None:
        for _ in range(50):
            with store.write(timeout=10.0) as batch:
                batch.apply([(b"n", b"%d" % (int(batch.get(b"n") or 0) + 1))])
                batch.commit()

    threads = [Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert now(store) == [(b"n", b"200")]


def batch_belongs_to_its_thread(store: Store) -> None:
    """Any use of a batch by another thread is refused, and hurts nothing."""
    with store.write(timeout=5.0) as batch:
        uses: list[Callable[[], object]] = [
            lambda: batch.get(b"a"),
            lambda: list(batch.scan(b"a", b"b")),
            lambda: batch.apply([(b"a", b"1")]),
            batch.commit,
        ]
        errors = in_thread(lambda: [error_of(use) for use in uses])
        batch.apply([(b"b", b"2")])
        batch.commit()

    assert errors == [InvalidArgument] * 4
    assert now(store) == [(b"b", b"2")]


def forgotten_batch_gives_its_turn_back(store: Store) -> None:
    """A batch that nobody closed and nobody holds keeps nobody waiting."""
    batch = store.write(timeout=5.0)
    batch.apply([(b"a", b"1")])

    del batch

    put(store, [(b"b", b"2")])
    assert now(store) == [(b"b", b"2")]


def ended_batch_is_closed(store: Store) -> None:
    """After commit or close every use of a batch raises Closed, and closing again is fine."""
    batch = store.write(timeout=5.0)
    batch.commit()
    batch.close()

    uses: list[Callable[[], object]] = [
        lambda: batch.get(b"a"),
        lambda: list(batch.scan(b"a", b"b")),
        lambda: batch.apply([(b"a", b"1")]),
        batch.commit,
    ]
    assert [error_of(use) for use in uses] == [Closed] * 4


def ended_snapshot_is_closed(store: Store) -> None:
    """After its end a snapshot raises Closed, also in the middle of a scan."""
    put(store, numbered(10))
    view = store.snapshot()
    scan = view.scan(b"", KEYS_STOP, run=2)
    next(scan)
    view.close()
    view.close()

    uses: list[Callable[[], object]] = [
        lambda: view.get(b"a"),
        lambda: view.get_many([b"a"]),
        lambda: next(scan),
        lambda: list(view.scan_keys(b"a", b"b")),
    ]
    assert [error_of(use) for use in uses] == [Closed] * 4


def closed_store_ends_all(store: Store) -> None:
    """Closing a store, twice if you like, ends its snapshots and refuses all further use."""
    put(store, [(b"a", b"1")])
    view = store.snapshot()
    store.close()
    store.close()

    uses: list[Callable[[], object]] = [
        lambda: view.get(b"a"),
        lambda: list(view.scan(b"a", b"b")),
        store.snapshot,
        lambda: store.look_up(b"a"),
        lambda: store.write(timeout=1.0),
        store.stats,
    ]
    assert [error_of(use) for use in uses] == [Closed] * 6
    view.close()


def store_closed_under_a_batch_ends_it(store: Store) -> None:
    """A batch cannot commit once its store is closed, and can still be ended."""
    with store.write(timeout=5.0) as batch:
        batch.apply([(b"a", b"1")])
        store.close()
        error = error_of(batch.commit)

    assert error is Closed


def header_tells_stores_apart(store: Store) -> None:
    """A store has an id and a secret of its own."""
    assert store.header.format_version == 1
    assert len(store.header.database_id) == 16
    assert len(store.header.cursor_secret) == 32
    assert not store.is_read_only


CLAIMS: tuple[Callable[[Store], None], ...] = (
    batch_sees_what_it_applied,
    batch_applies_again_and_again,
    root_is_replaced_by_a_commit,
    batch_may_be_written_during_its_scan,
    batch_may_delete_what_it_scans,
    batch_without_commit_leaves_nothing,
    version_changes_with_commits_that_wrote,
    version_of_batch_is_where_it_began,
    second_batch_of_a_thread_is_refused,
    batch_of_another_thread_is_waited_for,
    threads_writing_lose_nothing,
    batch_belongs_to_its_thread,
    forgotten_batch_gives_its_turn_back,
    ended_batch_is_closed,
    ended_snapshot_is_closed,
    closed_store_ends_all,
    store_closed_under_a_batch_ends_it,
    header_tells_stores_apart,
)
