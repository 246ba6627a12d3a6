"""
Objects that nobody should pass to a database, and what tests with them share.

``NO_VALUES`` are no values of any document; ``JUNK`` is that and everything else that looks like
an argument. A piece of junk may lie, refuse to be printed, or compare like an array.
"""

import datetime as dt
import decimal
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from docdb import UNSET, Database, DocdbError, Int64, define_schema, define_table, v

__all__ = ["JUNK", "NO_VALUES", "SCHEMA", "Ambiguous", "Mute", "Unhashable", "refused", "user"]

SCHEMA = define_schema(
    {
        "users": define_table(
            {
                "name": v.string(),
                "age": v.optional(v.number()),
                "role": v.optional(v.union(v.literal("user"), v.literal("admin"))),
                "friend": v.optional(v.id("users")),
                "more": v.optional(
                    v.object({"tags": v.array(v.object({"label": v.string()})), "x": v.any()})
                ),
                "scores": v.optional(v.record(v.string(), v.number())),
            }
        )
        .index("by_name", ["name"])
        .index("by_age_name", ["age", "name"])
        .index("later", ["age"], staged=True),
        "posts": define_table({"text": v.string()}),
    }
)


def endless_list() -> list[Any]:
    """Return a list that contains itself."""
    endless: list[Any] = []
    endless.append(endless)
    return endless


def endless_dict() -> dict[str, Any]:
    """Return a dict that contains itself."""
    endless: dict[str, Any] = {}
    endless["again"] = endless
    return endless


class Unhashable:
    """Cannot be looked up in anything."""

    __hash__ = None  # pyright: ignore[reportAssignmentType]


class Mute:
    """Cannot say what it is."""

    def __repr__(self) -> str:
        raise ZeroDivisionError

    __str__ = __repr__


class Ambiguous:
    """Compares like an array: to something that has no truth value."""

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __eq__(self, other: object) -> "Ambiguous":  # pyright: ignore[reportIncompatibleMethodOverride]
        return self

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__  # pyright: ignore[reportAssignmentType]

    def __bool__(self) -> bool:
        raise ValueError("the truth value of an array is ambiguous")


class Strange(str):
    """A string with an opinion."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"

    def startswith(self, *_: object) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        raise ZeroDivisionError


NO_VALUES: list[Any] = [
    object(),
    {1, 2},
    frozenset(),
    1j,
    range(3),
    iter([]),
    ...,
    NotImplemented,
    ValueError("x"),
    decimal.Decimal(1),
    uuid.UUID(int=1),
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    dt.date(2026, 1, 1),
    Unhashable(),
    Mute(),
    Ambiguous(),
    SCHEMA,
    v.string(),
    2**53 + 1,
    -(2**53) - 1,
    10**400,
    "\ud800",
    "a\udfffb",
    {"$a": 1},
    {"é": 1},
    {"a\n": 1},
    {"x" * 1025: 1},
    {1: 2},
    {None: 1},
    {b"a": 1},
    [UNSET],
    endless_list(),
    endless_dict(),
]


JUNK: list[Any] = [
    *NO_VALUES,
    None,
    True,
    False,
    0,
    -1,
    1,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "users",
    "by_name",
    "asc",
    "_tables",
    "\x00",
    "x" * 3000,
    b"",
    b"x",
    bytearray(b"x"),
    [],
    [1],
    ["users"],
    [{}],
    (),
    {},
    {"name": "Ada"},
    {"name": 5},
    {"_id": 1},
    {"a": {"b": [1, None]}},
    UNSET,
    Int64(5),
    Strange("users"),
    {Strange("name"): Strange("x")},
]


class LiesAboutItself(Mapping[str, Any]):
    """A mapping whose length and contents do not agree."""

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(["a", "b"])

    def __len__(self) -> int:
        return 7

    def items(self) -> Any:
        """Give something else."""
        return [("name", "Ada"), ("age", object())]


JUNK.append(LiesAboutItself())


def user(db: Database) -> str:
    """Return the id of a user; a new one, where what came before has deleted the last."""
    ids = db.query("users").ids()
    return ids[0] if ids else db.insert("users", {"name": "Ada", "age": 36})


def refused(call: Callable[[], object], error: type[DocdbError], **facts: object) -> DocdbError:
    """Check that a call raises an error of exactly a class with some facts."""
    with pytest.raises(DocdbError) as caught:
        call()
    found = caught.value
    assert type(found) is error, repr(found)
    assert {name: getattr(found, name) for name in facts} == facts
    assert found.message
    assert found.code == error.__name__
    assert str(found)
    return found
