"""
The layer table: which floor each package of docdb stands on.

The table is the ```` ```layers ```` block of ``docs/architecture.md``. A name in brackets is a
room that a later release builds; it has its floor already, and no files.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.tidy.source import Page, Source

__all__ = ["Layers", "packages_without_floor", "read_layers", "room_of"]

_BLOCK = re.compile(r"^```layers\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"(\d+)\s+(\S.*)")


class Layers(NamedTuple):
    """The floors by package name, and the names of those not built yet."""

    floors: Mapping[str, int]
    later: frozenset[str]


def read_layers(page: Page) -> Layers:
    """Parse the one layers block of a page."""
    blocks = _BLOCK.findall(page.text)
    assert len(blocks) == 1, f"{page.path} must have one layers block, has {len(blocks)}"
    rows = [_ROW.fullmatch(line.strip()) for line in blocks[0].splitlines() if line.strip()]
    assert all(rows), f"{page.path}: a row of the layers block is not `floor name | name`"
    floors: dict[str, int] = {}
    later: set[str] = set()
    for number, row in enumerate(row for row in rows if row):
        assert int(row[1]) == number, f"{page.path}: floor {row[1]} stands where {number} belongs"
        for cell in row[2].split("|"):
            name = cell.strip().strip("()")
            floors[name] = number
            if cell.strip().startswith("("):
                later.add(name)
    return Layers(floors, frozenset(later))


def room_of(module: str) -> str:
    """Return the package or top-level module of docdb that a dotted name belongs to."""
    return module.split(".")[1] if "." in module else ""


def packages_without_floor(sources: Sequence[Source], layers: Layers) -> list[str]:
    """Every package has a floor; brackets go when its first file comes, and not before."""
    rooms = {room_of(source.module) for source in sources if source.path.startswith("docdb/")}
    rooms.discard("")
    return [
        *(f"docdb/{room}: not in the layer table" for room in sorted(rooms - set(layers.floors))),
        *(f"docdb/{room}: in brackets, but built" for room in sorted(rooms & layers.later)),
        *(
            f"docdb/{room}: in the layer table, but neither built nor in brackets"
            for room in sorted(set(layers.floors) - layers.later - rooms)
        ),
    ]
