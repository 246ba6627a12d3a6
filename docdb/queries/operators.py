"""
The loops that answer a plan.

Rules of this file:

- Rows move in runs, so that scanning, fetching and unpacking stay in tight loops; nothing stands
  between the store and the caller for each row but the filter, if there is one.
- A filter is applied to a document only when the document is reached: a query that stops early
  never meets the error that a later row would have caused.
- Counting and listing ids touch no document unless a filter must see it.

Cost: that of the store's scan and one unpacking per row read. The first run is as long as the
answer can be, so that ``first`` and ``take(20)`` read what they return.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from docdb.encoding.packed import Document
from docdb.encoding.rows import id_of_row, row_key_in
from docdb.kv.keyrange import KeyRange
from docdb.queries.planner import Plan
from docdb.tables.documents import Documents

__all__ = ["Run", "collect", "count", "ids", "iterate", "runs", "take"]

_RUN = 256
_LONG_RUN = 1024


class Run(NamedTuple):
    """Some rows in the order of the plan: their full keys, and their documents beside them."""

    keys: Sequence[bytes]
    documents: list[Document]


def runs(
    documents: Documents, plan: Plan, *, run: int = _RUN, keys: KeyRange | None = None
) -> Iterator[Run]:
    """Yield the rows of a plan before its filters, in runs; ``keys`` narrows the plan's range."""
    table = plan.table
    if table is None:
        return
    start, stop = keys or plan.keys
    reverse = plan.request.is_descending
    if plan.index is None:
        for entries in documents.reader.scan(start, stop, reverse=reverse, run=run):
            yield Run([key for key, _ in entries], documents.unpack(table, entries))
    else:
        for entry_keys in plan.index.scan(documents.reader, start, stop, reverse=reverse, run=run):
            yield Run(entry_keys, documents.fetch(table, entry_keys))


def iterate(documents: Documents, plan: Plan, *, run: int = _RUN) -> Iterator[Document]:
    """Yield the documents that a plan asks for, one by one."""
    accepts = plan.accepts
    meter = documents.meter
    for _, rows in runs(documents, plan, run=run):
        reached = rows if meter is None else meter.consuming(rows)
        if accepts is None:
            yield from reached
        else:
            yield from filter(accepts, reached)


def collect(documents: Documents, plan: Plan) -> list[Document]:
    """Return every document that a plan asks for."""
    if documents.meter is not None:
        return list(iterate(documents, plan, run=_LONG_RUN))
    collected: list[Document] = []
    accepts = plan.accepts
    for _, rows in runs(documents, plan, run=_LONG_RUN):
        collected += rows if accepts is None else filter(accepts, rows)
    return collected


def take(documents: Documents, plan: Plan, number: int) -> list[Document]:
    """Return the first documents that a plan asks for."""
    if number == 0:
        return []
    run = min(number, _LONG_RUN) if plan.accepts is None else _RUN
    return list(islice(iterate(documents, plan, run=run), min(number, sys.maxsize)))


def count(documents: Documents, plan: Plan) -> int:
    """Return how many documents a plan asks for."""
    if plan.accepts is not None:
        return sum(1 for _ in iterate(documents, plan, run=_LONG_RUN))
    return sum(map(len, _key_runs(documents, plan)))


def ids(documents: Documents, plan: Plan) -> list[str]:
    """Return the ids of the documents that a plan asks for."""
    if plan.accepts is not None or plan.table is None:
        return [str(each["_id"]) for each in iterate(documents, plan, run=_LONG_RUN)]
    number = plan.table.number
    return [
        id_of_row(number, row_key_in(key)) for keys in _key_runs(documents, plan) for key in keys
    ]


def _key_runs(documents: Documents, plan: Plan) -> Iterator[list[bytes]]:
    if plan.table is None:
        return
    reverse = plan.request.is_descending
    start, stop = plan.keys
    if plan.index is None:
        yield from documents.reader.scan_keys(start, stop, reverse=reverse, run=_LONG_RUN)
    else:
        yield from plan.index.scan(documents.reader, start, stop, reverse=reverse, run=_LONG_RUN)
