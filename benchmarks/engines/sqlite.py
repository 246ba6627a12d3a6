"""
sqlite3 of the standard library, in WAL mode: the document as one JSON column with the indexed
fields beside it, or every field in a typed column of its own.

Statements are prepared once by the module's own cache; each statement outside ``insert_bulk`` is a
transaction of its own. ``relaxed`` is ``synchronous=NORMAL``, which flushes at checkpoints alone.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["sqlite_with_columns", "sqlite_with_json"]

_SYNCHRONOUS = {"full": "FULL", "relaxed": "NORMAL", "unsafe": "OFF"}
_INDEXES = """
CREATE INDEX by_chat ON messages (chat, created);
CREATE INDEX by_chat_role ON messages (chat, role, created);
CREATE INDEX by_user ON messages (user, created);
CREATE INDEX by_thread ON messages (parent, level);
"""
_INDEXED = "chat INTEGER, user INTEGER, role TEXT, parent INTEGER, level REAL, created REAL"

Row = tuple[Any, ...]


class Layout(NamedTuple):
    """
    How a message becomes a row.

    Attributes:
        columns: The definitions of the columns beside the indexed ones.
        names: Their names; with the indexed ones, all of a message.
        condition: The filter, with the model and the number of tokens as its parameters.
        changes: What a change of the level sets, with the level under the name ``level``.
        to_row: Makes a row, without the id.
        from_row: Makes a message of a row that begins with the id.
    """

    columns: str
    names: str
    condition: str
    changes: str
    to_row: Callable[[Message, float], Row]
    from_row: Callable[[Row], Message]


def sqlite_with_json() -> "Sqlite":
    """Return SQLite with a JSON column."""
    layout = Layout(
        columns="body TEXT",
        names="body",
        condition="json_extract(body, '$.metadata.model') = ?"
        " AND json_extract(body, '$.metadata.tokens.total') > ?",
        changes="level = :level, body = json_set(body, '$.threadLevel', :level)",
        to_row=_json_of_message,
        from_row=_message_of_json,
    )
    traits = Traits(
        "sqlite3, a JSON column and typed index columns",
        "import sqlite3, json",
        shared_by=("threads", "processes"),
    )
    return Sqlite("sqlite", traits, layout)


def sqlite_with_columns() -> "Sqlite":
    """Return SQLite with a column for each field."""
    names = "content, parts, model, prompt, completion, total, took, temperature, status"
    layout = Layout(
        columns="content TEXT, parts TEXT, model TEXT, prompt INTEGER, completion INTEGER,"
        " total INTEGER, took REAL, temperature REAL, status TEXT",
        names=names,
        condition="model = ? AND total > ?",
        changes="level = :level",
        to_row=_columns_of_message,
        from_row=_message_of_columns,
    )
    traits = Traits(
        "sqlite3, a typed column for each field",
        "import sqlite3, json",
        shared_by=("threads", "processes"),
    )
    return Sqlite("sqlite-columns", traits, layout)


class Sqlite:
    """See the module."""

    def __init__(self, name: str, traits: Traits, layout: Layout) -> None:
        self.name = name
        self.traits = traits
        self.layout = layout
        self.keys = Keys()
        select = (
            f"SELECT id, chat, user, role, parent, level, created, {layout.names} FROM messages"
        )
        self.get_sql = f"{select} WHERE id = ?"
        self.newest_sql = f"{select} WHERE chat = ? ORDER BY created DESC LIMIT ?"
        self.range_sql = f"{select} WHERE chat = ? ORDER BY created LIMIT ?"
        self.matching_sql = f"{select} WHERE {layout.condition}"
        self.page_sql = f"{select} WHERE id > ? ORDER BY id LIMIT ?"
        self.many_sql = f"{select} WHERE id IN (SELECT value FROM json_each(?))"
        width = 6 + layout.names.count(",") + 1
        self.insert_sql = (
            f"INSERT INTO messages (chat, user, role, parent, level, created, {layout.names})"
            f" VALUES ({', '.join('?' * width)})"
        )
        self.patch_sql = f"UPDATE messages SET {layout.changes} WHERE id = :id"

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        self.place = (folder / "bench.sqlite", durability)
        self.db = _connected(*self.place)
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'messages'").fetchone():
            self.db.executescript(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);"
                "CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);"
                f"CREATE TABLE messages (id INTEGER PRIMARY KEY, {_INDEXED},"
                f" {self.layout.columns});{_INDEXES}"
            )

    def another(self) -> Self:
        """Return an engine with a connection of its own."""
        other = type(self)(self.name, self.traits, self.layout)
        other.keys, other.place = self.keys, self.place
        other.db = _connected(*self.place)
        return other

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        self.keys.users, self.keys.chats = list(range(1, users + 1)), list(range(1, chats + 1))
        with self._transaction() as db:
            db.executemany("INSERT INTO users VALUES (?, ?)", [(n, "u") for n in self.keys.users])
            db.executemany("INSERT INTO chats VALUES (?, ?)", [(n, "c") for n in self.keys.chats])

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction."""
        to_row, created = self.layout.to_row, time.time() * 1000
        first = len(self.keys.messages) + 1
        with self._transaction() as db:
            rows = (to_row(message, created + n / 1000) for n, message in enumerate(messages))
            db.executemany(self.insert_sql, rows)
        self.keys.messages += range(first, first + len(messages))

    def _transaction(self) -> sqlite3.Connection:
        """Begin a transaction, which a ``with`` statement of the connection ends."""
        self.db.execute("BEGIN IMMEDIATE")
        return self.db

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        row = self.layout.to_row(message, time.time() * 1000)
        self.keys.messages.append(self.db.execute(self.insert_sql, row).lastrowid)

    def get(self, number: int) -> Message:
        """Read a message by id."""
        row = self.db.execute(self.get_sql, (self.keys.messages[number],)).fetchone()
        return self.layout.from_row(row)

    def get_many(self, numbers: Sequence[int]) -> Sequence[Message]:
        """Read messages by id, in one statement."""
        ids = [self.keys.messages[number] for number in numbers]
        rows = self.db.execute(self.many_sql, (json.dumps(ids),))
        found = {row[0]: self.layout.from_row(row) for row in rows}
        return [found[id] for id in ids]

    def newest(self, chat: int, count: int) -> Sequence[Message]:
        """Read the newest messages of a chat."""
        return self._messages(self.newest_sql, self.keys.chats[chat], count)

    def range_of(self, chat: int, count: int) -> Sequence[Message]:
        """Read so many messages of a chat from its first on."""
        return self._messages(self.range_sql, self.keys.chats[chat], count)

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        found = self.db.execute(
            "SELECT count(*) FROM messages WHERE chat = ?", (self.keys.chats[chat],)
        )
        return found.fetchone()[0]

    def ids_of(self, chat: int) -> Sequence[int]:
        """Read the ids of a chat's messages, from its first on."""
        found = self.db.execute(
            "SELECT id FROM messages WHERE chat = ? ORDER BY created", (self.keys.chats[chat],)
        )
        return [id for (id,) in found]

    def matching(self) -> Sequence[Message]:
        """Read what a filter finds in the whole table."""
        return self._messages(self.matching_sql, MODEL, TOTAL_ABOVE)

    def pages(self, size: int) -> Iterator[Sequence[Message]]:
        """Walk the table page by page, each from the last id of the one before."""
        last = 0
        while page := self._messages(self.page_sql, last, size):
            last = page[-1]["_id"]
            yield page

    def _messages(self, sql: str, *parameters: object) -> list[Message]:
        from_row = self.layout.from_row
        return [from_row(row) for row in self.db.execute(sql, parameters)]

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message."""
        self.db.execute(self.patch_sql, {"level": level, "id": self.keys.messages[number]})

    def delete(self, number: int) -> None:
        """Delete a message."""
        self.db.execute("DELETE FROM messages WHERE id = ?", (self.keys.messages[number],))

    def close(self) -> None:
        """Close the connection."""
        self.db.close()


def _connected(path: Path, durability: Durability) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=30)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[durability]}")
    return db


def _indexed(message: Message, created: float) -> Row:
    return (
        message["chatId"],
        message["userId"],
        message["role"],
        message.get("parentMessageId"),
        message["threadLevel"],
        created,
    )


def _json_of_message(message: Message, created: float) -> Row:
    return (*_indexed(message, created), json.dumps(message))


def _message_of_json(row: Row) -> Message:
    message = json.loads(row[7])
    message["_id"], message["_creationTime"] = row[0], row[6]
    return message


def _columns_of_message(message: Message, created: float) -> Row:
    about = message["metadata"]
    tokens = about["tokens"]
    return (
        *_indexed(message, created),
        message["content"],
        json.dumps(message["parts"]),
        about["model"],
        tokens["prompt"],
        tokens["completion"],
        tokens["total"],
        about["processingTime"],
        about["temperature"],
        message["status"],
    )


def _message_of_columns(row: Row) -> Message:
    id, chat, user, role, parent, level, created, content, parts, *rest = row
    model, prompt, completion, total, took, temperature, status = rest
    message: Message = {
        "_id": id,
        "_creationTime": created,
        "chatId": chat,
        "userId": user,
        "role": role,
        "content": content,
        "parts": json.loads(parts),
        "metadata": {
            "model": model,
            "tokens": {"prompt": prompt, "completion": completion, "total": total},
            "processingTime": took,
            "temperature": temperature,
        },
        "status": status,
        "threadLevel": level,
    }
    if parent is not None:
        message["parentMessageId"] = parent
    return message
