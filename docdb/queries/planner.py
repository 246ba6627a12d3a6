"""
From a request to a plan: which index, which keys, which tests.

A plan is frozen data. Making one looks the table and index up in the catalog, checks the range,
and compiles the filters; nothing is read.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from docdb.encoding.packed import Chooser, Document
from docdb.encoding.rows import document_key_from_id
from docdb.errors import UnknownIndex, UnknownTable, nearest_names, shown
from docdb.indexes.ordered import BY_CREATION, OrderedIndex
from docdb.kv.keyrange import KeyRange, successor
from docdb.queries.choosing import compile_chooser
from docdb.queries.compile import compile_filter
from docdb.queries.expressions import Expression, Literal
from docdb.queries.ranges import Clause, id_passes, scan_range
from docdb.queries.request import Request, Step
from docdb.tables.catalog import Catalog
from docdb.tables.table import StoredTable
from docdb.values.names import check_table_name

__all__ = ["Plan", "acceptance", "make_plan"]

_BUILT_IN = ("by_creation_time", "by_id")


class Plan(NamedTuple):
    """
    How a request will be answered.

    Attributes:
        request: What was asked.
        table: The table, or None where nothing was ever written under that name.
        index: The index to scan, or None for the table itself, which lies in creation order.
        index_name: The name under which the index was asked for.
        fields: The fields of the index, the implicit ones included.
        keys: The range of full keys to look at.
        accepts: The test that a document must pass, or None.
    """

    request: Request
    table: StoredTable | None
    index: OrderedIndex | None  # pyright: ignore[reportIncompatibleMethodOverride] - tuple.index has no use here
    index_name: str
    fields: tuple[str, ...]
    keys: KeyRange
    accepts: Callable[[Document], bool] | None

    def fingerprint(self) -> str:
        """Return a text that is the same for plans that walk the same rows in the same order."""
        table = (self.request.component, self.request.table)
        # An index that was dropped and made again has other keys than a position may hold.
        number = 0 if self.index is None else self.index.number
        clauses = sorted(each.key for each in self.request.clauses)
        steps = [each.key for each in self.request.steps]
        order = self.request.is_descending
        return repr((table, number, self.index_name, self.fields, clauses, order, steps))

    def chooser(self) -> Chooser | None:
        """Return which records may hold a document that passes, or None where all may."""
        # What the first filter drops is never shown to the others.
        first = self.request.steps[0].expression if self.request.steps else None
        return None if first is None else _chooser(_Keyed(first))


def make_plan(request: Request, catalog: Catalog) -> Plan:
    """
    Decide how a request is answered.

    Raises:
        UnknownTable: The table's name is malformed or reserved.
        UnknownIndex: The table has no such index, or it is staged.
        IndexRangeError: The range does not fit the index.
    """
    table = _table(request, catalog)
    index_name = "by_creation_time" if request.index is None else request.index
    index, fields, prefix = _index(request, table, index_name)
    ranged = scan_range(request.clauses, index=index_name, fields=fields, prefix=prefix)
    keys = ranged.keys
    if index_name == "by_id":
        keys = _narrowed_by_id(keys, ranged.id_clauses)
    return Plan(
        request=request,
        table=table,
        index=index,
        index_name=index_name,
        fields=fields,
        keys=keys,
        accepts=acceptance(ranged.id_clauses, request.steps),
    )


def _table(request: Request, catalog: Catalog) -> StoredTable | None:
    table = catalog.table(request.table, "" if request.is_system else request.component)
    if request.is_system:
        if table is None or not table.is_system:
            names = [each.name for each in catalog.tables("") if each.is_system]
            raise UnknownTable(
                f"there is no system table {shown(request.table)}",
                hint=nearest_names(_text(request.table), names, what="system tables"),
                table=request.table,
            )
    elif table is None or table.is_system:
        check_table_name(request.table)
    return table


def _text(name: object) -> str:
    return name if isinstance(name, str) else ""


def _index(
    request: Request, table: StoredTable | None, name: str
) -> tuple[OrderedIndex | None, tuple[str, ...], bytes]:
    """Return the index to scan, its fields, and what all its keys begin with."""
    if request.index is None:
        return None, BY_CREATION, b"" if table is None else table.prefix
    if table is None:
        raise UnknownIndex(
            f"table {request.table!r} has no index {name!r}: it does not exist yet",
            hint="declare the table and its indexes in the schema",
            table=request.table,
            index=name,
        )
    if name == "by_creation_time":
        return None, BY_CREATION, table.prefix
    if name == "by_id":
        # Rows lie in creation order, and an id begins with its creation time: the same order.
        return None, ("_id",), table.prefix
    stored = table.indexes.get(name)
    if stored is None:
        raise UnknownIndex(
            f"table {table.name!r} has no index {shown(name)}",
            hint=(
                f"it is a search index: use with_search_index({name!r}, ...)"
                if name in table.searches
                else nearest_names(str(name), [*table.indexes, *_BUILT_IN], what="indexes")
            ),
            table=table.name,
            index=name,
        )
    if stored.is_staged:
        raise UnknownIndex(
            f"index {name!r} of table {table.name!r} is staged: it is kept up to date and cannot"
            " be queried yet",
            hint="declare it without staged=True",
            table=table.name,
            index=name,
        )
    return stored.ordered, stored.ordered.key_fields, stored.ordered.prefix


def _narrowed_by_id(keys: KeyRange, clauses: tuple[Clause, ...]) -> KeyRange:
    """Narrow a range of documents by the ids that its bounds name; the ids are tested after."""
    start, stop = keys
    for operator, _, value in clauses:
        key = document_key_from_id(value) if isinstance(value, str) else None
        if key is None or not keys.contains(key):
            continue
        if operator in ("eq", "gt", "gte"):
            start = max(start, key)
        if operator in ("eq", "lt", "lte"):
            stop = min(stop, successor(key))
    return KeyRange(start, max(start, stop))


def acceptance(
    id_clauses: tuple[Clause, ...], steps: tuple[Step, ...]
) -> Callable[[Document], bool] | None:
    """Return the test that a document must pass, or None where every document does."""
    tests: list[Callable[[Document], object]] = []
    if id_clauses:
        tests.append(lambda document: id_passes(str(document["_id"]), id_clauses))
    for step in steps:
        if step.expression is not None:
            tests.append(_compiled_once(_Keyed(step.expression)))
        elif step.predicate is not None:
            tests.append(step.predicate)
    if not tests:
        return None
    if len(tests) == 1 and not (steps and steps[0].predicate):
        return tests[0]  # pyright: ignore[reportReturnType] - a compiled filter returns a bool
    return lambda document: all(test(document) for test in tests)


class _Keyed:
    """An expression that is looked up by its text, since expressions compare to expressions."""

    __slots__ = ("expression", "key")

    def __init__(self, expression: Expression | Literal) -> None:
        self.key = expression.key
        self.expression = expression

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=256)
def _compiled_once(keyed: _Keyed) -> Callable[[Document], bool]:
    return compile_filter(keyed.expression)


@lru_cache(maxsize=256)
def _chooser(keyed: _Keyed) -> Chooser | None:
    return compile_chooser(keyed.expression)
