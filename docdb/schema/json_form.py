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

Source: convex-backend crates/common/src/schemas/json.rs.
"""

from collections.abc import Mapping
from typing import NamedTuple

from docdb.errors import SchemaError
from docdb.schema.callables import NamedCallable
from docdb.schema.json_reader import JsonObject
from docdb.schema.json_validators import validator_from_json
from docdb.schema.json_values import Json
from docdb.schema.table_rules import (
    Check,
    Index,
    Reference,
    SearchIndex,
    TableParts,
    TableRules,
    VectorIndex,
    index_fields,
    trimmed,
)
from docdb.schema.validators import IdValidator

__all__ = ["SchemaForm", "schema_from_json", "schema_to_json"]


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
    analyzer = index.analyzer
    if isinstance(analyzer, NamedCallable):
        return json | {"docdbAnalyzer": analyzer.name}
    return json if analyzer == "convex" else json | {"docdbAnalyzer": analyzer}


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
    schema = JsonObject(json, "schema")
    schema.require("tables")
    tables: dict[str, TableParts] = {}
    for table in schema.objects("tables"):
        name, parts = _table_from_json(table)
        if name in tables:
            raise SchemaError(f"table {name!r} is defined twice", table=name)
        tables[name] = parts
    schema_validation = schema.flag("schemaValidation")
    components: dict[str, object] = {}
    if schema.has("docdbComponents"):
        forms = schema.below("docdbComponents")
        components = {name: forms.raw(name) for name in forms.names()}
    schema.end()
    return SchemaForm(tables, schema_validation, components)


def _table_from_json(table: JsonObject) -> tuple[str, TableParts]:
    table.require("indexes")
    name = table.text("tableName")
    parts = TableParts(
        validator_from_json(table.raw("documentType"), f"{table.where}.documentType"),
        (
            *(_index_from_json(each, staged=False) for each in table.objects("indexes")),
            *(_index_from_json(each, staged=True) for each in table.objects("stagedDbIndexes")),
        ),
        (
            *(_search_from_json(each, staged=False) for each in table.objects("searchIndexes")),
            *(
                _search_from_json(each, staged=True)
                for each in table.objects("stagedSearchIndexes")
            ),
        ),
        (
            *(_vector_from_json(each, staged=False) for each in table.objects("vectorIndexes")),
            *(
                _vector_from_json(each, staged=True)
                for each in table.objects("stagedVectorIndexes")
            ),
        ),
        _rules_from_json(table),
    )
    table.end()
    return name, parts


def _index_from_json(json: JsonObject, *, staged: bool) -> Index:
    json.require("fields")
    fields = index_fields(json.texts("fields"))
    index = Index(json.text("indexDescriptor"), fields, json.flag("docdbUnique"), staged)
    json.end()
    return index


def _search_from_json(json: JsonObject, *, staged: bool) -> SearchIndex:
    index = SearchIndex(
        json.text("indexDescriptor"),
        trimmed(json.text("searchField")),
        tuple(trimmed(field) for field in json.texts("filterFields")),
        staged,
        _analyzer(json.text_or_none("docdbAnalyzer") or "convex"),
    )
    json.end()
    return index


def _analyzer(text: str) -> str | NamedCallable:
    # Only the name of a function, "module:qualname", has a colon.
    return NamedCallable(text) if ":" in text else text


def _vector_from_json(json: JsonObject, *, staged: bool) -> VectorIndex:
    index = VectorIndex(
        json.text("indexDescriptor"),
        trimmed(json.text("vectorField")),
        json.integer("dimensions"),
        tuple(trimmed(field) for field in json.texts("filterFields")),
        staged,
    )
    json.end()
    return index


def _rules_from_json(table: JsonObject) -> TableRules:
    return TableRules(
        ttl_field=table.text_or_none("docdbTtl"),
        checks=tuple(_check_from_json(each) for each in table.objects("docdbChecks")),
        created_at_field=table.text_or_none("docdbCreatedAt"),
        updated_at_field=table.text_or_none("docdbUpdatedAt"),
        references=tuple(_reference_from_json(each) for each in table.objects("docdbReferences")),
    )


def _check_from_json(json: JsonObject) -> Check:
    check = Check(json.text("name"), NamedCallable(json.text("function")))
    json.end()
    return check


def _reference_from_json(json: JsonObject) -> Reference:
    target = IdValidator(json.text("tableName"), json.text("onDelete"))
    reference = Reference(json.text("field"), target.table, target.on_delete)
    json.end()
    return reference
