"""
The loops that answer a search: hits in the order of relevance, with their documents.

Rules of this file:

- A hit is a score and a row key; documents are fetched in runs, and a filter is applied to one only
  when it is reached.
- A search that does not know how many hits it will need asks for a few, and then for more: each
  time it asks, the work begins anew.
- Under Convex's limits a search has at most ``CONVEX_HITS_MAX`` hits: reading beyond them is an
  error, and pages end there.

Cost: that of ``indexes.text.ranking``, and of one look-up and unpacking for each hit.
"""

from collections.abc import Iterator
from itertools import islice
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from docdb.encoding.packed import Document
from docdb.encoding.rows import ids_in
from docdb.errors import CursorError, LimitExceeded
from docdb.queries.explain import Explanation
from docdb.queries.search_request import SearchPlan
from docdb.tables.documents import Documents

if TYPE_CHECKING:
    from docdb.indexes.text.ranking import Position

__all__ = [
    "Hit",
    "count",
    "explain",
    "hits",
    "ids",
    "matching",
    "position_in",
    "position_key",
    "take",
]

CONVEX_HITS_MAX = 1024  # convex-backend, MAX_CANDIDATE_REVISIONS
_RUN = 64
_SCORE = Struct(">d")


class Hit(NamedTuple):
    """
    A document that a search found.

    Attributes:
        score: How well it matches, by BM25; only scores of one search in one state compare.
        document: The document.
    """

    score: float
    document: Document


def hits(
    documents: Documents,
    plan: SearchPlan,
    *,
    wanted: int = _RUN,
    after: "Position | None" = None,
    is_page: bool = False,
) -> Iterator[tuple["Position", Hit]]:
    """
    Yield the hits of a search before its filters, the best first.

    Args:
        documents: The state to search, which must not change meanwhile.
        plan: The search.
        wanted: How many are likely to be taken.
        after: Where to begin: hits behind this position alone.
        is_page: Whether hits beyond Convex's limit are left out, as pages leave them out; a page
            also counts itself what it reads.

    Raises:
        LimitExceeded: Under Convex's limits, when one more is asked for than they allow.
    """
    if documents.before_search is not None:
        documents.before_search()
    meter = documents.meter
    first = None if meter is not None else after
    found = plan.index.search(documents.reader, plan.search, wanted=wanted, after=first)
    passed = 0
    table, prefix = plan.table, plan.table.prefix
    while run := list(islice(found, wanted)):
        keys = [prefix + position.row_key for position in run]
        for position, (_, document) in zip(run, documents.at_each(table, keys), strict=True):
            if meter is not None:
                passed += 1
                if passed > CONVEX_HITS_MAX:
                    if is_page:
                        return
                    raise _too_many()
                if after is not None and position >= after:
                    continue
                if not is_page:
                    meter.consumed(document)
            yield position, Hit(position.score, document)
        if meter is not None and passed == CONVEX_HITS_MAX and not is_page:
            raise _too_many()
        if len(run) < wanted:
            return
        wanted = max(wanted, _RUN)


def _too_many() -> LimitExceeded:
    return LimitExceeded(
        f"a search was read to its {CONVEX_HITS_MAX}th hit, which is the limit",
        hint="take() fewer, walk pages, or narrow the search by a filter field",
        limit="search_hits",
        maximum=CONVEX_HITS_MAX,
    )


def take(documents: Documents, plan: SearchPlan, number: int | None) -> list[Hit]:
    """Return the best hits that pass the filters: so many, or all."""
    if number == 0:
        return []
    if number is not None and plan.accepts is None and documents.meter is None:
        return _best(documents, plan, number)
    wanted = _RUN if number is None or plan.accepts is not None else min(number, CONVEX_HITS_MAX)
    passing = matching(documents, plan, wanted=wanted)
    return list(passing if number is None else islice(passing, number))


def _best(documents: Documents, plan: SearchPlan, number: int) -> list[Hit]:
    """Return so many hits; the same as the first of ``hits``, in one step."""
    if documents.before_search is not None:
        documents.before_search()
    found = list(islice(plan.index.search(documents.reader, plan.search, wanted=number), number))
    keys = [plan.table.prefix + position.row_key for position in found]
    fetched = documents.at_each(plan.table, keys)
    return [
        Hit(position.score, document)
        for position, (_, document) in zip(found, fetched, strict=True)
    ]


def matching(documents: Documents, plan: SearchPlan, *, wanted: int = _RUN) -> Iterator[Hit]:
    """Yield the hits that pass the filters."""
    accepts = plan.accepts
    for _, hit in hits(documents, plan, wanted=wanted):
        if accepts is None or accepts(hit.document):
            yield hit


def count(documents: Documents, plan: SearchPlan) -> int:
    """Return how many documents match; without filters none of them is read or scored."""
    if plan.accepts is not None:
        return sum(1 for _ in matching(documents, plan))
    if documents.before_search is not None:
        documents.before_search()
    return plan.index.count(documents.reader, plan.search)


def ids(documents: Documents, plan: SearchPlan) -> list[str]:
    """Return the ids of the matching documents, the best first."""
    if plan.accepts is not None or documents.meter is not None:
        return [str(hit.document["_id"]) for hit in matching(documents, plan)]
    if documents.before_search is not None:
        documents.before_search()
    found = plan.index.search(documents.reader, plan.search, wanted=_RUN)
    return ids_in(plan.table.number, [position.row_key for position in found])


def explain(documents: Documents, plan: SearchPlan) -> Explanation:
    """Run a search to its end and return what it did."""
    read = returned = 0
    for _, hit in hits(documents, plan):
        read += 1
        returned += plan.accepts is None or bool(plan.accepts(hit.document))
    request = plan.request
    return Explanation(
        table=request.table,
        index=plan.index_name,
        fields=(plan.index.description.search_field, *plan.index.description.filter_fields),
        range=(repr(request.builder).removeprefix("q."),),
        order="relevance",
        filters=tuple(map(str, request.steps)),
        entries_read=read,
        documents_returned=returned,
        hint=_hint(read, returned),
    )


def _hint(read: int, returned: int) -> str:
    if read == returned:
        return ""
    return (
        f"the filter dropped {read - returned:,} of {read:,} hits; a filter field of the index"
        " would have found only those it keeps"
    )


def position_key(position: "Position") -> bytes:
    """Return the bytes by which a cursor knows a position."""
    return _SCORE.pack(position.score) + position.row_key


def position_in(key: bytes) -> "Position":
    """
    Return the position that a cursor holds.

    Raises:
        CursorError: It holds none.
    """
    from docdb.indexes.text.ranking import Position

    if len(key) <= _SCORE.size:
        raise CursorError("the cursor holds no place of a search", hint="pass cursor=None")
    return Position(_SCORE.unpack_from(key)[0], key[_SCORE.size :])
