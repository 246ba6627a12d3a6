r"""
What a value must satisfy beyond being of its kind: bounds, lengths, patterns, lists.

Convex has none of these. A validator without constraints holds ``None`` in their place, and the
checks then do not mention them.

Rules of this file:

- Ranges are inclusive. Lengths count code points, as ``len`` does.
- A NaN lies in no range, and only numbers without a fraction are integers: 1.0 is, inf is not.
- A pattern must match the whole string (``re.fullmatch``, so that ``\Z`` is not needed).
- An absent field satisfies every constraint; that is the object's affair, not the constraint's.
- E-mail addresses are judged by their shape, liberally: one ``@``, no spaces, a domain of at least
  two labels, letters of any script. Whether one can receive mail only mail can tell.

Source: bounds of addresses and labels, RFC 5321 section 4.5.3.1 and RFC 1035 section 2.3.4.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Final, NamedTuple, TypeAlias, cast

from docdb.errors import SchemaError, shown
from docdb.schema.callables import NamedCallable, named
from docdb.schema.json_values import Json

__all__ = [
    "FORMATS",
    "Constraints",
    "ItemCount",
    "NumberRange",
    "TextRules",
    "breach",
    "constraints_from_json",
    "constraints_json",
    "constraints_shown",
    "item_count",
    "number_range",
    "text_rules",
]

_EMAIL_CHARACTERS_MAX: Final = 254
_LOCAL_WORD = r"[^\s@.,:;<>()\[\]\\\"]+"
_LABEL = r"(?!-)[^\W_](?:[^\W_]|-){0,62}(?<!-)"
_EMAIL: Final = rf"{_LOCAL_WORD}(?:\.{_LOCAL_WORD})*@{_LABEL}(?:\.{_LABEL})+"


class NumberRange(NamedTuple):
    """Bounds of a number; None where there is no bound."""

    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False


class TextRules(NamedTuple):
    """Rules for a string; None where there is no rule."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    one_of: tuple[str, ...] | NamedCallable | None = None


class ItemCount(NamedTuple):
    """Bounds of the length of an array; None where there is no bound."""

    min_items: int | None = None
    max_items: int | None = None


Constraints: TypeAlias = NumberRange | TextRules | ItemCount

_JSON_NAMES: Final = {
    "minimum": "minimum",
    "maximum": "maximum",
    "integer": "integer",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "format": "format",
    "one_of": "oneOf",
    "min_items": "minItems",
    "max_items": "maxItems",
}
_ARGUMENT_NAMES: Final = {json: argument for argument, json in _JSON_NAMES.items()}


def _is_email(text: str) -> bool:
    # The length first: it bounds what the pattern may cost.
    return len(text) <= _EMAIL_CHARACTERS_MAX and re.fullmatch(_EMAIL, text) is not None


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {"email": _is_email}


def number_range(
    *, minimum: object, maximum: object, integer: object = False, of_int64: bool = False
) -> NumberRange | None:
    """
    Return the bounds that a definition asks for, or None where it asks for none.

    Raises:
        SchemaError: A bound is no finite number (for int64: no int), or the lower bound lies
            above the upper.

    >>> number_range(minimum=1, maximum=5)
    NumberRange(minimum=1, maximum=5, integer=False)
    """
    for name, bound in (("minimum", minimum), ("maximum", maximum)):
        is_number = isinstance(bound, int if of_int64 else int | float)
        if bound is not None and (
            not is_number
            or isinstance(bound, bool)
            # isfinite() would convert an int, and fail where it is beyond every float.
            or (isinstance(bound, float) and not isfinite(bound))
        ):
            wanted = "an int" if of_int64 else "a finite number"
            raise SchemaError(f"{name} is {shown(bound)}; expected {wanted}")
    if not isinstance(integer, bool):
        raise SchemaError(f"integer is {shown(integer)}; expected True or False")
    bounds = NumberRange(cast("float | None", minimum), cast("float | None", maximum), integer)
    _check_order(minimum=bounds.minimum, maximum=bounds.maximum)
    return None if bounds == NumberRange() else bounds


def text_rules(
    *, min_length: object, max_length: object, pattern: object, format: object, one_of: object
) -> TextRules | None:
    """
    Return the rules for a string that a definition asks for, or None where it asks for none.

    Raises:
        SchemaError: A length is no count, the pattern is no regular expression, the format is
            unknown, or the allowed values are no strings.

    >>> text_rules(min_length=1, max_length=None, pattern=None, format=None, one_of=None)
    TextRules(min_length=1, max_length=None, pattern=None, format=None, one_of=None)
    """
    if pattern is not None:
        _check_pattern(pattern)
    if format is not None and not (isinstance(format, str) and format in FORMATS):
        known = ", ".join(repr(each) for each in FORMATS)
        raise SchemaError(f"unknown format {shown(format)}", hint=f"formats are {known}")
    rules = TextRules(
        _count("min_length", min_length),
        _count("max_length", max_length),
        cast("str | None", pattern),
        format,
        _allowed(one_of),
    )
    _check_order(min_length=rules.min_length, max_length=rules.max_length)
    return None if rules == TextRules() else rules


def item_count(*, min_items: object, max_items: object) -> ItemCount | None:
    """
    Return the bounds of an array's length that a definition asks for, or None.

    Raises:
        SchemaError: A bound is no count, or the lower one lies above the upper.
    """
    count = ItemCount(_count("min_items", min_items), _count("max_items", max_items))
    _check_order(min_items=count.min_items, max_items=count.max_items)
    return None if count == ItemCount() else count


def _count(name: str, count: object) -> int | None:
    if count is None:
        return None
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise SchemaError(f"{name} is {shown(count)}; expected an int from 0")
    return count


def _check_order(**bounds: float | None) -> None:
    (low_name, low), (high_name, high) = bounds.items()
    if low is not None and high is not None and low > high:
        raise SchemaError(f"{low_name} {low!r} is above {high_name} {high!r}: nothing can match")


def _check_pattern(pattern: object) -> None:
    if not isinstance(pattern, str):
        raise SchemaError(f"pattern is {shown(pattern)}; expected a regular expression as text")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise SchemaError(
            f"pattern {shown(pattern)} is no regular expression: {error}",
            hint="patterns have the syntax of Python's re module and match the whole string",
        ) from error


def _allowed(one_of: object) -> tuple[str, ...] | NamedCallable | None:
    if one_of is None or isinstance(one_of, NamedCallable):
        return one_of
    if callable(one_of):
        return named(one_of)
    if isinstance(one_of, str) or not isinstance(one_of, Sequence):
        raise SchemaError(
            f"one_of is {shown(one_of)}; expected a sequence of strings, or a function"
        )
    texts: list[str] = []
    for text in cast("Sequence[object]", one_of):
        if not isinstance(text, str):
            raise SchemaError(f"one_of contains {shown(text)}; expected strings only")
        texts.append(str.__str__(text))
    if not texts:
        raise SchemaError("one_of is empty: nothing can match")
    return tuple(texts)


def breach(constraints: Constraints, value: object) -> str | None:
    """
    Return what a value of the right kind should have been, or None where it satisfies all.

    >>> breach(NumberRange(1, 5), 6)
    'a number of at most 5'
    """
    if isinstance(constraints, NumberRange):
        return _number_breach(constraints, cast("float", value))
    if isinstance(constraints, TextRules):
        return _text_breach(constraints, cast("str", value))
    count = len(cast("list[object]", value))
    if constraints.min_items is not None and count < constraints.min_items:
        return f"an array of at least {constraints.min_items} elements"
    if constraints.max_items is not None and count > constraints.max_items:
        return f"an array of at most {constraints.max_items} elements"
    return None


def _number_breach(bounds: NumberRange, number: float) -> str | None:
    # Asked in this way round, NaN breaks every bound.
    if bounds.minimum is not None and not number >= bounds.minimum:
        return f"a number of at least {bounds.minimum!r}"
    if bounds.maximum is not None and not number <= bounds.maximum:
        return f"a number of at most {bounds.maximum!r}"
    if bounds.integer and isinstance(number, float) and not number.is_integer():
        return "a number without a fraction"
    return None


def _text_breach(rules: TextRules, text: str) -> str | None:
    if rules.min_length is not None and len(text) < rules.min_length:
        return f"a string of at least {rules.min_length} characters"
    if rules.max_length is not None and len(text) > rules.max_length:
        return f"a string of at most {rules.max_length} characters"
    if rules.pattern is not None and re.fullmatch(rules.pattern, text) is None:
        return f"a string that matches {rules.pattern!r}"
    if rules.format is not None and not FORMATS[rules.format](text):
        return f"a string in the format {rules.format!r}"
    if isinstance(rules.one_of, NamedCallable):
        return None if rules.one_of(text) else f"a string that {rules.one_of.name!r} allows"
    if rules.one_of is not None and text not in rules.one_of:
        return f"one of {shown(list(rules.one_of))}"
    return None


def constraints_shown(constraints: Constraints | None) -> list[str]:
    """
    Return constraints as the keyword arguments that ask for them.

    >>> constraints_shown(NumberRange(1, 5))
    ['minimum=1', 'maximum=5']
    """
    return [f"{name}={shown(rule)}" for name, rule in _set_rules(constraints)]


def constraints_json(constraints: Constraints | None) -> dict[str, Json]:
    """
    Return what constraints add to the JSON of a validator: nothing where there are none.

    >>> constraints_json(TextRules(max_length=200))
    {'docdbConstraints': {'maxLength': 200}}
    """
    rules: dict[str, Json] = {}
    for name, rule in _set_rules(constraints):
        if isinstance(rule, NamedCallable):
            rules["oneOfFunction"] = rule.name
        else:
            rules[_JSON_NAMES[name]] = list(rule) if isinstance(rule, tuple) else rule
    return {"docdbConstraints": rules} if rules else {}


def constraints_from_json(json: object) -> dict[str, object]:
    """
    Return the keyword arguments that some JSON of ``constraints_json`` stands for.

    Raises:
        SchemaError: It has another form.
    """
    if not isinstance(json, dict):
        raise SchemaError(f"docdbConstraints is {shown(json)}; expected an object")
    arguments: dict[str, object] = {}
    for name, rule in cast("dict[str, object]", json).items():
        if name == "oneOfFunction" and isinstance(rule, str):
            arguments["one_of"] = NamedCallable(rule)
        elif name in _ARGUMENT_NAMES:
            arguments[_ARGUMENT_NAMES[name]] = rule
        else:
            raise SchemaError(f"docdbConstraints has the unknown rule {name!r}: {shown(rule)}")
    return arguments


def _set_rules(
    constraints: Constraints | None,
) -> list[tuple[str, str | float | tuple[str, ...] | NamedCallable]]:
    rules = constraints._asdict() if constraints is not None else {}
    return [(name, rule) for name, rule in rules.items() if rule is not None and rule is not False]
