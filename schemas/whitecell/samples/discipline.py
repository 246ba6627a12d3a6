"""Sample daily tasks, stacks of habits and entries of the recovery tracker."""

from docdb import UNSET

from ...sampling import DAY, HOUR, Document, Sample, iso_time
from ...vocabulary import phrase, sentence, title
from .people import visit

__all__ = ["DISCIPLINE_MAKERS"]

_CATEGORIES = ("study", "health", "home", "work", "mind")
_ANCHORS = ("morning coffee", "brushing teeth", "arriving home", "lunch", "going to bed")
_LEVELS = ("energyLevel", "focusLevel", "moodLevel", "confidenceLevel")


def _daily_task(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    is_completed = deal.chance("daily_tasks.completed", 6)
    return {
        "userId": person.id,
        "date": at,
        "title": title(random),
        "category": deal.pick("daily_tasks.category", _CATEGORIES),
        "completed": is_completed,
        "priority": deal.pick("daily_tasks.priority", (1, 2, 3, 3, 4, 5)),
        "dueTime": deal.maybe("daily_tasks.dueTime", lambda: iso_time(random.randrange(DAY))),
        "completedAt": sample.after(at, within=12 * HOUR) if is_completed else UNSET,
    }


def _habit_stack(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    streak = random.randrange(40)
    return {
        "userId": person.id,
        "name": title(random, words_max=3),
        "anchorHabit": deal.pick("habit_stacks.anchorHabit", _ANCHORS),
        "habits": [phrase(random, 3) for _ in range(random.randint(2, 5))],
        "difficulty": deal.pick("habit_stacks.difficulty", ("easy", "medium", "hard")),
        "currentStreak": streak,
        "longestStreak": streak + random.randrange(30),
        "createdAt": at,
        "completedDates": [at + day * DAY for day in range(1, streak + 1)],
    }


def _recovery_entry(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    has_relapsed = deal.chance("pmo_tracker.relapsed", 1)
    streak = 0 if has_relapsed else int(random.expovariate(0.05))
    levels = {
        level: deal.maybe(f"pmo_tracker.{level}", lambda: random.randint(1, 5), tenths=7)
        for level in _LEVELS
    }
    return {
        "userId": person.id,
        "date": at,
        "currentStreak": streak,
        "longestStreak": streak + int(random.expovariate(0.05)),
        **levels,
        "relapsed": has_relapsed,
        "notes": deal.maybe("pmo_tracker.notes", lambda: sentence(random), tenths=4),
    }


DISCIPLINE_MAKERS = {
    "daily_tasks": _daily_task,
    "habit_stacks": _habit_stack,
    "pmo_tracker": _recovery_entry,
}
