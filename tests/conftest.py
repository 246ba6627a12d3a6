"""
What every test shares: how hard Hypothesis tries.

``HYPOTHESIS_PROFILE`` chooses: ``dev`` (the default) is quick, ``ci`` tries the same examples on
every run so that a red gate is always the change's own doing, ``nightly`` looks for news.
No profile has a deadline, since a busy machine is no failure.
"""

import os

from hypothesis import HealthCheck, settings

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
