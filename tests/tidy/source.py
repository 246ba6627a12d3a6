"""
What the house rules read: files as text and as syntax trees.

A rule is a function from sources to problems. It reads no disk, so its own test can hand it a
snippet. A problem is one line of text that begins with the file and the line, as compilers print.
"""

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

__all__ = ["ROOT", "Page", "Source", "read_pages", "read_sources", "snippet"]

ROOT = Path(__file__).resolve().parents[2]

_CODE_FOLDERS = ("docdb", "schemas", "tests", "benchmarks")
_PAGE_FOLDERS = ("docs", *_CODE_FOLDERS)
_PAGE_SUFFIXES = (".md", ".toml")
_LONE_PAGES = (".ci/run", ".gitignore", "Makefile")


class Page:
    """A text file; ``path`` is relative to the root and always has forward slashes."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def problem(self, line: int, what: str) -> str:
        """Say what is wrong in a line of this file."""
        return f"{self.path}:{line}: {what}"


class Source(Page):
    """A Python file, parsed on first need."""

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node of the tree, walked once for all rules."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def comments(self) -> Sequence[tuple[int, str]]:
        """Every comment with its line."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return tuple(
            (token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT
        )

    @property
    def is_package(self) -> bool:
        """Whether this file is a package's ``__init__.py``."""
        return self.path.endswith("/__init__.py")

    @property
    def module(self) -> str:
        """The dotted name under which this file is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def docstring(self) -> str:
        """The opening docstring, or an empty text."""
        return ast.get_docstring(self.tree) or ""


def read_sources(root: Path = ROOT) -> tuple[Source, ...]:
    """Read every Python file of the project."""
    return tuple(
        Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for folder in _CODE_FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
    )


def read_pages(root: Path = ROOT) -> tuple[Page, ...]:
    """Read every text file of the project that is no Python."""
    return tuple(
        Page(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(_page_paths(root))
    )


def _page_paths(root: Path) -> Iterator[Path]:
    yield from (path for path in root.iterdir() if path.suffix in _PAGE_SUFFIXES)
    for folder in _PAGE_FOLDERS:
        yield from (path for path in (root / folder).rglob("*") if path.suffix in _PAGE_SUFFIXES)
    yield from (root / name for name in _LONE_PAGES if (root / name).exists())


def snippet(text: str, path: str = "docdb/values/example.py") -> Source:
    """Make a source of a few lines, for a rule's own test."""
    return Source(path, text)
