"""
MontyDB: MongoDB's interface in pure Python, and no indexes: every question, one by id among them,
walks all messages. Over SQLite, since its storage over LMDB opens a file a second time to delete.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from montydb import MontyClient, set_storage

from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["Monty"]


class Monty:
    """See the module."""

    name = "montydb"
    traits = Traits(
        "MontyDB over SQLite, which has no indexes",
        "import montydb",
        durabilities=("full",),
        rows_max=2000,
    )

    def __init__(self) -> None:
        self.keys = Keys()

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        assert durability in self.traits.durabilities
        path = str(folder / "monty")
        if not Path(path).exists():
            set_storage(path, storage="sqlite", use_bson=False)
        self.client: Any = MontyClient(path)
        self.messages: Any = self.client.bench.messages

    def another(self) -> Self:
        """Return the same engine, which nobody else may use."""
        return self

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        insert_users = self.client.bench.users.insert_many([{"name": "u"} for _ in range(users)])
        insert_chats = self.client.bench.chats.insert_many([{"name": "c"} for _ in range(chats)])
        # Ids of MongoDB's kind, as text: what is nested in a document must be plain here.
        self.keys.users = [str(id) for id in insert_users.inserted_ids]
        self.keys.chats = [str(id) for id in insert_chats.inserted_ids]

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages, with numbers as their ids, which are their order too."""
        first = len(self.keys.messages)
        documents = [{"_id": first + n, **message} for n, message in enumerate(messages)]
        self.keys.messages += self.messages.insert_many(documents).inserted_ids

    def insert_one(self, message: Message) -> None:
        """Insert one message."""
        id = len(self.keys.messages)
        self.messages.insert_one({"_id": id, **message})
        self.keys.messages.append(id)

    def get(self, number: int) -> Message:
        """Read a message by id."""
        return self.messages.find_one({"_id": self.keys.messages[number]})

    def get_many(self, numbers: Sequence[int]) -> Sequence[Message]:
        """Read messages by id, in one query."""
        ids = [self.keys.messages[number] for number in numbers]
        found = {each["_id"]: each for each in self.messages.find({"_id": {"$in": ids}})}
        return [found[id] for id in ids]

    def newest(self, chat: int, count: int) -> Sequence[Message]:
        """Read the newest messages of a chat."""
        return list(self._of_chat(chat).sort("_id", -1).limit(count))

    def range_of(self, chat: int, count: int) -> Sequence[Message]:
        """Read so many messages of a chat from its first on."""
        return list(self._of_chat(chat).sort("_id", 1).limit(count))

    def _of_chat(self, chat: int) -> Any:
        return self.messages.find({"chatId": self.keys.chats[chat]})

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        return self.messages.count_documents({"chatId": self.keys.chats[chat]})

    def ids_of(self, chat: int) -> Sequence[int]:
        """Read the ids of a chat's messages, from its first on."""
        found = self.messages.find({"chatId": self.keys.chats[chat]}, {"_id": 1}).sort("_id", 1)
        return [each["_id"] for each in found]

    def matching(self) -> Sequence[Message]:
        """Read what a query finds in the whole collection."""
        condition = {"metadata.model": MODEL, "metadata.tokens.total": {"$gt": TOTAL_ABOVE}}
        return list(self.messages.find(condition).sort("_id", 1))

    def pages(self, size: int) -> Iterator[Sequence[Message]]:
        """Walk the collection page by page, each from the last id of the one before."""
        last = -1
        while page := list(self.messages.find({"_id": {"$gt": last}}).sort("_id", 1).limit(size)):
            last = page[-1]["_id"]
            yield page

    def patch(self, number: int, level: int) -> None:
        """Change a field of a message."""
        self.messages.update_one(
            {"_id": self.keys.messages[number]}, {"$set": {"threadLevel": level}}
        )

    def delete(self, number: int) -> None:
        """Delete a message."""
        self.messages.delete_one({"_id": self.keys.messages[number]})

    def close(self) -> None:
        """Close the database."""
        self.client.close()
