"""
Who may import whom.

Imports inside functions, under ``TYPE_CHECKING`` and by ``import_module("…")`` count like any
other: an arrow that is hidden is still an arrow.
"""

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.tidy.layers import Layers, room_of
from tests.tidy.source import Source

__all__ = [
    "DOORS",
    "closed_doors",
    "import_cycles",
    "layer_violations",
    "nondeterministic_imports",
    "third_party_imports",
]

# Each third-party package has one file, or one folder, that may import it.
DOORS: Mapping[str, str] = {
    "lmdb": "docdb/kv/lmdb.py",
    "msgpack": "docdb/encoding/packed.py",
    "sortedcontainers": "docdb/kv/sorted_map.py",
    "click": "docdb/cli/",
    "rich": "docdb/cli/",
    "pytest": "docdb/testing/plugin.py",
    "hypothesis": "docdb/testing/",
}

_NONDETERMINISTIC = frozenset({"time", "random", "uuid", "secrets"})
_RUNTIME = "docdb/runtime.py"


class Import(NamedTuple):
    """One imported dotted name, and the line it stands in."""

    target: str
    line: int


def layer_violations(sources: Sequence[Source], layers: Layers) -> list[str]:
    """A module imports its own package and lower floors only; siblings never meet."""
    modules = {source.module for source in sources}
    return [
        source.problem(each.line, what)
        for source in _engine(sources)
        if not _is_facade(source)
        for each in _imports(source)
        if (what := _layer_problem(source.module, _module_of(each.target, modules), layers))
    ]


def _layer_problem(importer: str, target: str, layers: Layers) -> str:
    if not _is_ours(target):
        return ""
    if target == "docdb":
        return "imports the facade; import the module that defines the name"
    here, there = room_of(importer), room_of(target)
    if here == there or here not in layers.floors or there not in layers.floors:
        return ""
    if layers.floors[there] < layers.floors[here]:
        return ""
    kind = "a sibling" if layers.floors[there] == layers.floors[here] else "a higher floor"
    return f"docdb.{here} imports {target}, {kind}"


def import_cycles(sources: Sequence[Source]) -> list[str]:
    """No module reaches itself by following imports."""
    ours = [source for source in _engine(sources) if not _is_facade(source)]
    modules = {source.module for source in sources}
    arrows = {
        source.module: {_module_of(each.target, modules) for each in _imports(source)}
        for source in ours
    }
    # Peel off modules that import nothing left over; what cannot be peeled lies on a cycle or
    # leads to one.
    while leaves := [name for name, targets in arrows.items() if not targets & arrows.keys()]:
        for name in leaves:
            del arrows[name]
    return [f"import cycle: {_some_cycle(arrows)}"] if arrows else []


def _some_cycle(arrows: Mapping[str, set[str]]) -> str:
    trail = [min(arrows)]
    while trail.count(trail[-1]) == 1:
        trail.append(min(arrows[trail[-1]] & arrows.keys()))
    return " → ".join(trail[trail.index(trail[-1]) :])


def third_party_imports(sources: Sequence[Source]) -> list[str]:
    """Foreign code enters docdb through the door named for it, and nothing else enters."""
    return [
        source.problem(each.line, f"imports {each.target} outside {door or 'any door'}")
        for source in _engine(sources)
        for each in _imports(source)
        if not _is_ours(each.target) and not _is_standard(each.target)
        if not (door := DOORS.get(each.target.partition(".")[0], ""))
        or not _is_in(source.path, door)
    ]


def closed_doors(sources: Sequence[Source]) -> list[str]:
    """Every door named here leads somewhere: its file imports its package."""
    used = {
        (package, door)
        for source in sources
        for each in _imports(source)
        if (package := each.target.partition(".")[0]) in DOORS
        if _is_in(source.path, door := DOORS[package])
    }
    return [
        f"{door}: the door of {package}, which it does not import"
        for package, door in DOORS.items()
        if (package, door) not in used
    ]


def nondeterministic_imports(sources: Sequence[Source]) -> list[str]:
    """The clock and the dice are imported in one file."""
    return [
        source.problem(each.line, f"imports {each.target}; only {_RUNTIME} may")
        for source in _engine(sources)
        if source.path != _RUNTIME
        for each in _imports(source)
        if each.target.partition(".")[0] in _NONDETERMINISTIC
    ]


def _engine(sources: Sequence[Source]) -> Iterator[Source]:
    return (source for source in sources if source.path.startswith("docdb/"))


def _is_facade(source: Source) -> bool:
    return source.path == "docdb/__init__.py"


def _is_ours(target: str) -> bool:
    return target.partition(".")[0] == "docdb"


def _is_standard(target: str) -> bool:
    return target.partition(".")[0] in sys.stdlib_module_names


def _is_in(path: str, door: str) -> bool:
    return path.startswith(door) if door.endswith("/") else path == door


def _module_of(target: str, modules: set[str]) -> str:
    # `from docdb.values import kinds` may name a module or something inside one.
    return target if target in modules else target.rpartition(".")[0] or target


def _imports(source: Source) -> Iterator[Import]:
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            yield from (Import(f"{package}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and _is_dynamic_import(node):
            yield from (Import(name, node.lineno) for name in _constant_text(node))


def _is_dynamic_import(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    name = call.func.id if isinstance(call.func, ast.Name) else name
    return name in {"import_module", "__import__"}


def _constant_text(call: ast.Call) -> Iterator[str]:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value
