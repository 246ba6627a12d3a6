"""The guide: its examples are tests, and pass."""

import re

import pytest

from tests.testing.conftest import RunTests
from tests.tidy.source import ROOT

pytest_plugins = ["pytester"]

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_guide_pass(run_tests: RunTests, monkeypatch: pytest.MonkeyPatch):
    """Put together, the page's examples are a test file that passes without a warning."""
    # Hypothesis has no deadlines there: a busy machine is no failure.
    monkeypatch.setenv("CI", "true")
    page = (ROOT / "docs/guide/testing.md").read_text(encoding="utf-8")
    tests = "\n\n".join(BLOCK.findall(page))

    done = run_tests(tests)

    done.assert_outcomes(passed=tests.count("def test_"))
