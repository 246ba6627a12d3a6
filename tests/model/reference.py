"""
The semantics of the database in plain Python: dictionaries, sorting, and nothing clever.

Tables are dictionaries from a document's number to the document. A query sorts all of them by
the whole key of its index, keeps those within the range, and looks at one after another. A
transaction is a copy.

Ids and creation times are symbolic: the document of the n-th insert has the id ``"0000000n"`` and
the creation time ``float(n)``. That keeps their order, which is all that they are compared by.
Validators are left out: every table takes any document.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from docdb import UNSET
from tests.model.documents import SYSTEM_FIELDS, check_whole, plain
from tests.model.expressions import Refused, Unspecified, evaluate, read, truth
from tests.model.order import order_key
from tests.model.questions import Bound, IdOf, Request, TimeOf, resolved

__all__ = ["Document", "Indexes", "Reference", "symbolic_id"]

Document = dict[str, Any]
Indexes = dict[str, tuple[str, ...]]

_END = "end"


class _Position(NamedTuple):
    """Where a page ended: the fingerprint of its query, and the last key read or the end."""

    fingerprint: Any
    key: Any


class _State:
    """Everything that a transaction may change. Documents in it are never changed in place."""

    def __init__(self, tables: dict[str, dict[int, Document]]) -> None:
        self.tables = tables

    def copy(self) -> "_State":
        return _State({name: dict(rows) for name, rows in self.tables.items()})


def symbolic_id(number: int) -> str:
    """Return the id that the model gives to the document of a number."""
    return f"{number:08d}"


class Reference:
    """
    A database that is obviously right.

    Methods take the same arguments as those of ``Actual`` and give equal answers, or raise
    ``Refused`` where docdb raises an error.
    """

    def __init__(self, tables: dict[str, Indexes]) -> None:
        self._indexes = tables
        self._stack = [_State({name: {} for name in tables})]
        self._snapshot: _State | None = None
        self._home: dict[int, str] = {}
        self._positions: dict[int, _Position | None] = {}

    @property
    def _now(self) -> _State:
        return self._stack[-1]

    def _seen(self, view: str) -> _State:
        views = {"current": self._now, "committed": self._stack[0], "snapshot": self._snapshot}
        state = views[view]
        assert state is not None
        return state

    # Life cycle

    def begin(self) -> None:
        """Enter a write transaction: go on with a copy."""
        self._stack.append(self._now.copy())

    nest = begin

    def commit(self) -> None:
        """Keep the copy in place of what it was made from."""
        last = self._stack.pop()
        self._stack[-1] = last

    def abort(self) -> None:
        """Drop the copy; what stays of a savepoint are the tables that it made, empty."""
        dropped = self._stack.pop()
        for name in dropped.tables if len(self._stack) > 1 else ():
            self._now.tables.setdefault(name, {})

    def open_snapshot(self) -> None:
        """Copy what is committed."""
        self._snapshot = self._stack[0].copy()

    def close_snapshot(self) -> None:
        """Drop the copy of what was committed."""
        self._snapshot = None

    def reopen(self, *, rebuild: bool) -> None:
        """Do nothing: what is committed stays, and indexes find it whenever they were built."""

    # Writing

    def insert(self, table: str, value: Any, number: int) -> str:
        """Insert the document that goes by a number."""
        self._insert(table, plain(value), number)
        return symbolic_id(number)

    def insert_many(self, table: str, values: list[Any], numbers: list[int]) -> list[str]:
        """Insert all documents or, if one is refused, none."""
        self.begin()
        try:
            found = [self.insert(table, *each) for each in zip(values, numbers, strict=True)]
        except Refused:
            self.abort()
            raise
        self.commit()
        return found

    def _insert(self, table: str, fields: Document, number: int) -> None:
        _check_table_name(table)
        inside_transaction = len(self._stack) > 1
        if inside_transaction:
            # A failed first insert leaves its table behind, as long as the transaction lives.
            self._now.tables.setdefault(table, {})
        check_whole(fields)
        self._home[number] = table
        self._now.tables.setdefault(table, {})[number] = _with_system_fields(fields, number)

    def patch(self, target: Any, changes: Document, table: str | None = None) -> None:
        """Merge the top-level fields of a document; unset ones are removed."""
        number = self._number(target, table)
        changes = resolved(changes, self._meaning)
        removed = {name for name, each in changes.items() if each is UNSET}
        kept = plain(changes)
        old = self._existing(number)
        fields = {name: old[name] for name in old if name not in removed}
        self._store(number, old, {**fields, **kept})

    def replace(self, target: Any, value: Document, table: str | None = None) -> None:
        """Replace all fields but the system's."""
        number = self._number(target, table)
        fields = plain(resolved(value, self._meaning))
        self._store(number, self._existing(number), fields)

    def delete(self, target: Any, table: str | None = None) -> None:
        """Delete a document."""
        number = self._number(target, table)
        self._existing(number)
        del self._now.tables[self._home[number]][number]

    def _existing(self, number: int) -> Document:
        found = self._now.tables.get(self._home[number], {}).get(number)
        if found is None:
            raise Refused("DocumentNotFound")
        return found

    def _store(self, number: int, old: Document, new: Document) -> None:
        for name in SYSTEM_FIELDS:
            if name in new and order_key(new[name]) != order_key(old[name]):
                raise Refused("InvalidDocument")
        fields = {name: each for name, each in new.items() if name not in SYSTEM_FIELDS}
        check_whole(fields)
        whole = _with_system_fields(fields, number)
        if order_key(whole) != order_key(old):
            self._now.tables[self._home[number]][number] = whole

    # Reading by id

    def home_of(self, target: IdOf) -> str:
        """Return the table that a document was inserted into."""
        return self._home[target.number]

    def get(self, target: Any, table: str | None = None, view: str = "current") -> Any:
        """Return a document or None."""
        number = self._number(target, table)
        return self._seen(view).tables.get(self._home[number], {}).get(number)

    def get_many(self, targets: list[Any], view: str = "current") -> list[Any]:
        """Return documents, None for those that are not there."""
        return [self.get(each, view=view) for each in targets]

    def normalize_id(self, table: str, target: Any) -> str | None:
        """Return the id if it is one of the table, else None."""
        if not isinstance(target, IdOf) or self._home[target.number] != table:
            return None
        return symbolic_id(target.number)

    def _number(self, target: Any, table: str | None) -> int:
        if not isinstance(target, IdOf):
            raise Refused("InvalidId")
        if table is not None and table != self._home[target.number]:
            raise Refused("TableMismatch")
        return target.number

    def _meaning(self, token: IdOf | TimeOf) -> Any:
        return symbolic_id(token.number) if isinstance(token, IdOf) else float(token.number)

    def _meant(self, request: Request) -> Request:
        """Return a request with all tokens resolved; ids of two tables have no stated order."""

        def meaning(token: IdOf | TimeOf) -> Any:
            if isinstance(token, IdOf) and self._home[token.number] != request.table:
                raise Unspecified
            return self._meaning(token)

        return resolved(request, meaning)

    # Querying

    def query(self, request: Request, end: str, view: str = "current", count: int = 0) -> Any:
        """Answer a query; ``end`` is the name of docdb's method, ``count`` what it takes."""
        found = self._matching(request, view)
        documents = (document for _, document in found)
        if end == "first":
            return next(documents, None)
        if end == "unique":
            first_two = list(islice(documents, 2))
            if len(first_two) == 2:
                raise Refused("NotUnique")
            return first_two[0] if first_two else None
        if end == "take":
            if count < 0:
                raise Refused("InvalidArgument")
            return list(islice(documents, count))
        if end == "count":
            return len(list(documents))
        if end == "ids":
            return [document["_id"] for document in documents]
        return list(documents)

    def page(self, request: Request, size: int, walk: int, view: str = "current") -> Any:
        """Return the next page of a walk and whether it is the last one."""
        if size < 1:
            raise Refused("InvalidArgument")
        fingerprint = _fingerprint(self._meant(request))
        position = self._positions.get(walk)
        if position is not None and position.fingerprint != fingerprint:
            raise Refused("CursorError")
        if position is not None and position.key == _END:
            return [], True
        after = None if position is None else (position.key, request.order == "desc")
        found = self._matching(request, view, after=after)
        rows = list(islice(found, size))
        full = len(rows) == size
        self._positions[walk] = _Position(fingerprint, rows[-1][0] if full else _END)
        return [document for _, document in rows], not full

    def _matching(
        self, request: Request, view: str, after: tuple[Any, bool] | None = None
    ) -> Iterator[tuple[Any, Document]]:
        """Yield the key and document of every match, evaluating filters only on demand."""
        request = self._meant(request)
        _check_table_name(request.table)
        rows = self._seen(view).tables.get(request.table)
        fields = self._index_fields(request, exists=rows is not None)
        _check_bounds(request.bounds, fields)
        return self._scan(request, fields, list((rows or {}).values()), after)

    def _scan(
        self,
        request: Request,
        fields: tuple[str, ...],
        rows: list[Document],
        after: tuple[Any, bool] | None,
    ) -> Iterator[tuple[Any, Document]]:
        keyed = [(tuple(order_key(read(row, each)) for each in fields), row) for row in rows]
        keyed.sort(key=lambda each: each[0], reverse=request.order == "desc")
        for key, row in keyed:
            if after is not None and not (key < after[0] if after[1] else key > after[0]):
                continue
            if all(_within(each, row) for each in request.bounds) and all(
                truth(evaluate(each, row)) for each in request.filters
            ):
                yield key, row

    def _index_fields(self, request: Request, *, exists: bool) -> tuple[str, ...]:
        if request.index_name is None:
            return ("_creationTime", "_id")
        if not exists:
            raise Refused("UnknownIndex")
        if request.index_name == "by_id":
            return ("_id",)
        if request.index_name == "by_creation_time":
            return ("_creationTime", "_id")
        declared = self._indexes.get(request.table, {}).get(request.index_name)
        if declared is None:
            raise Refused("UnknownIndex")
        own = tuple(each for each in declared if each != "_creationTime")
        return (*own, "_creationTime", "_id")


def _check_table_name(table: str) -> None:
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,63}", table):
        raise Refused("UnknownTable")


def _with_system_fields(fields: Document, number: int) -> Document:
    return {"_id": symbolic_id(number), "_creationTime": float(number), **fields}


def _check_bounds(bounds: tuple[Bound, ...], fields: tuple[str, ...]) -> None:
    """Refuse bounds that are not equalities on the first fields and one range on the next."""
    equal = [each.field for each in bounds if each.operator == "eq"]
    lower = [each.field for each in bounds if each.operator in ("gt", "gte", "prefix")]
    upper = [each.field for each in bounds if each.operator in ("lt", "lte", "prefix")]
    ranged = {*lower, *upper}
    fits = (
        len(set(equal)) == len(equal)
        and len(lower) <= 1
        and len(upper) <= 1
        and len(ranged) <= 1
        and set(equal) == set(fields[: len(equal)])
        and ranged <= set(fields[len(equal) : len(equal) + 1])
    )
    if not fits:
        raise Refused("IndexRangeError")


def _within(bound: Bound, row: Document) -> bool:
    value = read(row, bound.field)
    if bound.operator == "prefix":
        return isinstance(value, str) and value.startswith(bound.value)
    compared = (bound.operator, ("literal", value), ("literal", bound.value))
    return evaluate(compared, row)


def _fingerprint(request: Request) -> Any:
    """Return what two queries have in common exactly when they may share a cursor."""
    bounds = tuple((each.operator, each.field, order_key(each.value)) for each in request.bounds)
    filters = tuple(_expression_key(each) for each in request.filters)
    return (request.table, request.index_name, bounds, request.order or "asc", filters)


def _expression_key(expression: Any) -> Any:
    operator, *operands = expression
    if operator == "literal":
        return (operator, order_key(operands[0]))
    if operator == "field":
        return (operator, *operands)
    return (operator, *(_expression_key(each) for each in operands))
