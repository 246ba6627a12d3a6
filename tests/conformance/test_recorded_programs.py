"""Every recorded program, on every store, as one test each."""

from collections.abc import Callable

import pytest

from tests.conformance.adapter import Adapter, FileAdapter, MemoryAdapter
from tests.conformance.programs import Program, load_programs
from tests.conformance.replay import replay

STORES = [pytest.param(MemoryAdapter, id="memory"), pytest.param(FileAdapter, id="file")]
PROGRAMS = [pytest.param(program, id=program.id) for program in load_programs()]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("open_adapter", STORES)
def test_a_recorded_program_has_its_recorded_outcomes(
    program: Program, open_adapter: Callable[[], Adapter]
) -> None:
    """A program that ran on Convex gives the same answers here, and leaves a sound database."""
    with open_adapter() as adapter:
        compared = replay(program, adapter)
        findings = adapter.check()

    assert compared >= len(program.steps)
    assert not findings
