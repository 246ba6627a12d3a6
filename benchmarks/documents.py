"""
Run the workloads on documents: all systems in one process, in turn, many times over, so that
whatever disturbs the machine disturbs all of them alike.

Rules:

- What is loaded lies outside the reach of the garbage collector, whose full collections would
  otherwise be timed along with whoever happens to be running.
- A system that has used up its time in a workload is repeated no further, three times at least.
- A system too slow for the rows that were asked for is measured on fewer, beside docdb and SQLite.
- Systems that give different answers stop the run: one of them is doing other work.
"""

import gc
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.engines.engine import Durability, Engine, referring
from benchmarks.measurement import Figures, Measurement, figures_of
from benchmarks.sample import Sample, make_sample
from benchmarks.workloads import BULK, WORKLOADS, Loaded, Workload

__all__ = ["DisagreementError", "Effort", "fitting", "load", "measure_documents", "opened"]

Makers = Mapping[str, Callable[[], Engine]]
Progress = Callable[[str], object]

GROUP = "documents"
_SEED = 7
_SLOW_SECONDS = 0.003
_REPEATS_MIN = 3
# Flushed inserts cost the same on a small table, which need not be loaded for long.
_DURABLE_ROWS = 2000
# Slow systems are measured beside these.
_YARDSTICKS = ("docdb", "floor", "sqlite")


class DisagreementError(AssertionError):
    """Two systems gave different answers."""


class Effort(NamedTuple):
    """
    How much to do.

    Attributes:
        rows: How many messages.
        repeats: How often each workload is timed on each system.
        seconds: After how long a system is repeated no further in a workload.
    """

    rows: int
    repeats: int
    seconds: float


def measure_documents(
    makers: Makers, effort: Effort, *, wanted: Callable[[str], bool], progress: Progress
) -> Iterator[Measurement]:
    """Yield the measurement of each workload whose name is wanted, at each size that is needed."""
    for rows, engines in fitting(makers, effort.rows):
        yield from _measure(engines, effort._replace(rows=rows), wanted=wanted, progress=progress)
    durable = effort._replace(rows=min(effort.rows, _DURABLE_ROWS))
    for durability in ("relaxed", "full"):
        yield from _measure(
            makers, durable, wanted=wanted, progress=progress, durability=durability
        )


def fitting(makers: Makers, rows: int) -> Iterator[tuple[int, Makers]]:
    """Yield sizes and the systems to be measured at each: slow ones at a size of their own."""
    limits = {name: make().traits.rows_max or rows for name, make in makers.items()}
    for size in sorted({min(rows, limit) for limit in limits.values()}, reverse=True):
        names = [name for name, limit in limits.items() if min(rows, limit) == size]
        if size < rows:
            names = [name for name in makers if name in names or name in _YARDSTICKS]
        yield size, {name: makers[name] for name in names}


def _measure(
    makers: Makers,
    effort: Effort,
    *,
    wanted: Callable[[str], bool],
    progress: Progress,
    durability: Durability = "unsafe",
) -> Iterator[Measurement]:
    workloads = [each for each in WORKLOADS if each.durability == durability if wanted(each.name)]
    has_bulk = durability == "unsafe" and wanted(BULK)
    if not workloads and not has_bulk:
        return
    progress(f"making {effort.rows:,} messages")
    sample = make_sample(effort.rows)
    if has_bulk:
        yield _measure_bulk(makers, sample, effort, progress=progress)
    progress(f"loading {effort.rows:,} messages")
    with ExitStack() as stack:
        loaded = [
            load(stack.enter_context(opened(make, durability)), sample) for make in makers.values()
        ]
        stack.enter_context(_uncollected())
        for workload in workloads:
            progress(f"{workload.name}, {effort.rows:,} messages")
            yield _measure_workload(workload, loaded, effort)


@contextmanager
def opened(make: Callable[[], Engine], durability: Durability = "unsafe") -> Generator[Engine]:
    """Make a system an empty database in a folder that goes away."""
    with TemporaryDirectory(prefix="docdb-bench-") as folder:
        engine = make()
        offered = engine.traits.durabilities
        engine.open(Path(folder), durability if durability in offered else offered[-1])
        try:
            yield engine
        finally:
            engine.close()


def load(engine: Engine, sample: Sample) -> Loaded:
    """Load a sample into an empty database."""
    _load_parents(engine, sample)
    messages = referring(sample.messages, engine.keys)
    engine.insert_bulk(messages)
    return Loaded(engine, sample, messages)


def _load_parents(engine: Engine, sample: Sample) -> None:
    engine.insert_people(users=sample.users, chats=sample.chats)
    engine.insert_bulk(referring(sample.parents, engine.keys))


@contextmanager
def _uncollected() -> Generator[None]:
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _measure_bulk(
    makers: Makers, sample: Sample, effort: Effort, *, progress: Progress
) -> Measurement:
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    count = len(sample.messages)
    for repeat in range(max(_REPEATS_MIN, effort.repeats // 20)):
        for name in _unspent(seconds, effort):
            progress(f"{BULK}, {effort.rows:,} messages, {name}, {repeat + 1}")
            with opened(makers[name]) as engine:
                _load_parents(engine, sample)
                messages = referring(sample.messages, engine.keys)
                with _uncollected():
                    began = perf_counter()
                    engine.insert_bulk(messages)
                    seconds[name].append(perf_counter() - began)
    meaning = "a message, all of them in one transaction, four compound indexes included"
    figures = {name: figures_of(each, 1e6 / count) for name, each in seconds.items()}
    return Measurement(GROUP, BULK, meaning, effort.rows, "µs", figures)


def _unspent(seconds: Mapping[str, Sequence[float]], effort: Effort) -> Iterable[str]:
    """Return the systems that still have time, and those not yet repeated often enough."""
    return [
        name
        for name, each in seconds.items()
        if sum(each) < effort.seconds or len(each) < _REPEATS_MIN
    ]


def _measure_workload(workload: Workload, loaded: Sequence[Loaded], effort: Effort) -> Measurement:
    able = {on.engine.name: on for on in loaded if _is_able(on.engine, workload)}
    calls = {name: workload.arguments(on, Random(_SEED)) for name, on in able.items()}
    batches = dict.fromkeys(able, workload.batch)
    _compare(workload, able)
    seconds: dict[str, list[float]] = {name: [] for name in able}
    units: dict[str, int] = dict.fromkeys(able, 1)
    for _ in range(effort.repeats):
        for name in _unspent(seconds, effort):
            drawn = list(islice(calls[name], batches[name]))
            if not drawn:  # Every message can be deleted once.
                continue
            spent, result = _timed(workload.operation(able[name].engine), drawn)
            seconds[name].append(spent / len(drawn))
            units[name] = workload.units(result)
            if spent / len(drawn) > _SLOW_SECONDS:
                batches[name] = 1
    figures: dict[str, Figures] = {
        name: figures_of(each, 1e6 / units[name]) for name, each in seconds.items()
    }
    return Measurement(GROUP, workload.name, workload.meaning, effort.rows, "µs", figures)


def _is_able(engine: Engine, workload: Workload) -> bool:
    """Tell whether a system offers the durability that a write is measured with."""
    return workload.answer is not None or workload.durability in engine.traits.durabilities


def _timed(operation: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> tuple[float, Any]:
    result: Any = None
    began = perf_counter()
    for arguments in calls:
        result = operation(*arguments)
    return perf_counter() - began, result


def _compare(workload: Workload, able: Mapping[str, Loaded]) -> None:
    """Ask every system the same, and refuse different answers; it warms them up as well."""
    if workload.answer is None:
        return
    answers = {
        name: workload.answer(
            workload.operation(on.engine)(*next(workload.arguments(on, Random(_SEED + 1))))
        )
        for name, on in able.items()
    }
    first = next(iter(answers))
    for name, answer in answers.items():
        if answer != answers[first]:
            raise DisagreementError(f"{name} answers {workload.name!r} otherwise than {first}")
