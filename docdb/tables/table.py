"""
A table as the file has it: its number, its rules, its indexes and the shapes of its records.

Rules of this file:

- Generated code (the validator, packers, makers) is made on first use: opening a file with a
  hundred tables compiles nothing.
- Shapes are only ever added, and only once the commit that stores them has succeeded; a number
  never changes its meaning.

A *shape* is the sorted tuple of a document's field names. A record holds the number of its shape
and the values in that order, so that names are stored once per table instead of once per
document (``docs/format.md``).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from docdb.encoding.compile import (
    Packer,
    compile_entries_encoder,
    compile_maker,
    compile_packer,
)
from docdb.encoding.keyspace import document_prefix
from docdb.encoding.long_keys import KEPT_BYTES, shorten
from docdb.encoding.packed import Document, Maker, make_open, pack_open
from docdb.errors import SchemaError
from docdb.indexes.ordered import OrderedIndex
from docdb.schema.compile import compile_check
from docdb.schema.defaults import has_defaults
from docdb.schema.definition import Table
from docdb.schema.namespace import v
from docdb.schema.table_rules import TableRules
from docdb.schema.validators import Validator
from docdb.tables.references import TableReferences
from docdb.tables.searches import StoredSearch
from docdb.tables.unique import UniqueIndex

if TYPE_CHECKING:
    from docdb.indexes.text.index import TextIndex

__all__ = ["StoredIndex", "StoredTable", "new_packer", "shape_of"]

# Names come in any order, and each order has a packer of its own.
_PACKERS_MAX = 4096


class StoredIndex:
    """A name under which a table's index can be asked for. Several names may share one index."""

    __slots__ = ("is_staged", "is_unique", "name", "ordered")

    def __init__(
        self, name: str, ordered: OrderedIndex, *, is_staged: bool, is_unique: bool
    ) -> None:
        self.name = name
        self.ordered = ordered
        self.is_staged = is_staged
        self.is_unique = is_unique


class StoredTable:
    """
    One table of the file. Shared by threads: everything but the shapes is fixed.

    Attributes:
        name: The name in its namespace.
        is_system: Whether this is one of docdb's own tables.
        component: The namespace: empty for the application's own tables.
        number: Which table of the file this is; part of every id and key.
        definition: The table of the schema, or None where the table is unchecked.
        indexes: The stored indexes by name.
        searches: The full-text indexes by name.
        makers: How records become documents, by the number of their shape.
    """

    def __init__(
        self,
        name: str,
        number: int,
        *,
        component: str = "",
        definition: Table | None = None,
        is_validated: bool = True,
        indexes: Mapping[str, StoredIndex] | None = None,
        searches: Mapping[str, StoredSearch] | None = None,
        resolve: Callable[[str], int | None],
    ) -> None:
        self.name = name
        self.is_system = name.startswith("_")
        self.component = component
        self.number = number
        self.prefix = document_prefix(number)
        self.definition = definition
        self.is_validated = is_validated and definition is not None
        self.has_unresolved_callables = False
        self.indexes: dict[str, StoredIndex] = dict(indexes or {})
        self.searches: dict[str, StoredSearch] = dict(searches or {})
        self.resolve = resolve
        self.shapes: dict[tuple[str, ...], int] = {}
        self.makers: dict[int, Maker] = {0: make_open}
        self.packers: dict[tuple[str, ...], Packer] = {}

    @cached_property
    def ordered(self) -> tuple[OrderedIndex, ...]:
        """Every index that has entries, each once, however many names it has."""
        by_number = {each.ordered.number: each.ordered for each in self.indexes.values()}
        return tuple(by_number[number] for number in sorted(by_number))

    @cached_property
    def texts(self) -> "tuple[TextIndex, ...]":
        """Every full-text index, each once, however many names it has."""
        by_number = {each.text.number: each.text for each in self.searches.values()}
        return tuple(by_number[number] for number in sorted(by_number))

    @cached_property
    def unique(self) -> tuple[UniqueIndex, ...]:
        """The unique indexes, each once, however many names it has."""
        by_number = {
            each.ordered.number: UniqueIndex(each.name, each.ordered)
            for each in self.indexes.values()
            if each.is_unique
        }
        return tuple(by_number.values())

    @cached_property
    def references(self) -> TableReferences | None:
        """What the documents of this table refer to; None where nothing of it is enforced."""
        references = TableReferences(
            self.number,
            validator=self.validator,
            rules=self.rules,
            ordered=self.ordered,
            resolve=self.resolve,
        )
        return references if references.places else None

    @cached_property
    def has_claims(self) -> bool:
        """Whether a document of this table needs more than its own place: keys, or others."""
        return bool(self.unique) or self.references is not None

    @cached_property
    def rules(self) -> TableRules:
        """What the engine does for this table beyond Convex."""
        return TableRules() if self.definition is None else self.definition.rules

    @cached_property
    def is_completed(self) -> bool:
        """Whether a new document may need defaults or stamps before it is checked."""
        stamps = self.rules.created_at_field or self.rules.updated_at_field
        return self.is_validated and (stamps is not None or has_defaults(self.validator))

    @cached_property
    def is_bare(self) -> bool:
        """Whether a new document of this table needs nothing but a check, a place and entries."""
        has_more = self.is_completed or self.rules.checks or self.texts or self.has_claims
        return not has_more

    @cached_property
    def validator(self) -> Validator:
        """What a document of this table must match, system fields left out."""
        if self.definition is None or not self.is_validated:
            return v.any()
        return self.definition.validator

    @cached_property
    def accepts(self) -> Callable[[Document], bool]:
        """
        The generated check: True only for a valid document that is in plain form already.

        False says only that the interpreted check must decide.

        Raises:
            SchemaError: The table has rules that call functions, and the database was opened
                without the program's schema, which has them.
        """
        if self.has_unresolved_callables:
            raise SchemaError(
                f"table {self.name!r} has rules that call functions which only the schema of the"
                " program has",
                hint="open the database with that schema to write to the table",
            )
        return compile_check(self.validator, self.resolve)

    @cached_property
    def entry_keys(self) -> Callable[[Document, bytes], tuple[bytes, ...]]:
        """The generated function that makes the full keys of all entries of a document at once."""
        return compile_entries_encoder([(each.prefix, each.paths) for each in self.ordered])

    def entries(self, document: Document, row_key: bytes) -> dict[bytes, bytes]:
        """Return the entries of a document in every index, as the store will hold them."""
        keys = self.entry_keys(document, row_key)
        if max(map(len, keys), default=0) <= KEPT_BYTES:
            return dict.fromkeys(keys, b"")
        return dict(shorten(key) if len(key) > KEPT_BYTES else (key, b"") for key in keys)

    def redefined(
        self,
        definition: Table | None,
        *,
        is_validated: bool,
        indexes: Mapping[str, StoredIndex],
        searches: Mapping[str, StoredSearch],
        resolve: Callable[[str], int | None],
    ) -> "StoredTable":
        """Return the same table under other rules; its documents and shapes stay."""
        table = StoredTable(
            self.name,
            self.number,
            component=self.component,
            definition=definition,
            is_validated=is_validated,
            indexes=indexes,
            searches=searches,
            resolve=resolve,
        )
        table.shapes, table.makers, table.packers = self.shapes, self.makers, self.packers
        return table

    def add_shape(self, number: int, names: tuple[str, ...]) -> None:
        """Learn a shape that is stored; its maker is compiled when the first document needs it."""
        self.shapes[names] = number
        self.makers[number] = _compiled_when_called(self.makers, number, names)

    def keep_shapes(self, count: int) -> None:
        """Forget all shapes but the first so many."""
        if len(self.shapes) == count:
            return
        kept = dict(list(self.shapes.items())[:count])
        numbers = {0, *kept.values()}
        self.shapes = kept
        self.makers = {n: maker for n, maker in self.makers.items() if n in numbers}
        self.packers = {}

    def packer(self, names: tuple[str, ...]) -> Packer | None:
        """Return the packer for documents with these names in any order, if it is known."""
        packer = self.packers.get(names)
        if packer is None:
            shape = shape_of(names)
            number = self.shapes.get(shape)
            if number is not None:
                if len(self.packers) >= _PACKERS_MAX:
                    self.packers.clear()
                packer = self.packers[names] = new_packer(number, shape)
        return packer

    def __repr__(self) -> str:
        return f"StoredTable({self.name!r}, {self.number}, indexes={sorted(self.indexes)})"


def _compiled_when_called(makers: dict[int, Maker], number: int, names: tuple[str, ...]) -> Maker:
    """Return a maker that puts the compiled one in its place among the makers when it is needed."""

    @cache
    def compiled() -> Maker:
        maker = makers[number] = compile_maker(names)
        return maker

    def make(*elements: Any) -> Document:
        return compiled()(*elements)

    return make


def shape_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the shape of documents with these names; members of a StrEnum become plain text."""
    return tuple(sorted(map(str.__str__, names)))


def new_packer(number: int, shape: tuple[str, ...]) -> Packer:
    """Return the function that packs documents of one shape; number 0 describes itself."""
    return compile_packer(number, shape) if number else pack_open
