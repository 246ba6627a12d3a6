"""
What the state machine asks, in a form that the model and a database both take.

Ids and creation times differ from run to run, so documents go by the number of their insert:
``IdOf(3)`` stands for the id of the third document, ``TimeOf(3)`` for its creation time.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.model.expressions import Expression

__all__ = ["Bound", "IdOf", "Request", "TimeOf", "resolved"]


class IdOf(NamedTuple):
    """The id of the document that was inserted as the so-manieth."""

    number: int


class TimeOf(NamedTuple):
    """The creation time of the document that was inserted as the so-manieth."""

    number: int


class Bound(NamedTuple):
    """One bound of an index range: ``eq``, ``gt``, ``gte``, ``lt``, ``lte`` or ``prefix``."""

    operator: str
    field: str
    value: Any


class Request(NamedTuple):
    """One query without its end."""

    table: str
    index_name: str | None = None
    bounds: tuple[Bound, ...] = ()
    order: str | None = None
    filters: tuple[Expression, ...] = ()


def resolved(form: Any, meaning: Callable[[IdOf | TimeOf], Any]) -> Any:
    """Return the form with every ``IdOf`` and ``TimeOf`` replaced by what it means."""
    if isinstance(form, IdOf | TimeOf):
        return meaning(form)
    if isinstance(form, Request | Bound):
        return type(form)(*(resolved(each, meaning) for each in form))
    if isinstance(form, tuple | list):
        return type(form)(resolved(each, meaning) for each in form)
    if isinstance(form, dict):
        return {name: resolved(each, meaning) for name, each in form.items()}
    return form
