"""
Speak the language of recorded programs to a docdb database.

A program holds Convex JSON and queries in the form in which a client sends them; docdb is asked
through its public API. This file translates one into the other and knows nothing of replaying.

``MemoryAdapter()`` and ``FileAdapter()`` make adapters for the two stores. A file is opened
without flushes: what programs check does not depend on them, and they would take most of the
time.
"""

from collections.abc import Callable
from functools import partial, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import docdb
from docdb import UNSET, Schema
from docdb.encoding.portable import from_json, to_json
from tests.conformance.programs import Json

__all__ = ["Adapter", "FileAdapter", "MemoryAdapter", "Operations"]

_KINDS: dict[type[docdb.DocdbError], str] = {
    docdb.ValidationError: "validation",
    docdb.InvalidDocument: "invalid_document",
    docdb.DocumentNotFound: "not_found",
    docdb.InvalidId: "invalid_id",
    docdb.TableMismatch: "table_mismatch",
    docdb.NotUnique: "not_unique",
    docdb.IndexRangeError: "index_range",
    docdb.UnknownIndex: "unknown_index",
    docdb.FilterError: "filter_eval",
    docdb.SearchError: "search_query",
    docdb.InvalidArgument: "invalid_argument",
    docdb.CursorError: "invalid_cursor",
}

_METHODS = {
    "$eq": "eq",
    "$neq": "neq",
    "$lt": "lt",
    "$lte": "lte",
    "$gt": "gt",
    "$gte": "gte",
    "$add": "add",
    "$sub": "sub",
    "$mul": "mul",
    "$div": "div",
    "$mod": "mod",
    "$neg": "neg",
    "$and": "and_",
    "$or": "or_",
    "$not": "not_",
}


class Operations:
    """The operations of a database, or of one open transaction, over Convex JSON."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def insert(self, table: str, value: Json) -> str:
        """Insert a document and return its id."""
        return self._target.insert(table, _value(value))

    def get(self, document_id: str, *, table: str | None = None) -> Json:
        """Return a document or None."""
        return _json_or_none(self._target.get(document_id, table=table))

    def patch(self, document_id: str, value: Json, *, table: str | None = None) -> None:
        """Merge fields into a document; an undefined one is removed."""
        self._target.patch(document_id, _value(value), table=table)

    def replace(self, document_id: str, value: Json, *, table: str | None = None) -> None:
        """Replace the fields of a document."""
        self._target.replace(document_id, _value(value), table=table)

    def delete(self, document_id: str, *, table: str | None = None) -> None:
        """Delete a document."""
        self._target.delete(document_id, table=table)

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the text if it is an id of the table, else None."""
        return self._target.normalize_id(table, text)

    def storage_id(self) -> str:
        """Return a fresh id of the table of stored files."""
        return self._target.storage.store(b"x")

    def query(self, request: Json) -> Json:
        """Build the requested query, run it and return documents as Convex JSON."""
        query = self._target.query(request["table"])
        if "index" in request:
            query = query.with_index(request["index"], partial(_range, request.get("range", [])))
        if "search" in request:
            search = request["search"]
            query = query.with_search_index(search["index"], partial(_range, search["filters"]))
        if "order" in request:
            query = query.order(request["order"])
        for form in request.get("filters", []):
            query = query.filter(partial(_expression, form))
        return _finish(query, request["terminator"])


class Adapter(Operations):
    """One database, fresh at each ``open``, and its operations."""

    def __init__(self, *, on_disk: bool) -> None:
        self._directory = TemporaryDirectory(prefix="docdb-") if on_disk else None

    def open(self, schema: Json) -> None:
        """Open an empty database with a schema in Convex's JSON."""
        place = Path(self._directory.name, "program.docdb") if self._directory else ":memory:"
        super().__init__(docdb.open(place, Schema.from_json(schema), durability="unsafe"))

    def transaction(self, body: Callable[[Operations], None]) -> None:
        """Run the body on one write transaction, which its exceptions abort."""
        with self._target.write() as transaction:
            body(Operations(transaction))

    def check(self) -> object:
        """Return what ``Database.check`` finds."""
        return self._target.check()

    def error_kind(self, error: Exception) -> str:
        """Return the kind under which programs know an error."""
        kinds = (kind for error_class, kind in _KINDS.items() if isinstance(error, error_class))
        return next(kinds, f"unexpected {type(error).__name__}")

    def close(self) -> None:
        """Close the database and remove its files."""
        self._target.close()
        if self._directory:
            self._directory.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


MemoryAdapter = partial(Adapter, on_disk=False)
FileAdapter = partial(Adapter, on_disk=True)


def _range(bounds: list[Json], builder: Any) -> Any:
    return reduce(_bounded, bounds, builder)


def _bounded(builder: Any, bound: Json) -> Any:
    add = getattr(builder, bound["type"].lower())
    return add(bound["fieldPath"], _value(bound["value"]))


def _expression(form: Json, q: Any) -> Any:
    """Return a serialized filter expression as an expression of the filter builder."""
    if not isinstance(form, dict):
        return _value(form)
    ((operator, operand),) = form.items()
    if operator == "$field":
        return q.field(operand)
    if operator == "$literal":
        return _value(operand)
    operands = operand if isinstance(operand, list) else [operand]
    return getattr(q, _METHODS[operator])(*(_expression(each, q) for each in operands))


def _finish(query: Any, terminator: Json) -> Json:
    if terminator == "collect":
        return [to_json(each) for each in query.collect()]
    if terminator in ("first", "unique"):
        return _json_or_none(getattr(query, terminator)())
    if "take" in terminator:
        return [to_json(each) for each in query.take(terminator["take"])]
    asked = terminator["paginate"]
    page = query.paginate(num_items=asked["numItems"], cursor=asked["cursor"])
    return {
        "page": [to_json(each) for each in page.page],
        "isDone": page.is_done,
        "continueCursor": page.continue_cursor,
    }


def _value(form: Json) -> Any:
    """
    Return what a form stands for, and leave it to the engine to refuse what it must.

    ``from_json`` alone would refuse an array that is too long, or a reserved name, on its own.
    """
    if isinstance(form, list):
        return [_value(each) for each in form]
    if not isinstance(form, dict):
        return form
    if form == {"$undefined": None}:
        return UNSET
    if len(form) == 1 and next(iter(form)) in ("$integer", "$float", "$bytes"):
        return from_json(form)
    return {name: _value(each) for name, each in form.items()}


def _json_or_none(document: Any) -> Json:
    return None if document is None else to_json(document)
