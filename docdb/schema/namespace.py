"""
``v``: how users write validators.

    v.object({"name": v.string(max_length=100), "age": v.optional(v.number(minimum=0))})

Convex's builders under Convex's names, and beyond them keyword arguments for constraints, defaults
and references. A schema that uses none of these is a plain Convex schema.

Rules of this file:

- What no validator can be made of is refused here and now, by a ``SchemaError``: wrong types of
  arguments as well as a default that the validator itself would refuse.
- A default is copied when it is given, so that nobody can change it afterwards.
"""

import builtins
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias, TypeVar, cast, final

from docdb import limits
from docdb.errors import SchemaError, shown
from docdb.schema.callables import named
from docdb.schema.checking import check
from docdb.schema.composites import (
    ArrayValidator,
    ObjectValidator,
    RecordValidator,
    UnionValidator,
)
from docdb.schema.constraints import item_count, number_range, text_rules
from docdb.schema.validators import (
    AnyValidator,
    BooleanValidator,
    BytesValidator,
    IdValidator,
    Int64Validator,
    LiteralValidator,
    NullValidator,
    NumberValidator,
    StringValidator,
    Validator,
    as_validator,
)
from docdb.values.kinds import UNSET, Int64, Unset, normalize

__all__ = ["Namespace", "OnDelete", "v"]

OnDelete: TypeAlias = Literal["none", "cascade", "set_null", "restrict"]
# A value, or a function of no arguments.
_Default: TypeAlias = object
# The methods of the namespace hide the built-in names that they are called by.
_Text: TypeAlias = builtins.str
_Truth: TypeAlias = builtins.bool
_Validator = TypeVar("_Validator", bound=Validator)


@final
class Namespace:
    """The builders of validators. There is one instance, ``v``; it keeps nothing."""

    __slots__ = ()

    def id(self, table: _Text, *, on_delete: OnDelete = "none") -> IdValidator:
        """
        Accept the ids of a table.

        Args:
            table: The table's name; it need not be defined yet.
            on_delete: What happens to this document when the one it refers to is deleted.
                ``"none"`` is Convex's meaning: nothing, and only the id's table is checked.
                The others also require that the document exists.

        >>> v.id("users")
        v.id("users")
        """
        return IdValidator(table, on_delete)

    def null(self) -> NullValidator:
        """Accept ``None``."""
        return NullValidator()

    def number(
        self,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        integer: _Truth = False,
        default: _Default = UNSET,
    ) -> NumberValidator:
        """
        Accept ``float`` and ``int``, Convex's float64; never ``bool`` or ``Int64``.

        Args:
            minimum: The least number.
            maximum: The greatest number; with either bound NaN is refused.
            integer: Whether fractions are refused; 1.0 is an integer.
            default: What an insert fills in: a value, or a function of no arguments.

        >>> v.number(minimum=1, maximum=5)
        v.float64(minimum=1, maximum=5)
        """
        constraints = number_range(minimum=minimum, maximum=maximum, integer=integer)
        return _with_default(NumberValidator(constraints), default)

    float64 = number

    def int64(
        self,
        *,
        minimum: int | None = None,
        maximum: int | None = None,
        default: _Default = UNSET,
    ) -> Int64Validator:
        """Accept ``Int64``; for the arguments see ``number``."""
        constraints = number_range(minimum=minimum, maximum=maximum, of_int64=True)
        return _with_default(Int64Validator(constraints), default)

    def boolean(self, *, default: _Default = UNSET) -> BooleanValidator:
        """Accept ``True`` and ``False``."""
        return _with_default(BooleanValidator(), default)

    def string(
        self,
        *,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: _Text | None = None,
        format: Literal["email"] | None = None,
        one_of: Sequence[_Text] | Callable[[_Text], object] | None = None,
        default: _Default = UNSET,
    ) -> StringValidator:
        r"""
        Accept strings.

        Args:
            min_length: The least number of characters (code points).
            max_length: The greatest number of characters.
            pattern: A regular expression that the whole string must match.
            format: ``"email"``: what has the shape of an e-mail address.
            one_of: The strings that are allowed, or a function that is asked for each.
            default: What an insert fills in: a value, or a function of no arguments.

        >>> v.string(pattern=r"\d{6}")
        v.string(pattern='\\d{6}')
        """
        constraints = text_rules(
            min_length=min_length,
            max_length=max_length,
            pattern=pattern,
            format=format,
            one_of=one_of,
        )
        return _with_default(StringValidator(constraints), default)

    def bytes(self, *, default: _Default = UNSET) -> BytesValidator:
        """Accept ``bytes``."""
        return _with_default(BytesValidator(), default)

    def any(self, *, default: _Default = UNSET) -> AnyValidator:
        """Accept every value."""
        return _with_default(AnyValidator(), default)

    def literal(
        self, value: _Text | float | Int64 | _Truth, *, default: _Default = UNSET
    ) -> LiteralValidator:
        """
        Accept one string, number, ``Int64`` or boolean.

        >>> v.literal("user"), v.literal(1)
        (v.literal("user"), v.literal(1.0))
        """
        return _with_default(LiteralValidator(value), default)

    def array(
        self,
        element: Validator,
        *,
        min_items: int | None = None,
        max_items: int | None = None,
        default: _Default = UNSET,
    ) -> ArrayValidator:
        """Accept lists of between ``min_items`` and ``max_items`` elements that match."""
        constraints = item_count(min_items=min_items, max_items=max_items)
        return _with_default(ArrayValidator(element, constraints), default)

    def record(
        self, keys: Validator, values: Validator, *, default: _Default = UNSET
    ) -> RecordValidator:
        """
        Accept objects with any names that match ``keys`` and values that match ``values``.

        >>> v.record(v.id("users"), v.number())
        v.record(v.id("users"), v.float64())
        """
        return _with_default(RecordValidator(keys, values), default)

    def union(self, *members: Validator, default: _Default = UNSET) -> UnionValidator:
        """
        Accept what any of the members accepts.

        >>> v.union(v.literal("on"), v.literal("off"), default="on")
        v.union(v.literal("on"), v.literal("off"), default='on')
        """
        return _with_default(UnionValidator(members), default)

    def optional(self, validator: _Validator) -> _Validator:
        """Let a field be absent; that does not admit ``None``."""
        return cast("_Validator", as_validator(validator, "what v.optional is given").optional())

    def nullable(self, validator: Validator, *, default: _Default = UNSET) -> UnionValidator:
        """Accept ``None`` as well."""
        return self.union(validator, NullValidator(), default=default)

    # Last: annotations that follow it could no longer say object.
    def object(
        self, fields: Mapping[_Text, Validator], *, default: _Default = UNSET
    ) -> ObjectValidator:
        """
        Accept objects that have these fields and no others.

        >>> v.object({"b": v.optional(v.number()), "a": v.string()})
        v.object({a: v.string(), b: v.optional(v.float64())})
        """
        return _with_default(ObjectValidator(fields), default)

    def __repr__(self) -> _Text:
        return "v"


v: Final = Namespace()


def _with_default(validator: _Validator, default: _Default) -> _Validator:
    if isinstance(default, Unset):
        return validator
    if callable(default):
        return validator.with_default(named(default))
    plain = normalize(default, depth_max=limits.VALUE_DEPTH_MAX, error=SchemaError)
    problem = check(validator, plain, _no_table)
    if problem is not None:
        where = f" at {problem.path}" if problem.path else ""
        raise SchemaError(
            f"the default {shown(default)} does not match its own validator:{where} expected"
            f" {problem.expected}, found {problem.found}"
        )
    return validator.with_default(plain)


def _no_table(_name: str) -> None:
    """Resolve no table: an id cannot be known when a schema is written."""
