"""
Whether the file says one thing: every document against every index, both ways.

Rules of this file:

- Nothing is believed: records are unpacked and their CRC checked, ids are compared with keys,
  documents with their validators, entries with documents, and every key must belong to somebody.
- A problem is reported and the check goes on; only a store that cannot be read at all ends it.

Cost: every entry is read twice; memory does not grow with the database.
"""

from collections.abc import Iterator
from typing import NamedTuple

from docdb.encoding.keyspace import Region, number_in
from docdb.encoding.packed import Document
from docdb.encoding.rows import document_key_from_id, id_of_row, row_key_in
from docdb.errors import DocdbError, StoreCorrupt
from docdb.indexes.ordered import OrderedIndex
from docdb.kv.keyrange import KEYS_STOP, prefix_range
from docdb.schema.checking import check
from docdb.schema.table_rules import broken_check
from docdb.tables.admission import SYSTEM_FIELDS
from docdb.tables.catalog import SCHEMA_KEY
from docdb.tables.dangling import is_there
from docdb.tables.documents import Documents
from docdb.tables.references import TableReferences
from docdb.tables.searches import StoredSearch
from docdb.tables.table import StoredTable
from docdb.tables.unique import UniqueIndex

__all__ = ["Problem", "find_problems", "going_on"]

# Given away, and empty in this format.
_RESERVED = (Region.FOREIGN_IDS, Region.COMMIT_LOG)


class Problem(NamedTuple):
    """
    One disagreement.

    Attributes:
        table: The table, or an empty text where none is known.
        id: The document, or an empty text where none is known.
        what: What does not agree.
        path: The field that it is about, or an empty text where it is about no single one.
    """

    table: str
    id: str
    what: str
    path: str = ""

    def __str__(self) -> str:
        where = (self.table, self.id, self.path and f"at {self.path}", self.what)
        return ": ".join(each for each in where if each)


def find_problems(documents: Documents) -> list[Problem]:
    """Return every disagreement of one state of the database; an empty list is a sound one."""
    problems: list[Problem] = []
    for table in documents.catalog.tables():
        problems += going_on(table.name, _table_problems(documents, table))
        for index in table.ordered:
            problems += going_on(table.name, _index_problems(documents, table, index))
        for unique in table.unique:
            problems += going_on(table.name, _unique_problems(documents, table, unique))
        if table.references is not None:
            found = _referrer_problems(documents, table, table.references)
            problems += going_on(table.name, found)
        for search in {each.text.number: each for each in table.searches.values()}.values():
            problems += going_on(table.name, _search_problems(documents, table, search))
    problems += going_on("", _stray_keys(documents))
    return problems


def going_on(table: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """Yield problems, and report what ends the search for more of them."""
    try:
        yield from problems
    except StoreCorrupt as error:
        yield Problem(table, "", f"unreadable from here on: {error.message}")


def _table_problems(documents: Documents, table: StoredTable) -> Iterator[Problem]:
    for entries in documents.reader.scan(*prefix_range(table.prefix), run=1024):
        for entry in entries:
            try:
                document = documents.unpack(table, [entry])[0]
            except DocdbError as error:
                yield Problem(table.name, "", f"unreadable record: {error.message}")
                continue
            yield from _document_problems(documents, table, entry[0], document)


def _document_problems(
    documents: Documents, table: StoredTable, key: bytes, document: Document
) -> Iterator[Problem]:
    id = str(document["_id"])
    if document_key_from_id(id) != key:
        yield Problem(table.name, id, "its id leads to another key than the one it lies under")
    # Rules that call functions cannot be checked without the program that has them.
    if table.is_validated and not table.has_unresolved_callables:
        fields = {name: document[name] for name in document if name not in SYSTEM_FIELDS}
        found = None if table.accepts(fields) else check(table.validator, fields, table.resolve)
        found = found or broken_check(table.rules, fields)
        if found is not None:
            where = found.path or "the document"
            what = f"{where} is {found.found}, expected {found.expected}"
            yield Problem(table.name, id, what, found.path)
    row_key = key[len(table.prefix) :]
    for index in table.ordered:
        entry_key, entry_value = index.entry(document, row_key)
        if documents.reader.get(entry_key) != entry_value:
            yield Problem(table.name, id, f"its entry in the index on {index.fields} is missing")
    for unique in table.unique:
        unique_key = unique.key(document)
        if unique_key is not None and documents.reader.get(unique_key) != row_key:
            yield Problem(table.name, id, f"its unique key in {unique.name!r} is not its own")
    if table.references is not None:
        yield from _reference_problems(documents, table, table.references, (row_key, document))


def _reference_problems(
    documents: Documents,
    table: StoredTable,
    references: TableReferences,
    row: tuple[bytes, Document],
) -> Iterator[Problem]:
    row_key, document = row
    id = str(document["_id"])
    for found in references.found(document):
        if not is_there(documents, table, found):
            what = f"it refers to {found.id!r}, and {found.place.table!r} has no such document"
            yield Problem(table.name, id, what, found.path)
    for key in references.entries(document, row_key):
        if documents.reader.get(key) is None:
            yield Problem(table.name, id, "an entry of its references is missing")


def _referrer_problems(
    documents: Documents, table: StoredTable, references: TableReferences
) -> Iterator[Problem]:
    for keys in documents.reader.scan_keys(*prefix_range(references.prefix), run=1024):
        for key in keys:
            row_key = row_key_in(key)
            document = documents.at(table, table.prefix + row_key)
            if document is None:
                yield Problem(table.name, "", "an entry of its references leads to no document")
            elif key not in references.entries(document, row_key):
                what = "an entry of its references says what it does not say"
                yield Problem(table.name, str(document["_id"]), what)


def _index_problems(
    documents: Documents, table: StoredTable, index: OrderedIndex
) -> Iterator[Problem]:
    start, stop = prefix_range(index.prefix)
    for keys in index.scan(documents.reader, start, stop, run=1024):
        for key in keys:
            document_key = table.prefix + row_key_in(key)
            record = documents.reader.get(document_key)
            if record is None:
                yield Problem(table.name, "", f"an entry of {index.fields} leads to no document")
                continue
            try:
                document = documents.unpack(table, [(document_key, record)])[0]
            except DocdbError:
                continue  # Reported with the document itself.
            if index.encode(document, row_key_in(key)) != key:
                what = f"an entry of the index on {index.fields} says what it does not say"
                yield Problem(table.name, str(document["_id"]), what)


def _unique_problems(
    documents: Documents, table: StoredTable, unique: UniqueIndex
) -> Iterator[Problem]:
    for entries in documents.reader.scan(*prefix_range(unique.prefix), run=1024):
        for key, row_key in entries:
            record = documents.reader.get(table.prefix + row_key)
            if record is None:
                yield Problem(table.name, "", f"a unique key of {unique.name!r} leads nowhere")
                continue
            document = documents.unpack(table, [(table.prefix + row_key, record)])[0]
            if unique.key(document) != key:
                what = f"a unique key of {unique.name!r} says what it does not say"
                yield Problem(table.name, str(document["_id"]), what)


def _search_problems(
    documents: Documents, table: StoredTable, search: StoredSearch
) -> Iterator[Problem]:
    if table.has_unresolved_callables and search.text.description.is_own_analyzer:
        return  # Only the program that has the analyzer can tell the words of a text.
    rows = ((key[len(table.prefix) :], document) for key, document in documents.scan(table))
    for row_key, what in search.text.problems(documents.reader, rows):
        id = "" if row_key is None else id_of_row(table.number, row_key)
        yield Problem(table.name, id, f"search index {search.name!r}: {what}")


def _stray_keys(documents: Documents) -> Iterator[Problem]:
    """Find keys that belong to nobody: unknown tables, indexes, facts and regions."""
    tables = {table.number for table in documents.catalog.tables()}
    indexes = {each.number for table in documents.catalog.tables() for each in table.ordered}
    unique = {u.ordered.number for table in documents.catalog.tables() for u in table.unique}
    yield from going_on("", _unknown_numbers(documents, Region.DOCUMENTS, tables))
    yield from going_on("", _unknown_numbers(documents, Region.SHAPES, tables))
    yield from going_on("", _unknown_numbers(documents, Region.INDEX_ENTRIES, indexes))
    yield from going_on("", _unknown_numbers(documents, Region.UNIQUE_KEYS, unique))
    referring = {
        table.number
        for table in documents.catalog.tables()
        if table.references is not None and table.references.has_entries
    }
    yield from going_on("", _unknown_numbers(documents, Region.REFERRERS, referring))
    texts = {text.number for table in documents.catalog.tables() for text in table.texts}
    yield from going_on("", _unknown_numbers(documents, Region.TEXT, texts))
    for keys in documents.reader.scan_keys(*prefix_range(Region.FACTS.value)):
        for key in keys:
            if key != SCHEMA_KEY:
                yield Problem("", "", f"the store has an unknown fact, {key.hex()}")
    start = b""
    for tag in sorted(region.value for region in Region if region not in _RESERVED):
        yield from _first_stray(documents, start, tag)
        start = prefix_range(tag).stop
    yield from _first_stray(documents, start, KEYS_STOP)


def _unknown_numbers(documents: Documents, region: Region, known: set[int]) -> Iterator[Problem]:
    for number in _numbers(documents, region):
        if number not in known:
            what = region.name.lower().replace("_", " ")
            yield Problem("", "", f"the store has {what} of number {number}, which is unknown")


def _numbers(documents: Documents, region: Region) -> Iterator[int]:
    """Yield the numbers that follow a region's tag, each once, by leaps."""
    start, stop = prefix_range(region.value)
    while True:
        none: list[bytes] = []
        first = next(documents.reader.scan_keys(start, stop, run=1), none)
        if not first:
            return
        number, length = number_in(first[0])
        yield number
        start = prefix_range(first[0][:length]).stop


def _first_stray(documents: Documents, start: bytes, stop: bytes) -> Iterator[Problem]:
    """Report the first key in a stretch that no region of this format uses."""
    none: list[bytes] = []
    keys = next(documents.reader.scan_keys(start, stop, run=1), none)
    if keys:
        yield Problem("", "", f"the store has keys of no known region, such as {keys[0].hex()}")
