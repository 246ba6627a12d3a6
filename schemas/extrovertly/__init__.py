"""
extrovertly: training of social confidence.

Journals, missions, events, achievements, a coach to talk to, and progress over time.
Re-exports what ``docdb.fixtures`` hands out, and holds nothing else.
"""

from .patterns import patterns
from .sample import populate
from .schema import schema
from .searches import search_patterns

__all__ = ["patterns", "populate", "schema", "search_patterns"]
