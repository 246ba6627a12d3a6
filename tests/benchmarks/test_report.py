"""
What becomes of figures: kept as JSON, judged by targets, and written as a page.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.measurement import Figures, Measurement, Run, figures_of, read_run, write_run
from benchmarks.report import losses_of
from benchmarks.scaling import slope_of, slopes_of
from benchmarks.tables import sheets_of, shown, verdict_sheets
from benchmarks.targets import verdicts


def figures(median: float, mean: float = 1.0) -> Figures:
    """Figures with a median and a mean."""
    return Figures(median, mean, median, 5)


def run_of(*measurements: Measurement) -> Run:
    """A run of a few measurements."""
    return Run(
        "custom", {"cores": "2"}, "abc", "2026-01-01T00:00", 60.0, measurements=[*measurements]
    )


def measurement(name: str, group: str = "documents", rows: int = 2000, **systems: Figures):
    """A measurement of the systems that are named, with _ for a hyphen."""
    return Measurement(group, name, "one unit", rows, "µs", systems)


def test_a_run_is_read_as_it_was_written(tmp_path: Path):
    """JSON keeps every figure."""
    run = run_of(measurement("get", docdb=figures(2.5, 3.5), floor=figures(1.25, 2.0)))

    write_run(run, tmp_path / "run.json")

    assert read_run(tmp_path / "run.json") == run


def test_figures_tell_median_mean_and_what_is_rare():
    """A single stall shows in the mean and at the end, and not in the median."""
    assert figures_of([1.0, 1.0, 10.0]) == Figures(1.0, 4.0, 10.0, 3)


def test_reads_are_judged_by_medians_and_writes_by_means():
    """A write that is fast in the median and slow in the mean misses its target."""
    run = run_of(
        measurement("get", docdb=figures(1.0, 9.0), floor=figures(1.0, 1.0)),
        measurement("bulk insert", docdb=figures(1.0, 9.0), floor=figures(1.0, 1.0)),
    )

    found = dict(verdicts(run))["beside the floor and peers"]
    judged = {each.what: each.is_met for each in found if each.found is not None}

    assert judged == {"get / floor, median": True, "bulk insert / floor, mean": False}


def test_what_was_not_measured_is_neither_met_nor_missed():
    """A run without a measurement says nothing of its target."""
    assert {each.is_met for _, found in verdicts(run_of()) for each in found} == {None}
    assert list(verdict_sheets(verdicts(run_of()))) == []


def test_a_rate_beside_another_is_judged_by_how_much_it_fell():
    """Half the rate is twice the cost."""
    alone, beside = "reads, a process alone", "reads, a process beside another"
    run = run_of(
        measurement(alone, group="beside", docdb=figures(100.0))._replace(unit="/s"),
        measurement(beside, group="beside", docdb=figures(50.0))._replace(unit="/s"),
    )

    found = dict(verdicts(run))["docdb beside itself"]

    assert [each.found for each in found if each.found is not None] == [2.0]


def test_losses_name_who_is_faster():
    """The floor is no rival, and what is as fast is no loss."""
    run = run_of(
        measurement("get", docdb=figures(2.0), sqlite=figures(1.0), floor=figures(1.0)),
        measurement("count", docdb=figures(2.0), sqlite=figures(2.0)),
    )

    assert [(each.name, ratios) for each, ratios in losses_of(run)] == [("get", {"sqlite": 0.5})]


def test_tables_show_what_is_missing_as_a_dash():
    """A system that was not measured at something has an empty place there."""
    run = run_of(
        measurement("get", docdb=figures(2.0), floor=figures(1.0)),
        measurement("delete", floor=figures(1.0)),
    )

    (_, sheet), *_ = sheets_of(run)

    assert sheet.columns == ["median", "unit", "docdb", "floor", "docdb / floor"]
    assert sheet.rows[1] == ["delete", "µs", shown(None), "1.00", shown(None)]


def test_each_size_has_a_table_of_its_own():
    """Slow systems are compared at their own size only."""
    run = run_of(
        measurement("get", rows=9000, docdb=figures(2.0)),
        measurement("get", rows=2000, docdb=figures(2.0), tinydb=figures(9.0)),
    )

    assert [sheet.title for _, sheet in sheets_of(run)] == [
        "Documents, 9,000 messages",
        "Documents, 2,000 messages",
    ]


def test_slopes_are_exponents():
    """A cost that doubles with the size has slope 1, and one that stays has none."""
    run = run_of(
        measurement("get", group="scaling", rows=10, docdb=figures(5.0)),
        measurement("get", group="scaling", rows=1000, docdb=figures(5.0)),
    )

    assert slope_of([(1, 2), (2, 4), (4, 8)]) == pytest.approx(1.0)
    assert slopes_of(run)["get"][1] == pytest.approx(0.0)


def test_a_page_is_written_from_a_run(tmp_path: Path):
    """The page holds tables, targets and losses; plots need a run that has something to draw."""
    run = run_of(measurement("open and first query", group="processes", docdb=figures(2.0)))
    write_run(run, tmp_path / "run.json")

    done = CliRunner().invoke(
        main, ["report", str(tmp_path / "run.json"), "--page", str(tmp_path / "page.md")]
    )

    assert done.exit_code == 0, done.output
    assert "## Where we lose" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_the_command_runs_what_is_asked_and_keeps_it(tmp_path: Path):
    """``--only`` and ``--engines`` choose, and ``--out`` writes the figures."""
    options = "--rows 1000 --repeats 3 --only get --engines docdb,floor --out".split()

    done = CliRunner().invoke(main, [*options, str(tmp_path / "run.json")])

    assert done.exit_code == 0, done.output
    kept = read_run(tmp_path / "run.json")
    assert [each.name for each in kept.measurements] == ["get"]
    assert set(kept.systems) == {"docdb", "floor"}


def test_an_unknown_system_is_named():
    """A mistyped name lists those that there are."""
    done = CliRunner().invoke(main, ["--engines", "oracle"])

    assert done.exit_code == 2
    assert "oracle" in done.output
