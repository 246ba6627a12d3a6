"""Sample conversations with the assistant and what it remembers."""

from docdb import UNSET

from ...sampling import DAY, Document, Sample, compact
from ...vocabulary import prose, sentence, slug, title
from .people import visit

__all__ = ["ASSISTANT_MAKERS"]

_EXCHANGES_MAX = 6


def _conversation(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    mode = deal.pick("ai_conversations.mode", ("normal", "normal", "research"))
    messages = _messages(sample, at=at, is_research=mode == "research")
    return {
        "userId": person.id,
        "topic": title(random, words_max=3),
        "module": deal.pick("ai_conversations.module", ("study", "fitness", "mind", "general")),
        "mode": mode,
        "messages": messages,
        "context": deal.maybe(
            "ai_conversations.context",
            lambda: {"notes": list(person.notes), "language": random.choice(("en", "sr"))},
        ),
        "createdAt": at,
        "updatedAt": messages[-1]["timestamp"],
        "isPinned": deal.chance("ai_conversations.isPinned", 2),
    }


def _messages(sample: Sample, *, at: int, is_research: bool) -> list[Document]:
    """Return questions and answers in turn."""
    random, deal = sample.random, sample.deal
    messages: list[Document] = []
    for number in range(2 * random.randint(1, _EXCHANGES_MAX)):
        is_answer = number % 2 == 1
        content = prose(random, words=45 if is_answer else 12)
        at += random.randint(2_000, 120_000)
        source = f"https://papers.example.org/{slug(random)}"
        message = {
            "id": f"m{number + 1}",
            "role": "assistant" if is_answer else "user",
            "content": content,
            "timestamp": at,
            "tokens": deal.maybe("messages.tokens", lambda text=content: len(text) // 4),
            "sources": [source] if is_answer and is_research else UNSET,
        }
        messages.append(compact(message))
    return messages


def _context_memory(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    source = deal.pick("ai_context_memory.source", ("manual", "auto_learned", "auto_learned"))
    return {
        "userId": person.id,
        "contextItem": sentence(random),
        "category": deal.pick(
            "ai_context_memory.category", ("goals", "preferences", "activities", "learning")
        ),
        "source": source,
        "confidence": 1 if source == "manual" else round(random.random(), 2),
        "createdAt": at,
        "lastUsed": deal.maybe(
            "ai_context_memory.lastUsed", lambda: sample.after(at, within=90 * DAY)
        ),
    }


ASSISTANT_MAKERS = {"ai_conversations": _conversation, "ai_context_memory": _context_memory}
