"""
Assertions about queries: which index they walk, and how much of it.
"""

from docdb.errors import InvalidArgument, shown
from docdb.queries.builder import Query
from docdb.queries.explain import Explanation

__all__ = ["assert_uses_index"]


def assert_uses_index(query: Query, index: str, *, reads_at_most: int | None = None) -> None:
    """
    Assert that a query walks an index, and reads no more of it than it should.

    A query that walks an index from end to end does use it; ``reads_at_most`` tells the two apart.

    Args:
        query: The query, without an end such as ``take(20)``.
        index: The name of the index; ``"by_creation_time"`` is the table in creation order.
        reads_at_most: How many entries the range may hold.

    Raises:
        AssertionError: It walks another index or the whole table, or reads more; the message ends
            in what ``explain()`` says.
        InvalidArgument: It is no query, or ``reads_at_most`` no whole number of 0 or more.

    Cost: runs the query to its end.
    """
    __tracebackhide__ = True  # pytest shows the line that asserted
    _check_arguments(query, reads_at_most)
    explanation = query.explain()
    if explanation.index != index:
        raise AssertionError(
            f"expected index {index!r}, but the query walks {_walked(explanation)}:\n\n"
            f"{explanation}"
        )
    if reads_at_most is not None and explanation.entries_read > reads_at_most:
        raise AssertionError(
            f"expected at most {reads_at_most:,} entries to be read, but the query reads"
            f" {explanation.entries_read:,}:\n\n{explanation}"
        )


def _walked(explanation: Explanation) -> str:
    if explanation.index == "by_creation_time" and not explanation.range:
        return f"the whole table {explanation.table!r}"
    return f"index {explanation.index!r}"


def _check_arguments(query: object, reads_at_most: object) -> None:
    if not isinstance(query, Query):
        raise InvalidArgument(
            f"assert_uses_index() takes a query, found {shown(query)}",
            hint="leave out the end: db.query(...).with_index(...), without collect()",
        )
    if reads_at_most is not None and (
        isinstance(reads_at_most, bool) or not isinstance(reads_at_most, int) or reads_at_most < 0
    ):
        raise InvalidArgument(
            f"reads_at_most is {shown(reads_at_most)}, expected a whole number of 0 or more"
        )
