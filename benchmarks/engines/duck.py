"""
DuckDB, a columnar database for analysis: typed columns with structs for what is nested, a primary
key, and no further indexes, which its makers advise against for tables like this one.

Bulk inserts go through a file of JSON lines, since single rows are not what it is made for.
"""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import duckdb

from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["Duck"]

_TOKENS = "STRUCT(prompt INTEGER, completion INTEGER, total INTEGER)"
_COLUMNS = {
    "_id": "BIGINT",
    "_creationTime": "DOUBLE",
    "chatId": "INTEGER",
    "userId": "INTEGER",
    "role": "VARCHAR",
    "content": "VARCHAR",
    "parts": "STRUCT(type VARCHAR, text VARCHAR)[]",
    "metadata": (
        f"STRUCT(model VARCHAR, tokens {_TOKENS}, processingTime DOUBLE, temperature DOUBLE)"
    ),
    "status": "VARCHAR",
    "parentMessageId": "BIGINT",
    "threadLevel": "DOUBLE",
}
_NAMES = tuple(_COLUMNS)


class Duck:
    """See the module."""

    name = "duckdb"
    traits = Traits(
        "DuckDB with a primary key only",
        "import duckdb",
        durabilities=("full",),
        rows_max=100_000,
        shared_by=("threads",),
    )

    def __init__(self) -> None:
        self.keys = Keys()

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        assert durability in self.traits.durabilities
        self.folder = folder
        self.db = duckdb.connect(str(folder / "bench.duckdb"))
        columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        self.db.execute(f"CREATE TABLE IF NOT EXISTS messages ({columns}, PRIMARY KEY (_id))")
        self.db.execute("CREATE TABLE IF NOT EXISTS people (id INTEGER, kind VARCHAR)")

    def another(self) -> Self:
        """Return an engine with a cursor of its own."""
        other = type(self)()
        other.keys, other.folder, other.db = self.keys, self.folder, self.db.cursor()
        return other

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        self.keys.users, self.keys.chats = list(range(1, users + 1)), list(range(1, chats + 1))
        self.db.execute("INSERT INTO people SELECT range + 1, 'user' FROM range(?)", [users])
        self.db.execute("INSERT INTO people SELECT range + 1, 'chat' FROM range(?)", [chats])

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages in one statement."""
        first, created = len(self.keys.messages) + 1, time.time() * 1000
        path = self.folder / "bulk.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            for n, message in enumerate(messages):
                row = {"_id": first + n, "_creationTime": created + n / 1000, **message}
                lines.write(json.dumps(row) + "\n")
        columns = json.dumps(_COLUMNS).replace('"', "'")
        self.db.execute(
            f"INSERT INTO messages SELECT * FROM read_json('{path}', columns = {columns})"
        )
        path.unlink()
        self.keys.messages += range(first, first + len(messages))

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        id = len(self.keys.messages) + 1
        row = {"_id": id, "_creationTime": time.time() * 1000, **message}
        marks = ", ".join("?" * len(_NAMES))
        self.db.execute(
            f"INSERT INTO messages VALUES ({marks})", [row.get(name) for name in _NAMES]
        )
        self.keys.messages.append(id)

    def get(self, number: int) -> Message:
        """Read a message by id."""
        return self._messages("WHERE _id = ?", self.keys.messages[number])[0]

    def get_many(self, numbers: Sequence[int]) -> Sequence[Message]:
        """Read messages by id, in one statement."""
        ids = [self.keys.messages[number] for number in numbers]
        found = {each["_id"]: each for each in self._messages("WHERE _id IN ?", ids)}
        return [found[id] for id in ids]

    def newest(self, chat: int, count: int) -> Sequence[Message]:
        """Read the newest messages of a chat."""
        return self._messages(
            "WHERE chatId = ? ORDER BY _creationTime DESC LIMIT ?", self.keys.chats[chat], count
        )

    def range_of(self, chat: int, count: int) -> Sequence[Message]:
        """Read so many messages of a chat from its first on."""
        return self._messages(
            "WHERE chatId = ? ORDER BY _creationTime LIMIT ?", self.keys.chats[chat], count
        )

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        found = self.db.execute(
            "SELECT count(*) FROM messages WHERE chatId = ?", [self.keys.chats[chat]]
        )
        return _rows(found)[0][0]

    def ids_of(self, chat: int) -> Sequence[int]:
        """Read the ids of a chat's messages, from its first on."""
        found = self.db.execute(
            "SELECT _id FROM messages WHERE chatId = ? ORDER BY _creationTime",
            [self.keys.chats[chat]],
        )
        return [id for (id,) in _rows(found)]

    def matching(self) -> Sequence[Message]:
        """Read what a filter finds in the whole table."""
        return self._messages(
            "WHERE metadata.model = ? AND metadata.tokens.total > ? ORDER BY _id",
            MODEL,
            TOTAL_ABOVE,
        )

    def pages(self, size: int) -> Iterator[Sequence[Message]]:
        """Walk the table page by page, each from the last id of the one before."""
        last = 0
        while page := self._messages("WHERE _id > ? ORDER BY _id LIMIT ?", last, size):
            last = page[-1]["_id"]
            yield page

    def _messages(self, condition: str, *parameters: object) -> list[Message]:
        found = self.db.execute(f"SELECT * FROM messages {condition}", list(parameters))
        return [dict(zip(_NAMES, row, strict=True)) for row in _rows(found)]

    def patch(self, number: int, level: int) -> None:
        """Change a field of a message."""
        self.db.execute(
            "UPDATE messages SET threadLevel = ? WHERE _id = ?", [level, self.keys.messages[number]]
        )

    def delete(self, number: int) -> None:
        """Delete a message."""
        self.db.execute("DELETE FROM messages WHERE _id = ?", [self.keys.messages[number]])

    def close(self) -> None:
        """Close the database."""
        self.db.close()


def _rows(found: Any) -> list[Any]:
    return found.fetchall()
