"""
Load the recorded programs of ``data/`` and say which of them wait for a feature.

A program is a schema and a list of steps, each with its expected outcome (``README.md`` tells the
format). Every JSON number in a program means a float, so whole numbers are read as floats too.
"""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

__all__ = ["Json", "Program", "Step", "load_programs"]

Json: TypeAlias = Any
Step: TypeAlias = dict[str, Any]

_DATA = Path(__file__).parent / "data"


class Program(NamedTuple):
    """One recorded program; it starts on an empty database of its own."""

    id: str
    kind: str
    schema: Json
    steps: list[Step]


@cache
def load_programs() -> tuple[Program, ...]:
    """Return every recorded program, in the order of its kind and id."""
    return tuple(
        Program(**json.loads(line, parse_int=float))
        for path in sorted(_DATA.glob("*.jsonl.gz"))
        for line in gzip.open(path, "rt", encoding="utf-8")
    )
