"""
What the applications ask of whole tables, on docdb alone: filters of a hundred thousand rows,
clean-up, what a field kept twice weighs, and what six indexes cost.

Tables of programs and files are filled with copies of the documents of the ``ekvi`` sample.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import docdb
from benchmarks.applications import opened_alone
from benchmarks.documents import Progress
from benchmarks.measurement import Figures, Measurement, figures_of
from benchmarks.sample import make_sample
from docdb import fixtures

__all__ = ["EXPIRED", "LARGE", "SIX", "TWICE", "measure_large_tables"]

LARGE = "large tables"
TWICE = "an indexed text of each file, more on disk"
SIX = "insert with six indexes"
EXPIRED = "sweep, per expired row"


def measure_large_tables(*, rows: int, repeats: int, progress: Progress) -> Iterator[Measurement]:
    """Yield what is asked of large tables: programs by their coach, files by type, clean-up."""
    application = fixtures.load("ekvi")
    with opened_alone(application.schema) as db:
        progress(f"loading {rows:,} programs and half as many files")
        application.populate(db, rows=2000, seed=0)
        coaches = _multiply(db, "programs", "coachProfileId", rows=rows, values=rows // 500)
        types = _multiply(db, "files", "mimeType", rows=rows // 2, values=rows // 2000)
        progress("indexed filters of large tables")
        programs, files = db.query("programs"), db.query("files")
        questions: Mapping[str, tuple[int, Callable[[Random], Any]]] = {
            "programs of a coach": (
                rows,
                lambda random: programs.with_index(
                    "by_coach", coachProfileId=random.choice(coaches)
                ).collect(),
            ),
            "programs of a coach, without the index": (
                rows,
                lambda random: programs.filter(
                    lambda q: q.eq(q.field("coachProfileId"), random.choice(coaches))
                ).collect(),
            ),
            "files of a MIME type": (
                rows // 2,
                lambda random: files.with_index(
                    "by_mimeType", mimeType=random.choice(types)
                ).collect(),
            ),
        }
        for name, (size, ask) in questions.items():
            runs = 3 if "without" in name else repeats
            yield _measurement(name, size, "ms", _ask(ask, runs))
        size = files.count()
        scan = _ask(lambda _: files.filter(lambda q: q.gt(q.field("size"), 10**7)).collect(), 3)
        per_file = Figures(scan.median / size, scan.mean / size, scan.high / size, scan.samples)
        yield _measurement("scan, per file", size, "ms", per_file)
    progress("clean-up of expired rows, a text kept twice, six indexes")
    yield from _measure_sweep(rows)
    megabytes = (_file_bytes(rows // 2, has_type=True) - _file_bytes(rows // 2)) / 1e6
    yield _measurement(TWICE, rows // 2, "MB", figures_of([megabytes]))
    yield _measurement(SIX, rows // 10, "ms", _insert_with_six_indexes(rows // 10, repeats))


def _measurement(name: str, rows: int, unit: str, figures: Figures) -> Measurement:
    return Measurement(LARGE, name, "", rows, unit, {"docdb": figures})


def _multiply(
    db: docdb.Database, table: str, field: str, *, rows: int, values: int
) -> Sequence[Any]:
    """Fill a table with copies of what it holds, a field of which has so many values."""
    found = db.query(table).take(100)
    originals = [{k: v for k, v in each.items() if not k.startswith("_")} for each in found]
    if field == "mimeType":
        chosen = [f"image/type{number}" for number in range(max(2, values))]
    else:
        coach = {k: v for k, v in _any(db, "coachProfiles").items() if not k.startswith("_")}
        profile = {k: v for k, v in _any(db, "userProfiles").items() if not k.startswith("_")}
        chosen = [_coach(db, coach, profile, number) for number in range(max(2, values))]
    copies = (
        {**originals[number % len(originals)], field: chosen[number % len(chosen)]}
        for number in range(rows)
    )
    db.insert_many(table, copies)
    return chosen


def _coach(
    db: docdb.Database, coach: Mapping[str, Any], profile: Mapping[str, Any], number: int
) -> str:
    """Insert another coach with a profile of their own, since both are unique."""
    own = db.insert("userProfiles", {**profile, "authId": f"another{number}"})
    return db.insert("coachProfiles", {**coach, "profileId": own})


def _any(db: docdb.Database, table: str) -> Mapping[str, Any]:
    found = db.query(table).first()
    assert found is not None
    return found


def _ask(ask: Callable[[Random], Any], repeats: int) -> Figures:
    random = Random(0)
    seconds: list[float] = []
    for _ in range(repeats):
        began = perf_counter()
        ask(random)
        seconds.append(perf_counter() - began)
    return figures_of(seconds, 1e3)


def _measure_sweep(rows: int) -> Iterator[Measurement]:
    """Let one row in ten and one in a hundred expire: the cost of each must be the same."""
    table = docdb.define_table({"until": docdb.v.number()}).ttl("until")
    for share in (10, 100):
        with opened_alone(docdb.define_schema({"codes": table})) as db:
            db.insert_many(
                "codes", ({"until": 1.0 if n % share == 0 else 9e12} for n in range(rows))
            )
            began = perf_counter()
            swept = db.sweep(now=2.0)
            cost = (perf_counter() - began) / swept * 1e3
        name = EXPIRED if share == 10 else f"{EXPIRED}, of one in {share}"
        yield _measurement(name, rows, "ms", figures_of([cost]))


def _file_bytes(rows: int, *, has_type: bool = False) -> int:
    """Return the size of a database of files, which may hold their type beside their metadata."""
    fields = {"name": docdb.v.string(), "size": docdb.v.number()}
    table = docdb.define_table(fields)
    if has_type:
        table = docdb.define_table({**fields, "type": docdb.v.string()}).index("by_type", ["type"])
    kind = {"type": "application/x-type-1"} if has_type else {}
    with TemporaryDirectory(prefix="docdb-bench-") as folder:
        path = Path(folder) / "files.docdb"
        with docdb.open(path, docdb.define_schema({"files": table}), durability="unsafe") as db:
            files = ({"name": f"file {n}.png", "size": n, **kind} for n in range(rows))
            db.insert_many("files", files)
        return path.stat().st_size


def _insert_with_six_indexes(rows: int, repeats: int) -> Figures:
    """Time single inserts into a table with three indexes and three search indexes."""
    table = docdb.define_table(
        {
            "title": docdb.v.string(),
            "content": docdb.v.string(),
            "subject": docdb.v.string(),
            "number": docdb.v.number(),
        }
    ).index("by_number", ["number"])
    for field in ("title", "subject"):
        table = table.index(f"by_{field}", [field])
    for field in ("title", "content", "subject"):
        table = table.search_index(f"search_{field}", search_field=field)
    texts = [message["content"] for message in make_sample(max(rows, repeats)).messages]
    notes = [
        {"title": text[:40], "content": text, "subject": text[:12], "number": number}
        for number, text in enumerate(texts)
    ]
    with opened_alone(docdb.define_schema({"notes": table})) as db:
        db.insert_many("notes", notes)
        fresh = iter(notes)
        return _ask(lambda _: db.insert("notes", next(fresh)), repeats)
