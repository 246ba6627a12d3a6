"""
docdb's search index, through its public names. The last term is always a prefix, as in Convex:
there is no other way to ask.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docdb
from benchmarks.engines.docdb_schema import search_schema
from benchmarks.engines.searcher import FOUND_MAX, chat_name
from benchmarks.sample import Message

__all__ = ["DocdbSearch"]


class DocdbSearch:
    """See the module."""

    name = "docdb"
    about = "docdb with a search index, the last term always a prefix"
    has_upkeep = True

    def open(self, folder: Path, *, has_search: bool = True) -> None:
        """Make an empty database in a folder."""
        schema = search_schema(has_search=has_search)
        self.db = docdb.open(folder / "search.docdb", schema, durability="unsafe")

    def build(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction."""
        self.db.insert_many("messages", map(_document, messages))

    def add(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        self.db.insert("messages", _document(message))

    def search(
        self,
        terms: Sequence[str],
        *,
        is_prefix: bool = False,  # noqa: ARG002 - it always is
        chat: int | None = None,
        role: str | None = None,
    ) -> Sequence[Any]:
        """Return the best messages."""

        def expression(q: Any) -> Any:
            asked = q.search("content", " ".join(terms))
            if chat is not None:
                asked = asked.eq("chatId", chat_name(chat))
            return asked if role is None else asked.eq("role", role)

        messages: Any = self.db.query("messages")
        return messages.with_search_index("by_content", expression).take(FOUND_MAX)

    def close(self) -> None:
        """Close the database."""
        self.db.close()


def _document(message: Message) -> Message:
    return {
        "chatId": chat_name(message["chatId"]),
        "role": message["role"],
        "content": message["content"],
    }
