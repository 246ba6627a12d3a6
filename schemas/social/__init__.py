"""
social: a small social network.

Profiles, posts, conversations and messages; a product list beside them.
Re-exports what ``docdb.fixtures`` hands out, and holds nothing else.
"""

from .patterns import patterns, search_patterns
from .sample import populate
from .schema import schema

__all__ = ["patterns", "populate", "schema", "search_patterns"]
