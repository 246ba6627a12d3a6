"""
Validators read from Convex's JSON (they write it themselves, ``Validator.to_json``).

Rules of this file: reading is strict (``json_reader.py``), and what is read is built by ``v``, so
that the rules for what users write hold for it too. Functions come as names (``callables.py``).

Source: convex-backend crates/common/src/schemas/json.rs.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from docdb.errors import SchemaError
from docdb.schema.callables import NamedCallable
from docdb.schema.constraints import constraints_from_json
from docdb.schema.json_reader import JsonObject
from docdb.schema.json_values import value_from_json
from docdb.schema.namespace import OnDelete, v
from docdb.schema.validators import LEVELS_MAX, Validator
from docdb.values.kinds import UNSET

__all__ = ["validator_from_json"]


def validator_from_json(json: object, where: str = "validator", *, levels: int = 1) -> Validator:
    """
    Return the validator that some JSON describes.

    Args:
        json: What ``json.loads`` returned.
        where: What errors call the place of the JSON.
        levels: On which level of validators this one stands.

    Raises:
        SchemaError: It has another form, an unknown key, or describes no validator.

    >>> validator_from_json({"type": "array", "value": {"type": "number"}})
    v.array(v.float64())
    """
    if levels > LEVELS_MAX:
        raise SchemaError(f"{where[:60]}…: validators nest more than {LEVELS_MAX} levels")
    form = JsonObject(json, where)
    kind = form.text("type")
    read = _READERS.get(kind)
    if read is None:
        known = ", ".join(repr(each) for each in _READERS)
        raise SchemaError(f"{where} has the unknown type {kind!r}", hint=f"types are {known}")
    validator = read(form, levels)
    form.end()
    return validator


_Read: TypeAlias = Callable[[JsonObject, int], Validator]


def _id(form: JsonObject, _levels: int) -> Validator:
    on_delete = form.text("docdbOnDelete") if form.has("docdbOnDelete") else "none"
    return v.id(form.text("tableName"), on_delete=cast("OnDelete", on_delete))


def _null(_form: JsonObject, _levels: int) -> Validator:
    return v.null()


def _number(form: JsonObject, _levels: int) -> Validator:
    return v.number(**_constraints(form, "minimum", "maximum", "integer"), default=_default(form))


def _int64(form: JsonObject, _levels: int) -> Validator:
    return v.int64(**_constraints(form, "minimum", "maximum"), default=_default(form))


def _boolean(form: JsonObject, _levels: int) -> Validator:
    return v.boolean(default=_default(form))


def _string(form: JsonObject, _levels: int) -> Validator:
    rules = _constraints(form, "min_length", "max_length", "pattern", "format", "one_of")
    return v.string(**rules, default=_default(form))


def _bytes(form: JsonObject, _levels: int) -> Validator:
    return v.bytes(default=_default(form))


def _any(form: JsonObject, _levels: int) -> Validator:
    return v.any(default=_default(form))


def _literal(form: JsonObject, _levels: int) -> Validator:
    value = value_from_json(form.raw("value"))
    return v.literal(cast("str", value), default=_default(form))


def _array(form: JsonObject, levels: int) -> Validator:
    element = _below(form, "value", levels)
    return v.array(element, **_constraints(form, "min_items", "max_items"), default=_default(form))


def _object(form: JsonObject, levels: int) -> Validator:
    forms = form.below("value")
    fields: dict[str, Validator] = {}
    for name in forms.names():
        field = forms.below(name)
        validator = _below(field, "fieldType", levels)
        fields[name] = validator.optional() if field.flag("optional") else validator
        field.end()
    return v.object(fields, default=_default(form))


def _record(form: JsonObject, levels: int) -> Validator:
    keys = _below(form, "keys", levels)
    values = form.below("values")
    value = _below(values, "fieldType", levels)
    if values.flag("optional"):
        raise SchemaError(f"{values.where} is optional, which the values of a record cannot be")
    values.end()
    return v.record(keys, value, default=_default(form))


def _union(form: JsonObject, levels: int) -> Validator:
    members = (
        validator_from_json(json, where, levels=levels + 1)
        for json, where in form.elements("value")
    )
    return v.union(*members, default=_default(form))


_READERS: Final[Mapping[str, _Read]] = {
    "id": _id,
    "null": _null,
    "number": _number,
    "bigint": _int64,
    "boolean": _boolean,
    "string": _string,
    "bytes": _bytes,
    "any": _any,
    "literal": _literal,
    "array": _array,
    "object": _object,
    "record": _record,
    "union": _union,
}


def _below(form: JsonObject, key: str, levels: int) -> Validator:
    return validator_from_json(form.raw(key), f"{form.where}.{key}", levels=levels + 1)


def _default(form: JsonObject) -> object:
    if form.has("docdbDefaultFunction"):
        return NamedCallable(form.text("docdbDefaultFunction"))
    return value_from_json(form.raw("docdbDefault")) if form.has("docdbDefault") else UNSET


# Any: the arguments are checked by the builder that they are given to, as those of users are.
def _constraints(form: JsonObject, *allowed: str) -> dict[str, Any]:
    if not form.has("docdbConstraints"):
        return {}
    arguments = constraints_from_json(form.raw("docdbConstraints"))
    for name in arguments:
        if name not in allowed:
            raise SchemaError(f"{form.where} cannot have the constraint {name!r}")
    return arguments
