"""
A request: everything that a query asks for, as data.

It names no plan and holds no data; it can be kept, extended, printed, and run any number of times.
"""

from collections.abc import Callable
from typing import NamedTuple

from docdb import limits
from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument, shown
from docdb.queries.expressions import (
    Expression,
    FilterBuilder,
    Literal,
    Predicate,
    as_expression,
)
from docdb.queries.ranges import Clause

__all__ = ["Request", "Step", "filter_step", "one_more", "where_step"]


class Step(NamedTuple):
    """One filter of a request: an expression, or a predicate of the user's."""

    expression: Expression | Literal | None = None
    predicate: Callable[[Document], object] | None = None

    @property
    def key(self) -> str:
        """A text that is the same for steps that mean the same."""
        if self.expression is not None:
            return self.expression.key
        module = getattr(self.predicate, "__module__", "?")
        name = getattr(self.predicate, "__qualname__", type(self.predicate).__qualname__)
        return f"where({module}:{name})"

    def __str__(self) -> str:
        return repr(self.expression) if self.expression is not None else self.key


class Request(NamedTuple):
    """
    What a query asks for.

    Attributes:
        table: The name of the table.
        component: The namespace of the table.
        is_system: Whether the table is one of docdb's own.
        index: The name of the index, or None for the table in creation order.
        clauses: The range of the index.
        order: ``"asc"`` or ``"desc"``, or None where the user did not say.
        steps: The filters in the order in which they apply.
    """

    table: str
    component: str = ""
    is_system: bool = False
    index: str | None = None  # pyright: ignore[reportIncompatibleMethodOverride] - tuple.index has no use here
    clauses: tuple[Clause, ...] = ()
    order: str | None = None
    steps: tuple[Step, ...] = ()

    @property
    def is_descending(self) -> bool:
        """Whether rows come in descending order."""
        return self.order == "desc"


def filter_step(predicate: Predicate) -> Step:
    """
    Return the step that keeps documents on which an expression is true.

    Args:
        predicate: A function from a filter builder to an expression.
    """
    condition: object = predicate(FilterBuilder()) if callable(predicate) else predicate
    return Step(expression=as_expression(condition))


def where_step(predicate: Callable[[Document], object]) -> Step:
    """
    Return the step that keeps documents for which a function returns something true.

    Raises:
        InvalidArgument: It is no function.
    """
    if not callable(predicate):
        raise InvalidArgument(
            f"where() takes a function of a document, found {shown(predicate)}",
            hint='write where(lambda document: document["n"] > 3)',
        )
    return Step(predicate=predicate)


def one_more(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """
    Return steps with one more.

    Raises:
        InvalidArgument: There are as many as a query may have.
    """
    if len(steps) >= limits.QUERY_STEPS_MAX:
        raise InvalidArgument(
            f"the query has {limits.QUERY_STEPS_MAX} filters already, which is the limit",
            hint="join conditions by q.and_",
        )
    return (*steps, step)
