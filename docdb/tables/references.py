"""
What the documents of a table refer to, and how those that refer to a document are found.

Who refers to a document is always answered by an index. Where a declared index begins with the
field of a reference, that one serves; every other reference (one in an array, a record, a field
without an index) has entries of the engine's own, one for each document and target::

    52 | table number | id of the target | row key          -> nothing
    'R'  LEB128         sortable string    of the referrer

Rules of this file:

- What is enforced is that every id in such a place leads to a document when the transaction ends.
- An entry in either index only says where to look: the document decides whether it refers.

Cost: nothing for tables that refer to nobody; for a reference with a declared index a look-up of
the target, and one entry of about 60 bytes more where the engine keeps the index.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from docdb.encoding.compile import compile_reader
from docdb.encoding.keyspace import referrer_prefix
from docdb.encoding.packed import Document
from docdb.encoding.rows import row_key_in
from docdb.encoding.sortable import encode_value
from docdb.indexes.ordered import OrderedIndex
from docdb.kv.keyrange import prefix_range
from docdb.schema.references import Found, Place, References
from docdb.schema.table_rules import TableRules
from docdb.schema.validators import Validator
from docdb.transactions.reader import Reader
from docdb.values.kinds import Unset, Value
from docdb.values.paths import parse_path

__all__ = ["TableReferences", "Way"]

# Longer texts are no ids, and would not fit into a key.
_ID_CHARACTERS_MAX = 64


class Way(NamedTuple):
    """
    One way to find the documents of a table that refer to a document of another.

    Attributes:
        index: The declared index that begins with the reference; None for the engine's own.
        is_plain_cascade: Whether every document found refers to the target, and goes with it; so
            that none has to be read to know.
    """

    index: OrderedIndex | None  # pyright: ignore[reportIncompatibleMethodOverride] - tuple.index has no use here
    is_plain_cascade: bool


class TableReferences:
    """
    The enforced references of one table. Immutable; any thread may use it.

    Attributes:
        places: Where documents refer to others.
        definition: What has to be the same for the entries in the file to be right.
    """

    def __init__(
        self,
        number: int,
        *,
        validator: Validator,
        rules: TableRules,
        ordered: Sequence[OrderedIndex],
        resolve: Callable[[str], int | None],
    ) -> None:
        self._references = References(validator, rules, resolve)
        self.places = self._references.places
        self.prefix = referrer_prefix(number)
        self._indexes = {
            place.pattern: index
            for place in self.places
            if place.is_single
            for index in reversed(ordered)
            if index.fields[0] == place.pattern
        }
        self.numbers = {place.table: resolve(place.table) for place in self.places}
        self.definition = (validator, rules.references, self.numbers, frozenset(self._indexes))

    @cached_property
    def has_entries(self) -> bool:
        """Whether the engine keeps entries for some of the references."""
        return any(place.pattern not in self._indexes for place in self.places)

    @cached_property
    def are_certain(self) -> bool:
        """Whether ``read`` meets every reference, so that no document has to be walked through."""
        return all(place.is_single and place.is_certain for place in self.places)

    @cached_property
    def certain(self) -> tuple[Place, ...]:
        """The references that ``read`` returns, in its order."""
        return tuple(each for each in self.places if each.is_single and each.is_certain)

    @cached_property
    def read(self) -> Callable[[Document], tuple[Value | Unset, ...]]:
        """The generated function from a document to what is at the certain places."""
        return compile_reader([parse_path(place.pattern) for place in self.certain])

    def found(self, document: Document) -> list[Found]:
        """Return every reference of a document."""
        return self._references.found(document)

    def without(self, document: Document, is_gone: Callable[[Found], bool]) -> Document:
        """Return a document without the ``set_null`` references that a function says are gone."""
        return self._references.without(document, is_gone)

    def entries(self, document: Document, row_key: bytes) -> set[bytes]:
        """Return the keys of the entries that the engine keeps for a document."""
        if not self.has_entries:
            return set()
        return {
            self._entry_prefix(found.id) + row_key
            for found in self._references.found(document)
            if found.place.pattern not in self._indexes and len(found.id) <= _ID_CHARACTERS_MAX
        }

    def ways_to(self, target: str) -> tuple[Way, ...]:
        """Return the ways to the documents that refer to documents of a table, each once."""
        by_index: dict[str, list[Place]] = {}
        for place in self.places:
            if place.table == target:
                by_index.setdefault(place.pattern, []).append(place)
        ways: dict[int, Way] = {}
        for pattern, same in by_index.items():
            index = self._indexes.get(pattern)
            is_plain = all(each.is_certain and each.on_delete == "cascade" for each in same)
            if index is None:
                ways[0] = Way(None, is_plain_cascade=False)
            else:
                ways[index.number] = Way(index, is_plain_cascade=is_plain)
        return tuple(ways.values())

    def referrers(self, reader: Reader, way: Way, id: str) -> Iterator[list[bytes]]:
        """Yield the row keys of the documents that a way leads to from a target, in runs."""
        if way.index is None:
            start, stop = prefix_range(self._entry_prefix(id))
            runs = reader.scan_keys(start, stop)
        else:
            start, stop = prefix_range(way.index.prefix + encode_value(id))
            runs = way.index.scan(reader, start, stop)
        for keys in runs:
            yield [row_key_in(key) for key in keys]

    def _entry_prefix(self, id: str) -> bytes:
        return self.prefix + encode_value(id)
