"""
What a system must be able to do to be measured at searching.

Every system answers with the twenty best documents, whole, best first; how it ranks is its own
affair. Several terms match documents that have any of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from benchmarks.sample import Message

__all__ = ["FOUND_MAX", "Searcher", "chat_name"]

FOUND_MAX = 20


class Searcher(Protocol):
    """
    One system, on one database of its own.

    Attributes:
        name: What tables call it.
        about: What is measured, in a few words for the report.
        has_upkeep: Whether it can also keep the same rows without searching them.
    """

    name: str
    about: str
    has_upkeep: bool

    def open(self, folder: Path, *, has_search: bool = True) -> None:
        """Make an empty database in a folder, or one that cannot search, for comparison."""
        ...

    def build(self, messages: Sequence[Message]) -> None:
        """Insert all messages at once, and index them."""
        ...

    def add(self, message: Message) -> None:
        """Insert one message in a transaction of its own, without a flush; then it is found."""
        ...

    def search(
        self,
        terms: Sequence[str],
        *,
        is_prefix: bool = False,
        chat: int | None = None,
        role: str | None = None,
    ) -> Sequence[Any]:
        """Return the best messages with any of the terms, the last of them a prefix if asked."""
        ...

    def close(self) -> None:
        """Close the database."""
        ...


def chat_name(chat: int) -> str:
    """Return what a message says of its chat."""
    return f"chat{chat}"
