"""
Sample data of ``aichat``.

A round's messages belong to the chats that the round begins: a few chats are long, most are
short, so that ``messageCount`` and ``lastMessageAt`` tell the truth. About one message in six
replies to an earlier one; replies are written level by level, since each needs the id of its
parent. Attachments and shares hang on the same chats; sessions hang on users of any age.
"""

from collections.abc import Mapping
from typing import Any

from docdb import UNSET

from ..sampling import DAY, HOUR, NOW, Document, Progress, Sample, compact, write_rounds
from ..vocabulary import email, full_name, phrase, slug, title
from .messages import MODELS, Slot, message, thread

__all__ = ["populate"]

_SHARES = {
    "users": 5,
    "chats": 12,
    "messages": 60,
    "chat_attachments": 9,
    "user_sessions": 8,
    "chat_shares": 6,
}
_FILE_TYPES = ("image/png", "image/jpeg", "audio/mpeg", "video/mp4", "application/pdf")
_FILE_BYTES_MAX = 104_857_600


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
    users = sample.insert(tx, "users", [_user(sample) for _ in range(quota["users"])])
    sample.pool("users").add(users)
    chats = [_chat(sample) for _ in range(quota["chats"])]
    slots = thread(sample, chats, quota["messages"])
    chat_ids = sample.insert(tx, "chats", chats)
    _write_messages(sample, tx, slots, chats, chat_ids)
    owned = list(zip(chat_ids, (chat["userId"] for chat in chats), strict=True))
    of_chat: dict[str, list[str]] = {}
    for slot in slots:
        of_chat.setdefault(chat_ids[slot.chat], []).append(slot.id)
    attachments = [_attachment(sample, owned, of_chat) for _ in range(quota["chat_attachments"])]
    sample.insert(tx, "chat_attachments", attachments)
    sessions = [_session(sample) for _ in range(quota["user_sessions"])]
    sample.insert(tx, "user_sessions", sessions)
    shares = [_share(sample, owned) for _ in range(quota["chat_shares"])]
    sample.insert(tx, "chat_shares", shares)


def _write_messages(
    sample: Sample, tx: Any, slots: list[Slot], chats: list[Document], chat_ids: list[str]
) -> None:
    """Write messages level by level, each level in order of time, and note their ids."""
    levels: dict[int, list[Slot]] = {}
    for slot in slots:
        levels.setdefault(slot.level, []).append(slot)
    for level in sorted(levels):
        ready = sorted(levels[level], key=lambda each: each.at)
        documents = [
            message(sample, slot, chat=chat_ids[slot.chat], owner=chats[slot.chat]["userId"])
            for slot in ready
        ]
        for slot, id in zip(ready, sample.insert(tx, "messages", documents), strict=True):
            slot.id = id


def _user(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    return {
        "name": full_name(random),
        "email": deal.maybe("email", lambda: email(random), tenths=8),
        "image": deal.maybe("image", lambda: f"https://images.example.com/{slug(random)}.png"),
        "tokenIdentifier": f"auth0|{slug(random, characters=24)}",
        "preferences": deal.maybe("preferences", lambda: _preferences(sample), tenths=7),
        "isActive": deal.pick("isActive", (True, True, True, True, True, False, UNSET)),
        "lastActiveAt": deal.maybe("lastActiveAt", sample.instant, tenths=8),
    }


def _preferences(sample: Sample) -> Document:
    deal = sample.deal
    return compact(
        {
            "theme": deal.pick("theme", ("light", "dark", "system", UNSET)),
            "language": deal.pick("language", ("en", "sr", "de", UNSET)),
            "defaultModel": deal.pick("defaultModel", (*MODELS, UNSET)),
            "enableNotifications": deal.pick("enableNotifications", (True, False, UNSET)),
        }
    )


def _chat(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    return {
        "userId": sample.pool("users").pick(),
        "title": deal.maybe("title", lambda: title(random), tenths=9),
        "model": deal.maybe("chat model", lambda: deal.pick("model", MODELS), tenths=8),
        "systemPrompt": deal.maybe(
            "systemPrompt", lambda: f"You are a helpful {phrase(random, 6)} assistant.", tenths=3
        ),
        "settings": deal.maybe("settings", lambda: _settings(sample)),
        "messageCount": UNSET,
        "lastMessageAt": UNSET,
        "isArchived": deal.pick("isArchived", (False, False, False, True, UNSET)),
        "tags": deal.maybe("tags", lambda: phrase(random, random.randint(1, 4)).split(), tenths=4),
    }


def _settings(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    return compact(
        {
            "temperature": deal.maybe("temperature", lambda: random.randint(0, 20) / 10),
            "maxTokens": deal.maybe("maxTokens", lambda: random.choice((1, 2000, 8000, 32_000))),
            "topP": deal.maybe("topP", lambda: round(random.random(), 2)),
            "frequencyPenalty": deal.maybe("frequency", lambda: round(random.random(), 1)),
            "presencePenalty": deal.maybe("presence", lambda: round(random.random(), 1)),
        }
    )


def _attachment(
    sample: Sample, owned: list[tuple[str, str]], of_chat: dict[str, list[str]]
) -> Document:
    random, deal = sample.random, sample.deal
    chat, owner = random.choice(owned)
    messages = of_chat.get(chat)
    kind = deal.pick("fileType", _FILE_TYPES)
    return {
        "userId": owner,
        "chatId": chat,
        "messageId": random.choice(messages) if messages and deal.chance("linked", 8) else UNSET,
        "fileId": sample.file(),
        "fileName": f"{phrase(random, 2).replace(' ', '-')}.{kind.rpartition('/')[2]}",
        "fileType": kind,
        "fileSize": min(_FILE_BYTES_MAX, int(random.lognormvariate(12, 2))),
        "metadata": deal.maybe("file metadata", lambda: _file_metadata(sample, kind), tenths=7),
        "status": deal.pick(
            "attachment status",
            ("ready", "ready", "ready", "uploading", "processing", "error", UNSET),
        ),
        "isPublic": deal.pick("isPublic", (True, False, False, UNSET)),
        "downloadCount": deal.maybe("downloadCount", lambda: random.randint(0, 50)),
    }


def _file_metadata(sample: Sample, kind: str) -> Document:
    random = sample.random
    family = kind.partition("/")[0]
    size = {"width": random.randint(100, 4000), "height": random.randint(100, 4000)}
    return compact(
        {
            "dimensions": size if family in ("image", "video") else UNSET,
            "duration": random.randint(1, 3600) if family in ("audio", "video") else UNSET,
            "pages": random.randint(1, 300) if family == "application" else UNSET,
            "encoding": sample.deal.pick("encoding", ("utf-8", "binary", UNSET)),
        }
    )


def _session(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    started = sample.instant()
    used = sample.after(started, within=12 * HOUR)
    is_active = deal.chance("session", 3)
    return {
        "userId": sample.pool("users").pick(),
        "sessionId": slug(random, characters=24),
        "deviceInfo": deal.maybe("deviceInfo", lambda: _device(sample), tenths=7),
        "startedAt": started,
        "lastActiveAt": used,
        "endedAt": UNSET if is_active else sample.after(used, within=HOUR),
        "isActive": is_active,
    }


def _device(sample: Sample) -> Document:
    deal = sample.deal
    platform, browser = deal.pick(
        "device", (("macOS", "Safari"), ("Windows", "Edge"), ("Linux", "Firefox"))
    )
    address = f"192.0.2.{sample.random.randint(1, 254)}"
    return compact(
        {
            "userAgent": f"Mozilla/5.0 ({platform}) {browser}",
            "platform": platform,
            "browser": browser,
            "ipAddress": deal.maybe("ipAddress", lambda: address),
        }
    )


def _share(sample: Sample, owned: list[tuple[str, str]]) -> Document:
    random, deal = sample.random, sample.deal
    chat, owner = random.choice(owned)
    guest = sample.pool("users").pick()
    is_public = deal.chance("public share", 4) or guest == owner
    return {
        "chatId": chat,
        "ownerId": owner,
        "sharedWithUserId": UNSET if is_public else guest,
        "shareToken": slug(random, characters=32),
        "permissions": {
            "canRead": deal.chance("canRead", 9),
            "canWrite": deal.chance("canWrite", 4),
            "canShare": deal.chance("canShare", 2),
        },
        "expiresAt": deal.maybe(
            "expiresAt", lambda: min(NOW, sample.instant()) + random.randint(1, 90) * DAY
        ),
        "isActive": deal.chance("share", 8),
        "accessCount": deal.maybe("accessCount", lambda: random.randint(0, 200)),
    }
