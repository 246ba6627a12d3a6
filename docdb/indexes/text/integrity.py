"""
Whether a text index says what its documents say, and nothing else.

The whole index is made anew in memory from the documents, laid beside what is stored, and every
difference is named: postings, members, numbers, row keys, pending entries and totals.

Rules of this file: nothing that is stored is believed but which row has which number, and that is
checked both ways. Of a document that is pending, the blocks must have the terms that its entry
says they have; how often, only the blocks know.

Cost: what indexing the documents costs, and about 100 bytes of memory for each posting.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from docdb.encoding.packed import Document
from docdb.errors import StoreCorrupt
from docdb.indexes.text.description import TextDescription
from docdb.indexes.text.layout import DAMAGE, State
from docdb.indexes.text.lengths import length_code
from docdb.indexes.text.members import unpacked_members
from docdb.indexes.text.pending import Entry, Part, decode_entry
from docdb.indexes.text.postings import unpacked
from docdb.indexes.text.rows import GROUP, RowKeys
from docdb.kv.keyrange import prefix_range
from docdb.transactions.reader import Reader

__all__ = ["TextProblem", "find_text_problems"]

# The row key of a document where one is known, and what does not agree.
TextProblem: TypeAlias = tuple[bytes | None, str]

# By key of the store: for each offset its pair, or None where only the blocks know.
_Postings: TypeAlias = dict[bytes, dict[int, int | None]]
_Members: TypeAlias = dict[bytes, set[int]]


def find_text_problems(
    description: TextDescription, reader: Reader, documents: Iterable[tuple[bytes, Document]]
) -> Iterator[TextProblem]:
    """
    Yield every disagreement of an index with the documents of its table.

    Args:
        description: The index.
        reader: One state of the store.
        documents: The row keys and the documents of the table in that state.
    """
    layout = description.layout
    try:
        state = layout.read_state(reader) or State(description.block_bits)
        check = _Check(description, reader, state)
        yield from check.documents(documents)
        yield from check.rows()
        yield from check.chunks()
        yield from check.totals()
    except (StoreCorrupt, *DAMAGE) as error:
        yield None, f"the text index is unreadable from here on: {error}"


class _Check:
    """What the documents say, collected to be laid beside what is stored."""

    def __init__(self, description: TextDescription, reader: Reader, state: State) -> None:
        self._description = description
        self._layout = description.layout
        self._reader = reader
        self._state = state
        self._documents = 0
        self._tokens = 0
        self._greatest = b""
        self._is_in_order = True
        self._postings: _Postings = {}
        self._members: _Members = {}
        # The rows whose postings lie in blocks.
        self._numbers: dict[int, bytes] = {}
        self._entries = dict(self._read_entries())

    def _read_entries(self) -> Iterator[tuple[bytes, Entry]]:
        start, stop = self._layout.pending_range()
        for run in self._reader.scan(start, stop):
            for key, value in run:
                entry = decode_entry(value, len(self._description.filter_paths))
                yield key[len(self._layout.pending) :], entry

    def documents(self, documents: Iterable[tuple[bytes, Document]]) -> Iterator[TextProblem]:
        """Collect what the documents say, and check the numbers that they have."""
        known = dict(self._stored_numbers())
        left = dict(self._entries)
        for row_key, document in documents:
            part = self._description.part(document)
            self._documents += 1
            self._tokens += part.length
            entry = left.pop(row_key, None)
            if entry is None:
                number = known.get(row_key)
                if number is None:
                    yield row_key, "it is not in the text index"
                else:
                    self._collect(row_key, number, part, is_exact=True)
                continue
            if entry.new is None or not _are_equal(entry.new, part):
                yield row_key, "its pending entry in the text index says what it does not say"
            if entry.old is not None:
                self._collect(row_key, entry.number, entry.old, is_exact=False)
        for row_key, entry in left.items():
            if entry.new is not None:
                yield row_key, "a pending entry of the text index leads to no document"
            elif entry.old is not None:
                self._collect(row_key, entry.number, entry.old, is_exact=False)

    def _stored_numbers(self) -> Iterator[tuple[bytes, int]]:
        for run in self._reader.scan(*prefix_range(self._layout.numbers)):
            for key, value in run:
                yield key[len(self._layout.numbers) :], int.from_bytes(value, "big")

    def _collect(self, row_key: bytes, number: int, part: Part, *, is_exact: bool) -> None:
        """Expect the postings of a document in the blocks."""
        self._numbers[number] = row_key
        block, offset = number >> self._state.block_bits, number % (1 << self._state.block_bits)
        prefix = self._layout.block_terms(block)
        code = length_code(part.length)
        for term, count in part.counts.items():
            pair = count << 8 | code if is_exact else None
            self._postings.setdefault(prefix + term, {})[offset] = pair
        for field, value in enumerate(part.filters):
            key = self._layout.block_members(block, field) + value
            self._members.setdefault(key, set()).add(offset)

    def rows(self) -> Iterator[TextProblem]:
        """Compare numbers with row keys, both ways."""
        stored = dict(self._stored_numbers())
        rows = RowKeys(self._layout, self._reader)
        for number, row_key in self._numbers.items():
            if stored.pop(row_key, None) != number:
                yield row_key, "its number in the text index is not the one of its postings"
            if rows.find(number) != row_key:
                yield row_key, "its number in the text index leads to another row"
        for row_key in stored:
            yield row_key, "a number of the text index leads to no document"
        for number in range(self._state.next_number):
            if number not in self._numbers and rows.find(number) is not None:
                yield rows.find(number), "a row key of the text index leads to no document"
        groups = -(-self._state.next_number // GROUP)
        stray = self._layout.groups + groups.to_bytes(4, "big")
        for run in self._reader.scan_keys(stray, prefix_range(self._layout.groups).stop):
            for key in run:
                yield None, f"the text index has a stray group of row keys, {key.hex()}"

    def chunks(self) -> Iterator[TextProblem]:
        """Compare every chunk of postings and of members."""
        for run in self._reader.scan(*prefix_range(self._layout.terms)):
            for key, value in run:
                chunk = unpacked(value)
                expected = self._postings.pop(key, {})
                items = dict(chunk.items())
                if chunk.count != len(items) or not items:
                    yield None, f"the postings under {key.hex()} are not as many as they say"
                yield from self._posting_problems(key, items, expected)
        for key in self._postings:
            yield None, f"the text index lacks the postings under {key.hex()}"
        for run in self._reader.scan(*prefix_range(self._layout.members)):
            for key, value in run:
                chunk = unpacked_members(value)
                found = {*chunk.all()}
                if found != self._members.pop(key, set()) or chunk.count != len(found):
                    yield None, f"the members under {key.hex()} are not those of the documents"
        for key in self._members:
            yield None, f"the text index lacks the members under {key.hex()}"

    def _posting_problems(
        self, key: bytes, found: dict[int, int], expected: dict[int, int | None]
    ) -> Iterator[TextProblem]:
        block = int.from_bytes(key[len(self._layout.terms) :][:3], "big")
        first = block << self._state.block_bits
        where = f"under {key.hex()} in the text index"
        for offset, pair in expected.items():
            if offset not in found:
                yield self._numbers.get(first + offset), f"its posting {where} is missing"
            elif pair is not None and found[offset] != pair:
                yield self._numbers.get(first + offset), f"its posting {where} is wrong"
        for offset in found.keys() - expected.keys():
            yield self._numbers.get(first + offset), f"a posting {where} is none of its own"

    def totals(self) -> Iterator[TextProblem]:
        """Compare the totals, and find keys that belong to nobody."""
        state, layout = self._state, self._layout
        sizes = [entry.stored_bytes for entry in self._entries.values()]
        numbered = self._numbers | {each.number: row for row, each in self._entries.items()}
        for name, found, expected in (
            ("documents", state.documents, self._documents),
            ("tokens", state.tokens, self._tokens),
            ("pending entries", state.pending_entries, len(sizes)),
            ("bytes of pending entries", state.pending_bytes, sum(sizes)),
        ):
            if found != expected:
                yield None, f"the text index says {found} {name}, and there are {expected}"
        if max(numbered, default=-1) >= state.next_number:
            yield None, "the text index would give a number again"
        if max(numbered.values(), default=b"") > state.last_row_key:
            yield None, "the text index has a row key above the greatest"
        ordered = [numbered[number] for number in sorted(numbered)]
        if state.is_in_order and ordered != sorted(ordered):
            yield None, "the numbers of the text index are not in the order of the row keys"
        tags = b"".join(
            each[-1:]
            for each in (
                layout.pending, layout.terms, layout.members, layout.groups, layout.numbers,
            )
        )  # fmt: skip
        start, stop = prefix_range(layout.prefix)
        for tag in sorted(tags):
            yield from self._strays(start, layout.prefix + bytes((tag,)))
            start = prefix_range(layout.prefix + bytes((tag,))).stop
        yield from self._strays(start, stop)

    def _strays(self, start: bytes, stop: bytes) -> Iterator[TextProblem]:
        for run in self._reader.scan_keys(start, stop):
            for key in run:
                if key != self._layout.state_key:
                    yield None, f"the text index has a stray key, {key.hex()}"


def _are_equal(one: Part, other: Part) -> bool:
    return (
        one.length == other.length
        and dict(one.counts) == dict(other.counts)
        and one.filters == other.filters
    )
