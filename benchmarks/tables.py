"""
The measurements as tables of text, for the terminal and for the page alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.applications import APPLICATIONS
from benchmarks.large_tables import LARGE
from benchmarks.measurement import Measurement, Run
from benchmarks.scaling import slopes_of
from benchmarks.targets import Verdict

__all__ = [
    "Sheet",
    "application_sheets",
    "scaling_sheets",
    "sheets_of",
    "shown",
    "verdict_sheets",
]

# An en dash.
NOTHING = "\u2013"
DOCDB = "docdb"
_YARDSTICKS = ("floor", "sqlite", "fts5")
_GROUPS = {
    "documents": "Documents",
    "search": "Search",
    "processes": "Processes",
    "beside": "A reader beside a writer",
}


class Sheet(NamedTuple):
    """
    One table.

    Attributes:
        title: What it is of.
        columns: Its headings; the first column is text and the others numbers.
        rows: Its cells.
    """

    title: str
    columns: list[str]
    rows: list[list[str]]


def shown(value: float | None) -> str:
    """
    Return a number with three digits that count.

    >>> shown(1234.5), shown(12.345), shown(0.01234)
    ('1,234', '12.3', '0.012')
    """
    if value is None:
        return NOTHING
    for bound, digits in ((100, 0), (10, 1), (0.1, 2)):
        if abs(value) >= bound:
            return f"{value:,.{digits}f}"
    return f"{value:.3f}"


def sheets_of(run: Run) -> Iterator[tuple[str, Sheet]]:
    """Yield the tables of all systems, each with its group; one for each size of a group."""
    for group, title in _GROUPS.items():
        found = [each for each in run.measurements if each.group == group]
        for rows in sorted({each.rows for each in found if each.rows}, reverse=True):
            # What has no size, as an import, is shown with the first.
            these = [each for each in found if each.rows == rows]
            if rows == max(each.rows for each in found):
                these = [each for each in found if each.rows in {0, rows}]
            yield group, _sheet(f"{title}, {rows:,} messages", these)


def _sheet(title: str, measurements: Sequence[Measurement]) -> Sheet:
    systems = list(dict.fromkeys(name for each in measurements for name in each.figures))
    against = [each for each in _YARDSTICKS if each in systems and DOCDB in systems]
    columns = [
        "median (99th percentile)" if measurements[0].group == "search" else "median",
        "unit",
        *systems,
        *(f"docdb / {each}" for each in against),
    ]
    rows = [
        [
            each.name,
            each.unit,
            *(_cell(each, system) for system in systems),
            *(shown(each.ratio(DOCDB, other)) for other in against),
        ]
        for each in measurements
    ]
    return Sheet(title, columns, rows)


def _cell(measurement: Measurement, system: str) -> str:
    figures = measurement.figures.get(system)
    if figures is None:
        return NOTHING
    if measurement.group == "search" and figures.samples > 1:
        return f"{shown(figures.median)} ({shown(figures.high)})"
    return shown(figures.median)


def scaling_sheets(run: Run) -> Iterator[Sheet]:
    """Yield the table of docdb's costs at each size, with their slopes, if there is any."""
    slopes = slopes_of(run)
    if not slopes:
        return
    sizes = sorted({each.rows for found, _ in slopes.values() for each in found})
    rows = [
        [name, found[0].unit, *(_at(found, size) for size in sizes), f"{slope:+.2f}"]
        for name, (found, slope) in slopes.items()
    ]
    columns = ["median", "unit", *(f"{size:,}" for size in sizes), "slope"]
    yield Sheet("Cost as a function of size", columns, rows)


def _at(found: Sequence[Measurement], size: int) -> str:
    return shown(next((each.figures[DOCDB].median for each in found if each.rows == size), None))


def application_sheets(run: Run) -> Iterator[Sheet]:
    """Yield a line for each application, and one for each question about a large table."""
    by_application: dict[str, list[Measurement]] = {}
    for each in run.measurements:
        if each.group == APPLICATIONS:
            by_application.setdefault(each.name.partition(":")[0], []).append(each)
    if by_application:
        columns = ["application", "rows", "load, µs per row", "patterns", "median ms"]
        rows = [_application_row(name, found) for name, found in by_application.items()]
        yield Sheet("The five applications", [*columns, "slowest", "ms"], rows)
    large = [each for each in run.measurements if each.group == LARGE]
    if large:
        cells = [[each.name, f"{each.rows:,}", each.unit, _at([each], each.rows)] for each in large]
        yield Sheet("Large tables", ["median", "rows", "unit", "docdb"], cells)


def _application_row(name: str, found: Sequence[Measurement]) -> list[str]:
    load, *patterns = found
    medians = sorted((each.figures[DOCDB].median, each.name) for each in patterns)
    slowest, called = medians[-1]
    return [
        name,
        f"{load.rows:,}",
        _at([load], load.rows),
        str(len(patterns)),
        shown(medians[len(medians) // 2][0]),
        called.partition(": ")[2],
        shown(slowest),
    ]


def verdict_sheets(verdicts: Iterable[tuple[str, Sequence[Verdict]]]) -> Iterator[Sheet]:
    """Yield a table of targets for each heading; what was not measured is left out."""
    words = {True: "met", False: "missed", None: NOTHING}
    for heading, found in verdicts:
        measured = [each for each in found if each.found is not None]
        if not measured:
            continue
        rows = [
            [
                each.what,
                f"≤ {each.wanted:g}",
                shown(each.found),
                shown(each.also),
                words[each.is_met],
            ]
            for each in measured
        ]
        met = sum(1 for each in measured if each.is_met)
        title = f"{heading}: {met} of {len(measured)} met"
        yield Sheet(title, ["target", "wanted", "found", "also", ""], rows)
