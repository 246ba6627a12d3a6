"""
What every store promises to those who read it: values, ranges, runs and frozen views.

Each claim is a function of a fresh, empty, writable store, whose docstring says to a user what
holds. ``CLAIMS`` lists them in the order in which they are best read. They need nothing but the
protocols of ``docdb.kv.interface``, so that a new store proves itself by passing them.
"""

from collections.abc import Callable
from threading import Event, Thread

from docdb.errors import Closed, InvalidArgument
from docdb.kv.interface import Snapshot, Store
from docdb.kv.keyrange import KEYS_STOP, successor
from tests.kv.store_steps import error_of, everything, now, numbered, put

__all__ = ["CLAIMS"]

LONGEST_KEY = b"k" * 511


def new_store_is_empty(store: Store) -> None:
    """A new store holds nothing."""
    assert now(store) == []
    assert store.stats().entries == 0


def put_value_is_found(store: Store) -> None:
    """What was committed is found, and an absent key is None."""
    put(store, [(b"a", b"1"), (b"b", b"")])

    with store.snapshot() as view:
        found = view.get_many([b"b", b"x", b"a"])

    assert found == [b"", None, b"1"]


def one_key_is_looked_up_at_once(store: Store) -> None:
    """Looking up a key tells what a snapshot would: the version, and the value if there is one."""
    put(store, [(b"a", b"1"), (b"b", b"")])

    for key in (b"a", b"b", b"x", b"", LONGEST_KEY, LONGEST_KEY + b"k"):
        with store.snapshot() as view:
            assert store.look_up(key) == (view.version, view.get(key))
    before, _ = store.look_up(b"a")
    put(store, [(b"a", b"2")])

    version, value = store.look_up(b"a")

    assert value == b"2"
    assert version > before


def put_replaces_value(store: Store) -> None:
    """A key has one value: the last."""
    put(store, [(b"a", b"1")])
    put(store, [(b"a", b"2")])

    assert now(store) == [(b"a", b"2")]


def deleted_key_is_gone(store: Store) -> None:
    """A deleted key is absent, and deleting an absent key is fine."""
    put(store, [(b"a", b"1"), (b"b", b"2")])

    put(store, [(b"a", None), (b"c", None)])

    assert now(store) == [(b"b", b"2")]


def one_batch_puts_and_deletes(store: Store) -> None:
    """Puts and deletes of one batch take effect together."""
    put(store, numbered(6))

    put(store, [(b"00000", None), (b"00001", b"x"), (b"00002", None), (b"00009", b"y")])

    assert [key for key, _ in now(store)] == [b"00001", b"00003", b"00004", b"00005", b"00009"]


def values_may_be_large(store: Store) -> None:
    """A value of megabytes comes back whole."""
    value = bytes(range(256)) * 8192

    put(store, [(b"a", value), (b"b", b"small")])

    assert now(store) == [(b"a", value), (b"b", b"small")]


def keys_may_be_any_bytes(store: Store) -> None:
    """Keys of every byte, up to the longest, sort as bytes do."""
    keys = [b"\x00", b"\x00\x00", b"a", b"a\x00", b"ab", b"\xff", b"\xff" * 511]

    put(store, [(key, b"") for key in keys])

    assert [key for key, _ in now(store)] == keys


def bad_key_is_refused(store: Store) -> None:
    """A key that is empty or too long is refused, and nothing of its batch remains."""
    with store.write(timeout=5.0) as batch:
        batch.apply([(b"a", b"1")])
        error = error_of(lambda: batch.apply([(b"b", b"2"), (LONGEST_KEY + b"k", b"3")]))
        after = error_of(batch.commit)

    assert (error, after) == (InvalidArgument, Closed)
    assert error_of(lambda: put(store, [(b"", b"1")])) is InvalidArgument
    assert now(store) == []


def impossible_key_is_not_found(store: Store) -> None:
    """Looking for a key that no store can hold finds nothing."""
    with store.snapshot() as view:
        assert view.get_many([b"", LONGEST_KEY + b"k"]) == [None, None]


def scan_is_half_open(store: Store) -> None:
    """A range holds its start and not its stop."""
    put(store, numbered(5))

    with store.snapshot() as view:
        found = list(view.scan(b"00001", b"00003"))
        between = list(view.scan_keys(b"00001!", b"000030"))

    assert found == [[(b"00001", b"v1"), (b"00002", b"v2")]]
    assert between == [[b"00002", b"00003"]]


def reverse_scan_is_half_open(store: Store) -> None:
    """Backwards, a range holds the same entries from its end."""
    put(store, numbered(5))

    with store.snapshot() as view:
        found = list(view.scan(b"00001", b"00003", reverse=True))
        between = list(view.scan_keys(b"00000!", b"zzz", reverse=True))

    assert found == [[(b"00002", b"v2"), (b"00001", b"v1")]]
    assert between == [[b"00004", b"00003", b"00002", b"00001"]]


def short_runs_end_where_the_range_ends(store: Store) -> None:
    """However few entries a run may have, runs together are the range, and nothing beyond."""
    put(store, numbered(60))

    with store.snapshot() as view:
        for start, stop in ((3, 7), (0, 1), (5, 45), (50, 99), (59, 60), (20, 20)):
            span = (b"%05d" % start, b"%05d" % stop)
            expected = numbered(60)[start:stop]
            for run in (1, 2, 3, 20, 31, 32, 33, 64):
                for way in (False, True):
                    entries = [
                        each for one in view.scan(*span, reverse=way, run=run) for each in one
                    ]
                    keys = [
                        key for one in view.scan_keys(*span, reverse=way, run=run) for key in one
                    ]
                    assert entries == expected[:: -1 if way else 1]
                    assert keys == [key for key, _ in entries]


def empty_range_has_no_runs(store: Store) -> None:
    """An empty range, an upside-down one, or one between two keys gives no run at all."""
    put(store, numbered(5))
    spans = [(b"b", b"b"), (b"00003", b"00001"), (b"000015", b"000017"), (b"a", b"b"), (b"", b"")]

    with store.snapshot() as view:
        runs = [list(view.scan(*span, reverse=way)) for span in spans for way in (False, True)]

    assert runs == [[]] * 10


def runs_grow_from_the_size_asked(store: Store) -> None:
    """The first run has at most as many entries as asked, later ones twice as many."""
    put(store, numbered(100))

    with store.snapshot() as view:
        sizes = [len(run) for run in view.scan(b"", KEYS_STOP, run=10)]
        backwards = [len(run) for run in view.scan_keys(b"", KEYS_STOP, run=10, reverse=True)]

    assert sizes == [10, 20, 40, 30]
    assert backwards == [10, 20, 40, 30]


def runs_join_without_gap(store: Store) -> None:
    """Runs of any size put together are the range."""
    entries = numbered(50)
    put(store, entries)

    with store.snapshot() as view:
        forward = [everything(view, run=size) for size in (1, 2, 7, 49, 50, 51)]
        backward = [
            [entry for run in view.scan(b"", KEYS_STOP, run=size, reverse=True) for entry in run]
            for size in (1, 2, 7, 49, 50, 51)
        ]

    assert forward == [entries] * 6
    assert backward == [entries[::-1]] * 6


def bounds_may_be_longer_than_keys(store: Store) -> None:
    """A bound just above the longest key leaves that key out, or in."""
    put(store, [(LONGEST_KEY, b"1"), (b"l", b"2")])

    with store.snapshot() as view:
        above = [key for run in view.scan_keys(successor(LONGEST_KEY), b"m") for key in run]
        below = [key for run in view.scan_keys(b"k", successor(LONGEST_KEY)) for key in run]
        back = [
            key for run in view.scan_keys(successor(LONGEST_KEY), b"m", reverse=True) for key in run
        ]

    assert (above, below, back) == ([b"l"], [LONGEST_KEY], [b"l"])


def abandoned_scan_breaks_nothing(store: Store) -> None:
    """A scan may be left at any point, and the snapshot goes on."""
    put(store, numbered(50))

    with store.snapshot() as view:
        scan = view.scan(b"", KEYS_STOP, run=5)
        first = next(scan)
        del scan
        again = next(view.scan(b"", KEYS_STOP, run=5))

    assert first == again


def two_scans_do_not_meet(store: Store) -> None:
    """Two scans of one snapshot, one step each in turn, both see all of it."""
    entries = numbered(30)
    put(store, entries)

    with store.snapshot() as view:
        pairs = list(
            zip(
                view.scan(b"", KEYS_STOP, run=1), view.scan_keys(b"", KEYS_STOP, run=1), strict=True
            )
        )

    assert [entry for run, _ in pairs for entry in run] == entries
    assert [key for _, run in pairs for key in run] == [key for key, _ in entries]


def snapshot_never_sees_later_writes(store: Store) -> None:
    """A snapshot shows the store as it was, whatever is put, replaced or deleted since."""
    put(store, [(b"a", b"1"), (b"b", b"2"), (b"d", b"4")])
    view = store.snapshot()

    put(store, [(b"a", None), (b"b", b"x"), (b"c", b"3")])
    put(store, [(b"a", b"again"), (b"d", None)])

    assert everything(view) == [(b"a", b"1"), (b"b", b"2"), (b"d", b"4")]
    assert view.get_many([b"a", b"b", b"c", b"d"]) == [b"1", b"2", None, b"4"]
    backwards = [key for run in view.scan_keys(b"", KEYS_STOP, reverse=True, run=1) for key in run]
    assert backwards == [b"d", b"b", b"a"]
    view.close()


def snapshots_of_different_times_differ(store: Store) -> None:
    """Each of several open snapshots keeps its own time."""
    views: list[Snapshot] = []
    for number in range(4):
        put(store, [(b"a", b"%d" % number), (b"k%d" % number, b"")])
        views.append(store.snapshot())
    views.pop(1).close()

    assert [view.get(b"a") for view in views] == [b"0", b"2", b"3"]
    assert [len(everything(view)) for view in views] == [2, 4, 5]
    for view in views:
        view.close()


def snapshot_holds_in_the_middle_of_a_scan(store: Store) -> None:
    """A scan of a snapshot goes on over the old state when a writer commits between two runs."""
    entries = numbered(40)
    put(store, entries)

    with store.snapshot() as view:
        scan = view.scan(b"", KEYS_STOP, run=4)
        seen = list(next(scan))
        put(store, [(b"00010", None), (b"00011", b"x"), (b"000115", b"y")])
        seen += [entry for run in scan for entry in run]

    assert seen == entries


def snapshots_hold_against_a_writing_thread(store: Store) -> None:
    """While another thread writes pairs of equal values, every snapshot sees equal pairs."""
    put(store, [(b"a", b"0"), (b"z", b"0")])

    has_seen_enough = Event()

    def write() -> None:
        for number in range(20_000):
            value = b"%d" % number
            put(store, [(b"a", value), (b"m%d" % (number % 40), value), (b"z", value)])
            if has_seen_enough.is_set():
                return

    writer = Thread(target=write)
    writer.start()
    pairs: set[tuple[bytes | None, bytes | None]] = set()
    while len(pairs) < 6 and writer.is_alive():
        with store.snapshot() as view:
            scanned = everything(view)
            pairs |= {(view.get(b"a"), view.get(b"z")), (scanned[0][1], scanned[-1][1])}
    has_seen_enough.set()
    writer.join()

    assert len(pairs) == 6
    assert all(first == last for first, last in pairs)


CLAIMS: tuple[Callable[[Store], None], ...] = (
    new_store_is_empty,
    put_value_is_found,
    one_key_is_looked_up_at_once,
    put_replaces_value,
    deleted_key_is_gone,
    one_batch_puts_and_deletes,
    values_may_be_large,
    keys_may_be_any_bytes,
    bad_key_is_refused,
    impossible_key_is_not_found,
    scan_is_half_open,
    reverse_scan_is_half_open,
    short_runs_end_where_the_range_ends,
    empty_range_has_no_runs,
    runs_grow_from_the_size_asked,
    runs_join_without_gap,
    bounds_may_be_longer_than_keys,
    abandoned_scan_breaks_nothing,
    two_scans_do_not_meet,
    snapshot_never_sees_later_writes,
    snapshots_of_different_times_differ,
    snapshot_holds_in_the_middle_of_a_scan,
    snapshots_hold_against_a_writing_thread,
)
