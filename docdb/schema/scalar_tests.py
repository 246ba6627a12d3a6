"""
The source of the tests of single values: one Python expression for each validator of a scalar.

An expression is true only if its variable holds a value that matches and is in plain form: of an
exact type, an ``int`` exact as a float64. ``compile.py`` puts them between its statements.

Rules of this file: what enters the source is the ``repr`` of a plain string, number or boolean;
all else is bound to a name. Each expression can stand behind ``and`` as it is.
"""

from collections.abc import Callable, Mapping
from re import compile as compile_pattern
from typing import Final, TypeAlias, cast

from docdb import limits
from docdb.errors import DocdbError
from docdb.schema.callables import NamedCallable
from docdb.schema.checking import ResolveNumber
from docdb.schema.constraints import FORMATS, NumberRange, TextRules
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
from docdb.values.ids import KNOWN_TABLE_NUMBERS, id_table_number
from docdb.values.kinds import Int64
from docdb.values.order import equal

__all__ = ["SCALAR_TEST_NAMES", "Bind", "scalar_test", "text_in"]

# Gives a value a name in the generated code, which begins with a word.
Bind: TypeAlias = Callable[[str, object], str]

# The names that the expressions use without binding them.
SCALAR_TEST_NAMES: Final[Mapping[str, object]] = {
    "Int64": Int64,
    "equal": equal,
    "id_number": id_table_number,
    "known_id": KNOWN_TABLE_NUMBERS.get,
}


def scalar_test(
    validator: Validator, x: str, *, bind: Bind, resolve_number: ResolveNumber
) -> str | None:
    """
    Return the test of a variable, or None where the validator is of no scalar.

    >>> scalar_test(NullValidator(), "x", bind=lambda *_: "", resolve_number=lambda _: None)
    'x is None'
    """
    if isinstance(validator, IdValidator):
        number = resolve_number(validator.table)
        # Without such a table no id is of it.
        if number is None:
            return "False"
        # An id that was met before, as those of a few users and chats are, costs no call.
        return f"type({x}) is str and (known_id({x}) or id_number({x})) == {number}"
    write = _TESTS.get(type(validator))
    return None if write is None else write(validator, x, bind)


def text_in(x: str, texts: list[str]) -> str:
    """Return the test whether a variable is one of some strings."""
    members = ", ".join(repr(text) for text in texts)
    return f"type({x}) is str and {x} in {{{members}}}"


def _null(_validator: Validator, x: str, _bind: Bind) -> str:
    return f"{x} is None"


def _boolean(_validator: Validator, x: str, _bind: Bind) -> str:
    return f"type({x}) is bool"


def _bytes(_validator: Validator, x: str, _bind: Bind) -> str:
    return f"type({x}) is bytes"


def _number(validator: Validator, x: str, _bind: Bind) -> str:
    most = limits.INTEGER_MAX
    test = f"(type({x}) is float or type({x}) is int and {-most} <= {x} <= {most})"
    return test + _range_test(validator, x)


def _int64(validator: Validator, x: str, _bind: Bind) -> str:
    return f"type({x}) is Int64" + _range_test(validator, x)


def _range_test(validator: Validator, x: str) -> str:
    if validator.constraints is None:
        return ""
    minimum, maximum, integer = cast("NumberRange", validator.constraints)
    tests: list[str] = []
    if minimum is not None:
        tests.append(f"{x} >= {minimum!r}")
    if maximum is not None:
        tests.append(f"{x} <= {maximum!r}")
    if integer:
        tests.append(f"(type({x}) is not float or {x}.is_integer())")
    return "".join(f" and {test}" for test in tests)


def _string(validator: Validator, x: str, bind: Bind) -> str:
    if validator.constraints is None:
        return f"type({x}) is str"
    rules = cast("TextRules", validator.constraints)
    tests = [f"type({x}) is str"]
    if isinstance(rules.one_of, tuple):
        tests = [text_in(x, list(rules.one_of))]
    if rules.min_length is not None:
        tests.append(f"len({x}) >= {rules.min_length}")
    if rules.max_length is not None:
        tests.append(f"len({x}) <= {rules.max_length}")
    if rules.pattern is not None:
        tests.append(f"{bind('pattern', compile_pattern(rules.pattern).fullmatch)}({x})")
    if rules.format is not None:
        tests.append(f"{bind('is_format', FORMATS[rules.format])}({x})")
    if isinstance(rules.one_of, NamedCallable):
        tests.append(f"{bind('allows', _silenced(rules.one_of))}({x})")
    return " and ".join(tests)


def _silenced(function: NamedCallable) -> Callable[[object], bool]:
    """Return a function that says no where it fails, so that the interpreted check says why."""

    def allows(value: object) -> bool:
        try:
            return bool(function(value))
        except DocdbError:
            return False

    return allows


def _literal(validator: Validator, x: str, _bind: Bind) -> str:
    value = cast("LiteralValidator", validator).value
    if isinstance(value, bool):
        return f"{x} is {value}"
    if isinstance(value, str):
        return f"type({x}) is str and {x} == {value!r}"
    if isinstance(value, Int64):
        return f"type({x}) is Int64 and {x} == {int(value)}"
    if value == 0:
        # Python's equality does not tell -0.0 from 0.
        return f"(type({x}) is float or type({x}) is int) and equal({x}, {value!r})"
    return f"(type({x}) is float or type({x}) is int) and {x} == {value!r}"


_TESTS: Final[Mapping[type[Validator], Callable[[Validator, str, Bind], str]]] = {
    NullValidator: _null,
    BooleanValidator: _boolean,
    BytesValidator: _bytes,
    NumberValidator: _number,
    Int64Validator: _int64,
    StringValidator: _string,
    LiteralValidator: _literal,
}
