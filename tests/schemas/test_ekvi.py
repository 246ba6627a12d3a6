"""The schema of ``ekvi``, against a second transcription of its document, and its component."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import fixtures
from tests.schemas.describing import described, transcript

SCHEMA = fixtures.load("ekvi").schema
BETTER_AUTH = SCHEMA.components["betterAuth"]
FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPT = transcript((FOLDER / "ekvi.txt").read_text("utf-8"))
COMPONENT = transcript((FOLDER / "better_auth.txt").read_text("utf-8"))


@pytest.fixture
def db() -> Iterator[docdb.Database]:
    """An empty database, checked at the end."""
    with docdb.open(":memory:", SCHEMA) as opened:
        yield opened
        assert list(opened.check()) == []


def profile(**more: Any) -> dict[str, Any]:
    """A user's profile."""
    return {
        "authId": "a1",
        "displayName": "Ana",
        "role": "coach",
        "verificationStatus": "unverified",
        "createdAt": 1,
        "updatedAt": 1,
        **more,
    }


def auth_user(**more: Any) -> dict[str, Any]:
    """A user of the component."""
    return {
        "name": "Ana",
        "email": "ana@example.com",
        "emailVerified": True,
        "createdAt": 1,
        "updatedAt": 1,
        **more,
    }


def test_it_has_the_tables_of_the_document():
    """Nine tables of its own."""
    assert set(described(SCHEMA)) == set(TRANSCRIPT)
    assert len(TRANSCRIPT) == 9


@pytest.mark.parametrize("table", TRANSCRIPT)
def test_a_table_has_the_fields_and_indexes_of_the_document(table: str):
    """Names, types, optional fields, and indexes with their fields in order."""
    assert described(SCHEMA)[table] == TRANSCRIPT[table]


def test_the_component_has_the_six_tables_of_better_auth():
    """The tables that the document names."""
    assert set(described(BETTER_AUTH)) == set(COMPONENT)
    assert len(COMPONENT) == 6


@pytest.mark.parametrize("table", COMPONENT)
def test_a_table_of_the_component_is_as_better_auth_declares_it(table: str):
    """Names, types, optional fields that may be null, and indexes."""
    assert described(BETTER_AUTH)[table] == COMPONENT[table]


def test_an_auth_user_has_one_profile_and_a_profile_one_coach(db: docdb.Database):
    """Both relations are one to one."""
    ana = db.insert("userProfiles", profile())
    coach = {
        "profileId": ana,
        "specialties": ["strength"],
        "dateOfBirth": -1,
        "certifications": [],
        "bio": "",
        "createdAt": 1,
        "updatedAt": 1,
    }
    db.insert("coachProfiles", coach)

    with pytest.raises(docdb.UniqueViolation):
        db.insert("userProfiles", profile())
    with pytest.raises(docdb.UniqueViolation):
        db.insert("coachProfiles", coach)


@pytest.mark.parametrize("difficulty", [0, 5.5, 6])
def test_a_workout_has_a_difficulty_from_one_to_five(db: docdb.Database, difficulty: float):
    """The scale of the document is a rule."""
    workout = {
        "moduleId": module_of(db),
        "title": "t",
        "description": "d",
        "order": 1,
        "difficulty": 5,
        "createdAt": 1,
        "updatedAt": 1,
    }
    id = db.insert("workouts", workout)

    with pytest.raises(docdb.ValidationError) as refused:
        db.patch(id, {"difficulty": difficulty})

    assert refused.value.path == "difficulty"


def module_of(db: docdb.Database) -> str:
    """A module of a program of a coach."""
    stamps = {"createdAt": 1, "updatedAt": 1}
    coach = {
        "profileId": db.insert("userProfiles", profile()),
        "specialties": [],
        "dateOfBirth": 0,
        "certifications": [],
        "bio": "",
        **stamps,
    }
    program = {
        "coachProfileId": db.insert("coachProfiles", coach),
        "title": "t",
        "description": "d",
        "category": "yoga",
        "level": "beginner",
        "isPublished": True,
        **stamps,
    }
    module = {
        "programId": db.insert("programs", program),
        "title": "t",
        "description": "d",
        "order": 1,
        **stamps,
    }
    return db.insert("programModules", module)


def test_advice_is_not_enforced_and_deleting_has_no_consequences(db: docdb.Database):
    """Kinds of files are open, and deleting a profile leaves its files as they are."""
    ana = db.insert("userProfiles", profile())
    file = db.insert(
        "files",
        {
            "uploadedBy": ana,
            "storageId": db.storage.store(b"abc", "image/png"),
            "fileName": "a",
            "fileType": "something else",
            "mimeType": "image/png",
        },
    )

    db.delete(ana)

    stored = db.get(file)
    assert stored is not None
    assert stored["uploadedBy"] == ana


def test_metadata_of_a_notification_needs_its_raw_value(db: docdb.Database):
    """It may be any value, null too, but it must be there."""
    ana = db.insert("userProfiles", profile())
    notification = {
        "userId": ana,
        "type": "new",
        "title": "t",
        "content": "c",
        "isRead": False,
        "createdAt": 1,
    }
    db.insert("notifications", {**notification, "metadata": {"raw": None}})

    with pytest.raises(docdb.ValidationError):
        db.insert("notifications", {**notification, "metadata": {}})


def test_auth_users_differ_in_email_and_in_names_that_are_set(db: docdb.Database):
    """Null and absent user names never collide."""
    with db.write() as tx:
        accounts = tx.component("betterAuth")
        accounts.insert("user", auth_user(username="ana"))
        accounts.insert("user", auth_user(email="b@example.com", username=None))
        accounts.insert("user", auth_user(email="c@example.com", username=None))
        accounts.insert("user", auth_user(email="d@example.com"))
        accounts.insert("user", auth_user(email="e@example.com"))

        with pytest.raises(docdb.UniqueViolation):
            accounts.insert("user", auth_user())
        with pytest.raises(docdb.UniqueViolation):
            accounts.insert("user", auth_user(email="f@example.com", username="ana"))


def test_deleting_an_auth_user_ends_their_sessions(db: docdb.Database):
    """References of the component's plain strings cascade."""
    session = {"expiresAt": 9, "token": "t", "createdAt": 1, "updatedAt": 1}
    with db.write() as tx:
        accounts = tx.component("betterAuth")
        ana = accounts.insert("user", auth_user())
        accounts.insert("session", {**session, "userId": ana})
        accounts.delete(ana)

    with db.read() as reader:
        assert reader.component("betterAuth").query("session").count() == 0


def test_tables_of_the_component_are_not_those_of_the_application(db: docdb.Database):
    """The application's own namespace knows no table of that name."""
    with db.write() as tx:
        tx.component("betterAuth").insert("user", auth_user())

    assert db.query("user").collect() == []
