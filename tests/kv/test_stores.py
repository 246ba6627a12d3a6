"""Both stores keep every promise of a store, and agree with each other on any program."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from docdb.kv.interface import Batch, Change, Snapshot, Store
from docdb.kv.keyrange import KEYS_STOP
from tests.kv import reading_claims, writing_claims
from tests.kv.store_files import STORES
from tests.kv.store_steps import everything

CLAIMS = reading_claims.CLAIMS + writing_claims.CLAIMS


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A fresh store of each kind."""
    store = STORES[request.param](tmp_path)
    yield store
    store.close()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_store_keeps_its_promise(store: Store, claim: Callable[[Store], None]):
    """Every store keeps every promise of the suite."""
    claim(store)


keys = st.one_of(
    st.binary(min_size=1, max_size=3),
    st.sampled_from([b"a", b"b", b"ab", b"k" * 511, b"\xff" * 511, b"\x00"]),
)
bounds = st.one_of(keys, st.just(b""), st.just(KEYS_STOP), keys.map(lambda key: key + b"\x00"))
changes = st.dictionaries(keys, st.none() | st.binary(max_size=40), max_size=12).map(
    lambda drawn: sorted(drawn.items(), key=lambda change: change[0])
)
runs = st.integers(1, 6)


class StoresAgree(RuleBasedStateMachine):
    """Drives both stores with the same steps, beside plain dicts of what they must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=_memory_folder())
        self.stores = [make(Path(self.folder.name)) for make in STORES.values()]
        self.committed: dict[bytes, bytes] = {}
        self.views: list[tuple[list[Snapshot], dict[bytes, bytes]]] = []
        self.batches: list[Batch] = []
        self.applied: dict[bytes, bytes] = {}

    def teardown(self) -> None:
        """Close everything."""
        for each in [*self.batches, *self.stores]:
            each.close()
        self.folder.cleanup()

    @initialize(first=changes)
    def fill(self, first: list[Change]) -> None:
        """Begin with some entries."""
        self.begin()
        self.apply(first)
        self.commit()

    @precondition(lambda self: not self.batches)
    @rule()
    def begin(self) -> None:
        """Take the turn on both."""
        self.batches = [store.write(timeout=1.0) for store in self.stores]
        self.applied = dict(self.committed)

    @precondition(lambda self: self.batches)
    @rule(drawn=changes)
    def apply(self, drawn: list[Change]) -> None:
        """Write the same changes to both."""
        for batch in self.batches:
            batch.apply(drawn)
        for key, value in drawn:
            self.applied.pop(key, None)
            if value is not None:
                self.applied[key] = value

    @precondition(lambda self: self.batches)
    @rule()
    def commit(self) -> None:
        """Commit both."""
        for batch in self.batches:
            batch.commit()
        self.batches, self.committed = [], self.applied

    @precondition(lambda self: self.batches)
    @rule()
    def abort(self) -> None:
        """Give both up."""
        for batch in self.batches:
            batch.close()
        self.batches = []

    @precondition(lambda self: len(self.views) < 4)
    @rule()
    def take_snapshot(self) -> None:
        """Freeze both."""
        self.views.append(([store.snapshot() for store in self.stores], dict(self.committed)))

    @precondition(lambda self: self.views)
    @rule(which=st.integers(0, 3))
    def close_snapshot(self, which: int) -> None:
        """End a frozen view."""
        views, _ = self.views.pop(which % len(self.views))
        for view in views:
            view.close()

    @precondition(lambda self: not self.batches)
    @rule()
    def reopen_disk(self) -> None:
        """Close the file and open it again."""
        self.stores[1].close()
        self.stores[1] = STORES["disk"](Path(self.folder.name))
        self.views = []

    @rule(start=bounds, stop=bounds, reverse=st.booleans(), run=runs)
    def scan(self, start: bytes, stop: bytes, reverse: bool, run: int) -> None:
        """Read a range of every view, in runs."""
        for views, held in self._readable():
            inside = [(key, held[key]) for key in sorted(held) if start <= key < stop]
            expected = inside[::-1] if reverse else inside
            for view in views:
                scanned = list(view.scan(start, stop, reverse=reverse, run=run))
                keys = list(view.scan_keys(start, stop, reverse=reverse, run=run))
                assert [entry for each in scanned for entry in each] == expected
                assert [key for each in keys for key in each] == [key for key, _ in expected]
                assert all(scanned)
                assert len((scanned or [[]])[0]) <= run

    @rule(drawn=st.lists(keys, max_size=5))
    def get_many(self, drawn: list[bytes]) -> None:
        """Look some keys up in every view."""
        for views, held in self._readable():
            expected = [held.get(key) for key in drawn]
            assert [view.get_many(drawn) for view in views] == [expected] * 2

    @invariant()
    def hold_what_was_committed(self) -> None:
        """Both hold what was committed, whatever a batch is at."""
        for store in self.stores:
            with store.snapshot() as view:
                assert dict(everything(view)) == self.committed

    def _readable(self) -> list[tuple[list[Snapshot], dict[bytes, bytes]]]:
        batch: list[Snapshot] = [*self.batches]
        return [*self.views, *([(batch, self.applied)] if batch else [])]


def _memory_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


TestStoresAgree = StoresAgree.TestCase
TestStoresAgree.settings = settings(stateful_step_count=30)
