"""
Tables and schemas: what ``define_table`` and ``define_schema`` return.

    schema = define_schema({
        "users": define_table({"email": v.string()}).index("by_email", ["email"], unique=True),
    })

Rules of this file:

- Both are immutable values. A table's methods each return a new table; whoever holds the old one
  holds the old one.
- A table has no name before it is in a schema. So what is wrong with it, beyond the type of an
  argument, is said by ``define_schema``, which can name it (``soundness.py``).
- A table keeps what Convex's backend keeps: fields of the document that begin with an underscore
  are dropped, and so is a trailing ``_creationTime`` of an index, which every index ends with.
- A schema equals what is read back from its own JSON. Functions are then known by name alone;
  ``has_unresolved_callables`` tells for which tables.

The length of this file: two classes that users meet as one thing, mostly their docstrings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar, cast, final

from docdb.errors import SchemaError, UnknownTable, nearest_names, shown
from docdb.schema import json_form
from docdb.schema.callables import NamedCallable, named
from docdb.schema.composites import ObjectValidator, UnionValidator, walk
from docdb.schema.json_values import Json
from docdb.schema.namespace import OnDelete, v
from docdb.schema.soundness import check_tables, table_validator
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
from docdb.schema.validators import IdValidator, Validator
from docdb.values.names import check_identifier

__all__ = [
    "Index",
    "Schema",
    "SearchIndex",
    "Table",
    "VectorIndex",
    "define_schema",
    "define_table",
]

_Index = TypeVar("_Index", Index, SearchIndex, VectorIndex)


@final
class Table:
    """The definition of a table. Immutable; any thread may use it."""

    __slots__ = ("_parts",)

    def __init__(self, parts: TableParts) -> None:
        self._parts = parts

    @property
    def parts(self) -> TableParts:
        """All of the definition as one record."""
        return self._parts

    @property
    def validator(self) -> Validator:
        """What a document must match, its system fields left out."""
        return self._parts.validator

    @property
    def indexes(self) -> tuple[Index, ...]:
        """The indexes, without ``by_id`` and ``by_creation_time``, which every table has."""
        return self._parts.indexes

    @property
    def search_indexes(self) -> tuple[SearchIndex, ...]:
        """The full-text indexes."""
        return self._parts.search_indexes

    @property
    def vector_indexes(self) -> tuple[VectorIndex, ...]:
        """The vector indexes."""
        return self._parts.vector_indexes

    @property
    def rules(self) -> TableRules:
        """Expiry, conditions, stamps and references."""
        return self._parts.rules

    def index(
        self, name: str, fields: Sequence[str], *, unique: bool = False, staged: bool = False
    ) -> "Table":
        """
        Return the table with one more index.

        Args:
            name: An identifier.
            fields: One to 15 field paths. Every index goes on by ``_creationTime``; written out
                at the end it means the same.
            unique: Whether two documents may not have the same values in these fields.
            staged: Whether the index is only built for now, and not asked.

        >>> define_table({"a": v.string()}).index("by_a", ["a", "_creationTime"]).indexes
        (Index(name='by_a', fields=('a',), unique=False, staged=False),)
        """
        paths = index_fields(_paths(fields, "fields"))
        index = Index(_text(name, "an index"), paths, bool(unique), bool(staged))
        return self._with(indexes=_staged_last(*self.indexes, index))

    def search_index(
        self,
        name: str,
        *,
        search_field: str,
        filter_fields: Sequence[str] = (),
        staged: bool = False,
        analyzer: str | Callable[[str], Iterable[str]] = "convex",
    ) -> "Table":
        """
        Return the table with one more full-text index.

        Args:
            name: An identifier.
            search_field: The path of the field whose words are found.
            filter_fields: Paths of up to 16 fields that a search may compare with ``eq``.
            staged: Whether the index is only built for now, and not asked.
            analyzer: How text becomes words: ``"convex"``, Convex's way; ``"simple"``,
                ``"unaccent"`` or ``"cjk"``; or a function from a text to its words, at the top
                level of a module.
        """
        index = SearchIndex(
            _text(name, "a search index"),
            _path(search_field, "search_field"),
            _paths(filter_fields, "filter_fields"),
            bool(staged),
            named(analyzer) if callable(analyzer) else _text(analyzer, "analyzer"),
        )
        return self._with(search_indexes=_staged_last(*self.search_indexes, index))

    def vector_index(
        self,
        name: str,
        *,
        vector_field: str,
        dimensions: int,
        filter_fields: Sequence[str] = (),
        staged: bool = False,
    ) -> "Table":
        """Return the table with one more index of vectors of 2 to 4096 dimensions."""
        index = VectorIndex(
            _text(name, "a vector index"),
            _path(vector_field, "vector_field"),
            dimensions,
            _paths(filter_fields, "filter_fields"),
            bool(staged),
        )
        return self._with(vector_indexes=_staged_last(*self.vector_indexes, index))

    def ttl(self, field: str) -> "Table":
        """Return the table with expiry: a document is gone once the field lies in the past."""
        return self._with_rule(ttl_field=_path(field, "the field of ttl"))

    def check(self, name: str, predicate: Callable[[Mapping[str, object]], object]) -> "Table":
        """
        Return the table with a condition over whole documents.

        Args:
            name: What errors call it.
            predicate: A function of a document, at the top level of a module, that returns
                something true if the document is sound.
        """
        if not callable(predicate):
            raise SchemaError(f"the predicate of check {shown(name)} is {shown(predicate)}")
        check = Check(_text(name, "a check"), named(predicate))
        return self._with_rule(checks=(*self.rules.checks, check))

    def created_at(self, field: str) -> "Table":
        """Return the table with a field that is set to the time of insertion, in milliseconds."""
        return self._with_rule(created_at_field=_path(field, "the field of created_at"))

    def updated_at(self, field: str) -> "Table":
        """Return the table with a field that is set to the time of each write, in milliseconds."""
        return self._with_rule(updated_at_field=_path(field, "the field of updated_at"))

    def reference(self, field: str, table: str, *, on_delete: OnDelete = "none") -> "Table":
        """Return the table with a reference that is kept in a field without a ``v.id``."""
        target = IdValidator(table, on_delete)
        path = _path(field, "the field of a reference")
        reference = Reference(path, target.table, target.on_delete)
        return self._with_rule(references=(*self.rules.references, reference))

    def _with(self, **changes: object) -> "Table":
        return Table(self._parts._replace(**changes))

    def _with_rule(self, **changes: object) -> "Table":
        return self._with(rules=self.rules._replace(**changes))

    def __eq__(self, other: object) -> bool:
        return self._parts == other._parts if isinstance(other, Table) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._parts)

    def __repr__(self) -> str:
        names = [each.name for each in (*self.indexes, *self.search_indexes, *self.vector_indexes)]
        return f"Table({self.validator!r}, indexes={names})"


def _staged_last(*indexes: _Index) -> tuple[_Index, ...]:
    """Return indexes in the order in which JSON, which lists the staged ones apart, keeps them."""
    return tuple(sorted(indexes, key=_is_staged))


def _is_staged(index: Index | SearchIndex | VectorIndex) -> bool:
    return index.staged


def define_table(definition: Mapping[str, Validator] | Validator) -> Table:
    """
    Return the definition of a table.

    Args:
        definition: The fields of its documents, or their validator: ``v.object``, ``v.union`` of
            objects, or ``v.any()``.

    Raises:
        SchemaError: It is none of these.

    >>> define_table({"name": v.string()})
    Table(v.object({name: v.string()}), indexes=[])
    """
    return Table(TableParts(table_validator(definition)))


@final
class Schema:
    """
    The tables of a database, and those of its components. Immutable; any thread may use it.

    Attributes are read-only mappings from names to definitions.
    """

    __slots__ = ("_components", "_schema_validation", "_tables")

    def __init__(
        self,
        tables: Mapping[str, Table],
        *,
        schema_validation: bool,
        components: Mapping[str, "Schema"],
    ) -> None:
        self._tables = dict(tables)
        self._schema_validation = schema_validation
        self._components = dict(components)

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables by name."""
        return MappingProxyType(self._tables)

    @property
    def components(self) -> Mapping[str, "Schema"]:
        """The schemas of components, each a namespace of its own, by name."""
        return MappingProxyType(self._components)

    @property
    def schema_validation(self) -> bool:
        """Whether documents are checked."""
        return self._schema_validation

    def doc(self, table: str) -> Validator:
        """
        Return the validator of a table's documents as they are read, system fields included.

        Raises:
            UnknownTable: The schema has no such table.

        >>> define_schema({"t": define_table({"a": v.null()})}).doc("t")
        v.object({_creationTime: v.float64(), _id: v.id("t"), a: v.null()})
        """
        self._check_has(table)
        system: dict[str, Validator] = {"_id": v.id(table), "_creationTime": v.number()}
        validator = self._tables[table].validator
        if isinstance(validator, UnionValidator):
            members = (cast("ObjectValidator", member) for member in validator.members)
            return UnionValidator(member.extend(system) for member in members)
        return validator.extend(system) if isinstance(validator, ObjectValidator) else validator

    def id(self, table: str) -> IdValidator:
        """
        Return the validator of a table's ids.

        Raises:
            UnknownTable: The schema has no such table.
        """
        self._check_has(table)
        return v.id(table)

    def _check_has(self, table: str) -> None:
        if table not in self._tables:
            raise UnknownTable(
                f"the schema has no table {shown(table)}",
                hint=nearest_names(str(table), self._tables, what="tables"),
                table=table,
            )

    def has_unresolved_callables(self, table: str) -> bool:
        """
        Return whether a table's rules name functions that this program has not given.

        Documents of such a table can be read; a write would raise ``SchemaError``. False for a
        table that the schema does not have.
        """
        definition = self._tables.get(table)
        return definition is not None and any(
            not each.is_resolved for each in _callables(definition)
        )

    def to_json(self) -> dict[str, Json]:
        """Return what Convex's ``schema.export()`` prints, parsed; for extensions see there."""
        return json_form.schema_to_json(
            {name: table.parts for name, table in self._tables.items()},
            schema_validation=self._schema_validation,
            components={name: each.to_json() for name, each in self._components.items()},
        )

    @classmethod
    def from_json(cls, json: object) -> "Schema":
        """
        Return the schema that some JSON describes.

        Args:
            json: What ``json.loads`` returned.

        Raises:
            SchemaError: It has another form, unknown keys, or describes no sound schema.
            UnknownTable: A reference names a table that it does not have.
        """
        form = json_form.schema_from_json(json)
        return define_schema(
            {
                name: Table(parts._replace(validator=table_validator(parts.validator)))
                for name, parts in form.tables.items()
            },
            schema_validation=form.schema_validation,
            components={name: cls.from_json(each) for name, each in form.components.items()},
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schema):
            return NotImplemented
        return (
            self._tables == other._tables
            and self._schema_validation == other._schema_validation
            and self._components == other._components
        )

    def __hash__(self) -> int:
        return hash((frozenset(self._tables), frozenset(self._components)))

    def __repr__(self) -> str:
        components = f", components={sorted(self._components)}" if self._components else ""
        return f"Schema(tables={sorted(self._tables)}{components})"


def define_schema(
    tables: Mapping[str, Table],
    *,
    schema_validation: bool = True,
    components: Mapping[str, Schema] | None = None,
) -> Schema:
    """
    Return a schema, once it is known to be sound.

    Args:
        tables: Definitions by name.
        schema_validation: Whether documents are checked; indexes work without it.
        components: Schemas of other namespaces by name. They have no components themselves.

    Raises:
        SchemaError: A definition is wrong; the error names table, index and field.
        UnknownTable: A reference names a table that the schema does not have.

    >>> define_schema({"users": define_table({"name": v.string()})})
    Schema(tables=['users'])
    """
    if not isinstance(tables, Mapping):
        raise SchemaError(f"a schema is a mapping from names to tables, not {shown(tables)}")
    for name, table in cast("Mapping[object, object]", tables).items():
        if not isinstance(table, Table):
            raise SchemaError(
                f"table {shown(name)} is {shown(table)}", hint="define it by define_table(...)"
            )
    check_tables(
        {name: table.parts for name, table in tables.items()}, schema_validation=schema_validation
    )
    named_components: Mapping[str, Schema] = {} if components is None else components
    _check_components(named_components)
    return Schema(tables, schema_validation=bool(schema_validation), components=named_components)


def _check_components(components: object) -> None:
    if not isinstance(components, Mapping):
        raise SchemaError(f"components are a mapping from names to schemas: {shown(components)}")
    for name, schema in cast("Mapping[object, object]", components).items():
        problem = check_identifier(name)
        if problem is not None:
            raise SchemaError(f"{problem} (it names a component)")
        if not isinstance(schema, Schema):
            raise SchemaError(f"component {name!r} is {shown(schema)}, which is no schema")
        if schema.components:
            raise SchemaError(
                f"component {name!r} has components itself: {sorted(schema.components)}",
                hint="name all components in the application's schema",
            )


def _callables(table: Table) -> Iterator[NamedCallable]:
    for check in table.rules.checks:
        yield check.predicate
    for index in table.search_indexes:
        if isinstance(index.analyzer, NamedCallable):
            yield index.analyzer
    for validator in walk(table.validator):
        if isinstance(validator.default, NamedCallable):
            yield validator.default
        one_of = getattr(validator.constraints, "one_of", None)
        if isinstance(one_of, NamedCallable):
            yield one_of


def _text(text: object, what: str) -> str:
    if not isinstance(text, str):
        raise SchemaError(f"{what} is {shown(text)}; expected a string")
    return str.__str__(text)


def _path(path: object, what: str) -> str:
    return trimmed(_text(path, what))


def _paths(paths: object, what: str) -> tuple[str, ...]:
    if isinstance(paths, str) or not isinstance(paths, Sequence):
        raise SchemaError(f"{what} is {shown(paths)}; expected a sequence of field paths")
    each_path = cast("Sequence[object]", paths)
    return tuple(_path(path, f"an element of {what}") for path in each_path)
