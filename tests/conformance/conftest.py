"""Deselect the programs that wait for a feature, for the reasons that ``AWAITED`` gives."""

import pytest

from tests.conformance.programs import Program, awaited_feature


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out the replays of programs that need what is not there yet."""
    waiting = [item for item in items if _waits(item)]
    if waiting:
        items[:] = [item for item in items if item not in waiting]
        config.hook.pytest_deselected(items=waiting)


def _waits(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    program = callspec.params.get("program") if callspec else None
    return isinstance(program, Program) and awaited_feature(program) is not None
