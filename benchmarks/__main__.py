"""``python -m benchmarks``: run the workloads, print tables, keep the figures, write the page."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.engines.registry import ENGINES, SEARCHERS
from benchmarks.machine import ROOT
from benchmarks.measurement import Measurement, Run, read_run, write_run
from benchmarks.report import write_report
from benchmarks.running import FORMS, Plan, run_benchmarks
from benchmarks.tables import (
    Sheet,
    application_sheets,
    scaling_sheets,
    sheets_of,
    shown,
    verdict_sheets,
)
from benchmarks.targets import verdicts

__all__ = ["main"]

_RESULTS = ROOT / "benchmarks" / "results"
_PAGE = ROOT / "benchmarks" / "README.md"


@click.group(invoke_without_command=True)
@click.option("--form", type=click.Choice(list(FORMS)), default="short", show_default=True)
@click.option("--rows", type=click.IntRange(1000, 1_000_000), help="How many messages.")
@click.option("--repeats", type=click.IntRange(3), help="How often each workload is timed.")
@click.option("--only", multiple=True, help="A workload or group, as a pattern; repeatable.")
@click.option("--engines", help="Systems, with commas between them.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures here, as JSON.")
@click.pass_context
def main(
    context: click.Context,
    *,
    form: str,
    rows: int | None,
    repeats: int | None,
    only: tuple[str, ...],
    engines: str | None,
    out: Path | None,
) -> None:
    """Measure docdb beside everyone, in one process, interleaved."""
    if context.invoked_subcommand is not None:
        return
    plan = FORMS[form]
    is_whole = not (rows or repeats or only or engines)
    effort = plan.effort
    effort = effort._replace(rows=rows or effort.rows, repeats=repeats or effort.repeats)
    plan = plan._replace(
        form=form if is_whole else "custom",
        effort=effort,
        only=only,
        engines=_system_names(engines),
        application_rows=min(rows or plan.application_rows, plan.application_rows),
        scaling_upto=min(rows or plan.scaling_upto, plan.scaling_upto),
    )
    _run(plan, out or (_RESULTS / f"{form}.json" if is_whole else None))


def _system_names(text: str | None) -> tuple[str, ...]:
    names = tuple(each.strip() for each in text.split(",")) if text else ()
    unknown = [each for each in names if each not in ENGINES and each not in SEARCHERS]
    if unknown:
        known = ", ".join(dict.fromkeys((*ENGINES, *SEARCHERS)))
        raise click.BadParameter(f"no system {unknown[0]!r}; there are {known}")
    return names


@main.command()
@click.option("--upto", type=click.IntRange(10_000), default=1_000_000, show_default=True)
@click.option("--repeats", type=click.IntRange(3), default=40, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures here, as JSON.")
def scaling(*, upto: int, repeats: int, out: Path | None) -> None:
    """Measure docdb alone in a file that grows, and with more and more tables."""
    plan = FORMS["short"]
    effort = plan.effort._replace(repeats=repeats)
    _run(
        plan._replace(form="custom", effort=effort, scaling_upto=upto, only=("scaling",)),
        out,
    )


@main.command()
@click.option("--rows", type=click.IntRange(2000), default=100_000, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures here, as JSON.")
def applications(*, rows: int, out: Path | None) -> None:
    """Run every access pattern of the five applications."""
    plan = FORMS["short"]
    _run(plan._replace(form="custom", application_rows=rows, only=("applications",)), out)


@main.command()
@click.argument("results", type=click.Path(path_type=Path, exists=True), required=False)
@click.option("--page", type=click.Path(path_type=Path), default=_PAGE, show_default=True)
def report(*, results: Path | None, page: Path) -> None:
    """Write the page of a run: of the last one that was kept, unless another is named."""
    if results is None:
        kept = [read_run(path) for path in _RESULTS.glob("*.json")]
        if not kept:
            raise click.ClickException("no run was kept yet; make one with: make bench")
        run = max(kept, key=lambda each: each.date)
    else:
        run = read_run(results)
    write_report(run, page)
    click.echo(f"wrote {page}")


def _run(plan: Plan, out: Path | None) -> None:
    console = Console()
    with console.status("starting") as status:

        def show(measurement: Measurement) -> None:
            console.print(_line(measurement), highlight=False, soft_wrap=True)

        run = run_benchmarks(plan, progress=status.update, show=show)
    _print(console, run)
    if out is not None:
        write_run(run, out)
        console.print(f"wrote {out}", highlight=False, soft_wrap=True)


def _line(measurement: Measurement) -> str:
    figures = ", ".join(
        f"{name} {shown(each.median)}" for name, each in measurement.figures.items()
    )
    size = f" at {measurement.rows:,}" if measurement.rows else ""
    return f"{measurement.name}{size}, {measurement.unit}: {figures}"


def _print(console: Console, run: Run) -> None:
    sheets = (
        *(sheet for _, sheet in sheets_of(run)),
        *scaling_sheets(run),
        *application_sheets(run),
        *verdict_sheets(verdicts(run)),
    )
    for sheet in sheets:
        console.print(_table(sheet))
    for each in run.missing:
        console.print(each, highlight=False)


def _table(sheet: Sheet) -> Table:
    table = Table(title=sheet.title, title_justify="left")
    first, *others = sheet.columns
    table.add_column(first, overflow="fold")
    for column in others:
        table.add_column(column, justify="right")
    for row in sheet.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Sequence[str]) -> Sequence[str]:
    colours = {"met": "[green]met[/green]", "missed": "[red]missed[/red]"}
    return [colours.get(cell, cell) for cell in row]


if __name__ == "__main__":
    main()
