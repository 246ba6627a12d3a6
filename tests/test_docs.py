"""
The written pages: their examples run, and their links lead somewhere.
"""

import re
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

from tests.tidy.source import ROOT

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "tests/**/*.md", "benchmarks/**/*.md")
    for path in ROOT.glob(pattern)
)
MANUAL = [name for name in PAGES if name.startswith("docs/") or "/" not in name]

FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
OUTSIDE = re.compile(r"[a-z]+:|#")


@pytest.mark.parametrize("name", MANUAL)
def test_every_example_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The Python blocks of a page run from top to bottom, as one program in an empty folder."""
    manual = Sybil([PythonCodeBlockParser(), SkipParser()])
    monkeypatch.chdir(tmp_path)

    for example in manual.parse(ROOT / name).examples():
        example.evaluate()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_to_a_file(name: str):
    """A link inside the project names a file that exists."""
    prose = FENCE.sub("", (ROOT / name).read_text(encoding="utf-8"))
    targets = [link for link in LINK.findall(prose) if not OUTSIDE.match(link)]

    missing = [
        link for link in targets if not (ROOT / name).parent.joinpath(link.split("#")[0]).exists()
    ]

    assert missing == []
