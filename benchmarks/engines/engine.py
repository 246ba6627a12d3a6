"""What a system must be able to do to be measured."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from benchmarks.sample import Message, Sample

__all__ = ["Engine"]


class Engine(Protocol):
    """One system, on one file of its own. Each method is one unit of the workload it is for."""

    name: str

    def open(self, folder: Path) -> None:
        """Make an empty database in a folder."""
        ...

    def prepare(self, sample: Sample) -> list[Message]:
        """Insert chats and users, and return the messages as this system wants them."""
        ...

    def insert_bulk(self, messages: list[Message]) -> None:
        """Insert messages in one transaction, four compound indexes included."""
        ...

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        ...

    def get(self, number: int) -> Message:
        """Read a message by id, in a transaction of its own; the number says which."""
        ...

    def newest(self, chat: int, count: int) -> list[Message]:
        """Read the newest messages of a chat."""
        ...

    def range_of(self, chat: int, count: int) -> list[Message]:
        """Read so many messages of a chat, from its first on, by a range of creation times."""
        ...

    def pages(self, size: int) -> Iterator[list[Message]]:
        """Walk the table in creation order, page by page, each in a transaction of its own."""
        ...

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message in a transaction of its own."""
        ...

    def file_bytes(self) -> int:
        """Return the size on disk."""
        ...

    def close(self) -> None:
        """Close the database."""
        ...
