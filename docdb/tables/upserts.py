"""Inserts that look first whether somebody has the unique key already."""

from collections.abc import Mapping
from typing import cast

from docdb.encoding.packed import Document
from docdb.encoding.rows import id_of_row
from docdb.errors import UnknownIndex, nearest_names, shown
from docdb.tables.admission import plain_fields
from docdb.tables.table import StoredTable
from docdb.tables.unique import UniqueIndex
from docdb.tables.writing import DocumentWriter

__all__ = ["insert_or_get", "upsert"]


def upsert(
    writer: DocumentWriter,
    name: str,
    document: Mapping[str, object],
    *,
    by: str,
    component: str = "",
) -> str:
    """
    Insert a document, or patch the one that has its unique key; return the id.

    Raises:
        UnknownIndex: The table has no unique index of that name.
    """
    id = _find_by_key(writer, name, document, by=by, component=component)
    if id is None:
        return writer.insert(name, document, component)
    writer.patch(id, document, component=component)
    return id


def insert_or_get(
    writer: DocumentWriter,
    name: str,
    document: Mapping[str, object],
    *,
    by: str,
    component: str = "",
) -> str:
    """Insert a document unless one has its unique key; return the id; raises as ``upsert``."""
    id = _find_by_key(writer, name, document, by=by, component=component)
    return writer.insert(name, document, component) if id is None else id


def _find_by_key(
    writer: DocumentWriter,
    name: str,
    document: Mapping[str, object],
    *,
    by: str,
    component: str,
) -> str | None:
    """Return the id of the document that has the unique key of another, or None."""
    table = writer.documents.catalog.table(name, component)
    unique = _unique_index(table, name, by)
    key = unique.key(cast("Document", plain_fields(document, name)))
    holder = None if key is None else writer.transaction.get(key)
    assert table is not None
    return None if holder is None else id_of_row(table.number, holder)


def _unique_index(table: StoredTable | None, name: str, by: str) -> UniqueIndex:
    named = None if table is None or not isinstance(by, str) else table.indexes.get(by)
    known = () if table is None else table.unique
    for unique in known:
        if named is not None and unique.ordered is named.ordered:
            return unique
    raise UnknownIndex(
        f"table {shown(name)} has no unique index {shown(by)}",
        hint=nearest_names(
            by if isinstance(by, str) else "",
            [each.name for each in known],
            what="unique indexes",
        ),
        table=name,
        index=by,
    )
