"""Sample journeys: people, what they write, feel and aim at, and talks with the coach."""

from docdb import UNSET

from ..sampling import DAY, NOW, PERIOD, Document, Sample, iso_date
from ..vocabulary import email, first_name, phrase, prose, sentence, slug, surname, title

__all__ = [
    "coach_message",
    "conversation",
    "insight",
    "journal_entry",
    "mood",
    "profile",
    "progress_of_day",
    "social_goal",
    "user",
]

_MOODS = ("calm", "happy", "anxious", "proud", "tired", "excited", "lonely")
_INSIGHTS = ("progress", "pattern", "encouragement")
_GOAL_STATES = ("active", "active", "active", "completed", "paused", "cancelled")
_MESSAGES = (
    ("user", "text"),
    ("user", "text"),
    ("coach", "text"),
    ("coach", "scenario"),
    ("coach", "advice"),
)
# The first Monday of the sample's two years: 2024-01-01 was one.
_FIRST_MONDAY = NOW - PERIOD


def user(sample: Sample) -> Document:
    """Make a user; the longest streak is never shorter than the present one."""
    random, deal = sample.random, sample.deal
    streak = int(random.expovariate(0.2))
    return {
        "email": email(random),
        "username": slug(random),
        "firstName": first_name(random),
        "lastName": deal.maybe("lastName", lambda: surname(random), tenths=8),
        "avatarUrl": deal.maybe("avatarUrl", lambda: f"https://images.example.com/{slug(random)}"),
        "dateOfBirth": deal.maybe(
            "dateOfBirth", lambda: iso_date(random.randint(0, 37 * 365) * DAY), tenths=6
        ),
        "lastLoginAt": deal.maybe("lastLoginAt", sample.instant, tenths=8),
        "isActive": deal.chance("user is active", 8),
        "preferences": deal.maybe("preferences", lambda: {"theme": "dark", "reminders": [8, 20]}),
        "confidenceLevel": round(random.triangular(1, 10, 3), 1),
        "totalPoints": int(random.expovariate(0.005)),
        "streakDays": streak,
        "longestStreak": streak + int(random.expovariate(0.2)),
    }


def profile(sample: Sample, owner: str) -> Document:
    """Make the profile of a user."""
    random, deal = sample.random, sample.deal
    return {
        "userId": owner,
        "bio": deal.maybe("bio", lambda: sentence(random)),
        "socialGoals": deal.maybe("profile goals", lambda: [title(random)], tenths=6),
        "comfortLevels": deal.maybe("comfortLevels", lambda: {"groups": random.randint(1, 5)}),
        "interests": deal.maybe("interests", lambda: phrase(random, 4).split(), tenths=7),
        "socialContexts": deal.maybe("socialContexts", lambda: ["work", "friends"]),
    }


def journal_entry(sample: Sample) -> Document:
    """Make a journal entry with its number of words, where it has one."""
    random, deal = sample.random, sample.deal
    content = prose(random, words=80)
    return {
        "userId": sample.pool("users").pick(),
        "content": content,
        "mood": deal.pick("journal mood", _MOODS),
        "reflectionPrompt": deal.maybe("reflectionPrompt", lambda: sentence(random), tenths=4),
        "tags": deal.maybe("journal tags", lambda: phrase(random, random.randint(0, 4)).split()),
        "isPrivate": deal.chance("isPrivate", 7),
        "wordCount": deal.maybe("wordCount", lambda: len(content.split()), tenths=8),
    }


def mood(sample: Sample) -> Document:
    """Make an entry of how a user feels."""
    random, deal = sample.random, sample.deal
    return {
        "userId": sample.pool("users").pick(),
        "mood": deal.pick("mood", _MOODS),
        "intensity": deal.maybe("intensity", lambda: random.randint(1, 10), tenths=8),
        "context": deal.maybe("context", lambda: sentence(random), tenths=4),
        "triggers": deal.maybe("triggers", lambda: phrase(random, 2).split(), tenths=3),
    }


def social_goal(sample: Sample) -> Document:
    """Make a goal that a user sets."""
    random, deal = sample.random, sample.deal
    return {
        "userId": sample.pool("users").pick(),
        "title": title(random),
        "description": deal.maybe("goal description", lambda: sentence(random)),
        "category": deal.maybe("goal category", lambda: random.choice(("friends", "work"))),
        "targetValue": deal.maybe("targetValue", lambda: random.randint(5, 50)),
        "currentValue": random.randint(0, 5),
        "targetDate": deal.maybe(
            "targetDate", lambda: iso_date(sample.after(sample.instant(), within=90 * DAY))
        ),
        "status": deal.pick("goal status", _GOAL_STATES),
    }


def progress_of_day(sample: Sample, owner: str, day: int) -> Document:
    """Make a user's figures of one day; days are numbered from the beginning of the round."""
    random, deal = sample.random, sample.deal
    return {
        "userId": owner,
        "trackingDate": iso_date(sample.start + day * DAY),
        "confidenceLevel": deal.maybe("day's level", lambda: round(random.uniform(1, 10), 1)),
        "mood": deal.maybe("day's mood", lambda: random.choice(_MOODS), tenths=7),
        "activitiesCompleted": random.randint(0, 6),
        "journalEntries": random.randint(0, 2),
        "eventsAttended": random.randint(0, 1),
        "missionsCompleted": random.randint(0, 3),
        "pointsEarned": random.randint(0, 30) * 5,
    }


def insight(sample: Sample, owner: str, week: int) -> Document:
    """Make an insight into one of a user's weeks; a week begins on Monday."""
    random, deal = sample.random, sample.deal
    weeks = (sample.start - _FIRST_MONDAY) // (7 * DAY) + week
    return {
        "userId": owner,
        "weekStartDate": iso_date(_FIRST_MONDAY + weeks * 7 * DAY),
        "insightType": deal.pick("insightType", _INSIGHTS),
        "title": title(random),
        "description": sentence(random),
        "data": deal.maybe("data", lambda: {"missions": random.randint(0, 9), "trend": [1, 2.5]}),
        "isRead": deal.chance("isRead", 6),
    }


def conversation(sample: Sample) -> Document:
    """Make a session with the coach; one that has ended may have a summary."""
    has_ended = sample.deal.chance("ended", 7)
    return {
        "userId": sample.pool("users").pick(),
        "sessionId": slug(sample.random, characters=20),
        "endedAt": sample.instant() if has_ended else UNSET,
        "sessionSummary": sample.deal.maybe("summary", lambda: sentence(sample.random))
        if has_ended
        else UNSET,
    }


def coach_message(sample: Sample, conversation: str) -> Document:
    """Make a message of a session; scenarios and advice come from the coach."""
    random, deal = sample.random, sample.deal
    sender, kind = deal.pick(
        "message",
        _MESSAGES,
    )
    return {
        "conversationId": conversation,
        "content": prose(random, words=25),
        "sender": sender,
        "messageType": kind,
        "metadata": deal.maybe("metadata", lambda: {"tokens": random.randint(5, 400)}, tenths=4),
    }
