"""A small run of pytest, with the plugin and nothing else."""

from collections.abc import Callable

import pytest

from tests.tidy.source import ROOT

RunTests = Callable[..., pytest.RunResult]


@pytest.fixture
def run_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> RunTests:
    """A function that runs a test file in a process of its own, where warnings are errors."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # Whether docdb is installed here, with its entry point, must make no difference.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(source: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=source)
        plugins = ("-p", "docdb.testing.plugin", "-p", "no:cacheprovider", "-p", "xdist")
        return pytester.runpytest_subprocess(*plugins, "-W", "error", *arguments)

    return run
