"""
A range of an index as data, to be given where ``with_index`` takes a function.
"""

from typing import NamedTuple

from docdb.queries.ranges import Clause, RangeBuilder

__all__ = ["IndexRange"]


class IndexRange(NamedTuple):
    """
    The second argument of ``with_index``, with a text that shows what it asks for.

    Attributes:
        clauses: The conditions, in the order in which they are given.

    >>> IndexRange((Clause("eq", "chatId", "c"), Clause("gte", "n", 3)))
    lambda q: q.eq('chatId', 'c').gte('n', 3)
    """

    clauses: tuple[Clause, ...]

    def __call__(self, q: RangeBuilder) -> RangeBuilder:
        """Return a range builder that has these conditions too."""
        return RangeBuilder((*q.clauses, *self.clauses))

    def __repr__(self) -> str:
        return f"lambda q: {RangeBuilder(self.clauses)!r}"
