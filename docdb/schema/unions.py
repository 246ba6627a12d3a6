"""
Which member of a union a value was meant for.

Most unions are clear at a glance: members of different kinds, or objects that carry a literal
such as ``type: "text"``, the *tag*. The interpreted check uses that to say what is wrong inside the
member that was meant; the generated check goes straight to it.

Rules of this file:

- A union inside a union is as good as its members beside the others.
- A tag is a field that every object among the members requires, with a string literal that no
  other one has. Where a member other than these could also match an object there is no tag.
  So a tag decides: no member but the one that it names can match.
"""

from collections.abc import Mapping
from typing import NamedTuple

from docdb.schema.composites import ArrayValidator, ObjectValidator, RecordValidator, UnionValidator
from docdb.schema.validators import (
    BooleanValidator,
    BytesValidator,
    IdValidator,
    Int64Validator,
    LiteralValidator,
    NullValidator,
    NumberValidator,
    StringValidator,
    Validator,
)
from docdb.values.kinds import Kind, kind_of

__all__ = ["Tagged", "flattened", "kind_accepted", "tagged"]


class Tagged(NamedTuple):
    """
    A union whose objects are told apart by a tag.

    Attributes:
        field: The name of the tag's field.
        objects: The members that are objects, by their tag.
        others: The members that match no object.
    """

    field: str
    objects: Mapping[str, ObjectValidator]
    others: tuple[Validator, ...]


def flattened(union: UnionValidator) -> tuple[Validator, ...]:
    """Return the members of a union, those of unions inside it in their place."""
    members: list[Validator] = []
    for member in union.members:
        if isinstance(member, UnionValidator):
            members.extend(flattened(member))
        else:
            members.append(member)
    return tuple(members)


def kind_accepted(validator: Validator) -> Kind | None:
    """Return the one kind of value that a validator other than a union accepts; None for any."""
    if isinstance(validator, LiteralValidator):
        return kind_of(validator.value)
    return _KINDS.get(type(validator))


_KINDS: Mapping[type[Validator], Kind] = {
    NullValidator: Kind.NULL,
    Int64Validator: Kind.INT64,
    NumberValidator: Kind.FLOAT64,
    BooleanValidator: Kind.BOOLEAN,
    StringValidator: Kind.STRING,
    IdValidator: Kind.STRING,
    BytesValidator: Kind.BYTES,
    ArrayValidator: Kind.ARRAY,
    ObjectValidator: Kind.OBJECT,
    RecordValidator: Kind.OBJECT,
}


def tagged(union: UnionValidator) -> Tagged | None:
    """Return how the objects of a union are told apart, or None where no tag does it."""
    members = flattened(union)
    objects = [member for member in members if isinstance(member, ObjectValidator)]
    others = tuple(member for member in members if not isinstance(member, ObjectValidator))
    if not objects or any(kind_accepted(other) in (None, Kind.OBJECT) for other in others):
        return None
    for field in objects[0].fields:
        by_tag = {tag: each for each in objects if (tag := _tag(each, field)) is not None}
        if len(by_tag) == len(objects):
            return Tagged(field, by_tag, others)
    return None


def _tag(validator: ObjectValidator, field: str) -> str | None:
    tag = validator.fields.get(field)
    if not isinstance(tag, LiteralValidator) or tag.is_optional or not isinstance(tag.value, str):
        return None
    return tag.value
