"""The schema and rules of ``whitecell``, against a second transcription of its document."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import fixtures
from tests.schemas.describing import described, transcript
from tests.schemas.rules import applications as rules

SCHEMA = fixtures.load("whitecell").schema
FORM: Any = SCHEMA.to_json()
TRANSCRIPT = transcript((Path(__file__).parent / "transcripts/whitecell.txt").read_text("utf-8"))

# "(default: x)" of 29 columns.
DEFAULTS = rules.DEFAULTS["whitecell"]

FIVE = {"minimum": 1, "maximum": 5}
HUNDRED = {"minimum": 0, "maximum": 100}
CLOCK = {"pattern": "([01][0-9]|2[0-3]):[0-5][0-9]"}
CONSTRAINTS = {
    "users.bio": {"maxLength": 500},
    "users.currentLevel": {"minimum": 1, "maximum": 100},
    "otp_tokens.token": {"pattern": "[0-9]{6}"},
    "flashcards.difficulty": FIVE,
    "flashcards.easeFactor": {"minimum": 1.3},
    "flashcards.reviewHistory[].quality": {"minimum": 0, "maximum": 5},
    "quizzes.score": HUNDRED,
    "textbooks.readingProgress": HUNDRED,
    "study_goals.priority": FIVE,
    "workouts.exercises[].rpe": {"minimum": 1, "maximum": 10},
    "meals.time": CLOCK,
    "debate_sessions.quality": FIVE,
    "strategies.rating": FIVE,
    "daily_tasks.priority": FIVE,
    "daily_tasks.dueTime": CLOCK,
    "pmo_tracker.energyLevel": FIVE,
    "pmo_tracker.focusLevel": FIVE,
    "pmo_tracker.moodLevel": FIVE,
    "pmo_tracker.confidenceLevel": FIVE,
    "ai_context_memory.confidence": {"minimum": 0, "maximum": 1},
    "feature_flags.rolloutPercentage": HUNDRED,
}

REVIEW = {"date": 1, "easeFactor": 1.0, "interval": 1, "timeSpent": 5}
EXERCISE = {"name": "Row", "sets": 1, "reps": 1}
# A table, a field, values at the edge of what is allowed, and values just beyond.
EDGES = [
    ("users", "bio", ["", "x" * 500], ["x" * 501]),
    ("users", "currentLevel", [1, 100], [0, 101, 100.5]),
    ("otp_tokens", "token", ["000000", "999999"], ["12345", "1234567", "12345a", "12345\n"]),
    ("flashcards", "difficulty", [1, 5], [0, 6]),
    ("flashcards", "easeFactor", [1.3, 9], [1.29]),
    (
        "flashcards",
        "reviewHistory",
        [[], [REVIEW | {"quality": 0}, REVIEW | {"quality": 5}]],
        [[REVIEW | {"quality": 5.1}], [REVIEW | {"quality": -1}]],
    ),
    ("quizzes", "score", [0, 100], [-0.5, 100.5]),
    ("textbooks", "readingProgress", [0, 100], [-1, 101]),
    ("study_goals", "priority", [1, 5], [0, 6]),
    ("workouts", "exercises", [[EXERCISE | {"rpe": 10}]], [[EXERCISE | {"rpe": 11}]]),
    ("meals", "time", ["00:00", "23:59"], ["24:00", "9:30", "12:60", "12:30:00"]),
    ("debate_sessions", "quality", [1, 5], [0, 6]),
    ("strategies", "rating", [1, 5], [0, 6]),
    ("daily_tasks", "priority", [1, 5], [0, 6]),
    ("daily_tasks", "dueTime", ["00:00", "23:59"], ["24:00", "noon"]),
    ("pmo_tracker", "energyLevel", [1, 5], [0, 6]),
    ("pmo_tracker", "focusLevel", [1, 5], [0, 6]),
    ("pmo_tracker", "moodLevel", [1, 5], [0, 6]),
    ("pmo_tracker", "confidenceLevel", [1, 5], [0, 6]),
    ("ai_context_memory", "confidence", [0, 1, 0.5], [-0.1, 1.1]),
    ("feature_flags", "rolloutPercentage", [0, 100], [-1, 101]),
]

# Columns of type String whose description is a closed list: advice, not a rule.
ADVISED = [
    ("users", "subscription"),
    ("measurements", "unit"),
    ("logic_puzzles", "puzzleType"),
    ("strategies", "category"),
    ("content_ideas", "category"),
    ("ai_conversations", "module"),
    ("ai_context_memory", "category"),
    ("streaks", "streakType"),
    ("admin_logs", "targetType"),
]


def extensions(key: str) -> dict[str, Any]:
    """What a schema says beyond Convex under one key, by path."""
    found: dict[str, Any] = {}
    for table in FORM["tables"]:
        _collect(key, table["documentType"], table["tableName"], found)
    return found


def _collect(key: str, validator: Mapping[str, Any], path: str, found: dict[str, Any]) -> None:
    if key in validator:
        found[path] = validator[key]
    match validator["type"]:
        case "object":
            for name, field in validator["value"].items():
                _collect(key, field["fieldType"], f"{path}.{name}", found)
        case "array":
            _collect(key, validator["value"], f"{path}[]", found)
        case _:
            pass


@pytest.fixture(scope="module")
def db() -> Iterator[docdb.Database]:
    """A database with a few documents of each table; tests leave behind what they change."""
    application = fixtures.load("whitecell")
    with docdb.open(":memory:", application.schema) as opened:
        application.populate(opened, rows=100)
        yield opened
        assert list(opened.check()) == []


def stored(db: docdb.Database, id: str) -> dict[str, Any]:
    """The document with an id."""
    found = db.get(id)
    assert found is not None
    return found


def first(db: docdb.Database, table: str) -> dict[str, Any]:
    """A document of a table."""
    found = db.query(table).first()
    assert found is not None
    return found


def copied(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document without what the engine gave it."""
    return {name: value for name, value in document.items() if not name.startswith("_")}


def test_it_has_the_tables_of_the_document():
    """38 tables, in nine groups."""
    assert len(TRANSCRIPT) == 38
    assert set(described(SCHEMA)) == set(TRANSCRIPT)


@pytest.mark.parametrize("table", TRANSCRIPT)
def test_a_table_has_the_fields_and_indexes_of_the_document(table: str):
    """Names, types, optional fields, and indexes with their fields in order."""
    assert described(SCHEMA)[table] == TRANSCRIPT[table]


def test_defaults_are_those_of_the_document():
    """29 columns have a default, and no other."""
    assert len(DEFAULTS) == 29
    assert extensions("docdbDefault") == DEFAULTS


def test_constraints_are_those_of_the_document():
    """Every range, length and format that a description states, at its path, and no other."""
    assert extensions("docdbConstraints") == CONSTRAINTS


def test_deleting_a_user_deletes_nothing_else():
    """The document states no action for any reference."""
    assert extensions("docdbOnDelete") == {}


@pytest.mark.parametrize(("table", "field", "allowed", "refused"), EDGES)
def test_a_stated_range_holds_to_its_edges(
    db: docdb.Database, table: str, field: str, allowed: list[Any], refused: list[Any]
):
    """The last value within is stored, the first one beyond is refused."""
    id = first(db, table)["_id"]

    for value in allowed:
        db.patch(id, {field: value})
    for value in refused:
        with pytest.raises(docdb.ValidationError):
            db.patch(id, {field: value})

    assert stored(db, id)[field] == allowed[-1]


@pytest.mark.parametrize(("table", "field"), ADVISED)
def test_lists_of_string_columns_are_advice(db: docdb.Database, table: str, field: str):
    """A value outside such a list is stored: only columns of type Enum are closed."""
    id = first(db, table)["_id"]

    db.patch(id, {field: "something else"})

    assert stored(db, id)[field] == "something else"


def test_unique_keys_are_those_of_the_document():
    """E-mail, username, the name of a flag, and each type of badge once for a user."""
    unique = [
        (table["tableName"], *index["fields"])
        for table in FORM["tables"]
        for index in table["indexes"]
        if index.get("docdbUnique")
    ]

    assert unique == [
        ("users", "email"),
        ("users", "username"),
        ("badges", "userId", "badgeType"),
        ("feature_flags", "name"),
    ]


@pytest.mark.parametrize("table", ["users", "badges", "feature_flags"])
def test_a_second_document_with_a_unique_key_is_refused(table: str):
    """A copy of a user, of a user's badge or of a flag is one too many."""
    application = fixtures.load("whitecell")
    with docdb.open(":memory:", application.schema) as fresh:
        application.populate(fresh, rows=40)
        copy = copied(first(fresh, table))

        with pytest.raises(docdb.UniqueViolation):
            fresh.insert(table, copy)


def test_a_user_may_be_inserted_without_what_has_a_default():
    """Role, flags, points and streaks are filled in."""
    given = {"email": "ada@example.com", "name": "Ada", "username": "ada", "subscription": "free"}
    with docdb.open(":memory:", SCHEMA) as fresh:
        user = stored(fresh, fresh.insert("users", given | {"createdAt": 1, "updatedAt": 1}))

    assert copied(user) == {
        **given,
        "createdAt": 1,
        "updatedAt": 1,
        "role": "user",
        "isActive": True,
        "isBanned": False,
        "totalXP": 0,
        "currentLevel": 1,
        "currentStreak": 0,
        "longestStreak": 0,
    }


def test_only_sessions_and_one_time_passwords_expire():
    """Both at their ``expiresAt``."""
    ends = {each["tableName"]: each.get("docdbTtl") for each in FORM["tables"]}

    assert {table: end for table, end in ends.items() if end} == {
        "sessions": "expiresAt",
        "otp_tokens": "expiresAt",
    }


def test_platforms_are_found_by_the_whole_list(db: docdb.Database):
    """Some of the platforms, or all in another order, are another key."""
    item = copied(first(db, "content_items")) | {"platform": ["vimeo", "radio"]}
    id = db.insert("content_items", item)
    query = db.query("content_items")

    found, *others = [
        query.with_index("by_userId_platform", userId=item["userId"], platform=platform).collect()
        for platform in (["vimeo", "radio"], ["vimeo"], ["radio", "vimeo"])
    ]

    assert [each["_id"] for each in found] == [id]
    assert others == [[], []]


def test_an_id_of_another_table_is_refused(db: docdb.Database):
    """A note belongs to a user, and links to notes."""
    note = first(db, "notes")

    with pytest.raises(docdb.ValidationError, match="userId"):
        db.patch(note["_id"], {"userId": note["_id"]})
    with pytest.raises(docdb.ValidationError, match="linkedNotes"):
        db.patch(note["_id"], {"linkedNotes": [note["userId"]]})
