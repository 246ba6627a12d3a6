"""
Sample messages: who answers whom, and what is said in parts of four kinds.

``thread`` decides the shape of a round's conversations before anything is written: each message
gets a slot that knows its chat, time and level, and for a reply the slot that it answers.
"""

from typing import Any

from docdb import UNSET

from ..sampling import DAY, Document, Sample, compact
from ..vocabulary import phrase, prose, sentence, slug

__all__ = ["MODELS", "Slot", "message", "thread"]

MODELS = ("gpt-4", "gpt-4", "gpt-4o-mini", "claude-3-5-sonnet")

_LEVELS_MAX = 10
_PARTS = ("text", "code", "image", "file")
_CODE = (
    ("typescript", "const x = {};"),
    ("python", "x = {}"),
    ("sql", "SELECT {};"),
)


class Slot:
    """A message to be: its chat's place, its position there, its time, and whom it answers."""

    __slots__ = ("at", "chat", "id", "level", "parent", "position")

    def __init__(self, chat: int, *, position: int, at: int, parent: "Slot | None") -> None:
        self.chat = chat
        self.position = position
        self.at = at
        self.parent = parent
        self.level = 0 if parent is None else parent.level + 1
        self.id = ""


def thread(sample: Sample, chats: list[Document], count: int) -> list[Slot]:
    """Deal ``count`` messages out among chats, and note number and last time in the chats."""
    sizes = [0] * len(chats)
    for _ in range(count):
        sizes[int(sample.random.random() ** 2 * len(chats))] += 1
    slots: list[Slot] = []
    for place, size in enumerate(sizes):
        times = _times(sample, size)
        of_chat: list[Slot] = []
        for position, at in enumerate(times):
            parent = _parent(sample, of_chat)
            of_chat.append(Slot(place, position=position, at=at, parent=parent))
        slots += of_chat
        if sample.deal.chance("messageCount", 8):
            chats[place]["messageCount"] = size
        if times:
            chats[place]["lastMessageAt"] = times[-1]
    return slots


def _times(sample: Sample, count: int) -> list[int]:
    """Return ``count`` times in order, within ten days of the beginning of a chat."""
    began = sample.instant()
    return sorted(sample.after(began, within=10 * DAY) for _ in range(count))


def _parent(sample: Sample, earlier: list[Slot]) -> Slot | None:
    """Choose an earlier message to answer, often the one before, or none."""
    if not earlier or not sample.deal.chance("reply", 2):
        return None
    near = earlier[-1] if sample.random.random() < 0.5 else sample.random.choice(earlier)
    return near if near.level < _LEVELS_MAX else None


def message(sample: Sample, slot: Slot, *, chat: str, owner: str) -> Document:
    """Make the document of a slot; the message that it answers has its id already."""
    deal = sample.deal
    role = _role(sample, slot)
    parts = deal.maybe("parts", lambda: _parts(sample), tenths=4)
    no_text = parts is not UNSET and deal.chance("no text", 1)
    status = deal.pick(
        "message status", ("sending", "sent", "delivered", "delivered", "error", "deleted")
    )
    return {
        "chatId": chat,
        "userId": _author(sample, owner) if role == "user" else UNSET,
        "role": role,
        "parts": parts,
        "content": "" if no_text else prose(sample.random, words=25),
        "metadata": deal.maybe("metadata", lambda: _metadata(sample, slot, status)),
        "status": status if deal.chance("has status", 7) else UNSET,
        "parentMessageId": UNSET if slot.parent is None else slot.parent.id,
        "threadLevel": slot.level if slot.parent or deal.chance("level 0", 3) else UNSET,
    }


def _role(sample: Sample, slot: Slot) -> str:
    if slot.position == 0 and sample.deal.chance("system", 3):
        return "system"
    return "assistant" if slot.position % 2 else "user"


def _author(sample: Sample, owner: str) -> str:
    """Return the chat's owner, or now and then a guest who may write."""
    return sample.pool("users").pick() if sample.deal.chance("guest", 1) else owner


def _parts(sample: Sample) -> list[Document]:
    kinds = [sample.deal.pick("part", _PARTS) for _ in range(sample.random.randint(1, 3))]
    parts = [_part(sample, kind) for kind in kinds]
    return [part for part in parts if part.get("fileId") is not UNSET]


def _part(sample: Sample, kind: str) -> Document:
    random, deal = sample.random, sample.deal
    if kind == "text":
        return {"type": "text", "text": sentence(random)}
    if kind == "code":
        language, code = deal.pick("language of code", _CODE)
        name = deal.maybe("filename", lambda: f"{slug(random, characters=6)}.txt")
        code = code.format(random.randint(0, 999))
        return compact({"type": "code", "language": language, "code": code, "filename": name})
    if kind == "image":
        return compact(
            {
                "type": "image",
                "url": f"https://images.example.com/{slug(random)}.png",
                "alt": deal.maybe("alt", lambda: phrase(random, 4)),
                "width": deal.maybe("width", lambda: random.randint(16, 4000)),
                "height": deal.maybe("height", lambda: random.randint(16, 4000)),
            }
        )
    return {
        "type": "file",
        "fileId": sample.file(),
        "fileName": f"{slug(random, characters=8)}.pdf",
        "fileType": "application/pdf",
        "fileSize": random.randint(1, 5_000_000),
    }


def _metadata(sample: Sample, slot: Slot, status: str) -> Document:
    random, deal = sample.random, sample.deal
    failed = {"code": "timeout", "message": sentence(random), "timestamp": slot.at}
    return compact(
        {
            "model": deal.maybe("used model", lambda: deal.pick("model of message", MODELS)),
            "tokens": deal.maybe("tokens", lambda: _tokens(sample)),
            "processingTime": deal.maybe("processingTime", lambda: random.randint(50, 20_000)),
            "temperature": deal.maybe("used temperature", lambda: random.randint(0, 20) / 10),
            "error": failed if status == "error" else UNSET,
            "edited": deal.pick("edited", (True, False, UNSET)),
            "editHistory": deal.maybe("editHistory", lambda: _edits(sample, slot), tenths=2),
        }
    )


def _tokens(sample: Sample) -> dict[str, int]:
    prompt, completion = sample.random.randint(5, 4000), sample.random.randint(5, 2000)
    return {"prompt": prompt, "completion": completion, "total": prompt + completion}


def _edits(sample: Sample, slot: Slot) -> list[dict[str, Any]]:
    return [
        {"timestamp": sample.after(slot.at, within=DAY), "previousContent": sentence(sample.random)}
        for _ in range(sample.random.randint(1, 3))
    ]
