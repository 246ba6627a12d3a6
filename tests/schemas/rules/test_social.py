"""
The rules of ``social``, which are few: shapes, ids, and much that its document leaves open.

That nothing is unique is tried in ``test_keys.py``, that references have no consequences in
``test_dangling.py``.
"""

from typing import Any

import pytest

from docdb import UNSET, Database
from tests.schemas.rules.applications import FORMS
from tests.schemas.rules.making import Maker

OPEN: list[tuple[str, list[Any]]] = [
    ("profiles.userId", ["nobody", ""]),
    ("posts.authorId", ["nobody", ""]),
    ("posts.text", [""]),
    ("posts.mediaIds", [UNSET, []]),
    ("posts.updatedAt", [-1]),
    ("conversations.memberIds", [[], ["ann"], ["bob", "ann"], ["ann", "ann"]]),
    ("messages.senderId", ["nobody", ""]),
    ("messages.text", [""]),
    ("products.price", [-1, 0, 4.99, UNSET]),
]


@pytest.fixture
def application() -> str:
    """Whose rules these are."""
    return "social"


@pytest.mark.parametrize(("place", "values"), OPEN, ids=[place for place, _ in OPEN])
def test_what_no_rule_limits_is_stored(maker: Maker, place: str, values: list[Any]):
    """People are names of another service, lists of members are taken as they come."""
    assert maker.refused_at(place, values) == []


def test_the_members_of_a_conversation_keep_their_order(maker: Maker):
    """Programs sort them before they store them; the database does not."""
    id = maker.insert("conversations", memberIds=["zoe", "ann", "zoe"])

    assert maker.stored(id)["memberIds"] == ["zoe", "ann", "zoe"]


def test_a_sender_need_not_be_a_member(maker: Maker):
    """No rule relates a message to the members of its conversation."""
    conversation = maker.insert("conversations", memberIds=["ann"])

    id = maker.insert("messages", conversationId=conversation, senderId="bob")

    assert maker.stored(id)["senderId"] == "bob"


def test_times_are_the_applications_to_set(maker: Maker):
    """A change leaves ``updatedAt`` as it is, and a message its conversation."""
    post = maker.insert("posts", createdAt=1, updatedAt=1)
    conversation = maker.insert("conversations")

    maker.writer.patch(post, {"text": "changed"})
    maker.insert("messages", conversationId=conversation)

    assert (maker.stored(post)["createdAt"], maker.stored(post)["updatedAt"]) == (1, 1)
    assert "lastMessageAt" not in maker.stored(conversation)


def test_created_at_is_not_the_creation_time(db: Database, maker: Maker):
    """Both are there, and each is what it is."""
    post = db.get(maker.insert("posts", createdAt=1))

    assert post is not None
    assert post["createdAt"] == 1
    assert post["_creationTime"] > 1e12


def test_nothing_expires(db: Database, maker: Maker):
    """No table of the application has an end."""
    ids = [maker.writer.insert(table, maker.complete(table)) for table in FORMS["social"]]

    assert db.sweep(now=1e15) == 0

    assert None not in [db.get(id) for id in ids]
