"""
Validators that are made of others: arrays, objects, records and unions.

Rules of this file:

- The fields of an object have names that are identifiers, so that each can be indexed; a record
  may hold any field name, and its names are checked as string values.
- The names of a record match a string validator, never literals: known names belong into an
  object.
- A union sheds the optionality of its members, an array that of its elements; in a record an
  optional part is a mistake.

Source: convex-backend crates/common/src/schemas/json.rs; ``src/values/validators.ts`` of the
``convex`` npm package.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import cast

from docdb.errors import SchemaError, nearest_names, shown
from docdb.schema.constraints import ItemCount
from docdb.schema.json_values import Json
from docdb.schema.validators import (
    IdValidator,
    LiteralValidator,
    StringValidator,
    Validator,
    as_validator,
)
from docdb.values.names import check_identifier

__all__ = [
    "ArrayValidator",
    "ObjectValidator",
    "RecordValidator",
    "UnionValidator",
    "walk",
]


class ArrayValidator(Validator):
    """Accepts arrays each of whose elements matches."""

    __slots__ = ("element",)
    kind = "array"
    element: Validator

    def __init__(self, element: Validator, constraints: ItemCount | None = None) -> None:
        element = as_validator(element, "the element of v.array").required()
        self._fill({"element": element})
        super().__init__(constraints)

    @property
    def children(self) -> tuple[Validator, ...]:
        """The validator of the elements."""
        return (self.element,)

    def _json(self) -> dict[str, Json]:
        return {"value": self.element.to_json()}

    def _arguments(self) -> list[str]:
        return [repr(self.element)]


class ObjectValidator(Validator):
    """Accepts objects that have the fields, each of which matches, and no others."""

    __slots__ = ("_fields",)
    kind = "object"
    _fields: dict[str, Validator]

    def __init__(self, fields: Mapping[str, Validator]) -> None:
        self._fill({"_fields": _checked_fields(fields)})
        super().__init__()

    @property
    def fields(self) -> Mapping[str, Validator]:
        """The validators of the fields, in the order of their definition."""
        return MappingProxyType(self._fields)

    @property
    def children(self) -> tuple[Validator, ...]:
        """The validators of the fields."""
        return tuple(self._fields.values())

    def pick(self, *names: str) -> "ObjectValidator":
        """
        Return the validator of an object that has only the named ones of these fields.

        Raises:
            SchemaError: There is no such field.
        """
        for name in names:
            if name not in self._fields:
                raise SchemaError(
                    f"pick: the object has no field {shown(name)}",
                    hint=nearest_names(str(name), self._fields, what="fields"),
                    field=name,
                )
        return self._with_fields({name: self._fields[name] for name in names})

    def omit(self, *names: str) -> "ObjectValidator":
        """Return the validator of an object without the named fields; unknown names are ignored."""
        kept = self._fields.items()
        return self._with_fields({name: field for name, field in kept if name not in names})

    def partial(self) -> "ObjectValidator":
        """
        Return the same validator with every field optional; nested objects stay as they are.

        >>> ObjectValidator({"a": StringValidator()}).partial()
        v.object({a: v.optional(v.string())})
        """
        return self._with_fields({name: field.optional() for name, field in self._fields.items()})

    def extend(self, fields: Mapping[str, Validator]) -> "ObjectValidator":
        """
        Return a validator that has more fields; a name that is there already gets the new one.

        Raises:
            SchemaError: A name is no identifier, or a field no validator.
        """
        return self._with_fields(self._fields | _checked_fields(fields))

    def _with_fields(self, fields: Mapping[str, Validator]) -> "ObjectValidator":
        made = ObjectValidator(fields).with_default(self.default)
        return made.optional() if self.is_optional else made

    def _json(self) -> dict[str, Json]:
        fields: dict[str, Json] = {
            name: {"fieldType": field.to_json(), "optional": field.is_optional}
            for name, field in self._fields.items()
        }
        return {"value": fields}

    def _facts(self) -> tuple[object, ...]:
        return tuple((name, self._fields[name]) for name in sorted(self._fields))

    def _arguments(self) -> list[str]:
        fields = (f"{name}: {self._fields[name]!r}" for name in sorted(self._fields))
        return ["{" + ", ".join(fields) + "}"]


def _checked_fields(fields: object) -> dict[str, Validator]:
    if not isinstance(fields, Mapping):
        raise SchemaError(
            f"v.object takes a mapping from names to validators, not {shown(fields)}",
            hint='write v.object({"name": v.string()})',
        )
    checked: dict[str, Validator] = {}
    for name, field in cast("Mapping[object, object]", fields).items():
        problem = check_identifier(name)
        if problem is not None:
            raise SchemaError(
                f"{problem} (it names a field of v.object)",
                hint="names that are not known beforehand are for v.record",
                field=name,
            )
        checked[str.__str__(cast("str", name))] = as_validator(field, f"field {name!r}")
    return checked


class RecordValidator(Validator):
    """Accepts objects whose names match one validator and whose values match another."""

    __slots__ = ("keys", "values")
    kind = "record"
    keys: Validator
    values: Validator

    def __init__(self, keys: Validator, values: Validator) -> None:
        for what, part in (("keys", keys), ("values", values)):
            if as_validator(part, f"what v.record has as its {what}").is_optional:
                raise SchemaError(f"the {what} of v.record cannot be optional: {part!r}")
        _check_keys(keys)
        self._fill({"keys": keys, "values": values})
        super().__init__()

    @property
    def children(self) -> tuple[Validator, ...]:
        """The validators of the names and of the values."""
        return (self.keys, self.values)

    def _json(self) -> dict[str, Json]:
        values: dict[str, Json] = {"fieldType": self.values.to_json(), "optional": False}
        return {"keys": self.keys.to_json(), "values": values}

    def _arguments(self) -> list[str]:
        return [repr(self.keys), repr(self.values)]


def _check_keys(keys: Validator) -> None:
    if isinstance(keys, UnionValidator):
        for member in keys.members:
            _check_keys(member)
    elif isinstance(keys, LiteralValidator) and isinstance(keys.value, str):
        raise SchemaError(
            f"the keys of v.record cannot be literals: {keys!r}",
            hint="names that are known beforehand are fields of a v.object",
        )
    elif not isinstance(keys, StringValidator | IdValidator):
        raise SchemaError(
            f"the keys of v.record cannot be {keys!r}",
            hint="keys are v.string(), v.id(...) or a union of those",
        )


class UnionValidator(Validator):
    """Accepts what any member accepts; without members, nothing."""

    __slots__ = ("members",)
    kind = "union"
    members: tuple[Validator, ...]

    def __init__(self, members: Iterable[Validator]) -> None:
        checked = (as_validator(member, "a member of v.union") for member in members)
        self._fill({"members": tuple(member.required() for member in checked)})
        super().__init__()

    @property
    def children(self) -> tuple[Validator, ...]:
        """The members."""
        return self.members

    def _json(self) -> dict[str, Json]:
        return {"value": [member.to_json() for member in self.members]}

    def _arguments(self) -> list[str]:
        return [repr(member) for member in self.members]


def walk(validator: Validator) -> Iterator[Validator]:
    """
    Yield a validator and all that it is made of, outermost first.

    >>> list(walk(ArrayValidator(StringValidator())))
    [v.array(v.string()), v.string()]
    """
    yield validator
    for child in validator.children:
        yield from walk(child)
