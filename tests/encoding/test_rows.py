"""
Who a document is inside its table.
"""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb.encoding.keyspace import document_prefix, index_prefix
from docdb.encoding.rows import (
    creation_time_of_row,
    document_key_from_id,
    id_of_row,
    ids_in,
    mint,
    mint_many,
    native_row_key,
    row_key_in,
    row_key_of,
)
from docdb.encoding.sortable import creation_key
from docdb.errors import InvalidArgument, StoreCorrupt
from docdb.values.ids import decode_id, encode_id

FOREIGN = "j57cbywe1te7fvzf26g0x3ftsd7vagd2"
TABLE = 10001

times = st.floats(0, 2.0**53, exclude_min=True, exclude_max=True)
internals = st.binary(min_size=16, max_size=16)
sixes = st.binary(min_size=6, max_size=6)


def _bits(milliseconds: float) -> int:
    return int.from_bytes(struct.pack(">d", milliseconds), "big")


def _native_internal(milliseconds: float, random6: bytes) -> bytes:
    return decode_id(mint(TABLE, _bits(milliseconds), random6)[0])[1]


class TestNativeRows:
    """Documents whose ids docdb made."""

    @given(times, sixes)
    def test_id_and_row_key_say_the_same(self, milliseconds: float, random6: bytes) -> None:
        """The key of a document follows from its id, and its id from the key."""
        id, row_key = mint(TABLE, _bits(milliseconds), random6)
        _, internal = decode_id(id)

        assert row_key == native_row_key(internal) == row_key_of(milliseconds, internal)
        assert document_key_from_id(id) == document_prefix(TABLE) + row_key
        assert id_of_row(TABLE, row_key) == id
        assert creation_time_of_row(row_key) == milliseconds

    def test_the_bytes_are_golden(self) -> None:
        """Row keys are on disk and never change."""
        _, row_key = mint(TABLE, _bits(1.5e12), b"random")

        assert row_key.hex(" ") == (creation_key(1.5e12) + b"\x01random\x11").hex(" ")


class TestForeignRows:
    """Documents whose ids Convex made."""

    @given(times, internals)
    def test_a_foreign_row_keeps_its_whole_id(self, milliseconds: float, internal: bytes) -> None:
        """An imported document keeps its id and its creation time."""
        row_key = row_key_of(milliseconds, internal)

        assert row_key[:9] == creation_key(milliseconds)
        assert len(row_key) == row_key[-1] == 27
        assert id_of_row(TABLE, row_key) == encode_id(TABLE, internal)
        assert creation_time_of_row(row_key) == milliseconds

    @given(times, st.lists(internals, min_size=1, max_size=3), sixes)
    def test_rows_of_one_creation_time_lie_in_the_order_of_ids(
        self, milliseconds: float, foreign: list[bytes], random6: bytes
    ) -> None:
        """Ties of creation time are broken by id, whoever made it."""
        ids = sorted([*foreign, _native_internal(milliseconds, random6)])

        row_keys = [row_key_of(milliseconds, internal) for internal in ids]

        assert row_keys == sorted(row_keys)

    @given(st.lists(st.tuples(times, internals), min_size=2, max_size=4))
    def test_rows_lie_in_the_order_of_creation(self, rows: list[tuple[float, bytes]]) -> None:
        """Imported and own documents come in one order of creation."""
        by_key = sorted(rows, key=lambda row: row_key_of(*row))

        assert [row[0] for row in by_key] == sorted(row[0] for row in rows)

    def test_the_right_time_with_another_day_is_foreign(self) -> None:
        """An id that only looks like one of ours keeps its own row."""
        internal = _native_internal(1.5e12, b"random")
        days = [internal[:14] + bytes(2), internal[:14] + b"\xff\xff"]

        row_keys = [row_key_of(1.5e12, each) for each in days]

        assert [row_key[9] for row_key in row_keys] == [0, 2]
        assert [id_of_row(TABLE, each) for each in row_keys] == [encode_id(TABLE, d) for d in days]

    @pytest.mark.parametrize("milliseconds", [0.0, -1.0, 2.0**53, float("nan"), float("inf")])
    def test_a_creation_time_has_its_bounds(self, milliseconds: float) -> None:
        """A time before 1970 or beyond all calendars is refused."""
        with pytest.raises(InvalidArgument):
            row_key_of(milliseconds, bytes(16))


class TestDocumentKeys:
    """The fast way from an id to a key."""

    @pytest.mark.parametrize(
        "text",
        [
            "",
            FOREIGN[:-1],
            FOREIGN + "0",
            FOREIGN.upper(),
            "_" + FOREIGN[1:],
            FOREIGN[:5] + "_" + FOREIGN[6:],
            " " + FOREIGN[1:],
            FOREIGN[:-1] + " ",
            FOREIGN[:-1] + "\n",
            "+" + FOREIGN[1:],
            "-" + FOREIGN[1:],
            FOREIGN[:-1] + "l",
            FOREIGN[:-1] + "é",
            FOREIGN[:-1] + "\ud800",
            FOREIGN[:-1] + "٣",
            FOREIGN[:-1] + "\0",
        ],
    )
    def test_a_text_of_another_form_has_no_key(self, text: str) -> None:
        """Asking for a document by any text is safe, and finds nothing."""
        assert document_key_from_id(text) is None

    def test_an_unverified_id_still_leads_somewhere(self) -> None:
        """The caller compares the id that it finds there."""
        key = document_key_from_id(FOREIGN)

        assert key == document_prefix(TABLE) + native_row_key(decode_id(FOREIGN)[1])


class TestEntries:
    """Taking the row key off an index entry."""

    @given(st.binary(max_size=20), times, internals)
    def test_an_entry_ends_in_its_row_key(
        self, values: bytes, milliseconds: float, internal: bytes
    ) -> None:
        """An index entry leads to its document, whatever stands before."""
        foreign = row_key_of(milliseconds, internal)
        native = native_row_key(internal)

        assert row_key_in(index_prefix(7) + values + foreign) == foreign
        assert row_key_in(index_prefix(7) + values + native) == native

    @pytest.mark.parametrize("entry", [b"", b"I\x01", b"\x11", b"\x1b" * 26, b"x" * 40])
    def test_an_entry_without_row_key_is_corrupt(self, entry: bytes) -> None:
        """An entry that leads nowhere is reported."""
        with pytest.raises(StoreCorrupt):
            row_key_in(entry)


DAY = 86_400_000.0
native_rows = st.builds(lambda time, six: mint(TABLE, _bits(time), six)[1], times, sixes)
foreign_rows = st.builds(row_key_of, times, internals)


class TestManyIds:
    """The ids of many rows at once."""

    @given(
        st.sampled_from([TABLE, 5, 16_384]),
        st.one_of(
            st.lists(native_rows, max_size=40),
            st.lists(foreign_rows, max_size=40),
            st.lists(st.one_of(native_rows, foreign_rows), max_size=40),
        ),
        st.lists(st.binary(max_size=3), min_size=1, max_size=2),
    )
    def test_they_are_the_ids_of_each_row(
        self, number: int, rows: list[bytes], before: list[bytes]
    ) -> None:
        """Whatever rows are listed together, each has the id that it has alone."""
        entries = [b"I" + before[n % len(before)] + row for n, row in enumerate(rows)]

        assert ids_in(number, entries) == [id_of_row(number, row) for row in rows]

    @pytest.mark.parametrize("step", [0.25, 1000.0, DAY / 100, DAY, 40_000 * DAY])
    def test_each_has_its_own_day(self, step: float) -> None:
        """Rows of one run may have been created on one day, or on many."""
        rows = [mint(TABLE, _bits(1.7e12 + step * n), b"random") for n in range(100)]

        assert ids_in(TABLE, [row for _, row in rows]) == [id for id, _ in rows]

    def test_more_than_are_made_together(self) -> None:
        """A long list is made in pieces."""
        ids, rows = mint_many(TABLE, _bits(1.7e12), b"abcdef" * 2500)

        assert ids_in(TABLE, rows) == ids
        assert len(set(ids)) == 2500

    @pytest.mark.parametrize("bad", [b"I\x01", b"\x11", b"x" * 40])
    @pytest.mark.parametrize("count", [0, 1, 30])
    def test_an_entry_without_row_key_is_corrupt(self, bad: bytes, count: int) -> None:
        """One bad entry among good ones is reported."""
        good = native_row_key(bytes(range(1, 17)))

        with pytest.raises(StoreCorrupt):
            ids_in(TABLE, [*[good] * count, bad])
        with pytest.raises(StoreCorrupt):
            ids_in(TABLE, [bad, *[good] * count])
