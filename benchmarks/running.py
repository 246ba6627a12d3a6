"""
A whole run: which parts there are, in which order, and what is said about it.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from time import perf_counter
from typing import NamedTuple

from benchmarks.applications import measure_applications
from benchmarks.documents import Effort, Progress, measure_documents
from benchmarks.engines.registry import ENGINES, SEARCHERS, available_engines, available_searchers
from benchmarks.large_tables import measure_large_tables
from benchmarks.machine import commit, machine
from benchmarks.measurement import Measurement, Run
from benchmarks.processes import measure_beside, measure_processes
from benchmarks.scaling import measure_scaling, measure_tables
from benchmarks.searching import measure_search

__all__ = ["FORMS", "Plan", "run_benchmarks"]


class Plan(NamedTuple):
    """
    What to run.

    Attributes:
        form: What the run is called.
        effort: Rows, repeats and time for the comparisons.
        beside_seconds: How long a reader and a writer run side by side.
        application_rows: How many rows each application gets.
        scaling_upto: The largest size of the file that grows.
        only: Patterns of the names or groups to run; none for all.
        engines: The systems; none for all.
    """

    form: str
    effort: Effort
    beside_seconds: float
    application_rows: int
    scaling_upto: int
    only: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()

    def wants(self, group: str) -> Callable[[str], bool]:
        """Return what tells whether a workload of a group is wanted."""
        return lambda name: (
            not self.only
            or any(fnmatch(each, pattern) for each in (group, name) for pattern in self.only)
        )


FORMS = {
    "short": Plan("short", Effort(20_000, 40, 0.5), 0.3, 10_000, 100_000),
    "full": Plan("full", Effort(100_000, 200, 6.0), 2.0, 100_000, 10_000_000),
}


def run_benchmarks(plan: Plan, *, progress: Progress, show: Callable[[Measurement], object]) -> Run:
    """Run what is planned; each measurement is shown as soon as it is made."""
    began = perf_counter()
    engines = available_engines([each for each in plan.engines or ENGINES if each in ENGINES])
    searchers = available_searchers(
        [each for each in plan.engines or SEARCHERS if each in SEARCHERS]
    )
    run = Run(plan.form, machine(), commit(), "")
    run.missing += [*engines.missing, *searchers.missing]
    run.systems |= {name: make().traits.about for name, make in engines.makers.items()}
    run.systems |= {
        name: make().about for name, make in searchers.makers.items() if name not in engines.makers
    }
    effort = plan.effort
    parts: tuple[Iterator[Measurement], ...] = (
        measure_documents(
            engines.makers, effort, wanted=plan.wants("documents"), progress=progress
        ),
        measure_search(searchers.makers, effort, wanted=plan.wants("search"), progress=progress),
        measure_processes(
            engines.makers, effort, wanted=plan.wants("processes"), progress=progress
        ),
        measure_beside(
            engines.makers,
            effort._replace(rows=min(effort.rows, 20_000), seconds=plan.beside_seconds),
            wanted=plan.wants("beside"),
            progress=progress,
        ),
        _alone(plan, progress),
    )
    for part in parts:
        for each in part:
            run.measurements.append(each)
            show(each)
    run.seconds = round(perf_counter() - began, 1)
    run.date = datetime.now(UTC).isoformat(timespec="minutes")
    return run


def _alone(plan: Plan, progress: Progress) -> Iterator[Measurement]:
    """Measure docdb by itself: sizes, tables, applications."""
    if plan.engines and "docdb" not in plan.engines:
        return
    repeats = plan.effort.repeats
    if plan.wants("scaling")("scaling"):
        yield from measure_scaling(upto=plan.scaling_upto, repeats=repeats, progress=progress)
        yield from measure_tables(repeats=repeats, progress=progress)
    if plan.wants("applications")("applications"):
        rows = plan.application_rows
        yield from measure_large_tables(rows=rows, repeats=repeats, progress=progress)
        yield from measure_applications(rows=rows, repeats=min(repeats, 50), progress=progress)
