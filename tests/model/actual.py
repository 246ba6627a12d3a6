"""
A real database that takes the same requests as the model and answers in the same form.

What differs from run to run is translated both ways: the document of the n-th insert answers to
``IdOf(n)``, and comes back with the model's symbolic id and creation time. On the way back the
real ones are checked: an id is never given out twice, creation times grow with every insert and
never change.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import reduce
from typing import Any

import docdb
from docdb import Schema
from tests.model.expressions import Expression
from tests.model.questions import Bound, IdOf, Request, TimeOf, resolved
from tests.model.reference import Document, symbolic_id

__all__ = ["Actual"]

_METHODS = {"and": "and_", "or": "or_", "not": "not_"}


class _Undo(Exception):
    """Leaves a transaction or a savepoint so that it is undone."""


class Actual:
    """One database, at a path or in memory, with the methods of ``Reference``."""

    def __init__(
        self,
        path: str,
        schema: Schema | None,
        *,
        without_indexes: Schema | None,
        clock: Callable[[], float],
    ) -> None:
        self._path = path
        self._schema = schema
        self._without_indexes = without_indexes
        self._clock = clock
        self._database = self._opened(schema)
        self._transaction: Any = None
        self._contexts: list[AbstractContextManager[Any]] = []
        self._snapshot: Any = None
        self._ids: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._times: dict[int, float] = {}
        self._cursors: dict[int, str] = {}

    def _opened(self, schema: Schema | None) -> docdb.Database:
        return docdb.open(self._path, schema, durability="unsafe", clock=self._clock)

    @property
    def _now(self) -> Any:
        return self._transaction or self._database

    def _seen(self, view: str) -> Any:
        views = {"current": self._now, "committed": self._database, "snapshot": self._snapshot}
        return views[view]

    # Life cycle

    def begin(self) -> None:
        """Enter a write transaction."""
        self._transaction = self._entered(self._database.write())

    def nest(self) -> None:
        """Enter a savepoint."""
        self._entered(self._transaction.nested())

    def _entered(self, context: AbstractContextManager[Any]) -> Any:
        self._contexts.append(context)
        return context.__enter__()

    def commit(self) -> None:
        """Leave the innermost transaction or savepoint in peace."""
        self._leave(None)

    def abort(self) -> None:
        """Leave the innermost transaction or savepoint by an exception."""
        self._leave(_Undo())

    def _leave(self, error: _Undo | None) -> None:
        context = self._contexts.pop()
        if not self._contexts:
            self._transaction = None
        swallowed = context.__exit__(type(error) if error else None, error, None)
        assert not swallowed

    def open_snapshot(self) -> None:
        """Open a read transaction."""
        self._snapshot = self._database.read()

    def close_snapshot(self) -> None:
        """Close the read transaction."""
        self._snapshot.close()
        self._snapshot = None

    def reopen(self, *, rebuild: bool) -> None:
        """Close a file and open it again, if asked after its indexes were dropped and rebuilt."""
        if self._path == ":memory:":
            return
        self._database.close()
        if rebuild:
            self._opened(self._without_indexes).close()
        self._database = self._opened(self._schema)

    def close(self) -> list[Any]:
        """Undo what is open, and return what ``Database.check`` finds."""
        while self._contexts:
            self.abort()
        findings = self._database.check()
        self._database.close()
        return findings

    # Writing

    def insert(self, table: str, value: Any, number: int) -> str:
        """Insert the document that will go by a number."""
        return self._known(number, self._now.insert(table, value))

    def insert_many(self, table: str, values: list[Any], numbers: list[int]) -> list[str]:
        """Insert the documents that will go by the numbers."""
        ids = self._now.insert_many(table, values)
        return [self._known(*each) for each in zip(numbers, ids, strict=True)]

    def _known(self, number: int, document_id: str) -> str:
        """Remember a new document, whose creation time must be later than all before it."""
        creation_time = self._now.get(document_id)["_creationTime"]
        assert document_id not in self._numbers
        assert creation_time > max(self._times.values(), default=0.0)
        self._ids[number] = document_id
        self._numbers[document_id] = number
        self._times[number] = creation_time
        return symbolic_id(number)

    def patch(self, target: Any, changes: Document, table: str | None = None) -> None:
        """Patch a document."""
        self._now.patch(self._id(target), resolved(changes, self._meaning), table=table)

    def replace(self, target: Any, value: Document, table: str | None = None) -> None:
        """Replace a document."""
        self._now.replace(self._id(target), resolved(value, self._meaning), table=table)

    def delete(self, target: Any, table: str | None = None) -> None:
        """Delete a document."""
        self._now.delete(self._id(target), table=table)

    # Reading by id

    def get(self, target: Any, table: str | None = None, view: str = "current") -> Any:
        """Return a document or None."""
        return self._symbolic(self._seen(view).get(self._id(target), table=table))

    def get_many(self, targets: list[Any], view: str = "current") -> list[Any]:
        """Return documents, None for those that are not there."""
        found = self._seen(view).get_many([self._id(each) for each in targets])
        return [self._symbolic(each) for each in found]

    def normalize_id(self, table: str, target: Any) -> str | None:
        """Return the id if it is one of the table, else None."""
        found = self._now.normalize_id(table, self._id(target))
        return None if found is None else symbolic_id(self._numbers[found])

    def _id(self, target: Any) -> str:
        return self._ids[target.number] if isinstance(target, IdOf) else target

    def _meaning(self, token: IdOf | TimeOf) -> Any:
        known = self._ids if isinstance(token, IdOf) else self._times
        return known[token.number]

    def _symbolic(self, document: Document | None) -> Document | None:
        if document is None:
            return None
        number = self._numbers[document["_id"]]
        assert document["_creationTime"] == self._times[number]
        return {**document, "_id": symbolic_id(number), "_creationTime": float(number)}

    # Querying

    def query(self, request: Request, end: str, view: str = "current", count: int = 0) -> Any:
        """Answer a query; ``end`` is the name of docdb's method, ``count`` what it takes."""
        query = self._query(request, view)
        if end == "iterate":
            found = list(query)
        elif end == "take":
            found = query.take(count)
        else:
            found = getattr(query, end)()
        if end == "ids":
            return [symbolic_id(self._numbers[each]) for each in found]
        if end in ("count", "first", "unique"):
            return found if end == "count" else self._symbolic(found)
        return [self._symbolic(each) for each in found]

    def page(self, request: Request, size: int, walk: int, view: str = "current") -> Any:
        """Return the next page of a walk and whether it is the last one."""
        query = self._query(request, view)
        page = query.paginate(num_items=size, cursor=self._cursors.get(walk))
        self._cursors[walk] = page.continue_cursor
        return [self._symbolic(each) for each in page.page], page.is_done

    def _query(self, request: Request, view: str) -> Any:
        request = resolved(request, self._meaning)
        query = self._seen(view).query(request.table)
        if request.index_name is not None:
            query = query.with_index(
                request.index_name, lambda q: reduce(_bounded, request.bounds, q)
            )
        if request.order is not None:
            query = query.order(request.order)
        for expression in request.filters:
            query = query.filter(lambda q, expression=expression: _built(expression, q))
        return query


def _bounded(q: Any, bound: Bound) -> Any:
    return getattr(q, bound.operator)(bound.field, bound.value)


def _built(expression: Expression, q: Any) -> Any:
    operator, *operands = expression
    if operator == "literal":
        return operands[0]
    if operator == "field":
        return q.field(operands[0])
    method = getattr(q, _METHODS.get(operator, operator))
    return method(*(_built(each, q) for each in operands))
