"""
Load the recorded programs of ``data/`` and say which of them wait for a feature.

A program is a schema and a list of steps, each with its expected outcome (``README.md`` tells the
format). Every JSON number in a program means a float, so whole numbers are read as floats too.
"""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

__all__ = ["AWAITED", "Json", "Program", "Step", "awaited_feature", "load_programs"]

# What a program needs and the engine does not have yet, and why such programs are left out.
AWAITED = {"search": "arrives with full-text search"}

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


def awaited_feature(program: Program) -> str | None:
    """Return the name in ``AWAITED`` of a feature that the program needs, or None."""
    needed = {name for step in _all_steps(program.steps) for name in AWAITED if name in step}
    return min(needed, default=None)


def _all_steps(steps: list[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _all_steps(step.get("steps", []))
