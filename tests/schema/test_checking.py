"""
A problem says where it is, what was expected and what was found.
"""

from typing import Any

import pytest

from docdb.schema.checking import Problem, Reason, check, validation_error
from docdb.schema.namespace import v
from docdb.schema.validators import Validator
from docdb.values.ids import encode_id
from docdb.values.kinds import Int64
from tests.schema.strategies import resolve

CHAT, USER, FILE = (encode_id(number, bytes(16)) for number in (10_002, 10_001, 514))
TOKENS = v.object({"total": v.number()})
TEXT = v.object({"type": v.literal("text"), "text": v.string()})
IMAGE = v.object({"type": v.literal("image"), "url": v.string(), "width": v.optional(v.number())})
PARTS = v.array(v.union(TEXT, IMAGE))


def problem_of(validator: Validator, value: Any) -> Problem:
    """The problem that there must be."""
    problem = check(validator, value, resolve)
    assert problem is not None
    return problem


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (v.any(), {"a": [1]}),
        (v.null(), None),
        (v.number(), 1),
        (v.number(), float("inf")),
        (v.int64(), Int64(1)),
        (v.boolean(), False),
        (v.string(), ""),
        (v.bytes(), b""),
        (v.literal(1), 1.0),
        (v.literal(-0.0), -0.0),
        (v.id("chats"), CHAT),
        (v.id("_storage"), FILE),
        (v.array(v.null()), []),
        (v.object({"a": v.optional(v.null())}), {}),
        (v.record(v.string(), v.null()), {}),
        (v.record(v.id("chats"), v.number()), {CHAT: 1}),
        (v.union(v.null(), v.string()), "a"),
        (v.nullable(v.optional(v.string())), None),
    ],
)
def test_matching_values_have_no_problem(validator: Validator, value: Any):
    """Each kind of validator accepts what it is for."""
    problem = check(validator, value, resolve)

    assert problem is None


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (v.number(), True),
        (v.number(), Int64(1)),
        (v.int64(), 1),
        (v.boolean(), 0),
        (v.null(), False),
        (v.string(), b"a"),
        (v.literal(1), Int64(1)),
        (v.literal(1), True),
        (v.literal(0), -0.0),
        (v.literal("a"), "b"),
        (v.array(v.null()), {}),
        (v.object({}), []),
        (v.record(v.string(), v.null()), None),
        (v.union(), None),
        (v.optional(v.string()), None),
        (v.id("chats"), 5),
        (v.id("chats"), "ada"),
        (v.id("chats"), USER),
        (v.id("chats"), FILE),
        (v.id("later"), CHAT),
    ],
)
def test_other_values_have_a_problem(validator: Validator, value: Any):
    """A value of another kind, or of another spelling, is no match."""
    problem = check(validator, value, resolve)

    assert problem is not None


@pytest.mark.parametrize(
    ("validator", "value", "path"),
    [
        (v.string(), 1, ""),
        (v.object({"a": v.string()}), {"a": 1}, "a"),
        (v.object({"metadata": v.object({"tokens": v.array(TOKENS)})}),
         {"metadata": {"tokens": [{"total": 1}, {"total": 2}, {"total": "3"}]}},
         "metadata.tokens[2].total"),
        (v.array(v.array(v.null())), [[], [None, 1]], "[1][1]"),
        (v.object({"scores": v.record(v.string(), v.number())}),
         {"scores": {"bob": 1, "al ice": "x"}}, 'scores["al ice"]'),
        (v.object({"scores": v.record(v.id("chats"), v.number())}), {"scores": {"bob": 1}},
         "scores"),
        (v.object({"parts": PARTS}), {"parts": [{"type": "text", "text": 5}]}, "parts[0].text"),
        (v.object({"parts": PARTS}), {"parts": [{"type": "image"}]}, "parts[0].url"),
        (v.object({"parts": PARTS}), {"parts": [{"type": "video"}]}, "parts[0]"),
        (v.object({"parts": PARTS}), {"parts": [5]}, "parts[0]"),
        (v.object({"a": v.nullable(TOKENS)}), {"a": {"total": "x"}}, "a.total"),
        (v.object({"a": v.union(v.object({"b": v.null()}))}), {"a": {"b": 1}}, "a.b"),
        (v.union(v.object({"a": v.null()}), v.object({"a": v.string()})), {"a": 1}, ""),
    ],
)  # fmt: skip
def test_path_leads_to_the_problem(validator: Validator, value: Any, path: str):
    """The path goes through fields, elements, records and the member of a union that was meant."""
    problem = problem_of(validator, value)

    assert problem.path == path


@pytest.mark.parametrize(
    ("validator", "value", "expected", "found", "reason"),
    [
        (v.object({"a": v.string()}), {}, "v.string()", "nothing", Reason.MISSING_FIELD),
        (v.object({}), {"a": 1}, "no field of this name", "1", Reason.UNKNOWN_FIELD),
        (v.object({"a": v.null()}), {"a": 1}, "v.null()", "1", Reason.MISMATCH),
        (v.object({"a": v.literal("x")}), {"a": "y"}, 'v.literal("x")', "'y'", Reason.LITERAL),
        (
            v.object({"a": v.id("chats")}), {"a": USER},
            'v.id("chats")', f"{USER!r}, an id of another table", Reason.OTHER_TABLE,
        ),
        (
            v.object({"a": v.id("chats")}), {"a": FILE},
            'v.id("chats")', f"{FILE!r}, an id of a system table", Reason.SYSTEM_TABLE,
        ),
    ],
)  # fmt: skip
def test_problem_carries_its_facts(
    validator: Validator, value: Any, expected: str, found: str, reason: Reason
):
    """Each of Convex's conditions says what was expected, what was found, and which it is."""
    problem = problem_of(validator, value)

    assert problem.path == "a"
    assert (problem.expected, problem.found, problem.reason) == (expected, found, reason)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"x": 1, "a": 1}, "a"),
        ({"x": 1, "a": None}, "b"),
        ({"x": 1, "w": 2, "a": None, "b": None}, "w"),
    ],
)
def test_problems_come_in_order(value: Any, path: str):
    """Known fields go first, in the order of their names; unknown ones last."""
    table = v.object({"b": v.null(), "a": v.null()})

    problem = problem_of(table, value)

    assert problem.path == path


def test_union_reports_what_each_member_said():
    """A failed union is what was expected, and the problem of each member is at hand."""
    problem = problem_of(v.union(v.string(), TEXT), 5)

    assert problem.expected == f"v.union(v.string(), {TEXT!r})"
    assert problem.reason == Reason.UNION
    assert [(member, each.found) for member, each in problem.members] == [
        ("v.string()", "5"),
        (repr(TEXT), "5"),
    ]


def test_tagged_union_says_what_the_member_expected():
    """In a tagged union the member's own expectation is named, and the union beside it."""
    problem = problem_of(PARTS, [{"type": "text", "text": 5}])

    assert problem.expected == f"v.string() in {PARTS.element!r}"
    assert problem.found == "5"


def test_union_of_one_member_speaks_for_it():
    """A union of a single member reports as if that member stood alone."""
    problem = problem_of(v.union(TOKENS), {"total": "x"})

    assert problem == problem_of(TOKENS, {"total": "x"})


def test_error_names_table_path_and_advice():
    """What users see names the table, the place and a near name."""
    problem = problem_of(v.object({"email": v.optional(v.string())}), {"emial": "x"})

    error = validation_error("users", problem)

    assert (error.code, error.table, error.path) == ("ValidationError", "users", "emial")
    assert (error.expected, error.found) == ("no field of this name", "'x'")
    assert "'users'" in error.message
    assert "did you mean 'email'" in error.hint
