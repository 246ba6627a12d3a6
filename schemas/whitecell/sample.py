"""
How a White Cell database is filled: which share of the rows each table gets, and in which order.

Users come first, since nearly everything belongs to one, and notes second, since flashcards and
points come from them. The weights are those of an application in daily use: many small records
of what was reviewed, eaten, ticked off and earned, and few things that are made once.
"""

from collections.abc import Mapping

from ..sampling import Database, Progress, Sample, Writer, write_rounds
from .samples.accounts import ACCOUNT_MAKERS, write_users
from .samples.assistant import ASSISTANT_MAKERS
from .samples.creator import CREATOR_MAKERS
from .samples.discipline import DISCIPLINE_MAKERS
from .samples.fitness import FITNESS_MAKERS
from .samples.gamification import GAMIFICATION_MAKERS
from .samples.mind import MIND_MAKERS
from .samples.operations import OPERATIONS_MAKERS
from .samples.practice import PRACTICE_MAKERS
from .samples.study import STUDY_MAKERS, write_notes

__all__ = ["populate"]

_MAKERS = {
    **ACCOUNT_MAKERS,
    **STUDY_MAKERS,
    **FITNESS_MAKERS,
    **MIND_MAKERS,
    **PRACTICE_MAKERS,
    **DISCIPLINE_MAKERS,
    **CREATOR_MAKERS,
    **ASSISTANT_MAKERS,
    **GAMIFICATION_MAKERS,
    **OPERATIONS_MAKERS,
}

_SHARES = {
    "users": 20,
    "notes": 70,
    "sessions": 30,
    "otp_tokens": 14,
    "flashcards": 150,
    "quizzes": 25,
    "textbooks": 12,
    "study_goals": 14,
    "study_sessions": 60,
    "workouts": 50,
    "measurements": 25,
    "personal_records": 14,
    "meals": 80,
    "nutrition_goals": 12,
    "progress_photos": 12,
    "fitness_goals": 12,
    "chess_puzzles": 40,
    "cube_times": 60,
    "stoic_quotes": 12,
    "debate_sessions": 12,
    "memory_palaces": 10,
    "logic_puzzles": 20,
    "code_projects": 12,
    "strategies": 10,
    "daily_tasks": 90,
    "habit_stacks": 10,
    "pmo_tracker": 25,
    "content_items": 24,
    "content_ideas": 14,
    "content_templates": 10,
    "ai_conversations": 25,
    "ai_context_memory": 16,
    "xp_logs": 110,
    "badges": 20,
    "streaks": 12,
    "analytics": 120,
    "feature_flags": 8,
    "admin_logs": 10,
}


def populate(
    db: Database, rows: int = 1000, seed: int = 0, progress: Progress | None = None
) -> dict[str, int]:
    """
    Fill a database with documents of all 38 tables, the same ones for the same seed.

    Args:
        db: An open database with this application's schema.
        rows: How many documents to write in all; from 38 on, every table gets one.
        seed: Where the random choices begin.
        progress: Called after each transaction with the documents written so far and ``rows``.

    Returns:
        How many documents each table got.
    """
    return write_rounds(db, _SHARES, _write_round, rows=rows, seed=seed, progress=progress)


def _write_round(sample: Sample, tx: Writer, quota: Mapping[str, int]) -> None:
    write_users(sample, tx, quota["users"])
    write_notes(sample, tx, quota["notes"])
    for table, make in _MAKERS.items():
        sample.insert(tx, table, [make(sample) for _ in range(quota[table])])
