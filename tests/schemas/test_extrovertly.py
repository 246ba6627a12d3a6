"""The schema of ``extrovertly``, against a second transcription of its document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import fixtures
from tests.schemas.describing import described, transcript

SCHEMA = fixtures.load("extrovertly").schema
TRANSCRIPT = transcript((Path(__file__).parent / "transcripts/extrovertly.txt").read_text("utf-8"))


@pytest.fixture
def db() -> Iterator[docdb.Database]:
    """An empty database, checked at the end."""
    with docdb.open(":memory:", SCHEMA) as opened:
        yield opened
        assert list(opened.check()) == []


def user(**more: Any) -> dict[str, Any]:
    """A user as the document's createUser makes one."""
    return {
        "email": "user@example.com",
        "username": "user123",
        "firstName": "John",
        "lastName": "Doe",
        "isActive": True,
        "confidenceLevel": 3.0,
        "totalPoints": 0,
        "streakDays": 0,
        "longestStreak": 0,
        **more,
    }


def mission() -> dict[str, Any]:
    """A mission of the catalogue."""
    return {
        "title": "Say hello",
        "description": "To a stranger",
        "difficulty": "beginner",
        "category": "daily_life",
        "points": 10,
        "isActive": True,
    }


def achievement(**more: Any) -> dict[str, Any]:
    """An achievement of the catalogue."""
    return {
        "title": "First steps",
        "description": "d",
        "icon": "i",
        "pointsReward": 5,
        "isActive": True,
        **more,
    }


def test_it_has_the_tables_of_the_document():
    """Fifteen tables."""
    assert set(described(SCHEMA)) == set(TRANSCRIPT)
    assert len(TRANSCRIPT) == 15


def test_it_has_46_indexes_and_four_for_search():
    """As the document lists them."""
    kinds = [line.split()[0] for lines in described(SCHEMA).values() for line in lines]

    assert kinds.count("index") == 46
    assert kinds.count("search") == 4


@pytest.mark.parametrize("table", TRANSCRIPT)
def test_a_table_has_the_fields_and_indexes_of_the_document(table: str):
    """Names, types, optional fields, indexes and search indexes with their fields in order."""
    without_times = [line.replace(", _creationTime", "") for line in TRANSCRIPT[table]]
    found = [line.replace(", _creationTime", "") for line in described(SCHEMA)[table]]

    assert found == without_times


def test_a_migrated_user_is_valid(db: docdb.Database):
    """The document's example of a user that comes from SQL."""
    id = db.insert(
        "users", user(confidenceLevel=4.5, totalPoints=150, streakDays=7, longestStreak=14)
    )

    assert db.get(id) is not None


def test_a_mission_is_assigned_to_a_user_once(db: docdb.Database):
    """The second identical assignment fails; another mission does not."""
    assignment = {
        "userId": db.insert("users", user()),
        "missionId": db.insert("missions", mission()),
        "status": "assigned",
        "assignedAt": 1,
    }
    db.insert("userMissions", assignment)

    with pytest.raises(docdb.UniqueViolation):
        db.insert("userMissions", assignment)

    db.insert("userMissions", {**assignment, "missionId": db.insert("missions", mission())})


def test_an_achievement_is_earned_by_a_user_once(db: docdb.Database):
    """Pairs of user and achievement are unique."""
    earned = {
        "userId": db.insert("users", user()),
        "achievementId": db.insert("achievements", achievement(requirements={})),
        "earnedAt": 1,
        "progress": 1,
        "maxProgress": 1,
    }
    db.insert("userAchievements", earned)

    with pytest.raises(docdb.UniqueViolation):
        db.insert("userAchievements", earned)


def test_email_addresses_are_not_unique(db: docdb.Database):
    """The document speaks of look-ups only."""
    ids = [db.insert("users", user()), db.insert("users", user())]

    assert db.query("users").with_index("by_email", email="user@example.com").ids() == ids


@pytest.mark.parametrize("level", [0.9, 10.1, "3"])
def test_confidence_is_from_one_to_ten(db: docdb.Database, level: Any):
    """The range in the comment is a rule."""
    with pytest.raises(docdb.ValidationError):
        db.insert("users", user(confidenceLevel=level))


@pytest.mark.parametrize("level", [1, 1.0, 5.5, 10])
def test_confidence_may_be_at_the_edge(db: docdb.Database, level: float):
    """Ranges are inclusive and not for whole numbers only."""
    assert db.get(db.insert("users", user(confidenceLevel=level))) is not None


@pytest.mark.parametrize("field", ["difficultyRating", "satisfactionRating"])
@pytest.mark.parametrize("rating", [0, 6])
def test_ratings_are_from_one_to_five(db: docdb.Database, field: str, rating: int):
    """Both ratings of a mission."""
    id = db.insert(
        "userMissions",
        {
            "userId": db.insert("users", user()),
            "missionId": db.insert("missions", mission()),
            "status": "completed",
            "assignedAt": 1,
            field: 5,
        },
    )

    with pytest.raises(docdb.ValidationError):
        db.patch(id, {field: rating})


@pytest.mark.parametrize("intensity", [0, 11])
def test_intensity_is_from_one_to_ten(db: docdb.Database, intensity: int):
    """How strong a mood is."""
    mood = {"userId": db.insert("users", user()), "mood": "calm", "intensity": 10}
    id = db.insert("moodTracking", mood)

    with pytest.raises(docdb.ValidationError):
        db.patch(id, {"intensity": intensity})


def test_requirements_of_an_achievement_may_be_null_but_not_absent(db: docdb.Database):
    """A required field of any value."""
    db.insert("achievements", achievement(requirements=None))

    with pytest.raises(docdb.ValidationError):
        db.insert("achievements", achievement())


def test_indexes_of_one_key_can_both_be_asked(db: docdb.Database):
    """``by_user_id`` and ``by_user_date`` are two names of one order."""
    owner = db.insert("users", user())
    entry = {"userId": owner, "content": "c", "mood": "calm", "isPrivate": True}
    first, second = db.insert("journalEntries", entry), db.insert("journalEntries", entry)
    query = db.query("journalEntries")

    assert query.with_index("by_user_id", userId=owner).ids() == [first, second]
    assert query.with_index("by_user_date", userId=owner).order("desc").ids() == [second, first]
