"""
What every test shares: how hard Hypothesis tries, and that requirements are shown.

``HYPOTHESIS_PROFILE`` chooses: ``dev`` (the default) is quick, ``ci`` tries the same examples on
every run so that a red gate is always the change's own doing, ``nightly`` looks for news.
No profile has a deadline, since a busy machine is no failure.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.requirements_ran import watch
from tests.tidy.source import ROOT

_SLOW_IS_FINE = [HealthCheck.too_slow]

settings.register_profile(
    "dev", deadline=None, max_examples=50, suppress_health_check=_SLOW_IS_FINE
)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.register_profile(
    "nightly",
    deadline=None,
    max_examples=2_000,
    print_blob=True,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_configure(config: pytest.Config) -> None:
    """A whole run shows what ``docs/requirements.md`` says that tests show."""
    watch(config, ROOT / "docs" / "requirements.md")
