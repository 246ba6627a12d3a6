"""
Validators are values: they can be built upon, compared, printed, and refuse what makes no sense.
"""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given

from docdb.errors import DocdbError, SchemaError
from docdb.schema.composites import ObjectValidator
from docdb.schema.namespace import v
from docdb.schema.validators import Validator
from docdb.values.kinds import Int64
from tests.schema.strategies import validators

PERSON = v.object({"name": v.string(), "age": v.optional(v.number())})


def zero() -> int:
    """A default that is a function."""
    return 0


@pytest.mark.parametrize(
    ("build", "part"),
    [
        (lambda: v.id(5), "5"),
        (lambda: v.id(""), "empty"),
        (lambda: v.id("a-b"), "'a-b'"),
        (lambda: v.id("users", on_delete="explode"), "'explode'"),
        (lambda: v.literal(None), "None"),
        (lambda: v.literal([1]), "[1]"),
        (lambda: v.literal(b"a"), "b'a'"),
        (lambda: v.literal(float("nan")), "nan"),
        (lambda: v.literal(float("inf")), "inf"),
        (lambda: v.literal(2**53 + 1), "9007199254740993"),
        (lambda: v.literal("\ud800"), "surrogate"),
        (lambda: v.literal(object), "literal"),
        (lambda: v.array(5), "5"),
        (lambda: v.array(v.string), "v.string()"),
        (lambda: v.array(v.string(), min_items=2, max_items=1), "min_items 2"),
        (lambda: v.array(v.string(), min_items=-1), "-1"),
        (lambda: v.object(5), "5"),
        (lambda: v.object({"a": 5}), "'a'"),
        (lambda: v.object({"a b": v.null()}), "'a b'"),
        (lambda: v.object({"": v.null()}), "empty"),
        (lambda: v.object({"__": v.null()}), "underscores"),
        (lambda: v.object({"é": v.null()}), "'é'"),
        (lambda: v.object({"a" * 65: v.null()}), "64"),
        (lambda: v.object({1: v.null()}), "1"),
        (lambda: v.record(v.string(), 5), "5"),
        (lambda: v.record(5, v.string()), "5"),
        (lambda: v.record(v.optional(v.string()), v.null()), "optional"),
        (lambda: v.record(v.string(), v.optional(v.null())), "optional"),
        (lambda: v.record(v.number(), v.null()), "v.float64()"),
        (lambda: v.record(v.any(), v.null()), "v.any()"),
        (lambda: v.record(v.literal("a"), v.null()), "literal"),
        (lambda: v.record(v.union(v.string(), v.literal("a")), v.null()), "literal"),
        (lambda: v.union(5), "5"),
        (lambda: v.optional(5), "5"),
        (lambda: v.nullable(5), "5"),
        (lambda: v.number(minimum="1"), "'1'"),
        (lambda: v.number(minimum=True), "True"),
        (lambda: v.number(minimum=float("nan")), "nan"),
        (lambda: v.number(minimum=2, maximum=1), "minimum 2"),
        (lambda: v.number(integer=1), "integer"),
        (lambda: v.int64(minimum=1.5), "1.5"),
        (lambda: v.string(min_length=1.0), "1.0"),
        (lambda: v.string(max_length=True), "True"),
        (lambda: v.string(pattern="("), "'('"),
        (lambda: v.string(pattern=5), "5"),
        (lambda: v.string(format="phone"), "'phone'"),
        (lambda: v.string(format=[]), "[]"),
        (lambda: v.string(one_of="abc"), "'abc'"),
        (lambda: v.string(one_of=[]), "empty"),
        (lambda: v.string(one_of=["a", 1]), "1"),
        (lambda: v.string(one_of=5), "5"),
        (lambda: v.number(default="a"), "'a'"),
        (lambda: v.number(minimum=1, default=0), "0"),
        (lambda: v.any(default={1}), "{1}"),
        (lambda: v.any(default={"$a": 1}), "'$a'"),
        (lambda: v.object({"a": v.array(v.null())}, default={"a": [1]}), "a[0]"),
        (lambda: PERSON.pick("nam"), "'name'"),
        (lambda: PERSON.extend({"a b": v.null()}), "'a b'"),
        (lambda: PERSON.extend(5), "5"),
    ],
)
def test_wrong_definition_is_a_schema_error_that_shows_it(build: Any, part: str):
    """What no validator can be made of is refused at once, and the error shows the culprit."""
    with pytest.raises(SchemaError) as caught:
        build()

    assert part in str(caught.value)


def test_default_may_be_a_class_since_it_can_be_called():
    """Whatever can be called without arguments serves as a default, a class as well."""
    validator = v.array(v.string(), default=list)

    assert repr(validator) == "v.array(v.string(), default=builtins:list)"


@pytest.mark.parametrize(
    ("validator", "text"),
    [
        (v.id("users"), 'v.id("users")'),
        (v.id("users", on_delete="cascade"), 'v.id("users", on_delete="cascade")'),
        (v.null(), "v.null()"),
        (v.number(), "v.float64()"),
        (v.float64(), "v.float64()"),
        (v.int64(), "v.int64()"),
        (v.boolean(), "v.boolean()"),
        (v.string(), "v.string()"),
        (v.bytes(), "v.bytes()"),
        (v.any(), "v.any()"),
        (v.literal("a\n"), 'v.literal("a\\n")'),
        (v.literal(1), "v.literal(1.0)"),
        (v.literal(-0.0), "v.literal(-0.0)"),
        (v.literal(Int64(1)), "v.literal(1)"),
        (v.literal(True), "v.literal(true)"),
        (v.array(v.string()), "v.array(v.string())"),
        (v.record(v.string(), v.null()), "v.record(v.string(), v.null())"),
        (v.union(v.string(), v.null()), "v.union(v.string(), v.null())"),
        (v.nullable(v.string()), "v.union(v.string(), v.null())"),
        (PERSON, "v.object({age: v.optional(v.float64()), name: v.string()})"),
        (v.string(max_length=9, default="a"), "v.string(max_length=9, default='a')"),
        (v.number(default=zero), f"v.float64(default={__name__}:zero)"),
    ],
)
def test_text_is_convex_s(validator: Validator, text: str):
    """A validator prints as Convex prints it, our extensions as keyword arguments."""
    shown = repr(validator)

    assert shown == text


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (v.literal(1), v.literal(1.0), True),
        (v.literal(1), v.literal(True), False),
        (v.literal(1), v.literal(Int64(1)), False),
        (v.literal(0), v.literal(-0.0), False),
        (v.number(), v.float64(), True),
        (v.number(minimum=0), v.number(), False),
        (v.number(default=1), v.number(default=1.0), True),
        (v.any(default=1), v.any(default=True), False),
        (v.number(default=zero), v.number(default=zero), True),
        (v.number(default=zero), v.number(default=0), False),
        (v.id("a"), v.id("b"), False),
        (v.id("a"), v.id("a", on_delete="restrict"), False),
        (v.string(), v.optional(v.string()), False),
        (v.optional(v.string()), v.string().optional().optional(), True),
        (v.union(v.null(), v.string()), v.union(v.string(), v.null()), False),
        (v.union(v.optional(v.null())), v.union(v.null()), True),
        (v.array(v.optional(v.null())), v.array(v.null()), True),
        (v.object({"a": v.null(), "b": v.any()}), v.object({"b": v.any(), "a": v.null()}), True),
        (v.object({"a": v.null()}), v.object({"a": v.optional(v.null())}), False),
        (v.null(), v.any(), False),
        (v.null(), None, False),
    ],
)
def test_equality_is_that_of_what_is_accepted(left: Validator, right: object, equal: bool):
    """Equal definitions are equal and hash alike; any difference that matters tells."""
    same_hash = hash(left) == hash(right)

    assert (left == right) == equal
    assert same_hash or not equal


@given(validators)
def test_copies_are_equal(validator: Validator):
    """A validator survives being copied, and being sent to another process."""
    copies = [copy.deepcopy(validator), pickle.loads(pickle.dumps(validator))]

    assert copies == [validator, validator]


def test_validators_cannot_be_changed():
    """Whoever holds a validator can rely on it."""
    validator = v.string()

    with pytest.raises(AttributeError):
        validator.is_optional = True
    with pytest.raises(TypeError):
        PERSON.fields["more"] = v.null()  # type: ignore[index]


def test_definition_does_not_follow_the_caller_s_objects():
    """What was handed in may be changed afterwards without effect."""
    fields: dict[str, Validator] = {"a": v.any(default={"b": []})}
    default: list[int] = [1]
    validator, defaulted = v.object(fields), v.any(default=default)

    fields.clear()
    default.clear()

    assert (len(validator.fields), defaulted.default) == (1, [1])


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (PERSON.pick("age"), "v.object({age: v.optional(v.float64())})"),
        (PERSON.omit("age", "nothing"), "v.object({name: v.string()})"),
        (
            PERSON.partial(),
            "v.object({age: v.optional(v.float64()), name: v.optional(v.string())})",
        ),
        (
            PERSON.extend({"age": v.int64(), "x": v.null()}),
            "v.object({age: v.int64(), name: v.string(), x: v.null()})",
        ),
        (PERSON.optional().omit("name", "age"), "v.optional(v.object({}))"),
    ],
)
def test_objects_are_built_upon(made: ObjectValidator, text: str):
    """pick, omit, partial and extend derive objects and keep whether they are optional."""
    shown = repr(made)

    assert shown == text


def test_validators_nest_to_a_limit():
    """Sixty-four levels can be written, one more is refused rather than overflowing later."""
    validator: Validator = v.null()
    for _ in range(63):
        validator = v.union(validator)

    with pytest.raises(SchemaError, match="64"):
        v.array(validator)
    assert repr(validator).count("v.union") == 63


@given(validators)
def test_only_our_errors_escape_from_building(validator: Validator):
    """Whatever validators are combined, there is a validator or one of our errors."""
    try:
        made: object = v.record(validator, validator)
    except DocdbError as error:
        made = error.code

    assert made == "SchemaError" or isinstance(made, Validator)
