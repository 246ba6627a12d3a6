"""The access patterns of four applications: each runs, answers, and goes through an index."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

import docdb
from docdb import fixtures
from docdb.queries.builder import Query
from tests.schemas.describing import form_of

APPLICATIONS = ("aichat", "ekvi", "extrovertly", "social")
PATTERNS = [(name, each) for name in APPLICATIONS for each in fixtures.load(name).patterns]
# The document's own admin query reads the whole table.
SCANS = {"get_large_files"}


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, docdb.Database]]:
    """The applications with 600 documents each, only to be read."""
    opened: dict[str, docdb.Database] = {}
    for name in APPLICATIONS:
        application = fixtures.load(name)
        opened[name] = docdb.open(":memory:", application.schema)
        application.populate(opened[name], rows=600, seed=3)
    yield opened
    for db in opened.values():
        db.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """The table and the index of each query that is run."""
    queries: list[tuple[str, str | None]] = []
    run = Query._run

    def noting(self: Query, answer: Any) -> Any:
        queries.append((self._request.table, self._request.index))
        return run(self, answer)

    monkeypatch.setattr(Query, "_run", noting)
    return queries


@pytest.mark.parametrize(("name", "pattern"), PATTERNS)
def test_every_pattern_answers_through_an_index(
    name: str, pattern: str, databases: dict[str, docdb.Database], asked: list[Any]
):
    """No pattern walks a table, but the one whose document does."""
    ask = fixtures.load(name).patterns[pattern]

    with databases[name].read() as reader:
        for seed in range(10):
            ask(reader, Random(seed))

    scans = [table for table, index in asked if index is None]
    assert asked
    assert bool(scans) == (pattern in SCANS)


@pytest.mark.parametrize(("name", "pattern"), PATTERNS)
def test_every_pattern_finds_something(
    name: str, pattern: str, databases: dict[str, docdb.Database]
):
    """Arguments come from the data, so that answers are not all empty."""
    ask = fixtures.load(name).patterns[pattern]
    may_be_empty = pattern in SCANS

    with databases[name].read() as reader:
        answers = [ask(reader, Random(seed)) for seed in range(25)]

    found = [each for each in answers if (each.page if isinstance(each, docdb.Page) else each)]
    assert found or may_be_empty


@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_index_is_used_by_a_pattern(
    name: str, databases: dict[str, docdb.Database], asked: list[Any]
):
    """The patterns leave out no index of the application's own tables."""
    application = fixtures.load(name)
    declared = {
        (table["tableName"], index["indexDescriptor"])
        for table in form_of(name)["tables"]
        for index in table["indexes"]
    }

    with databases[name].read() as reader:
        for ask in application.patterns.values():
            ask(reader, Random(1))

    assert declared - set(asked) == set()


@pytest.mark.parametrize("name", APPLICATIONS)
def test_patterns_take_a_database_and_a_write_transaction_too(
    name: str, databases: dict[str, docdb.Database]
):
    """What can read can be asked, and answers alike."""
    db = databases[name]
    patterns = fixtures.load(name).patterns
    with db.read() as reader:
        expected = {each: repr(ask(reader, Random(5))) for each, ask in patterns.items()}

    with db.write() as tx:
        by_writer = {each: repr(ask(tx, Random(5))) for each, ask in patterns.items()}
    by_database = {each: repr(ask(db, Random(5))) for each, ask in patterns.items()}

    assert by_writer.keys() == by_database.keys() == expected.keys()
    assert by_writer == expected


@pytest.mark.parametrize("name", APPLICATIONS)
def test_patterns_of_an_empty_application_say_what_to_do(name: str):
    """A pattern has nothing to choose from before the application is populated."""
    application = fixtures.load(name)
    ask = next(iter(application.patterns.values()))

    with (
        docdb.open(":memory:", application.schema) as db,
        pytest.raises(docdb.InvalidArgument, match="is empty"),
    ):
        ask(db, Random(0))


def test_every_search_index_has_a_pattern():
    """One search or more for each search index."""
    declared = {
        name: sum(len(each["searchIndexes"]) for each in form["tables"])
        for name in APPLICATIONS
        if (form := form_of(name))
    }

    counted = {
        name: sum("search" in pattern for pattern in fixtures.load(name).patterns)
        for name in APPLICATIONS
    }

    assert declared == {"aichat": 2, "ekvi": 0, "extrovertly": 4, "social": 0}
    assert counted == {"aichat": 3, "ekvi": 0, "extrovertly": 4, "social": 0}
