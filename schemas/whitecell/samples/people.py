"""
Who the sample's documents belong to.

Only what later documents need of a user is remembered, and of each user's notes the last few,
so that memory stays bounded however many rows are written.
"""

from collections import deque
from typing import NamedTuple

from ...sampling import HOUR, Sample

__all__ = ["SUBJECTS", "NoteTrace", "Person", "visit"]

SUBJECTS = ("Math", "Physics", "Chemistry", "Biology", "History", "Literature", "Programming")

_NOTES_KEPT = 5


class Person:
    """A user as later documents see them."""

    __slots__ = ("badges", "created_at", "email", "id", "notes")

    def __init__(self, id: str, *, email: str, created_at: int) -> None:
        self.id = id
        self.email = email
        self.created_at = created_at
        self.badges = 0
        self.notes: deque[str] = deque(maxlen=_NOTES_KEPT)


class NoteTrace(NamedTuple):
    """A note as the flashcards made from it see it."""

    id: str
    person: Person
    subject: str
    created_at: int


def visit(sample: Sample) -> tuple[Person, int]:
    """Return a user, some far more often than others, and a time after they signed up."""
    person: Person = sample.pool("people").pick()
    earliest = person.created_at + int(HOUR * sample.random.random())
    return person, max(sample.instant(), earliest)
