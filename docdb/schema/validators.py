"""
Validators: what a value may be, as data.

A validator is an immutable value: it can be printed, compared, stored as Convex's JSON and built
upon. Here are those that consist of nothing else; ``composites.py`` has arrays, objects, records
and unions. ``v`` (``namespace.py``) is how users make them; ``checking.py`` says what is wrong with
a value; ``compile.py`` turns a table's validator into a fast function.

Rules of this file:

- Equal validators accept the same values, and print the same text. The order of an object's
  fields does not count, that of a union's members does: they are tried in order.
- ``is_optional`` means that the field may be absent; it never admits null, and has a meaning only
  for a field of an object. Members of unions and elements of arrays shed it.
- Text is Convex's, ``v.object({name: v.string()})`` with fields in the order of their names; our
  extensions appear as keyword arguments.
- Constructors refuse what no validator can be made of, with a ``SchemaError``.
- Validators nest at most 64 levels, so that whatever walks one may recurse.

Source: kinds and text, convex-backend crates/common/src/schemas/validator.rs; JSON, ``json.rs``
beside it and ``src/values/validators.ts`` of the ``convex`` npm package.
"""

from collections.abc import Mapping
from math import isfinite
from typing import ClassVar, Final, Self, TypeAlias, cast

from docdb import limits
from docdb.errors import SchemaError, shown
from docdb.schema.callables import NamedCallable
from docdb.schema.constraints import Constraints, constraints_json, constraints_shown
from docdb.schema.json_values import Json, value_to_json
from docdb.values.kinds import UNSET, Int64, Unset, Value, normalize
from docdb.values.names import check_identifier
from docdb.values.order import equal

__all__ = [
    "LEVELS_MAX",
    "ON_DELETE",
    "AnyValidator",
    "BooleanValidator",
    "BytesValidator",
    "Default",
    "IdValidator",
    "Int64Validator",
    "LiteralValidator",
    "NullValidator",
    "NumberValidator",
    "StringValidator",
    "Validator",
    "as_validator",
    "quoted",
]

# As deep as any value can be, so that nothing that a value could match is refused.
LEVELS_MAX: Final = limits.VALUE_DEPTH_MAX

ON_DELETE: Final = ("none", "cascade", "set_null", "restrict")

Default: TypeAlias = Value | Unset | NamedCallable


class Validator:
    """
    What a value may be. Immutable; any thread may use it.

    Attributes:
        kind: Convex's word for the kind: ``float64``, ``object``, ``union`` …
        is_optional: Whether a field of an object may be absent.
        default: What an insert puts in place of an absent field: a value, a function of no
            arguments, or ``UNSET``.
        constraints: Rules beyond the kind (``constraints.py``), or None.
        levels: How many levels of validators this one consists of, itself included.
    """

    __slots__ = ("constraints", "default", "is_optional", "levels")

    kind: ClassVar[str]
    _type: ClassVar[str] = ""
    is_optional: bool
    default: Default
    constraints: Constraints | None
    levels: int

    def __init__(self, constraints: Constraints | None = None) -> None:
        self._fill({"is_optional": False, "default": UNSET, "constraints": constraints})
        levels = 1 + max((child.levels for child in self.children), default=0)
        if levels > LEVELS_MAX:
            raise SchemaError(f"a validator has {levels} levels; the limit is {LEVELS_MAX}")
        self._fill({"levels": levels})

    @property
    def children(self) -> tuple["Validator", ...]:
        """The validators that this one is made of."""
        return ()

    def optional(self) -> Self:
        """
        Return the same validator for a field that may be absent.

        >>> StringValidator().optional()
        v.optional(v.string())
        """
        return self if self.is_optional else self._with(is_optional=True)

    def required(self) -> Self:
        """Return the same validator for a value that must be there."""
        return self._with(is_optional=False) if self.is_optional else self

    def with_default(self, default: Default) -> Self:
        """Return the same validator with another default."""
        return self._with(default=default)

    def to_json(self) -> dict[str, Json]:
        """
        Return Convex's JSON of this validator; our extensions have names that begin with docdb.

        >>> NumberValidator().to_json()
        {'type': 'number'}
        """
        json: dict[str, Json] = {"type": self._type or self.kind, **self._json()}
        json |= constraints_json(self.constraints)
        if isinstance(self.default, NamedCallable):
            json["docdbDefaultFunction"] = self.default.name
        elif not isinstance(self.default, Unset):
            json["docdbDefault"] = value_to_json(self.default)
        return json

    def _json(self) -> dict[str, Json]:
        return {}

    def _arguments(self) -> list[str]:
        """Return the arguments that the text shows."""
        return []

    def _facts(self) -> tuple[object, ...]:
        """Return what tells this validator from others of its kind."""
        return tuple(getattr(self, name) for name in type(self).__slots__)

    def _with(self, **changes: object) -> Self:
        twin = object.__new__(type(self))
        names = (*Validator.__slots__, *type(self).__slots__)
        twin._fill({name: getattr(self, name) for name in names} | changes)
        return twin

    def _fill(self, facts: Mapping[str, object]) -> None:
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a validator is immutable: {name!r} cannot be set")

    def __setstate__(self, state: tuple[None, dict[str, object]]) -> None:
        self._fill(state[1])

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Validator)
        return (
            self.is_optional == other.is_optional
            and self.constraints == other.constraints
            and _same_default(self.default, other.default)
            and self._facts() == other._facts()
        )

    def __hash__(self) -> int:
        return hash((type(self), self.is_optional, self._facts()))

    def __repr__(self) -> str:
        arguments = self._arguments() + constraints_shown(self.constraints)
        if not isinstance(self.default, Unset):
            arguments.append(f"default={shown(self.default)}")
        text = f"v.{self.kind}({', '.join(arguments)})"
        return f"v.optional({text})" if self.is_optional else text


def _same_default(left: Default, right: Default) -> bool:
    if isinstance(left, NamedCallable) or isinstance(right, NamedCallable):
        return left == right
    return equal(left, right)


class AnyValidator(Validator):
    """Accepts every value."""

    __slots__ = ()
    kind = "any"


class NullValidator(Validator):
    """Accepts null."""

    __slots__ = ()
    kind = "null"


class BooleanValidator(Validator):
    """Accepts True and False."""

    __slots__ = ()
    kind = "boolean"


class BytesValidator(Validator):
    """Accepts bytes."""

    __slots__ = ()
    kind = "bytes"


class NumberValidator(Validator):
    """Accepts float64, which is any ``float`` and any ``int`` that is no ``Int64``."""

    __slots__ = ()
    kind = "float64"
    _type = "number"


class Int64Validator(Validator):
    """Accepts ``Int64``."""

    __slots__ = ()
    kind = "int64"
    _type = "bigint"


class StringValidator(Validator):
    """Accepts strings."""

    __slots__ = ()
    kind = "string"


class IdValidator(Validator):
    """
    Accepts the ids of one table; the document need not exist unless ``on_delete`` says more.

    Attributes:
        table: The table's name.
        on_delete: ``none``, ``cascade``, ``set_null`` or ``restrict``.
    """

    __slots__ = ("on_delete", "table")
    kind = "id"
    table: str
    on_delete: str

    def __init__(self, table: str, on_delete: str = "none") -> None:
        problem = check_identifier(table)
        if problem is not None:
            raise SchemaError(f"v.id: {problem}", hint="v.id takes the name of a table")
        if on_delete not in ON_DELETE:
            raise SchemaError(
                f"on_delete is {shown(on_delete)}",
                hint=f"it is one of {', '.join(repr(each) for each in ON_DELETE)}",
            )
        self._fill({"table": table, "on_delete": on_delete})
        super().__init__()

    def _json(self) -> dict[str, Json]:
        json: dict[str, Json] = {"tableName": self.table}
        if self.on_delete != "none":
            json["docdbOnDelete"] = self.on_delete
        return json

    def _arguments(self) -> list[str]:
        extension = [] if self.on_delete == "none" else [f"on_delete={quoted(self.on_delete)}"]
        return [quoted(self.table), *extension]


class LiteralValidator(Validator):
    """
    Accepts one value: a string, number, Int64 or boolean.

    An integral float is kept as an ``int``; the two are one value.
    """

    __slots__ = ("value",)
    kind = "literal"
    value: str | float | Int64 | bool

    def __init__(self, value: str | float | Int64 | bool) -> None:
        self._fill({"value": _plain_literal(value)})
        super().__init__()

    def _json(self) -> dict[str, Json]:
        return {"value": value_to_json(self.value)}

    def _facts(self) -> tuple[object, ...]:
        # The type as well: Python takes 1 for True, for Int64(1) and, as 0, for -0.0.
        return (type(self.value), self.value)

    def _arguments(self) -> list[str]:
        if isinstance(self.value, str):
            return [quoted(self.value)]
        if isinstance(self.value, bool):
            return ["true" if self.value else "false"]
        is_int64 = isinstance(self.value, Int64)
        return [f"{self.value}" if is_int64 else repr(float(self.value))]


def _plain_literal(value: object) -> str | float | Int64 | bool:
    if not isinstance(value, str | int | float):
        raise SchemaError(
            f"{shown(value)} cannot be a literal",
            hint="literals are strings, numbers, Int64 and booleans; null is v.null()",
        )
    plain = cast("str | float | Int64 | bool", normalize(value, depth_max=0, error=SchemaError))
    if isinstance(plain, float):
        if not isfinite(plain):
            raise SchemaError(f"{plain!r} cannot be a literal: Convex stores only finite ones")
        if plain.is_integer() and abs(plain) <= limits.INTEGER_MAX and repr(plain) != "-0.0":
            return int(plain)
    return plain


def as_validator(thing: object, what: str) -> Validator:
    """
    Return what should be a validator, if it is one.

    Args:
        thing: What a user handed in.
        what: What it is for, as an error would say it.

    Raises:
        SchemaError: It is none.

    >>> as_validator(NullValidator(), "a member of v.union")
    v.null()
    """
    if isinstance(thing, Validator):
        return thing
    hint = "call it: v.string()" if callable(thing) else "make one by v, such as v.string()"
    raise SchemaError(f"{what} is {shown(thing)}, which is no validator", hint=hint)


def quoted(text: str) -> str:
    r"""
    Return a text in double quotes, as Convex shows strings.

    >>> quoted('a "b"')
    '"a \\"b\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if not escaped.isprintable():
        escaped = "".join(
            each if each.isprintable() else each.encode("unicode_escape").decode("ascii")
            for each in escaped
        )
    return f'"{escaped}"'
