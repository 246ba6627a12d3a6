"""
Sample data of ``extrovertly``.

Missions and achievements are catalogues, complete before anybody joins. Pairs that are unique
(user and mission, user and achievement) and rows of which a user has one a day or a week belong
to users of the same round; journals, moods and goals belong to users of any age.
"""

from collections.abc import Mapping
from typing import Any

from ..sampling import Document, Progress, Sample, moved, write_rounds
from .activities import (
    achievement,
    attendee,
    earned_achievement,
    event,
    mission,
    taken_mission,
)
from .journeys import (
    coach_message,
    conversation,
    insight,
    journal_entry,
    mood,
    profile,
    progress_of_day,
    social_goal,
    user,
)

__all__ = ["populate"]

_SHARES = {
    "users": 5,
    "missions": 2,
    "achievements": 2,
    "userProfiles": 3,
    "journalEntries": 12,
    "userMissions": 14,
    "events": 4,
    "eventAttendees": 10,
    "userAchievements": 5,
    "coachConversations": 4,
    "coachMessages": 18,
    "progressTracking": 10,
    "weeklyInsights": 4,
    "moodTracking": 8,
    "socialGoals": 5,
}
_CATALOGUES = ("missions", "achievements")


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
    return write_rounds(
        db, _SHARES, _write_round, rows=rows, seed=seed, progress=progress, first=_CATALOGUES
    )


def _write_round(sample: Sample, tx: Any, quota: Mapping[str, int]) -> None:
    _write_catalogues(sample, tx, quota)
    users = sample.insert(tx, "users", [user(sample) for _ in range(quota["users"])])
    sample.pool("users").add(users)
    missions, achievements = sample.pool("missions"), sample.pool("achievements")
    for table, at_most in (
        ("userProfiles", len(users)),
        ("userMissions", len(users) * len(missions)),
        ("userAchievements", len(users) * len(achievements)),
    ):
        quota = moved(quota, table, at_most=at_most, to="moodTracking")
    profiles = [profile(sample, each) for each in users[: quota["userProfiles"]]]
    sample.insert(tx, "userProfiles", profiles)
    _write_pairs(sample, tx, "userMissions", users, quota["userMissions"])
    _write_pairs(sample, tx, "userAchievements", users, quota["userAchievements"])
    _write_events(sample, tx, quota)
    _write_conversations(sample, tx, quota)
    days = _numbered(users, quota["progressTracking"])
    days_of = [progress_of_day(sample, owner, day) for owner, day in days]
    sample.insert(tx, "progressTracking", days_of)
    weeks = _numbered(users, quota["weeklyInsights"])
    sample.insert(tx, "weeklyInsights", [insight(sample, owner, week) for owner, week in weeks])
    for table, make in (
        ("journalEntries", journal_entry),
        ("moodTracking", mood),
        ("socialGoals", social_goal),
    ):
        sample.insert(tx, table, [make(sample) for _ in range(quota[table])])


def _write_catalogues(sample: Sample, tx: Any, quota: Mapping[str, int]) -> None:
    for table, make in (("missions", mission), ("achievements", achievement)):
        documents = [make(sample) for _ in range(quota[table])]
        sample.pool(table).add(sample.insert(tx, table, documents))


def _write_pairs(sample: Sample, tx: Any, table: str, users: list[str], count: int) -> None:
    """Write ``count`` different pairs of a user of this round and an entry of a catalogue."""
    catalogue, make = {
        "userMissions": ("missions", taken_mission),
        "userAchievements": ("achievements", earned_achievement),
    }[table]
    documents: list[Document] = []
    for place, owner in enumerate(users):
        wanted = count * (place + 1) // len(users) - count * place // len(users)
        entries = sample.pool(catalogue).some(wanted)
        documents += [make(sample, owner, entry) for entry in entries]
    sample.insert(tx, table, documents)


def _write_events(sample: Sample, tx: Any, quota: Mapping[str, int]) -> None:
    """Write events and their attendees, nobody twice at one event while there are others."""
    ids = sample.insert(tx, "events", [event(sample) for _ in range(quota["events"])])
    seen: set[tuple[str, str]] = set()
    attendees: list[Document] = []
    for _ in range(quota["eventAttendees"]):
        pair = (sample.random.choice(ids), sample.pool("users").pick())
        for _ in range(20):
            if pair not in seen:
                break
            pair = (sample.random.choice(ids), *sample.pool("users").some(1))
        seen.add(pair)
        attendees.append(attendee(sample, *pair))
    sample.insert(tx, "eventAttendees", attendees)


def _write_conversations(sample: Sample, tx: Any, quota: Mapping[str, int]) -> None:
    """Write conversations with the coach and their messages, in turns."""
    conversations = [conversation(sample) for _ in range(quota["coachConversations"])]
    ids = sample.insert(tx, "coachConversations", conversations)
    messages: list[Document] = []
    for _ in range(quota["coachMessages"]):
        place = int(sample.random.random() ** 1.5 * len(ids))
        messages.append(coach_message(sample, ids[place]))
    sample.insert(tx, "coachMessages", messages)


def _numbered(users: list[str], count: int) -> list[tuple[str, int]]:
    """Deal ``count`` days or weeks out among users: each user's are numbered from 0."""
    return [(users[each % len(users)], each // len(users)) for each in range(count)]
