"""
The access patterns of the five applications, on docdb alone.

Each application is loaded into a file of its own, and each of its patterns runs a number of times
in read transactions; a pattern draws its own arguments, and drawing them is part of its time.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

import docdb
from benchmarks.documents import Progress
from benchmarks.measurement import Figures, Measurement, figures_of
from docdb import fixtures

__all__ = ["APPLICATIONS", "measure_applications", "opened_alone"]

APPLICATIONS = "applications"


def measure_applications(*, rows: int, repeats: int, progress: Progress) -> Iterator[Measurement]:
    """Yield each pattern of each application."""
    for name in fixtures.names():
        application = fixtures.load(name)
        progress(f"loading {name}")
        with opened_alone(application.schema) as db:
            began = perf_counter()
            application.populate(db, rows=rows, seed=0)
            loading = [(perf_counter() - began) / rows * 1e6]
            yield _measurement(f"{name}: load, per row", rows, "µs", figures_of(loading))
            progress(f"patterns of {name}")
            for pattern, run in application.patterns.items():
                figures = _run_pattern(db, run, repeats)
                yield _measurement(f"{name}: {pattern}", rows, "ms", figures)


@contextmanager
def opened_alone(schema: docdb.Schema) -> Generator[docdb.Database]:
    """Open an empty database in a folder that goes away."""
    with (
        TemporaryDirectory(prefix="docdb-bench-") as folder,
        docdb.open(Path(folder) / "application.docdb", schema, durability="unsafe") as db,
    ):
        yield db


def _measurement(name: str, rows: int, unit: str, figures: Figures) -> Measurement:
    return Measurement(APPLICATIONS, name, "", rows, unit, {"docdb": figures})


def _run_pattern(db: docdb.Database, run: fixtures.Pattern, repeats: int) -> Figures:
    random = Random(0)
    seconds: list[float] = []
    for _ in range(repeats):
        with db.read() as reader:
            began = perf_counter()
            run(reader, random)
            seconds.append(perf_counter() - began)
    return figures_of(seconds, 1e3)
