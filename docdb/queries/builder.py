"""
The fluent surface of a query.

A ``Query`` is a request and the place where it runs: immutable, so that it can be kept, extended
twice and run many times. Each call returns the next query; nothing is read before one of the
ends: ``collect``, ``first``, ``unique``, ``take``, ``paginate``, ``count``, ``ids``, ``explain``,
or iteration.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

from docdb.encoding.packed import Document
from docdb.errors import (
    IndexRangeError,
    InvalidArgument,
    NotUnique,
    SearchError,
    shown,
)
from docdb.queries import operators
from docdb.queries.explain import Explanation, explain
from docdb.queries.expressions import Predicate
from docdb.queries.page import Page
from docdb.queries.pagination import PageOptions, paginate
from docdb.queries.planner import Plan, make_plan
from docdb.queries.ranges import Clause, RangeBuilder
from docdb.queries.request import Request, Step, filter_step, one_more, where_step
from docdb.queries.running import SearchSource, checked_number, iterate, run
from docdb.tables.documents import Documents

if TYPE_CHECKING:
    from docdb.queries.search_query import SearchQuery
    from docdb.queries.search_request import SearchBuilder

__all__ = ["Query", "QuerySource"]

Answer = TypeVar("Answer")


class QuerySource(SearchSource, Protocol):
    """Where a query runs, or a search."""

    def planned(self, plan: Plan) -> None:
        """Hear about a plan that is about to run."""
        ...


class Query:
    """
    A query that can be extended and run. Immutable; bound to where it runs.

    Two ways to say the same::

        tx.query("messages").with_index("by_chat", lambda q: q.eq("chatId", chat).gt("n", 3))
        tx.query("messages").with_index("by_chat", lambda q: q.gt("n", 3), chatId=chat)
    """

    __slots__ = ("_request", "_source")

    def __init__(self, source: QuerySource, request: Request) -> None:
        self._source = source
        self._request = request

    def with_index(
        self,
        index: str,
        range: Callable[[RangeBuilder], RangeBuilder] | None = None,
        /,
        **equal: object,
    ) -> "Query":
        """
        Walk an index, or a range of it, instead of the table.

        Args:
            index: The name of an index of the table, ``"by_id"`` or ``"by_creation_time"``.
            range: A function that adds conditions to a range builder.
            **equal: Equalities on the first fields, by name.

        Raises:
            InvalidArgument: The query has an index already.
            IndexRangeError: The function does not return the range builder. What does not fit
                the index is found when the query runs.
        """
        if not isinstance(index, str):
            raise InvalidArgument(f"with_index() takes the name of an index, found {shown(index)}")
        if self._request.index is not None:
            raise InvalidArgument(
                f"the query has an index already ({self._request.index!r})",
                hint="a query walks one index; narrow the rest by filter()",
            )
        builder = RangeBuilder()
        for field, value in equal.items():
            builder = builder.eq(field, value)
        if range is not None:
            if not callable(range):
                raise IndexRangeError(
                    f"a range is a function of a range builder, found {shown(range)}",
                    hint='write with_index("by_x", lambda q: q.eq("x", 1))',
                )
            ranged: object = range(builder)
            if not isinstance(ranged, RangeBuilder):
                raise IndexRangeError(
                    f"the range function of index {index!r} returned {shown(ranged)}",
                    hint="return the builder: lambda q: q.eq(...).gt(...)",
                )
            builder = ranged
        return self._next(index=index, clauses=builder.clauses)

    def with_search_index(
        self, index: str, search: "Callable[[SearchBuilder], SearchBuilder]", /
    ) -> "SearchQuery[Document]":
        """
        Search a full-text index instead of walking the table: the best matches come first.

        Args:
            index: The name of a search index of the table.
            search: A function that adds the text, and equalities on filter fields, to a search
                builder.

        Raises:
            SearchError: The function does not return the search builder, or the query has an
                index, an order or filters already. What does not fit the index is found when
                the search runs.
        """
        request = self._request
        if request.is_system or request != Request(request.table, request.component):
            raise SearchError(
                f"{self!r} cannot become a search",
                hint="begin with query(table).with_search_index(...), and add filter() after it",
            )
        # Imported here because searching costs 2 ms of a program's start, and many never do.
        from docdb.queries.search_query import SearchQuery, as_document
        from docdb.queries.search_request import SearchBuilder, SearchRequest

        searched: object = search(SearchBuilder()) if callable(search) else search
        if not isinstance(searched, SearchBuilder):
            raise SearchError(
                f"the search function of index {shown(index)} returned {shown(searched)}",
                hint="return the builder: lambda q: q.search(field, text)",
            )
        found = SearchRequest(request.table, request.component, index, searched)
        return SearchQuery(self._source, found, as_document)

    def order(self, order: str) -> "Query":
        """
        Walk in ascending (``"asc"``) or descending (``"desc"``) order.

        Raises:
            InvalidArgument: It is neither, or the query has an order already.
        """
        if not isinstance(order, str) or order not in ("asc", "desc"):
            raise InvalidArgument(
                f"order is {shown(order)}, expected 'asc' or 'desc'", hint="the default is 'asc'"
            )
        if self._request.order is not None:
            raise InvalidArgument(f"the query has an order already ({self._request.order!r})")
        return self._next(order=order)

    def filter(self, predicate: Predicate) -> "Query":
        """
        Keep documents on which an expression is true.

        Args:
            predicate: A function from a filter builder to an expression. A value that is no
                boolean raises FilterError when a document is reached.
        """
        return self._with_step(filter_step(predicate))

    def where(self, predicate: Callable[[Document], object]) -> "Query":
        """Keep documents for which a Python function returns something true."""
        return self._with_step(where_step(predicate))

    def collect(self) -> list[Document]:
        """Return every matching document."""
        return self._run(operators.collect)

    def first(self) -> Document | None:
        """Return the first matching document, or None."""
        found = self.take(1)
        return found[0] if found else None

    def unique(self) -> Document | None:
        """
        Return the one matching document, or None.

        Raises:
            NotUnique: There are several; the error names two of them.
        """
        found = self.take(2)
        if len(found) > 1:
            ids = tuple(str(each["_id"]) for each in found)
            raise NotUnique(
                f"unique() on table {self._request.table!r} found {ids[0]!r}, {ids[1]!r}, …",
                hint="use first(), or narrow the query",
                table=self._request.table,
                ids=ids,
            )
        return found[0] if found else None

    def take(self, number: int) -> list[Document]:
        """
        Return at most so many matching documents.

        Raises:
            InvalidArgument: The number is not a whole number of 0 or more.
        """
        most = checked_number(number)
        return self._run(lambda documents, plan: operators.take(documents, plan, most))

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
        Return one page.

        Args:
            num_items: How many matching documents make a page full.
            cursor: The ``continue_cursor`` of the page before, or None for the first page.
            end_cursor: Where the page must end; it then ignores every other bound.
            maximum_rows_read: How many rows may be read, matching or not.
            maximum_bytes_read: How many bytes of documents may be read.

        Raises:
            InvalidArgument: A number is not a whole number above 0.
            CursorError: A cursor is malformed or belongs to another query.

        Cost: that of the rows it reads, wherever the page lies.
        """
        options = PageOptions(num_items, cursor, end_cursor, maximum_rows_read, maximum_bytes_read)
        secret = self._source.cursor_secret
        return self._run(lambda documents, plan: paginate(documents, plan, options, secret=secret))

    def count(self) -> int:
        """Return how many documents match; without a filter, none of them is read."""
        return self._run(operators.count)

    def ids(self) -> list[str]:
        """Return the ids of the matching documents; without a filter, none of them is read."""
        return self._run(operators.ids)

    def explain(self) -> Explanation:
        """Run the query and return which index and range it used, and how much it read."""
        return self._run(explain)

    def __iter__(self) -> Iterator[Document]:
        """
        Yield matching documents; what is written meanwhile is not seen.

        Raises:
            SnapshotTooOld: The loop took longer than a snapshot may be held.
        """
        return iterate(
            self._source,
            self._plan,
            operators.iterate,
            asked=self,
            hint="walk large tables page by page: paginate() holds nothing open",
        )

    def __repr__(self) -> str:
        request = self._request
        text = f"query({request.table!r})"
        if request.index is not None:
            text += f".with_index({request.index!r}, {RangeBuilder(request.clauses)!r})"
        if request.order is not None:
            text += f".order({request.order!r})"
        return text + "".join(f".filter({step})" for step in request.steps)

    def _run(self, answer: Callable[[Documents, Plan], Answer]) -> Answer:
        return run(self._source, self._request.steps, self._plan, answer)

    def _plan(self, documents: Documents) -> Plan:
        plan = make_plan(self._request, documents.catalog)
        self._source.planned(plan)
        return plan

    def _with_step(self, step: Step) -> "Query":
        return self._next(steps=one_more(self._request.steps, step))

    def _next(
        self,
        *,
        index: str | None = None,
        clauses: tuple[Clause, ...] | None = None,
        order: str | None = None,
        steps: tuple[Step, ...] | None = None,
    ) -> "Query":
        old = self._request
        # Twice as fast as _replace, and every query is built anew.
        request = Request(
            old.table,
            old.component,
            old.is_system,
            old.index if index is None else index,
            old.clauses if clauses is None else clauses,
            old.order if order is None else order,
            old.steps if steps is None else steps,
        )
        return Query(self._source, request)
