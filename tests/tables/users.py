"""A validated table, and small things that tests of documents share."""

from typing import Any

from docdb import define_schema, define_table, v

__all__ = ["SCHEMA", "Name", "fields", "nested"]

SCHEMA = define_schema(
    {
        "users": define_table(
            {
                "name": v.string(),
                "age": v.optional(v.number()),
                "tags": v.optional(v.array(v.string())),
                "more": v.optional(v.any()),
            }
        )
        .index("by_name", ["name"])
        .index("by_age_name", ["age", "name"]),
    }
)


class Name(str):
    """A string that is called otherwise."""

    __slots__ = ()


def nested(levels: int) -> Any:
    """Return arrays in arrays, so many levels of them."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def fields(document: Any) -> dict[str, Any]:
    """Return a document without its system fields."""
    return {name: value for name, value in document.items() if name[:1] != "_"}
