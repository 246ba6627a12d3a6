"""
What a measurement is, and how a run is kept as JSON.

A run is a list of measurements and a few facts about where it was made. A measurement has one
figure for each system: the median, the mean, since rare stalls hide from medians, and the 99th
percentile.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

__all__ = ["Figures", "Measurement", "Run", "figures_of", "read_run", "write_run"]


class Figures(NamedTuple):
    """What was measured on one system, in the unit of the measurement."""

    median: float
    mean: float
    high: float
    samples: int


class Measurement(NamedTuple):
    """
    One workload at one size.

    Attributes:
        group: Under which heading it is shown.
        name: The workload.
        meaning: What one unit of it is.
        rows: How many documents there were.
        unit: "µs", "ms", "MB", "bytes", "/s", or "" for a bare number.
        figures: By the name of the system.
    """

    group: str
    name: str
    meaning: str
    rows: int
    unit: str
    figures: dict[str, Figures]

    def ratio(self, system: str, other: str, statistic: str = "median") -> float | None:
        """Return how many times as much a system has as another, or None without both."""
        if system not in self.figures or other not in self.figures:
            return None
        divisor = getattr(self.figures[other], statistic)
        return getattr(self.figures[system], statistic) / divisor if divisor else None


@dataclass
class Run:
    """
    A run of the benchmarks.

    Attributes:
        form: "short", "full" or "custom".
        machine: What it ran on, and with which versions.
        commit: What was measured.
        date: When it ended.
        seconds: How long it took.
        systems: What each system is, by its name.
        missing: Sentences that say what was left out.
        measurements: All of them, in the order of the report.
    """

    form: str
    machine: dict[str, str]
    commit: str
    date: str
    seconds: float = 0.0
    systems: dict[str, str] = field(default_factory=dict[str, str])
    missing: list[str] = field(default_factory=list[str])
    measurements: list[Measurement] = field(default_factory=list[Measurement])

    def find(self, group: str, name: str) -> Measurement | None:
        """Return a measurement, the one with the most rows if there are several."""
        found = [each for each in self.measurements if (each.group, each.name) == (group, name)]
        return max(found, key=lambda each: each.rows, default=None)


def figures_of(samples: Sequence[float], scale: float = 1.0) -> Figures:
    """
    Summarise samples.

    >>> figures_of([1.0, 2.0, 6.0], scale=10)
    Figures(median=20.0, mean=30.0, high=60.0, samples=3)
    """
    ordered = sorted(samples)
    high = ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
    return Figures(median(ordered) * scale, fmean(ordered) * scale, high * scale, len(ordered))


def write_run(run: Run, path: Path) -> None:
    """Write a run as JSON, with four digits of each figure and one measurement on a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {**asdict(run), "measurements": "@"}
    lines = ",\n".join(f"    {json.dumps(_plain(each))}" for each in run.measurements)
    text = json.dumps(whole, indent=2, ensure_ascii=False).replace('"@"', f"[\n{lines}\n  ]")
    path.write_text(text + "\n", encoding="utf-8")


def _plain(measurement: Measurement) -> dict[str, Any]:
    figures = {
        name: [float(f"{each:.4g}") for each in figure[:3]] + [figure.samples]
        for name, figure in measurement.figures.items()
    }
    return {**measurement._asdict(), "figures": figures}


def read_run(path: Path) -> Run:
    """Read a run that ``write_run`` wrote."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    measurements = [
        Measurement(
            *(each[name] for name in Measurement._fields[:-1]),
            figures={name: Figures(*values) for name, values in each["figures"].items()},
        )
        for each in whole.pop("measurements")
    ]
    return Run(**whole, measurements=measurements)
