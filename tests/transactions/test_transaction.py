"""
A transaction's own writes over the store, against a plain dict that is copied at every savepoint.

The state machine is the specification; the tests beside it name what it would be hard to read out
of a failing run: spilling, sticky writes, frozen readers, and what a commit leaves in the store.

The length of this file: a state machine is read as one thing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from docdb import limits
from docdb.errors import Closed
from docdb.kv.memory import MemoryStore
from docdb.transactions.transaction import FrozenReader, Transaction

LOWEST, HIGHEST = b"", b"\xff\xff\xff\xff"
KEYS = st.binary(min_size=1, max_size=3).map(
    lambda raw: bytes(b"ab\x00\xff"[byte % 4] for byte in raw)
)
BOUNDS = st.one_of(KEYS, st.sampled_from([LOWEST, HIGHEST]))
VALUES = st.sampled_from([b"", b"1", b"22", b"x" * 300])
RUNS = st.integers(min_value=1, max_value=4)
Model = dict[bytes, bytes]


def within(model: Model, start: bytes, stop: bytes, *, reverse: bool) -> list[tuple[bytes, bytes]]:
    """Return what a scan of a range of a dict gives."""
    return sorted(((k, v) for k, v in model.items() if start <= k < stop), reverse=reverse)


def contents(store: MemoryStore) -> Model:
    """Return everything that is committed."""
    with store.snapshot() as snapshot:
        return dict(entry for run in snapshot.scan(LOWEST, HIGHEST) for entry in run)


def store_with(entries: Model) -> MemoryStore:
    """Return a store that holds some entries."""
    store = MemoryStore()
    with store.write(timeout=None) as batch:
        batch.apply(sorted(entries.items()))
        batch.commit()
    return store


@contextmanager
def transaction_over(store: MemoryStore) -> Iterator[Transaction]:
    """Give a transaction that is closed in the end."""
    transaction = Transaction(store.write(timeout=None))
    try:
        yield transaction
    finally:
        transaction.close()


@pytest.fixture
def small_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a transaction spill every few writes."""
    monkeypatch.setattr(limits, "WRITE_BUFFER_BYTES_MAX", 500)


class TransactionMachine(RuleBasedStateMachine):
    """One store, one transaction after the other, and dicts that say what each must see."""

    frozen = Bundle("frozen")

    def __init__(self) -> None:
        super().__init__()
        self.small_buffer = patch.object(limits, "WRITE_BUFFER_BYTES_MAX", 700)
        self.small_buffer.start()
        self.store = store_with({b"a": b"old", b"ab": b"old", b"b\x00": b"old", b"\xff": b"old"})
        self.committed = contents(self.store)
        self.stretches = 0
        self._begin()

    def _begin(self) -> None:
        self.transaction = Transaction(self.store.write(timeout=None))
        self.model = dict(self.committed)
        self.savepoints: list[tuple[int, Model]] = []

    @rule(key=KEYS, value=VALUES)
    def put(self, key: bytes, value: bytes) -> None:
        """Write a value."""
        self.transaction.put(key, value)
        self.model[key] = value

    @rule(key=KEYS)
    def delete(self, key: bytes) -> None:
        """Delete a key, there or not."""
        self.transaction.put(key, None)
        self.model.pop(key, None)

    @rule(entries=st.dictionaries(KEYS, st.none() | VALUES, max_size=3))
    def put_all(self, entries: dict[bytes, bytes | None]) -> None:
        """Write several values and delete several keys at once."""
        self.transaction.put_all(entries, sum(len(value or b"") for value in entries.values()))
        for key, value in entries.items():
            if value is None:
                self.model.pop(key, None)
            else:
                self.model[key] = value

    @rule(key=KEYS, value=VALUES)
    def put_sticky(self, key: bytes, value: bytes) -> None:
        """Write what no savepoint takes back."""
        self.transaction.put_sticky(b"sticky" + key, value)
        self.model[b"sticky" + key] = value
        for _, model in self.savepoints:
            model[b"sticky" + key] = value

    @rule()
    def open_savepoint(self) -> None:
        """Remember where to go back to."""
        self.savepoints.append((self.transaction.savepoint(), dict(self.model)))

    @precondition(lambda self: self.savepoints)
    @rule()
    def roll_back(self) -> None:
        """Go back to the innermost savepoint."""
        savepoint, self.model = self.savepoints.pop()
        self.transaction.rollback(savepoint)

    @precondition(lambda self: self.savepoints)
    @rule()
    def release(self) -> None:
        """Forget the innermost savepoint."""
        savepoint, _ = self.savepoints.pop()
        self.transaction.release(savepoint)

    @rule(target=frozen)
    def freeze(self) -> tuple[Transaction, FrozenReader, Model]:
        """Keep a reader of this moment."""
        return self.transaction, self.transaction.frozen(), dict(self.model)

    @rule(frozen=frozen, start=BOUNDS, stop=BOUNDS, reverse=st.booleans(), run=RUNS, key=KEYS)
    def read_frozen(
        self,
        frozen: tuple[Transaction, FrozenReader, Model],
        start: bytes,
        stop: bytes,
        reverse: bool,
        run: int,
        key: bytes,
    ) -> None:
        """A frozen reader sees its moment, however much was written since."""
        transaction, reader, model = frozen
        if transaction is self.transaction:
            runs = list(reader.scan(start, stop, reverse=reverse, run=run))
            assert [e for each in runs for e in each] == within(model, start, stop, reverse=reverse)
            assert all(runs)
            keys = reader.scan_keys(start, stop, reverse=reverse, run=run)
            assert list(keys) == [[each for each, _ in run] for run in runs]
            assert reader.get(key) == model.get(key)
            assert reader.get_many([key, b"a"]) == [model.get(key), model.get(b"a")]

    @rule(frozen=consumes(frozen))
    def thaw(self, frozen: tuple[Transaction, FrozenReader, Model]) -> None:
        """Closing a frozen reader, twice, disturbs nothing."""
        frozen[1].close()
        frozen[1].close()

    @rule(key=KEYS)
    def read(self, key: bytes) -> None:
        """One key, and several."""
        expected = self.model.get(key)
        assert self.transaction.get(key) == expected
        assert self.transaction.get_many([key, b"a", key])[::2] == [expected, expected]

    @rule(start=BOUNDS, stop=BOUNDS, reverse=st.booleans(), run=RUNS)
    def scan(self, start: bytes, stop: bytes, reverse: bool, run: int) -> None:
        """A scan gives the entries in order and in runs that are never empty."""
        runs = list(self.transaction.scan(start, stop, reverse=reverse, run=run))
        keys = list(self.transaction.scan_keys(start, stop, reverse=reverse, run=run))
        expected = within(self.model, start, stop, reverse=reverse)
        assert [entry for each in runs for entry in each] == expected
        assert [key for each in keys for key in each] == [key for key, _ in expected]
        assert all(runs)
        assert all(keys)

    @rule(
        old=st.sets(KEYS, max_size=8),
        changed=st.lists(KEYS, max_size=6, unique=True),
        value=st.one_of(st.none(), VALUES),
        reverse=st.booleans(),
        keys_only=st.booleans(),
    )
    def scan_while_writing(
        self,
        old: set[bytes],
        changed: list[bytes],
        value: bytes | None,
        reverse: bool,
        keys_only: bool,
    ) -> None:
        """
        A scan sees what lies ahead of it as it is by then, and nothing behind it again.

        Each scan has a stretch of keys of its own and writes or deletes, but not both: where a
        run ended in a deleted key, what is written right behind the key before may be passed.
        """
        self.stretches += 1
        prefix = b"scan%d/" % self.stretches
        for key in sorted(old):
            self.put(prefix + key, b"x" * 60)
        left = (prefix, prefix + b"\xff" * 4)
        read = self.transaction.scan_keys if keys_only else self.transaction.scan
        for run in read(*left, reverse=reverse, run=2):
            keys = [each if isinstance(each, bytes) else each[0] for each in run]
            passed = (keys[-1], left[1]) if reverse else (left[0], keys[-1] + b"\x00")
            assert keys == [key for key, _ in within(self.model, *passed, reverse=reverse)]
            left = (left[0], passed[0]) if reverse else (passed[1], left[1])
            for key in changed[:2]:
                if value is None:
                    self.delete(prefix + key)
                else:
                    self.put(prefix + key, value)
            del changed[:2]
        assert within(self.model, *left, reverse=reverse) == []

    @rule()
    def commit(self) -> None:
        """Everything is in the store, savepoints that were never closed included."""
        self.transaction.commit()
        self.committed = self.model
        assert contents(self.store) == self.committed
        self._begin()

    @rule()
    def give_up(self) -> None:
        """Nothing is in the store."""
        self.transaction.close()
        assert contents(self.store) == self.committed
        self._begin()

    @invariant()
    def nobody_else_sees_anything(self) -> None:
        """Before the commit the store is as it was, spilled or not."""
        assert contents(self.store) == self.committed

    def teardown(self) -> None:
        """Give the turn back and the limit its value."""
        self.transaction.close()
        self.small_buffer.stop()


def test_transaction_behaves_like_a_dict_with_savepoints():
    """Whatever is written, rolled back, spilled and frozen, a transaction reads like a dict."""
    run_state_machine_as_test(TransactionMachine)


class TestSpilling:
    """A transaction of any size runs in bounded memory."""

    def test_a_large_transaction_empties_its_buffer(self, small_buffer: None):
        """Writes beyond the limit wait in the store's own batch, not in memory."""
        with transaction_over(MemoryStore()) as transaction:
            for number in range(50):
                transaction.put(b"%03d" % number, b"x" * 100)

            assert len(transaction._buffer) < 3

    def test_nothing_is_visible_before_the_commit(self, small_buffer: None):
        """Spilled writes belong to the transaction alone."""
        store = store_with({b"a": b"1"})
        with transaction_over(store) as transaction:
            transaction.put(b"a", b"x" * 600)
            transaction.put(b"b", b"x" * 600)

            assert contents(store) == {b"a": b"1"}

    def test_a_rollback_restores_what_was_spilled(self, small_buffer: None):
        """A savepoint that was opened before the spill still knows the old values."""
        with transaction_over(store_with({b"a": b"1", b"b": b"2"})) as transaction:
            savepoint = transaction.savepoint()
            transaction.put(b"a", b"x" * 600)
            transaction.put(b"b", None)
            transaction.put(b"c", b"y" * 600)

            transaction.rollback(savepoint)

            assert transaction.get_many([b"a", b"b", b"c"]) == [b"1", b"2", None]
            assert list(transaction.scan(LOWEST, HIGHEST)) == [[(b"a", b"1"), (b"b", b"2")]]

    def test_a_rollback_restores_what_was_written_before_the_savepoint(self, small_buffer: None):
        """Old values of the transaction itself survive the spill as well."""
        with transaction_over(MemoryStore()) as transaction:
            transaction.put(b"a", b"mine")
            savepoint = transaction.savepoint()
            transaction.put(b"a", b"x" * 600)
            transaction.put(b"a", b"y" * 600)

            transaction.rollback(savepoint)

            assert transaction.get(b"a") == b"mine"

    def test_what_was_spilled_and_rolled_back_is_not_committed(self, small_buffer: None):
        """The commit writes the restored values over the spilled ones."""
        store = store_with({b"a": b"1"})
        with transaction_over(store) as transaction:
            savepoint = transaction.savepoint()
            transaction.put(b"a", b"x" * 600)
            transaction.put(b"b", b"x" * 600)
            transaction.rollback(savepoint)
            transaction.commit()

        assert contents(store) == {b"a": b"1"}


class TestWritingAtOnce:
    """What is written in one step is written like everything else."""

    def test_a_savepoint_takes_them_back(self):
        """A bulk insert in a part that failed is gone."""
        with transaction_over(MemoryStore()) as transaction:
            savepoint = transaction.savepoint()
            transaction.put_all({b"a": b"1", b"b": b"2"}, 2)

            transaction.rollback(savepoint)

            assert list(transaction.scan(LOWEST, HIGHEST)) == []

    def test_a_frozen_reader_does_not_see_them(self):
        """A loop does not meet what it inserts in bulk."""
        with transaction_over(MemoryStore()) as transaction:
            reader = transaction.frozen()
            transaction.put_all({b"a": b"1", b"b": b"2"}, 2)

            assert list(reader.scan(LOWEST, HIGHEST)) == []
            assert reader.get(b"a") is None

    def test_they_are_committed(self):
        """With everything else, in the order of the keys."""
        store = MemoryStore()
        with transaction_over(store) as transaction:
            transaction.put_all({b"b": b"2", b"a": b"1"}, 2)
            transaction.commit()

        assert contents(store) == {b"a": b"1", b"b": b"2"}


class TestStickyWrites:
    """What is allotted once stays allotted until the transaction ends."""

    def test_a_savepoint_does_not_take_them_back(self):
        """A table that was created in a failed part of a transaction is there afterwards."""
        with transaction_over(MemoryStore()) as transaction:
            savepoint = transaction.savepoint()
            transaction.put_sticky(b"table", b"1")
            transaction.put(b"row", b"2")

            transaction.rollback(savepoint)

            assert transaction.get_many([b"table", b"row"]) == [b"1", None]

    def test_closing_the_transaction_takes_them_back(self):
        """They are writes like all others to everybody else."""
        store = MemoryStore()
        with transaction_over(store) as transaction:
            transaction.put_sticky(b"table", b"1")

        assert contents(store) == {}

    def test_a_frozen_reader_does_not_see_them(self):
        """A loop over the tables does not meet the table that its own body creates."""
        with transaction_over(MemoryStore()) as transaction:
            reader = transaction.frozen()
            transaction.put_sticky(b"table", b"1")

            assert reader.get(b"table") is None
            assert list(reader.scan(LOWEST, HIGHEST)) == []


class TestBorders:
    """What happens at the ends of a transaction."""

    def test_a_transaction_without_writes_commits_nothing(self):
        """The store has the same version before and after."""
        store = store_with({b"a": b"1"})
        before = store.snapshot().version
        with transaction_over(store) as transaction:
            transaction.get(b"a")
            transaction.commit()

        assert store.snapshot().version == before

    def test_a_transaction_gives_its_turn_back(self):
        """After a commit and after a close another transaction can begin."""
        store = MemoryStore()
        Transaction(store.write(timeout=0)).commit()
        Transaction(store.write(timeout=0)).close()

        Transaction(store.write(timeout=0)).close()

    def test_closing_twice_is_fine(self):
        """Close has no second effect."""
        transaction = Transaction(MemoryStore().write(timeout=None))
        transaction.close()

        transaction.close()

    @pytest.mark.parametrize("read", ["get", "scan", "scan_keys"])
    def test_reading_after_the_end_is_refused(self, read: str):
        """A transaction that ended cannot be read."""
        transaction = Transaction(store_with({b"a": b"1"}).write(timeout=None))
        transaction.close()
        arguments = [b"a"] if read == "get" else [LOWEST, HIGHEST]

        with pytest.raises(Closed):
            list(getattr(transaction, read)(*arguments) or ())

    def test_writing_after_the_end_is_refused(self):
        """A write that nobody will ever commit is not taken silently."""
        transaction = Transaction(MemoryStore().write(timeout=None))
        transaction.close()

        with pytest.raises(Closed):
            transaction.put(b"a", b"1")

    def test_a_scan_can_be_left_half_way(self):
        """An abandoned scan disturbs neither reads nor writes."""
        store = store_with({b"%d" % number: b"" for number in range(9)})
        with transaction_over(store) as transaction:
            next(transaction.scan(LOWEST, HIGHEST, run=1))
            transaction.put(b"0", None)
            transaction.commit()

        assert len(contents(store)) == 8
