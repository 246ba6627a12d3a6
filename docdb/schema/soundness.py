"""
Whether a definition makes sense: every rule of tables, indexes and references in one place.

Rules of this file:

- An error names the table, and the index and field where there are such; it carries them as
  attributes too.
- Two names of a table may index the same fields (they share the entries); two search indexes may
  not, nor two vector indexes.
- ``_creationTime`` may stand at the end of an index and means what every index does anyway; it
  was dropped before. Anywhere else, and ``_id`` at all, are refused.
- Where documents are checked, an index on a field that no document can have is a mistake. No path
  leads into arrays and records.
- References across tables have a file of their own, ``sound_references.py``.

Source: rules and their order, convex-backend crates/common/src/schemas/json.rs and
application/src/lib.rs (``evaluate_schema``).
"""

from collections.abc import Mapping, Sequence
from typing import Final, NoReturn, cast

from docdb import limits
from docdb.errors import InvalidArgument, SchemaError, nearest_names, shown
from docdb.schema.composites import ObjectValidator, UnionValidator
from docdb.schema.sound_references import check_references, validators_at
from docdb.schema.table_rules import Index, SearchIndex, TableParts, VectorIndex
from docdb.schema.validators import AnyValidator, NumberValidator, Validator
from docdb.values.names import check_identifier
from docdb.values.paths import parse_path

__all__ = ["ANALYZERS", "can_contain", "check_tables", "table_validator"]

# The names that ``docdb.indexes.text.analyzers`` knows; a test compares them.
ANALYZERS: Final = ("cjk", "convex", "simple", "unaccent")
_RESERVED_INDEXES: Final = ("by_creation_time", "by_id")


def table_validator(definition: object) -> Validator:
    """
    Return the validator that a table keeps of what it is defined by.

    Top-level fields that begin with an underscore are the system's and dropped, as Convex does.

    Raises:
        SchemaError: The definition is neither a mapping of fields, an object, a union of objects
            nor ``v.any()``.
    """
    if isinstance(definition, Mapping):
        return _own_fields(ObjectValidator(cast("Mapping[str, Validator]", definition)))
    if isinstance(definition, ObjectValidator):
        return _own_fields(definition)
    if isinstance(definition, UnionValidator):
        objects = [each for each in definition.members if isinstance(each, ObjectValidator)]
        if len(objects) == len(definition.members):
            return UnionValidator(_own_fields(each) for each in objects)
    if isinstance(definition, AnyValidator):
        return AnyValidator()
    raise SchemaError(
        f"a table cannot be defined by {shown(definition)}",
        hint="give its fields, a v.object, a v.union of objects, or v.any()",
    )


def _own_fields(validator: ObjectValidator) -> ObjectValidator:
    fields = validator.fields
    return ObjectValidator({name: fields[name] for name in fields if not name.startswith("_")})


def check_tables(tables: Mapping[str, TableParts], *, schema_validation: bool) -> None:
    """
    Refuse the tables of a namespace that make no sense.

    Raises:
        SchemaError: A definition is wrong.
        UnknownTable: A reference names a table that is not there.
    """
    if len(tables) > limits.TABLES_MAX:
        raise SchemaError(f"the schema has {len(tables)} tables; the limit is {limits.TABLES_MAX}")
    for name, parts in tables.items():
        _check_table_name(name)
        _Table(name, parts, schema_validation).check()
    for name, parts in tables.items():
        check_references(name, parts, tables, is_validated=schema_validation)


def _check_table_name(name: object) -> None:
    problem = check_identifier(name)
    if problem is not None:
        raise SchemaError(f"{problem} (it names a table)", table=name)
    if str(name).startswith("_"):
        raise SchemaError(
            f"table name {name!r} is reserved",
            hint="names that begin with '_' are docdb's own",
            table=name,
        )


class _Table:
    """One table while it is checked: what every error names."""

    def __init__(self, name: str, parts: TableParts, is_validated: bool) -> None:
        self._name = name
        self._parts = parts
        self._is_validated = is_validated

    def check(self) -> None:
        """Raise the first error there is."""
        parts = self._parts
        indexes = (*parts.indexes, *parts.search_indexes, *parts.vector_indexes)
        if len(indexes) > limits.INDEXES_PER_TABLE_MAX:
            raise SchemaError(
                f"table {self._name!r} has {len(indexes)} indexes; the limit is"
                f" {limits.INDEXES_PER_TABLE_MAX}",
                table=self._name,
            )
        self._check_names([index.name for index in indexes])
        for index in parts.indexes:
            self._check_index(index)
        for index in parts.search_indexes:
            self._check_search_index(index)
        for index in parts.vector_indexes:
            self._check_vector_index(index)
        self._check_rules()

    def _refuse(self, index: str, what: str, *, hint: str = "", field: str = "") -> NoReturn:
        raise SchemaError(
            f"index {index!r} of table {self._name!r} {what}",
            hint=hint,
            table=self._name,
            index=index,
            field=field,
        )

    def _check_names(self, names: Sequence[str]) -> None:
        seen: set[str] = set()
        for name in names:
            problem = check_identifier(name)
            if problem is not None:
                self._refuse(name, f"has no proper name: {problem}")
            if name.startswith("_") or name in _RESERVED_INDEXES:
                reserved = ", ".join(repr(each) for each in _RESERVED_INDEXES)
                hint = f"{reserved} and names that begin with '_' are the system's"
                self._refuse(name, "has a reserved name", hint=hint)
            if name in seen:
                self._refuse(name, "is defined twice", hint="names count across kinds of index")
            seen.add(name)

    def _check_index(self, index: Index) -> None:
        if not index.fields:
            hint = "give at least one field; by creation time every table is indexed anyway"
            self._refuse(index.name, "has no fields" + " (staged)" * index.staged, hint=hint)
        if len(index.fields) > limits.INDEX_FIELDS_MAX:
            self._refuse(
                index.name,
                f"has {len(index.fields)} fields; the limit is {limits.INDEX_FIELDS_MAX},"
                " and _creationTime as the sixteenth",
            )
        for field in index.fields:
            self._check_field(index.name, field)
        for position, field in enumerate(index.fields):
            if field in index.fields[:position]:
                self._refuse(index.name, f"has field {field!r} twice", field=field)

    def _check_field(self, index: str, field: str) -> None:
        try:
            path = parse_path(field)
        except InvalidArgument as error:
            self._refuse(index, f"has a malformed field: {error.message}", field=field)
        if path == ("_id",):
            hint = "a document is found by its id without an index: get(id)"
            self._refuse(index, "contains '_id'", hint=hint, field=field)
        if path == ("_creationTime",):
            hint = "every index ends with it; it may only be written last"
            self._refuse(index, "contains '_creationTime'", hint=hint, field=field)
        if any(part.startswith("_") for part in path):
            hint = "names that begin with '_' are the system's"
            self._refuse(index, f"contains the reserved field {field!r}", hint=hint, field=field)
        if self._is_validated and not can_contain(self._parts.validator, path):
            hint = f"documents match {shown(self._parts.validator)}"
            self._refuse(
                index, f"contains field {field!r}, which no document has", hint=hint, field=field
            )

    def _check_search_index(self, index: SearchIndex) -> None:
        self._check_field(index.name, index.search_field)
        self._check_filter_fields(index)
        if isinstance(index.analyzer, str) and index.analyzer not in ANALYZERS:
            hint = nearest_names(index.analyzer, ANALYZERS, what="analyzers")
            self._refuse(index.name, f"has the unknown analyzer {index.analyzer!r}", hint=hint)
        for other in self._parts.search_indexes:
            if other is index:
                break
            if _search_key(other) == _search_key(index):
                self._refuse(index.name, f"is the same as {other.name!r}")

    def _check_vector_index(self, index: VectorIndex) -> None:
        low, high = limits.VECTOR_DIMENSIONS_MIN, limits.VECTOR_DIMENSIONS_MAX
        is_count = type(cast("object", index.dimensions)) is int
        if not is_count or not low <= index.dimensions <= high:
            self._refuse(
                index.name,
                f"has {shown(index.dimensions)} dimensions; expected an int from {low} to {high}",
            )
        self._check_field(index.name, index.vector_field)
        self._check_filter_fields(index)
        for other in self._parts.vector_indexes:
            if other is index:
                break
            if other[1:3] == index[1:3]:
                self._refuse(index.name, f"is the same as {other.name!r}")

    def _check_filter_fields(self, index: SearchIndex | VectorIndex) -> None:
        fields = index.filter_fields
        if len(fields) > limits.SEARCH_FILTER_FIELDS_MAX:
            self._refuse(
                index.name,
                f"has {len(fields)} filter fields; the limit is {limits.SEARCH_FILTER_FIELDS_MAX}",
            )
        for position, field in enumerate(fields):
            self._check_field(index.name, field)
            if field in fields[:position]:
                self._refuse(index.name, f"has filter field {field!r} twice", field=field)

    def _check_rules(self) -> None:
        rules = self._parts.rules
        stamps = {"created_at": rules.created_at_field, "updated_at": rules.updated_at_field}
        for rule, field in {"ttl": rules.ttl_field, **stamps}.items():
            if field is not None:
                self._check_rule_field(rule, field, is_stamp=rule in stamps)
        for reference in rules.references:
            self._check_rule_field("reference", reference.field)
        names = [check.name for check in rules.checks]
        for position, name in enumerate(names):
            if name in names[:position]:
                raise SchemaError(
                    f"table {self._name!r} has two checks named {name!r}", table=self._name
                )

    def _check_rule_field(self, rule: str, field: str, *, is_stamp: bool = False) -> None:
        try:
            path = parse_path(field)
        except InvalidArgument as error:
            what = f"is malformed: {error.message}"
        else:
            is_own = not path[0].startswith("_") and not (is_stamp and len(path) > 1)
            is_possible = not self._is_validated or can_contain(self._parts.validator, path)
            holds_times = rule == "reference" or self._can_be_number(path)
            if is_own and is_possible and holds_times:
                return
            what = "is no field of its documents"
            if is_own and is_possible:
                what = "can hold no number, and so no time"
        raise SchemaError(
            f"{rule} of table {self._name!r}: {field!r} {what}", table=self._name, field=field
        )

    def _can_be_number(self, path: Sequence[str]) -> bool:
        if not self._is_validated:
            return True
        found = validators_at(self._parts.validator, path)
        return any(isinstance(each, AnyValidator | NumberValidator) for each in found)


def _search_key(index: SearchIndex) -> tuple[object, ...]:
    return index.search_field, tuple(sorted(index.filter_fields)), index.analyzer


def can_contain(validator: Validator, path: Sequence[str]) -> bool:
    """
    Return whether some value that matches a validator has something at a path.

    >>> can_contain(ObjectValidator({"a": AnyValidator()}), ("a", "b"))
    True
    """
    if not path or isinstance(validator, AnyValidator):
        return True
    if isinstance(validator, ObjectValidator):
        field = validator.fields.get(path[0])
        return field is not None and can_contain(field, path[1:])
    if isinstance(validator, UnionValidator):
        return any(can_contain(member, path) for member in validator.members)
    return False
