"""
Two plots as SVG: how many times docdb's cost other systems have, and cost as a function of size.
"""

from pathlib import Path
from typing import Any

from benchmarks.measurement import Run
from benchmarks.scaling import slopes_of

__all__ = ["draw_ratios", "draw_scaling"]

_DOCDB = "docdb"
_COLOURS = {
    "floor": "#888888",
    "docdb-memory": "#8fbce6",
    "sqlite": "#d1495b",
    "sqlite-columns": "#edae49",
    "sqlmodel": "#66a182",
    "duckdb": "#7b5ea7",
    "zodb": "#2e4057",
    "tinydb": "#c38d9e",
    "montydb": "#5e503f",
    "fts5": "#d1495b",
    "fts5-expert": "#edae49",
    "tantivy": "#2e4057",
}


def draw_ratios(run: Run, path: Path) -> bool:
    """Draw the cost of each system over docdb's, a line for each workload; tell if there is any."""
    found = [
        each
        for each in run.measurements
        if each.group in {"documents", "search"}
        if _DOCDB in each.figures and each.unit == "µs"
        if each == run.find(each.group, each.name)
    ]
    if not found:
        return False
    figure, axes = _figure(height=1.4 + 0.28 * len(found))
    systems = dict.fromkeys(name for each in found for name in each.figures if name != _DOCDB)
    for system in systems:
        places = [n for n, each in enumerate(found) if system in each.figures]
        ratios = [found[n].ratio(system, _DOCDB) for n in places]
        colour = _COLOURS.get(system, "#000000")
        axes.scatter(ratios, places, s=26, color=colour, label=system, zorder=3)
    axes.axvline(1, color="#1f6fb2", linewidth=1.5, zorder=2)
    axes.set_xscale("log")
    axes.set_yticks(range(len(found)), [each.name for each in found])
    axes.invert_yaxis()
    axes.set_xlabel("cost / docdb's cost: left of the line is faster than docdb")
    _save(figure, axes, path)
    return True


def draw_scaling(run: Run, path: Path) -> bool:
    """Draw each cost in µs against the number of documents, and tell if there is any."""
    slopes = {
        name: (found, slope)
        for name, (found, slope) in slopes_of(run).items()
        if found[0].unit == "µs"
    }
    if not slopes:
        return False
    figure, axes = _figure(height=4.6)
    for name, (found, slope) in slopes.items():
        sizes = [each.rows for each in found]
        costs = [each.figures[_DOCDB].median for each in found]
        axes.plot(sizes, costs, marker="o", markersize=4, label=f"{name} (slope {slope:+.2f})")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("documents")
    axes.set_ylabel("µs")
    _save(figure, axes, path)
    return True


def _figure(*, height: float) -> tuple[Any, Any]:
    import matplotlib as mpl

    # Text stays text, and the same run gives the same file.
    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": _DOCDB, "font.size": 9})
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(9, height), layout="constrained")


def _save(figure: Any, axes: Any, path: Path) -> None:
    from matplotlib import pyplot as plt

    axes.grid(visible=True, which="major", linewidth=0.4, color="#cccccc")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
