"""
docdb on a file, through its public names, with validation on and default settings but for
durability: no flush, since that is what the floor is measured with.
"""

from collections.abc import Iterator
from pathlib import Path

import docdb
from benchmarks.sample import Message, Sample
from docdb import fixtures

__all__ = ["DocdbFile"]


class DocdbFile:
    """See the module. The tables, validators and indexes are those of the chat application."""

    name = "docdb"

    def open(self, folder: Path) -> None:
        """Make an empty database in a folder."""
        self.path = folder / "bench.docdb"
        schema = fixtures.load("aichat").schema
        self.db = docdb.open(self.path, schema, durability="unsafe")
        self.ids: list[str] = []

    def prepare(self, sample: Sample) -> list[Message]:
        """Insert chats and users; parents are ids of messages of an earlier life."""
        with self.db.write() as tx:
            self.users = tx.insert_many(
                "users",
                [{"name": f"user {n}", "tokenIdentifier": f"t{n}"} for n in range(sample.users)],
            )
            self.chats = tx.insert_many(
                "chats",
                [{"userId": self.users[n % sample.users]} for n in range(sample.chats)],
            )
            first = tx.insert("messages", {"chatId": self.chats[0], "role": "user", "content": "x"})
            tx.delete(first)
        return [self._with_ids(message, first) for message in sample.messages]

    def _with_ids(self, message: Message, parent: str) -> Message:
        document = {
            **message,
            "chatId": self.chats[message["chatId"]],
            "userId": self.users[message["userId"]],
        }
        if "parentMessageId" in document:
            document["parentMessageId"] = parent
        return document

    def insert_bulk(self, messages: list[Message]) -> None:
        """Insert messages in one transaction."""
        with self.db.write() as tx:
            self.ids += tx.insert_many("messages", messages)

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        self.ids.append(self.db.insert("messages", message))

    def get(self, number: int) -> Message:
        """Read a message by id."""
        found = self.db.get(self.ids[number])
        assert found is not None
        return found

    def newest(self, chat: int, count: int) -> list[Message]:
        """Read the newest messages of a chat."""
        query = self.db.query("messages").with_index("by_chat_created", chatId=self.chats[chat])
        return query.order("desc").take(count)

    def range_of(self, chat: int, count: int) -> list[Message]:
        """Read so many messages of a chat from its first on."""
        query = self.db.query("messages").with_index("by_chat_created", chatId=self.chats[chat])
        return query.take(count)

    def pages(self, size: int) -> Iterator[list[Message]]:
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
        self.db.patch(self.ids[number], {"threadLevel": level})

    def file_bytes(self) -> int:
        """Return the size on disk."""
        return self.path.stat().st_size

    def close(self) -> None:
        """Close the database."""
        self.db.close()
