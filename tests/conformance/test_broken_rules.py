"""The recorded programs notice an engine that breaks a single rule."""

from collections.abc import Iterator

import pytest

from docdb.queries import planner
from tests.conformance.adapter import MemoryAdapter
from tests.conformance.broken_rules import VARIANTS, Break
from tests.conformance.programs import load_programs
from tests.conformance.replay import replay


@pytest.fixture(autouse=True)
def no_filter_outlives_its_test() -> Iterator[None]:
    """Compiled filters are kept from query to query; a broken one must not be."""
    planner._compiled_once.cache_clear()
    yield
    planner._compiled_once.cache_clear()


@pytest.mark.parametrize("broken", [pytest.param(each, id=name) for name, each in VARIANTS.items()])
def test_a_broken_rule_is_noticed(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    """At least one recorded program has another outcome, or leaves an unsound database."""
    broken(monkeypatch)

    assert _is_noticed()


def test_the_whole_engine_is_not_accused() -> None:
    """Without a broken rule the same programs find nothing."""
    assert not _is_noticed()


def _is_noticed() -> bool:
    """Replay every program until one shows a difference."""
    for program in load_programs():
        with MemoryAdapter() as adapter:
            try:
                replay(program, adapter)
                if adapter.check():
                    return True
            except Exception:  # noqa: BLE001 - whatever happens that should not is a notice
                return True
    return False
