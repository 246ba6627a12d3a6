"""The sample data and the access patterns of ``whitecell``."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

import docdb
from docdb import fixtures
from docdb.queries.builder import Query
from tests.schemas.surveying import Survey, fingerprint

APPLICATION = fixtures.load("whitecell")
FORM: Any = APPLICATION.schema.to_json()
TABLES = FORM["tables"]
NAMES = [table["tableName"] for table in TABLES]
QUESTIONS = APPLICATION.patterns
ROWS = 2_000


def populated(rows: int, seed: int = 0) -> tuple[docdb.Database, dict[str, int]]:
    """A database in memory with sample data, and what was written."""
    db = docdb.open(":memory:", APPLICATION.schema)
    return db, APPLICATION.populate(db, rows=rows, seed=seed)


def contents(db: docdb.Database) -> dict[str, list[Any]]:
    """What a database holds, apart from ids and times."""
    documents = {name: db.query(name).collect() for name in NAMES}
    places = {
        str(each["_id"]): f"{name} {place}"
        for name, found in documents.items()
        for place, each in enumerate(found)
    }
    return {name: fingerprint(found, places) for name, found in documents.items()}


def is_empty(answer: Any) -> bool:
    """Whether an answer says that there is nothing."""
    return not (answer.page if isinstance(answer, docdb.Page) else answer)


@pytest.fixture(scope="module")
def sampled() -> Iterator[tuple[docdb.Database, dict[str, int]]]:
    """Two thousand documents, only to be read."""
    db, counts = populated(ROWS)
    with db:
        yield db, counts


@pytest.fixture(scope="module")
def survey(sampled: tuple[docdb.Database, dict[str, int]]) -> Survey:
    """What occurs in them."""
    walked = Survey()
    for table in TABLES:
        walked.add(table, sampled[0].query(table["tableName"]).collect())
    return walked


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


class TestSample:
    """Sample data is valid, varied, repeatable, and of the size asked for."""

    def test_the_counts_are_those_of_the_database(self, sampled: Any):
        """They add up to the rows, and each table has some."""
        db, counts = sampled

        found = {name: db.query(name).count() for name in NAMES}

        assert found == counts
        assert sum(counts.values()) == ROWS
        assert min(counts.values()) > 0

    def test_every_case_of_the_schema_occurs(self, survey: Survey):
        """Optional fields are present and absent, every member of every enumeration comes up."""
        assert survey.missing == []

    def test_every_reference_leads_to_a_document(self, survey: Survey, sampled: Any):
        """Users and notes exist, those that notes link to and flags name among them."""
        db, _ = sampled

        dangling = [
            id for table, ids in survey.ids.items() for id in ids if db.get(id, table=table) is None
        ]

        assert set(survey.ids) == {"users", "notes"}
        assert dangling == []

    def test_a_user_s_notes_link_to_notes_of_the_same_user(self, sampled: Any):
        """So do flashcards and the notes they were made from."""
        db, _ = sampled
        notes = {note["_id"]: note for note in db.query("notes").collect()}
        links = [
            (note["userId"], link)
            for note in notes.values()
            for link in note.get("linkedNotes", [])
        ]
        sources = [
            (card["userId"], card["sourceNoteId"])
            for card in db.query("flashcards").collect()
            if "sourceNoteId" in card
        ]

        strangers = [each for each in links + sources if notes[each[1]]["userId"] != each[0]]

        assert links
        assert sources
        assert strangers == []

    @pytest.mark.parametrize(
        ("table", "fields"),
        [
            ("users", ["email"]),
            ("users", ["username"]),
            ("badges", ["userId", "badgeType"]),
            ("feature_flags", ["name"]),
        ],
    )
    def test_unique_keys_are_unique(self, table: str, fields: list[str], sampled: Any):
        """No two documents of the sample share a key that the schema declares unique."""
        documents = sampled[0].query(table).collect()

        keys = {tuple(each[field] for field in fields) for each in documents}

        assert len(keys) == len(documents)

    def test_indexes_agree_with_the_documents(self, sampled: Any):
        """The database's own check finds nothing."""
        assert list(sampled[0].check()) == []

    def test_nothing_in_it_expires_in_this_century(self, sampled: Any):
        """Sessions and one-time passwords are there to be looked at, whatever the clock says."""
        db, _ = sampled
        century = 4_102_444_800_000

        ends = [each["expiresAt"] for name in ("sessions", "otp_tokens") for each in db.query(name)]

        assert min(ends) >= century

    def test_the_same_seed_gives_the_same_documents(self):
        """Another seed gives others."""
        first, second, other = (populated(200, seed)[0] for seed in (7, 7, 8))

        assert contents(first) == contents(second)
        assert contents(first) != contents(other)

    @pytest.mark.parametrize("rows", [1, 2, 37, 38, 39, 100])
    def test_small_samples_are_exact_and_valid(self, rows: int):
        """Any number of rows from one on works; from 38 on, every table has one."""
        db, counts = populated(rows)

        assert sum(counts.values()) == rows
        assert list(counts.values()).count(0) == max(0, 38 - rows)
        assert list(db.check()) == []

    def test_large_samples_are_written_in_several_transactions(self):
        """Progress is reported after each of them, and ends at the total."""
        steps: list[tuple[int, int]] = []

        with docdb.open(":memory:", APPLICATION.schema) as db:
            APPLICATION.populate(
                db, rows=6_000, progress=lambda done, rows: steps.append((done, rows))
            )

        assert [rows for _, rows in steps] == [6_000, 6_000]
        assert steps[-1][0] == 6_000


class TestPatterns:
    """Every question of the document has a function that answers it through an index."""

    @pytest.mark.parametrize("name", APPLICATION.patterns)
    def test_every_pattern_answers_through_an_index(self, name: str, sampled: Any, asked: Any):
        """No pattern walks a table, and arguments from the data find something."""
        with sampled[0].read() as reader:
            answers = [APPLICATION.patterns[name](reader, Random(seed)) for seed in range(25)]

        assert not all(is_empty(answer) for answer in answers)
        assert [table for table, index in asked if index is None] == []

    def test_every_index_is_used(self, sampled: Any, asked: Any):
        """The patterns leave out no index."""
        declared = {
            (table["tableName"], index["indexDescriptor"])
            for table in TABLES
            for index in table["indexes"]
        }

        for ask in APPLICATION.patterns.values():
            ask(sampled[0], Random(1))

        assert declared - set(asked) == set()

    def test_the_same_generator_gets_the_same_answer(self, sampled: Any):
        """From a snapshot as from the database."""
        db, _ = sampled

        with db.read() as reader:
            by_reader = {name: repr(ask(reader, Random(5))) for name, ask in _patterns()}
        by_database = {name: repr(ask(db, Random(5))) for name, ask in _patterns()}

        assert by_reader == by_database

    @pytest.mark.parametrize("name", QUESTIONS)
    def test_every_pattern_says_what_it_answers(self, name: str):
        """The docstring begins with what it does: find one, list some, read a page, sum up."""
        ask = QUESTIONS[name]

        assert ask.__name__ == name
        assert (ask.__doc__ or "").split()[0] in {"Find", "List", "Read", "Search", "Sum"}

    def test_every_search_index_has_a_pattern(self):
        """One search or more for each search index."""
        declared = sum(len(table["searchIndexes"]) for table in TABLES)
        patterns = APPLICATION.patterns.values()
        searches = [each for each in patterns if (each.__doc__ or "").startswith("Search")]

        assert declared == 16
        assert len(searches) == 17


def _patterns() -> Any:
    return APPLICATION.patterns.items()
