"""
Applying a schema: new tables and indexes, old documents checked, all in one transaction.

Rules of this file:

- Nothing is half-applied: the first document that does not fit ends the transaction, and the
  error names its table, its id and the path.
- Documents are read again only where their validator has become narrower; entries are made only
  for indexes that are new.
- Tables that the schema does not name stay, unchecked and without indexes. Tables of docdb's own
  are never touched.
- Two names of a table that index the same fields share one index.

Cost: nothing for a schema that is stored already; else one pass over each table that needs
checking or gets an index, at about the cost of writing its entries.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from docdb.encoding.packed import Document, pack_value
from docdb.errors import SchemaMismatch, UniqueViolation
from docdb.indexes.ordered import OrderedIndex
from docdb.kv.keyrange import prefix_range
from docdb.schema.checking import check
from docdb.schema.definition import Schema, Table
from docdb.schema.evolution import is_subset
from docdb.schema.table_rules import broken_check
from docdb.tables.admission import SYSTEM_FIELDS
from docdb.tables.catalog import SCHEMA_KEY, Catalog, Resolver, schema_text
from docdb.tables.dangling import is_there
from docdb.tables.references import TableReferences
from docdb.tables.searches import (
    SearchKey,
    StoredSearch,
    key_of_text,
    make_text_index,
    search_key,
)
from docdb.tables.table import StoredIndex, StoredTable
from docdb.tables.unique import UniqueIndex
from docdb.tables.unique_keys import claim_key
from docdb.tables.writing import DocumentWriter

if TYPE_CHECKING:
    from docdb.indexes.text.index import TextIndex

__all__ = ["EXPIRY_INDEX", "apply_schema"]

# Names that begin with an underscore are the system's; as a staged index it cannot be queried.
EXPIRY_INDEX = "_expiry"


def apply_schema(writer: DocumentWriter, schema: Schema) -> None:
    """
    Make a schema the one that the database enforces.

    Raises:
        SchemaMismatch: An existing document does not fit.
    """
    text = schema_text(schema)
    if writer.documents.catalog.schema_text == text:
        return
    parts = {"": schema, **schema.components}
    for component, part in parts.items():
        for name in part.tables:
            if writer.documents.catalog.table(name, component) is None:
                writer.create_table(name, component)
    old = writer.documents.catalog
    catalog = _redefined(old, schema, text)
    writer.install(catalog)
    _store_index_rows(writer, catalog)
    for table in catalog.tables():
        before = old.table(table.name, table.component)
        assert before is not None
        if not table.is_system:
            _bring_up_to_date(writer, before, table)
    writer.transaction.put_sticky(SCHEMA_KEY, pack_value(text, SCHEMA_KEY))


def _redefined(old: Catalog, schema: Schema, text: str) -> Catalog:
    """Return the catalog whose tables follow the schema."""
    tables: dict[tuple[str, str], StoredTable] = {}
    next_number = old.next_index_number()
    for table in old.tables():
        part = schema.components.get(table.component) if table.component else schema
        definition = None if part is None else part.tables.get(table.name)
        indexes, next_number = _indexes(table, definition, next_number)
        searches, next_number = _searches(table, definition, next_number)
        tables[table.component, table.name] = table.redefined(
            definition,
            is_validated=part is not None and part.schema_validation,
            indexes=indexes,
            searches=searches,
            resolve=Resolver(tables, table.component),
        )
    return Catalog(old.version + 1, tables, schema=schema, schema_text=text)


def _indexes(
    table: StoredTable, definition: Table | None, next_number: int
) -> tuple[dict[str, StoredIndex], int]:
    """Return the indexes that a definition asks for, those that exist already kept."""
    wanted = {index.fields for index in definition.indexes} if definition else set[object]()
    by_fields = {each.fields: each for each in table.ordered if each.fields in wanted}
    indexes: dict[str, StoredIndex] = {}
    for index in definition.indexes if definition else ():
        ordered = by_fields.get(index.fields)
        if ordered is None:
            ordered = by_fields[index.fields] = OrderedIndex(next_number, index.fields)
            next_number += 1
        indexes[index.name] = StoredIndex(
            index.name, ordered, is_staged=index.staged, is_unique=index.unique
        )
    expiry = definition.rules.ttl_field if definition else None
    if expiry is not None and not any(each.fields[0] == expiry for each in by_fields.values()):
        # Nobody declared an index that finds what has expired: the engine keeps one of its own.
        ordered = OrderedIndex(next_number, (expiry,))
        next_number += 1
        indexes[EXPIRY_INDEX] = StoredIndex(EXPIRY_INDEX, ordered, is_staged=True, is_unique=False)
    return indexes, next_number


def _searches(
    table: StoredTable, definition: Table | None, next_number: int
) -> tuple[dict[str, StoredSearch], int]:
    """Return the full-text indexes that a definition asks for, those that exist already kept."""
    had = {key_of_text(each.text): each.text.number for each in table.searches.values()}
    texts: dict[SearchKey, TextIndex] = {}
    searches: dict[str, StoredSearch] = {}
    for index in definition.search_indexes if definition else ():
        key = search_key(index)
        if key not in texts:
            number = had.get(key, next_number)
            next_number += number == next_number
            texts[key] = make_text_index(
                number,
                search_field=index.search_field,
                filter_fields=index.filter_fields,
                analyzer=index.analyzer,
            )
        searches[index.name] = StoredSearch(index.name, texts[key], index.staged)
    return searches, next_number


def _store_index_rows(writer: DocumentWriter, catalog: Catalog) -> None:
    """Make the rows of ``_indexes`` say what the catalog says."""
    wanted = {_row_key(row): row for row in _index_rows(catalog)}
    system = catalog.table("_indexes")
    assert system is not None
    for key, stored in list(writer.documents.scan(system)):
        row = {name: stored[name] for name in stored if name not in SYSTEM_FIELDS}
        if wanted.get(_row_key(row)) == row:
            del wanted[_row_key(row)]
        else:
            writer.transaction.put(key, None)
    for row in wanted.values():
        writer.insert_system_row("_indexes", row)


def _index_rows(catalog: Catalog) -> Iterator[Document]:
    for table in catalog.tables():
        for index in table.indexes.values():
            row: Document = {
                "table": table.name,
                "name": index.name,
                "number": index.ordered.number,
                "fields": list(index.ordered.fields),
                "state": "staged" if index.is_staged else "ready",
            }
            if table.component:
                row["component"] = table.component
            if index.is_unique:
                row["unique"] = True
            yield row
        for search in table.searches.values():
            yield _search_row(table, search)


def _search_row(table: StoredTable, search: StoredSearch) -> Document:
    search_field, filter_fields, analyzer = key_of_text(search.text)
    row: Document = {
        "table": table.name,
        "name": search.name,
        "number": search.text.number,
        "searchField": search_field,
        "filterFields": list(filter_fields),
        "analyzer": analyzer,
        "state": "staged" if search.is_staged else "ready",
    }
    if table.component:
        row["component"] = table.component
    return row


def _row_key(row: Document) -> tuple[object, object, object]:
    return row.get("component", ""), row["table"], row["name"]


class _Work(NamedTuple):
    """What applying a schema has to do with the documents of one table."""

    dropped: list[OrderedIndex]
    added: list[OrderedIndex]
    unique: list[UniqueIndex]
    is_check_needed: bool
    references: TableReferences | None
    texts: "list[TextIndex]"


def _bring_up_to_date(writer: DocumentWriter, before: StoredTable, table: StoredTable) -> None:
    """Check a table's documents and make its entries agree with its new indexes."""
    was_unique = {each.ordered.number for each in before.unique}
    is_unique = {each.ordered.number for each in table.unique}
    for unique in before.unique:
        if unique.ordered.number not in is_unique:
            _delete_all(writer, unique.prefix)
    had = {each.number for each in before.ordered}
    has = {each.number for each in table.ordered}
    work = _Work(
        dropped=[each for each in before.ordered if each.number not in has],
        added=[each for each in table.ordered if each.number not in had],
        unique=[each for each in table.unique if each.ordered.number not in was_unique],
        is_check_needed=table.is_validated
        and (not is_subset(before.validator, table.validator) or _has_new_checks(before, table)),
        references=_changed_references(before, table),
        texts=[each for each in table.texts if each.number not in {t.number for t in before.texts}],
    )
    for text in before.texts:
        if text.number not in {each.number for each in table.texts}:
            _delete_all(writer, text.prefix)
    for index in work.dropped:
        _delete_all(writer, index.prefix)
    is_stale = work.references is not None or table.references is None
    if is_stale and before.references is not None and before.references.has_entries:
        _delete_all(writer, before.references.prefix)
    if not any(work[1:]):
        return
    start, stop = prefix_range(table.prefix)
    for rows in writer.transaction.scan(start, stop, run=1024):
        documents = writer.documents.unpack(table, rows)
        if work.is_check_needed:
            for document in documents:
                _check_existing(table, document)
        entries: dict[bytes, bytes] = {}
        for (key, _), document in zip(rows, documents, strict=True):
            row_key = key[len(table.prefix) :]
            entries.update(index.entry(document, row_key) for index in work.added)
            for text in work.texts:
                writer.words.writer(text).add(row_key, document)
            for unique in work.unique:
                _claim(writer, table, unique, (key, document), entries)
            if work.references is not None:
                _check_references(writer, table, work.references, document)
                entries |= dict.fromkeys(work.references.entries(document, row_key), b"")
        writer.transaction.put_all(entries, 0)


def _changed_references(before: StoredTable, table: StoredTable) -> TableReferences | None:
    """Return a table's references if they, or what finds them, are not what they were."""
    old, new = before.references, table.references
    is_same = old is not None and new is not None and old.definition == new.definition
    return None if is_same else new


def _check_references(
    writer: DocumentWriter, table: StoredTable, references: TableReferences, document: Document
) -> None:
    for found in references.found(document):
        if not is_there(writer.documents, table, found):
            raise SchemaMismatch(
                f"document {document['_id']!r} of table {table.name!r} does not fit the new schema:"
                f" it refers at {found.path!r} to {found.id!r}, and table {found.place.table!r} has"
                " no such document",
                hint="delete the reference, or the document that has it, first",
                table=table.name,
                id=document["_id"],
                path=found.path,
                expected=f"an existing document of table {found.place.table!r}",
                found=found.id,
            )


def _delete_all(writer: DocumentWriter, prefix: bytes) -> None:
    for keys in writer.transaction.scan_keys(*prefix_range(prefix), run=1024):
        for key in keys:
            writer.transaction.put(key, None)


def _has_new_checks(before: StoredTable, table: StoredTable) -> bool:
    return not set(table.rules.checks) <= set(before.rules.checks)


def _claim(
    writer: DocumentWriter,
    table: StoredTable,
    unique: UniqueIndex,
    row: tuple[bytes, Document],
    entries: dict[bytes, bytes],
) -> None:
    """Give a unique key to an existing document, or refuse the schema where it is taken."""
    document_key, document = row
    row = (document_key[len(table.prefix) :], document)
    try:
        claim_key(writer.transaction, entries, table=table, unique=unique, row=row)
    except UniqueViolation as violation:
        raise SchemaMismatch(
            f"document {document['_id']!r} of table {table.name!r} does not fit the new schema:"
            f" {violation.message}",
            hint="delete or change one of the two first",
            table=table.name,
            id=document["_id"],
            path=", ".join(unique.ordered.fields),
        ) from None


def _check_existing(table: StoredTable, document: Document) -> None:
    fields = {name: document[name] for name in document if name not in SYSTEM_FIELDS}
    problem = None if table.accepts(fields) else check(table.validator, fields, table.resolve)
    problem = problem or broken_check(table.rules, fields)
    if problem is not None:
        raise SchemaMismatch(
            f"document {document['_id']!r} of table {table.name!r} does not fit the new schema:"
            f" at {problem.path or 'the document itself'} expected {problem.expected},"
            f" found {problem.found}",
            hint="change the document first, or widen the validator (v.optional, v.union)",
            table=table.name,
            id=document["_id"],
            path=problem.path,
            expected=problem.expected,
            found=problem.found,
        )
