"""
Whose data a question is about, when, and in which words.

A question about one user's data is asked for the owner of a document chosen at random, so that
it always has an answer, and busy users are asked about more often, as in life.
"""

from random import Random

from ...asking import Reader, random_document
from ...sampling import DAY, Document

__all__ = [
    "LIST",
    "PAGE",
    "RESULTS",
    "chosen_words",
    "document_with",
    "owner",
    "owner_and_week",
]

# A screen of a list, a page of a long one, and a screen of search results.
LIST = 20
PAGE = 25
RESULTS = 10

_WORDS_MAX = 2
# Enough to meet an optional field that half of the documents have, 255 times in 256.
_THROWS = 8


def owner(reader: Reader, table: str, random: Random) -> str:
    """Return the id of a user who has documents in ``table``."""
    return random_document(reader, table, random)["userId"]


def owner_and_week(
    reader: Reader, table: str, random: Random, *, field: str = "date"
) -> tuple[str, float, float]:
    """Return a user, and a week up to the date of one of the user's documents in ``table``."""
    document = random_document(reader, table, random)
    return document["userId"], document[field] - 7 * DAY, document[field]


def document_with(reader: Reader, table: str, field: str, random: Random) -> Document:
    """Return a random document that has an optional field, if a few throws meet one."""
    document = random_document(reader, table, random)
    for _ in range(_THROWS - 1):
        if field in document:
            break
        document = random_document(reader, table, random)
    return document


def chosen_words(text: str, random: Random) -> str:
    """Return one word of a text, or two that follow each other."""
    words = text.split()
    first = random.randint(0, len(words) - 1)
    return " ".join(words[first : first + random.randint(1, _WORDS_MAX)])
