"""Six rows to ask about, and what tests of queries share."""

from typing import Any

import pytest

from docdb import Database, define_schema, define_table, v
from tests.databases import OpenDatabase

__all__ = ["SCHEMA", "database_of_six_rows", "numbers"]

SCHEMA = define_schema(
    {
        "rows": define_table({"k": v.any(), "n": v.number()})
        .index("by_k", ["k"])
        .index("by_n_k", ["n", "k"])
        .index("later", ["n"], staged=True),
        "empty": define_table({"k": v.any()}).index("by_k", ["k"]),
    }
)


@pytest.fixture(name="db")
def database_of_six_rows(open_database: OpenDatabase) -> Database:
    """Six rows: n = 0 to 5, k = n % 2."""
    db = open_database(SCHEMA)
    db.insert_many("rows", [{"k": n % 2, "n": n} for n in range(6)])
    return db


def numbers(rows: Any) -> list[Any]:
    """Return the n of each row."""
    return [row["n"] for row in rows]
