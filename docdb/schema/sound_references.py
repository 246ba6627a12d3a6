"""
Whether the references of a schema make sense, across the tables of one namespace.

Rules of this file:

- A reference names a table of its own namespace, or a system table.
- ``set_null`` removes what refers to a deleted document. So a field of an object must be optional
  for it; elements of arrays and entries of records can always go.
- A ``.reference`` rule is for text: where the field is a ``v.id``, that says it, and a field has at
  most one such rule.
"""

from collections.abc import Iterator, Mapping, Sequence

from docdb.errors import SchemaError, UnknownTable, nearest_names
from docdb.schema.composites import ArrayValidator, ObjectValidator, UnionValidator, walk
from docdb.schema.references import can_be_removed
from docdb.schema.table_rules import Reference, TableParts
from docdb.schema.unions import flattened
from docdb.schema.validators import AnyValidator, IdValidator, StringValidator, Validator
from docdb.values.paths import parse_path

__all__ = ["SYSTEM_TABLES", "check_references", "validators_at"]

SYSTEM_TABLES = ("_indexes", "_scheduled_functions", "_storage", "_tables")


def check_references(
    name: str, parts: TableParts, tables: Mapping[str, TableParts], *, is_validated: bool
) -> None:
    """
    Refuse the references of a table that make no sense.

    Args:
        name: The table's name.
        parts: Its definition, otherwise sound.
        tables: All tables of the namespace.
        is_validated: Whether documents are checked at all.

    Raises:
        SchemaError: A reference contradicts the field that it is kept in.
        UnknownTable: It names a table that is not there.
    """
    for target in _targets(parts):
        if target not in tables and target not in SYSTEM_TABLES:
            raise UnknownTable(
                f"table {name!r} refers to table {target!r}, which the schema does not have",
                hint=nearest_names(target, tables, what="tables"),
                table=target,
            )
    for field in _required_but_removed(parts.validator):
        raise _not_removable(name, field)
    fields = [each.field for each in parts.rules.references]
    for position, reference in enumerate(parts.rules.references):
        if reference.field in fields[:position]:
            raise SchemaError(
                f"field {reference.field!r} of table {name!r} has two references",
                hint="a text is the id of one document: declare one of them",
                table=name,
                field=reference.field,
            )
        if is_validated:
            _check_rule(name, parts.validator, reference)


def _targets(parts: TableParts) -> Iterator[str]:
    for validator in walk(parts.validator):
        if isinstance(validator, IdValidator):
            yield validator.table
    for reference in parts.rules.references:
        yield reference.table


def _required_but_removed(validator: Validator) -> Iterator[str]:
    for each in walk(validator):
        if isinstance(each, ObjectValidator):
            for name, field in each.fields.items():
                if not field.is_optional and any(map(_is_removed, _members(field))):
                    yield name


def _members(validator: Validator) -> tuple[Validator, ...]:
    return flattened(validator) if isinstance(validator, UnionValidator) else (validator,)


def _is_removed(validator: Validator) -> bool:
    return isinstance(validator, IdValidator) and validator.on_delete == "set_null"


def _not_removable(table: str, field: str) -> SchemaError:
    return SchemaError(
        f"field {field!r} of table {table!r} cannot be removed when the document that it refers"
        " to is deleted: it is required",
        hint="make it v.optional(...)",
        table=table,
        field=field,
    )


def _check_rule(table: str, validator: Validator, reference: Reference) -> None:
    path = parse_path(reference.field)
    holders = [
        each for each in validators_at(validator, path) if not isinstance(each, AnyValidator)
    ]
    texts = [_element(each) for each in holders]
    if any(isinstance(each, IdValidator) for each in texts):
        raise SchemaError(
            f"field {reference.field!r} of table {table!r} is a v.id and has a reference beside it",
            hint="say it there: v.id(table, on_delete=...)",
            table=table,
            field=reference.field,
        )
    if holders and not any(isinstance(each, StringValidator) for each in texts):
        raise SchemaError(
            f"field {reference.field!r} of table {table!r} has a reference and can hold no text",
            hint="a reference is kept in a v.string() or an array of them",
            table=table,
            field=reference.field,
        )
    is_list = any(isinstance(each, ArrayValidator) for each in holders)
    if reference.on_delete == "set_null" and not is_list and not can_be_removed(validator, path):
        raise _not_removable(table, reference.field)


def validators_at(validator: Validator, path: Sequence[str]) -> Iterator[Validator]:
    """Yield the validators of what can lie at a path, members of unions one by one."""
    for each in _members(validator):
        if not path or isinstance(each, AnyValidator):
            yield each
        elif isinstance(each, ObjectValidator) and path[0] in each.fields:
            yield from validators_at(each.fields[path[0]], path[1:])


def _element(validator: Validator) -> Validator:
    return validator.element if isinstance(validator, ArrayValidator) else validator
