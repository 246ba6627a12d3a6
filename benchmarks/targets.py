"""
What docdb is meant to cost, beside the floor and its peers, and whether it does.

Rules:

- A target is a ratio of docdb to another system in one run. Reads are judged by medians and writes
  by means, since SQLite's checkpoints, for one, hide from medians; reports show both.
- A few targets are times, and a few compare docdb with itself: at another page, with more tables,
  beside another thread or process.
- A target whose measurement is not in the run is neither met nor missed.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from benchmarks.applications import APPLICATIONS
from benchmarks.large_tables import EXPIRED, LARGE, SIX, TWICE
from benchmarks.measurement import Measurement, Run
from benchmarks.scaling import FIRST_PAGE, LATER_PAGE

__all__ = ["BOUNDS", "CLAIMS", "RATIOS", "REQUIREMENTS", "Verdict", "verdicts"]

Statistic = Literal["median", "mean"]
DOCDB = "docdb"
_MEMORY = "memory of a reading process"


class Ratio(NamedTuple):
    """A measurement of docdb may be at most so many times that of another system."""

    group: str
    name: str
    other: str
    at_most: float
    statistic: Statistic = "median"


class Bound(NamedTuple):
    """A measurement of docdb may be at most so much, in its own unit."""

    group: str
    name: str
    at_most: float


class Claim(NamedTuple):
    """
    Docdb compared with itself: the one measurement may be at most so many times the other.

    Attributes:
        says: What it shows.
        group: Where both are measured.
        one: The name of the one, which is taken at its largest size.
        other: The name of the other; if it is the same, it is taken at its smallest size.
        at_most: The bound; for rates, of the other divided by the one.
    """

    says: str
    group: str
    one: str
    other: str
    at_most: float


class Verdict(NamedTuple):
    """
    A target beside what was measured.

    Attributes:
        what: The target in a few words.
        wanted: The bound.
        found: What was measured, by the statistic that counts; None if it was not.
        also: The other statistic, where there is one.
    """

    what: str
    wanted: float
    found: float | None
    also: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether it was met; None if it was not measured."""
        return None if self.found is None else self.found <= self.wanted


class Requirement(NamedTuple):
    """
    A number that an application asks for.

    Attributes:
        name: Its number among the requirements.
        asks: What it asks.
        group: Where it is measured.
        measured: The measurement.
        at_most: What that may be, in its own unit.
    """

    name: str
    asks: str
    group: str
    measured: str
    at_most: float


def _beside(name: str, floor: float, sqlite: float | None, statistic: Statistic) -> list[Ratio]:
    ratios = [Ratio("documents", name, "floor", floor, statistic)]
    if sqlite is not None:
        ratios.append(Ratio("documents", name, "sqlite", sqlite, statistic))
    return ratios


RATIOS = (
    *_beside("get", 1.3, 0.7, "median"),
    *_beside("newest 20", 1.2, 0.95, "median"),
    *_beside("range of 1000", 1.15, 0.85, "median"),
    *_beside("page walk", 1.2, 0.85, "median"),
    *_beside("unindexed filter", 0.4, 1.2, "median"),
    *_beside("bulk insert", 1.6, 1.0, "mean"),
    *_beside("insert, unsafe", 1.5, 1.0, "mean"),
    *_beside("patch, unsafe", 1.6, 1.5, "mean"),
    *_beside("delete, unsafe", 1.3, 1.5, "mean"),
    *_beside("insert, durable", 1.15, None, "mean"),
    Ratio("processes", "open and first query", "sqlite", 2.5),
    Ratio("search", "one rare term", "fts5", 0.8),
    Ratio("search", "one common term", "fts5", 0.05),
    Ratio("search", "three terms", "fts5", 0.2),
    Ratio("search", "prefix of the last term", "fts5", 0.6),
    Ratio("search", "common term, selective filter", "fts5", 0.05),
    Ratio("search", "added per insert", "fts5", 1.0, "mean"),
    Ratio("search", "build", "fts5", 3.0, "mean"),
)

BOUNDS = (
    Bound("processes", "open and first query", 8),
    Bound("processes", "import", 50),
)

REQUIREMENTS = (
    Requirement("R118", "indexed filter of programs", LARGE, "programs of a coach", 50),
    Requirement("R119", "indexed filter of files", LARGE, "files of a MIME type", 50),
    Requirement(
        "R120", "foreign key through an index", APPLICATIONS, "ekvi: modules_of_program", 5
    ),
    Requirement("R121", "get", APPLICATIONS, "ekvi: get_user", 5),
    Requirement("R121", "get with an address", APPLICATIONS, "ekvi: get_file_with_url", 10),
    Requirement("R121", "profile with its image", APPLICATIONS, "ekvi: get_user_with_image", 20),
    Requirement("R121", "profile of a session", APPLICATIONS, "ekvi: profile_of_session", 20),
    Requirement("R122", "scan of metadata, per file", LARGE, "scan, per file", 50),
    Requirement("R124", "a text of 20 bytes kept twice, MB", LARGE, TWICE, 5),
    Requirement("R126", "clean-up, per expired row", LARGE, EXPIRED, 1),
    Requirement("R127", "search in a chat", APPLICATIONS, "aichat: search_messages_of_chat", 50),
    Requirement("R128", "insert with six indexes, three of search", LARGE, SIX, 5),
)

# What beside the other is allowed to cost: two cores leave each process its own, and two threads
# take turns in one interpreter, which halves what each can do.
CLAIMS = (
    Claim("page 1,000 costs what page 1 costs", "scaling", LATER_PAGE, FIRST_PAGE, 1.25),
    Claim("memory does not grow with the file", "scaling", _MEMORY, _MEMORY, 1.25),
    Claim("a thousand tables do not slow a write", "tables", "insert", "insert", 1.25),
    *(
        Claim(
            f"a {who} {kind} is not slowed by more than it must be",
            "beside",
            f"{what}, a {kind} beside another",
            f"{what}, a {kind} alone",
            bound,
        )
        for kind, bound in (("process", 1.3), ("thread", 2.5))
        for who, what in (("reading", "reads"), ("writing", "writes"))
    ),
)


def verdicts(run: Run) -> Iterator[tuple[str, list[Verdict]]]:
    """Yield the verdicts on a run: headings, each with its targets in order."""
    yield "beside the floor and peers", [_of_ratio(run, each) for each in RATIOS]
    yield "in milliseconds", [_of_bound(run, each) for each in BOUNDS]
    yield "docdb beside itself", [_of_claim(run, each) for each in CLAIMS]
    yield (
        "what the applications ask, in milliseconds where nothing else is said",
        [_of_requirement(run, each) for each in REQUIREMENTS],
    )


def _of_ratio(run: Run, target: Ratio) -> Verdict:
    found = run.find(target.group, target.name)
    values = (
        (None, None)
        if found is None
        else (
            found.ratio(DOCDB, target.other, target.statistic),
            found.ratio(DOCDB, target.other, _other(target.statistic)),
        )
    )
    return Verdict(f"{target.name} / {target.other}, {target.statistic}", target.at_most, *values)


def _other(statistic: Statistic) -> Statistic:
    return "mean" if statistic == "median" else "median"


def _of_bound(run: Run, target: Bound) -> Verdict:
    return Verdict(
        target.name, target.at_most, *_both(run.find(target.group, target.name), "median")
    )


def _both(found: Measurement | None, statistic: Statistic) -> tuple[float | None, float | None]:
    if found is None or DOCDB not in found.figures:
        return None, None
    figures = found.figures[DOCDB]
    return getattr(figures, statistic), getattr(figures, _other(statistic))


def _of_requirement(run: Run, requirement: Requirement) -> Verdict:
    found = run.find(requirement.group, requirement.measured)
    # The short form has fewer rows than applications ask for, and says so.
    size = "" if found is None else f", {found.rows:,} rows"
    what = f"{requirement.name}, {requirement.asks}{size}"
    return Verdict(what, requirement.at_most, *_both(found, "median"))


def _of_claim(run: Run, claim: Claim) -> Verdict:
    found = [
        sorted(
            (each for each in run.measurements if (each.group, each.name) == (claim.group, name)),
            key=lambda each: each.rows,
        )
        for name in (claim.one, claim.other)
    ]
    if not all(found):
        return Verdict(claim.says, claim.at_most, None)
    one = found[0][-1]
    other = found[1][0 if claim.one == claim.other else -1]
    ratio = one.figures[DOCDB].median / other.figures[DOCDB].median
    return Verdict(claim.says, claim.at_most, 1 / ratio if one.unit == "/s" else ratio)
