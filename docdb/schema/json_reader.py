"""
Reading JSON objects strictly: every key is asked for by name and type, and none may be left.

Rules of this file: whatever is wrong is a ``SchemaError`` that says where, as a path into the JSON
such as ``tables[0].documentType.value``.
"""

from typing import cast

from docdb.errors import SchemaError, shown

__all__ = ["JsonObject"]


class JsonObject:
    """
    A JSON object while its keys are taken out one by one.

    Attributes:
        where: What errors call it.
    """

    def __init__(self, json: object, where: str) -> None:
        if not isinstance(json, dict):
            raise SchemaError(f"{where} is {shown(json)}; expected a JSON object")
        self.where = where
        self._left = dict(cast("dict[str, object]", json))

    def raw(self, key: str) -> object:
        """Return whatever is under a key that must be there."""
        self.require(key)
        return self._left.pop(key)

    def has(self, key: str) -> bool:
        """Return whether a key is there and was not taken yet."""
        return key in self._left

    def require(self, key: str) -> None:
        """Refuse the object if it lacks a key."""
        if key not in self._left:
            raise SchemaError(f"{self.where} has no {key!r}")

    def text(self, key: str) -> str:
        """Return a string."""
        value = self.raw(key)
        if not isinstance(value, str):
            raise self._refusal(key, value, "a string")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return a string, or None where the key is missing."""
        return self.text(key) if self.has(key) else None

    def flag(self, key: str) -> bool:
        """Return true or false; a missing key is false."""
        value = self._left.pop(key, False)
        if not isinstance(value, bool):
            raise self._refusal(key, value, "true or false")
        return value

    def integer(self, key: str) -> int:
        """Return a number without a fraction; some printers of JSON write them all with one."""
        value = self.raw(key)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._refusal(key, value, "an integer")
        return value

    def elements(self, key: str) -> list[tuple[object, str]]:
        """Return the elements of a list, and what errors call each; a missing list is empty."""
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            raise self._refusal(key, value, "a list")
        elements = cast("list[object]", value)
        return [(each, f"{self.where}.{key}[{n}]") for n, each in enumerate(elements)]

    def objects(self, key: str) -> "list[JsonObject]":
        """Return the objects in a list; a missing list is empty."""
        return [JsonObject(json, where) for json, where in self.elements(key)]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the strings in a list; a missing list is empty."""
        texts: list[str] = []
        for text, where in self.elements(key):
            if not isinstance(text, str):
                raise SchemaError(f"{where} is {shown(text)}; expected a string")
            texts.append(text)
        return tuple(texts)

    def below(self, key: str) -> "JsonObject":
        """Return an object."""
        return JsonObject(self.raw(key), f"{self.where}.{key}")

    def names(self) -> tuple[str, ...]:
        """Return the keys that were not taken yet."""
        return tuple(self._left)

    def end(self) -> None:
        """Refuse what nobody took."""
        if self._left:
            raise SchemaError(
                f"{self.where} has the unknown key {min(self._left, key=str)!r}",
                hint="a newer version may have written it",
            )

    def _refusal(self, key: str, value: object, expected: str) -> SchemaError:
        return SchemaError(f"{self.where}.{key} is {shown(value)}; expected {expected}")
