"""
Sample points, badges and streaks.

A user earns the badges in one order, each once, so that no type comes twice for one user.
"""

from docdb import UNSET

from ...sampling import DAY, Document, Sample
from ...vocabulary import sentence
from .people import visit

__all__ = ["GAMIFICATION_MAKERS", "MODULES"]

MODULES = ("study", "fitness", "mind", "discipline", "creator")

_ACTIONS = (
    ("note_created", "study", 10),
    ("flashcards_reviewed", "study", 15),
    ("workout_logged", "fitness", 25),
    ("puzzle_solved", "mind", 20),
    ("task_completed", "discipline", 5),
    ("content_published", "creator", 40),
)
_BADGES = ("early_bird", "first_note", "iron_week", "solver", "scholar", "creator", "streak")
_ICONS = ("🔥", "📚", "🏋", "🧠", "https://img.example.com/badge.svg")
_STREAKS = ("daily_activity", "module_specific", "task")


def _xp_log(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    action, module, points = deal.pick("xp_logs.action", _ACTIONS)
    multiplier = deal.pick("xp_logs.multiplier", (1, 1, 1, 1.5, 2))
    notes = person.notes
    return {
        "userId": person.id,
        "action": action,
        "xpAmount": points * multiplier,
        "module": module,
        "sourceId": notes[-1] if module == "study" and notes else UNSET,
        "multiplier": multiplier,
        "description": deal.maybe("xp_logs.description", lambda: sentence(random, words_max=8)),
        "date": at,
    }


def _badge(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    tier, kind = divmod(person.badges, len(_BADGES))
    person.badges += 1
    name = _BADGES[kind].replace("_", " ").title()
    return {
        "userId": person.id,
        "badgeType": f"{_BADGES[kind]}_{tier + 1}",
        "name": name,
        "description": deal.maybe("badges.description", lambda: sentence(random)),
        "icon": deal.maybe("badges.icon", lambda: random.choice(_ICONS)),
        "earnedAt": at,
        "tier": deal.maybe("badges.tier", lambda: tier + 1),
        "rarity": deal.pick("badges.rarity", (UNSET, "common", "rare", "epic", "legendary")),
    }


def _streak(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, start = visit(sample)
    kind = deal.pick("streaks.streakType", _STREAKS)
    days = random.randint(1, 60)
    return {
        "userId": person.id,
        "streakType": kind,
        "module": random.choice(MODULES) if kind == "module_specific" else UNSET,
        "currentCount": days,
        "longestCount": days + random.randrange(40),
        "lastActiveDate": start + (days - 1) * DAY,
        "startDate": start,
        "completedDates": [start + day * DAY for day in range(days)],
    }


GAMIFICATION_MAKERS = {"xp_logs": _xp_log, "badges": _badge, "streaks": _streak}
