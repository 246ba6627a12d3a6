"""
How a query runs, whether it walks an index or searches one.

Rules of this file:

- What ``begin`` returned is given back, however the run ends; iteration included, when its
  generator is closed or forgotten.
- Functions of the user's, predicates and the bodies of loops, may write. What they run beside is
  then frozen: the state at its start.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from docdb import limits
from docdb.errors import InvalidArgument, SnapshotTooOld, shown
from docdb.queries.request import Step
from docdb.runtime import monotonic
from docdb.tables.documents import Documents

if TYPE_CHECKING:
    from docdb.queries.search_request import SearchPlan

__all__ = ["SearchSource", "Source", "checked_number", "iterate", "run"]

Planned = TypeVar("Planned")
Answer = TypeVar("Answer")
Row = TypeVar("Row")


class Source(Protocol):
    """Where a query runs: an open transaction, or a database that opens a snapshot for each run."""

    @property
    def cursor_secret(self) -> bytes:
        """The secret that seals cursors."""
        ...

    def begin(self, *, is_frozen: bool = False) -> Documents:
        """Return the documents to read; frozen ones do not see what is written meanwhile."""
        ...

    def end(self, documents: Documents) -> None:
        """Give back what ``begin`` returned."""
        ...


class SearchSource(Source, Protocol):
    """Where a search runs."""

    def searched(self, plan: "SearchPlan") -> None:
        """Hear about a search that is about to run."""
        ...


def run(
    source: Source,
    steps: Sequence[Step],
    plan: Callable[[Documents], Planned],
    answer: Callable[[Documents, Planned], Answer],
) -> Answer:
    """Return the answer to a plan, which is made when the documents are there."""
    is_frozen = bool(steps) and any(step.predicate is not None for step in steps)
    documents = source.begin(is_frozen=is_frozen)
    try:
        answered = answer(documents, plan(documents))
        if documents.meter is not None:
            documents.meter.queried()
        return answered
    finally:
        source.end(documents)


def iterate(
    source: Source,
    plan: Callable[[Documents], Planned],
    rows: Callable[[Documents, Planned], Iterator[Row]],
    *,
    asked: object,
    hint: str,
) -> Iterator[Row]:
    """
    Yield the rows of a plan; what is written meanwhile is not seen.

    Raises:
        SnapshotTooOld: The loop took longer than a snapshot may be held; it names ``asked``.
    """
    deadline = monotonic() + limits.SNAPSHOT_AGE_SECONDS_MAX
    documents = source.begin(is_frozen=True)
    try:
        for row in rows(documents, plan(documents)):
            yield row
            if monotonic() > deadline:
                raise SnapshotTooOld(
                    f"iteration over {asked!r} took longer than"
                    f" {limits.SNAPSHOT_AGE_SECONDS_MAX:.0f} seconds",
                    hint=hint,
                )
    finally:
        source.end(documents)


def checked_number(number: object) -> int:
    """
    Return how many rows ``take`` was asked for, as a number that slices understand.

    Raises:
        InvalidArgument: It is not a whole number of 0 or more.
    """
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise InvalidArgument(
            f"take() takes a whole number of 0 or more, found {shown(number)}",
            hint="collect() returns every document",
        )
    return min(number, sys.maxsize)
