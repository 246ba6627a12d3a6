"""
What the queries of an open database have used: how often each index, and which filters without one.

Kept in memory, for one process, as long as the database is open: ``db.advise()`` reads it.

Rules of this file: counting must not be felt. Threads count without a lock, so that a count may
miss a few; that it is zero, or how large about it is, is what counts.

Cost: 0.1 µs for each query, 2 for one with a filter.
"""

from typing import TYPE_CHECKING, NamedTuple

from docdb.queries.explain import equal_fields
from docdb.queries.planner import Plan

if TYPE_CHECKING:
    from docdb.queries.search_request import SearchPlan

__all__ = ["FilterUse", "Usage"]

_FILTERS_MAX = 1024  # different ones that are remembered


class FilterUse(NamedTuple):
    """
    A filter that compared fields with values, and the equalities of the index beside it.

    Attributes:
        component: The namespace.
        table: The table.
        given: The fields that the index range fixed.
        fields: The fields that the filter compared.
    """

    component: str
    table: str
    given: tuple[str, ...]
    fields: tuple[str, ...]


class Usage:
    """
    Counters of one open database. Threads share it.

    Attributes:
        indexes: How often each index was walked, by its number.
        filters: How often each filter was applied.
        tables: The numbers of the tables that were asked at all.
    """

    __slots__ = ("filters", "indexes", "tables")

    def __init__(self) -> None:
        self.indexes: dict[int, int] = {}
        self.filters: dict[FilterUse, int] = {}
        self.tables: set[int] = set()

    def planned(self, plan: Plan) -> None:
        """Count a plan that is about to run."""
        if plan.table is None:
            return
        self.tables.add(plan.table.number)
        if plan.index is not None:
            self.indexes[plan.index.number] = self.indexes.get(plan.index.number, 0) + 1
        if plan.request.steps:
            self._count_filter(plan)

    def searched(self, plan: "SearchPlan") -> None:
        """Count a search that is about to run."""
        self.tables.add(plan.table.number)
        self.indexes[plan.index.number] = self.indexes.get(plan.index.number, 0) + 1

    def _count_filter(self, plan: Plan) -> None:
        request = plan.request
        fields = [field for step in request.steps for field in equal_fields(step.expression)]
        if not fields or plan.table is None:
            return
        given = tuple(each.field for each in request.clauses if each.operator == "eq")
        use = FilterUse(plan.table.component, plan.table.name, given, tuple(dict.fromkeys(fields)))
        if use in self.filters or len(self.filters) < _FILTERS_MAX:
            self.filters[use] = self.filters.get(use, 0) + 1
