"""
The loops that answer a plan.

Rules of this file:

- Rows move in runs, so that scanning, fetching and unpacking stay in tight loops; nothing stands
  between the store and the caller for each row but the filter, if there is one.
- A filter is applied to a document only when the document is reached: a query that stops early
  never meets the error that a later row would have caused.
- Documents that a filter would surely drop are not even unpacked (``queries.choosing``).
- Counting and listing ids touch no document unless a filter must see it.

Cost: that of the store's scan and one unpacking per row read. The first run is as long as the
answer can be, so that ``first`` and ``take(20)`` read what they return.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from docdb.encoding.packed import Chooser, Document, decode_some
from docdb.encoding.rows import ids_in
from docdb.kv.keyrange import KeyRange
from docdb.queries.planner import Plan
from docdb.tables.documents import Documents

__all__ = ["ChosenRun", "Run", "chosen_runs", "collect", "count", "ids", "iterate", "runs", "take"]

_RUN = 256
_LONG_RUN = 1024


class Run(NamedTuple):
    """Some rows in the order of the plan: their full keys, and their documents beside them."""

    keys: Sequence[bytes]
    documents: list[Document]


class ChosenRun(NamedTuple):
    """A run in which documents that the filters would surely drop are None."""

    keys: Sequence[bytes]
    documents: Sequence[Document | None]


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


def chosen_runs(
    documents: Documents, plan: Plan, *, run: int = _RUN, keys: KeyRange | None = None
) -> Iterator[Run | ChosenRun]:
    """
    Yield the rows of a plan before its filters, without documents that they would surely drop.

    The first rows come whole, since a chooser costs as much as decoding a few hundred; and all do
    under a meter, which counts each by its size.
    """
    plain = runs(documents, plan, run=run, keys=keys)
    if plan.accepts is None or documents.meter is not None:
        yield from plain
        return
    seen = 0
    for rows in plain:
        yield rows
        seen += len(rows.keys)
        if seen >= _RUN:
            break
    else:
        return
    choose = plan.chooser()
    if choose is None:
        yield from plain
        return
    rest = (keys or plan.keys).beyond(rows.keys[-1], reverse=plan.request.is_descending)
    yield from _chosen(documents, plan, choose, keys=rest)


def _chosen(
    documents: Documents, plan: Plan, choose: Chooser, *, keys: KeyRange
) -> Iterator[ChosenRun]:
    table, index, reverse = plan.table, plan.index, plan.request.is_descending
    if table is None:
        return
    if index is None:
        for entries in documents.reader.scan(*keys, reverse=reverse, run=_RUN):
            row_keys, records = [key for key, _ in entries], [record for _, record in entries]
            makers = documents.makers(table)
            yield ChosenRun(row_keys, decode_some(row_keys, records, makers, choose=choose))
    else:
        for entry_keys in index.scan(documents.reader, *keys, reverse=reverse, run=_RUN):
            yield ChosenRun(entry_keys, documents.fetch_some(table, entry_keys, choose))


def iterate(documents: Documents, plan: Plan, *, run: int = _RUN) -> Iterator[Document]:
    """Yield the documents that a plan asks for, one by one."""
    for passing in _passing(documents, plan, run=run):
        yield from passing


def collect(documents: Documents, plan: Plan) -> list[Document]:
    """Return every document that a plan asks for."""
    collected: list[Document] = []
    run = _LONG_RUN if plan.accepts is None else _RUN
    for passing in _passing(documents, plan, run=run):
        collected += passing
    return collected


def take(documents: Documents, plan: Plan, number: int) -> list[Document]:
    """Return the first documents that a plan asks for."""
    if number == 0:
        return []
    run = min(number, _LONG_RUN) if plan.accepts is None else _RUN
    taken: list[Document] = []
    for passing in _passing(documents, plan, run=run):
        taken += islice(passing, number - len(taken))
        if len(taken) == number:
            break
    return taken


def _passing(documents: Documents, plan: Plan, *, run: int) -> Iterator[Iterable[Document]]:
    """Yield for each run those documents that pass, to be tried when they are asked for."""
    accepts, meter = plan.accepts, documents.meter
    if accepts is None:
        for _, rows in runs(documents, plan, run=run):
            yield rows if meter is None else meter.consuming(rows)
        return
    for _, rows in chosen_runs(documents, plan, run=run):
        # A document has an _id, and so is never taken for None.
        there = filter(None, rows)
        yield filter(accepts, there if meter is None else meter.consuming(there))


def count(documents: Documents, plan: Plan) -> int:
    """Return how many documents a plan asks for."""
    if plan.accepts is not None:
        return sum(1 for _ in iterate(documents, plan))
    if plan.index is not None:
        return plan.index.count(documents.reader, *plan.keys)
    return sum(map(len, _key_runs(documents, plan)))


def ids(documents: Documents, plan: Plan) -> list[str]:
    """Return the ids of the documents that a plan asks for."""
    if plan.accepts is not None or plan.table is None:
        return [str(each["_id"]) for each in iterate(documents, plan)]
    found: list[str] = []
    for keys in _key_runs(documents, plan):
        found += ids_in(plan.table.number, keys)
    return found


def _key_runs(documents: Documents, plan: Plan) -> Iterator[list[bytes]]:
    if plan.table is None:
        return
    reverse = plan.request.is_descending
    start, stop = plan.keys
    if plan.index is None:
        yield from documents.reader.scan_keys(start, stop, reverse=reverse, run=_LONG_RUN)
    else:
        yield from plan.index.scan(documents.reader, start, stop, reverse=reverse, run=_LONG_RUN)
