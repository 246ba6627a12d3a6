"""Filters as data: what can be built, what is refused while building, and what is the same."""

import pytest

from docdb import limits
from docdb.errors import InvalidArgument
from docdb.queries.expressions import Expression, FilterBuilder, Literal, as_expression
from docdb.values.kinds import UNSET, Int64

q = FilterBuilder()
a = q.field("a")


@pytest.mark.parametrize(
    ("by_operator", "by_name"),
    [
        (lambda: a == 1, lambda: q.eq(a, 1)),
        (lambda: a != 1, lambda: q.neq(a, 1)),
        (lambda: a < 1, lambda: q.lt(a, 1)),
        (lambda: a <= 1, lambda: q.lte(a, 1)),
        (lambda: a > 1, lambda: q.gt(a, 1)),
        (lambda: a >= 1, lambda: q.gte(a, 1)),
        (lambda: 1 < a, lambda: q.gt(a, 1)),
        (lambda: 1 == a, lambda: q.eq(a, 1)),
        (lambda: a + 1, lambda: q.add(a, 1)),
        (lambda: 1 + a, lambda: q.add(1, a)),
        (lambda: a - 1, lambda: q.sub(a, 1)),
        (lambda: 1 - a, lambda: q.sub(1, a)),
        (lambda: a * 2, lambda: q.mul(a, 2)),
        (lambda: 2 * a, lambda: q.mul(2, a)),
        (lambda: a / 2, lambda: q.div(a, 2)),
        (lambda: 2 / a, lambda: q.div(2, a)),
        (lambda: a % 2, lambda: q.mod(a, 2)),
        (lambda: 2 % a, lambda: q.mod(2, a)),
        (lambda: -a, lambda: q.neg(a)),
        (lambda: ~a, lambda: q.not_(a)),
        (lambda: a & True, lambda: q.and_(a, True)),
        (lambda: True & a, lambda: q.and_(True, a)),
        (lambda: a | a, lambda: q.or_(a, a)),
        (lambda: False | a, lambda: q.or_(False, a)),
    ],
)
def test_python_operators_say_the_same_as_names(by_operator, by_name):
    """There are two ways to write an expression, and they mean the same."""
    assert by_operator().key == by_name().key


def test_a_chain_of_conditions_stays_flat():
    """A thousand conditions joined by & are no nest of a thousand levels."""
    chain = a == 0
    for number in range(1000):
        chain = chain & (a == number)

    assert chain.depth == 3


@pytest.mark.parametrize(
    "use", [bool, lambda e: e and e, lambda e: not e, lambda e: 1 < e < 3, [a].index]
)
def test_an_expression_has_no_truth_value(use):
    """Python's and, or, not and chains would drop half of a filter, so they are refused."""
    with pytest.raises(InvalidArgument):
        use(a == 1)


@pytest.mark.parametrize("path", ["", ".", "..", "a..b", "1a", "a-b", "a b", "__", "é", "a" * 65])
def test_a_malformed_path_is_refused(path: str):
    """A field path is identifiers joined by dots."""
    with pytest.raises(InvalidArgument):
        q.field(path)


@pytest.mark.parametrize("path", [None, 1, b"a", ["a"], a])
def test_a_path_is_text(path):
    """Nothing but a string names a field."""
    with pytest.raises(InvalidArgument):
        q.field(path)


def test_dots_at_the_ends_of_a_path_do_not_count():
    """The path .a.b. is a.b."""
    assert q.field(".a.b.").key == q.field("a.b").key


@pytest.mark.parametrize(
    "value", [object(), {1}, 1j, 2**53 + 1, "\ud800", {"$a": 1}, {1: 2}, [UNSET], q]
)
def test_what_is_no_value_is_refused(value):
    """A literal is something that a document could hold."""
    with pytest.raises(InvalidArgument):
        q.eq(a, value)


def test_a_literal_that_contains_itself_is_refused():
    """A value has an end."""
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(InvalidArgument):
        q.eq(a, endless)


def test_the_missing_value_is_a_literal():
    """A field can be compared with what is not there."""
    assert as_expression(UNSET).key == Literal(UNSET).key


def test_a_literal_is_copied():
    """A list that changes later does not change the filter."""
    value = [1]
    expression = q.eq(a, value)
    value.append(2)

    assert expression.key == q.eq(a, [1]).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (q.eq(a, 1), q.eq(a, 1.0)),
        (q.eq(a, (1, 2)), q.eq(a, [1, 2])),
        (q.eq(a, {"x": 1, "y": 2}), q.eq(a, {"y": 2, "x": 1})),
    ],
)
def test_expressions_that_mean_the_same_have_one_key(one: Expression, other: Expression):
    """How a value is spelled makes no difference."""
    assert one.key == other.key
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (q.eq(a, 1), q.eq(a, Int64(1))),
        (q.eq(a, 0.0), q.eq(a, -0.0)),
        (q.eq(a, None), q.eq(a, UNSET)),
        (q.eq(a, "b"), q.eq(a, q.field("b"))),
        (q.eq(a, "1"), q.eq(a, b"1")),
        (q.eq(a, True), q.eq(a, 1)),
        (q.and_(a, a), q.and_(a)),
        (q.and_(a, q.or_(a, a)), q.and_(a, a, q.or_(a))),
        (q.sub(a, 1), q.sub(1, a)),
        (q.field("a.b"), q.field("b.a")),
        (q.eq(a, ["x", "y"]), q.eq(a, ["x\x00", "y"])),
    ],
)
def test_expressions_that_mean_something_else_have_another_key(one: Expression, other: Expression):
    """A cursor of one filter is never taken for a cursor of another."""
    assert one.key != other.key


def test_an_expression_prints_as_it_is_written():
    """What a filter does can be read."""
    expression = q.and_(q.eq(q.field("a.b"), "x"), q.not_(q.gt(a, 2)))

    assert repr(expression) == "q.and_(q.eq(q.field('a.b'), 'x'), q.not_(q.gt(q.field('a'), 2)))"


def test_nesting_ends_at_the_limit():
    """An expression as deep as the limit is built, one level deeper is refused."""
    deepest = a
    for _ in range(limits.EXPRESSION_DEPTH_MAX - 1):
        deepest = q.not_(deepest)

    assert deepest.depth == limits.EXPRESSION_DEPTH_MAX
    with pytest.raises(InvalidArgument):
        q.not_(deepest)


def test_an_unknown_operator_is_refused():
    """A misspelt operator is named, with the ones there are."""
    with pytest.raises(InvalidArgument) as caught:
        q.equals(a, 1)  # pyright: ignore[reportAttributeAccessIssue]

    assert "equals" in caught.value.message
