"""
Hypothesis strategies for ids: those that there are, those that there are not, and texts like them.

Rules of this file: what is drawn is what its strategy says and nothing else, whatever its random
bytes happen to be; filters see to it.
"""

from collections.abc import Iterable
from struct import Struct

from hypothesis import strategies as st

from docdb.testing.sources import Source
from docdb.values.ids import creation_id, decode_id, encode_id, id_table_number

__all__ = ["foreign_ids", "formed_ids", "malformed_ids", "missing_ids", "referred_ids"]

_FLOAT = Struct(">d")
_BITS = Struct(">Q")
# From 2020 to 2040: docdb's own ids tell when their documents were made.
_MILLISECONDS = st.floats(1.58e12, 2.21e12)
_RANDOM = st.binary(min_size=6, max_size=6)
_INTERNAL = st.binary(min_size=16, max_size=16)
_UNKNOWN_TABLE_NUMBER = 4_000_000_000
_ID_CHARACTERS = 32


def formed_ids(number: int) -> st.SearchStrategy[str]:
    """Return well-formed ids of the table with a number: docdb's own, and such as Convex makes."""
    return st.one_of(
        st.builds(_native_id, st.just(number), _MILLISECONDS, _RANDOM),
        st.builds(encode_id, st.just(number), _INTERNAL),
    )


def _native_id(number: int, milliseconds: float, random: bytes) -> str:
    (bits,) = _BITS.unpack(_FLOAT.pack(milliseconds))
    return creation_id(number, bits, random)


def referred_ids(source: Source, table: str, *, must_exist: bool) -> st.SearchStrategy[str]:
    """
    Return ids that a field may contain which refers to a table.

    Args:
        source: What is known.
        table: The table referred to.
        must_exist: Whether its document must be there, as far as that is known.
    """
    known = source.ids(table)
    if known:
        return st.sampled_from(known)
    number = source.number(table)
    if number is None or (known is not None and must_exist):
        return st.nothing()
    return formed_ids(number)


def missing_ids(number: int, ids: Iterable[str]) -> st.SearchStrategy[str]:
    """Return well-formed ids of the table with a number, none of them among the given ones."""
    known = frozenset(ids)
    drawn = formed_ids(number)
    if known:
        drawn |= st.builds(_sibling, st.sampled_from(sorted(known)), _RANDOM)
    return drawn.filter(lambda id: id not in known)


def _sibling(id: str, random: bytes) -> str:
    """Return the id of a document that could have been made at the same time, and deleted."""
    number, internal = decode_id(id)
    return encode_id(number, internal[:8] + random + internal[14:])


def foreign_ids(source: Source, table: str) -> st.SearchStrategy[str]:
    """Return ids of other tables than one, and of tables that do not exist."""
    numbers = [*source.other_numbers(table), _UNKNOWN_TABLE_NUMBER]
    existing = source.ids_of_others(table)
    formed = st.sampled_from(numbers).flatmap(formed_ids)
    return formed | st.sampled_from(existing) if existing else formed


def malformed_ids() -> st.SearchStrategy[str]:
    """Return texts that are no ids, most of them nearly one."""
    ids = formed_ids(10_001)
    starts = st.integers(0, _ID_CHARACTERS - 1)
    # Not in the alphabet: i, l, o, u, capitals, and what int() would read.
    texts = st.sampled_from(["", *"0123456789abcdefghjkmnpqrstvwxyziloAZ_ -é"])
    return st.one_of(
        st.builds(_spliced, ids, starts, texts, removed=st.integers(0, 1)),
        st.builds(_spliced, ids, starts, texts, removed=starts),
        ids.map(str.upper),
        st.sampled_from(["", "0" * 31, "0" * _ID_CHARACTERS, "null", "undefined"]),
        st.text(st.characters(codec="utf-8"), max_size=40),
    ).filter(lambda text: id_table_number(text) is None)


def _spliced(text: str, start: int, inserted: str, *, removed: int) -> str:
    """Return a text with some of its characters replaced."""
    return text[:start] + inserted + text[start + removed :]
