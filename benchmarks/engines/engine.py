"""
What a system must be able to do to be measured.

Rules:

- Each method is one unit of the workload it is named after, written as a good user of that system
  would write it; all systems must give the same answers, and the harness compares them.
- Users, chats and messages have numbers, in the order of their insertion; what the system itself
  calls them stands in ``keys``, so that looking an id up costs all systems the same.
- An engine is for one thread; ``another`` makes one for another thread, on the same database.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, Self

from benchmarks.sample import Message

__all__ = ["MODEL", "TOTAL_ABOVE", "Durability", "Engine", "Keys", "Traits", "referring"]

# What a commit that returned survives: power loss, a crash of the process, nothing.
Durability = Literal["full", "relaxed", "unsafe"]

# The filter without an index: about one message in a hundred.
MODEL = "gpt-4"
TOTAL_ABOVE = 1550


@dataclass(slots=True)
class Keys:
    """What the system calls users, chats and messages, by their number."""

    users: list[Any] = field(default_factory=list[Any])
    chats: list[Any] = field(default_factory=list[Any])
    messages: list[Any] = field(default_factory=list[Any])


class Traits(NamedTuple):
    """
    What is particular to a system.

    Attributes:
        about: What is measured, in a few words for the report.
        imports: The statement a program begins with.
        durabilities: Those it offers; the rest is measured with the last of them.
        rows_max: More than so many messages would take over the whole run.
        shared_by: What may use one database at once: "threads", "processes".
        is_on_disk: Whether there is a file to open again.
    """

    about: str
    imports: str
    durabilities: tuple[Durability, ...] = ("full", "relaxed", "unsafe")
    rows_max: int | None = None
    shared_by: tuple[Literal["threads", "processes"], ...] = ()
    is_on_disk: bool = True


class Engine(Protocol):
    """One system, on one database of its own."""

    name: str
    traits: Traits
    keys: Keys

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        ...

    def another(self) -> Self:
        """Return an engine on the same database; called in the thread that will use it."""
        ...

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        ...

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction, four compound indexes included."""
        ...

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        ...

    def get(self, number: int) -> Any:
        """Read a message by id, in a transaction of its own."""
        ...

    def get_many(self, numbers: Sequence[int]) -> Sequence[Any]:
        """Read messages by id, in one transaction and in this order."""
        ...

    def newest(self, chat: int, count: int) -> Sequence[Any]:
        """Read the newest messages of a chat, newest first."""
        ...

    def range_of(self, chat: int, count: int) -> Sequence[Any]:
        """Read so many messages of a chat, from its first on."""
        ...

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        ...

    def ids_of(self, chat: int) -> Sequence[Any]:
        """Read the ids alone of a chat's messages, from its first on."""
        ...

    def matching(self) -> Sequence[Any]:
        """Read all messages of ``MODEL`` with more than ``TOTAL_ABOVE`` tokens, by no index."""
        ...

    def pages(self, size: int) -> Iterator[Sequence[Any]]:
        """Walk the table in creation order, page by page, each in a transaction of its own."""
        ...

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message in a transaction of its own."""
        ...

    def delete(self, number: int) -> None:
        """Delete a message in a transaction of its own."""
        ...

    def close(self) -> None:
        """Close the database."""
        ...


def referring(messages: Iterable[Message], keys: Keys) -> list[Message]:
    """Return messages that refer to others by what the system calls them."""
    users, chats, known = keys.users, keys.chats, keys.messages
    return [
        {
            **message,
            "chatId": chats[message["chatId"]],
            "userId": users[message["userId"]],
            **(
                {"parentMessageId": known[message["parentMessageId"]]}
                if "parentMessageId" in message
                else {}
            ),
        }
        for message in messages
    ]
