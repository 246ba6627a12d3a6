"""
Pages: a walk through the rows of a plan, in steps that can be taken hours apart.

Rules of this file (convex-backend, query_page and read_page_from_query, read for behaviour):

- A page begins just after its cursor and reads until it has enough matching rows, a budget is
  used up, or the rows end. ``is_done`` says that they ended, and nothing less: a page that is
  full says False even if nothing follows.
- With an end cursor the page is exactly what lies between the two, and every budget is ignored:
  that is how a live page keeps its edges while rows come and go.
- A position is a full key, so it outlives its row, and costs the same on page one and page one
  million.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from docdb import limits
from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument, shown
from docdb.kv.keyrange import KeyRange, successor
from docdb.queries.cursors import Cursors, Position
from docdb.queries.operators import ChosenRun, Run, chosen_runs, runs
from docdb.queries.page import Page, PageStatus
from docdb.queries.planner import Plan
from docdb.tables.documents import Documents
from docdb.tables.metering import Meter
from docdb.values.sizes import size_of

__all__ = ["PageOptions", "paginate"]

# Beyond three quarters of a budget a page should be split (Convex's rule).
_SPLIT_LENGTH = 6144
_RUN_MAX = 1024


class PageOptions(NamedTuple):
    """
    What a page may hold.

    Attributes:
        num_items: How many matching rows make a page full.
        cursor: Where to begin, or None for the beginning.
        end_cursor: Where to end, or None.
        maximum_rows_read: How many rows may be read, matching or not.
        maximum_bytes_read: How many bytes of documents may be read, by Convex's size function.
    """

    num_items: int
    cursor: str | None = None
    end_cursor: str | None = None
    maximum_rows_read: int | None = None
    maximum_bytes_read: int | None = None

    def checked(self) -> "PageOptions":
        """Return the same options if every number is one that a page can have."""
        _check_positive("num_items", self.num_items)
        if self.num_items > limits.PAGE_ITEMS_MAX:
            raise InvalidArgument(
                f"num_items is {self.num_items}, a page holds at most {limits.PAGE_ITEMS_MAX}",
                hint="ask for several pages",
            )
        for name in ("maximum_rows_read", "maximum_bytes_read"):
            number: object = getattr(self, name)
            if number is not None:
                _check_positive(name, number)
        return self


class _Walk:
    """What a page has consumed so far."""

    __slots__ = ("bytes_read", "consumed", "is_full", "is_over_budget", "matching")

    def __init__(self) -> None:
        self.matching: list[Document] = []
        self.consumed: list[bytes] = []
        self.bytes_read = 0
        self.is_full = False
        self.is_over_budget = False


def paginate(documents: Documents, plan: Plan, options: PageOptions, *, secret: bytes) -> Page:
    """
    Read one page.

    Raises:
        InvalidArgument: An option is not a number that a page can have.
        CursorError: A cursor is malformed or belongs to another query.
    """
    options = options.checked()
    cursors = Cursors(plan.fingerprint(), secret=secret)
    begin = None if options.cursor is None else cursors.open(options.cursor)
    end = None if options.end_cursor is None else cursors.open(options.end_cursor)
    keys = _between(plan, begin, end)
    walk = _Walk()
    if keys is not None:
        _walk(walk, documents, plan, options=options, keys=keys)
    if end is not None:
        position = end
    elif walk.is_full or walk.is_over_budget:
        position = Position(walk.consumed[-1])
    else:
        position = Position(None)
    return Page(
        walk.matching,
        is_done=position.is_end,
        continue_cursor=cursors.seal(position),
        split=_split(walk, cursors),
        page_status=_status(walk, options),
    )


def _between(plan: Plan, begin: Position | None, end: Position | None) -> KeyRange | None:
    """Return the keys after one position up to and including another, or None if there are none."""
    start, stop = plan.keys
    if begin is not None:
        if begin.key is None:
            return None
        if plan.request.is_descending:
            stop = min(stop, begin.key)
        else:
            start = max(start, successor(begin.key))
    if end is not None and end.key is not None:
        if plan.request.is_descending:
            start = max(start, end.key)
        else:
            stop = min(stop, successor(end.key))
    return KeyRange(start, stop) if start < stop else None


def _walk(
    walk: _Walk, documents: Documents, plan: Plan, *, options: PageOptions, keys: KeyRange
) -> None:
    wanted = options.num_items if options.end_cursor is None else None
    run = min(options.num_items, _RUN_MAX) if wanted and plan.accepts is None else 256
    is_counted = options.maximum_bytes_read is not None or documents.meter is not None
    if is_counted or (wanted and options.maximum_rows_read is not None):
        _walk_counting(
            walk, documents, plan, options=options, found=runs(documents, plan, run=run, keys=keys)
        )
    elif plan.accepts is None:
        _walk_whole_runs(walk, runs(documents, plan, run=run, keys=keys), wanted)
    else:
        _walk_filtering(
            walk, chosen_runs(documents, plan, run=run, keys=keys), plan.accepts, wanted
        )


def _walk_whole_runs(walk: _Walk, found: Iterator[Run], wanted: int | None) -> None:
    """Consume rows of which each one matches, and none has to be counted."""
    for row_keys, rows in found:
        missing = None if wanted is None else wanted - len(walk.matching)
        walk.consumed += row_keys[:missing]
        walk.matching += rows[:missing]
        if len(walk.matching) == wanted:
            walk.is_full = True
            return


def _walk_filtering(
    walk: _Walk,
    found: Iterator[Run | ChosenRun],
    accepts: Callable[[Document], bool],
    wanted: int | None,
) -> None:
    for row_keys, rows in found:
        for place, document in enumerate(rows):
            if document is not None and accepts(document):
                walk.matching.append(document)
                if len(walk.matching) == wanted:
                    walk.consumed += row_keys[: place + 1]
                    walk.is_full = True
                    return
        walk.consumed += row_keys


def _walk_counting(
    walk: _Walk, documents: Documents, plan: Plan, *, options: PageOptions, found: Iterator[Run]
) -> None:
    """Consume rows one by one, each of which may use up a budget."""
    is_bounded = options.end_cursor is None
    for row_keys, rows in found:
        for key, document in zip(row_keys, rows, strict=True):
            if is_bounded and _is_at_budget(walk, options, documents.meter, document):
                return
            walk.consumed.append(key)
            if documents.meter is not None:
                documents.meter.consumed(document)
            if options.maximum_bytes_read is not None:
                walk.bytes_read += size_of(document)
            if plan.accepts is None or plan.accepts(document):
                walk.matching.append(document)
                if is_bounded and len(walk.matching) == options.num_items:
                    walk.is_full = True
                    return


def _is_at_budget(
    walk: _Walk, options: PageOptions, meter: Meter | None, document: Document
) -> bool:
    """Tell whether no further row may be read; a page always reads at least one."""
    if not walk.consumed:
        return False
    rows, size = options.maximum_rows_read, options.maximum_bytes_read
    walk.is_over_budget = (
        (rows is not None and len(walk.consumed) >= rows)
        or (size is not None and walk.bytes_read >= size)
        or (meter is not None and meter.would_exceed(document))
    )
    return walk.is_over_budget


def _status(walk: _Walk, options: PageOptions) -> PageStatus:
    if walk.is_over_budget:
        return "SplitRequired"
    rows = options.maximum_rows_read or limits.PAGE_ITEMS_MAX
    size = options.maximum_bytes_read
    if (
        len(walk.consumed) > rows * 3 // 4
        or len(walk.matching) > _SPLIT_LENGTH
        or (size is not None and walk.bytes_read > size * 3 // 4)
    ):
        return "SplitRecommended"
    return None


def _split(walk: _Walk, cursors: Cursors) -> Callable[[], str] | None:
    if len(walk.consumed) <= 2:
        return None
    # Few ask for it, and sealing takes as long as reading a document.
    return partial(cursors.seal, Position(walk.consumed[len(walk.consumed) // 2]))


def _check_positive(name: str, number: object) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InvalidArgument(
            f"{name} is {shown(number)}, expected a whole number above 0",
            hint=f"pass {name}=100, for instance",
        )
