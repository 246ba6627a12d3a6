"""
Schemas and validators as JSON: what Convex's own ``schema.export()`` prints, and back.

Our extensions ride along under keys that begin with ``docdb``, absent where unused, so that a plain
Convex schema has exactly Convex's text::

    validator   docdbConstraints, docdbDefault, docdbDefaultFunction, docdbOnDelete
    index       docdbUnique                     search index   docdbAnalyzer
    table       docdbTtl, docdbChecks, docdbCreatedAt, docdbUpdatedAt, docdbReferences
    schema      docdbComponents

Rules of this file:

- Reading is strict: an unknown key, a missing one or one of another type is a ``SchemaError`` that
  says where. Only lists of index kinds may be missing, as in older exports.
- A missing ``schemaValidation`` means false, as in Convex.
- Functions are stored by name, and read as names (``callables.py``).
- What is read is built through the same doors as what users write, so the same rules hold.

Source: convex-backend crates/common/src/schemas/json.rs.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeVar, cast

from docdb.errors import SchemaError, shown
from docdb.schema.callables import NamedCallable
from docdb.schema.constraints import constraints_from_json
from docdb.schema.json_values import Json, value_from_json
from docdb.schema.namespace import v
from docdb.schema.table_rules import (
    Check,
    Index,
    Reference,
    SearchIndex,
    TableParts,
    TableRules,
    VectorIndex,
)
from docdb.schema.validators import LEVELS_MAX, IdValidator, Validator
from docdb.values.kinds import UNSET

__all__ = ["SchemaForm", "schema_from_json", "schema_to_json", "validator_from_json"]

_T = TypeVar("_T")
_REQUIRED: Final = object()


class SchemaForm(NamedTuple):
    """What the JSON of a schema says; components are still JSON."""

    tables: dict[str, TableParts]
    schema_validation: bool
    components: dict[str, object]


def schema_to_json(
    tables: Mapping[str, TableParts],
    *,
    schema_validation: bool,
    components: Mapping[str, Json],
) -> dict[str, Json]:
    """Return the JSON of a schema."""
    json: dict[str, Json] = {
        "schemaValidation": schema_validation,
        "tables": [_table_to_json(name, parts) for name, parts in tables.items()],
    }
    if components:
        json["docdbComponents"] = dict(components)
    return json


def _table_to_json(name: str, parts: TableParts) -> Json:
    return {
        "tableName": name,
        "indexes": [_index_to_json(each) for each in parts.indexes if not each.staged],
        "stagedDbIndexes": [_index_to_json(each) for each in parts.indexes if each.staged],
        "searchIndexes": [
            _search_to_json(each) for each in parts.search_indexes if not each.staged
        ],
        "stagedSearchIndexes": [
            _search_to_json(each) for each in parts.search_indexes if each.staged
        ],
        "vectorIndexes": [
            _vector_to_json(each) for each in parts.vector_indexes if not each.staged
        ],
        "stagedVectorIndexes": [
            _vector_to_json(each) for each in parts.vector_indexes if each.staged
        ],
        "documentType": parts.validator.to_json(),
        **_rules_to_json(parts.rules),
    }


def _index_to_json(index: Index) -> Json:
    json: dict[str, Json] = {"indexDescriptor": index.name, "fields": list(index.fields)}
    return json | {"docdbUnique": True} if index.unique else json


def _search_to_json(index: SearchIndex) -> Json:
    json: dict[str, Json] = {
        "indexDescriptor": index.name,
        "searchField": index.search_field,
        "filterFields": list(index.filter_fields),
    }
    return json if index.analyzer == "convex" else json | {"docdbAnalyzer": index.analyzer}


def _vector_to_json(index: VectorIndex) -> Json:
    return {
        "indexDescriptor": index.name,
        "vectorField": index.vector_field,
        "dimensions": index.dimensions,
        "filterFields": list(index.filter_fields),
    }


def _rules_to_json(rules: TableRules) -> dict[str, Json]:
    json: dict[str, Json] = {
        "docdbTtl": rules.ttl_field,
        "docdbCreatedAt": rules.created_at_field,
        "docdbUpdatedAt": rules.updated_at_field,
        "docdbChecks": [
            {"name": check.name, "function": check.predicate.name} for check in rules.checks
        ],
        "docdbReferences": [
            {"field": each.field, "tableName": each.table, "onDelete": each.on_delete}
            for each in rules.references
        ],
    }
    return {key: rule for key, rule in json.items() if rule}


def schema_from_json(json: object) -> SchemaForm:
    """
    Return what the JSON of a schema says.

    Raises:
        SchemaError: It has another form, or an unknown key.
    """
    schema = _Object(json, "schema")
    tables: dict[str, TableParts] = {}
    for position, each in enumerate(schema.take("tables", list)):
        name, parts = _table_from_json(each, f"tables[{position}]")
        if name in tables:
            raise SchemaError(f"table {name!r} is defined twice", table=name)
        tables[name] = parts
    is_validated = schema.take("schemaValidation", bool, False)
    components = schema.take("docdbComponents", dict, {})
    schema.end()
    return SchemaForm(tables, is_validated, cast("dict[str, object]", components))


def _table_from_json(json: object, where: str) -> tuple[str, TableParts]:
    table = _Object(json, where)
    name = table.take("tableName", str)
    parts = TableParts(
        validator_from_json(table.take("documentType", dict), f"{where}.documentType"),
        _indexes(table, "indexes", "stagedDbIndexes", read=_index_from_json),
        _indexes(table, "searchIndexes", "stagedSearchIndexes", read=_search_from_json),
        _indexes(table, "vectorIndexes", "stagedVectorIndexes", read=_vector_from_json),
        _rules_from_json(table),
    )
    table.end()
    return name, parts


def _indexes(
    table: "_Object", key: str, staged_key: str, *, read: Callable[["_Object", bool], _T]
) -> tuple[_T, ...]:
    indexes: list[_T] = []
    for each_key, is_staged in ((key, False), (staged_key, True)):
        default = _REQUIRED if each_key == "indexes" else []
        for position, json in enumerate(table.take(each_key, list, default)):
            index = _Object(json, f"{table.where}.{each_key}[{position}]")
            indexes.append(read(index, is_staged))
            index.end()
    return tuple(indexes)


def _index_from_json(index: "_Object", is_staged: bool) -> Index:
    fields = index.texts("fields")
    return Index(
        index.take("indexDescriptor", str),
        fields[:-1] if fields[-1:] == ("_creationTime",) else fields,
        index.take("docdbUnique", bool, False),
        is_staged,
    )


def _search_from_json(index: "_Object", is_staged: bool) -> SearchIndex:
    return SearchIndex(
        index.take("indexDescriptor", str),
        index.take("searchField", str),
        index.texts("filterFields"),
        is_staged,
        index.take("docdbAnalyzer", str, "convex"),
    )


def _vector_from_json(index: "_Object", is_staged: bool) -> VectorIndex:
    dimensions = index.take("dimensions", int | float)
    return VectorIndex(
        index.take("indexDescriptor", str),
        index.take("vectorField", str),
        # Some printers of JSON write every number with a fraction.
        int(dimensions) if dimensions == int(dimensions) else cast("int", dimensions),
        index.texts("filterFields"),
        is_staged,
    )


def _rules_from_json(table: "_Object") -> TableRules:
    checks: list[Check] = []
    for each in table.objects("docdbChecks"):
        function = NamedCallable(each.take("function", str))
        checks.append(Check(each.take("name", str), function))
        each.end()
    references: list[Reference] = []
    for each in table.objects("docdbReferences"):
        target = IdValidator(each.take("tableName", str), each.take("onDelete", str))
        references.append(Reference(each.take("field", str), target.table, target.on_delete))
        each.end()
    return TableRules(
        ttl_field=table.take("docdbTtl", str, None),
        checks=tuple(checks),
        created_at_field=table.take("docdbCreatedAt", str, None),
        updated_at_field=table.take("docdbUpdatedAt", str, None),
        references=tuple(references),
    )


def validator_from_json(json: object, where: str = "validator", *, levels: int = 0) -> Validator:
    """
    Return the validator that some JSON describes.

    Args:
        json: What ``json.loads`` returned.
        where: What errors call the place of the JSON.
        levels: How many levels of validators lie around this one.

    Raises:
        SchemaError: It has another form, an unknown key, or describes no validator.

    >>> validator_from_json({"type": "array", "value": {"type": "number"}})
    v.array(v.float64())
    """
    if levels >= LEVELS_MAX:
        raise SchemaError(f"{where[:60]}…: validators nest more than {LEVELS_MAX} levels")
    form = _Object(json, where, levels + 1)
    kind = form.take("type", str)
    read = _READERS.get(kind)
    if read is None:
        known = ", ".join(repr(each) for each in _READERS)
        raise SchemaError(f"{where}: unknown type {kind!r}", hint=f"types are {known}")
    validator = read(form)
    form.end()
    return validator


def _id(form: "_Object") -> Validator:
    return IdValidator(form.take("tableName", str), form.take("docdbOnDelete", str, "none"))


def _number(form: "_Object") -> Validator:
    rules = form.constraints("minimum", "maximum", "integer")
    return v.number(**rules, default=form.default())


def _int64(form: "_Object") -> Validator:
    return v.int64(**form.constraints("minimum", "maximum"), default=form.default())


def _string(form: "_Object") -> Validator:
    rules = form.constraints("min_length", "max_length", "pattern", "format", "one_of")
    return v.string(**rules, default=form.default())


def _literal(form: "_Object") -> Validator:
    value = value_from_json(form.take("value", object))
    return v.literal(cast("str", value), default=form.default())


def _array(form: "_Object") -> Validator:
    element = form.validator("value")
    rules = form.constraints("min_items", "max_items")
    return v.array(element, **rules, default=form.default())


def _object(form: "_Object") -> Validator:
    fields: dict[str, Validator] = {}
    for name, json in cast("dict[str, object]", form.take("value", dict)).items():
        field = _Object(json, f"{form.where}.{name}", form.levels)
        validator = field.validator("fieldType")
        fields[name] = validator.optional() if field.take("optional", bool) else validator
        field.end()
    return v.object(fields, default=form.default())


def _record(form: "_Object") -> Validator:
    keys = form.validator("keys")
    values = _Object(form.take("values", dict), f"{form.where}.values", form.levels)
    value = values.validator("fieldType")
    if values.take("optional", bool, False):
        raise SchemaError(f"{values.where}: the values of a record cannot be optional")
    values.end()
    return v.record(keys, value, default=form.default())


def _union(form: "_Object") -> Validator:
    members = [
        validator_from_json(json, f"{form.where}.value[{position}]", levels=form.levels)
        for position, json in enumerate(form.take("value", list))
    ]
    return v.union(*members, default=form.default())


_READERS: Final[Mapping[str, Callable[["_Object"], Validator]]] = {
    "id": _id,
    "null": lambda form: v.null(),
    "number": _number,
    "bigint": _int64,
    "boolean": lambda form: v.boolean(default=form.default()),
    "string": _string,
    "bytes": lambda form: v.bytes(default=form.default()),
    "any": lambda form: v.any(default=form.default()),
    "literal": _literal,
    "array": _array,
    "object": _object,
    "record": _record,
    "union": _union,
}


class _Object:
    """A JSON object while its keys are taken out one by one; at the end none may be left."""

    def __init__(self, json: object, where: str, levels: int = 0) -> None:
        if not isinstance(json, dict):
            raise SchemaError(f"{where} is {shown(json)}; expected a JSON object")
        self.where = where
        self.levels = levels
        self._left = dict(cast("dict[str, object]", json))

    def take(self, key: str, kind: type[_T], default: object = _REQUIRED) -> _T:
        """Return what is under a key and of some type."""
        value = self._left.pop(key, default)
        if value is _REQUIRED:
            raise SchemaError(f"{self.where} has no {key!r}")
        # To Python a bool is an int.
        is_bool = isinstance(value, bool)
        if value is not default and (not isinstance(value, kind) or is_bool is not (kind is bool)):
            if kind is not object:
                raise SchemaError(f"{self.where}.{key} is {shown(value)}; expected {kind}")
        return cast("_T", value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the strings in a list."""
        texts = cast("list[object]", self.take(key, list))
        for text in texts:
            if not isinstance(text, str):
                raise SchemaError(f"{self.where}.{key} contains {shown(text)}; expected strings")
        return tuple(cast("list[str]", texts))

    def objects(self, key: str) -> "list[_Object]":
        """Return the objects in a list that may be missing."""
        jsons = cast("list[object]", self.take(key, list, []))
        return [_Object(json, f"{self.where}.{key}[{n}]") for n, json in enumerate(jsons)]

    def validator(self, key: str) -> Validator:
        """Return the validator under a key."""
        json = self.take(key, dict)
        return validator_from_json(json, f"{self.where}.{key}", levels=self.levels)

    def default(self) -> object:
        """Return the default of a validator, ``UNSET`` where it has none."""
        function = self.take("docdbDefaultFunction", str, None)
        if function is not None:
            return NamedCallable(function)
        value = self._left.pop("docdbDefault", UNSET)
        return UNSET if value is UNSET else value_from_json(value)

    def constraints(self, *allowed: str) -> "dict[str, Any]":
        """Return the constraints of a validator as keyword arguments."""
        arguments = constraints_from_json(self._left.pop("docdbConstraints", {}))
        for name in arguments:
            if name not in allowed:
                raise SchemaError(f"{self.where} cannot have the constraint {name!r}")
        return arguments

    def end(self) -> None:
        """Refuse what nobody took."""
        if self._left:
            raise SchemaError(
                f"{self.where} has the unknown key {min(self._left, key=str)!r}",
                hint="it may have been written by a newer version",
            )
