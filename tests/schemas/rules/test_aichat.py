"""
The rules of ``aichat``, one by one: keys, limits, references, and what is left to the application.

What ``tests/schemas/test_aichat.py`` shows already, such as the whole of what goes with a user, is
not repeated; the shape of documents is the affair of ``test_shapes.py``.
"""

from typing import Any

import pytest

import docdb
from docdb import UNSET, Database
from tests.schemas.rules.applications import FORMS
from tests.schemas.rules.forms import shown_path
from tests.schemas.rules.making import VERBS, Maker, Refused, place_of

LIMITS: list[tuple[str, list[Any], list[Any]]] = [
    ("users.name", ["x", "x" * 100, "Jean-Luc 2", "Žarko Ćosić"], ["", "x" * 101, "a_b", "a!"]),
    ("users.email", ["ann@example.com", UNSET], ["ann", "@example.com", "ann@", "a b@c.de", ""]),
    ("chats.title", ["x", "x" * 200, UNSET], ["", "x" * 201]),
    ("chats.systemPrompt", ["", "x" * 2000, UNSET], ["x" * 2001]),
    ("chats.settings.temperature", [0, 0.7, 2, UNSET], [-0.1, 2.1]),
    ("chats.settings.maxTokens", [1, 32_000, UNSET], [0, 32_001]),
    ("messages.content", ["", "x" * 100_000], ["x" * 100_001]),
    ("messages.threadLevel", [0, 10, UNSET], [11]),
    ("chat_attachments.fileName", ["", "x" * 255], ["x" * 256]),
    ("chat_attachments.fileSize", [0, 104_857_600], [104_857_601]),
]
WITHIN = [pytest.param(place, values, id=place) for place, values, _ in LIMITS]
BEYOND = [pytest.param(place, values, id=place) for place, _, values in LIMITS]

# What the document leaves open, with values that look like breaches of a rule.
OPEN = [
    ("chats.model", ["a model that nobody offers"]),
    ("users.preferences.defaultModel", ["a model that nobody offers"]),
    ("chat_attachments.fileType", ["no/type"]),
    ("messages.threadLevel", [-1, 2.5]),
    ("messages.metadata.temperature", [-1, 3]),
    ("chats.settings.maxTokens", [1.5]),
    ("chats.settings.topP", [-1, 2]),
    ("chats.settings.frequencyPenalty", [-9, 9]),
    ("chats.messageCount", [-1]),
    ("chat_shares.expiresAt", [-1]),
]

REFERENCES = [
    ("chats.userId", "users"),
    ("messages.chatId", "chats"),
    ("messages.userId", "users"),
    ("messages.parentMessageId", "messages"),
    ("chat_attachments.userId", "users"),
    ("chat_attachments.chatId", "chats"),
    ("chat_attachments.messageId", "messages"),
    ("user_sessions.userId", "users"),
    ("chat_shares.chatId", "chats"),
    ("chat_shares.ownerId", "users"),
    ("chat_shares.sharedWithUserId", "users"),
]
REMOVED = {"messages.parentMessageId", "chat_attachments.messageId"}
CASCADING = [each for each in REFERENCES if each[0] not in REMOVED]


@pytest.fixture
def application() -> str:
    """Whose rules these are."""
    return "aichat"


@pytest.mark.parametrize(("place", "values"), WITHIN)
def test_a_value_up_to_its_limit_is_stored(maker: Maker, place: str, values: list[Any]):
    """Limits are inclusive, by insert, patch and replace; an absent optional field keeps them."""
    assert maker.refused_at(place, values) == []


@pytest.mark.parametrize(("place", "values"), BEYOND)
def test_a_value_past_its_limit_is_refused(maker: Maker, place: str, values: list[Any]):
    """One past it is too much, by insert, patch and replace; the error names the place."""
    assert maker.refused_at(place, values) == [place] * len(values) * len(VERBS)


@pytest.mark.parametrize(("place", "values"), OPEN, ids=[place for place, _ in OPEN])
def test_what_no_rule_limits_is_stored(maker: Maker, place: str, values: list[Any]):
    """Lists of models and types are advice, and no rule names these numbers."""
    assert maker.refused_at(place, values) == []


class TestUniqueKeys:
    """One user for each identifier, and nothing else."""

    @pytest.mark.parametrize("verb", VERBS)
    def test_the_token_identifier_of_a_user_is_unique(self, maker: Maker, verb: str):
        """By insert, patch and replace, and the error names the index and who has the key."""
        ann = maker.insert("users", tokenIdentifier="auth0|ann")

        with pytest.raises(docdb.UniqueViolation) as refused:
            maker.write(verb, "users", ("tokenIdentifier",), "auth0|ann")

        assert (refused.value.index, refused.value.existing) == ("by_token", ann)

    def test_a_user_keeps_its_own_identifier(self, maker: Maker):
        """A replacement may say what is there already."""
        ann = maker.insert("users", tokenIdentifier="auth0|ann")

        maker.writer.replace(ann, maker.bare("users", tokenIdentifier="auth0|ann", name="Ann"))

        assert maker.stored(ann)["name"] == "Ann"

    @pytest.mark.parametrize(
        "place", ["users.email", "users.name", "chat_shares.shareToken", "user_sessions.sessionId"]
    )
    def test_what_only_looks_unique_is_not(self, maker: Maker, place: str):
        """No rule says that addresses, tokens of shares or numbers of sessions differ."""
        table, (field,) = place_of(place)
        value = maker.complete(table)[field]

        ids = [maker.insert(table, **{field: value}) for _ in range(2)]

        assert ids[0] != ids[1]


class TestContentOrParts:
    """A message with empty content needs at least one part."""

    @pytest.mark.parametrize("verb", VERBS)
    @pytest.mark.parametrize("parts", [UNSET, []])
    def test_a_message_of_nothing_is_refused(self, maker: Maker, verb: str, parts: Any):
        """By insert, patch and replace; absent parts and an empty list are equally none."""
        with pytest.raises(docdb.ValidationError) as refused:
            maker.write(verb, "messages", ("content",), "", parts=parts)

        assert (refused.value.table, refused.value.path) == ("messages", "")
        assert "content_or_parts" in refused.value.expected

    def test_the_rule_sees_the_merged_document(self, maker: Maker):
        """A patch of either field alone is judged by what is there of the other."""
        spoken = maker.insert("messages", content="x")
        shown = maker.insert("messages", content="", parts=[{"type": "text", "text": ""}])

        maker.writer.patch(shown, {"content": ""})
        with pytest.raises(docdb.ValidationError):
            maker.writer.patch(spoken, {"content": ""})
        with pytest.raises(docdb.ValidationError):
            maker.writer.patch(shown, {"parts": UNSET})

        assert maker.stored(spoken)["content"] == "x"

    def test_blank_content_is_not_empty(self, maker: Maker):
        """Only the text of no characters is."""
        assert maker.insert("messages", content=" ")


class TestParts:
    """A message is made of parts of four kinds."""

    @pytest.mark.parametrize(
        ("part", "path"),
        [
            ({"type": "video", "url": "u"}, "messages.parts[0]"),
            ({"url": "u"}, "messages.parts[0]"),
            ({"type": "text"}, "messages.parts[0].text"),
            ({"type": "text", "text": 1}, "messages.parts[0].text"),
            ({"type": "image", "url": "u", "width": "1"}, "messages.parts[0].width"),
            ({"type": "code", "code": "c"}, "messages.parts[0].language"),
        ],
    )
    def test_a_part_is_judged_by_its_own_kind(self, maker: Maker, part: Any, path: str):
        """The error names the field of the member that the part says to be."""
        assert maker.refused_at("messages.parts[0]", [part]) == [path] * len(VERBS)

    @pytest.mark.parametrize(
        "part", [{"type": "text", "text": "t", "url": "u"}, {"type": "file", "url": "u"}]
    )
    def test_a_part_has_no_fields_of_another_kind(self, maker: Maker, part: Any):
        """Fields of an image are none of a text or a file."""
        assert len(maker.refused_at("messages.parts[0]", [part])) == len(VERBS)


class TestExistence:
    """Every reference to a user, a chat or a message leads to one."""

    @pytest.mark.parametrize(("place", "target"), REFERENCES, ids=[each[0] for each in REFERENCES])
    def test_a_reference_needs_its_document(self, maker: Maker, place: str, target: str):
        """The id of what is gone is refused by each verb, and the error says where it stood."""
        table, path = place_of(place)
        gone = maker.gone(target)

        refused = maker.refused(table, [(path, gone)])

        where = Refused("ReferenceViolation", table, shown_path(path))
        assert refused == [where] * len(VERBS)

    @pytest.mark.parametrize("place", sorted({*REMOVED, "messages.userId"}))
    def test_an_optional_reference_may_be_absent(self, maker: Maker, place: str):
        """Messages of the system have no author, first messages no parent."""
        assert maker.refused_at(place, [UNSET]) == []

    def test_a_reference_is_looked_at_when_the_transaction_ends(self, db: Database, maker: Maker):
        """Until then it may be wrong; a transaction that leaves it wrong leaves nothing."""
        ann, gone = maker.insert("users"), maker.gone("users")
        with db.write() as tx:
            chat = tx.insert("chats", {"userId": gone})
            tx.patch(chat, {"userId": ann})

        with pytest.raises(docdb.ReferenceViolation), db.write() as tx:
            tx.insert("chats", {"userId": ann})
            tx.insert("chats", {"userId": gone})

        assert db.query("chats").ids() == [chat]

    def test_a_document_and_a_reference_to_it_may_come_together(self, db: Database, maker: Maker):
        """A chat and its first message, in one transaction."""
        ann = maker.insert("users")
        with db.write() as tx:
            chat = tx.insert("chats", {"userId": ann})
            first = tx.insert("messages", {"chatId": chat, "role": "user", "content": "hello"})

        assert maker.stored(first)["chatId"] == chat

    def test_a_message_may_be_its_own_parent(self, db: Database, maker: Maker):
        """No rule forbids it, and it can be deleted."""
        id = maker.insert("messages")
        maker.writer.patch(id, {"parentMessageId": id})

        db.delete(id)

        assert db.query("messages").count() == 0

    def test_a_stored_file_may_be_gone(self, db: Database, maker: Maker):
        """References to files are ids of files, and nothing looks whether they are there."""
        file = db.storage.store(b"x")
        attachment = maker.insert("chat_attachments", fileId=file)

        db.storage.delete(file)

        assert maker.stored(attachment)["fileId"] == file
        assert maker.insert("chat_attachments", fileId=file)


class TestDeletion:
    """What goes with a document, what lets go of it, and what stays."""

    @pytest.mark.parametrize(("place", "target"), CASCADING, ids=[each[0] for each in CASCADING])
    def test_what_belongs_to_a_document_goes_with_it(
        self, db: Database, maker: Maker, place: str, target: str
    ):
        """Each such reference by itself, and no document that refers to another target."""
        table, (field,) = place_of(place)
        parent = maker.insert(target)
        child, other = maker.insert(table, **{field: parent}), maker.insert(table)

        db.delete(parent)

        assert db.get(child) is None
        assert db.get(other) is not None

    @pytest.mark.parametrize("place", sorted(REMOVED))
    def test_what_only_mentions_a_message_lets_go_of_it(
        self, db: Database, maker: Maker, place: str
    ):
        """The field is removed, not null, and everything else stays as it was."""
        table, (field,) = place_of(place)
        message = maker.insert("messages")
        document = maker.complete(table, **{field: message})
        id = maker.writer.insert(table, document)

        db.delete(message)

        del document[field]
        assert maker.stored(id) == document

    def test_a_reply_lets_go_however_its_parent_was_deleted(self, db: Database, maker: Maker):
        """Bob's reply in his own chat outlives the message of a user who left."""
        ann, bob = maker.insert("users"), maker.insert("users")
        chat = maker.insert("chats", userId=bob)
        asked = maker.insert("messages", chatId=chat, userId=ann)
        answer = {"chatId": chat, "userId": bob, "parentMessageId": asked, "threadLevel": 1}
        reply = maker.insert("messages", **answer)
        file = maker.insert("chat_attachments", userId=bob, chatId=chat, messageId=asked)

        db.delete(ann)

        assert db.query("messages").ids() == [reply]
        assert "parentMessageId" not in maker.stored(reply)
        assert maker.stored(reply)["threadLevel"] == 1
        assert "messageId" not in maker.stored(file)

    def test_only_direct_replies_lose_their_parent(self, db: Database, maker: Maker):
        """A reply to a reply keeps what it answers."""
        chat = maker.insert("chats")
        first = maker.insert("messages", chatId=chat)
        second = maker.insert("messages", chatId=chat, parentMessageId=first)
        third = maker.insert("messages", chatId=chat, parentMessageId=second)

        db.delete(first)

        assert "parentMessageId" not in maker.stored(second)
        assert maker.stored(third)["parentMessageId"] == second

    def test_a_row_on_several_paths_goes_once(self, db: Database, maker: Maker):
        """A message of the user, in the user's chat, that answers the user's message."""
        ann = maker.insert("users")
        chat = maker.insert("chats", userId=ann)
        first = maker.insert("messages", chatId=chat, userId=ann)
        second = maker.insert("messages", chatId=chat, userId=ann, parentMessageId=first)
        maker.insert("chat_attachments", userId=ann, chatId=chat, messageId=second)
        maker.insert("chat_shares", chatId=chat, ownerId=ann, sharedWithUserId=ann)

        db.delete(ann)

        assert [table for table in FORMS["aichat"] if db.query(table).first()] == []

    def test_a_private_share_never_becomes_a_public_one(self, db: Database, maker: Maker):
        """It goes with the user it was made for; a public share of the same chat stays."""
        ann, bob = maker.insert("users"), maker.insert("users")
        chat = maker.insert("chats", userId=ann)
        private = maker.insert("chat_shares", chatId=chat, ownerId=ann, sharedWithUserId=bob)
        public = maker.insert("chat_shares", chatId=chat, ownerId=ann)

        db.delete(bob)

        assert db.get(private) is None
        assert db.query("chat_shares").with_index("by_shared_user").ids() == [public]

    def test_a_deletion_that_is_undone_has_deleted_nothing(self, db: Database, maker: Maker):
        """What went with the user comes back with the user."""
        ann = maker.insert("users")
        chat = maker.insert("chats", userId=ann)
        with pytest.raises(ZeroDivisionError), db.write() as tx:
            tx.delete(ann)
            assert tx.get(chat) is None
            raise ZeroDivisionError

        assert maker.stored(chat)["userId"] == ann

    def test_deleting_the_parts_first_leaves_the_rest(self, db: Database, maker: Maker):
        """A chat outlives its messages, and a user his chats."""
        ann = maker.insert("users")
        chat = maker.insert("chats", userId=ann)
        message = maker.insert("messages", chatId=chat, userId=ann)

        db.delete(message)
        assert db.get(chat) is not None
        db.delete(chat)

        assert db.get(ann) is not None


class TestLeftToTheApplication:
    """What the document describes, and the database does not do."""

    def test_shares_do_not_expire_by_themselves(self, db: Database, maker: Maker):
        """They are found by their end, and nothing deletes them."""
        share = maker.insert("chat_shares", expiresAt=1)

        assert db.sweep(now=1e15) == 0

        ended = db.query("chat_shares").with_index("by_expiry", lambda q: q.lte("expiresAt", 2))
        assert ended.ids() == [share]

    def test_counts_of_a_chat_are_not_kept(self, db: Database, maker: Maker):
        """A message changes nothing in its chat."""
        chat = maker.insert("chats", messageCount=0)

        maker.insert("messages", chatId=chat)

        assert maker.stored(chat)["messageCount"] == 0
        assert "lastMessageAt" not in maker.stored(chat)

    def test_a_message_marked_as_deleted_is_there(self, db: Database, maker: Maker):
        """A state is a value like any other."""
        message = maker.insert("messages", status="deleted")

        assert db.get(message) is not None

    def test_a_user_without_the_flag_is_neither_active_nor_inactive(
        self, db: Database, maker: Maker
    ):
        """An absent field is not false."""
        ann = maker.insert("users")
        users = db.query("users")

        found = {each: users.with_index("by_active", isActive=each).ids() for each in (True, False)}

        assert found == {True: [], False: []}
        assert users.with_index("by_active", isActive=UNSET).ids() == [ann]

    def test_chats_without_messages_come_last(self, db: Database, maker: Maker):
        """The latest first, those with no latest message at the end."""
        ann = maker.insert("users")
        without = maker.insert("chats", userId=ann)
        early, late = (maker.insert("chats", userId=ann, lastMessageAt=at) for at in (1, 2))

        chats = db.query("chats").with_index("by_last_message", userId=ann).order("desc")

        assert chats.ids() == [late, early, without]
