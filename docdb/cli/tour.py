"""
``docdb tour``: a new user's first minute.

Opens one database file per application, loads sample data into those that are empty, runs every
access pattern a few times with arguments drawn from the data, and prints what each did: the
indexes it walked, the rows it returned, and the time it took; then what would be cheaper.
"""

from collections.abc import Mapping, Sized
from pathlib import Path
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from docdb import fixtures
from docdb.database import Database
from docdb.opening import open_database
from docdb.queries.page import Page
from docdb.queries.reader import Reader
from docdb.runtime import monotonic, seeded_generator

__all__ = ["run_tour"]

_REPEATS = 5
_ADVICE_MAX = 3
_ADVICE_KINDS = ("unindexed_filter", "unindexed_reference", "redundant_index")


class _Outcome(NamedTuple):
    """What one access pattern did over a few runs."""

    indexes: tuple[str, ...]
    rows: int
    milliseconds: float


def run_tour(folder: Path, *, rows: int, seed: int, apps: tuple[str, ...] = ()) -> None:
    """Run the tour; see the module."""
    console = Console()
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name in apps or fixtures.names():
        application = fixtures.load(name)
        path = folder / f"{name}.docdb"
        files.append(path)
        with open_database(path, application.schema) as db:
            loaded = _load(console, db, application, rows=rows, seed=seed)
            _show(console, db, application, loaded=loaded, seed=seed)
    _say_where(console, files)


def _load(
    console: Console, db: Database, application: fixtures.Application, *, rows: int, seed: int
) -> str:
    """Fill an empty database with sample data, and say what is in it."""
    tables = list(application.schema.tables)
    held = sum(db.query(table).count() for table in tables)
    if held:
        return f"{held:,} documents, loaded by an earlier tour"
    columns = (TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn())
    began = monotonic()
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(f"loading {application.name}", total=rows)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        counts = application.populate(db, rows=rows, seed=seed, progress=report)
    seconds = monotonic() - began
    total = sum(counts.values())
    return f"{total:,} documents in {len(counts)} tables, loaded in {seconds:.1f} s"


def _show(
    console: Console,
    db: Database,
    application: fixtures.Application,
    *,
    loaded: str,
    seed: int,
) -> None:
    table = Table(title=f"{application.name}: {loaded}", title_justify="left", expand=False)
    table.add_column("access pattern", overflow="fold")
    table.add_column("indexes used", overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("ms", justify="right")
    for name, pattern in application.patterns.items():
        outcome = _measure(db, pattern, seeded_generator(seed))
        table.add_row(
            name,
            ", ".join(outcome.indexes) or "by id",
            f"{outcome.rows:,}",
            f"{outcome.milliseconds:.2f}",
        )
    console.print(table)
    _advise(console, db)
    console.print()


def _advise(console: Console, db: Database) -> None:
    """Say what would make the database cheaper, as far as the patterns have shown it."""
    # An index that no pattern walked may well be walked by the rest of an application.
    advice = [each for each in db.advise() if each.kind in _ADVICE_KINDS]
    advice.sort(key=lambda each: _ADVICE_KINDS.index(each.kind))
    for each in advice[:_ADVICE_MAX]:
        console.print(f"  advice: {each}", style="dim", highlight=False, soft_wrap=True)
    if len(advice) > _ADVICE_MAX:
        more = f"  and {len(advice) - _ADVICE_MAX} more: db.advise() has them all"
        console.print(more, style="dim", highlight=False)


def _measure(db: Database, pattern: fixtures.Pattern, generator: fixtures.Generator) -> _Outcome:
    """Run a pattern a few times: once tracked, to see its plans, and the rest timed."""
    with db.read(track=True) as reader:
        pattern(reader, generator)
        used = _indexes_of(reader)
    seconds: list[float] = []
    rows: list[int] = []
    for _ in range(_REPEATS):
        with db.read() as reader:
            began = monotonic()
            result = pattern(reader, generator)
            seconds.append(monotonic() - began)
        rows.append(_row_count(result))
    return _Outcome(used, round(median(rows)), median(seconds) * 1000)


def _indexes_of(reader: Reader) -> tuple[str, ...]:
    """Return the indexes that a pattern walked; walks in creation order only drew its arguments."""
    names = [(each.request.table, each.index_name) for each in reader.plans]
    chosen = [each for each in names if each[1] != "by_creation_time"] or names
    return tuple(dict.fromkeys(f"{table}.{index}" for table, index in chosen))


def _row_count(result: object) -> int:
    if result is None:
        return 0
    if isinstance(result, Page):
        return len(result.page)
    if isinstance(result, Sized) and not isinstance(result, (str, bytes, Mapping)):
        return len(result)
    return 1


def _say_where(console: Console, files: list[Path]) -> None:
    console.print("[bold]Your database files[/bold]")
    for path in files:
        size = path.stat().st_size / 1e6
        console.print(f"  {path}  ({size:,.1f} MB)", highlight=False, soft_wrap=True)
    first = files[0]
    console.print(
        f"\nOpen one:  python -c \"import docdb; db = docdb.open('{first}'); print(db.schema)\"",
        highlight=False,
        soft_wrap=True,
    )
