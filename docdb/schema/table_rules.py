"""
The parts of a table's definition, as plain records: its indexes and its rules.

Convex has the indexes. The rules are ours: expiry, conditions over several fields, stamps that the
engine keeps, references from plain strings. A table without rules is a plain Convex table.

Rules of this file: records only say what was asked for; whether it makes sense is the affair of
``soundness.py``, and doing it that of the floors above.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from docdb.errors import shown
from docdb.schema.callables import NamedCallable
from docdb.schema.checking import Problem, Reason
from docdb.schema.validators import Validator

__all__ = [
    "Check",
    "Index",
    "Reference",
    "SearchIndex",
    "TableParts",
    "TableRules",
    "VectorIndex",
    "broken_check",
    "index_fields",
    "trimmed",
]


class Index(NamedTuple):
    """
    An index: documents in the order of some fields, then of their creation.

    Attributes:
        name: Its name in the table.
        fields: Field paths, the implicit ``_creationTime`` at the end left out.
        unique: Whether two documents may not have the same key; one in which a field is absent
            or null has none.
        staged: Whether it is built but must not be asked yet.
    """

    name: str
    fields: tuple[str, ...]
    unique: bool = False
    staged: bool = False


class SearchIndex(NamedTuple):
    """A full-text index: the words of one field, and fields whose equality narrows a search."""

    name: str
    search_field: str
    filter_fields: tuple[str, ...] = ()
    staged: bool = False
    analyzer: str | NamedCallable = "convex"


class VectorIndex(NamedTuple):
    """A vector index: arrays of so many numbers in one field."""

    name: str
    vector_field: str
    dimensions: int
    filter_fields: tuple[str, ...] = ()
    staged: bool = False


class Check(NamedTuple):
    """A condition over a whole document: a function that must not return something false."""

    name: str
    predicate: NamedCallable


class Reference(NamedTuple):
    """A field, of whatever kind, that holds the id of a document of a table."""

    field: str
    table: str
    on_delete: str = "none"


class TableRules(NamedTuple):
    """
    What the engine does for a table beyond Convex.

    Attributes:
        ttl_field: The field that says when a document expires, in milliseconds since 1970.
        checks: Conditions over several fields.
        created_at_field: The field that is stamped on insert.
        updated_at_field: The field that is stamped on every write.
        references: References that no ``v.id`` says.
    """

    ttl_field: str | None = None
    checks: tuple[Check, ...] = ()
    created_at_field: str | None = None
    updated_at_field: str | None = None
    references: tuple[Reference, ...] = ()


class TableParts(NamedTuple):
    """All of a table's definition but its name."""

    validator: Validator
    indexes: tuple[Index, ...] = ()
    search_indexes: tuple[SearchIndex, ...] = ()
    vector_indexes: tuple[VectorIndex, ...] = ()
    rules: TableRules = TableRules()


def broken_check(rules: TableRules, document: Mapping[str, object]) -> Problem | None:
    """
    Return the problem of the first condition that a document, otherwise valid, does not meet.

    Raises:
        SchemaError: A condition's function is not known, or failed.
    """
    for name, predicate in rules.checks:
        if not predicate(document):
            expected = f"a document that meets the rule {name!r}"
            hint = f"the rule is the function {predicate.name}"
            return Problem("", expected, shown(document), Reason.RULE, hint)
    return None


def index_fields(fields: Iterable[str]) -> tuple[str, ...]:
    """
    Return field paths as an index keeps them: without the ``_creationTime`` that it ends with.

    >>> index_fields(["chatId", "_creationTime"])
    ('chatId',)
    """
    paths = tuple(trimmed(field) for field in fields)
    return paths[:-1] if paths[-1:] == ("_creationTime",) else paths


def trimmed(path: str) -> str:
    """Return a field path without dots at its ends, which mean nothing."""
    return path.strip(".")
