"""The sample data of four applications: repeatable, valid, varied, and of the size asked for."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import docdb
from docdb import fixtures
from tests.schemas.describing import form_of
from tests.schemas.surveying import Survey, fingerprint

APPLICATIONS = ("aichat", "ekvi", "extrovertly", "social")
ACCOUNT_TABLES = ("session", "account", "twoFactor", "passkey")
ROWS = 1000


def opened(name: str, rows: int, seed: int = 0) -> tuple[docdb.Database, dict[str, int]]:
    """A database in memory with an application's sample data, and what was written."""
    application = fixtures.load(name)
    db = docdb.open(":memory:", application.schema)
    return db, application.populate(db, rows=rows, seed=seed)


def tables_of(db: docdb.Database, name: str) -> Iterator[tuple[str, Any, list[dict[str, Any]]]]:
    """Each table's counted name, JSON form and documents, components included."""
    form = form_of(name)
    with db.read() as reader:
        for table in form["tables"]:
            yield table["tableName"], table, reader.query(table["tableName"]).collect()
        for component, inner in form.get("docdbComponents", {}).items():
            part = reader.component(component)
            for table in inner["tables"]:
                documents = part.query(table["tableName"]).collect()
                yield f"{component}/{table['tableName']}", table, documents


def print_of(db: docdb.Database, name: str) -> dict[str, list[Any]]:
    """What a database holds, apart from ids and times."""
    tables = list(tables_of(db, name))
    with db.read() as reader:
        stored = [row["_id"] for row in reader.system.query("_storage").collect()]
    places: dict[Any, str] = {id: f"file {place}" for place, id in enumerate(stored)}
    for table, _, documents in tables:
        places |= {each["_id"]: f"{table} {place}" for place, each in enumerate(documents)}
    return {table: fingerprint(documents, places) for table, _, documents in tables}


@pytest.fixture(scope="module", params=APPLICATIONS)
def sampled(request: pytest.FixtureRequest) -> Iterator[tuple[str, docdb.Database, dict[str, int]]]:
    """An application with a thousand documents, only to be read."""
    db, counts = opened(request.param, ROWS)
    with db:
        yield request.param, db, counts


def test_it_writes_as_many_documents_as_asked(sampled: Any):
    """The counts of all tables add up to the rows, and are those of the database."""
    name, db, counts = sampled

    found = {table: len(documents) for table, _, documents in tables_of(db, name)}

    assert sum(counts.values()) == ROWS
    assert found == counts


def test_every_case_of_the_schema_occurs(sampled: Any):
    """Optional fields are present and absent, every member of every union comes up."""
    name, db, _ = sampled
    survey = Survey()

    for _, table, documents in tables_of(db, name):
        survey.add(table, documents)

    assert survey.missing == []


def test_every_reference_leads_to_a_document_of_its_table(sampled: Any):
    """Ids are those of documents that exist, stored files included."""
    name, db, _ = sampled
    survey = Survey()
    for _, table, documents in tables_of(db, name):
        survey.add(table, documents)

    with db.read() as reader:
        dangling = [
            id
            for table, ids in survey.ids.items()
            for id in ids
            if (reader.system.get(id) if table == "_storage" else reader.get(id, table=table))
            is None
        ]

    assert dangling == []


def test_times_lie_in_the_two_years_and_updates_follow_creations(sampled: Any):
    """``updatedAt`` is never before ``createdAt``, and creation is within the sample's period."""
    name, db, _ = sampled
    stamped = [
        document
        for _, _, documents in tables_of(db, name)
        for document in documents
        if "createdAt" in document and document["createdAt"] is not None
    ]

    backward = [each for each in stamped if each.get("updatedAt", 1e15) < each["createdAt"]]
    outside = [each for each in stamped if not 1.70e12 < each["createdAt"] < 1.77e12]

    assert backward == []
    assert outside == []


def test_unique_keys_are_unique(sampled: Any):
    """No two documents have the same values in the fields of a unique index, null left out."""
    name, db, _ = sampled
    keys = [
        (table, index["indexDescriptor"], *values)
        for table, form, documents in tables_of(db, name)
        for index in form["indexes"]
        if index.get("docdbUnique")
        for document in documents
        if None not in (values := [document.get(field) for field in index["fields"]])
    ]

    assert len(keys) == len(set(keys))


def test_plain_strings_that_are_references_lead_to_documents(sampled: Any):
    """What a table declares by ``reference()``, and what only its description says."""
    name, db, _ = sampled
    targets = {
        "userProfiles": ("authId", "betterAuth/user"),
        "files": ("storageId", "_storage"),
        **{f"betterAuth/{each}": ("userId", "betterAuth/user") for each in ACCOUNT_TABLES},
    }
    documents = {table: found for table, _, found in tables_of(db, name)}
    with db.read() as reader:
        ids = {"_storage": {row["_id"] for row in reader.system.query("_storage").collect()}}
    ids |= {table: {each["_id"] for each in found} for table, found in documents.items()}

    dangling = [
        document[field]
        for table, (field, target) in targets.items()
        for document in documents.get(table, [])
        if name == "ekvi" and document[field] not in ids[target]
    ]

    assert dangling == []


def test_every_message_of_a_chat_says_something():
    """At least one part where the content is empty, and both cases occur."""
    db, _ = opened("aichat", ROWS)
    messages = db.query("messages").collect()

    silent = [each for each in messages if not each["content"] and not each.get("parts")]
    wordless = [each for each in messages if not each["content"]]

    assert silent == []
    assert wordless


def test_counts_and_times_of_a_chat_are_those_of_its_messages():
    """``messageCount`` and ``lastMessageAt`` tell the truth, and replies stay in their chat."""
    db, _ = opened("aichat", ROWS)
    messages = {each["_id"]: each for each in db.query("messages").collect()}
    sizes = Counter(each["chatId"] for each in messages.values())

    wrong = [
        chat
        for chat in db.query("chats").collect()
        if chat.get("messageCount", sizes[chat["_id"]]) != sizes[chat["_id"]]
        or ("lastMessageAt" in chat) != (chat["_id"] in sizes)
    ]
    replies = [each for each in messages.values() if "parentMessageId" in each]
    strayed = [
        each for each in replies if messages[each["parentMessageId"]]["chatId"] != each["chatId"]
    ]

    assert wrong == []
    assert replies
    assert strayed == []


def test_indexes_agree_with_the_documents(sampled: Any):
    """The database's own check finds nothing."""
    _, db, _ = sampled

    assert list(db.check()) == []


@pytest.mark.parametrize("name", APPLICATIONS)
def test_the_same_seed_gives_the_same_documents(name: str):
    """Two databases differ in ids and times only."""
    first, _ = opened(name, 150, seed=7)
    second, _ = opened(name, 150, seed=7)

    assert print_of(first, name) == print_of(second, name)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_another_seed_gives_other_documents(name: str):
    """The seed matters."""
    first, _ = opened(name, 150, seed=7)
    second, _ = opened(name, 150, seed=8)

    assert print_of(first, name) != print_of(second, name)


@pytest.mark.parametrize("name", APPLICATIONS)
@pytest.mark.parametrize("rows", [1, 2, 3, 7, 16, 20, 33, 60])
def test_small_samples_are_exact_and_valid(name: str, rows: int):
    """Any number of rows from one on works."""
    db, counts = opened(name, rows)

    assert sum(counts.values()) == rows
    assert list(db.check()) == []


@pytest.mark.parametrize("name", APPLICATIONS)
def test_large_samples_are_written_in_several_transactions(name: str):
    """Progress is reported after each of them, and ends at the total."""
    application = fixtures.load(name)
    steps: list[tuple[int, int]] = []

    def note(done: int, total: int) -> None:
        steps.append((done, total))

    with docdb.open(":memory:", application.schema) as db:
        counts = application.populate(db, rows=6_000, seed=1, progress=note)

    assert sum(counts.values()) == 6_000
    assert len(steps) >= 2
    assert steps[-1] == (6_000, 6_000)


@pytest.mark.parametrize("rows", [0, -1, 1.5, True, "10"])
def test_rows_must_be_a_whole_number_above_zero(rows: Any):
    """Anything else is refused before something is written."""
    application = fixtures.load("social")
    populate: Callable[..., object] = application.populate

    with docdb.open(":memory:", application.schema) as db:
        with pytest.raises(docdb.InvalidArgument, match="rows"):
            populate(db, rows=rows)

        assert db.query("profiles").first() is None
