"""
A schema in a few lines of text, to be compared with a transcript of the application's document.

One line for each field, ``?`` after the name of an optional one, then one for each index::

    name: string
    email?: string
    theme?: "light" | "dark"
    parts?: [{text: string} | {url: string, alt?: string}]
    index by_email: email
    search by_name: name [role, team]

Only Convex's part of a schema is described: constraints and references are tested by deeds.
"""

import json
from collections.abc import Mapping
from typing import Any

from docdb import fixtures

__all__ = ["described", "form_of", "transcript"]

_PLAIN = {"string", "number", "boolean", "null", "any", "bigint", "bytes"}


def form_of(name: str) -> dict[str, Any]:
    """The schema of an application in Convex's JSON form, without a checker's view of JSON."""
    form: Any = fixtures.load(name).schema.to_json()
    return form


def described(schema: Any) -> dict[str, list[str]]:
    """Describe every table of a schema."""
    return {table["tableName"]: _lines(table) for table in schema.to_json()["tables"]}


def transcript(text: str) -> dict[str, list[str]]:
    """Read a transcript: a table's name at the margin, its lines indented below it."""
    tables: dict[str, list[str]] = {}
    table = ""
    for line in text.strip().splitlines():
        if line and not line.startswith(" "):
            table = line
            tables[table] = []
        elif line.strip():
            tables[table].append(line.strip())
    return tables


def _lines(table: Mapping[str, Any]) -> list[str]:
    fields = [_field(*each) for each in table["documentType"]["value"].items()]
    indexes = [
        f"index {each['indexDescriptor']}: {', '.join(each['fields'])}" for each in table["indexes"]
    ]
    searches = [
        f"search {each['indexDescriptor']}: {each['searchField']} "
        f"[{', '.join(each['filterFields'])}]"
        for each in table["searchIndexes"]
    ]
    return fields + indexes + searches


def _field(name: str, field: Mapping[str, Any]) -> str:
    return f"{name}{'?' if field['optional'] else ''}: {_type(field['fieldType'])}"


def _type(validator: Mapping[str, Any]) -> str:
    match validator["type"]:
        case "literal":
            return json.dumps(validator["value"])
        case "id":
            return f"id({validator['tableName']})"
        case "array":
            return f"[{_type(validator['value'])}]"
        case "object":
            return "{" + ", ".join(_field(*each) for each in validator["value"].items()) + "}"
        case "union":
            return " | ".join(_type(each) for each in validator["value"])
        case plain:
            assert plain in _PLAIN
            return plain
