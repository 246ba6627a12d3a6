"""A table of numbered rows, for tests in which it does not matter what rows say."""

from collections.abc import Iterable, Mapping
from typing import Any

from docdb import define_schema, define_table, v

__all__ = ["SCHEMA", "numbers"]

SCHEMA = define_schema(
    {"t": define_table({"n": v.number(), "text": v.optional(v.string())}).index("by_n", ["n"])}
)


def numbers(rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Return the n of each row."""
    return [row["n"] for row in rows]
