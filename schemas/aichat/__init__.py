"""
aichat: a chat with language models.

Users, chats, threaded messages of several parts, attachments, sessions and shares.
Re-exports what ``docdb.fixtures`` hands out, and holds nothing else.
"""

from .patterns import patterns, search_patterns
from .sample import populate
from .schema import schema

__all__ = ["patterns", "populate", "schema", "search_patterns"]
