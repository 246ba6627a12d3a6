"""
Generated filters give what the interpreted ones give, on every document and every expression.

``evaluate`` is the meaning, and is itself held against the total order of ``tests.model.order``.
"""

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docdb import limits
from docdb.errors import FilterError
from docdb.queries.arithmetic import boolean
from docdb.queries.compile import compile_filter, evaluate
from docdb.queries.expressions import COMPARISONS, Expression, FilterBuilder, Literal
from docdb.values.kinds import UNSET, Int64
from tests.model.order import order_key

q = FilterBuilder()
Node = Expression | Literal

EDGES: list[Any] = [
    None,
    True,
    False,
    0,
    0.0,
    -0.0,
    1,
    1.0,
    -1.5,
    2**53,
    math.inf,
    -math.inf,
    math.nan,
    -math.nan,
    Int64(0),
    Int64(1),
    Int64(-(2**63)),
    Int64(2**63 - 1),
    "",
    "a",
    "a\x00",
    "\uffff",
    "😀",
    b"",
    b"a",
    [],
    [1],
    ["a", None],
    {},
    {"d": 1},
    {"d": "a"},
]
VALUES = st.sampled_from(EDGES)
DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES)
LEAVES = st.one_of(
    st.sampled_from(["a", "b", "c", "c.d", "a.d.e"]).map(q.field),
    VALUES.map(Literal),
    st.just(Literal(UNSET)),
)
CONDITION_NAMES = st.sampled_from(["eq", "neq", "lt", "lte", "gt", "gte"])
ARITHMETIC_NAMES = st.sampled_from(["add", "sub", "mul", "div", "mod"])


def called(name: str, *operands: Node) -> Expression:
    """Return an expression of an operator by its name."""
    return getattr(q, name)(*operands)


def grown(smaller: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return expressions one operator larger."""
    return st.one_of(
        st.builds(called, CONDITION_NAMES, smaller, smaller),
        st.builds(called, ARITHMETIC_NAMES, smaller, smaller),
        st.builds(lambda operands: q.and_(*operands), st.lists(smaller, max_size=3)),
        st.builds(lambda operands: q.or_(*operands), st.lists(smaller, max_size=3)),
        st.builds(q.not_, smaller),
        st.builds(q.neg, smaller),
    )


CONDITIONS = st.builds(called, CONDITION_NAMES, LEAVES, LEAVES)
EXPRESSIONS = st.recursive(st.one_of(LEAVES, CONDITIONS, CONDITIONS), grown, max_leaves=8)


def outcome(question: Any) -> object:
    """Return a boolean, or the class of the error."""
    try:
        return question()
    except FilterError as error:
        return type(error)


@given(expression=EXPRESSIONS, documents=st.lists(DOCUMENTS, min_size=1, max_size=5))
@example(expression=q.eq(q.field("a"), -0.0), documents=[{"a": 0}, {"a": -0.0}, {"a": 0.0}])
@example(expression=q.lte(math.nan, q.field("a")), documents=[{"a": math.nan}, {"a": math.inf}])
def test_generated_filters_agree_with_the_meaning(
    expression: Node, documents: list[dict[str, Any]]
):
    """Compiling a filter changes nothing but its speed, errors included."""
    accepts = compile_filter(expression)

    found = [outcome(lambda d=document: accepts(d)) for document in documents]
    meant = [outcome(lambda d=document: boolean(evaluate(expression, d))) for document in documents]

    assert found == meant
    assert all(each is FilterError or type(each) is bool for each in found)


@pytest.mark.parametrize("operator", COMPARISONS)
@pytest.mark.parametrize("literal", [UNSET, *EDGES], ids=repr)
def test_each_literal_compares_with_each_value(operator: str, literal: Any):
    """The shortcuts for kinds of literals agree with the total order, on either side."""
    fields = [{}, *({"a": each} for each in EDGES)]
    right = called(operator, q.field("a"), Literal(literal))
    left = called(operator, Literal(literal), q.field("a"))

    assert [compile_filter(right)(each) for each in fields] == [
        _holds(operator, each.get("a", UNSET), literal) for each in fields
    ]
    assert [compile_filter(left)(each) for each in fields] == [
        _holds(operator, literal, each.get("a", UNSET)) for each in fields
    ]


def _holds(operator: str, left: Any, right: Any) -> bool:
    one, other = order_key(left), order_key(right)
    return {
        "eq": one == other,
        "neq": one != other,
        "lt": one < other,
        "lte": one <= other,
        "gt": one > other,
        "gte": one >= other,
    }[operator]


@pytest.mark.parametrize("depth", [1, 30, 58, 59, 60, 61, limits.EXPRESSION_DEPTH_MAX - 3])
@pytest.mark.parametrize(
    "step",
    [
        q.not_,
        lambda e: q.eq(e, True),
        lambda e: q.eq(e, "a"),
        lambda e: q.eq(e, 1),
        lambda e: q.lt(e, 1),
        lambda e: q.lt(e, "a"),
        lambda e: q.gt(True, e),
        lambda e: q.eq(e, q.field("a")),
        lambda e: q.lt(q.field("a"), e),
        q.neg,
        lambda e: q.add(1, e),
        lambda e: q.and_(True, e),
        lambda e: q.or_(q.and_(e)),
    ],
)
def test_deep_filters_run(depth: int, step):
    """A filter as deep as is allowed runs, whatever it consists of."""
    expression = q.eq(q.field("a"), 1)
    while expression.depth < depth:
        expression = step(expression)
    document = {"a": 1}

    found = outcome(lambda: compile_filter(expression)(document))

    assert found == outcome(lambda: boolean(evaluate(expression, document)))


def test_wide_filters_run():
    """A thousand conditions side by side are one filter."""
    expression = q.or_(*(q.eq(q.field("a"), number) for number in range(1000)))

    accepts = compile_filter(expression)

    assert [accepts({"a": number}) for number in (0, 999, 1000)] == [True, True, False]


@pytest.mark.parametrize(
    ("expression", "document", "expected"),
    [
        (q.and_(), {}, True),
        (q.or_(), {}, False),
        (Literal(True), {}, True),
        (q.field("a"), {"a": False}, False),
        (q.not_(q.field("a")), {"a": False}, True),
        (q.eq(q.field("a.b"), 1), {"a": {"b": 1.0}}, True),
        (q.eq(q.field("a.b"), UNSET), {"a": [{"b": 1}]}, True),
        (q.eq(q.field("a"), UNSET), {"a": None}, False),
        (q.lt(q.field("a"), 5), {"a": Int64(7)}, True),
        (q.gt(q.field("a"), 5), {"a": "x"}, True),
        (q.and_(False, q.field("a")), {}, False),
        (q.or_(True, q.field("a")), {}, True),
        (q.eq(q.add(q.field("a"), 1), 3), {"a": 2}, True),
    ],
)
def test_filters_mean_what_convex_means(expression: Node, document: dict[str, Any], expected: bool):
    """Empty junctions, short circuits, missing fields, and one order for all kinds."""
    assert compile_filter(expression)(document) is expected


@pytest.mark.parametrize(
    ("expression", "document"),
    [
        (q.field("a"), {}),
        (q.field("a"), {"a": 1}),
        (Literal(1), {}),
        (Literal(UNSET), {}),
        (q.not_(q.field("a")), {"a": None}),
        (q.and_(q.field("a"), False), {"a": 0}),
        (q.or_(q.field("a"), True), {"a": "x"}),
        (q.add(q.field("a"), 1), {"a": 1}),
        (q.gt(q.add(q.field("a"), 1), 0), {"a": Int64(1)}),
        (q.eq(q.neg(q.field("a")), 0), {"a": "x"}),
    ],
)
def test_what_is_no_boolean_is_an_error_when_it_is_reached(
    expression: Node, document: dict[str, Any]
):
    """Nothing is taken for true or false but true and false."""
    accepts = compile_filter(expression)

    with pytest.raises(FilterError):
        accepts(document)


@pytest.mark.parametrize("name", ["document", "UNSET", "x0", "c6", "__import__", "None", "exec"])
def test_names_of_fields_never_become_code(name: str):
    """A field may be called like anything in the generated function."""
    accepts = compile_filter(q.and_(q.eq(q.field(name), "'\"\\\n"), q.lt(q.field(name), "x")))

    assert accepts({name: "'\"\\\n"}) is True
    assert accepts({}) is False
