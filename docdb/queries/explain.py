"""
What a query did: which index, which range, how much it read, and what would be better.

``explain`` runs the query and counts; a plan alone could not say how many rows a filter dropped.
"""

from collections.abc import Sequence
from typing import NamedTuple

from docdb.queries.expressions import COMPARISONS, Expression, Literal
from docdb.queries.operators import runs
from docdb.queries.planner import Plan
from docdb.tables.documents import Documents
from docdb.tables.table import StoredTable

__all__ = ["Explanation", "equal_fields", "explain", "index_that_answers"]


class Explanation(NamedTuple):
    """
    How a query was answered.

    Attributes:
        table: The table.
        index: The index that was scanned.
        fields: Its fields, the implicit ones included.
        range: The conditions on the index, as they were given; empty for all of it.
        order: ``"asc"`` or ``"desc"``.
        filters: The filters that were applied to each row that was read.
        entries_read: How many rows the range holds, each of which was read.
        documents_returned: How many of them passed the filters.
        hint: What would read less; empty where nothing would.
    """

    table: str
    index: str  # pyright: ignore[reportIncompatibleMethodOverride] - tuple.index has no use here
    fields: tuple[str, ...]
    range: tuple[str, ...]
    order: str
    filters: tuple[str, ...]
    entries_read: int
    documents_returned: int
    hint: str

    def __str__(self) -> str:
        lines = [
            f"table   {self.table}",
            f"index   {self.index} ({', '.join(self.fields)})",
            f"range   {' '.join(self.range) or 'all of it'}, {self.order}",
            *(f"filter  {each}" for each in self.filters),
            f"read    {self.entries_read:,} entries",
            f"found   {self.documents_returned:,} documents",
        ]
        if self.hint:
            lines.append(f"hint    {self.hint}")
        return "\n".join(lines)


def explain(documents: Documents, plan: Plan) -> Explanation:
    """Run a plan to its end and return what it did."""
    read = returned = 0
    for _, rows in runs(documents, plan, run=1024):
        read += len(rows)
        returned += len(rows) if plan.accepts is None else sum(map(bool, map(plan.accepts, rows)))
    request = plan.request
    return Explanation(
        table=request.table,
        index=plan.index_name,
        fields=plan.fields,
        range=tuple(map(str, request.clauses)),
        order="desc" if request.is_descending else "asc",
        filters=tuple(map(str, request.steps)),
        entries_read=read,
        documents_returned=returned,
        hint=_hint(plan, read, returned),
    )


def _hint(plan: Plan, read: int, returned: int) -> str:
    if plan.table is None:
        return ""
    fields = [field for step in plan.request.steps for field in equal_fields(step.expression)]
    if not fields:
        return ""
    given = [each.field for each in plan.request.clauses if each.operator == "eq"]
    better = index_that_answers(plan.table, given, fields)
    dropped = f"the filter dropped {read - returned:,} of {read:,} rows"
    if better is not None:
        return f"{dropped}; index {better!r} answers it: move the condition into with_index"
    if read == returned:
        return ""
    wanted = [*given, *dict.fromkeys(fields)]
    return f"{dropped}; an index on {wanted} would read only what it returns"


def equal_fields(node: Expression | Literal | None) -> list[str]:
    """Return the fields that a filter compares with a value, joined by and."""
    if not isinstance(node, Expression):
        return []
    if node.operator == "and":
        return [field for each in node.operands for field in equal_fields(each)]
    if node.operator in COMPARISONS and node.operator != "neq":
        left, right = node.operands
        pairs = ((left, right), (right, left))
        return [
            ".".join(one.parts)
            for one, other in pairs
            if isinstance(one, Expression)
            and one.operator == "field"
            and isinstance(other, Literal)
        ]
    return []


def index_that_answers(
    table: StoredTable, given: Sequence[str], fields: Sequence[str]
) -> str | None:
    """Return an index whose first fields are the given ones and then one of the filter's."""
    for index in table.indexes.values():
        if index.is_staged:
            continue
        head = index.ordered.fields[: len(given) + 1]
        if len(head) > len(given) and set(head[:-1]) == set(given) and head[-1] in fields:
            return index.name
    return None
