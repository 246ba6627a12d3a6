"""
The full-text indexes of a table, as the catalog has them.

Rules of this file: two names that ask for the same words, filters and analyzer share one index.
The rooms of full-text search are entered only where a table has such an index, since a program
without one should not pay for loading them.
"""

from typing import TYPE_CHECKING, NamedTuple

from docdb.encoding.packed import Document
from docdb.schema.callables import NamedCallable
from docdb.schema.table_rules import SearchIndex

if TYPE_CHECKING:
    from docdb.indexes.text.index import TextIndex

__all__ = [
    "SearchKey",
    "StoredSearch",
    "analyzer_text",
    "key_of_text",
    "make_text_index",
    "read_search",
    "search_key",
]

# What two search indexes have in common if they share one: field, filters, analyzer.
SearchKey = tuple[str, tuple[str, ...], str]


class StoredSearch(NamedTuple):
    """A name under which documents can be searched."""

    name: str
    text: "TextIndex"
    is_staged: bool


def search_key(index: SearchIndex) -> SearchKey:
    """Return what tells a search index from others of its table."""
    return index.search_field, index.filter_fields, analyzer_text(index.analyzer)


def analyzer_text(analyzer: str | NamedCallable) -> str:
    """Return the text under which an analyzer is stored; only a function's has a colon."""
    return analyzer if isinstance(analyzer, str) else analyzer.name


def key_of_text(text: "TextIndex") -> SearchKey:
    """Return what tells a text index from others of its table."""
    description = text.description
    return description.search_field, description.filter_fields, description.analyzer_text


def make_text_index(
    number: int,
    *,
    search_field: str,
    filter_fields: tuple[str, ...],
    analyzer: str | NamedCallable,
) -> "TextIndex":
    """Return the text index of a number."""
    from docdb.indexes.text.analyzers import analyzer as analyze_by
    from docdb.indexes.text.description import TextDescription
    from docdb.indexes.text.index import TextIndex

    return TextIndex(
        TextDescription(
            number,
            search_field,
            filter_fields,
            analyze=analyze_by(analyzer),
            analyzer_text=analyzer_text(analyzer),
        )
    )


def read_search(row: Document) -> tuple[str, tuple[str, ...], str]:
    """Return field, filters and analyzer as a row of ``_indexes`` has them."""
    filters = row["filterFields"]
    assert isinstance(filters, list)
    return str(row["searchField"]), tuple(map(str, filters)), str(row["analyzer"])
