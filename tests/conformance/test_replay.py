"""The runner of recorded programs notices what differs; otherwise its silence proves nothing."""

import pytest

from tests.conformance.adapter import MemoryAdapter
from tests.conformance.programs import Program, Step
from tests.conformance.replay import Difference, replay

SCHEMA = {
    "schemaValidation": True,
    "tables": [{"tableName": "t", "documentType": {"type": "any"}, "indexes": []}],
}


def insert(name: str, value: object) -> Step:
    """Return a step that inserts one document and names it."""
    expect = {"value": {"$ref": name}}
    return {"op": "insert", "table": "t", "value": value, "bind": name, "expect": expect}


def get(name: str, expected: object) -> Step:
    """Return a step that reads a named document."""
    return {"op": "get", "id": {"$ref": name}, "expect": {"value": expected}}


def run(*steps: Step) -> int:
    """Replay the steps on a memory database and return how many outcomes were compared."""
    with MemoryAdapter() as adapter:
        return replay(Program("made-up", "test", SCHEMA, list(steps)), adapter)


def test_right_outcomes_are_counted() -> None:
    """A program that holds is replayed to its end."""
    compared = run(insert("a", {"n": 1.0}), get("a", {"_id": {"$ref": "a"}, "n": 1.0}))

    assert compared == 2


@pytest.mark.parametrize("wrong", [2.0, True, "1", {"$integer": "AQAAAAAAAAA="}, None])
def test_another_value_is_a_difference(wrong: object) -> None:
    """A document with another value, however similar, does not pass."""
    steps = insert("a", {"n": 1.0}), get("a", {"_id": {"$ref": "a"}, "n": wrong})

    with pytest.raises(Difference, match="made-up, step 1"):
        run(*steps)


def test_the_sign_of_zero_is_a_difference() -> None:
    """Zero and minus zero are two values."""
    steps = (
        insert("a", {"n": {"$float": "AAAAAAAAAIA="}}),
        get("a", {"_id": {"$ref": "a"}, "n": 0.0}),
    )

    with pytest.raises(Difference):
        run(*steps)


def test_an_error_of_another_kind_is_a_difference() -> None:
    """An expected error passes only with its own kind."""
    step = {"op": "get", "id": "zzzz", "expect": {"error": "not_found"}}

    with pytest.raises(Difference, match="invalid_id"):
        run(step)


def test_a_missing_error_is_a_difference() -> None:
    """A step that was refused must not succeed."""
    step = {**insert("a", {"n": 1.0}), "expect": {"error": "validation"}}

    with pytest.raises(Difference, match="validation"):
        run(step)


def test_another_order_is_a_difference() -> None:
    """Ids are compared in their order unless the step says that it has none."""
    query = {"op": "query", "table": "t", "terminator": "collect"}
    steps = insert("a", {}), insert("b", {}), {**query, "expect": {"ids": ["b", "a"]}}

    with pytest.raises(Difference, match="step 2"):
        run(*steps)


def test_an_unordered_answer_may_come_in_any_order() -> None:
    """A step that says unordered compares sets."""
    query = {"op": "query", "table": "t", "terminator": "collect", "unordered": True}

    compared = run(insert("a", {}), insert("b", {}), {**query, "expect": {"ids": ["b", "a"]}})

    assert compared == 3


def test_a_difference_inside_a_transaction_names_the_nested_step() -> None:
    """The place of a difference counts the steps of its transaction too."""
    nested = insert("a", {"n": 1.0}), get("a", None)
    step = {
        "op": "transaction",
        "steps": list(nested),
        "abort": False,
        "expect": {"committed": True},
    }

    with pytest.raises(Difference, match=r"step 0\.1"):
        run(step)
