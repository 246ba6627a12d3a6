"""
What would make a database cheaper: indexes that are missing, and indexes that are too many.

Rules of this file:

- Advice is not a verdict: an index whose fields begin another one's also keeps rows with equal
  fields in the order of their creation, which the longer one does not.
- References to docdb's own tables, and those inside arrays and records, which no index can find,
  are left out.
- An index counts as used where a query walked it, where it keeps keys unique, finds referrers, or
  finds what expires. Unused ones are named only for tables that were asked something.
"""

from collections.abc import Iterator
from typing import NamedTuple

from docdb.queries.explain import index_that_answers
from docdb.queries.usage import Usage
from docdb.schema.references import places
from docdb.tables.catalog import SYSTEM_TABLES, Catalog
from docdb.tables.table import StoredIndex, StoredTable

__all__ = ["Advice", "advise"]


class Advice(NamedTuple):
    """
    One thing that could be better.

    Attributes:
        kind: ``"unindexed_reference"``, ``"unindexed_filter"``, ``"redundant_index"`` or
            ``"unused_index"``.
        component: The namespace: empty for the application's own tables.
        table: The table.
        index: The index that is meant; empty where one is missing.
        fields: The fields that it has, or that a missing one should have.
        what: What was found, as a sentence.
        hint: What to do.
    """

    kind: str
    component: str
    table: str
    index: str  # pyright: ignore[reportIncompatibleMethodOverride] - tuple.index has no use here
    fields: tuple[str, ...]
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.what}; {self.hint}"


def advise(catalog: Catalog, usage: Usage) -> list[Advice]:
    """Return what could be better, in the order of the tables; filters with the most used first."""
    advice: list[Advice] = []
    for table in catalog.tables():
        if not table.is_system:
            advice += _unindexed_references(table)
            advice += _redundant_indexes(table)
            advice += _unused_indexes(catalog, table, usage)
    return [*advice, *_unindexed_filters(catalog, usage)]


def _declared(table: StoredTable) -> list[StoredIndex]:
    return [each for each in table.indexes.values() if not each.name.startswith("_")]


def _unindexed_references(table: StoredTable) -> Iterator[Advice]:
    firsts = {each.ordered.fields[0] for each in _declared(table) if not each.is_staged}
    for place in dict.fromkeys(places(table.validator, table.rules)):
        if place.table in SYSTEM_TABLES or not place.is_single or place.pattern in firsts:
            continue
        yield Advice(
            "unindexed_reference",
            table.component,
            table.name,
            "",
            (place.pattern,),
            f"no index of table {table.name!r} begins with {place.pattern!r}, which refers to"
            f" table {place.table!r}",
            f"to find referrers, add .index('by_{place.pattern.replace('.', '_')}',"
            f" [{place.pattern!r}])",
        )


def _redundant_indexes(table: StoredTable) -> Iterator[Advice]:
    declared = _declared(table)
    for index in declared:
        fields = index.ordered.fields
        longer = next(
            (
                each
                for each in declared
                if len(each.ordered.fields) > len(fields)
                and each.ordered.fields[: len(fields)] == fields
                and each.is_staged <= index.is_staged
            ),
            None,
        )
        if longer is None or index.is_unique:
            continue
        yield Advice(
            "redundant_index",
            table.component,
            table.name,
            index.name,
            fields,
            f"index {index.name!r} of table {table.name!r} is the beginning of {longer.name!r} on"
            f" {list(longer.ordered.fields)}",
            "drop it, unless rows with equal fields are wanted in the order of their creation",
        )


def _unused_indexes(catalog: Catalog, table: StoredTable, usage: Usage) -> Iterator[Advice]:
    if table.number not in usage.tables:
        return
    needed = {
        way.index.number
        for target in catalog.tables()
        for source, way in catalog.ways_to(target)
        if source is table and way.index is not None
    }
    for index in _declared(table):
        is_needed = index.is_unique or index.ordered.number in needed
        expires = table.rules.ttl_field == index.ordered.fields[0]
        if index.is_staged or is_needed or expires or index.ordered.number in usage.indexes:
            continue
        yield _unused(table, index.name, index.ordered.fields)
    for search in table.searches.values():
        if not search.is_staged and search.text.number not in usage.indexes:
            yield _unused(table, search.name, (search.text.description.search_field,))


def _unused(table: StoredTable, name: str, fields: tuple[str, ...]) -> Advice:
    return Advice(
        "unused_index",
        table.component,
        table.name,
        name,
        fields,
        f"no query has used index {name!r} of table {table.name!r} since the database was opened",
        "drop it if that is typical: each index costs every write",
    )


def _unindexed_filters(catalog: Catalog, usage: Usage) -> Iterator[Advice]:
    for use, count in sorted(usage.filters.items(), key=lambda each: -each[1]):
        table = catalog.table(use.table, use.component)
        if table is None:
            continue
        wanted = (*use.given, *use.fields)
        name = index_that_answers(table, use.given, use.fields)
        hint = f"an index on {list(wanted)} would read only what the query returns"
        if name is not None:
            hint = f"index {name!r} answers it: move the condition into with_index"
        yield Advice(
            "unindexed_filter",
            use.component,
            use.table,
            name or "",
            wanted,
            f"table {use.table!r} was filtered by {', '.join(map(repr, use.fields))} without an"
            f" index, {count:,} times since the database was opened",
            hint,
        )
