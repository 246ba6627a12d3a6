"""
Sample data of ``social``.

A fifth of the people write most posts. Conversations have two to five members, sorted before
they are stored, and their messages lie in the round that began the conversation, so that
``lastMessageAt`` is the time of the last one; a conversation without messages has none.
"""

from collections.abc import Mapping
from typing import Any

from docdb import UNSET

from ..sampling import DAY, HOUR, Document, Progress, Sample, write_rounds
from ..vocabulary import full_name, prose, sentence, slug, title

__all__ = ["populate"]

_SHARES = {"profiles": 10, "posts": 35, "conversations": 10, "messages": 40, "products": 5}


def populate(
    db: Any, rows: int = 1000, seed: int = 0, progress: Progress | None = None
) -> dict[str, int]:
    """
    Write ``rows`` documents over all tables of a database with this application's schema.

    Returns:
        The number of documents written to each table.

    Raises:
        InvalidArgument: ``rows`` is no whole number of 1 or more.
    """
    return write_rounds(db, _SHARES, _write_round, rows=rows, seed=seed, progress=progress)


def _write_round(sample: Sample, tx: Any, quota: Mapping[str, int]) -> None:
    profiles = [_profile(sample) for _ in range(quota["profiles"])]
    sample.insert(tx, "profiles", profiles)
    sample.pool("people").add((each["userId"], each["createdAt"]) for each in profiles)
    sample.insert(tx, "posts", [_post(sample) for _ in range(quota["posts"])])
    conversations = [_conversation(sample) for _ in range(quota["conversations"])]
    messages = [_message(sample, conversations) for _ in range(quota["messages"])]
    ids = sample.insert(tx, "conversations", conversations)
    for message in messages:
        message["conversationId"] = ids[message["conversationId"]]
    messages.sort(key=lambda message: message["createdAt"])
    sample.insert(tx, "messages", messages)
    sample.insert(tx, "products", [_product(sample) for _ in range(quota["products"])])


def _profile(sample: Sample) -> Document:
    created = sample.instant()
    return {
        "userId": slug(sample.random, characters=32),
        "displayName": full_name(sample.random),
        "avatarId": sample.deal.maybe("avatarId", sample.file),
        "bio": sample.deal.maybe("bio", lambda: sentence(sample.random)),
        "createdAt": created,
        "updatedAt": sample.after(created),
    }


def _post(sample: Sample) -> Document:
    author, joined = sample.pool("people").pick()
    created = max(sample.instant(), joined)
    media = sample.deal.pick("mediaIds", (None, None, 0, 1, 2))
    return {
        "authorId": author,
        "text": prose(sample.random, words=30),
        "mediaIds": UNSET if media is None else _files(sample, media),
        "createdAt": created,
        "updatedAt": sample.after(created) if sample.deal.chance("edited", 2) else created,
    }


def _files(sample: Sample, count: int) -> list[str]:
    """Return the ids of up to ``count`` stored files."""
    return [file for file in (sample.file() for _ in range(count)) if file is not UNSET]


def _conversation(sample: Sample) -> Document:
    members = sample.pool("people").some(sample.deal.pick("members", (2, 2, 2, 3, 5)))
    return {
        "memberIds": sorted(person for person, _ in members),
        "lastMessageAt": UNSET,
        "createdAt": max(sample.instant(), *(joined for _, joined in members), 0),
    }


def _message(sample: Sample, conversations: list[Document]) -> Document:
    """Make a message; its conversation is a place in the list until that has an id."""
    place = int(sample.random.random() ** 2 * len(conversations))
    conversation = conversations[place]
    created = sample.after(conversation["createdAt"], within=10 * DAY)
    if conversation["lastMessageAt"] is UNSET or conversation["lastMessageAt"] < created:
        conversation["lastMessageAt"] = created
    return {
        "conversationId": place,
        "senderId": sample.random.choice(conversation["memberIds"]),
        "text": sentence(sample.random),
        "mediaId": sample.deal.maybe("mediaId", sample.file, tenths=2),
        "createdAt": created,
    }


def _product(sample: Sample) -> Document:
    return {
        "name": title(sample.random, words_max=3),
        "description": sample.deal.maybe("description", lambda: prose(sample.random)),
        "price": sample.deal.maybe("price", lambda: sample.random.randint(1, 40_000) / 100),
        "imageId": sample.deal.maybe("imageId", sample.file, tenths=6),
        "createdAt": sample.instant() // HOUR * HOUR,
    }
