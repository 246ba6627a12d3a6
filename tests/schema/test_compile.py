"""
The generated check says yes exactly where the interpreted one finds nothing wrong.
"""

from collections import OrderedDict
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import example, given

from docdb import limits
from docdb.errors import DocdbError
from docdb.schema.checking import check
from docdb.schema.compile import check_source, compile_check
from docdb.schema.namespace import v
from docdb.schema.validators import Validator
from docdb.values.ids import encode_id
from docdb.values.kinds import UNSET, Int64, normalize
from tests.schema.strategies import cases, resolve

CHAT = encode_id(10_002, bytes(16))
TEXT = v.object({"type": v.literal("text"), "text": v.string()})


class Level(IntEnum):
    LOW = 1


class Name(str):
    pass


def accepts(validator: Validator, document: Any) -> bool:
    """What the generated check says."""
    return compile_check(validator, resolve)(document)


def is_same(left: Any, right: Any) -> bool:
    """Whether two values are the same to the last type."""
    return type(left) is type(right) and repr(left) == repr(right)


def is_valid_as_it_is(validator: Validator, document: Any) -> bool:
    """What the interpreted check says of a document that need not be normalized."""
    try:
        plain = normalize(document, depth_max=limits.DOCUMENT_DEPTH_MAX)
    except DocdbError:
        return False
    reserved = any(name.startswith("_") for name in plain)
    return is_same(plain, document) and not reserved and not check(validator, plain, resolve)


@given(cases())
@example((v.object({"a": v.literal(0)}), {"a": -0.0}))
@example((v.object({"a": v.literal(0)}), {"a": 0.0}))
@example((v.object({"a": v.boolean()}), {"a": 1}))
@example((v.any(), {"a": float("nan")}))
@example((v.any(), {"_a": 1}))
@example((v.object({"a": v.optional(v.null())}), {"b": None}))
@example((v.object({"a": v.optional(v.null())}), {"a": None, "b": None}))
@example((v.object({"a": v.optional(v.null()), "b": v.null()}), {"a": None}))
@example((v.union(TEXT, v.object({"type": v.literal("text")})), {"type": "text"}))
@example((v.union(v.object({"type": v.literal("text")}), TEXT), {"type": "text"}))
@example((v.union(TEXT, v.object({"type": v.string()})), {"type": "text"}))
@example((v.union(TEXT, v.object({"type": v.optional(v.literal("b"))})), {}))
@example((v.object({"a": v.union(TEXT, v.record(v.string(), v.any()))}), {"a": {"type": "text"}}))
def test_generated_check_agrees_with_the_interpreted_one(case: tuple[Validator, Any]):
    """A document passes the fast way if and only if it is valid and needs no conversion."""
    validator, document = case

    accepted = accepts(validator, document)

    assert accepted == is_valid_as_it_is(validator, document)


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (v.number(), Level.LOW),
        (v.number(), True),
        (v.number(), Int64(1)),
        (v.number(), 2**53 + 1),
        (v.number(), -(2**53) - 1),
        (v.int64(), 1),
        (v.string(), Name("a")),
        (v.literal("a"), Name("a")),
        (v.union(v.literal("a"), v.literal("b")), Name("a")),
        (TEXT, {"type": Name("text"), "text": ""}),
        (v.union(TEXT), {"type": Name("text"), "text": ""}),
        (v.literal(True), 1),
        (v.literal(1), True),
        (v.bytes(), bytearray(b"a")),
        (v.array(v.string()), ("a",)),
        (v.object({"b": v.string()}), OrderedDict(b="a")),
        (v.any(), Level.LOW),
        (v.any(), (1,)),
        (v.any(), [UNSET]),
        (v.any(), {"b": UNSET}),
        (v.any(), {Name("b"): 1}),
        (v.any(), {"$b": 1}),
        (v.any(), {"é": 1}),
        (v.any(), {1: 1}),
        (v.any(), {"b" * 1025: 1}),
        (v.any(), 2**53 + 1),
        (v.any(), {1, 2}),
        (v.record(v.string(), v.any()), {Name("b"): 1}),
        (v.record(v.string(), v.any()), {"$b": 1}),
        (v.array(v.any()), [0] * 8193),
        (v.any(), [0] * 8193),
        (v.record(v.string(), v.null()), {f"f{n}": None for n in range(1025)}),
        (v.any(), {f"f{n}": None for n in range(1025)}),
        (v.optional(v.string()), UNSET),
        (v.optional(v.string()), None),
    ],
)
def test_what_is_not_in_plain_form_is_left_to_the_interpreted_check(
    validator: Validator, value: object
):
    """Values that would have to be converted, and those that no document can hold, do not pass."""
    table = v.object({"a": validator})

    accepted = accepts(table, {"a": value})

    assert not accepted


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (v.number(), 2**53),
        (v.number(), -(2**53)),
        (v.number(), float("nan")),
        (v.literal(0), 0.0),
        (v.any(), {"b" * 1024: [0] * 8192}),
        (v.any(), {f"f{n}": None for n in range(1024)}),
        (v.any(), {"": {"a.b c": [None, True, 1, 1.5, Int64(1), "é", b"\xff"]}}),
        (v.any(), {"b$": 1}),
        (v.record(v.string(), v.any()), {"": 1, "a b": 2}),
        (v.record(v.id("chats"), v.number()), {CHAT: 2}),
        (v.array(v.any()), [0] * 8192),
    ],
)
def test_what_is_at_the_limit_passes(validator: Validator, value: object):
    """The last number, name, field and element that a document can hold are accepted."""
    table = v.object({"a": validator})

    accepted = accepts(table, {"a": value})

    assert accepted


def nested(levels: int) -> Any:
    """A value of so many levels of arrays."""
    return [nested(levels - 1)] if levels > 1 else []


@pytest.mark.parametrize(
    ("levels", "accepted"),
    [(limits.DOCUMENT_DEPTH_MAX - 1, True), (limits.DOCUMENT_DEPTH_MAX, False)],
)
@pytest.mark.parametrize("kind", ["any", "array", "record"])
def test_levels_are_counted_from_the_document(levels: int, accepted: bool, kind: str):
    """Sixteen levels pass, the document being the first, whatever the validator is made of."""
    validator: Validator = v.any()
    for _ in range({"any": 0, "array": 20, "record": 5}[kind]):
        validator = v.array(validator)

    found = accepts(v.object({"a": validator}), {"a": nested(levels)})

    assert found == accepted


def test_deepest_code_compiles():
    """Validators nested to the limit, in the shape that needs the most indentation, work."""
    validator: Validator = v.null()
    for _ in range(20):
        part = v.object({"type": v.literal("a"), "next": v.optional(v.array(validator))})
        validator = v.union(part, v.object({"type": v.literal("b")}), v.null())

    accepted = accepts(v.object({"a": validator}), {"a": {"type": "a", "next": [{"type": "b"}]}})

    assert accepted


def test_document_has_room_for_system_fields():
    """A document passes with 1,022 fields and no more, since two belong to the system."""
    document = {f"f{n}": None for n in range(1023)}
    some = v.object({name: v.optional(v.null()) for name in document})

    refused = [accepts(table, document) for table in (some, v.any())]
    del document["f0"]
    accepted = [accepts(table, document) for table in (some, v.any())]

    assert (refused, accepted) == ([False, False], [True, True])


def test_hostile_names_stay_names():
    """Text in a schema never becomes code."""
    text = "'] or __import__('os').abort() or x1['"
    table = v.object({"a": v.union(v.literal(text), v.object({"type": v.literal(text)}))})

    accepted = accepts(table, {"a": text}), accepts(table, {"a": {"type": text}})

    assert accepted == (True, True)


def test_function_that_fails_is_left_to_the_interpreted_check():
    """An allow-list that raises an error makes the fast way say no, not fail."""

    def broken(text: str) -> bool:
        raise KeyError(text)

    accepted = accepts(v.object({"a": v.string(one_of=broken)}), {"a": "x"})

    assert not accepted


def test_id_of_a_table_that_is_not_there_never_passes():
    """Without the table there can be no id of it."""
    accepted = accepts(v.object({"a": v.id("later")}), {"a": CHAT})

    assert not accepted


def test_declared_names_are_compared_and_not_typed():
    """A name of a subclass of str passes for its field; whoever packs the document decides."""
    accepted = accepts(v.object({"a": v.null()}), {Name("a"): None})

    assert accepted


def test_table_without_constraints_pays_nothing_for_them():
    """The generated code of a plain Convex table asks for types and nothing else."""
    source = check_source(v.object({"a": v.string(), "b": v.array(v.string())}), resolve)

    assert "len(x2)" not in source
    assert "type(x2) is str" in source
