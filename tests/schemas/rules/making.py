"""
Documents to try a rule with: complete ones, and the same with one thing changed.

A ``Maker`` writes into one namespace of a database. A complete document has every optional field,
an array one item of each kind, an id the document that it names. No two strings are alike, so
that no unique key is taken by accident.
"""

import copy
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple, Protocol

from docdb import UNSET, DocdbError
from tests.schemas.rules.forms import (
    Array,
    Form,
    Id,
    Literal,
    Object,
    Plain,
    Type,
    Union,
    shown_path,
)

__all__ = ["VERBS", "Maker", "Path", "Refused", "Writer", "changed", "place_of", "value_at"]

# The three ways in which a document comes to be what it is.
VERBS = ("insert", "patch", "replace")

Path = tuple[str | int, ...]


class Writer(Protocol):
    """What a maker needs of a database, or of a component in a transaction."""

    def insert(self, table: str, document: Mapping[str, object], /) -> str:
        """Insert a document."""
        ...

    def patch(self, id: str, changes: Mapping[str, object], /) -> None:
        """Change fields of a document."""
        ...

    def replace(self, id: str, document: Mapping[str, object], /) -> None:
        """Change all of a document."""
        ...

    def delete(self, id: str, /) -> None:
        """Delete a document."""
        ...

    def get(self, id: str, /) -> dict[str, Any] | None:
        """Return a document."""
        ...


class Storage(Protocol):
    """What a maker needs of a place for files."""

    def store(self, data: bytes, /) -> str:
        """Keep bytes."""
        ...

    def delete(self, id: str, /) -> None:
        """Delete a file."""
        ...


class Refused(NamedTuple):
    """An error that a change met: its class, and the table and the path that it names."""

    code: str
    table: str
    path: str


class Maker:
    """
    Makes and writes documents of the tables of one form.

    Args:
        writer: Where they are written.
        form: The tables.
        samples: Types to make values of at paths such as ``otp_tokens.token``, where the type of
            the form says less than the application's rules.
        storage: Where files are stored.
    """

    def __init__(
        self,
        writer: Writer,
        form: Form,
        samples: Mapping[str, Type],
        storage: Storage,
    ) -> None:
        self.writer = writer
        self._form = form
        self._samples = samples
        self._storage = storage
        self._numbers = count(1)

    def complete(self, table: str, **fields: Any) -> dict[str, Any]:
        """Make a document with all its fields; ``UNSET`` leaves one out."""
        return self._document(table, fields, is_bare=False)

    def bare(self, table: str, **fields: Any) -> dict[str, Any]:
        """Make a document with its required fields alone, and those given."""
        return self._document(table, fields, is_bare=True)

    def insert(self, table: str, **fields: Any) -> str:
        """Write a bare document, and return its id."""
        return self.writer.insert(table, self.bare(table, **fields))

    def stored(self, id: str) -> dict[str, Any]:
        """Return a stored document without what the engine gave it."""
        found = self.writer.get(id)
        assert found is not None
        return {name: value for name, value in found.items() if not name.startswith("_")}

    def gone(self, table: str) -> str:
        """Return the id of a document that is not there any more."""
        id = self._id(table)
        self.delete(id, table)
        return id

    def delete(self, id: str, table: str) -> None:
        """Delete a document, or a stored file."""
        if table == "_storage":
            self._storage.delete(id)
        else:
            self.writer.delete(id)

    def refused_at(self, place: str, values: Iterable[object]) -> list[str]:
        """Try values at a place such as ``meals.time`` by each verb: who was refused, and where."""
        table, path = place_of(place)
        errors = self.refused(table, [(path, value) for value in values])
        return [f"{each.table}.{each.path}" for each in errors]

    def write(self, verb: str, table: str, path: Path, value: object, **fields: Any) -> str:
        """Bring about a complete document with ``value`` at ``path``, and return its id."""
        document = self.complete(table, **fields)
        wanted = changed(document, path, value)
        if verb == "insert":
            return self.writer.insert(table, wanted)
        id = self.writer.insert(table, document)
        if verb == "replace":
            self.writer.replace(id, wanted)
        else:
            name = str(path[0])
            self.writer.patch(id, {name: wanted.get(name, UNSET)})
        return id

    def refused(
        self,
        table: str,
        changes: Iterable[tuple[Path, object]],
        *,
        verbs: Iterable[str] = VERBS,
    ) -> list[Refused]:
        """Try changes one by one by each verb, and return the errors of those refused."""
        tried = list(changes)
        return [
            error
            for verb in verbs
            for path, value in tried
            if (error := self._refusal(verb, table, path, value)) is not None
        ]

    def _refusal(self, verb: str, table: str, path: Path, value: object) -> Refused | None:
        try:
            self.write(verb, table, path, value)
        except DocdbError as error:
            facts = vars(error)
            return Refused(error.code, facts.get("table", ""), facts.get("path", ""))
        return None

    def _document(self, table: str, given: Mapping[str, Any], *, is_bare: bool) -> dict[str, Any]:
        # What is given is not made: the documents that it would refer to stay unwritten.
        fields = self._form[table].fields
        others = Object({name: field for name, field in fields.items() if name not in given})
        made = {**self._object(others, table, is_bare=is_bare), **given}
        return {name: made[name] for name in fields if made.get(name, UNSET) is not UNSET}

    def _object(self, form: Object, path: str, *, is_bare: bool) -> dict[str, Any]:
        return {
            name: self._value(field.type, f"{path}.{name}", is_bare=is_bare)
            for name, field in form.fields.items()
            if not (is_bare and field.is_optional)
        }

    def _value(self, form: Type, path: str, *, is_bare: bool) -> Any:
        match self._samples.get(path, form):
            case Plain(kind):
                return self._plain(kind)
            case Id(table):
                return self._id(table)
            case Literal(value):
                return value
            case Array(Union(members)) if not is_bare:
                return [self._value(each, f"{path}[]", is_bare=False) for each in members]
            case Array(item):
                return [] if is_bare else [self._value(item, f"{path}[]", is_bare=False)]
            case Object() as inner:
                return self._object(inner, path, is_bare=is_bare)
            case Union(members):
                return self._value(members[-1], path, is_bare=is_bare)

    def _plain(self, kind: str) -> Any:
        match kind:
            case "string":
                return f"text {next(self._numbers)}"
            case "number":
                return 1
            case "boolean":
                return True
            case "null":
                return None
            case _:
                assert kind == "any"
                return {"whatever": [1, "two", None]}

    def _id(self, table: str) -> str:
        if table != "_storage":
            return self.insert(table)
        return self._storage.store(b"file")


def changed(document: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    """Return a copy of a document with ``value`` at ``path``; ``UNSET`` removes the field."""
    wanted = copy.deepcopy(dict(document))
    holder = value_at(wanted, path[:-1])
    if value is UNSET:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return wanted


def value_at(document: Mapping[str, Any], path: Path) -> Any:
    """Return what a document has at a path."""
    found: Any = document
    for step in path:
        found = found[step]
    return found


def place_of(text: str) -> tuple[str, Path]:
    """Read a table and a path as docdb's errors spell it: ``meals.foods[0].name``."""
    table, *steps = text.replace("[", ".").replace("]", "").split(".")
    path = tuple(int(step) if step.isdecimal() else step for step in steps)
    assert f"{table}.{shown_path(path)}" == text
    return table, path
