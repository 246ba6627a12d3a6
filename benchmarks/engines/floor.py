"""
The floor: lmdb and msgpack by hand, for exactly this workload, without validation.

What somebody who knows LMDB well would write: one named database per index, row numbers as
primary keys, entries written in key order by ``putmulti``.
"""

import struct
import time
from collections.abc import Iterator
from pathlib import Path

import lmdb
import msgpack

from benchmarks.sample import Message, Sample

__all__ = ["Floor"]

_ROW = struct.Struct(">Q")
_LEVEL = struct.Struct(">d")
_LAST = b"\xff" * 8


class Floor:
    """See the module."""

    name = "floor"

    def open(self, folder: Path) -> None:
        """Make an empty database in a folder."""
        self.path = folder / "floor.lmdb"
        self.environment = lmdb.open(
            str(self.path), subdir=False, map_size=1 << 36, max_dbs=8, sync=False, max_spare_txns=8
        )
        open_db = self.environment.open_db
        self.messages = open_db(b"messages")
        self.by_chat = open_db(b"by_chat")
        self.by_role = open_db(b"by_role")
        self.by_user = open_db(b"by_user")
        self.by_thread = open_db(b"by_thread")
        self.rows: list[bytes] = []

    def prepare(self, sample: Sample) -> list[Message]:
        """Give chats, users and messages ids of 32 characters."""
        self.first_row = time.time_ns()
        return [
            {
                **message,
                "chatId": _id("chat", message["chatId"]),
                "userId": _id("user", message["userId"]),
                **(
                    {"parentMessageId": _id("mess", message["parentMessageId"])}
                    if "parentMessageId" in message
                    else {}
                ),
            }
            for message in sample.messages
        ]

    def insert_bulk(self, messages: list[Message]) -> None:
        """Insert messages in one transaction, each database in key order."""
        pack = msgpack.Packer().pack
        rows: list[tuple[bytes, bytes]] = []
        chats: list[tuple[bytes, bytes]] = []
        roles: list[tuple[bytes, bytes]] = []
        users: list[tuple[bytes, bytes]] = []
        threads: list[tuple[bytes, bytes]] = []
        first = self.first_row + len(self.rows)
        for number, message in enumerate(messages, first):
            row = _ROW.pack(number)
            stored = {"_id": _id("mess", number), "_creationTime": number / 1e6, **message}
            rows.append((row, pack(stored)))
            chat, role, user, thread = _entries(message, row)
            chats.append((chat, b""))
            roles.append((role, b""))
            users.append((user, b""))
            threads.append((thread, b""))
            self.rows.append(row)
        with self.environment.begin(write=True) as transaction:
            transaction.cursor(self.messages).putmulti(rows, append=True)
            for database, entries in (
                (self.by_chat, chats),
                (self.by_role, roles),
                (self.by_user, users),
                (self.by_thread, threads),
            ):
                entries.sort()
                transaction.cursor(database).putmulti(entries)

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        number = self.first_row + len(self.rows)
        row = _ROW.pack(number)
        stored = {"_id": _id("mess", number), "_creationTime": number / 1e6, **message}
        chat, role, user, thread = _entries(message, row)
        with self.environment.begin(write=True) as transaction:
            transaction.put(row, _packed(stored), db=self.messages)
            transaction.put(chat, b"", db=self.by_chat)
            transaction.put(role, b"", db=self.by_role)
            transaction.put(user, b"", db=self.by_user)
            transaction.put(thread, b"", db=self.by_thread)
        self.rows.append(row)

    def get(self, number: int) -> Message:
        """Read a message by row number."""
        with self.environment.begin(db=self.messages) as transaction:
            return msgpack.unpackb(transaction.get(self.rows[number]))

    def newest(self, chat: int, count: int) -> list[Message]:
        """Read the newest messages of a chat."""
        prefix = _id("chat", chat).encode()
        found: list[Message] = []
        with self.environment.begin() as transaction:
            cursor = transaction.cursor(self.by_chat)
            if not cursor.set_range(prefix + _LAST):
                cursor.last()
            else:
                cursor.prev()
            get, messages = transaction.get, self.messages
            for key in cursor.iterprev(keys=True, values=False):
                if not key.startswith(prefix) or len(found) == count:
                    break
                found.append(msgpack.unpackb(get(key[-8:], db=messages)))
        return found

    def range_of(self, chat: int, count: int) -> list[Message]:
        """Read so many messages of a chat from its first on."""
        prefix = _id("chat", chat).encode()
        found: list[Message] = []
        with self.environment.begin() as transaction:
            cursor = transaction.cursor(self.by_chat)
            cursor.set_range(prefix)
            get, messages = transaction.get, self.messages
            for key in cursor.iternext(keys=True, values=False):
                if not key.startswith(prefix) or len(found) == count:
                    break
                found.append(msgpack.unpackb(get(key[-8:], db=messages)))
        return found

    def pages(self, size: int) -> Iterator[list[Message]]:
        """Walk the table page by page, each in a transaction of its own."""
        position = b"\x00"
        while True:
            page: list[Message] = []
            with self.environment.begin(db=self.messages) as transaction:
                cursor = transaction.cursor()
                if cursor.set_range(position):
                    for key, stored in cursor.iternext():
                        if len(page) == size:
                            break
                        page.append(msgpack.unpackb(stored))
                        position = key
            if not page:
                return
            position += b"\x00"
            yield page

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message."""
        row = self.rows[number]
        with self.environment.begin(write=True) as transaction:
            message = msgpack.unpackb(transaction.get(row, db=self.messages))
            before = _entries(message, row)[3]
            message["threadLevel"] = level
            after = _entries(message, row)[3]
            if before != after:
                transaction.delete(before, db=self.by_thread)
                transaction.put(after, b"", db=self.by_thread)
            transaction.put(row, _packed(message), db=self.messages)

    def file_bytes(self) -> int:
        """Return the size on disk."""
        return self.path.stat().st_size

    def close(self) -> None:
        """Close the database."""
        self.environment.close()


def _id(kind: str, number: object) -> str:
    return f"{kind}{number:028d}"


def _entries(message: Message, row: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the entries of a message in the four indexes."""
    chat = str(message["chatId"]).encode()
    parent = message.get("parentMessageId")
    thread = b"\x01" if parent is None else b"\x10" + str(parent).encode() + b"\x00"
    level = _LEVEL.pack(float(message["threadLevel"]))
    return (
        chat + row,
        b"%b\x00%b\x00%b" % (chat, str(message["role"]).encode(), row),
        str(message["userId"]).encode() + row,
        b"%b%b%b" % (thread, level, row),
    )


def _packed(message: Message) -> bytes:
    packed = msgpack.packb(message)
    assert packed is not None
    return packed
