"""
Constraints refuse what lies outside and nothing that lies inside, bounds included.
"""

import pytest

from docdb.errors import SchemaError
from docdb.schema.callables import NamedCallable
from docdb.schema.checking import check
from docdb.schema.compile import compile_check
from docdb.schema.namespace import v
from docdb.schema.validators import Validator
from docdb.values.kinds import Int64
from tests.schema.strategies import resolve

NAN = float("nan")
NAME = v.string(min_length=1, max_length=100, pattern=r"(?:[^\W_]|[ \-])+")
TIME = v.string(pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]")
EMAIL = v.string(format="email")


def is_even_length(text: str) -> bool:
    """An allow-list that is a function."""
    return len(text) % 2 == 0


def verdicts(validator: Validator, value: object) -> tuple[bool, bool]:
    """What the generated and the interpreted check say of a field."""
    table, document = v.object({"a": validator}), {"a": value}
    fast = compile_check(table, resolve)(document)
    return fast, check(table, document, resolve) is None


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (v.number(minimum=1, maximum=5), 1),
        (v.number(minimum=1, maximum=5), 5.0),
        (v.number(minimum=1.3), 1.3),
        (v.number(minimum=0), -0.0),
        (v.number(maximum=10), float("-inf")),
        (v.number(integer=True), 1.0),
        (v.number(integer=True), -7),
        (v.int64(minimum=1, maximum=1), Int64(1)),
        (v.string(min_length=1, max_length=2), "a"),
        (v.string(min_length=1, max_length=2), "aa"),
        (v.string(max_length=1), "😀"),
        (v.string(max_length=0), ""),
        (v.string(one_of=["free", "basic"]), "free"),
        (v.string(one_of=is_even_length), "ab"),
        (v.array(v.null(), min_items=1, max_items=2), [None]),
        (v.array(v.null(), min_items=1, max_items=2), [None, None]),
        (NAME, "Jean-Luc Ćirić 3"),
        (NAME, "a" * 100),
        (TIME, "00:00"),
        (TIME, "23:59"),
        (EMAIL, "ada@example.com"),
        (EMAIL, "a.b+c_d'e@sub-domain.example.co"),
        (EMAIL, "ü@exämple.рф"),
        (EMAIL, "a@" + "b" * 63 + ".c"),
    ],
)
def test_what_lies_inside_passes(validator: Validator, value: object):
    """Bounds are inclusive, lengths count code points, patterns match the whole."""
    found = verdicts(validator, value)

    assert found == (True, True)


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (v.number(minimum=1, maximum=5), 0.999),
        (v.number(minimum=1, maximum=5), 6),
        (v.number(minimum=1), NAN),
        (v.number(maximum=1), NAN),
        (v.number(integer=True), 1.5),
        (v.number(integer=True), NAN),
        (v.number(integer=True), float("inf")),
        (v.int64(minimum=1, maximum=1), Int64(2)),
        (v.string(min_length=1, max_length=2), ""),
        (v.string(min_length=1, max_length=2), "aaa"),
        (v.string(one_of=["free", "basic"]), "Free"),
        (v.string(one_of=is_even_length), "abc"),
        (v.array(v.null(), min_items=1, max_items=2), []),
        (v.array(v.null(), min_items=1, max_items=2), [None] * 3),
        (NAME, ""),
        (NAME, "a" * 101),
        (NAME, "under_score"),
        (NAME, "new\nline"),
        (TIME, "24:00"),
        (TIME, "9:00"),
        (TIME, "09:00\n"),
        (EMAIL, ""),
        (EMAIL, "ada"),
        (EMAIL, "ada@"),
        (EMAIL, "@example.com"),
        (EMAIL, "ada@localhost"),
        (EMAIL, "ada@example..com"),
        (EMAIL, "ada@-example.com"),
        (EMAIL, "ada.@example.com"),
        (EMAIL, "a da@example.com"),
        (EMAIL, "ada@example.com\n"),
        (EMAIL, "a@b@example.com"),
        (EMAIL, "a@" + "b" * 64 + ".c"),
        (EMAIL, "a" * 250 + "@b.cd"),
    ],
)
def test_what_lies_outside_is_refused(validator: Validator, value: object):
    """One past a bound, one character too many, or NaN anywhere in a range fails."""
    found = verdicts(validator, value)

    assert found == (False, False)


@pytest.mark.parametrize(
    ("validator", "value", "expected"),
    [
        (v.number(minimum=1), 0, "a number of at least 1"),
        (v.number(maximum=5), 6, "a number of at most 5"),
        (v.number(integer=True), 0.5, "a number without a fraction"),
        (v.string(min_length=1), "", "a string of at least 1 characters"),
        (v.string(max_length=1), "ab", "a string of at most 1 characters"),
        (TIME, "x", "a string that matches '([01][0-9]|2[0-3]):[0-5][0-9]'"),
        (EMAIL, "x", "a string in the format 'email'"),
        (v.string(one_of=["a"]), "x", "one of ['a']"),
        (v.string(one_of=is_even_length), "x", f"a string that '{__name__}:is_even_length' allows"),
        (v.array(v.null(), min_items=1), [], "an array of at least 1 elements"),
        (v.array(v.null(), max_items=0), [None], "an array of at most 0 elements"),
    ],
)
def test_error_names_the_rule(validator: Validator, value: object, expected: str):
    """Who breaks a constraint learns which one, and where."""
    problem = check(v.object({"a": validator}), {"a": value}, resolve)

    assert problem is not None
    assert (problem.path, problem.expected, problem.reason) == ("a", expected, "constraint")


def test_absent_field_satisfies_its_constraints():
    """A rule for a field says nothing about a document without it."""
    table = v.object({"title": v.optional(v.string(min_length=1))})

    found = compile_check(table, resolve)({}), check(table, {}, resolve)

    assert found == (True, None)


def test_hostile_text_is_judged_in_time():
    """A long string that is almost an e-mail address costs no more than any other."""
    text = "a@" + "." * 1_000_000 + "@"

    found = verdicts(EMAIL, text)

    assert found == (False, False)


def test_unknown_function_is_a_schema_error():
    """A value whose allow-list the program lacks cannot be judged, and the error names it."""
    validator = v.object({"a": v.string(one_of=NamedCallable("app:allowed"))})

    with pytest.raises(SchemaError, match="app:allowed"):
        check(validator, {"a": "x"}, resolve)


def test_failing_function_is_a_schema_error():
    """An allow-list that raises is reported as such, with its error as the cause."""

    def broken(text: str) -> bool:
        raise KeyError(text)

    with pytest.raises(SchemaError) as caught:
        check(v.string(one_of=broken), "x", resolve)

    assert isinstance(caught.value.__cause__, KeyError)
