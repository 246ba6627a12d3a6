"""
From one schema to the next: what has changed, and whether the documents must be looked at again.

Rules of this file:

- ``is_subset`` never says yes wrongly. It may say no wrongly; then documents are checked that need
  not be.
- The names of tables mean the same on both sides: a renamed table is one removed and one added.
- Components are compared like the application's own tables, under their names.

Source: the subset rules, convex-backend crates/common/src/schemas/validator.rs (``is_subset``).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias, cast

from docdb.schema.composites import ArrayValidator, ObjectValidator, RecordValidator, UnionValidator
from docdb.schema.constraints import Constraints, ItemCount, NumberRange, TextRules, breach
from docdb.schema.definition import Schema, Table
from docdb.schema.table_rules import Index, SearchIndex, VectorIndex
from docdb.schema.validators import (
    AnyValidator,
    BooleanValidator,
    IdValidator,
    Int64Validator,
    LiteralValidator,
    NumberValidator,
    StringValidator,
    Validator,
)
from docdb.values.kinds import UNSET, Int64

__all__ = ["IndexChanges", "SchemaChange", "TableChange", "compare_schemas", "is_subset"]

_AnyIndex: TypeAlias = Index | SearchIndex | VectorIndex


class IndexChanges(NamedTuple):
    """Which indexes of a table, of any kind, are not what they were; by their new definition."""

    added: tuple[_AnyIndex, ...] = ()
    removed: tuple[_AnyIndex, ...] = ()
    changed: tuple[_AnyIndex, ...] = ()


class TableChange(NamedTuple):
    """
    What has changed about a table.

    Attributes:
        name: The table's name.
        component: The namespace: empty for the application's own tables.
        is_added: Whether the new schema has it and the old one had not.
        is_removed: Whether the old schema had it and the new one has not.
        needs_check: Whether a document that was valid may be so no longer.
        indexes: What has changed about its indexes.
    """

    name: str
    component: str
    is_added: bool
    is_removed: bool
    needs_check: bool
    indexes: IndexChanges


class SchemaChange(NamedTuple):
    """The tables that are not what they were, in the order of component and name."""

    tables: tuple[TableChange, ...]


def is_subset(left: Validator, right: Validator) -> bool:
    """
    Return whether all that matches the left validator surely matches the right one.

    >>> from docdb.schema.namespace import v
    >>> is_subset(v.literal("a"), v.string()), is_subset(v.string(), v.literal("a"))
    (True, False)
    """
    if isinstance(right, AnyValidator) or _same_values(left, right):
        return True
    if isinstance(left, UnionValidator):
        return all(is_subset(member, right) for member in left.members)
    if isinstance(right, UnionValidator):
        return _is_in_union(left, right)
    if isinstance(left, LiteralValidator):
        return _literal_matches(left, right)
    if isinstance(left, IdValidator) and isinstance(right, StringValidator):
        return right.constraints is None
    if type(left) is not type(right) or not _implies(left.constraints, right.constraints):
        return False
    compare = _COMPARISONS.get(type(left))
    return compare is not None and compare(left, right)


def _same_values(left: Validator, right: Validator) -> bool:
    """Return whether two validators are equal but for what an insert does."""
    bare = [each.required().with_default(UNSET) for each in (left, right)]
    return bare[0] == bare[1]


def _is_in_union(left: Validator, right: UnionValidator) -> bool:
    if any(is_subset(left, member) for member in right.members):
        return True
    if isinstance(left, BooleanValidator):
        return all(is_subset(LiteralValidator(truth), right) for truth in (True, False))
    return False


def _literal_matches(left: LiteralValidator, right: Validator) -> bool:
    base = _LITERAL_BASES[type(left.value)]
    if type(right) is not base:
        return False
    one_of = getattr(right.constraints, "one_of", None)
    if callable(one_of):
        return False
    return right.constraints is None or breach(right.constraints, left.value) is None


_LITERAL_BASES: Final[Mapping[type, type[Validator]]] = {
    bool: BooleanValidator,
    str: StringValidator,
    int: NumberValidator,
    float: NumberValidator,
    Int64: Int64Validator,
}


def _arrays(left: Validator, right: Validator) -> bool:
    return is_subset(cast("ArrayValidator", left).element, cast("ArrayValidator", right).element)


def _records(left: Validator, right: Validator) -> bool:
    left, right = cast("RecordValidator", left), cast("RecordValidator", right)
    return is_subset(left.keys, right.keys) and is_subset(left.values, right.values)


def _objects(left: Validator, right: Validator) -> bool:
    before, after = cast("ObjectValidator", left).fields, cast("ObjectValidator", right).fields
    return all(
        name in after
        and (after[name].is_optional or not field.is_optional)
        and is_subset(field, after[name])
        for name, field in before.items()
    ) and all(field.is_optional for name, field in after.items() if name not in before)


def _scalars(_left: Validator, _right: Validator) -> bool:
    """Two scalars of one kind differ in their constraints alone."""
    return True


def _ids(left: Validator, right: Validator) -> bool:
    left, right = cast("IdValidator", left), cast("IdValidator", right)
    # Other actions than "none" also require that the document exists.
    return left.table == right.table and right.on_delete in ("none", left.on_delete)


_COMPARISONS: Final[Mapping[type[Validator], Callable[[Validator, Validator], bool]]] = {
    NumberValidator: _scalars,
    Int64Validator: _scalars,
    StringValidator: _scalars,
    IdValidator: _ids,
    ArrayValidator: _arrays,
    ObjectValidator: _objects,
    RecordValidator: _records,
}


def _implies(left: Constraints | None, right: Constraints | None) -> bool:
    """Return whether all that satisfies the left constraints surely satisfies the right ones."""
    if right is None or left == right:
        return True
    if isinstance(left, NumberRange) and isinstance(right, NumberRange):
        is_within = _is_within(left[:2], right[:2])
        return is_within and (left.integer or not right.integer)
    if isinstance(left, ItemCount) and isinstance(right, ItemCount):
        return _is_within(left, right)
    if isinstance(left, TextRules) and isinstance(right, TextRules):
        rules = zip(left[2:], right[2:], strict=True)
        return _is_within(left[:2], right[:2]) and all(
            wanted is None or wanted == given for given, wanted in rules
        )
    return False


def _is_within(
    left: tuple[float | None, float | None], right: tuple[float | None, float | None]
) -> bool:
    is_low_enough = right[0] is None or (left[0] is not None and left[0] >= right[0])
    return is_low_enough and (right[1] is None or (left[1] is not None and left[1] <= right[1]))


def compare_schemas(old: Schema | None, new: Schema) -> SchemaChange:
    """
    Return what has changed from one schema to another.

    Args:
        old: None where there was none: then every table was unchecked and had no indexes.
        new: The schema that is to hold.

    >>> from docdb.schema.definition import define_schema, define_table
    >>> change = compare_schemas(None, define_schema({"t": define_table({})}))
    >>> [(table.name, table.is_added) for table in change.tables]
    [('t', True)]
    """
    parts = [{"": each, **each.components} if each else {} for each in (old, new)]
    changes: list[TableChange] = []
    for component in sorted({*parts[0], *parts[1]}):
        before, after = parts[0].get(component), parts[1].get(component)
        changes.extend(_table_changes(component, before, after))
    return SchemaChange(tuple(changes))


def _table_changes(component: str, old: Schema | None, new: Schema | None) -> Iterator[TableChange]:
    old_tables: Mapping[str, Table] = {} if old is None else old.tables
    new_tables: Mapping[str, Table] = {} if new is None else new.tables
    for name in sorted({*old_tables, *new_tables}):
        before, after = old_tables.get(name), new_tables.get(name)
        change = TableChange(
            name,
            component,
            is_added=before is None,
            is_removed=after is None,
            needs_check=new is not None
            and new.schema_validation
            and _needs_check(before if old is not None and old.schema_validation else None, after),
            indexes=_index_changes(before, after),
        )
        if before != after or change.needs_check:
            yield change


def _needs_check(before: Table | None, after: Table | None) -> bool:
    if after is None:
        return False
    # Before it had a definition, a table could hold anything.
    was = AnyValidator() if before is None else before.validator
    checks = () if before is None else before.rules.checks
    return not is_subset(was, after.validator) or not set(after.rules.checks) <= set(checks)


def _index_changes(before: Table | None, after: Table | None) -> IndexChanges:
    old, new = _indexes_by_name(before), _indexes_by_name(after)
    return IndexChanges(
        added=tuple(new[name] for name in new if name not in old),
        removed=tuple(old[name] for name in old if name not in new),
        changed=tuple(new[name] for name in new if name in old and new[name] != old[name]),
    )


def _indexes_by_name(table: Table | None) -> dict[str, _AnyIndex]:
    if table is None:
        return {}
    indexes = (*table.indexes, *table.search_indexes, *table.vector_indexes)
    return {index.name: index for index in indexes}
