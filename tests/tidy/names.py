"""
What modules and classes may be called, and which names a module offers.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from tests.tidy.source import Source

__all__ = [
    "missing_exports",
    "shadowed_exports",
    "vague_names",
    "wordy_packages",
]

_VAGUE = frozenset("common core base util utils helper helpers misc manager impl mixin".split())
# Packages that users import names from, and that therefore hold more than a docstring.
_FACADES = frozenset({"docdb/__init__.py", "docdb/testing/__init__.py"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def vague_names(sources: Sequence[Source]) -> list[str]:
    """A name says what a thing is for; those that say nothing are banned."""
    return [
        source.problem(line, f"{name!r} says nothing: {', '.join(sorted(words))}")
        for source in sources
        for name, line in _names(source)
        if (words := _VAGUE.intersection(word.lower() for word in _WORD.findall(name)))
    ]


def _names(source: Source) -> Iterator[tuple[str, int]]:
    for part in source.path.removesuffix(".py").split("/"):
        yield part, 1
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno


def shadowed_exports(sources: Sequence[Source]) -> list[str]:
    """
    No module of docdb shares its name with a function or class that the facade exports.

    Python keeps both in one attribute of the package, and whichever is loaded last wins.
    """
    rooms = {source.module.split(".")[1] for source in sources if source.module.count(".")}
    facade = next((source for source in sources if source.path == "docdb/__init__.py"), None)
    defined = {name for source in sources for name in _defined(source)}
    return [
        facade.problem(1, f"exports {name}, which is also the name of a module")
        for name in (_exports(facade) or () if facade else ())
        if facade and name in rooms & defined
    ]


def missing_exports(sources: Sequence[Source]) -> list[str]:
    """Every module says in ``__all__`` what it offers."""
    return [
        source.problem(1, "has no __all__")
        for source in sources
        if source.path.startswith(("docdb/", "schemas/"))
        if _exports(source) is None
        if not source.is_package or source.path in _FACADES
        if not source.path.endswith("/__main__.py")
    ]


def wordy_packages(sources: Sequence[Source]) -> list[str]:
    """A package's ``__init__.py`` says what it does not know, and holds nothing else."""
    packages = [
        source for source in sources if source.is_package and source.path.startswith("docdb/")
    ]
    return [
        *(
            each.problem(1, "holds more than a docstring")
            for each in packages
            if each.path not in _FACADES and _is_wordy(each)
        ),
        *(
            each.problem(1, "does not say what the package deliberately does not know")
            for each in packages
            if each.path != "docdb/__init__.py" and "deliberately" not in each.docstring
        ),
    ]


def _is_wordy(source: Source) -> bool:
    return len(source.tree.body) > bool(source.docstring)


def _exports(source: Source) -> Sequence[str] | None:
    for node in source.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else ()
        targets = (node.target,) if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            if isinstance(target, ast.Name) and target.id == "__all__":
                return _texts(node)
    return None


def _texts(node: ast.AST) -> Sequence[str]:
    return [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


def _defined(source: Source) -> Iterator[str]:
    if source.path.startswith("docdb/"):
        for node in source.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield node.name
