"""
Which tables and indexes there are, as one immutable value per version of the file.

The catalog is kept as documents of two system tables, ``_tables`` and ``_indexes``, which users
may read like any other; the shapes of records, the schema's text and the commit record lie beside
them under keys of their own (``docs/format.md``).

Rules of this file:

- A ``Catalog`` never changes, but for shapes, which are only added. A transaction that creates a
  table makes a new catalog, and it becomes the database's when the commit has succeeded.
- Every change of what is stored here raises the catalog version in the commit record, which is
  how a process learns that another one has changed the schema: one small read, and only when
  anything was committed at all since it last looked.
- Table numbers are unique in the file, components included, and are never used again.

Cost: loading reads the two tables and the shapes once; compiled functions are made on first use.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, cast
from zlib import crc32

from docdb import limits
from docdb.encoding.keyspace import (
    TABLE_PREFIX_BYTES,
    document_prefix,
    fact_key,
    shape_prefix,
)
from docdb.encoding.packed import Document, decode_many, unpack_value
from docdb.errors import InvalidArgument, StoreCorrupt
from docdb.indexes.ordered import OrderedIndex
from docdb.kv.interface import Snapshot
from docdb.kv.keyrange import prefix_range
from docdb.schema.callables import NamedCallable
from docdb.schema.definition import Schema, Table
from docdb.tables.references import Way
from docdb.tables.searches import (
    StoredSearch,
    analyzer_text,
    make_text_index,
    read_search,
)
from docdb.tables.table import StoredIndex, StoredTable
from docdb.transactions.reader import Reader

if TYPE_CHECKING:
    from docdb.indexes.text.index import TextIndex

__all__ = [
    "FIRST_USER_TABLE_NUMBER",
    "SCHEMA_KEY",
    "SYSTEM_TABLES",
    "Catalog",
    "CommitRecord",
    "load_catalog",
    "read_commit",
    "schema_text",
]

# On disk; these may never change their meaning.
SCHEMA_KEY = fact_key(1)
SYSTEM_TABLES: Mapping[str, int] = {
    "_tables": 512,
    "_indexes": 513,
    "_storage": 514,
    "_scheduled_functions": 515,
}
# Convex numbers user tables from 10001 (convex-backend, crates/database, bootstrap_model).
FIRST_USER_TABLE_NUMBER = 10_001

_COMMIT = Struct(">QQQ")
# As every check, that of the commit record begins with where it stands.
_KEY_CRC = crc32(b"root")


class CommitRecord(NamedTuple):
    """
    What every commit writes about itself.

    Attributes:
        timestamp: Nanoseconds since 1970, strictly increasing from commit to commit.
        creation_bits: The bits of the latest creation time that was ever given out.
        catalog_version: How often the catalog has changed.
    """

    timestamp: int = 0
    creation_bits: int = 0
    catalog_version: int = 0

    def following(self, *, now: float, creation_bits: int, catalog_version: int) -> bytes:
        """Return, as it is stored, the record of the next commit, at a time in milliseconds."""
        # The year 2262, beyond which they do not fit 63 bits; the 64th is room to rise into.
        nanoseconds = min(int(now * 1e6), (1 << 63) - 1)
        body = _COMMIT.pack(
            max(self.timestamp + 1, nanoseconds),
            max(self.creation_bits, creation_bits),
            catalog_version,
        )
        return body + crc32(body, _KEY_CRC).to_bytes(4, "big")


class Catalog:
    """
    The tables of one version of the file. Immutable but for shapes; any thread may use it.

    Attributes:
        version: The catalog version of the commit record that this catalog belongs to.
        schema: The schema that was last applied, or None.
        schema_text: Its stored JSON text, empty where there is none.
    """

    __slots__ = ("_by_name", "_by_prefix", "_ways", "schema", "schema_text", "version")

    def __init__(
        self,
        version: int,
        tables: Mapping[tuple[str, str], StoredTable],
        *,
        schema: Schema | None,
        schema_text: str,
    ) -> None:
        self.version = version
        self.schema = schema
        self.schema_text = schema_text
        self._by_name = dict(tables)
        self._by_prefix = {table.prefix: table for table in self._by_name.values()}
        self._ways: dict[int, tuple[tuple[StoredTable, Way], ...]] = {}

    def table(self, name: str, component: str = "") -> StoredTable | None:
        """Return the table of that name in a namespace, or None."""
        try:
            return self._by_name.get((component, name))
        except TypeError:  # A name that cannot be hashed is no name.
            return None

    def table_of_key(
        self, key: bytes, expected: str | None = None, component: str = "", *, system: bool = False
    ) -> StoredTable | None:
        """Return the table of a document's key if it is one that may be meant, else None."""
        table = self._by_prefix.get(key[:TABLE_PREFIX_BYTES])
        if (
            table is None
            or table.component != component
            or table.is_system is not system
            or (expected is not None and (type(expected) is not str or expected != table.name))
        ):
            return None
        return table

    def table_numbered(self, number: int) -> StoredTable | None:
        """Return the table with a number, or None."""
        return self._by_prefix.get(document_prefix(number))

    def tables(self, component: str | None = None) -> Iterator[StoredTable]:
        """Yield the tables of one namespace, or of all, system tables included."""
        for (home, _), table in self._by_name.items():
            if component is None or home == component:
                yield table

    def referred(self, table: StoredTable, name: str) -> StoredTable | None:
        """Return the table that the references of a table call by a name, or None."""
        return self.table(name, "" if name in SYSTEM_TABLES else table.component)

    def ways_to(self, table: StoredTable) -> tuple[tuple[StoredTable, Way], ...]:
        """Return the tables that refer to a table, each with the ways to its referrers."""
        ways = self._ways.get(table.number)
        if ways is None:
            ways = self._ways[table.number] = tuple(
                (other, way)
                for other in self._by_name.values()
                if other.references is not None
                and other.references.numbers.get(table.name) == table.number
                for way in other.references.ways_to(table.name)
            )
        return ways

    def new_table(self, name: str, component: str) -> StoredTable:
        """
        Return a table, unchecked, under the next number that is free.

        Raises:
            InvalidArgument: There are as many tables as a database may have.
        """
        if len(self._by_name) - len(SYSTEM_TABLES) >= limits.TABLES_MAX:
            raise InvalidArgument(
                f"table {name!r} would be one more than the {limits.TABLES_MAX:,} that a database"
                " may have",
                hint="keep what varies in a field instead of in the table's name",
            )
        highest = max(table.number for table in self._by_name.values())
        number = max(highest + 1, FIRST_USER_TABLE_NUMBER)
        return StoredTable(name, number, component=component, resolve=self.resolver(component))

    def next_index_number(self) -> int:
        """Return a number above that of every index there is."""
        numbers = (
            each.number
            for table in self._by_name.values()
            for each in (*table.ordered, *table.texts)
        )
        return max(numbers, default=0) + 1

    def with_table(self, table: StoredTable) -> "Catalog":
        """Return a catalog of the next version that has one more table."""
        tables = {**self._by_name, (table.component, table.name): table}
        return Catalog(self.version + 1, tables, schema=self.schema, schema_text=self.schema_text)

    def of_version(self, version: int) -> "Catalog":
        """Return the same tables under another version."""
        return Catalog(version, self._by_name, schema=self.schema, schema_text=self.schema_text)

    def shape_counts(self) -> dict[int, int]:
        """Return how many shapes each table knows, for ``forget_shapes``."""
        return {table.number: len(table.shapes) for table in self._by_name.values()}

    def forget_shapes(self, counts: Mapping[int, int]) -> None:
        """Forget the shapes that were added since ``shape_counts``: their commits were undone."""
        for table in self._by_name.values():
            table.keep_shapes(counts.get(table.number, 0))

    def resolver(self, component: str) -> "Resolver":
        """Return the function from a table name of a namespace to its number."""
        return Resolver(self._by_name, component)

    def __repr__(self) -> str:
        names = sorted(name for _, name in self._by_name if not name.startswith("_"))
        return f"Catalog(version={self.version}, tables={names})"


class Resolver:
    """The function that turns the table name of a ``v.id`` into that table's number."""

    __slots__ = ("_component", "_tables")

    def __init__(self, tables: Mapping[tuple[str, str], StoredTable], component: str) -> None:
        self._tables = tables
        self._component = component

    def __call__(self, name: str) -> int | None:
        """Return the number of the table, or None where the namespace has no such table."""
        if name in SYSTEM_TABLES:
            return SYSTEM_TABLES[name]
        table = self._tables.get((self._component, name))
        return None if table is None else table.number


def read_commit(snapshot: Snapshot) -> CommitRecord:
    """Return the commit record of a state of the store; zeros before the first commit."""
    stored = snapshot.root
    if stored is None:
        return CommitRecord()
    body = stored[: _COMMIT.size]
    if stored[_COMMIT.size :] != crc32(body, _KEY_CRC).to_bytes(4, "big"):
        raise StoreCorrupt(f"the commit record is damaged: {stored.hex()}", hint="restore a backup")
    return CommitRecord(*_COMMIT.unpack(body))


def load_catalog(reader: Reader, *, version: int, schema: Schema | None = None) -> Catalog:
    """
    Read the catalog of one state of the store.

    Args:
        reader: The state.
        version: The catalog version that its commit record names.
        schema: The schema object to use if its text is the stored one, so that callables that
            only the program has stay resolved; otherwise the stored text is parsed.

    Raises:
        StoreCorrupt: What is stored is no catalog.
    """
    try:
        return _loaded(reader, version=version, schema=schema)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
        InvalidArgument,
    ) as error:
        raise StoreCorrupt(
            f"the catalog cannot be read: {type(error).__name__}: {error}",
            hint="restore a backup",
        ) from error


def schema_text(schema: Schema) -> str:
    """Return the text under which a schema is stored: the same for equal schemas."""
    return json.dumps(schema.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _loaded(reader: Reader, *, version: int, schema: Schema | None) -> Catalog:
    stored = reader.get(SCHEMA_KEY)
    text = "" if stored is None else str(unpack_value(stored, SCHEMA_KEY))
    if not text:
        schema = None
    elif schema is None or schema_text(schema) != text:
        schema = Schema.from_json(json.loads(text))
    tables: dict[tuple[str, str], StoredTable] = {}
    for name, number in SYSTEM_TABLES.items():
        tables["", name] = StoredTable(name, number, resolve=Resolver(tables, ""))
    rows = list(_documents(reader, tables["", "_indexes"]))
    indexes = _indexes_by_table(row for row in rows if "searchField" not in row)
    searches = [row for row in rows if "searchField" in row]
    for row in _documents(reader, tables["", "_tables"]):
        name, number = cast("str", row["name"]), cast("int", row["number"])
        component = cast("str", row.get("component", ""))
        part = schema if schema is None or not component else schema.components.get(component)
        tables[component, name] = StoredTable(
            name,
            number,
            component=component,
            definition=None if part is None else part.tables.get(name),
            is_validated=part is not None and part.schema_validation,
            indexes=indexes.get((component, name)),
            searches=_searches_of(
                (component, name), searches, None if part is None else part.tables.get(name)
            ),
            resolve=Resolver(tables, component),
        )
        if part is not None and name in part.tables:
            table = tables[component, name]
            table.has_unresolved_callables = part.has_unresolved_callables(name)
    catalog = Catalog(version, tables, schema=schema, schema_text=text)
    _load_shapes(reader, catalog)
    return catalog


def _documents(reader: Reader, table: StoredTable) -> Iterator[Document]:
    for entries in reader.scan(*prefix_range(table.prefix)):
        keys, records = zip(*entries, strict=True)
        yield from decode_many(keys, records, table.makers)


def _indexes_by_table(
    rows: Iterator[Document],
) -> dict[tuple[str, str], dict[str, StoredIndex]]:
    indexes: dict[tuple[str, str], dict[str, StoredIndex]] = {}
    by_number: dict[int, OrderedIndex] = {}
    for row in rows:
        number = cast("int", row["number"])
        if number not in by_number:
            by_number[number] = OrderedIndex(number, cast("list[str]", row["fields"]))
        name, home = cast("str", row["name"]), cast("str", row.get("component", ""))
        indexes.setdefault((home, cast("str", row["table"])), {})[name] = StoredIndex(
            name,
            by_number[number],
            is_staged=row["state"] == "staged",
            is_unique=bool(row.get("unique", False)),
        )
    return indexes


def _searches_of(
    home: tuple[str, str], rows: Iterable[Document], definition: Table | None
) -> dict[str, StoredSearch]:
    """Return the full-text indexes of a table; the program's schema has its own analyzers."""
    declared = {} if definition is None else {i.name: i for i in definition.search_indexes}
    texts: dict[int, TextIndex] = {}
    searches: dict[str, StoredSearch] = {}
    for row in rows:
        if (row.get("component", ""), row["table"]) != home:
            continue
        name, number = cast("str", row["name"]), cast("int", row["number"])
        search_field, filter_fields, analyzer = read_search(row)
        chosen: str | NamedCallable = NamedCallable(analyzer) if ":" in analyzer else analyzer
        if name in declared and analyzer_text(declared[name].analyzer) == analyzer:
            chosen = declared[name].analyzer
        if number not in texts:
            texts[number] = make_text_index(
                number, search_field=search_field, filter_fields=filter_fields, analyzer=chosen
            )
        searches[name] = StoredSearch(name, texts[number], row["state"] == "staged")
    return searches


def _load_shapes(reader: Reader, catalog: Catalog) -> None:
    for table in catalog.tables():
        prefix = shape_prefix(table.number)
        for entries in reader.scan(*prefix_range(prefix)):
            for key, packed in entries:
                names = tuple(cast("list[str]", unpack_value(packed, key)))
                table.add_shape(int.from_bytes(key[len(prefix) :], "big"), names)
