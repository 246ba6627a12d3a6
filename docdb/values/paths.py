"""
Field paths: how one names a field inside a document.

A path such as ``metadata.tokens.total`` goes through objects only. A field that is missing, or a
step into anything that is no object (arrays included), leads to ``UNSET``, which sorts before
every value; that is how Convex indexes and evaluates them.

Rules of this file:

- ``parse_path`` is the only reader of paths, and a parsed path is a tuple of names. Programs name
  the same paths again and again, so it remembers the latest.
- ``join`` writes the paths of errors, which name elements of arrays as well: ``parts[2].text``.

Source: convex-backend crates/common/src/paths.rs and document.rs.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

from docdb.errors import InvalidArgument, shown
from docdb.values.kinds import UNSET, Unset, Value
from docdb.values.names import check_identifier, join

__all__ = ["join", "parse_path", "read_path"]

_HINT = "a field path is identifiers joined by dots, such as 'metadata.tokens'"


def parse_path(text: str) -> tuple[str, ...]:
    """
    Return the names that a field path consists of; dots at either end do not count.

    Raises:
        InvalidArgument: The path is empty, or a part of it is no identifier.

    >>> parse_path("metadata.tokens"), parse_path(".role.")
    (('metadata', 'tokens'), ('role',))
    """
    if not isinstance(text, str):
        raise InvalidArgument(f"a field path is a string, not {shown(text)}", hint=_HINT)
    return _parsed(text if type(text) is str else str.__str__(text))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[str, ...]:
    trimmed = text.strip(".")
    if not trimmed:
        raise InvalidArgument(f"the field path {shown(text)} is empty", hint=_HINT)
    parts = tuple(trimmed.split("."))
    for part in parts:
        problem = check_identifier(part)
        if problem is not None:
            raise InvalidArgument(f"{problem} in the field path {shown(text)}", hint=_HINT)
    return parts


def read_path(document: Mapping[str, Value], parts: Sequence[str]) -> Value | Unset:
    """
    Return what lies at a path of a document in plain form, ``UNSET`` where nothing does.

    >>> read_path({"a": {"b": 1}}, ("a", "b")), read_path({"a": [1]}, ("a", "b"))
    (1, UNSET)
    """
    value = cast("Value | Unset", document)
    for part in parts:
        if not isinstance(value, dict):
            return UNSET
        value = value.get(part, UNSET)
    return value
