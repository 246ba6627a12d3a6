"""
docdb on a file and in memory, through its public names, with validation on and default settings
but for durability, which is what the workload asks for.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import docdb
from benchmarks.engines.docdb_schema import chat_schema
from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["docdb_in_file", "docdb_in_memory"]

_IMPORTS = "import docdb, lmdb, msgpack, sortedcontainers; docdb.open, docdb.define_schema, docdb.v"


def docdb_in_file() -> "DocdbTables":
    """Return docdb on a file."""
    traits = Traits("docdb on a file", _IMPORTS, shared_by=("threads", "processes"))
    return DocdbTables("docdb", traits)


def docdb_in_memory() -> "DocdbTables":
    """Return docdb without a file."""
    return DocdbTables(
        "docdb-memory",
        Traits(
            "docdb in memory",
            "import docdb, sortedcontainers, msgpack; docdb.open, docdb.define_schema, docdb.v",
            durabilities=("unsafe",),
            shared_by=("threads",),
            is_on_disk=False,
        ),
    )


class DocdbTables:
    """See the module."""

    def __init__(self, name: str, traits: Traits) -> None:
        self.name = name
        self.traits = traits
        self.keys = Keys()

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        path = folder / "bench.docdb" if self.traits.is_on_disk else ":memory:"
        self.db = docdb.open(path, chat_schema(), durability=durability)

    def another(self) -> Self:
        """Return the same engine: threads may share a database."""
        return self

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        with self.db.write() as tx:
            self.keys.users = tx.insert_many("users", [{"name": f"u{n}"} for n in range(users)])
            self.keys.chats = tx.insert_many("chats", [{"title": f"c{n}"} for n in range(chats)])

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction."""
        self.keys.messages += self.db.insert_many("messages", messages)

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        self.keys.messages.append(self.db.insert("messages", message))

    def get(self, number: int) -> Message | None:
        """Read a message by id."""
        return self.db.get(self.keys.messages[number])

    def get_many(self, numbers: Sequence[int]) -> Sequence[Message | None]:
        """Read messages by id, in one transaction."""
        known = self.keys.messages
        return self.db.get_many([known[number] for number in numbers])

    def newest(self, chat: int, count: int) -> Sequence[Message]:
        """Read the newest messages of a chat."""
        return self._of_chat(chat).order("desc").take(count)

    def range_of(self, chat: int, count: int) -> Sequence[Message]:
        """Read so many messages of a chat from its first on."""
        return self._of_chat(chat).take(count)

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        return self._of_chat(chat).count()

    def ids_of(self, chat: int) -> Sequence[str]:
        """Read the ids of a chat's messages, from its first on."""
        return self._of_chat(chat).ids()

    def _of_chat(self, chat: int) -> docdb.Query:
        return self.db.query("messages").with_index("by_chat", chatId=self.keys.chats[chat])

    def matching(self) -> Sequence[Message]:
        """Read what a filter finds in the whole table."""
        query = self.db.query("messages").filter(
            lambda q: q.and_(
                q.eq(q.field("metadata.model"), MODEL),
                q.gt(q.field("metadata.tokens.total"), TOTAL_ABOVE),
            )
        )
        return query.collect()

    def pages(self, size: int) -> Iterator[Sequence[Message]]:
        """Walk the table page by page."""
        query = self.db.query("messages")
        cursor = None
        while True:
            page = query.paginate(num_items=size, cursor=cursor)
            if page.page:
                yield page.page
            if page.is_done:
                return
            cursor = page.continue_cursor

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message."""
        self.db.patch(self.keys.messages[number], {"threadLevel": level})

    def delete(self, number: int) -> None:
        """Delete a message."""
        self.db.delete(self.keys.messages[number])

    def close(self) -> None:
        """Close the database."""
        self.db.close()
