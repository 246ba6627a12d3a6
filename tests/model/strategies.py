"""
What the state machine draws: values, documents, changes and queries.

Most values of one example come from one *neighbourhood*, a few values that are easily taken for
each other, so that documents tie, bounds hit and literals match; the rest come from another
neighbourhood, or are of any kind and depth.
"""

import math
from functools import cache
from typing import Any, NamedTuple

from hypothesis import strategies as st

from docdb import UNSET, Int64
from tests.model.questions import Bound, IdOf, Request, TimeOf

__all__ = ["NEIGHBOURHOODS", "Drawn", "drawn_from", "flawed_documents", "nested", "requests"]

_LONG = "long" * 150  # more bytes than a key of the store can hold

NEIGHBOURHOODS: dict[str, list[Any]] = {
    "kinds": [None, Int64(1), 1, 1.0, True, "1", b"1", [1], {"x": 1}],
    "floats": [0, 0.0, -0.0, 5e-324, 1.5, -1, 2**53, -math.inf, math.inf, math.nan],
    "integers": [*map(Int64, (0, 1, -1, 127, 128, -128, -129, 2**63 - 1, -(2**63))), 1],
    "texts": ["", "a", "a\0", "a\0b", "ab", "b", "é", "\uffff", "😀"],
    "long texts": [_LONG, *(_LONG + tail for tail in ("a", "b", "\0", "long")), _LONG[:-1]],
    "bytes": [b"", b"\0", b"\0\xff", b"a", b"a\0", b"\xff", b"\xff" * 600, b"\xff" * 601],
    "arrays": [[], [None], [[]], [1], [1.0, "a"], [1, "a", None], [_LONG], [_LONG, 1]],
    "objects": [{}, {"": 1}, {"x": 1}, {"x": 1, "y": {"z": 1}}, {"y": {"z": 1}}, {"y": None}],
}

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(),
    st.integers(-(2**63), 2**63 - 1).map(Int64),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    st.binary(max_size=4),
)
_names = st.sampled_from(["", "x", "y", "z", "_own", "a b", "a.b"])
_free = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=6,
)
_unset = st.just(UNSET)
_anywhere = st.sampled_from(sorted(NEIGHBOURHOODS)).flatmap(
    lambda name: st.sampled_from(NEIGHBOURHOODS[name])
)


class Drawn(NamedTuple):
    """Strategies that share a neighbourhood."""

    values: st.SearchStrategy[Any]
    documents: st.SearchStrategy[Any]
    changes: st.SearchStrategy[Any]
    filters: st.SearchStrategy[Any]


@cache
def drawn_from(neighbourhood: str) -> Drawn:
    """Return the strategies whose values mostly come from a neighbourhood."""
    values = _any_of(*[st.sampled_from(NEIGHBOURHOODS[neighbourhood])] * 6, _anywhere, _free)
    inner = st.fixed_dictionaries({}, optional={"z": values})
    objects = st.fixed_dictionaries({}, optional={"x": values, "y": _any_of(values, inner)})
    fields = {"a": values, "b": values, "m": _any_of(objects, objects, values)}
    changes = {name: _any_of(each, each, _unset) for name, each in fields.items()}
    return Drawn(
        values=values,
        documents=st.fixed_dictionaries({}, optional={**fields, "extra": _free}),
        changes=st.fixed_dictionaries({}, optional={**changes, "_id": _unset}),
        filters=_filters(_any_of(*[values] * 4, _unset)),
    )


def _any_of(*choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return one_of(), in which a choice that stands there twice is drawn twice as often."""
    return st.integers(0, len(choices) - 1).flatmap(lambda i: choices[i])


def nested(levels: int) -> Any:
    """Return so many arrays inside each other; a document has room for 15."""
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


# Documents that are refused, and a few that come as close as one can.
flawed_documents = st.sampled_from(
    [
        {"_mine": 1},
        {"a": {"$b": 1}},
        {"é": 1},
        {"a": "\ud800"},
        {"a": 2**53 + 1},
        {"a": [UNSET]},
        {"a": {1, 2}},
        {"a": nested(15)},
        {"a": nested(16)},
        {"a": {"_mine": UNSET, "b": UNSET}},
        {"a": (1, [bytearray(b"x")]), "_mine": UNSET},
        {"_id": "zzzz"},
        {"_creationTime": 0.5},
    ]
)

# Any number stands for one of the documents there are: whoever draws it takes the remainder.
_positions = st.integers(0, 1000)
_ids = _positions.map(IdOf)
_times = _positions.map(TimeOf)


def _filters(literal_values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return filter expressions with such literals, a few of which are not boolean."""
    paths = st.sampled_from(["a", "b", "m", "m.x", "m.y", "m.y.z", "absent"])
    operands = paths.map(lambda path: ("field", path)) | _literal_of(literal_values)
    sums = st.recursive(
        operands,
        lambda inner: (
            st.tuples(st.sampled_from(["add", "sub", "mul", "div", "mod"]), inner, inner)
            | st.tuples(st.just("neg"), inner)
        ),
        max_leaves=3,
    )
    comparators = st.sampled_from(["eq", "neq", "lt", "lte", "gt", "gte"])
    comparisons = st.tuples(comparators, operands, operands | sums)
    return st.recursive(
        _any_of(*[comparisons] * 5, operands, _about_identity),
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda each: ("and", *each))
            | st.lists(inner, max_size=3).map(lambda each: ("or", *each))
            | inner.map(lambda each: ("not", each))
        ),
        max_leaves=4,
    )


def _literal_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values.map(lambda value: ("literal", value))


_about_identity = st.tuples(
    st.sampled_from(["eq", "neq", "lt", "gte"]), st.just(("field", "_id")), _literal_of(_ids)
) | st.tuples(
    st.sampled_from(["eq", "neq", "lt", "gte"]),
    st.just(("field", "_creationTime")),
    _literal_of(_times),
)


@st.composite
def requests(draw: st.DrawFn, drawn: Drawn, tables: dict[str, Any]) -> Request:
    """Return queries over tables with the given indexes, most of which fit them."""
    # The first table holds most documents, so most queries go there.
    table = draw(st.sampled_from([*list(tables)[:1] * 3, *tables]))
    order = draw(st.sampled_from([None, "asc", "desc"]))
    filters = [draw(drawn.filters) for _ in range(draw(st.sampled_from([0, 1, 2, 1, 0])))]
    index = draw(st.sampled_from([None, "by_id", "by_creation_time", *sorted(tables[table]) * 2]))
    bounds = () if index is None else draw(_bounds(drawn, _index_fields(tables[table], index)))
    return Request(table, index, bounds, order, tuple(filters))


def _index_fields(indexes: dict[str, tuple[str, ...]], index: str) -> tuple[str, ...]:
    if index == "by_id":
        return ("_id",)
    own = tuple(each for each in indexes.get(index, ()) if each != "_creationTime")
    return (*own, "_creationTime", "_id")


@st.composite
def _bounds(draw: st.DrawFn, drawn: Drawn, fields: tuple[str, ...]) -> tuple[Bound, ...]:
    """Return bounds in any order: equalities, then a range on the next field; a few misfits."""
    equal = min(draw(st.integers(0, len(fields))), draw(st.integers(0, len(fields))))
    bounds = [Bound("eq", each, draw(_bound_values(drawn, each))) for each in fields[:equal]]
    if equal < len(fields):
        bounds += draw(_range_of(drawn, fields[equal]))
    if draw(st.integers(0, 14)) == 7:
        operator = draw(st.sampled_from(["eq", "gt", "gte", "lt", "lte"]))
        field = draw(st.sampled_from([*fields, "absent"]))
        bounds.append(Bound(operator, field, draw(_bound_values(drawn, field))))
    return tuple(draw(st.permutations(bounds)))


@st.composite
def _range_of(draw: st.DrawFn, drawn: Drawn, field: str) -> list[Bound]:
    if not field.startswith("_") and draw(st.integers(0, 7)) == 3:
        texts = [*NEIGHBOURHOODS["texts"], *NEIGHBOURHOODS["long texts"]]
        return [Bound("prefix", field, draw(st.sampled_from(texts)))]
    lower = draw(st.sampled_from([None, "gt", "gte"]))
    upper = draw(st.sampled_from([None, "lt", "lte"]))
    chosen = [each for each in (lower, upper) if each is not None]
    return [Bound(each, field, draw(_bound_values(drawn, field))) for each in chosen]


@cache
def _bound_values(drawn: Drawn, field: str) -> st.SearchStrategy[Any]:
    # System fields are compared with what answers alike for symbolic and real ids and times.
    if field == "_id":
        return _any_of(_ids, _ids, _ids, st.sampled_from(["", "~", None, UNSET, []]))
    if field == "_creationTime":
        return _any_of(_times, _times, _times, st.sampled_from([-1.0, 1e300, None, UNSET, []]))
    return _any_of(*[drawn.values] * 4, _unset)
