"""
The check that can say what is wrong: a validator interpreted beside a value.

This is the law; the generated check of ``compile.py`` is only a fast way to hear "yes". Values come
in plain form (``values.kinds.normalize``), documents without their system fields.

Rules of this file:

- Fields are looked at in the order of their names: first what the validator knows, present or
  missing; then what it does not know. So a missing field is reported before an unknown one.
- A path names the field that is wrong, also where it is missing or unknown:
  ``metadata.tokens[2].total``, ``scores["alice"]`` in a record; a wrong name in a record is
  reported at the record.
- A union of one member reports what that member says. One of several reports the union as what
  was expected, at the path of the member that was meant where that is clear (``unions.py``),
  and carries what each member said.

Source: order and conditions, convex-backend crates/common/src/schemas/validator.rs.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias, cast

from docdb.errors import ValidationError, nearest_names, shown
from docdb.schema.composites import ArrayValidator, ObjectValidator, RecordValidator, UnionValidator
from docdb.schema.constraints import breach
from docdb.schema.unions import flattened, kind_accepted, tagged
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
    quoted,
)
from docdb.values.ids import id_table_number
from docdb.values.kinds import Int64, Value, kind_of
from docdb.values.names import join
from docdb.values.order import equal

__all__ = ["Problem", "Reason", "ResolveNumber", "check", "validation_error"]

# From the name of a table to its number, None where there is no such table.
ResolveNumber: TypeAlias = Callable[[str], int | None]

# Convex numbers its system tables from 512 and users' tables from 10001.
_USER_TABLE_NUMBER_MIN: Final = 10_001


class Reason(StrEnum):
    """Why a value does not match."""

    MISMATCH = "mismatch"
    LITERAL = "literal"
    CONSTRAINT = "constraint"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    OTHER_TABLE = "other_table"
    SYSTEM_TABLE = "system_table"
    UNION = "union"
    RULE = "rule"


class Problem(NamedTuple):
    """
    What is wrong with a value.

    Attributes:
        path: Where: ``metadata.tokens[2].total``; empty for the value itself.
        expected: What should be there, as the text of a validator or in words.
        found: What is there.
        reason: Which rule is broken.
        hint: What to do, where there is something to advise.
        members: For a union of several members, the text of each and its own problem.
    """

    path: str
    expected: str
    found: str
    reason: Reason
    hint: str = ""
    members: "tuple[tuple[str, Problem], ...]" = ()


def check(validator: Validator, value: object, resolve_number: ResolveNumber) -> Problem | None:
    """
    Return what is wrong with a value, or None if it matches.

    Args:
        validator: What the value should be.
        value: A value in plain form.
        resolve_number: From the table name of a ``v.id`` to that table's number.

    Raises:
        SchemaError: A function that the validator names is not known, or failed.

    >>> check(StringValidator(), 5, lambda name: None)[:3]
    ('', 'v.string()', '5')
    """
    return _check(validator, value, "", resolve_number)


def validation_error(table: str, problem: Problem) -> ValidationError:
    """
    Return the error for a document of a table that has a problem.

    >>> problem = Problem("age", "v.float64()", "'5'", Reason.MISMATCH)
    >>> str(validation_error("users", problem))
    "a document of table 'users' does not match: at 'age' expected v.float64(), found '5'"
    """
    where = f"at {problem.path!r} " if problem.path else ""
    return ValidationError(
        f"a document of table {table!r} does not match: {where}expected {problem.expected},"
        f" found {problem.found}",
        hint=problem.hint,
        table=table,
        path=problem.path,
        expected=problem.expected,
        found=problem.found,
        reason=problem.reason,
        members=problem.members,
    )


_Check: TypeAlias = Callable[[Validator, object, str, ResolveNumber], Problem | None]


def _check(
    validator: Validator, value: object, path: str, resolve: ResolveNumber
) -> Problem | None:
    problem = _CHECKS[type(validator)](validator, value, path, resolve)
    if problem is None and validator.constraints is not None:
        expected = breach(validator.constraints, value)
        if expected is not None:
            return Problem(path, expected, shown(value), Reason.CONSTRAINT)
    return problem


def _mismatch(validator: Validator, value: object, path: str) -> Problem:
    return Problem(path, repr(validator), shown(value), Reason.MISMATCH)


def _check_any(
    _validator: Validator, _value: object, _path: str, _resolve: ResolveNumber
) -> Problem | None:
    return None


def _check_kind(
    validator: Validator, value: object, path: str, _resolve: ResolveNumber
) -> Problem | None:
    if kind_of(value) is kind_accepted(validator):
        return None
    hint = ""
    if isinstance(validator, NumberValidator) and type(value) is Int64:
        hint = "an Int64 is no float64; give a plain int, or use v.int64()"
    elif isinstance(validator, Int64Validator) and type(value) is int:
        hint = "write docdb.Int64(n)"
    return _mismatch(validator, value, path)._replace(hint=hint)


def _check_literal(
    validator: Validator, value: object, path: str, _resolve: ResolveNumber
) -> Problem | None:
    literal = cast("LiteralValidator", validator)
    if equal(cast("Value", value), literal.value):
        return None
    return _mismatch(validator, value, path)._replace(reason=Reason.LITERAL)


def _check_id(
    validator: Validator, value: object, path: str, resolve: ResolveNumber
) -> Problem | None:
    number = id_table_number(value) if isinstance(value, str) else None
    table = cast("IdValidator", validator).table
    if number is None:
        hint = "an id is what insert() returned" if isinstance(value, str) else ""
        return _mismatch(validator, value, path)._replace(hint=hint)
    if number == resolve(table):
        return None
    is_system = number < _USER_TABLE_NUMBER_MIN
    whose = "a system table" if is_system else "another table"
    reason = Reason.SYSTEM_TABLE if is_system else Reason.OTHER_TABLE
    found = f"{shown(value)}, an id of {whose}"
    return Problem(path, repr(validator), found, reason, f"give the id of a document of {table!r}")


def _check_array(
    validator: Validator, value: object, path: str, resolve: ResolveNumber
) -> Problem | None:
    if not isinstance(value, list):
        return _mismatch(validator, value, path)
    element = cast("ArrayValidator", validator).element
    for position, each in enumerate(cast("list[object]", value)):
        problem = _check(element, each, join(path, position), resolve)
        if problem is not None:
            return problem
    return None


def _check_object(
    validator: Validator, value: object, path: str, resolve: ResolveNumber
) -> Problem | None:
    if not isinstance(value, Mapping):
        return _mismatch(validator, value, path)
    given = cast("Mapping[str, object]", value)
    fields = cast("ObjectValidator", validator).fields
    for name in sorted(fields):
        if name in given:
            problem = _check(fields[name], given[name], join(path, name), resolve)
            if problem is not None:
                return problem
        elif not fields[name].is_optional:
            return Problem(
                join(path, name),
                repr(fields[name]),
                "nothing",
                Reason.MISSING_FIELD,
                f"add field {name!r}, or make it v.optional(...)",
            )
    for name in sorted(given):
        if name not in fields:
            hint = nearest_names(name, fields, what="fields")
            found = shown(given[name])
            return Problem(
                join(path, name), "no field of this name", found, Reason.UNKNOWN_FIELD, hint
            )
    return None


def _check_record(
    validator: Validator, value: object, path: str, resolve: ResolveNumber
) -> Problem | None:
    if not isinstance(value, Mapping):
        return _mismatch(validator, value, path)
    record = cast("RecordValidator", validator)
    given = cast("Mapping[str, object]", value)
    for name in sorted(given):
        problem = _check(record.keys, name, path, resolve)
        if problem is None:
            problem = _check(record.values, given[name], f"{path}[{quoted(name)}]", resolve)
        if problem is not None:
            return problem
    return None


def _check_union(
    validator: Validator, value: object, path: str, resolve: ResolveNumber
) -> Problem | None:
    union = cast("UnionValidator", validator)
    meant = _meant(union, value)
    if meant is not None and _check(meant, value, path, resolve) is None:
        return None
    problems: list[tuple[Validator, Problem]] = []
    for member in flattened(union):
        problem = _check(member, value, path, resolve)
        if problem is None:
            return None
        problems.append((member, problem))
    if len(problems) == 1:
        return problems[0][1]
    members = tuple((repr(member), problem) for member, problem in problems)
    for member, problem in problems:
        if member is meant:
            expected = f"{problem.expected} in {union!r}"
            return Problem(
                problem.path, expected, problem.found, Reason.UNION, problem.hint, members
            )
    return Problem(path, repr(union), shown(value), Reason.UNION, "", members)


def _meant(union: UnionValidator, value: object) -> Validator | None:
    """Return the member that a value was meant for: by its tag, or as the only one of its kind."""
    tag = tagged(union)
    if tag is not None and isinstance(value, Mapping):
        name = cast("Mapping[str, object]", value).get(tag.field)
        return tag.objects.get(name) if isinstance(name, str) else None
    kind = kind_of(value)
    of_its_kind = [member for member in flattened(union) if kind_accepted(member) is kind]
    return of_its_kind[0] if len(of_its_kind) == 1 else None


_CHECKS: Final[Mapping[type[Validator], _Check]] = {
    AnyValidator: _check_any,
    NullValidator: _check_kind,
    Int64Validator: _check_kind,
    NumberValidator: _check_kind,
    BooleanValidator: _check_kind,
    StringValidator: _check_kind,
    BytesValidator: _check_kind,
    LiteralValidator: _check_literal,
    IdValidator: _check_id,
    ArrayValidator: _check_array,
    ObjectValidator: _check_object,
    RecordValidator: _check_record,
    UnionValidator: _check_union,
}
