"""
What occurs in sample data, measured against the validators that it was written for.

A survey walks documents and validators side by side and notes, for each path, which *cases* came
up: a field present or absent, a member of a union, an id and the table it belongs to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Survey", "fingerprint"]

_KINDS = {"string": str, "boolean": bool, "number": (int, float), "null": type(None)}


class Survey:
    """Cases that validators allow, cases that documents showed, and the ids found."""

    def __init__(self) -> None:
        self.allowed: set[str] = set()
        self.seen: set[str] = set()
        self.ids: dict[str, set[str]] = {}

    @property
    def missing(self) -> list[str]:
        """Cases that no document showed."""
        return sorted(self.allowed - self.seen)

    def add(self, table: Mapping[str, Any], documents: list[dict[str, Any]]) -> None:
        """Survey the documents of a table, given as Convex's JSON form describes it."""
        validator = table["documentType"]
        self._allow(validator, table["tableName"])
        for document in documents:
            self._note(validator, document, table["tableName"])

    def _allow(self, validator: Mapping[str, Any], path: str) -> None:
        match validator["type"]:
            case "object":
                for name, field in validator["value"].items():
                    self.allowed |= set(_presence(f"{path}.{name}", field))
                    self._allow(field["fieldType"], f"{path}.{name}")
            case "array":
                self._allow(validator["value"], f"{path}[]")
            case "union":
                for member, branch in _members(validator, path):
                    self.allowed.add(branch)
                    self._allow(member, branch)
            case _:
                pass

    def _note(self, validator: Mapping[str, Any], value: Any, path: str) -> None:
        match validator["type"]:
            case "object":
                for name, field in validator["value"].items():
                    where = f"{path}.{name}"
                    self.seen.add(f"{where} {'present' if name in value else 'absent'}")
                    if name in value:
                        self._note(field["fieldType"], value[name], where)
            case "array":
                for item in value:
                    self._note(validator["value"], item, f"{path}[]")
            case "union":
                member, branch = next(
                    each for each in _members(validator, path) if _fits(each[0], value)
                )
                self.seen.add(branch)
                self._note(member, value, branch)
            case "id":
                self.ids.setdefault(validator["tableName"], set()).add(value)
            case _:
                pass


def _presence(path: str, field: Mapping[str, Any]) -> Iterator[str]:
    yield f"{path} present"
    if field["optional"]:
        yield f"{path} absent"


def _members(validator: Mapping[str, Any], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    for place, member in enumerate(validator["value"]):
        yield member, f"{path}|{member.get('value') if member['type'] == 'literal' else place}"


def _fits(validator: Mapping[str, Any], value: Any) -> bool:
    """Tell whether a value belongs to a member of a union; objects differ by a literal field."""
    match validator["type"]:
        case "literal":
            return value == validator["value"]
        case "object":
            return all(
                value.get(name) == field["fieldType"]["value"]
                for name, field in validator["value"].items()
                if field["fieldType"]["type"] == "literal"
            )
        case kind:
            return isinstance(value, _KINDS[kind])


def fingerprint(documents: list[dict[str, Any]], places: Mapping[str, str]) -> list[Any]:
    """Return documents without what the engine gives them: ids become places, times vanish."""
    return [_placed(document, places) for document in documents]


def _placed(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: _placed(each, places) for name, each in value.items() if name != "_creationTime"
        }
    if isinstance(value, list):
        return [_placed(each, places) for each in value]
    return places.get(value, value) if isinstance(value, str) else value
