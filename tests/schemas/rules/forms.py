"""
The transcripts of the applications' documents as data: which fields a table has, of which types.

A type is read from the language of ``tests.schemas.describing``; every field at any depth then
has a path, a tuple of names and places: ``("foods", 0, "name")``. So rules can be tried one by one
against a transcription that owes nothing to the schema under test.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.schemas.describing import transcript

__all__ = [
    "Array",
    "Field",
    "Form",
    "Id",
    "Literal",
    "Object",
    "Plain",
    "Spot",
    "Type",
    "Union",
    "form_named",
    "items",
    "shown_path",
    "spots",
    "type_of",
]

_FOLDER = Path(__file__).parent.parent / "transcripts"
_TOKEN = re.compile(r'"[^"]*"|id\(\w+\)|\w+\??|[\[\]{}|:,]')


class Plain(NamedTuple):
    """A kind of value: string, number, boolean, null or any."""

    kind: str


class Id(NamedTuple):
    """The id of a document of a table."""

    table: str


class Literal(NamedTuple):
    """One value."""

    value: Any


class Array(NamedTuple):
    """Items of one type."""

    item: "Type"


class Object(NamedTuple):
    """Named fields."""

    fields: Mapping[str, "Field"]


class Union(NamedTuple):
    """One of several types."""

    members: tuple["Type", ...]


Type = Plain | Id | Literal | Array | Object | Union


class Field(NamedTuple):
    """A field's type, and whether it may be absent."""

    type: Type
    is_optional: bool


# The tables of an application, each with the type of its documents.
Form = Mapping[str, Object]


class Spot(NamedTuple):
    """A place in a document: its path, and the field that it belongs to."""

    path: tuple[str | int, ...]
    field: Field


def form_named(name: str) -> Form:
    """Read the transcript of an application, or of a component of one."""
    tables = transcript((_FOLDER / f"{name}.txt").read_text("utf-8"))
    return {
        table: Object(dict(_field(line) for line in lines if not _is_index(line)))
        for table, lines in tables.items()
    }


def _is_index(line: str) -> bool:
    return line.startswith(("index ", "search "))


def _field(line: str) -> tuple[str, Field]:
    name, text = line.split(": ", 1)
    return name.removesuffix("?"), Field(type_of(text), name.endswith("?"))


def type_of(text: str) -> Type:
    """Read one type."""
    tokens = list(reversed(_TOKEN.findall(text)))
    found = _union(tokens)
    assert not tokens, f"{text!r} goes on with {tokens[::-1]}"
    return found


def _union(tokens: list[str]) -> Type:
    members = [_single(tokens)]
    while tokens and tokens[-1] == "|":
        tokens.pop()
        members.append(_single(tokens))
    return members[0] if len(members) == 1 else Union(tuple(members))


def _single(tokens: list[str]) -> Type:
    token = tokens.pop()
    if token == "[":
        item = _union(tokens)
        assert tokens.pop() == "]"
        return Array(item)
    if token == "{":
        return Object(dict(_members(tokens)))
    if token.startswith('"'):
        return Literal(json.loads(token))
    return Id(token[3:-1]) if token.startswith("id(") else Plain(token)


def _members(tokens: list[str]) -> Iterator[tuple[str, Field]]:
    closing = ""
    while closing != "}":
        name, colon = tokens.pop(), tokens.pop()
        assert colon == ":"
        yield name.removesuffix("?"), Field(_union(tokens), name.endswith("?"))
        closing = tokens.pop()


def spots(form: Object, path: tuple[str | int, ...] = ()) -> Iterator[Spot]:
    """Give every field of a document at any depth, with the path it has in a complete one."""
    for name, field in form.fields.items():
        yield Spot((*path, name), field)
        yield from _within(field.type, (*path, name))


def _within(form: Type, path: tuple[str | int, ...]) -> Iterator[Spot]:
    match form:
        case Object():
            yield from spots(form, path)
        case Array(Union(members)):
            for place, member in enumerate(members):
                yield from _within(member, (*path, place))
        case Array(item):
            yield from _within(item, (*path, 0))
        case _:
            pass


def items(spot: Spot) -> Iterator[tuple[tuple[str | int, ...], Type]]:
    """Give a field's own path and type, and those of the first item where it is an array."""
    yield spot.path, spot.field.type
    if isinstance(spot.field.type, Array):
        yield (*spot.path, 0), spot.field.type.item


def shown_path(path: tuple[str | int, ...]) -> str:
    """Spell a path as docdb's errors do: ``foods[0].name``."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(steps).removeprefix(".")
