"""
ekvi: a marketplace of movement training.

Profiles, coaches, videos, files, programs; its accounts live in the component betterAuth.
Re-exports what ``docdb.fixtures`` hands out, and holds nothing else.
"""

from .patterns import patterns, search_patterns
from .sample import populate
from .schema import schema

__all__ = ["patterns", "populate", "schema", "search_patterns"]
