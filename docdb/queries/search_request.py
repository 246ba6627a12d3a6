"""
A search as data: what ``with_search_index`` was given, and what it means to an index.

Rules of this file:

- A search names its text once, on the field that the index searches, and compares up to
  ``limits.SEARCH_EQUALITIES_MAX`` of the index's filter fields with a value. What does not fit the
  index is found when the search runs, since only then is the index known.
- A condition that is given twice counts once; two values for one field match nothing.

Source: convex-backend crates/search/src/query.rs and crates/isolate, for what is refused.
"""

from typing import TYPE_CHECKING, NamedTuple, NoReturn

from docdb import limits
from docdb.encoding.sortable import encode_value
from docdb.errors import InvalidArgument, SearchError, UnknownIndex, nearest_names, shown
from docdb.queries.planner import acceptance
from docdb.queries.request import Step
from docdb.tables.catalog import Catalog
from docdb.tables.searches import StoredSearch
from docdb.tables.table import StoredTable
from docdb.values.kinds import UNSET, Unset, Value, normalize
from docdb.values.names import check_table_name
from docdb.values.paths import parse_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from docdb.encoding.packed import Document
    from docdb.indexes.text.index import TextIndex
    from docdb.indexes.text.matching import Search

__all__ = ["SearchBuilder", "SearchPlan", "SearchRequest", "make_search_plan"]


class SearchBuilder:
    """
    Builds a search: ``q.search("content", "hello wor").eq("chatId", chat)``. Immutable.

    Each call returns the next builder.
    """

    __slots__ = ("equal", "texts")

    def __init__(
        self,
        texts: tuple[tuple[str, str], ...] = (),
        equal: tuple[tuple[str, Value | Unset], ...] = (),
    ) -> None:
        self.texts = texts
        self.equal = equal

    def search(self, field: str, text: str) -> "SearchBuilder":
        """
        Look for the words of a text; the last one also finds words that begin with it.

        Raises:
            SearchError: The text is no string, or the field no field path.
        """
        if not isinstance(text, str):
            raise SearchError(f"search() looks for a text, found {shown(text)}", field=field)
        return SearchBuilder((*self.texts, (_path("search", field), str(text))), self.equal)

    def eq(self, field: str, value: object) -> "SearchBuilder":
        """
        Keep documents whose filter field equals a value; ``UNSET`` means that it is absent.

        Raises:
            SearchError: The value is none that a document could hold, or the field no field path.
        """
        path = _path("eq", field)
        plain: Value | Unset = UNSET
        if value is not UNSET:
            try:
                plain = normalize(value, depth_max=limits.VALUE_DEPTH_MAX, error=InvalidArgument)
            except InvalidArgument as error:
                raise SearchError(
                    f"eq() of a search: {error.message}", hint=error.hint, field=path
                ) from None
        return SearchBuilder(self.texts, (*self.equal, (path, plain)))

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise SearchError(
            f"a search has no operator {name!r}",
            hint="it has search() and eq(); other conditions go into filter()",
        )

    def __repr__(self) -> str:
        texts = [f".search({field!r}, {text!r})" for field, text in self.texts]
        return "q" + "".join(texts + [f".eq({field!r}, {value!r})" for field, value in self.equal])


def _path(operator: str, field: str) -> str:
    try:
        return ".".join(parse_path(field))
    except InvalidArgument as error:
        raise SearchError(
            f"{operator}() of a search: {error.message}", hint=error.hint, field=field
        ) from None


class SearchRequest(NamedTuple):
    """
    What a search asks for.

    Attributes:
        table: The name of the table.
        component: The namespace of the table.
        index: The name of the search index.
        builder: The text and the equalities.
        steps: The filters in the order in which they apply.
    """

    table: str
    component: str
    index: str  # pyright: ignore[reportIncompatibleMethodOverride] - tuple.index has no use here
    builder: SearchBuilder
    steps: tuple[Step, ...] = ()

    @property
    def given(self) -> tuple[str, ...]:
        """The fields that have to equal a value."""
        return tuple(field for field, _ in self.builder.equal)


class SearchPlan(NamedTuple):
    """
    How a search will be answered.

    Attributes:
        request: What was asked.
        table: The table.
        index: The text index.
        index_name: The name under which it was asked for.
        search: Terms and values to look for.
        accepts: The test that a document must pass, or None.
    """

    request: SearchRequest
    table: StoredTable
    index: "TextIndex"  # pyright: ignore[reportIncompatibleMethodOverride] - tuple.index has no use here
    index_name: str
    search: "Search"
    accepts: "Callable[[Document], bool] | None"

    def fingerprint(self) -> str:
        """Return a text that is the same for searches that find the same in the same order."""
        request = self.request
        equal = sorted((field, encode_value(value).hex()) for field, value in request.builder.equal)
        steps = [each.key for each in request.steps]
        home = (request.component, request.table, self.index.number)
        return repr(("search", home, self.index_name, request.builder.texts, equal, steps))


def make_search_plan(request: SearchRequest, catalog: Catalog) -> SearchPlan:
    """
    Decide how a search is answered.

    Raises:
        UnknownTable: The table's name is malformed or reserved.
        UnknownIndex: The table has no such index, or it is staged.
        SearchError: The search does not fit the index.
    """
    table = catalog.table(request.table, request.component)
    if table is None or table.is_system:
        check_table_name(request.table)
        raise _unknown(request, ())
    is_name = isinstance(request.index, str)
    stored = table.searches.get(request.index) if is_name else None
    if stored is None:
        if is_name and request.index in (*table.indexes, "by_id", "by_creation_time"):
            raise SearchError(
                f"index {request.index!r} of table {table.name!r} is no search index",
                hint=f"use with_index({request.index!r}), or one of {sorted(table.searches)}",
                table=table.name,
                index=request.index,
            )
        raise _unknown(request, tuple(table.searches))
    if stored.is_staged:
        raise UnknownIndex(
            f"search index {request.index!r} of table {table.name!r} is staged: it is kept up to"
            " date and cannot be searched yet",
            hint="declare it without staged=True",
            table=table.name,
            index=request.index,
        )
    text = _checked_text(request, stored)
    return SearchPlan(
        request,
        table,
        stored.text,
        stored.name,
        stored.text.request(text, request.builder.equal),
        acceptance((), request.steps),
    )


def _unknown(request: SearchRequest, known: tuple[str, ...]) -> UnknownIndex:
    name = request.index if isinstance(request.index, str) else ""
    return UnknownIndex(
        f"table {request.table!r} has no search index {shown(request.index)}",
        hint=nearest_names(name, known, what="search indexes"),
        table=request.table,
        index=request.index,
    )


def _checked_text(request: SearchRequest, stored: StoredSearch) -> str:
    """Return the text that is looked for, if the search fits the index."""
    index = f"search index {stored.name!r} of table {request.table!r}"
    searched = stored.text.description.search_field
    texts, equal = request.builder.texts, request.builder.equal
    example = f"write lambda q: q.search({searched!r}, text)"
    if not texts:
        raise _misuse(request, f"a search by {index} looks for no text", example, searched)
    (field, text), *others = texts
    if others:
        found = ", ".join(repr(each) for each, _ in texts)
        hint = "look for one text, and put everything else into eq() or filter()"
        what = f"a search by {index} looks for several texts, in {found}"
        raise _misuse(request, what, hint, others[0][0])
    if field != searched:
        raise _misuse(
            request, f"{index} searches field {searched!r}, not {field!r}", example, field
        )
    if len(equal) > limits.SEARCH_EQUALITIES_MAX:
        raise _misuse(
            request,
            f"a search by {index} has {len(equal)} conditions, the limit is"
            f" {limits.SEARCH_EQUALITIES_MAX}",
            "put some of them into filter()",
            equal[limits.SEARCH_EQUALITIES_MAX][0],
        )
    filters = stored.text.description.filter_fields
    for field, _ in equal:
        if field not in filters:
            raise _misuse(
                request,
                f"{index} cannot filter by {field!r}, which is not among its filter fields",
                nearest_names(field, filters, what="filter fields"),
                field,
            )
    return text


def _misuse(request: SearchRequest, message: str, hint: str, field: str) -> SearchError:
    return SearchError(message, hint=hint, table=request.table, index=request.index, field=field)
