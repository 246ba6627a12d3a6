"""
Keeping a text index in step: many small changes, few large ones, and whatever is taken back.

A state machine drives an index on each store through inserts, changes, removals, savepoints and
transactions, merges now and then, and compares every answer with the model.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from docdb.errors import StoreCorrupt
from docdb.indexes.text import writing
from docdb.kv.interface import Store
from docdb.kv.memory import MemoryStore
from tests.indexes.text import samples
from tests.indexes.text.indexed import (
    IndexedRows,
    made_store,
    store_of_each_kind,  # noqa: F401 - fixtures are found by being here
)


@pytest.fixture(name="rows")
def rows_of_each_store(store: Store) -> IndexedRows:
    """No documents on each store."""
    return IndexedRows(store)


class TestPendingEntries:
    """Small transactions write one entry for each document."""

    def test_an_insert_writes_one_entry_and_the_totals(self, rows: IndexedRows):
        """However many words there are."""
        rows.insert_texts(" ".join(f"w{number}" for number in range(40)))

        assert len(rows.entries(b"")) == 2
        assert len(rows.entries(b"p")) == 1

    def test_a_document_that_changes_over_and_over_stays_one_entry(self, rows: IndexedRows):
        """As a message does while it is being written."""
        (row_key,) = rows.insert_texts("a")
        for number in range(50):
            rows.commit()
            rows.replace(row_key, {"content": "a " * number + "end"})

        assert len(rows.entries(b"p")) == 1
        assert rows.texts("end") == ["a " * 49 + "end"]
        assert rows.problems() == []

    def test_a_document_that_goes_before_it_was_merged_leaves_nothing(self, rows: IndexedRows):
        """Neither an entry nor a number."""
        (row_key,) = rows.insert_texts("a")
        rows.commit()
        rows.remove(row_key)

        assert len(rows.entries(b"")) == 1
        assert rows.problems() == []

    def test_too_many_entries_are_merged_by_the_next_writer(self, rows: IndexedRows):
        """And then there are none."""
        for number in range(writing.PENDING_ENTRIES_MAX):
            rows.insert_texts(f"a {number}")
            rows.writer.flush()
        assert len(rows.entries(b"p")) == writing.PENDING_ENTRIES_MAX

        rows.insert_texts("a last")

        assert rows.entries(b"p") == {}
        assert rows.count("a") == writing.PENDING_ENTRIES_MAX + 1
        assert rows.problems() == []

    def test_entries_that_are_too_large_are_merged(self, rows: IndexedRows):
        """Since every search looks at all of their bytes."""
        text = " ".join(f"word{number}" for number in range(20_000))
        rows.insert_texts("a")
        rows.writer.flush()

        rows.insert_texts(text, text)

        assert rows.entries(b"p") == {}
        assert rows.problems() == []

    def test_what_stays_the_same_is_not_written(self, rows: IndexedRows):
        """A change of fields that are not indexed costs nothing."""
        row_key = rows.insert({"content": "a", "kind": 1, "other": 1})
        rows.commit()

        rows.replace(row_key, {"content": "a", "kind": 1.0, "other": 2})
        rows.writer.flush()

        assert not rows.transaction.has_writes

    @pytest.mark.parametrize(
        "fields",
        [{"content": "b", "kind": 1}, {"content": "a", "kind": True}, {"content": "a"}, {}],
    )
    def test_any_other_change_is_written(self, rows: IndexedRows, fields: dict[str, Any]):
        """Of the text or of a filter field, also to a value that Python takes for the same."""
        row_key = rows.insert({"content": "a", "kind": 1})
        rows.commit()

        rows.replace(row_key, fields)

        assert rows.problems() == []
        rows.merge()
        assert rows.problems() == []


class TestLargeTransactions:
    """Many documents go straight into the blocks."""

    def test_a_bulk_load_leaves_nothing_pending(self, rows: IndexedRows):
        """And is whole."""
        rows.insert_texts(*samples.zipf_texts(1_500))

        assert rows.entries(b"p") == {}
        assert rows.problems() == []

    def test_documents_of_a_bulk_load_can_change_within_it(self, rows: IndexedRows):
        """Those that have been collected already as well as the last ones."""
        row_keys = rows.insert_texts(*samples.zipf_texts(1_000))
        rows.replace(row_keys[0], {"content": "changed first"})
        rows.replace(row_keys[999], {"content": "changed last"})
        rows.remove(row_keys[1])

        assert sorted(rows.texts("changed")) == ["changed first", "changed last"]
        assert rows.problems() == []

    def test_every_document_can_change_at_once(self, rows: IndexedRows):
        """As in a migration."""
        row_keys = rows.insert_texts(*samples.zipf_texts(800))
        rows.commit()
        for row_key in row_keys:
            rows.replace(row_key, {"content": "same", "kind": "x"})

        assert rows.count("same", [("kind", "x")]) == 800
        assert rows.problems() == []

    def test_every_document_can_go_at_once(self, rows: IndexedRows):
        """Then only the totals are left."""
        row_keys = rows.insert_texts(*samples.zipf_texts(800))
        rows.commit()
        for row_key in row_keys:
            rows.remove(row_key)
        rows.merge()

        assert [*rows.entries(b"")] == [rows.index.description.layout.state_key]
        assert rows.problems() == []

    def test_blocks_fill_up_one_after_the_other(self):
        """More documents than a block has numbers."""
        rows = IndexedRows(MemoryStore())
        for _ in range(33_000):
            rows.insert({"content": "a"})
        rows.commit()

        assert rows.count("a") == 33_000
        assert [hit.row_key for hit in rows.hits("a", wanted=33_000)] == sorted(
            rows.rows, reverse=True
        )


class TestSavepoints:
    """What is rolled back was never there."""

    @pytest.mark.parametrize("count", [1, 600])
    def test_a_rollback_takes_back_what_came_after(self, rows: IndexedRows, count: int):
        """Pending entries and postings alike, and the totals with them."""
        first, second = rows.insert_texts("a first", "a second")
        before = rows.entries(b"")
        rows.open_savepoint()
        rows.insert_texts(*["a third"] * count)
        rows.replace(first, {"content": "b"})
        rows.remove(second)
        rows.writer.flush()
        rows.roll_back()

        assert rows.texts("a") == ["a second", "a first"]
        assert rows.entries(b"") == before
        assert rows.problems() == []

    def test_what_is_held_in_memory_is_taken_back_too(self, rows: IndexedRows):
        """Nobody searched since, so that nothing had been written yet."""
        rows.insert_texts("a first")
        rows.open_savepoint()
        rows.insert_texts("a second")
        rows.roll_back()
        rows.insert_texts("a third")

        assert rows.texts("a") == ["a third", "a first"]
        assert rows.problems() == []

    def test_an_inner_savepoint_ends_alone(self, rows: IndexedRows):
        """What the outer one holds stays."""
        rows.open_savepoint()
        rows.insert_texts("a outer")
        rows.open_savepoint()
        rows.insert_texts("a inner")
        rows.roll_back()
        rows.release()

        assert rows.texts("a") == ["a outer"]


class TestMistakes:
    """What cannot be true is refused."""

    def test_a_row_cannot_be_added_twice(self, rows: IndexedRows):
        """Neither a pending one nor one in the blocks."""
        (row_key,) = rows.insert_texts("a")

        with pytest.raises(StoreCorrupt):
            rows.restore(row_key, {"content": "b"})
        rows.merge()
        with pytest.raises(StoreCorrupt):
            rows.restore(row_key, {"content": "b"})

    def test_a_row_that_is_not_there_cannot_change(self, rows: IndexedRows):
        """An index that lost a row says so."""
        with pytest.raises(StoreCorrupt):
            rows.writer.remove(b"nobody", {"content": "a"})
        with pytest.raises(StoreCorrupt):
            rows.writer.replace(b"nobody", {"content": "a"}, {"content": "b"})


class SteppedIndex(RuleBasedStateMachine):
    """An index and its documents, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.patched = pytest.MonkeyPatch()

    @initialize(
        kind=st.sampled_from(["memory", "memory", "file"]),
        block_bits=st.sampled_from([1, 3, 15]),
        pending=st.sampled_from([0, 2, 5, 1_000]),
        held=st.sampled_from([3, 1_000]),
    )
    def begin(self, kind: str, block_bits: int, pending: int, held: int):
        self.patched.setattr(writing, "PENDING_ENTRIES_MAX", pending)
        self.patched.setattr(writing, "_COUNTS_HELD_MAX", held)
        self.store = made_store(kind, Path(self.folder.name))
        self.rows = IndexedRows(self.store, block_bits=block_bits)
        self.removed: dict[bytes, dict[str, Any]] = {}

    def pick(self, data: st.DataObject) -> bytes:
        return data.draw(st.sampled_from(sorted(self.rows.rows)))

    @rule(fields=samples.rows())
    def insert(self, fields: dict[str, Any]):
        self.rows.insert(fields)

    @rule(fields=samples.rows(), time=st.integers(0, 20))
    def insert_an_old_one(self, fields: dict[str, Any], time: int):
        self.rows.insert(fields, time=time)

    @precondition(lambda self: self.rows.rows)
    @rule(fields=samples.rows(), data=st.data())
    def replace(self, fields: dict[str, Any], data: st.DataObject):
        self.rows.replace(self.pick(data), fields)

    @precondition(lambda self: self.rows.rows)
    @rule(data=st.data())
    def remove(self, data: st.DataObject):
        row_key = self.pick(data)
        self.removed[row_key] = self.rows.remove(row_key)

    @precondition(lambda self: self.removed.keys() - self.rows.rows.keys())
    @rule(data=st.data())
    def restore(self, data: st.DataObject):
        row_key = data.draw(st.sampled_from(sorted(self.removed.keys() - self.rows.rows.keys())))
        self.rows.restore(row_key, self.removed[row_key])

    @rule(text=samples.queries(), equal=samples.conditions())
    def search(self, text: str, equal: list[tuple[str, Any]]):
        expected = self.rows.expected(text, equal)
        hits = self.rows.hits(text, equal, wanted=2)

        assert {hit.row_key: hit.score for hit in hits} == pytest.approx(expected, abs=1e-12)
        assert hits == sorted(hits, reverse=True)
        assert len(hits) == len(expected) == self.rows.count(text, equal)
        for place in range(0, len(hits), 5):
            assert self.rows.hits(text, equal, wanted=2, after=hits[place]) == hits[place + 1 :]

    @rule()
    def merge(self):
        self.rows.merge()

    @rule()
    def commit(self):
        while self.rows.open_savepoints:
            self.rows.release()
        self.rows.commit()

    @rule()
    def abandon(self):
        self.rows.abandon()

    @rule()
    def open_savepoint(self):
        self.rows.open_savepoint()

    @precondition(lambda self: self.rows.open_savepoints)
    @rule()
    def roll_back(self):
        self.rows.roll_back()

    @precondition(lambda self: self.rows.open_savepoints)
    @rule()
    def release(self):
        self.rows.release()

    @invariant()
    def committed_index_is_sound(self):
        with self.rows.snapshot() as snapshot:
            committed = sorted(self.rows.committed.items())
            assert list(self.rows.index.problems(snapshot, committed)) == []

    def teardown(self):
        assert self.rows.problems() == []
        self.rows.abandon()
        self.rows.transaction.close()
        self.store.close()
        self.patched.undo()
        self.folder.cleanup()


class TestSteps(SteppedIndex.TestCase):
    """Every answer is the model's, and every state is sound."""
