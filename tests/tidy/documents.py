"""
What the written pages must keep to, and where they must agree with the code.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from tests.tidy.source import Page, Source

__all__ = [
    "broken_sentences",
    "drawn_tree_differences",
    "foreign_places",
    "limit_table_differences",
    "title_problems",
]

# Spelled in pieces, so that this file may be read by its own rule.
_PLACES = tuple("/".join(parts) for parts in (("", "work", ""), ("", "tmp", "w", "")))
_INDEX_HOSTS = tuple(".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org")))

_BRANCH = re.compile(r"    (?P<indent>[│ ]*)[├└]── (?P<name>\w+)")
_BRANCH_WIDTH = 4
_LIMIT_ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<value>[^|]+?) \|", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!e\.g)(?<!i\.e)(?<!vs)[.!?][)`*_]* +[A-Z`*(]")
# A list item may open with a few words in bold, which are its heading.
_LIST_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.)\s+(?:\*\*[^*]+\*\*)?")


def title_problems(pages: Sequence[Page]) -> list[str]:
    """A Markdown file has one title, on its first line."""
    return [
        page.problem(1, f"has {len(titles)} titles; wants one, on the first line")
        for page in _markdown(pages)
        if (titles := [line for line, text in _prose(page) if text.startswith("# ")]) != [1]
    ]


def broken_sentences(pages: Sequence[Page]) -> list[str]:
    """A Markdown file has one sentence to a line, so that a change of one shows as one."""
    return [
        page.problem(line, "two sentences on one line")
        for page in _markdown(pages)
        for line, text in _prose(page)
        if not text.startswith("|")
        if _SENTENCE_END.search(_LIST_ITEM.sub("", text))
    ]


def foreign_places(pages: Sequence[Page]) -> list[str]:
    """No file names a place that only one machine has, or a host that packages come from."""
    return [
        page.problem(number, f"names {place}")
        for page in pages
        for number, text in enumerate(page.text.splitlines(), start=1)
        for place in (*_PLACES, *_INDEX_HOSTS)
        if place in text
    ]


def drawn_tree_differences(errors: Source) -> list[str]:
    """The tree in the docstring of ``docdb/errors.py`` is the tree of its classes."""
    drawn, defined = set(_drawn_tree(errors.docstring)), set(_class_tree(errors))
    return [
        *(errors.problem(1, f"draws {child} under {parent}") for child, parent in drawn - defined),
        *(errors.problem(1, f"lacks {child} under {parent}") for child, parent in defined - drawn),
    ]


def _drawn_tree(docstring: str) -> Iterator[tuple[str, str]]:
    trail = ["DocdbError"]
    for line in docstring.splitlines():
        if branch := _BRANCH.fullmatch(line):
            depth = len(branch["indent"]) // _BRANCH_WIDTH + 1
            trail = [*trail[:depth], branch["name"]]
            yield branch["name"], trail[depth - 1]


def _class_tree(errors: Source) -> Iterator[tuple[str, str]]:
    for node in errors.tree.body:
        if isinstance(node, ast.ClassDef) and node.name != "DocdbError":
            yield from ((node.name, base.id) for base in node.bases if isinstance(base, ast.Name))


def limit_table_differences(page: Page, limits: Mapping[str, object]) -> list[str]:
    """The page of limits names each limit with its value."""
    written = {row["name"]: _number(row["value"]) for row in _LIMIT_ROW.finditer(page.text)}
    return [
        page.problem(
            1, f"says {name} is {written.get(name, 'nothing')}, code says {limits.get(name)}"
        )
        for name in sorted(written.keys() | limits.keys())
        if written.get(name) != limits.get(name)
    ]


def _number(text: str) -> float | None:
    plain = text.replace(",", "")
    return float(plain) if re.fullmatch(r"[0-9.]+", plain) else None


def _markdown(pages: Sequence[Page]) -> Iterator[Page]:
    return (page for page in pages if page.path.endswith(".md"))


def _prose(page: Page) -> Iterator[tuple[int, str]]:
    in_fence = False
    for number, text in enumerate(page.text.splitlines(), start=1):
        if text.lstrip().startswith("```"):
            in_fence = not in_fence
        elif not in_fence:
            yield number, text
