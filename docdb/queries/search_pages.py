"""
Pages of a search: a walk through its hits, in steps that can be taken hours apart.

Rules of this file:

- A position is a score and a row key. While nothing is written, pages repeat nothing and skip
  nothing; what is written changes scores, and so the places of hits that were not read yet.
- As everywhere, ``is_done`` says that the hits ended, and a full page says False.
- An end cursor makes the page exactly what lies between the two.

Cost: each page begins the search anew, and leaves out what lies before its cursor.
"""

import math
from typing import TYPE_CHECKING

from docdb.queries.cursors import Cursors
from docdb.queries.cursors import Position as Place
from docdb.queries.pagination import PageOptions
from docdb.queries.search_request import SearchPlan
from docdb.queries.searching import Hit, hits, position_in, position_key
from docdb.tables.documents import Documents
from docdb.values.sizes import size_of

if TYPE_CHECKING:
    from docdb.indexes.text.ranking import Position

__all__ = ["SearchWalk", "walk_page"]

_ROWS_AT_ONCE_MAX = 1024


class SearchWalk:
    """
    One page of a search: what matched, and where to go on.

    Attributes:
        matching: The hits of the page.
        place: Where the next page begins.
        is_over_budget: Whether the page ended because no further row might be read.
    """

    def __init__(self) -> None:
        self.matching: list[Hit] = []
        self.place = Place(None)
        self.is_over_budget = False


def walk_page(
    documents: Documents, plan: SearchPlan, options: PageOptions, *, secret: bytes
) -> tuple[SearchWalk, str]:
    """
    Read one page, and return it with the cursor of the next.

    Raises:
        InvalidArgument: An option is not a number that a page can have.
        CursorError: A cursor is malformed or belongs to another query.
    """
    options = options.checked()
    cursors = Cursors(plan.fingerprint(), secret=secret)
    begin = None if options.cursor is None else cursors.open(options.cursor)
    end = None if options.end_cursor is None else cursors.open(options.end_cursor)
    walk = SearchWalk()
    if begin is None or begin.key is not None:
        after = None if begin is None or begin.key is None else position_in(begin.key)
        until = None if end is None or end.key is None else position_in(end.key)
        _walk(walk, documents, plan, options=options, between=(after, until))
    if end is not None:
        walk.place = end
    return walk, cursors.seal(walk.place)


def _walk(
    walk: SearchWalk,
    documents: Documents,
    plan: SearchPlan,
    *,
    options: PageOptions,
    between: "tuple[Position | None, Position | None]",
) -> None:
    after, until = between
    is_bounded = options.end_cursor is None
    wanted = min(options.num_items, _ROWS_AT_ONCE_MAX) if plan.accepts is None else 64
    found = hits(documents, plan, wanted=wanted, after=after, is_page=True)
    meter = documents.meter
    bytes_read = 0
    for rows_read, (position, hit) in enumerate(found):
        if until is not None and position < until:
            return
        # A page always reads at least one row.
        if is_bounded and rows_read:
            walk.is_over_budget = (
                rows_read == options.maximum_rows_read
                or bytes_read >= (options.maximum_bytes_read or math.inf)
                or (meter is not None and meter.would_exceed(hit.document))
            )
            if walk.is_over_budget:
                return
        if options.maximum_bytes_read is not None:
            bytes_read += size_of(hit.document)
        if meter is not None:
            meter.consumed(hit.document)
        walk.place = Place(position_key(position))
        if plan.accepts is None or plan.accepts(hit.document):
            walk.matching.append(hit)
            if is_bounded and len(walk.matching) == options.num_items:
                return
    walk.place = Place(None)
