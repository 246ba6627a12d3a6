"""``python -m benchmarks``: run the workloads and print a table."""

import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.engines.docdb_file import DocdbFile
from benchmarks.engines.engine import Engine
from benchmarks.engines.floor import Floor
from benchmarks.sample import make_sample
from benchmarks.workloads import Result, run_all

__all__ = ["main"]


@click.command()
@click.option("--rows", type=click.IntRange(2_000), default=100_000, show_default=True)
@click.option("--repeats", type=click.IntRange(3), default=100, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the raw numbers as JSON.")
def main(rows: int, repeats: int, out: Path | None) -> None:
    """Measure docdb beside lmdb and msgpack written by hand, in one process, interleaved."""
    console = Console()
    console.print(f"{_machine()}; {rows:,} messages, {repeats} repeats, medians")
    makers: list[Callable[[], Engine]] = [Floor, DocdbFile]
    with console.status("making messages") as status:
        sample = make_sample(rows)
        results = run_all(makers, sample, repeats=repeats, progress=status.update)
    console.print(_table(results))
    if out is not None:
        report = {"machine": _machine(), "rows": rows, "repeats": repeats}
        medians = {each.workload: each.microseconds for each in results}
        out.write_text(json.dumps({**report, "microseconds": medians}, indent=2) + "\n")


def _table(results: list[Result]) -> Table:
    table = Table(title="median cost of one unit", title_justify="left")
    table.add_column("workload")
    table.add_column("floor µs", justify="right")
    table.add_column("docdb µs", justify="right")
    table.add_column("docdb / floor", justify="right")
    for workload, cost in results:
        ratio = cost["docdb"] / cost["floor"]
        table.add_row(workload, f"{cost['floor']:,.1f}", f"{cost['docdb']:,.1f}", f"{ratio:.2f}")
    return table


def _machine() -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores,"
        f" Python {sys.version.split()[0]}"
    )


if __name__ == "__main__":
    main()
