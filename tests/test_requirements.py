"""
The page of requirements: complete, and resting on tests that exist and are run.

``tests/requirements_ran.py`` holds the reading of the page and the plugin that watches a run; the
plugin is tried here on runs of its own, in folders of its own.
"""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.requirements_ran import Requirement, read_requirements
from tests.tidy.source import ROOT

pytest_plugins = ["pytester"]

REQUIREMENTS = read_requirements((ROOT / "docs" / "requirements.md").read_text("utf-8"))
TESTS = sorted({test for each in REQUIREMENTS for test in each.tests})
MARKS_THAT_KEEP_A_TEST_OUT = {"skip", "skipif", "xfail", "slow"}

CONFTEST = """
from pathlib import Path

from tests.requirements_ran import watch

def pytest_configure(config):
    watch(config, Path(__file__).parent / "page.md")
"""
SUITE = """
import pytest

def test_one():
    pass

class TestAll:
    @pytest.mark.parametrize("n", [1, 2])
    def test_two(self, n):
        pass

@pytest.mark.parametrize("n", [1, 2])
def test_half(n):
    if n == 2:
        pytest.skip()

@pytest.mark.slow
def test_slow():
    pass
"""
Run = Callable[..., pytest.RunResult]


class TestPage:
    """The page lists every requirement, and says of each how it stands."""

    def test_every_requirement_stands_there_once_and_in_order(self):
        """128 of them."""
        assert [each.id for each in REQUIREMENTS] == [f"R{n}" for n in range(1, 129)]

    def test_every_requirement_is_a_sentence_and_has_a_level(self):
        """A must, a should, or something for the future."""
        assert {each.level for each in REQUIREMENTS} == {"must", "should", "future"}
        assert [each.id for each in REQUIREMENTS if not each.text.endswith(".")] == []

    def test_what_is_met_names_a_test(self):
        """Nobody has to believe it."""
        assert [each.id for each in REQUIREMENTS if each.state == "yes" and not each.tests] == []

    def test_what_is_not_met_says_what_it_waits_for(self):
        """Every state is yes, or names later work."""
        waiting = [each for each in REQUIREMENTS if each.state != "yes"]

        assert [each.id for each in waiting if not each.state.startswith("waits for ")] == []

    @pytest.mark.parametrize("test", TESTS)
    def test_every_named_test_is_one_that_a_quick_run_runs(self, test: str):
        """It exists, and no mark keeps it out."""
        path, *names = test.split("::")

        marks = marks_of(ROOT / path, tuple(names))

        assert marks is not None
        assert marks & MARKS_THAT_KEEP_A_TEST_OUT == set()

    def test_a_row_is_read_cell_by_cell(self):
        """Several tests stand in one cell."""
        page = "| id |\n|---|\n| R7 | must | It is. | yes | `a.py::test_x`, `b.py::T::test_y` |\n"

        assert read_requirements(page) == [
            Requirement("R7", "must", "It is.", "yes", ("a.py::test_x", "b.py::T::test_y"))
        ]


class TestRuns:
    """A whole run that does not show what the page says is a failed run."""

    @pytest.fixture
    def run(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
        """A function that runs a small suite whose page names some tests."""
        # Workers of pytest-xdist are processes of their own.
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        pytester.makepyprojecttoml(
            '[tool.pytest.ini_options]\ntestpaths = ["suite"]\n'
            'addopts = ["-m", "not slow"]\nmarkers = ["slow"]\n'
        )
        folder = pytester.mkdir("suite")
        (folder / "conftest.py").write_text(CONFTEST)
        (folder / "test_it.py").write_text(SUITE)

        def run(named: str, *arguments: str) -> pytest.RunResult:
            row = f"| R1 | must | It is. | yes | `suite/test_it.py::{named}` |\n"
            waiting = "| R2 | must | It is. | waits for more | `suite/test_it.py::test_no` |\n"
            (folder / "page.md").write_text(row + waiting)
            return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)

        return run

    @pytest.mark.parametrize("named", ["test_one", "TestAll::test_two"])
    def test_a_run_that_shows_everything_passes(self, run: Run, named: str):
        """By a test without parameters, and by all cases of one with them."""
        assert run(named).ret == pytest.ExitCode.OK

    @pytest.mark.parametrize("named", ["test_none", "test_half", "test_slow", "TestAll"])
    def test_a_run_that_lacks_a_named_test_fails(self, run: Run, named: str):
        """It is not there, was skipped for some parameter, was deselected, or is no test."""
        result = run(named)

        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines([f"R1: suite/test_it.py::{named}"])

    @pytest.mark.parametrize(
        ("named", "status"),
        [
            ("TestAll::test_two", pytest.ExitCode.OK),
            ("test_none", pytest.ExitCode.TESTS_FAILED),
        ],
    )
    def test_several_processes_make_no_difference(
        self, run: Run, named: str, status: pytest.ExitCode
    ):
        """Whichever ran a test, it counts."""
        assert run(named, "-n", "2").ret == status

    def test_a_slow_test_counts_where_it_is_run(self, run: Run):
        """A nightly run is a whole one too."""
        assert run("test_slow", "-m", "").ret == pytest.ExitCode.OK

    @pytest.mark.parametrize(
        "arguments",
        [
            ["suite/test_it.py"],
            ["-k", "one"],
            ["-m", "not slow and not fast"],
            ["--collect-only"],
            ["--deselect", "suite/test_it.py::test_one"],
            ["--ignore", "suite/nothing.py"],
        ],
    )
    def test_a_run_of_some_tests_is_left_alone(self, run: Run, arguments: list[str]):
        """By path, by word, by mark, by omission, or only to see what there is."""
        assert run("test_none", *arguments).ret == pytest.ExitCode.OK


@cache
def functions_of(path: Path) -> dict[tuple[str, ...], set[str]]:
    """The functions of a file and the methods of its classes, with the marks on each."""
    return dict(_functions(ast.parse(path.read_text("utf-8")).body, (), set()))


def marks_of(path: Path, names: tuple[str, ...]) -> set[str] | None:
    """The marks of a test, or None where there is no such test."""
    return functions_of(path).get(names) if path.is_file() else None


def _functions(
    body: list[ast.stmt], names: tuple[str, ...], marks: set[str]
) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            own = marks | {
                each.attr
                for decorator in node.decorator_list
                for each in ast.walk(decorator)
                if isinstance(each, ast.Attribute)
            }
            if isinstance(node, ast.ClassDef):
                yield from _functions(node.body, (*names, node.name), own)
            else:
                yield (*names, node.name), own
