"""
Every workload, with its meaning. A workload is run on each engine in turn, many times over, so
that what disturbs the machine disturbs all of them alike; results are ratios of medians.

- ``bulk insert``: all messages in one transaction, four compound indexes included; per message.
- ``insert``: one message in a transaction of its own, without a flush.
- ``get``: a random message by id, in a transaction of its own.
- ``newest 20``: the newest 20 messages of a random chat.
- ``range 1000``: the first 1,000 messages of the largest chat, by an index range.
- ``page walk``: the whole table in creation order in pages of 100; per page.
- ``patch``: an indexed field of a random message, in a transaction of its own, without a flush.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from benchmarks.engines.engine import Engine
from benchmarks.sample import Message, Sample

__all__ = ["Result", "run_all"]

Progress = Callable[[str], None]


class Result(NamedTuple):
    """The median cost of one unit of a workload on each engine, in microseconds."""

    workload: str
    microseconds: dict[str, float]


class _Loaded(NamedTuple):
    """An engine with its data."""

    engine: Engine
    messages: list[Message]


def run_all(
    makers: Sequence[Callable[[], Engine]], sample: Sample, *, repeats: int, progress: Progress
) -> list[Result]:
    """Run every workload on every engine, and return the medians."""
    with TemporaryDirectory(prefix="docdb-bench-") as folder:
        progress("bulk insert")
        bulk, loaded = _bulk(makers, sample, repeats=max(3, repeats // 20), folder=Path(folder))
        results = [bulk]
        chats = sample.chats
        count = len(sample.messages)
        steps: dict[str, Callable[[_Loaded, Random], object]] = {
            "get": lambda on, dice: on.engine.get(dice.randrange(count)),
            "newest 20": lambda on, dice: on.engine.newest(dice.randrange(chats), 20),
            "range 1000": lambda on, _: on.engine.range_of(0, 1000),
            "insert": lambda on, dice: on.engine.insert_one(dice.choice(on.messages)),
            "patch": lambda on, dice: on.engine.patch(dice.randrange(count), dice.randrange(11)),
        }
        results.insert(1, _walks(loaded, repeats=3, progress=progress))
        for name, step in steps.items():
            progress(name)
            results.append(_interleaved(name, loaded, step, repeats=repeats))
        for on in loaded:
            on.engine.close()
    return results


def _bulk(
    makers: Sequence[Callable[[], Engine]], sample: Sample, *, repeats: int, folder: Path
) -> tuple[Result, list[_Loaded]]:
    seconds: dict[str, list[float]] = {}
    loaded: list[_Loaded] = []
    for repeat in range(repeats):
        for on in loaded:
            on.engine.close()
        loaded = []
        for make in makers:
            engine = make()
            home = folder / f"{engine.name}-{repeat}"
            home.mkdir()
            engine.open(home)
            messages = engine.prepare(sample)
            began = perf_counter()
            engine.insert_bulk(messages)
            seconds.setdefault(engine.name, []).append(perf_counter() - began)
            loaded.append(_Loaded(engine, messages))
    count = len(sample.messages)
    medians = {name: median(each) / count * 1e6 for name, each in seconds.items()}
    return Result("bulk insert", medians), loaded


def _walks(loaded: list[_Loaded], *, repeats: int, progress: Progress) -> Result:
    progress("page walk")
    per_page: dict[str, list[float]] = {}
    for _ in range(repeats):
        for on in loaded:
            began = perf_counter()
            pages = sum(1 for _ in on.engine.pages(100))
            per_page.setdefault(on.engine.name, []).append((perf_counter() - began) / pages)
    return Result("page walk", {name: median(each) * 1e6 for name, each in per_page.items()})


def _interleaved(
    name: str, loaded: list[_Loaded], step: Callable[[_Loaded, Random], object], *, repeats: int
) -> Result:
    """Time a step on each engine in turn; each engine rolls the same dice."""
    batch = 1 if name == "range 1000" else 20
    dice = {on.engine.name: Random(7) for on in loaded}
    seconds: dict[str, list[float]] = {on.engine.name: [] for on in loaded}
    for _ in range(repeats):
        for on in loaded:
            rolled = dice[on.engine.name]
            began = perf_counter()
            for _ in range(batch):
                step(on, rolled)
            seconds[on.engine.name].append((perf_counter() - began) / batch)
    return Result(name, {engine: median(each) * 1e6 for engine, each in seconds.items()})
