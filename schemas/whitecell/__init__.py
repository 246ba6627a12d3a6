"""
White Cell Protocol: a companion for study, training, mind and discipline.

Notes and flashcards, workouts and meals, puzzles, tasks, content plans, an assistant, points.
Re-exports what ``docdb.fixtures`` hands out, and holds nothing else.
"""

from .patterns import patterns, search_patterns
from .sample import populate
from .schema import schema

__all__ = ["patterns", "populate", "schema", "search_patterns"]
