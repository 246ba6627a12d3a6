"""What the memory store promises beyond every store: marks, resets, and costs that stay small."""

import gc
import sys
from threading import Event, Thread

import pytest

from docdb.errors import Closed, Locked
from docdb.kv.interface import Change
from docdb.kv.memory import MemoryStore
from docdb.runtime import seeded_dice
from tests.kv.store_steps import everything, in_thread, now, numbered, put


def test_reset_goes_back_to_the_mark():
    """After a reset the store holds what it held when it was marked."""
    store = MemoryStore()
    put(store, [(b"a", b"1"), (b"b", b"2")])
    mark = store.mark()
    put(store, [(b"a", b"x"), (b"c", b"3")])
    put(store, [(b"b", None), (b"a", None)])

    store.reset(mark)

    assert now(store) == [(b"a", b"1"), (b"b", b"2")]


def test_mark_serves_again_and_again():
    """One mark serves every test of a run."""
    store = MemoryStore()
    put(store, [(b"a", b"1")])
    mark = store.mark()
    states: list[object] = []

    for number in range(3):
        put(store, [(b"a", None), (b"t%d" % number, b"")])
        store.reset(mark)
        states.append(now(store))

    assert states == [[(b"a", b"1")]] * 3


def test_reset_is_a_commit_to_everybody_else():
    """A snapshot taken between mark and reset keeps what it saw, and versions go on."""
    store = MemoryStore()
    mark = store.mark()
    put(store, [(b"a", b"1")])
    between = store.snapshot()

    store.reset(mark)

    assert between.get(b"a") == b"1"
    with store.snapshot() as after:
        assert after.get(b"a") is None
        assert after.version > between.version


def test_reset_without_writes_changes_nothing():
    """Resetting twice is one commit: after the first there is nothing to undo."""
    store = MemoryStore()
    mark = store.mark()
    put(store, [(b"a", b"1")])
    store.reset(mark)
    with store.snapshot() as view:
        version = view.version

    store.reset(mark)

    with store.snapshot() as view:
        assert view.version == version


def test_reset_waits_for_the_writer(monkeypatch: pytest.MonkeyPatch):
    """A reset takes the writer's turn, so it never cuts a batch in two."""
    monkeypatch.setattr("docdb.limits.WRITE_WAIT_SECONDS", 0.01)
    store = MemoryStore()
    mark = store.mark()

    with store.write(timeout=None):
        error = in_thread(lambda: _error_of_reset(store, mark))

    assert error is Locked


def _error_of_reset(store: MemoryStore, mark: object) -> object:
    try:
        store.reset(mark)  # pyright: ignore[reportArgumentType]
    except Locked as error:
        return type(error)
    return None


def test_closed_mark_is_refused():
    """A mark that was closed forgot what to undo."""
    store = MemoryStore()
    mark = store.mark()
    mark.close()

    with pytest.raises(Closed):
        store.reset(mark)


def test_reset_costs_what_was_written_not_what_is_there(monkeypatch: pytest.MonkeyPatch):
    """Resetting a store of 20,000 entries after one write touches that one key."""
    store = MemoryStore()
    put(store, numbered(20_000))
    mark = store.mark()
    put(store, [(b"00007", b"x")])
    touched: list[object] = []
    publish = store._contents.publish
    monkeypatch.setattr(
        store._contents,
        "publish",
        lambda changes, root: (touched.append(changes), publish(changes, root)),
    )

    store.reset(mark)

    assert touched == [{b"00007": b"v7"}]
    assert store.stats().entries == 20_000


def test_old_values_are_kept_only_while_a_snapshot_needs_them():
    """Snapshots that were closed, or forgotten, keep nothing."""
    store = MemoryStore()
    put(store, numbered(10))
    closed, forgotten, held = store.snapshot(), store.snapshot(), store.snapshot()
    closed.close()
    del forgotten
    gc.collect()

    put(store, [(b"00000", None)])

    assert store.stats().readers == 1
    assert held.get(b"00000") == b"v0"
    assert store.stats().oldest_reader_lag == 1


def test_header_follows_the_dice():
    """The same dice make the same store."""
    first, second = (MemoryStore(dice=seeded_dice(7), clock=lambda: 5.0) for _ in range(2))

    assert first.header == second.header
    assert first.header.created_ms == 5


def test_reset_takes_the_root_back():
    """It is part of the state that was marked."""
    store = MemoryStore()
    with store.write(timeout=None) as batch:
        batch.commit(b"marked")
    mark = store.mark()
    with store.write(timeout=None) as batch:
        batch.commit(b"later")

    store.reset(mark)

    with store.snapshot() as snapshot:
        assert snapshot.root == b"marked"


def test_threads_that_read_without_a_lock_see_whole_commits():
    """Whatever moment Python changes threads at, what is read is one state and no other."""
    store = MemoryStore()
    put(store, _state(0))
    is_over, torn = Event(), list[object]()

    def read() -> None:
        while not is_over.is_set():
            with store.snapshot() as view:
                number = int(view.root or b"0")
                expected = [each for each in _state(number) if each[1] is not None]
                keys = [key for key, _ in expected]
                seen = [
                    everything(view, run=7),
                    [each for run in view.scan(b"", b"z", reverse=True) for each in run][::-1],
                    list(zip(keys, view.get_many(keys), strict=True)),
                ]
                torn.extend(each for each in seen if each != expected)
            version, value = store.look_up(b"000")
            # Every commit but the first, which had no root, is one more and says which it is.
            if value != b"%d" % (version - 1):
                torn.append((version, value))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    readers = [Thread(target=read) for _ in range(3)]
    try:
        for reader in readers:
            reader.start()
        for number in range(1, 400):
            with store.write(timeout=5.0) as batch:
                batch.apply(_state(number))
                batch.commit(b"%d" % number)
    finally:
        is_over.set()
        for reader in readers:
            reader.join(timeout=10.0)
        sys.setswitchinterval(interval)

    assert torn == []


def _state(number: int) -> list[Change]:
    """Return the changes that lead to a state, whichever was before: other keys for each."""
    return [
        (b"%03d" % n, b"%d" % number if n == 0 or n % 7 != number % 7 else None) for n in range(60)
    ]
