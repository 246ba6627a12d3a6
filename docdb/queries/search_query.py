"""
The fluent surface of a search: what ``query(...).with_search_index(...)`` returns.

A ``SearchQuery`` is a ``Query`` whose rows come in the order of relevance: immutable, bound to
where it runs, with the same ends. Nothing is read before one of them.
"""

from collections.abc import Callable, Iterator
from typing import Generic, NoReturn, TypeVar, cast

from docdb.encoding.packed import Document
from docdb.errors import NotUnique, SearchError, shown
from docdb.queries import searching
from docdb.queries.explain import Explanation
from docdb.queries.expressions import Predicate
from docdb.queries.page import Page
from docdb.queries.pagination import PageOptions
from docdb.queries.request import Step, filter_step, one_more, where_step
from docdb.queries.running import SearchSource, checked_number, iterate, run
from docdb.queries.search_pages import walk_page
from docdb.queries.search_request import SearchPlan, SearchRequest, make_search_plan
from docdb.queries.searching import Hit
from docdb.tables.documents import Documents

__all__ = ["SearchQuery", "as_document"]

Answer = TypeVar("Answer")
Found = TypeVar("Found", Document, Hit)


class SearchQuery(Generic[Found]):
    """
    A search that can be extended and run. Immutable; bound to where it runs.

    Its rows come best first; of equal scores the newest come first.
    """

    __slots__ = ("_request", "_shape", "_source")

    def __init__(
        self, source: SearchSource, request: SearchRequest, shape: Callable[[Hit], Found]
    ) -> None:
        self._source = source
        self._request = request
        self._shape = shape

    def with_scores(self) -> "SearchQuery[Hit]":
        """Return the same search with hits, which are pairs of score and document, as its rows."""
        return SearchQuery(self._source, self._request, _as_hit)

    def filter(self, predicate: Predicate) -> "SearchQuery[Found]":
        """Keep documents on which an expression is true; see ``Query.filter``."""
        return self._with_step(filter_step(predicate))

    def where(self, predicate: Callable[[Document], object]) -> "SearchQuery[Found]":
        """Keep documents for which a Python function is true; see ``Query.where``."""
        return self._with_step(where_step(predicate))

    def order(self, order: str) -> NoReturn:
        """
        Refuse: what is found comes in the order of relevance.

        Raises:
            SearchError: Always.
        """
        raise SearchError(
            f"a search cannot be ordered {shown(order)}: its hits come best first",
            hint="sort what it returns, or use with_index() and filter()",
        )

    def collect(self) -> list[Found]:
        """Return every match, the best first."""
        return self._shaped(self._run(lambda d, p: searching.take(d, p, None)))

    def take(self, number: int) -> list[Found]:
        """
        Return at most so many matches, the best first.

        Raises:
            InvalidArgument: The number is not a whole number of 0 or more.
        """
        most = checked_number(number)
        return self._shaped(self._run(lambda d, p: searching.take(d, p, most)))

    def first(self) -> Found | None:
        """Return the best match, or None."""
        found = self.take(1)
        return found[0] if found else None

    def unique(self) -> Found | None:
        """
        Return the one match, or None.

        Raises:
            NotUnique: There are several; the error names two of them.
        """
        found = self._run(lambda d, p: searching.take(d, p, 2))
        if len(found) > 1:
            ids = tuple(str(each.document["_id"]) for each in found)
            raise NotUnique(
                f"unique() on a search of table {self._request.table!r} found {ids[0]!r},"
                f" {ids[1]!r}, …",
                hint="use first(), or narrow the search",
                table=self._request.table,
                ids=ids,
            )
        return self._shape(found[0]) if found else None

    def paginate(
        self,
        *,
        num_items: int,
        cursor: str | None = None,
        end_cursor: str | None = None,
        maximum_rows_read: int | None = None,
        maximum_bytes_read: int | None = None,
    ) -> Page:
        """
        Return one page; see ``Query.paginate``.

        While nothing is written, pages repeat and skip nothing. What is written changes scores.
        """
        options = PageOptions(num_items, cursor, end_cursor, maximum_rows_read, maximum_bytes_read)
        secret = self._source.cursor_secret
        walk, continued = self._run(lambda d, p: walk_page(d, p, options, secret=secret))
        return Page(
            cast("list[Document]", self._shaped(walk.matching)),
            is_done=walk.place.is_end,
            continue_cursor=continued,
            page_status="SplitRequired" if walk.is_over_budget else None,
        )

    def count(self) -> int:
        """Return how many documents match; without a filter, none of them is read."""
        return self._run(searching.count)

    def ids(self) -> list[str]:
        """Return the ids of the matches, the best first; without a filter, none is read."""
        return self._run(searching.ids)

    def explain(self) -> Explanation:
        """Run the search and return which index it used, and how much it read."""
        return self._run(searching.explain)

    def __iter__(self) -> Iterator[Found]:
        """
        Yield matches, the best first; what is written meanwhile is not seen.

        Raises:
            SnapshotTooOld: The loop took longer than a snapshot may be held.
        """
        return iterate(
            self._source,
            self._plan,
            lambda documents, plan: map(self._shape, searching.matching(documents, plan)),
            asked=self,
            hint="walk many hits page by page: paginate() holds nothing open",
        )

    def __repr__(self) -> str:
        request = self._request
        text = f"query({request.table!r}).with_search_index({request.index!r}, {request.builder!r})"
        return text + "".join(f".filter({step})" for step in request.steps)

    def _run(self, answer: Callable[[Documents, SearchPlan], Answer]) -> Answer:
        return run(self._source, self._request.steps, self._plan, answer)

    def _plan(self, documents: Documents) -> SearchPlan:
        plan = make_search_plan(self._request, documents.catalog)
        self._source.searched(plan)
        return plan

    def _shaped(self, found: list[Hit]) -> list[Found]:
        return list(map(self._shape, found))

    def _with_step(self, step: Step) -> "SearchQuery[Found]":
        steps = one_more(self._request.steps, step)
        return SearchQuery(self._source, self._request._replace(steps=steps), self._shape)


def _as_hit(hit: Hit) -> Hit:
    return hit


def as_document(hit: Hit) -> Document:
    """Return the document of a hit: what a search's rows are, unless scores are asked for."""
    return hit.document
