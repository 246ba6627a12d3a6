"""
TinyDB: one JSON file, read and written as a whole, and no indexes. Every question walks all
messages; with ``unsafe`` they stay in memory until the database is closed.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from tinydb import TinyDB, where
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage
from tinydb.table import Document

from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["Tiny"]


class Tiny:
    """See the module."""

    name = "tinydb"
    traits = Traits(
        "TinyDB, which has no indexes",
        "import tinydb",
        durabilities=("full", "unsafe"),
        rows_max=2000,
    )

    def __init__(self) -> None:
        self.keys = Keys()

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        path = folder / "bench.json"
        storage: Any = CachingMiddleware(JSONStorage) if durability == "unsafe" else JSONStorage
        self.db = TinyDB(path, storage=storage)
        self.messages = self.db.table("messages", cache_size=0)

    def another(self) -> Self:
        """Return the same engine, which nobody else may use."""
        return self

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        self.keys.users = self.db.table("users").insert_multiple(
            {"name": "u"} for _ in range(users)
        )
        self.keys.chats = self.db.table("chats").insert_multiple(
            {"name": "c"} for _ in range(chats)
        )

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages, and write the file once."""
        self.keys.messages += self.messages.insert_multiple(messages)

    def insert_one(self, message: Message) -> None:
        """Insert one message."""
        self.keys.messages.append(self.messages.insert(message))

    def get(self, number: int) -> Any:
        """Read a message by id."""
        found = self.messages.get(doc_id=self.keys.messages[number])
        assert isinstance(found, Document)
        return found

    def get_many(self, numbers: Sequence[int]) -> Sequence[Any]:
        """Read messages by id."""
        ids = [self.keys.messages[number] for number in numbers]
        found: Any = self.messages.get(doc_ids=ids)
        by_id = {each.doc_id: each for each in found}
        return [by_id[id] for id in ids]

    def newest(self, chat: int, count: int) -> Sequence[Any]:
        """Read the newest messages of a chat; ids ascend."""
        return self._of_chat(chat)[: -count - 1 : -1]

    def range_of(self, chat: int, count: int) -> Sequence[Any]:
        """Read so many messages of a chat from its first on."""
        return self._of_chat(chat)[:count]

    def _of_chat(self, chat: int) -> Sequence[Any]:
        return self.messages.search(where("chatId") == self.keys.chats[chat])

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        return self.messages.count(where("chatId") == self.keys.chats[chat])

    def ids_of(self, chat: int) -> Sequence[int]:
        """Read the ids of a chat's messages, from its first on."""
        return [each.doc_id for each in self._of_chat(chat)]

    def matching(self) -> Sequence[Any]:
        """Read what a query finds in the whole table."""
        about = where("metadata")
        return self.messages.search((about.model == MODEL) & (about.tokens.total > TOTAL_ABOVE))

    def pages(self, size: int) -> Iterator[Sequence[Any]]:
        """Walk the table page by page, each by reading all of it."""
        position = 0
        while page := self.messages.all()[position : position + size]:
            position += size
            yield page

    def patch(self, number: int, level: int) -> None:
        """Change a field of a message."""
        self.messages.update({"threadLevel": level}, doc_ids=[self.keys.messages[number]])

    def delete(self, number: int) -> None:
        """Delete a message."""
        self.messages.remove(doc_ids=[self.keys.messages[number]])

    def close(self) -> None:
        """Close the database."""
        self.db.close()
