"""
What needs processes of its own to be fair: imports, opening a file, memory, readers and a writer.

Readers and a writer share one database, as two threads of this process or as two processes. Each
is measured alone and beside the other, so that what is compared is a system with itself: on two
cores, two processes need not slow each other down at all, and two threads share one interpreter.

What is imported is compiled beforehand, as it is in an installed package.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, gettempdir
from threading import Barrier, Thread
from typing import Any

from benchmarks.child import KEYS_FILE, repeat_for
from benchmarks.documents import Effort, Makers, Progress, load, opened
from benchmarks.engines.engine import Engine
from benchmarks.measurement import Measurement, figures_of
from benchmarks.sample import make_sample

__all__ = ["measure_beside", "measure_processes"]

GROUP = "processes"
BESIDE = "beside"
_IMPORTS = 3
_OPENINGS = 3
_SHARED_REPEATS = 3
_NEWEST = 20

Values = dict[str, list[float]]


def measure_processes(
    makers: Makers, effort: Effort, *, wanted: Callable[[str], bool], progress: Progress
) -> Iterator[Measurement]:
    """Yield imports, opening, memory and bytes on disk; slow systems are left out."""
    engines = {name: make() for name, make in makers.items()}
    if wanted("import"):
        progress("imports")
        yield _imports(engines)
    if not wanted("open") and not wanted("memory") and not wanted("disk"):
        return
    # Files, memory, openings; each by the name of the system.
    disk, memory, openings = Values(), Values(), Values()
    for name, engine in engines.items():
        if (engine.traits.rows_max or effort.rows) < effort.rows:
            continue
        progress(f"loading {effort.rows:,} messages in a process of its own: {name}")
        with TemporaryDirectory(prefix="docdb-bench-") as folder:
            loaded = _run("load", name, folder, str(effort.rows))
            memory[name] = [loaded["bytes"] / 1e6]
            if engine.traits.is_on_disk:
                disk[name] = [_database_bytes(Path(folder)) / loaded["count"]]
                openings[name] = [
                    _run("open", name, folder)["seconds"] * 1e3 for _ in range(_OPENINGS)
                ]
    rows = effort.rows
    meaning = "opening the file and reading the newest 20 of a chat, in a new process"
    yield _measurement("open and first query", meaning, rows, "ms", openings)
    meaning = "memory of its own that a process has more after loading than before"
    yield _measurement("memory after load", meaning, rows, "MB", memory)
    meaning = "what lies on disk per message, once the database is closed"
    yield _measurement("disk per message", meaning, rows, "bytes", disk)


def _measurement(
    name: str, meaning: str, rows: int, unit: str, values: Mapping[str, Sequence[float]]
) -> Measurement:
    figures = {system: figures_of(each) for system, each in values.items()}
    return Measurement(GROUP, name, meaning, rows, unit, figures)


def _imports(engines: Mapping[str, Engine]) -> Measurement:
    """Time the imports of each system, in turn."""
    values: Values = {name: [] for name in engines}
    # The first time compiles, and is not counted.
    for _ in range(1 + _IMPORTS):
        for name, engine in engines.items():
            program = (
                "import time; began = time.perf_counter();"
                f" {engine.traits.imports}; print(time.perf_counter() - began)"
            )
            done = subprocess.run(
                [sys.executable, "-c", program],
                capture_output=True,
                text=True,
                check=True,
                env=_environment(),
            )
            values[name].append(float(done.stdout) * 1e3)
    meaning = "importing what a program of it begins with, dependencies included"
    counted = {name: each[1:] for name, each in values.items()}
    return _measurement("import", meaning, 0, "ms", counted)


def _environment() -> dict[str, str]:
    """Return the environment of a child, which keeps what it compiles out of the checkout."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(gettempdir()) / "docdb-bench-bytecode")}


def _run(task: str, name: str, folder: str, *options: str) -> dict[str, float]:
    child = _start(task, name, folder, *options)
    return _result(child)


def _start(task: str, name: str, folder: str, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.child", task, name, folder, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=_environment(),
    )


def _result(child: "subprocess.Popen[str]") -> dict[str, float]:
    out, _ = child.communicate()
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, child.args)
    return json.loads(out.splitlines()[-1])


def _database_bytes(folder: Path) -> int:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != KEYS_FILE]
    return sum(file.stat().st_size for file in files)


def measure_beside(
    makers: Makers, effort: Effort, *, wanted: Callable[[str], bool], progress: Progress
) -> Iterator[Measurement]:
    """Yield the rates of a reader and a writer, alone and side by side."""
    if not wanted(BESIDE):
        return
    values: dict[str, Values] = {}
    for name, make in makers.items():
        shared_by = make().traits.shared_by
        if "threads" in shared_by:
            progress(f"a reading and a writing thread: {name}")
            _gather(values, name, "thread", _share_by_threads(make, effort))
        if "processes" in shared_by:
            progress(f"a reading and a writing process: {name}")
            _gather(values, name, "process", _share_by_processes(name, effort))
    for name, rates in values.items():
        meaning = (
            "the newest 20 of a chat, a second"
            if name.startswith("reads")
            else "single inserts, never flushed, a second"
        )
        yield _measurement(name, meaning, effort.rows, "/s", rates)._replace(group=BESIDE)


def _gather(
    values: dict[str, Values], system: str, kind: str, rates: Mapping[str, Sequence[float]]
) -> None:
    for name, each in rates.items():
        values.setdefault(name.format(kind), {})[system] = list(each)


def _share_by_threads(make: Callable[[], Engine], effort: Effort) -> dict[str, list[float]]:
    sample = make_sample(effort.rows)
    with opened(make) as engine:
        loaded = load(engine, sample)
        random = Random(3)
        steps: dict[str, Callable[[Engine], object]] = {
            "reads": lambda on: on.newest(random.randrange(sample.chats), _NEWEST),
            "writes": lambda on: on.insert_one(random.choice(loaded.messages)),
        }

        def together(*names: str) -> list[float]:
            return _threads(engine, [steps[name] for name in names], effort.seconds)

        return _alone_and_beside(together)


def _threads(
    engine: Engine, steps: Sequence[Callable[[Engine], object]], seconds: float
) -> list[float]:
    """Run each step in a thread of its own, all at once, and return how often each ran a second."""
    barrier = Barrier(len(steps))
    rates = [0.0] * len(steps)

    def run(place: int, step: Callable[[Engine], object]) -> None:
        mine = engine.another()
        barrier.wait()
        rates[place] = repeat_for(seconds, lambda: step(mine)) / seconds
        if mine is not engine:
            mine.close()

    threads = [Thread(target=run, args=each) for each in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return rates


def _share_by_processes(name: str, effort: Effort) -> dict[str, list[float]]:
    tasks = {"reads": "read", "writes": "write"}
    with TemporaryDirectory(prefix="docdb-bench-") as folder:
        _run("load", name, folder, str(effort.rows))

        def together(*names: str) -> list[float]:
            with ExitStack() as stack:
                children = [
                    stack.enter_context(_start(tasks[each], name, folder, str(effort.seconds)))
                    for each in names
                ]
                return [result["rate"] for result in _go(children)]

        return _alone_and_beside(together)


def _go(children: Sequence["subprocess.Popen[str]"]) -> list[dict[str, Any]]:
    """Let children that are ready begin at once, and return what they print."""
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [_result(child) for child in children]


def _alone_and_beside(together: Callable[..., list[float]]) -> dict[str, list[float]]:
    """Measure a reader and a writer alone and together; names have a place for what they are."""
    rates: dict[str, list[float]] = {
        f"{who}, {how}": []
        for who in ("reads", "writes")
        for how in ("a {} alone", "a {} beside another")
    }
    for _ in range(_SHARED_REPEATS):
        for who in ("reads", "writes"):
            rates[f"{who}, a {{}} alone"] += together(who)
        for who, rate in zip(("reads", "writes"), together("reads", "writes"), strict=True):
            rates[f"{who}, a {{}} beside another"].append(rate)
    return rates
