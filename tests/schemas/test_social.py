"""The schema of ``social``, against a second transcription of its document."""

from pathlib import Path

import pytest

import docdb
from docdb import fixtures
from tests.schemas.describing import described, transcript

SCHEMA = fixtures.load("social").schema
TRANSCRIPT = transcript((Path(__file__).parent / "transcripts/social.txt").read_text("utf-8"))


def test_it_has_the_tables_of_the_document():
    """Five tables, products among them."""
    assert set(described(SCHEMA)) == set(TRANSCRIPT)


@pytest.mark.parametrize("table", TRANSCRIPT)
def test_a_table_has_the_fields_and_indexes_of_the_document(table: str):
    """Names, types, optional fields, and indexes with their fields in order."""
    assert described(SCHEMA)[table] == TRANSCRIPT[table]


def test_a_conversation_is_found_by_its_whole_list_of_members():
    """Some of the members, or all in another order, are another key."""
    with docdb.open(":memory:", SCHEMA) as db:
        id = db.insert("conversations", {"memberIds": ["ann", "bob"], "createdAt": 1})
        query = db.query("conversations")

        found = query.with_index("by_memberIds", memberIds=["ann", "bob"]).first()
        others = [
            query.with_index("by_memberIds", memberIds=members).first()
            for members in (["ann"], ["bob", "ann"], [])
        ]

    assert found is not None
    assert found["_id"] == id
    assert others == [None, None, None]


def test_absent_media_and_no_media_are_different():
    """Both are valid, and come back as they were given."""
    post = {"authorId": "ann", "text": "hi", "createdAt": 1, "updatedAt": 1}
    with docdb.open(":memory:", SCHEMA) as db:
        without = db.get(db.insert("posts", post))
        empty = db.get(db.insert("posts", {**post, "mediaIds": []}))

    assert without is not None
    assert empty is not None
    assert "mediaIds" not in without
    assert empty["mediaIds"] == []


def test_a_user_may_have_several_profiles():
    """Nothing in this application is unique."""
    profile = {"userId": "ann", "displayName": "Ann", "createdAt": 1, "updatedAt": 1}
    with docdb.open(":memory:", SCHEMA) as db:
        first, second = db.insert("profiles", profile), db.insert("profiles", profile)

    assert first != second
