"""The check of a text index: whatever is damaged is found, and what is sound is let be."""

from collections.abc import Callable

import pytest

from docdb.indexes.text.layout import State
from docdb.kv.interface import Store
from tests.indexes.text.indexed import (
    IndexedRows,
    store_of_each_kind,  # noqa: F401 - fixtures are found by being here
)

TEXTS = ("a b", "a b c", "a a d", "e")


@pytest.fixture(name="rows")
def rows_half_merged(store: Store) -> IndexedRows:
    """Documents in the blocks, and pending ones that are new, changed and gone."""
    rows = IndexedRows(store)
    rows.insert_texts(*TEXTS, "gone")
    rows.insert({"content": "x", "kind": "k"})
    rows.merge()
    changed, *_, gone, _ = rows.rows
    rows.replace(changed, {"content": "a changed"})
    rows.remove(gone)
    rows.insert_texts("new one")
    rows.writer.flush()
    return rows


def key_of(rows: IndexedRows, tag: bytes, ending: bytes) -> bytes:
    """Return the first key under a tag that ends so."""
    return next(key for key in rows.entries(tag) if key.endswith(ending))


def test_a_sound_index_has_no_problem(rows: IndexedRows):
    """Pending, merged, and empty."""
    assert rows.problems() == []
    rows.merge()
    assert rows.problems() == []
    for row_key in list(rows.rows):
        rows.remove(row_key)
    assert rows.problems() == []


@pytest.mark.parametrize(
    ("tag", "ending"),
    [
        (b"t", b"a"),
        (b"t", b"d"),
        (b"f", b"\x10k\x00"),
        (b"f", b"\x01"),
        (b"g", b"\x00"),
        (b"r", b"\x11"),
        (b"p", b"\x11"),
        (b"s", b"s"),
    ],
)
def test_whatever_is_missing_is_found(rows: IndexedRows, tag: bytes, ending: bytes):
    """Postings, members, row keys, numbers, a pending entry, the totals."""
    rows.transaction.put(key_of(rows, tag, ending), None)

    assert rows.problems()


@pytest.mark.parametrize(
    ("tag", "ending", "value"),
    [
        (b"t", b"d", "00 0200 0302"),
        (b"t", b"d", "00 0200 0201"),
        (b"t", b"d", "00 0200 0401"),
        (b"t", b"d", "00 0100 0302"),
        (b"t", b"d", "00 01000200 03020302"),
        (b"t", b"d", "07"),
        (b"t", b"d", ""),
        (b"f", b"\x10k\x00", "00 0400"),
        (b"f", b"\x10k\x00", "07"),
        (b"g", b"\x00", "11 00"),
        (b"r", b"\x11", "00000009"),
        (b"p", b"\x11", "07"),
        (b"s", b"s", "07"),
        (b"s", b"s", ""),
    ],
)
def test_whatever_is_wrong_is_found(rows: IndexedRows, tag: bytes, ending: bytes, value: str):
    """Another pair, another offset, one more, and what cannot be read at all."""
    key = key_of(rows, tag, ending)

    rows.transaction.put(key, bytes.fromhex(value.replace(" ", "")))

    assert rows.problems()


@pytest.mark.parametrize(
    "ending",
    [
        b"t\x00\x00\x00zzz",
        b"f\x00\x00\x00\x00\x03",
        b"g\x00\x00\x00\x09",
        b"r" + bytes(16) + b"\x11",
        b"zzz",
        b"a",
    ],
)
def test_whatever_belongs_to_nobody_is_found(rows: IndexedRows, ending: bytes):
    """A stray chunk, a stray group, a number that leads nowhere, an unknown tag."""
    rows.transaction.put(rows.index.description.layout.prefix + ending, b"\x00\x00\x00\x01\x01")

    assert rows.problems()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: setattr(state, "documents", state.documents + 1),
        lambda state: setattr(state, "tokens", state.tokens - 1),
        lambda state: setattr(state, "next_number", 2),
        lambda state: setattr(state, "pending_entries", 0),
        lambda state: setattr(state, "pending_bytes", 1),
        lambda state: setattr(state, "last_row_key", b"\x01"),
    ],
)
def test_a_wrong_total_is_found(rows: IndexedRows, spoil: Callable[[State], None]):
    """Each of them decides something: scores, numbers, merges."""
    layout = rows.index.description.layout
    state = layout.read_state(rows.transaction)
    assert state is not None
    spoil(state)

    rows.transaction.put(layout.state_key, state.encode())

    assert rows.problems()


def test_a_document_that_was_never_indexed_is_found(rows: IndexedRows):
    """And so is one that the index believes in, but that is gone."""
    rows.rows[b"\x0d" + bytes(15) + b"\x11"] = {"content": "a"}

    assert rows.problems()


def test_a_pending_entry_without_a_document_is_found(rows: IndexedRows):
    """As after a delete that forgot the index."""
    rows.rows.popitem()

    assert rows.problems()


def test_numbers_that_are_not_in_order_are_found(store: Store):
    """Where the totals say that they are, ties would come in a wrong order."""
    rows = IndexedRows(store)
    rows.insert({"content": "a"}, time=9)
    rows.insert({"content": "a"}, time=5)
    rows.writer.flush()
    layout = rows.index.description.layout
    state = layout.read_state(rows.transaction)
    assert state is not None
    assert not state.is_in_order
    assert rows.problems() == []

    state.is_in_order = True
    rows.transaction.put(layout.state_key, state.encode())

    assert rows.problems()
