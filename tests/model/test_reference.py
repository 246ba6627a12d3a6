"""The model itself: what everything else is compared with must be right on its own."""

import json
from pathlib import Path

import pytest

from docdb import UNSET, Int64
from docdb.encoding.portable import from_json
from tests.model.expressions import Refused, Unspecified, evaluate
from tests.model.order import frozen, order_key
from tests.model.questions import Bound, IdOf, Request
from tests.model.reference import Reference

RECORDED_ORDER = Path(__file__).parents[1] / "conformance" / "data" / "value_order.json"


def test_the_order_of_the_model_is_the_recorded_one() -> None:
    """The model sorts the recorded values into the order in which they were recorded."""
    recorded = json.loads(RECORDED_ORDER.read_text(), parse_int=float)
    keys = [order_key(from_json(form)) for form, _ in recorded]

    assert keys == sorted(keys)
    assert len(set(keys)) == len(recorded)


def test_the_missing_value_sorts_first() -> None:
    """What is absent sorts before null."""
    assert order_key(UNSET) < order_key(None)


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (0.0, -0.0), (True, 1), ([1], (1,))])
def test_frozen_forms_tell_spellings_apart(one: object, other: object) -> None:
    """Answers are compared by kind and spelling, not by Python's equality."""
    assert frozen(one) != frozen(other)


@pytest.mark.parametrize(
    ("operator", "a", "b", "result"),
    [
        ("div", Int64(-7), Int64(2), Int64(-3)),
        ("mod", Int64(-7), Int64(2), Int64(-1)),
        ("mod", -7.5, 2, -1.5),
        ("div", 1, -0.0, float("-inf")),
        ("add", 1, 0.5, 1.5),
    ],
)
def test_arithmetic_truncates_and_follows_ieee(
    operator: str, a: object, b: object, result: object
) -> None:
    """Integers divide toward zero, floats by IEEE 754."""
    assert frozen(evaluate((operator, ("literal", a), ("literal", b)), {})) == frozen(result)


@pytest.mark.parametrize(
    "expression",
    [
        ("and", ("literal", 1)),
        ("add", ("literal", 1), ("literal", Int64(1))),
        ("div", ("literal", Int64(1)), ("literal", Int64(0))),
        ("neg", ("literal", Int64(-(2**63)))),
    ],
)
def test_what_has_no_answer_is_refused(expression: tuple[object, ...]) -> None:
    """Truth is boolean, and arithmetic neither mixes kinds nor overflows."""
    with pytest.raises(Refused, match="FilterError"):
        evaluate(expression, {})


def test_a_new_nan_is_left_open() -> None:
    """The sign of a NaN that arithmetic makes is not specified."""
    with pytest.raises(Unspecified):
        evaluate(("div", ("literal", 0), ("literal", 0)), {})


def test_or_stops_at_the_first_truth() -> None:
    """What is not reached is not evaluated."""
    assert evaluate(("or", ("literal", True), ("literal", 1)), {}) is True


def test_a_walk_goes_on_behind_a_deleted_document() -> None:
    """A page begins after the key at which the one before ended."""
    model = Reference({"t": {"by_a": ("a",)}})
    for number in (1, 2, 3):
        model.insert("t", {"a": -number}, number)
    request = Request("t", "by_a", (Bound("lt", "a", 0),))

    first = model.page(request, 1, walk=1)
    model.delete(IdOf(3))
    second = model.page(request, 2, walk=1)

    assert [each["a"] for each in first[0]] == [-3]
    assert [each["a"] for each in second[0]] == [-2, -1]
    assert model.page(request, 1, walk=1) == ([], True)


def test_an_abort_restores_what_was() -> None:
    """Nothing of an aborted transaction stays."""
    model = Reference({"t": {}})
    model.insert("t", {"a": 1}, 1)

    model.begin()
    model.delete(IdOf(1))
    model.abort()

    assert model.query(Request("t"), "count") == 1
