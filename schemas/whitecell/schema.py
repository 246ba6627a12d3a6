"""
The schema of White Cell Protocol: a companion for study, training, mind and discipline.

38 tables, grouped as the application's document groups them, one module per group.
The document names kinds of indexes and their fields, not indexes; names are ``by_`` and the fields.
A field under "Query" or "Filter" is indexed behind the owner, ``[userId, field]``, since every
screen of the application shows one user's data; a "Search" line gives one search index per field.
"""

from docdb import define_schema

from .tables.accounts import ACCOUNT_TABLES
from .tables.assistant import ASSISTANT_TABLES
from .tables.creator import CREATOR_TABLES
from .tables.discipline import DISCIPLINE_TABLES
from .tables.fitness import FITNESS_TABLES
from .tables.gamification import GAMIFICATION_TABLES
from .tables.mind import MIND_TABLES
from .tables.operations import OPERATIONS_TABLES
from .tables.study import STUDY_TABLES

__all__ = ["schema"]

schema = define_schema(
    {
        **ACCOUNT_TABLES,
        **STUDY_TABLES,
        **FITNESS_TABLES,
        **MIND_TABLES,
        **DISCIPLINE_TABLES,
        **CREATOR_TABLES,
        **ASSISTANT_TABLES,
        **GAMIFICATION_TABLES,
        **OPERATIONS_TABLES,
    }
)
