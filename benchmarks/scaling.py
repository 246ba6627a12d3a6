"""
docdb's costs as functions of size: small documents in one file that grows by decades.

A document has a group, a number and a label, and one index by group; a group has a hundred
documents at any size, so that a question about a group has the same answer to give. What is
measured at each size is then the cost of the size alone. A fitted slope is the exponent of the
power law through the medians: 0 for a cost that does not depend on size, 1 for one that doubles
with it.

Two questions more are asked here, of docdb alone: whether page 1,000 costs what page 1 costs, and
whether an insert slows down with the number of tables.
"""

import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

import docdb
from benchmarks.child import anonymous_bytes
from benchmarks.documents import Progress
from benchmarks.measurement import Measurement, Run, figures_of

__all__ = ["FIRST_PAGE", "LATER_PAGE", "measure_scaling", "measure_tables", "slope_of", "slopes_of"]

GROUP = "scaling"
TABLES = "tables"
FIRST_PAGE = "page 1"
LATER_PAGE = "page 1,000"
_SMALLEST = 10_000
_PAGE = 10
_PAGES = 1000
_GROUP_SIZE = 100
_NEWEST = 20
_CHUNK = 10_000
_BATCH = 20
_OPENINGS = 5
_READS_OF_CHILD = 2000


def measure_scaling(*, upto: int, repeats: int, progress: Progress) -> Iterator[Measurement]:
    """Yield each cost at 10,000 documents and at each tenfold size, up to a largest one."""
    with TemporaryDirectory(prefix="docdb-bench-") as folder:
        path = Path(folder) / "scaling.docdb"
        ids: list[str] = []
        size = _SMALLEST
        while size <= upto:
            yield from _measure_size(path, ids, size, repeats=repeats, progress=progress)
            size *= 10


def _measure_size(
    path: Path, ids: list[str], size: int, *, repeats: int, progress: Progress
) -> Iterator[Measurement]:
    with docdb.open(path, _schema(), durability="unsafe") as db:
        chunks = _grow(db, ids, size, progress=progress)
        yield _measurement("bulk insert, per document", size, "µs", chunks, 1e6)
        progress(f"{size:,} documents")
        for name, step in _steps(db, ids, size).items():
            seconds = [_timed(step) for _ in range(repeats)]
            yield _measurement(name, size, "µs", seconds, 1e6)
    openings = [_open_and_ask(path) for _ in range(_OPENINGS)]
    yield _measurement("open and first query", size, "ms", openings, 1e3)
    memory = subprocess.run(
        [sys.executable, "-m", "benchmarks.scaling", str(path), str(size)],
        capture_output=True,
        text=True,
        check=True,
    )
    yield _measurement("memory of a reading process", size, "MB", [float(memory.stdout)], 1e-6)
    disk = path.stat().st_size / size
    yield _measurement("disk, per document", size, "bytes", [disk], 1)


def _open_and_ask(path: Path) -> float:
    began = perf_counter()
    with docdb.open(path, _schema(), durability="unsafe") as db:
        db.query("items").with_index("by_group", group=0).order("desc").take(_NEWEST)
        return perf_counter() - began


def _schema() -> docdb.Schema:
    items = docdb.define_table(
        {
            "group": docdb.v.number(),
            "number": docdb.v.number(),
            "label": docdb.v.string(max_length=40),
        }
    )
    return docdb.define_schema({"items": items.index("by_group", ["group"])})


def _item(number: int) -> dict[str, object]:
    # The hundred of a group lie scattered over ten thousand.
    group = number // _CHUNK * _GROUP_SIZE + number % _GROUP_SIZE
    return {"group": group, "number": number, "label": f"item {number}"}


def _grow(db: docdb.Database, ids: list[str], size: int, *, progress: Progress) -> list[float]:
    """Insert documents up to a size, and return what one cost in each transaction, in seconds."""
    costs: list[float] = []
    while len(ids) < size:
        progress(f"growing to {size:,} documents: {len(ids):,}")
        items = [_item(number) for number in range(len(ids), len(ids) + _CHUNK)]
        began = perf_counter()
        ids += db.insert_many("items", items)
        costs.append((perf_counter() - began) / _CHUNK)
    return costs


def _steps(db: docdb.Database, ids: Sequence[str], size: int) -> dict[str, Callable[[], object]]:
    random = Random(5)
    items, groups = db.query("items"), size // _GROUP_SIZE
    later = _cursor_of_page(items, _PAGES)

    def group() -> docdb.Query:
        return items.with_index("by_group", group=random.randrange(groups))

    return {
        "get": lambda: db.get(ids[random.randrange(size)]),
        "newest 20": lambda: group().order("desc").take(_NEWEST),
        "count of 100": lambda: group().count(),
        FIRST_PAGE: lambda: items.paginate(num_items=_PAGE),
        LATER_PAGE: lambda: items.paginate(num_items=_PAGE, cursor=later),
        # What is added here is taken away again, so that the next size finds this one.
        "insert and delete": lambda: db.delete(db.insert("items", _item(size))),
        "patch": lambda: db.patch(ids[random.randrange(size)], {"label": "patched"}),
    }


def _cursor_of_page(items: docdb.Query, number: int) -> str | None:
    """Return where a page begins, or the last one if there are fewer."""
    cursor = None
    for _ in range(number - 1):
        page = items.paginate(num_items=_PAGE, cursor=cursor)
        if page.is_done:
            break
        cursor = page.continue_cursor
    return cursor


def _timed(step: Callable[[], object]) -> float:
    began = perf_counter()
    for _ in range(_BATCH):
        step()
    return (perf_counter() - began) / _BATCH


def _measurement(
    name: str, size: int, unit: str, values: Sequence[float], scale: float
) -> Measurement:
    meaning = "small documents, docdb alone"
    return Measurement(GROUP, name, meaning, size, unit, {"docdb": figures_of(list(values), scale)})


def measure_tables(*, repeats: int, progress: Progress) -> Iterator[Measurement]:
    """Yield what an insert costs with ten, a hundred and a thousand tables."""
    for tables in (10, 100, 1000):
        progress(f"{tables:,} tables")
        names = [f"table{number}" for number in range(tables)]
        table = docdb.define_table({"number": docdb.v.number()}).index("by_number", ["number"])
        schema = docdb.define_schema(dict.fromkeys(names, table))
        with (
            TemporaryDirectory(prefix="docdb-bench-") as folder,
            docdb.open(Path(folder) / "tables.docdb", schema, durability="unsafe") as db,
        ):
            seconds = [_timed(_inserting(db, names, Random(repeat))) for repeat in range(repeats)]
        meaning = "one small document into one of ten tables, in a transaction of its own"
        figures = {"docdb": figures_of(seconds, 1e6)}
        yield Measurement(TABLES, "insert", meaning, tables, "µs", figures)


def _inserting(db: docdb.Database, names: Sequence[str], random: Random) -> Callable[[], object]:
    return lambda: db.insert(names[random.randrange(10)], {"number": random.random()})


def slope_of(points: Sequence[tuple[float, float]]) -> float:
    """
    Return the exponent of the power law that fits points best.

    >>> round(slope_of([(10, 3), (100, 30), (1000, 300)]), 3)
    1.0
    """
    logs = [(math.log(x), math.log(y)) for x, y in points]
    middle = sum(x for x, _ in logs) / len(logs)
    spread = sum((x - middle) ** 2 for x, _ in logs)
    return sum((x - middle) * y for x, y in logs) / spread


def slopes_of(run: Run) -> dict[str, tuple[list[Measurement], float]]:
    """Return, by the name of each cost, its measurements in order of size, and its slope."""
    by_name: dict[str, list[Measurement]] = {}
    for each in run.measurements:
        if each.group == GROUP:
            by_name.setdefault(each.name, []).append(each)
    return {
        name: (found, slope_of([(each.rows, each.figures["docdb"].median) for each in found]))
        for name, found in by_name.items()
        if len(found) > 1
    }


def _read_in_a_process_of_its_own(path: str, size: int) -> None:
    """Open a file, read at random, and print the bytes of memory that this process then has."""
    random, groups = Random(6), size // _GROUP_SIZE
    with docdb.open(path, read_only=True) as db:
        for _ in range(_READS_OF_CHILD):
            group = db.query("items").with_index("by_group", group=random.randrange(groups))
            group.order("desc").take(_NEWEST)
        print(anonymous_bytes())


if __name__ == "__main__":
    _read_in_a_process_of_its_own(sys.argv[1], int(sys.argv[2]))
