"""The schema and rules of ``aichat``, against a second transcription of its document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import fixtures
from tests.schemas.describing import described, transcript

SCHEMA = fixtures.load("aichat").schema
TRANSCRIPT = transcript((Path(__file__).parent / "transcripts/aichat.txt").read_text("utf-8"))


@pytest.fixture
def db() -> Iterator[docdb.Database]:
    """An empty database, checked at the end."""
    with docdb.open(":memory:", SCHEMA) as opened:
        yield opened
        assert list(opened.check()) == []


@pytest.fixture
def ann(db: docdb.Database) -> str:
    """The document's example user."""
    return db.insert(
        "users",
        {
            "name": "John Developer",
            "email": "john@example.com",
            "tokenIdentifier": "auth0|user123",
            "preferences": {"theme": "dark", "defaultModel": "gpt-4", "enableNotifications": True},
        },
    )


@pytest.fixture
def bob(db: docdb.Database) -> str:
    """Somebody else."""
    return db.insert("users", {"name": "Bob", "tokenIdentifier": "auth0|bob"})


@pytest.fixture
def chat(db: docdb.Database, ann: str) -> str:
    """The document's example chat."""
    return db.insert(
        "chats",
        {
            "userId": ann,
            "title": "Project Planning Discussion",
            "model": "gpt-4",
            "systemPrompt": "You are a helpful project planning assistant.",
            "settings": {"temperature": 0.7, "maxTokens": 2000},
        },
    )


@pytest.fixture
def message(db: docdb.Database, chat: str, ann: str) -> str:
    """The document's example message."""
    return db.insert(
        "messages",
        {
            "chatId": chat,
            "userId": ann,
            "role": "user",
            "parts": [
                {"type": "text", "text": "Here's my code:"},
                {"type": "code", "language": "typescript", "code": "const x = 1;"},
                {"type": "text", "text": "What do you think?"},
            ],
            "content": "Here's my code: const x = 1; What do you think?",
        },
    )


@pytest.fixture
def attachment(db: docdb.Database, chat: str, ann: str, message: str) -> str:
    """A file of the example message."""
    file = db.storage.store(b"x = 1", "text/x-python")
    return db.insert(
        "chat_attachments",
        {
            "userId": ann,
            "chatId": chat,
            "messageId": message,
            "fileId": file,
            "fileName": "x.py",
            "fileType": "text/x-python",
            "fileSize": 5,
        },
    )


def share(chat: str, owner: str, **more: Any) -> dict[str, Any]:
    """A share of a chat."""
    permissions = {"canRead": True, "canWrite": False, "canShare": False}
    return {
        "chatId": chat,
        "ownerId": owner,
        "shareToken": "t",
        "permissions": permissions,
        "isActive": True,
        **more,
    }


def test_it_has_the_tables_of_the_document():
    """Six tables."""
    assert set(described(SCHEMA)) == set(TRANSCRIPT)


@pytest.mark.parametrize("table", TRANSCRIPT)
def test_a_table_has_the_fields_and_indexes_of_the_document(table: str):
    """Names, types, optional fields, indexes and search indexes with their fields in order."""
    without_times = [line.replace(", _creationTime", "") for line in TRANSCRIPT[table]]
    found = [line.replace(", _creationTime", "") for line in described(SCHEMA)[table]]

    assert found == without_times


@pytest.mark.usefixtures("attachment")
def test_the_examples_of_the_document_are_valid(db: docdb.Database):
    """User, chat and message of several parts are stored as they are written there."""
    assert db.query("messages").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "Ann!"},
        {"name": "a_b"},
        {"email": "ann"},
        {"preferences": {"theme": "blue"}},
        {"email": None},
        {"nickname": "Ann"},
    ],
)
def test_a_user_outside_of_the_rules_is_refused(
    db: docdb.Database, ann: str, changes: dict[str, Any]
):
    """Names have 1 to 100 letters, digits, spaces and hyphens; addresses look like addresses."""
    with pytest.raises(docdb.ValidationError) as refused:
        db.patch(ann, changes)

    assert refused.value.table == "users"


@pytest.mark.parametrize("name", ["x", "x" * 100, "Jean-Luc 2", "Žarko Ćosić"])
def test_a_user_at_the_edge_of_the_rules_is_stored(db: docdb.Database, ann: str, name: str):
    """Letters of any script count."""
    db.patch(ann, {"name": name})

    assert db.query("users").with_index("by_token").first()["name"] == name  # pyright: ignore[reportOptionalSubscript]


def test_a_token_identifier_belongs_to_one_user(db: docdb.Database, ann: str, bob: str):
    """It is unique on insert and on patch."""
    with pytest.raises(docdb.UniqueViolation):
        db.insert("users", {"name": "Eve", "tokenIdentifier": "auth0|user123"})
    with pytest.raises(docdb.UniqueViolation):
        db.patch(bob, {"tokenIdentifier": "auth0|user123"})

    assert db.query("users").ids() == [ann, bob]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"systemPrompt": "x" * 2001},
        {"settings": {"temperature": -0.1}},
        {"settings": {"temperature": 2.1}},
        {"settings": {"maxTokens": 0}},
        {"settings": {"maxTokens": 32_001}},
    ],
)
def test_a_chat_outside_of_the_rules_is_refused(
    db: docdb.Database, chat: str, changes: dict[str, Any]
):
    """Titles, prompts and settings have limits."""
    with pytest.raises(docdb.ValidationError):
        db.patch(chat, changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x", "systemPrompt": "x" * 2000},
        {"title": "x" * 200, "systemPrompt": ""},
        {"settings": {"temperature": 0, "maxTokens": 1}},
        {"settings": {"temperature": 2.0, "maxTokens": 32_000}},
        {"model": "a model that nobody offers"},
    ],
)
def test_a_chat_at_the_edge_of_the_rules_is_stored(
    db: docdb.Database, chat: str, changes: dict[str, Any]
):
    """Limits are inclusive; the list of models is advice."""
    db.patch(chat, changes)

    stored = db.get(chat)
    assert stored is not None
    assert stored.items() >= changes.items()


@pytest.mark.parametrize(
    "changes",
    [
        {"content": "x" * 100_001},
        {"threadLevel": 11},
        {"role": "tool"},
        {"parts": [{"type": "video", "url": "u"}]},
        {"parts": [{"type": "text"}]},
    ],
)
def test_a_message_outside_of_the_rules_is_refused(
    db: docdb.Database, message: str, changes: dict[str, Any]
):
    """Content, depth, roles and parts have limits."""
    with pytest.raises(docdb.ValidationError):
        db.patch(message, changes)


@pytest.mark.parametrize("parts", [docdb.UNSET, []])
def test_a_message_without_content_needs_a_part(db: docdb.Database, message: str, parts: Any):
    """Absent parts and an empty list are equally none."""
    with pytest.raises(docdb.ValidationError):
        db.patch(message, {"content": "", "parts": parts})


@pytest.mark.parametrize(
    "changes",
    [
        {"content": "x" * 100_000, "parts": docdb.UNSET},
        {"content": "", "parts": [{"type": "text", "text": ""}]},
        {"threadLevel": 10},
    ],
)
def test_a_message_at_the_edge_of_the_rules_is_stored(
    db: docdb.Database, message: str, changes: dict[str, Any]
):
    """Limits are inclusive, and one part makes up for empty content."""
    db.patch(message, changes)

    assert db.get(message) is not None


@pytest.mark.parametrize("changes", [{"fileName": "x" * 256}, {"fileSize": 104_857_601}])
def test_an_attachment_outside_of_the_rules_is_refused(
    db: docdb.Database, attachment: str, changes: dict[str, Any]
):
    """Names have at most 255 characters, files at most 100 MB."""
    with pytest.raises(docdb.ValidationError):
        db.patch(attachment, changes)


def test_an_attachment_at_the_edge_of_the_rules_is_stored(db: docdb.Database, attachment: str):
    """Limits are inclusive; a name may be empty."""
    db.patch(attachment, {"fileName": "x" * 255, "fileSize": 104_857_600})
    db.patch(attachment, {"fileName": ""})

    assert db.get(attachment) is not None


def test_a_chat_needs_its_user(db: docdb.Database, ann: str):
    """A reference to a document that is gone is refused."""
    db.delete(ann)

    with pytest.raises(docdb.ReferenceViolation):
        db.insert("chats", {"userId": ann})


@pytest.mark.usefixtures("attachment")
def test_deleting_a_user_deletes_all_that_is_theirs(
    db: docdb.Database, ann: str, bob: str, chat: str
):
    """Chats, messages, attachments, sessions and shares go, and nobody else's things do."""
    theirs = db.insert("chats", {"userId": bob})
    db.insert("messages", {"chatId": theirs, "userId": ann, "role": "user", "content": "hello"})
    kept = db.insert("messages", {"chatId": theirs, "role": "system", "content": "be kind"})
    db.insert(
        "user_sessions",
        {"userId": ann, "sessionId": "s", "startedAt": 1, "lastActiveAt": 2, "isActive": True},
    )
    db.insert("chat_shares", share(chat, ann))
    db.insert("chat_shares", share(theirs, bob, sharedWithUserId=ann))

    db.delete(ann)

    left = {table: db.query(table).ids() for table in TRANSCRIPT}
    assert left == {
        "users": [bob],
        "chats": [theirs],
        "messages": [kept],
        "chat_attachments": [],
        "user_sessions": [],
        "chat_shares": [],
    }


@pytest.mark.usefixtures("attachment")
def test_deleting_a_chat_deletes_what_it_holds(db: docdb.Database, ann: str, chat: str):
    """Messages, attachments and shares go with it; its user stays."""
    db.insert("chat_shares", share(chat, ann))

    db.delete(chat)

    left = {table: db.query(table).count() for table in TRANSCRIPT}
    assert left == {**dict.fromkeys(TRANSCRIPT, 0), "users": 1}


def test_deleting_a_message_orphans_replies_and_attachments(
    db: docdb.Database, chat: str, message: str, attachment: str
):
    """The references are removed, not null, and the level of a reply stays."""
    reply = db.insert(
        "messages",
        {
            "chatId": chat,
            "role": "assistant",
            "content": "Fine.",
            "parentMessageId": message,
            "threadLevel": 1,
        },
    )

    db.delete(message)

    orphan, file = db.get(reply), db.get(attachment)
    assert orphan is not None
    assert file is not None
    assert "parentMessageId" not in orphan
    assert orphan["threadLevel"] == 1
    assert "messageId" not in file


def test_a_chat_without_the_flag_is_neither_archived_nor_active(
    db: docdb.Database, ann: str, chat: str
):
    """An absent field is not false."""
    active = db.insert("chats", {"userId": ann, "isArchived": False})
    query = db.query("chats")

    found = query.with_index("by_user_active", userId=ann, isArchived=False).ids()
    archived = query.with_index("by_user_active", userId=ann, isArchived=True).ids()
    unset = query.with_index("by_user_active", userId=ann, isArchived=docdb.UNSET).ids()

    assert (found, archived, unset) == ([active], [], [chat])
