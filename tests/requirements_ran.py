"""
Whether the tests that show our requirements were run, and passed.

``docs/requirements.md`` names tests; this module reads the page, and watches a run of pytest. When
the run was a whole one and all is well, every test that a requirement rests on must have passed in
it, with all its cases: a test that was renamed, deselected or skipped would otherwise go on being
named. A run of some tests, by path, by word or by mark, is left alone.

Under pytest-xdist it is the controlling process that watches, since every report reaches it.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

__all__ = ["Ran", "Requirement", "is_whole", "read_requirements", "watch"]

_ROW = re.compile(r"^\| (R\d+) \|(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"`([^`]+)`")
# Options that leave tests out of a run, or end it early.
_NARROWING = ("keyword", "collectonly", "deselect", "ignore", "ignore_glob", "lf", "stepwise")
_QUICK = "not slow"


class Requirement(NamedTuple):
    """
    A row of the page.

    Attributes:
        id: ``R1``.
        level: ``must``, ``should`` or ``future``.
        text: The requirement in a sentence.
        state: ``yes``, or what it waits for.
        tests: The ids of the tests that show it, without their parameters.
    """

    id: str
    level: str
    text: str
    state: str
    tests: tuple[str, ...]


def read_requirements(page: str) -> list[Requirement]:
    """Read the rows of the page, in their order."""
    return [_requirement(id, row.split("|")) for id, row in _ROW.findall(page)]


def _requirement(id: str, cells: Sequence[str]) -> Requirement:
    assert len(cells) == 4, f"{id} has {len(cells) + 1} cells"
    level, text, state, tests = (cell.strip() for cell in cells)
    return Requirement(id, level, text, state, tuple(_TEST.findall(tests)))


class Ran:
    """A plugin of pytest that notes which tests passed and fails a run that leaves out evidence."""

    def __init__(self, requirements: Iterable[Requirement], *, is_whole: bool) -> None:
        self._met = [each for each in requirements if each.state == "yes"]
        self._is_whole = is_whole
        self._passed: set[str] = set()
        self._others: set[str] = set()
        self._missing: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a phase of a test ended."""
        test = report.nodeid.partition("[")[0]
        if report.outcome != "passed":
            self._others.add(test)
        elif report.when == "call":
            self._passed.add(test)

    def missing(self) -> list[str]:
        """Return the tests that were named and did not pass, each with its requirement."""
        return [
            f"{each.id}: {test}"
            for each in self._met
            for test in each.tests
            if test not in self._passed or test in self._others
        ]

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a whole run that went well but for evidence that it lacks."""
        if self._is_whole and exitstatus == pytest.ExitCode.OK:
            self._missing = self.missing()
        if self._missing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which requirements were not shown."""
        if self._missing:
            terminalreporter.section("requirements that this run did not show", red=True)
            terminalreporter.write_line("\n".join(self._missing))


def watch(config: pytest.Config, page: Path) -> None:
    """Register the plugin in the process that sees all reports."""
    if hasattr(config, "workerinput"):
        return
    requirements = read_requirements(page.read_text("utf-8"))
    config.pluginmanager.register(Ran(requirements, is_whole=is_whole(config)))


def is_whole(config: pytest.Config) -> bool:
    """Tell whether a run is of all quick tests, or more: no paths, words, marks or omissions."""
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and config.getoption("markexpr") in ("", _QUICK)
        and not any(config.getoption(option, default=False) for option in _NARROWING)
    )
