"""
Pending entries: documents that are in the index before their postings are.

Writing the 35 postings of a short message one by one costs more than the message, so a document
that changed is first written down as a whole, in one entry under its row key, and a later writer
moves a few hundred of them into the blocks at once. An entry says what the document is now
(``new``) and what of it lies in the blocks (``old``), either of which may be missing::

    inserted               new
    changed                new, old      the number stays the same
    deleted                     old
    inserted and deleted   no entry

    number: 4 | length: 4 | flags: 1 | sizes: 3 times 4
    filter values of new, then of old: each its length in a byte, then itself
    occurrences of each new term, one byte or four
    ff the ff quick ff fox ff        new terms
    ff a ff slow ff fox ff           old terms

Rules of this file: no UTF-8 contains ``ff``, so that ``ff term ff`` within the bytes after the
occurrences is that term and nothing else. Whether a term stands anywhere in an entry is one search
by C code, and only entries that may have it are taken apart.

Cost: making an entry of 40 words 4 µs; looking for a term 0.1.
"""

from collections.abc import Iterable, Mapping
from struct import Struct
from struct import error as StructError
from typing import Final, NamedTuple

from docdb.errors import StoreCorrupt
from docdb.indexes.text.postings import little, read_little

__all__ = [
    "Entry",
    "Glance",
    "Part",
    "Wanted",
    "decode_entry",
    "encode_entry",
    "filters_in",
    "glance",
]

# On disk.
_HEAD: Final = Struct(">IIBIII")
_HAS_NEW: Final = 1
_HAS_OLD: Final = 2
_IS_WIDE: Final = 4
_MARK: Final = b"\xff"


class Part(NamedTuple):
    """
    What a document is to the index.

    Attributes:
        length: How many tokens its text has.
        counts: How often each term occurs. What lies in the blocks has its counts there, and
            zeros here once it was read from an entry.
        filters: For each filter field the bytes that stand for its value.
    """

    length: int
    counts: Mapping[bytes, int]
    filters: tuple[bytes, ...]


class Entry(NamedTuple):
    """
    A document that changed.

    Attributes:
        number: The document's number.
        new: What it is now, or None if it is gone.
        old: What of it lies in the blocks, or None if nothing does.
        stored_bytes: The length of the stored value that this entry was read from; 0 if none.
    """

    number: int
    new: Part | None
    old: Part | None
    stored_bytes: int = 0


def encode_entry(entry: Entry) -> bytes:
    """Return the stored value of an entry."""
    new, old = entry.new, entry.old
    flags, length, filters, occurrences = 0, 0, b"", b""
    new_terms = old_terms = b""
    if new is not None:
        flags, length = _HAS_NEW, new.length
        filters = _packed_filters(new.filters)
        counts = new.counts.values()
        new_terms = _packed_terms(new.counts)
        try:
            occurrences = bytes(counts)
        except ValueError:
            flags |= _IS_WIDE
            occurrences = little("I", counts)
    if old is not None:
        flags |= _HAS_OLD
        filters += _packed_filters(old.filters)
        old_terms = _packed_terms(old.counts)
    head = _HEAD.pack(entry.number, length, flags, len(filters), len(occurrences), len(new_terms))
    return b"".join((head, filters, occurrences, new_terms, old_terms))


def decode_entry(value: bytes, filter_fields: int) -> Entry:
    """
    Return the entry that a stored value is.

    Raises:
        StoreCorrupt: It is none.
    """
    try:
        number, length, flags, *sizes = _HEAD.unpack_from(value)
        ends = [_HEAD.size]
        for size in sizes:
            ends.append(ends[-1] + size)
        filters = _unpacked_filters(value[ends[0] : ends[1]])
        new = old = None
        if flags & _HAS_NEW:
            occurrences = value[ends[1] : ends[2]]
            counts = read_little("I", occurrences, 0) if flags & _IS_WIDE else occurrences
            terms = _unpacked_terms(value[ends[2] : ends[3]])
            new = Part(length, dict(zip(terms, counts, strict=True)), filters[:filter_fields])
            filters = filters[filter_fields:]
        if flags & _HAS_OLD:
            old = Part(0, dict.fromkeys(_unpacked_terms(value[ends[3] :]), 0), filters)
    except (ValueError, TypeError, IndexError, StructError) as error:
        raise StoreCorrupt(
            f"a pending entry of a text index begins {value[:16].hex()}, which says nothing"
        ) from error
    return Entry(number, new, old, len(value))


class Wanted:
    """
    Terms that are looked for in entries. Immutable.

    Attributes:
        exact: The terms, each with the bytes that an entry has if it has the term.
        known: The terms.
        beginning: What other terms that are looked for begin with; None if there are none.
    """

    __slots__ = ("_marks", "beginning", "exact", "known")

    def __init__(self, exact: Iterable[bytes], beginning: bytes | None) -> None:
        self.exact = [(term, _MARK + term + _MARK) for term in exact]
        self.beginning = beginning
        self.known = {term for term, _ in self.exact}
        self._marks = [mark for _, mark in self.exact]
        if beginning is not None:
            self._marks.append(_MARK + beginning)

    def may_be_in(self, entries: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return those of some stored entries that have, or had, any of the terms; or seem to."""
        first, *others = self._marks
        if not others:
            return [entry for entry in entries if first in entry[1]]
        return [
            entry
            for entry in entries
            if first in entry[1] or any(mark in entry[1] for mark in others)
        ]


class Glance(NamedTuple):
    """
    What some terms find in an entry.

    Attributes:
        number: The document's number.
        length: How many tokens its text has.
        has_old: Whether anything of the document lies in the blocks.
        new: How often each of the terms occurs.
        old: Those of the terms that lie in the blocks.
    """

    number: int
    length: int
    has_old: bool
    new: dict[bytes, int]
    old: set[bytes]


def glance(value: bytes, wanted: Wanted) -> Glance:
    """Return what some terms find in a stored entry, without taking it apart."""
    number, length, flags, filters, occurrences, new_terms = _HEAD.unpack_from(value)
    counts_start = _HEAD.size + filters
    new_start = counts_start + occurrences
    old_start = new_start + new_terms
    width = 4 if flags & _IS_WIDE else 1
    has_old = bool(flags & _HAS_OLD)
    if wanted.beginning is None:
        # Few terms: where each stands tells which one it is.
        new: dict[bytes, int] = {}
        old: set[bytes] = set()
        for term, mark in wanted.exact:
            start = value.find(mark, new_start, old_start)
            if start >= 0:
                count = counts_start + width * value.count(_MARK, new_start, start)
                new[term] = int.from_bytes(value[count : count + width], "little")
            if has_old and value.find(mark, old_start) >= 0:
                old.add(term)
        return Glance(number, length, has_old, new, old)
    beginning, known = wanted.beginning, wanted.known
    terms = _unpacked_terms(value[new_start:old_start])
    found = [
        (term, counts_start + width * place)
        for place, term in enumerate(terms)
        if term.startswith(beginning) or term in known
    ]
    return Glance(
        number,
        length,
        has_old,
        {term: int.from_bytes(value[count : count + width], "little") for term, count in found},
        {
            term
            for term in (_unpacked_terms(value[old_start:]) if has_old else ())
            if term.startswith(beginning) or term in known
        },
    )


def filters_in(value: bytes, filter_fields: int) -> tuple[bytes, ...]:
    """Return the filter values of what a stored entry says is new."""
    size = _HEAD.unpack_from(value)[3]
    return _unpacked_filters(value[_HEAD.size : _HEAD.size + size])[:filter_fields]


def _packed_filters(filters: tuple[bytes, ...]) -> bytes:
    return b"".join([bytes((len(each),)) + each for each in filters])


def _unpacked_filters(packed: bytes) -> tuple[bytes, ...]:
    filters: list[bytes] = []
    position = 0
    while position < len(packed):
        end = position + 1 + packed[position]
        filters.append(packed[position + 1 : end])
        position = end
    return tuple(filters)


def _packed_terms(terms: Mapping[bytes, int]) -> bytes:
    return _MARK + _MARK.join(terms) + _MARK if terms else b""


def _unpacked_terms(packed: bytes) -> list[bytes]:
    return packed[1:-1].split(_MARK) if packed else []
