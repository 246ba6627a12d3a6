"""
What White Cell Protocol asks of its data, and what each question is called.

The questions follow the document line by line: each "Foreign Key", "Query", "Filter", "Sort",
"Unique" and "Expiration" of a table, the relationships, and the list of its frequent queries.
Full-text searches stand apart in ``search_patterns``.
"""

from .access.accounts import ACCOUNT_PATTERNS, ACCOUNT_SEARCHES
from .access.assistant import ASSISTANT_PATTERNS
from .access.creator import CREATOR_PATTERNS, CREATOR_SEARCHES
from .access.discipline import DISCIPLINE_PATTERNS
from .access.fitness import FITNESS_PATTERNS
from .access.gamification import GAMIFICATION_PATTERNS
from .access.mind import MIND_PATTERNS, MIND_SEARCHES
from .access.notes import NOTE_PATTERNS, NOTE_SEARCHES
from .access.operations import OPERATIONS_PATTERNS
from .access.study import STUDY_PATTERNS, STUDY_SEARCHES

__all__ = ["patterns", "search_patterns"]

patterns = {
    **ACCOUNT_PATTERNS,
    **NOTE_PATTERNS,
    **STUDY_PATTERNS,
    **FITNESS_PATTERNS,
    **MIND_PATTERNS,
    **DISCIPLINE_PATTERNS,
    **CREATOR_PATTERNS,
    **ASSISTANT_PATTERNS,
    **GAMIFICATION_PATTERNS,
    **OPERATIONS_PATTERNS,
}

search_patterns = {
    **ACCOUNT_SEARCHES,
    **NOTE_SEARCHES,
    **STUDY_SEARCHES,
    **MIND_SEARCHES,
    **CREATOR_SEARCHES,
}
