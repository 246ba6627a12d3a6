"""
The data that every system is measured on: chat messages.

A message has twelve fields with the system's two: nested metadata, an array of parts, and 20 to
60 words of Zipf text over a vocabulary of 20,000 (about 740 bytes packed). Messages of a chat lie
scattered through the table, as they do where many chats go on at once; a few chats hold most.
Parents, a twentieth of all, are inserted before the others, which may then refer to them.

The same count and seed give the same messages in every process.
"""

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

__all__ = ["Message", "Sample", "make_sample"]

# What systems return is theirs to know.
Message = dict[str, Any]

_VOCABULARY = 20_000
_SYLLABLES = ("ba", "co", "di", "fe", "gu", "ha", "ki", "lo", "mu", "ne", "po", "ri", "sa", "tu")
_WORD_WEIGHTS = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))


class Sample(NamedTuple):
    """
    Messages whose references are numbers, for each system to turn into ids of its own.

    Attributes:
        parents: Messages that refer to no other, inserted first.
        messages: The others, in the order of insertion. ``chatId`` and ``userId`` are numbers
            below ``chats`` and ``users``; ``parentMessageId`` is the number of a parent.
        chats: How many chats there are; the first is the largest.
        users: How many users there are.
        words: The vocabulary, from the most frequent word on.
    """

    parents: list[Message]
    messages: list[Message]
    chats: int
    users: int
    words: list[str]


def make_sample(count: int, *, seed: int = 1) -> Sample:
    """Return so many messages, parents not counted."""
    random = Random(seed)
    words = _words(random)
    chats, users = max(20, count // 200), max(10, count // 500)
    chat_weights = list(accumulate(1 / rank for rank in range(1, chats + 1)))
    parents = max(1, count // 20)
    messages: list[Message] = []
    for number in range(parents + count):
        chat = bisect(chat_weights, random.random() * chat_weights[-1])
        message = _message(random, _text(random, words), chat=chat, user=number % users)
        if number >= parents and random.random() < 0.3:
            message["parentMessageId"] = random.randrange(parents)
        messages.append(message)
    return Sample(messages[:parents], messages[parents:], chats, users, words)


def _text(random: Random, words: list[str]) -> str:
    total = _WORD_WEIGHTS[-1]
    return " ".join(
        words[bisect(_WORD_WEIGHTS, random.random() * total)] for _ in range(random.randint(20, 60))
    )


def _message(random: Random, text: str, *, chat: int, user: int) -> Message:
    prompt, completion = random.randint(20, 900), random.randint(20, 900)
    return {
        "chatId": chat,
        "userId": user,
        "role": random.choices(("user", "assistant", "system"), (48, 48, 4))[0],
        "content": text,
        "parts": [{"type": "text", "text": text[:80]}],
        "metadata": {
            "model": random.choice(("gpt-4", "small", "large")),
            "tokens": {"prompt": prompt, "completion": completion, "total": prompt + completion},
            "processingTime": random.random() * 3000,
            "temperature": round(random.random(), 2),
        },
        "status": random.choice(("sent", "delivered")),
        "threadLevel": random.randint(0, 10),
    }


def _words(random: Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < _VOCABULARY:
        words["".join(random.choices(_SYLLABLES, k=random.randint(1, 5)))] = None
    return list(words)
