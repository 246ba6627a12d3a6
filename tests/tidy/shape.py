"""
How long files and functions may be, and what comments may say.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from tests.tidy.source import Page, Source

__all__ = [
    "commented_out_code",
    "long_files",
    "long_functions",
    "undocumented_tests",
    "unfinished_work",
]

FILE_LINES_DEFENDED = 400
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 50

_MARKER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
_DIRECTIVE = re.compile(r"#\s*(?:noqa|pyright:|fmt:|pragma:|type:)|#!")
_CODE = (
    ast.Assert,
    ast.AugAssign,
    ast.Delete,
    ast.FunctionDef,
    ast.Import,
    ast.ImportFrom,
    ast.Raise,
    ast.Return,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def long_files(sources: Sequence[Source]) -> list[str]:
    """From 400 lines on a file defends its length in its docstring; at 600 nothing helps."""
    return [
        source.problem(1, f"{lines} lines: {remedy}")
        for source in sources
        if (lines := source.text.count("\n")) >= FILE_LINES_DEFENDED
        if (remedy := _length_problem(source, lines))
    ]


def _length_problem(source: Source, lines: int) -> str:
    if lines >= FILE_LINES_MAX:
        return "split it"
    defended = re.search(r"\blength\b", source.docstring)
    return "" if defended else "split it, or defend its length in the docstring"


def long_functions(sources: Sequence[Source]) -> list[str]:
    """A function has at most 50 lines, its docstring not counted."""
    return [
        source.problem(node.lineno, f"{node.name} has {lines} lines")
        for source in sources
        for node in source.nodes
        if isinstance(node, Function)
        if (lines := _function_lines(node)) > FUNCTION_LINES_MAX
    ]


def _function_lines(node: Function) -> int:
    first = node.body[0]
    docstring = _line_count(first) if ast.get_docstring(node, clean=False) is not None else 0
    return _line_count(node) - docstring


def _line_count(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def unfinished_work(pages: Sequence[Page]) -> list[str]:
    """Open work goes to the issue list, not into files."""
    return [
        page.problem(line, f"marks unfinished work: {text.strip()}")
        for page in pages
        for line, text in _prose(page)
        if _MARKER.search(text)
    ]


def _prose(page: Page) -> Iterator[tuple[int, str]]:
    if not isinstance(page, Source):
        yield from enumerate(page.text.splitlines(), start=1)
        return
    yield from page.comments
    for node in page.nodes:
        if isinstance(node, ast.Module | ast.ClassDef | Function):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


def commented_out_code(sources: Sequence[Source]) -> list[str]:
    """The history keeps what was; a comment is prose."""
    return [
        source.problem(line, f"looks like code: {text}")
        for source in sources
        for line, text in source.comments
        if not _DIRECTIVE.match(text)
        if _is_code(text.lstrip("# "))
    ]


def _is_code(text: str) -> bool:
    try:
        tree = ast.parse(text + " pass" if text.endswith(":") else text)
    except (SyntaxError, ValueError):
        return False
    if len(tree.body) != 1:
        return False
    statement = tree.body[0]
    if isinstance(statement, ast.Assign):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Await | ast.Yield)
    return isinstance(statement, (*_CODE, ast.If, ast.For, ast.While, ast.With))


def undocumented_tests(sources: Sequence[Source]) -> list[str]:
    """Every test says its claim in a sentence that a user would understand."""
    return [
        source.problem(node.lineno, f"{node.name} has no docstring")
        for source in sources
        if source.path.startswith("tests/")
        for node in source.nodes
        if isinstance(node, Function) and node.name.startswith("test_")
        if not ast.get_docstring(node)
    ]
