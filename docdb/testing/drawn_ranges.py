"""
Hypothesis strategies for index ranges: every legal shape, over values that the index may hold.

A range is any number of equalities on the first fields, and on the next field nothing, a lower or
an upper bound, both, or a prefix; its conditions come in any order.

How it works: where there are documents, a range is drawn around one of them, so that it finds
something however many fields it fixes. One value in four comes from elsewhere.
"""

from collections.abc import Iterator, Sequence
from functools import cmp_to_key
from typing import NamedTuple

from hypothesis import strategies as st

from docdb import limits
from docdb.queries.ranges import Clause
from docdb.schema.composites import ObjectValidator, UnionValidator
from docdb.schema.validators import (
    AnyValidator,
    IdValidator,
    LiteralValidator,
    StringValidator,
    Validator,
)
from docdb.testing import drawn_values
from docdb.testing.clock import START_MILLISECONDS
from docdb.testing.drawn_documents import matching, referring
from docdb.testing.drawn_ids import referred_ids
from docdb.testing.index_range import IndexRange
from docdb.testing.sources import Source
from docdb.values.kinds import UNSET, Unset, Value
from docdb.values.order import compare
from docdb.values.paths import parse_path, read_path

__all__ = ["index_ranges"]

_Row = tuple[Value | Unset, ...]

_BOUNDS = (
    (),
    *(("gt",), ("gte",), ("lt",), ("lte",)),
    *(("gt", "lt"), ("gt", "lte"), ("gte", "lt"), ("gte", "lte")),
)
_LEVELS_OF_OTHERS = 2
_MINUTE = 60_000


class _Column(NamedTuple):
    """One field of an index: what it may hold, and whether that may be a string."""

    field: str
    values: st.SearchStrategy[Value | Unset]
    may_be_text: bool


def index_ranges(source: Source, table: str, index: str) -> st.SearchStrategy[IndexRange]:
    """Return ranges that fit an index."""
    fields = source.index_fields(table, index)
    columns = [_column(source, table, field) for field in fields]
    paths = [parse_path(field) for field in fields]
    rows = [tuple(read_path(each, path) for path in paths) for each in source.sample(table)]
    return _ranges(columns, rows)


def _column(source: Source, table: str, field: str) -> _Column:
    others = st.just(UNSET) | drawn_values.values(_LEVELS_OF_OTHERS)
    if field == "_id":
        return _Column(field, referred_ids(source, table, must_exist=False) | others, True)
    if field == "_creationTime":
        times = st.floats(START_MILLISECONDS - _MINUTE, START_MILLISECONDS + _MINUTE)
        return _Column(field, times | others, False)
    definition = source.definition(table)
    assert definition is not None, "an unchecked table has no indexes with fields of its own"
    held = list(_validators_at(referring(definition), parse_path(field)))
    fitting = st.one_of([matching(each, source, levels=limits.DOCUMENT_DEPTH_MAX) for each in held])
    return _Column(field, fitting | others, any(map(_may_be_text, held)))


def _validators_at(validator: Validator, path: Sequence[str]) -> Iterator[Validator]:
    """Yield what the values at a path may match, none of them a union."""
    if isinstance(validator, UnionValidator):
        for each in validator.members:
            yield from _validators_at(each, path)
    elif not path or isinstance(validator, AnyValidator):
        yield validator
    elif isinstance(validator, ObjectValidator) and path[0] in validator.fields:
        yield from _validators_at(validator.fields[path[0]], path[1:])


def _may_be_text(validator: Validator) -> bool:
    if isinstance(validator, LiteralValidator):
        return isinstance(validator.value, str)
    return isinstance(validator, (AnyValidator, IdValidator, StringValidator))


@st.composite
def _ranges(draw: st.DrawFn, columns: Sequence[_Column], rows: Sequence[_Row]) -> IndexRange:
    row = draw(st.sampled_from(rows)) if rows else None

    def value(place: int) -> Value | Unset:
        is_near = row is not None and draw(st.sampled_from([True, True, True, False]))
        return row[place] if row is not None and is_near else draw(columns[place].values)

    count = draw(st.integers(0, len(columns)))
    clauses = [Clause("eq", columns[place].field, value(place)) for place in range(count)]
    if count < len(columns):
        column = columns[count]
        shapes = (*_BOUNDS, ("prefix",)) if column.may_be_text else _BOUNDS
        operators = draw(st.sampled_from(shapes))
        if operators == ("prefix",):
            clauses.append(Clause("prefix", column.field, _beginning(draw, value(count))))
        else:
            bounds = [value(count) for _ in operators]
            if draw(st.sampled_from([True, True, True, False])):
                bounds.sort(key=cmp_to_key(compare))
            pairs = zip(operators, bounds, strict=True)
            clauses += [Clause(operator, column.field, bound) for operator, bound in pairs]
    return IndexRange(tuple(draw(st.permutations(clauses))))


def _beginning(draw: st.DrawFn, value: Value | Unset) -> str:
    text = value if isinstance(value, str) else draw(drawn_values.TEXTS)
    return text[: draw(st.integers(0, len(text)))]
