"""
Defaults fill in what an insert leaves out, and change nothing else.
"""

from itertools import count
from typing import Any

import pytest

from docdb.errors import SchemaError
from docdb.schema.callables import NamedCallable
from docdb.schema.defaults import fill_defaults, has_defaults
from docdb.schema.namespace import v
from docdb.schema.validators import Validator
from docdb.values.kinds import UNSET

SETTINGS = v.object({"theme": v.string(default="dark"), "size": v.optional(v.number())})
USER = v.object(
    {
        "name": v.string(),
        "xp": v.number(default=0),
        "role": v.union(v.literal("user"), v.literal("admin"), default="user"),
        "tags": v.array(v.string(), default=[]),
        "settings": v.optional(SETTINGS),
    }
)
FILLED = {"name": "Ada", "xp": 0, "role": "user", "tags": []}


@pytest.mark.parametrize(
    ("document", "filled"),
    [
        ({"name": "Ada"}, FILLED),
        ({"name": "Ada", "xp": UNSET}, FILLED),
        ({"name": "Ada", "xp": 5}, {**FILLED, "xp": 5}),
        ({"name": "Ada", "xp": None}, {**FILLED, "xp": None}),
        ({"name": "Ada", "settings": {}}, {**FILLED, "settings": {"theme": "dark"}}),
        ({"name": "Ada", "settings": 5}, {**FILLED, "settings": 5}),
    ],
)
def test_absent_fields_get_their_defaults(document: Any, filled: Any):
    """Only what is absent is filled in, in objects that are there too."""
    found = fill_defaults(USER, document)

    assert found == filled


def test_nothing_to_fill_in_returns_the_document_itself():
    """A complete document is not copied."""
    found = fill_defaults(USER, FILLED)

    assert found is FILLED


def test_defaults_are_not_shared():
    """Each document has arrays and objects of its own."""
    first, second = (fill_defaults(USER, {"name": name}) for name in "ab")

    assert first["tags"] is not second["tags"]


def test_function_is_asked_each_time():
    """A default that is a function is called for each document."""
    table = v.object({"n": v.number(default=count().__next__)})

    found = [fill_defaults(table, {})["n"] for _ in range(3)]

    assert found == [0, 1, 2]


def test_unknown_function_is_a_schema_error():
    """A default that the program lacks cannot be filled in."""
    table = v.object({"n": v.number(default=NamedCallable("app:next_number"))})

    with pytest.raises(SchemaError, match="app:next_number"):
        fill_defaults(table, {})


def test_tag_decides_which_defaults_a_union_has():
    """A document of a tagged union gets the defaults of its own kind."""
    table = v.union(
        v.object({"type": v.literal("a"), "n": v.number(default=1)}),
        v.object({"type": v.literal("b"), "m": v.number(default=2)}),
    )

    found = [fill_defaults(table, {"type": tag}) for tag in ("a", "b", "c")]

    assert found == [{"type": "a", "n": 1}, {"type": "b", "m": 2}, {"type": "c"}]


@pytest.mark.parametrize(
    ("validator", "found"),
    [
        (USER, True),
        (v.object({"settings": SETTINGS}), True),
        (v.union(v.object({"a": v.null()}), SETTINGS), True),
        (v.object({"a": v.array(SETTINGS)}), False),
        (v.object({"a": v.null()}), False),
        (v.any(), False),
    ],
)
def test_table_knows_whether_it_has_defaults(validator: Validator, found: bool):
    """A table without defaults can skip the step."""
    answer = has_defaults(validator)

    assert answer == found
