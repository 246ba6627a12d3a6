"""
ZODB: Python objects that persist, in a ``FileStorage``. Messages are persistent mappings in a
B-tree by number; the four compound indexes are sets of tuples, kept by hand.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self

import transaction
import ZODB
from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOTreeSet
from persistent.mapping import PersistentMapping
from ZODB.FileStorage import FileStorage

from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["Zodb"]

_INDEXES = ("by_chat", "by_chat_role", "by_user", "by_thread")
# Objects that a connection keeps in memory; the default of 400 is meant for the smallest machines.
_CACHED_OBJECTS = 20_000


class Zodb:
    """See the module."""

    name = "zodb"
    traits = Traits(
        "ZODB with B-trees as indexes",
        "import ZODB, BTrees.LOBTree, BTrees.OOBTree, ZODB.FileStorage",
        durabilities=("full",),
        rows_max=100_000,
    )

    def __init__(self) -> None:
        self.keys = Keys()

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        assert durability in self.traits.durabilities
        storage = FileStorage(str(folder / "bench.fs"))
        self.db = ZODB.DB(storage, cache_size=_CACHED_OBJECTS)
        self.transactions = transaction.TransactionManager()
        self.connection = self.db.open(self.transactions)
        self.root: Any = self.connection.root()
        if "messages" not in self.root:
            self.root["messages"] = LOBTree()
            for name in _INDEXES:
                self.root[name] = OOTreeSet()
            self.transactions.commit()
        self.messages: Any = self.root["messages"]
        self.indexes = [self.root[name] for name in _INDEXES]

    def another(self) -> Self:
        """Return the same engine, which nobody else may use."""
        return self

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        self.keys.users, self.keys.chats = list(range(1, users + 1)), list(range(1, chats + 1))
        for name, ids in (("users", self.keys.users), ("chats", self.keys.chats)):
            self.root[name] = LOBTree({id: PersistentMapping(name=name) for id in ids})
        self.transactions.commit()

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction."""
        for message in messages:
            self._insert(message)
        self.transactions.commit()

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        self._insert(message)
        self.transactions.commit()

    def _insert(self, message: Message) -> None:
        number = len(self.keys.messages) + 1
        self.messages[number] = PersistentMapping(message)
        for index, entry in zip(self.indexes, _entries(message, number), strict=True):
            index.add(entry)
        self.keys.messages.append(number)

    def get(self, number: int) -> Any:
        """Read a message by id."""
        self.transactions.begin()
        return dict(self.messages[self.keys.messages[number]])

    def get_many(self, numbers: Sequence[int]) -> Sequence[Any]:
        """Read messages by id, in one transaction."""
        self.transactions.begin()
        return [dict(self.messages[self.keys.messages[number]]) for number in numbers]

    def newest(self, chat: int, count: int) -> Sequence[Any]:
        """Read the newest messages of a chat; sets of tuples can only be walked upwards."""
        numbers = self.ids_of(chat)[: -count - 1 : -1]
        return [dict(self.messages[number]) for number in numbers]

    def range_of(self, chat: int, count: int) -> Sequence[Any]:
        """Read so many messages of a chat from its first on."""
        self.transactions.begin()
        return [dict(self.messages[entry[1]]) for entry in islice(self._of_chat(chat), count)]

    def _of_chat(self, chat: int) -> Any:
        key = self.keys.chats[chat]
        return self.indexes[0].keys((key,), (key + 1,), excludemax=True)

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        self.transactions.begin()
        return len(self._of_chat(chat))

    def ids_of(self, chat: int) -> Sequence[int]:
        """Read the ids of a chat's messages, from its first on."""
        self.transactions.begin()
        return [entry[1] for entry in self._of_chat(chat)]

    def matching(self) -> Sequence[Any]:
        """Read every message, and keep those that match."""
        self.transactions.begin()
        return [
            dict(message)
            for message in self.messages.values()
            if message["metadata"]["model"] == MODEL
            and message["metadata"]["tokens"]["total"] > TOTAL_ABOVE
        ]

    def pages(self, size: int) -> Iterator[Sequence[Any]]:
        """Walk the table page by page, each from the last number of the one before."""
        last = 0
        while True:
            self.transactions.begin()
            found = list(islice(self.messages.items(last, excludemin=True), size))
            if not found:
                return
            last = found[-1][0]
            yield [dict(message) for _, message in found]

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message."""
        id = self.keys.messages[number]
        message, index = self.messages[id], self.indexes[3]
        index.remove(_entries(message, id)[3])
        message["threadLevel"] = level
        index.add(_entries(message, id)[3])
        self.transactions.commit()

    def delete(self, number: int) -> None:
        """Delete a message and its entries."""
        id = self.keys.messages[number]
        message = self.messages.pop(id)
        for index, entry in zip(self.indexes, _entries(message, id), strict=True):
            index.remove(entry)
        self.transactions.commit()

    def close(self) -> None:
        """Close the database."""
        self.connection.close()
        self.db.close()


def _entries(message: Any, number: int) -> tuple[tuple[Any, ...], ...]:
    return (
        (message["chatId"], number),
        (message["chatId"], message["role"], number),
        (message["userId"], number),
        (message.get("parentMessageId", 0), message["threadLevel"], number),
    )
