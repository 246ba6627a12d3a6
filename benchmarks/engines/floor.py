"""
The floor: lmdb and msgpack by hand, for exactly this workload, without validation or checksums.

What somebody who knows LMDB well would write: everything in one named database, one byte for the
table or index and then fixed-width keys of row numbers, entries put in key order by ``putmulti``,
records as msgpack maps. Ids are texts of 32 characters as they are elsewhere, so that documents
weigh the same, and hold the row number, so that reading one is a single look-up. LMDB is opened
as docdb opens it.

A key is one of ::

    c chat row         by chat
    r chat role row    by chat and role
    u user row         by user
    t parent level row by thread; row 0 for no parent, the level as a float that sorts
    z row              message: last of all, so that new ones are appended to the tree
"""

import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self, cast

import lmdb
import msgpack

from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["Floor"]

_ROW = struct.Struct(">Q").pack
_LEVEL = struct.Struct(">d").pack
# Behind everything else.
_MESSAGE = b"z"
_NO_ROW = b"\x00" * 8
_AFTER_ROWS = b"\xff" * 9
_ROLES = {"user": b"\x01", "assistant": b"\x02", "system": b"\x03"}
_MAP_BYTES = 1 << 36

_unpack = cast("Any", msgpack.unpackb)


class Floor:
    """See the module."""

    name = "floor"
    traits = Traits(
        "lmdb and msgpack by hand",
        "import lmdb, msgpack",
        shared_by=("threads", "processes"),
    )

    def __init__(self) -> None:
        self.keys = Keys()

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        self.environment = lmdb.open(
            str(folder / "floor.lmdb"),
            subdir=False,
            map_size=_MAP_BYTES,
            max_dbs=1,
            max_readers=1024,
            max_spare_txns=1,
            sync=durability != "unsafe",
            metasync=durability == "full",
        )
        self.data = self.environment.open_db(b"data")
        self.pack = msgpack.Packer().pack
        # Row numbers are times, as ids that sort by time are everywhere.
        self.next_row = time.time_ns()

    def another(self) -> Self:
        """Return the same engine: threads may share an environment."""
        return self

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        self.keys.users = [_id(1, number) for number in range(users)]
        self.keys.chats = [_id(2, number) for number in range(chats)]
        with self.environment.begin(self.data, write=True) as transaction:
            for id in (*self.keys.users, *self.keys.chats):
                transaction.put(b"p" + bytes.fromhex(id), self.pack({"_id": id, "name": id}))

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction, in key order."""
        rows: list[tuple[bytes, bytes]] = []
        entries: list[tuple[bytes, bytes]] = []
        ids: list[str] = []
        pack = self.pack
        for number, message in enumerate(messages, self.next_row):
            row = _ROW(number)
            id = _id(0, number)
            rows.append(
                (_MESSAGE + row, pack({"_id": id, "_creationTime": number / 1e6, **message}))
            )
            entries += [(key, b"") for key in _entries(message, row)]
            ids.append(id)
        entries.sort()
        with self.environment.begin(self.data, write=True) as transaction:
            cursor = transaction.cursor()
            cursor.putmulti(entries)
            cursor.putmulti(rows, append=True)
        self.next_row += len(messages)
        self.keys.messages += ids

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        number = self.next_row
        row = _ROW(number)
        id = _id(0, number)
        record = self.pack({"_id": id, "_creationTime": number / 1e6, **message})
        with self.environment.begin(self.data, write=True) as transaction:
            put = transaction.put
            for key in _entries(message, row):
                put(key, b"")
            put(_MESSAGE + row, record, append=True)
        self.next_row = number + 1
        self.keys.messages.append(id)

    def get(self, number: int) -> Message:
        """Read a message by id."""
        with self.environment.begin(self.data) as transaction:
            return _unpack(transaction.get(_place(self.keys.messages[number])))

    def get_many(self, numbers: Sequence[int]) -> Sequence[Message]:
        """Read messages by id, in one transaction."""
        known = self.keys.messages
        with self.environment.begin(self.data) as transaction:
            get = transaction.get
            return [_unpack(get(_place(known[number]))) for number in numbers]

    def newest(self, chat: int, count: int) -> Sequence[Message]:
        """Read the newest messages of a chat."""
        prefix = b"c" + _row_of(self.keys.chats[chat])
        found: list[Message] = []
        with self.environment.begin(self.data) as transaction:
            cursor = transaction.cursor()
            if cursor.set_range(prefix + _AFTER_ROWS):
                cursor.prev()
            else:
                cursor.last()
            get = transaction.get
            for key in cursor.iterprev(keys=True, values=False):
                if not key.startswith(prefix) or len(found) == count:
                    break
                found.append(_unpack(get(_MESSAGE + key[-8:])))
        return found

    def range_of(self, chat: int, count: int) -> Sequence[Message]:
        """Read so many messages of a chat from its first on."""
        prefix = b"c" + _row_of(self.keys.chats[chat])
        found: list[Message] = []
        with self.environment.begin(self.data) as transaction:
            get = transaction.get
            for key in _keys_from(transaction, prefix):
                if not key.startswith(prefix) or len(found) == count:
                    break
                found.append(_unpack(get(_MESSAGE + key[-8:])))
        return found

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        prefix = b"c" + _row_of(self.keys.chats[chat])
        stop = prefix + _AFTER_ROWS
        count = 0
        with self.environment.begin(self.data) as transaction:
            for key in _keys_from(transaction, prefix):
                if key >= stop:
                    break
                count += 1
        return count

    def ids_of(self, chat: int) -> Sequence[str]:
        """Read the ids of a chat's messages, from its first on."""
        prefix = b"c" + _row_of(self.keys.chats[chat])
        stop = prefix + _AFTER_ROWS
        ids: list[str] = []
        with self.environment.begin(self.data) as transaction:
            for key in _keys_from(transaction, prefix):
                if key >= stop:
                    break
                ids.append("0000000000000000" + key[-8:].hex())
        return ids

    def matching(self) -> Sequence[Message]:
        """Read and unpack every message, and keep those that match."""
        found: list[Message] = []
        with self.environment.begin(self.data) as transaction:
            cursor = transaction.cursor()
            cursor.set_range(_MESSAGE)
            for record in cursor.iternext(keys=False):
                message = _unpack(record)
                about = message["metadata"]
                if about["model"] == MODEL and about["tokens"]["total"] > TOTAL_ABOVE:
                    found.append(message)
        return found

    def pages(self, size: int) -> Iterator[Sequence[Message]]:
        """Walk the table page by page, each in a transaction of its own."""
        position = _MESSAGE
        while True:
            page: list[Message] = []
            with self.environment.begin(self.data) as transaction:
                cursor = transaction.cursor()
                if cursor.set_range(position):
                    for key, record in cursor.iternext():
                        if len(page) == size:
                            break
                        page.append(_unpack(record))
                        position = key
            if not page:
                return
            position += b"\x00"
            yield page

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message."""
        id = self.keys.messages[number]
        place, row = _place(id), _row_of(id)
        with self.environment.begin(self.data, write=True) as transaction:
            message = _unpack(transaction.get(place))
            before = _thread_entry(message, row)
            message["threadLevel"] = level
            after = _thread_entry(message, row)
            if before != after:
                transaction.delete(before)
                transaction.put(after, b"")
            transaction.put(place, self.pack(message))

    def delete(self, number: int) -> None:
        """Delete a message and its entries."""
        id = self.keys.messages[number]
        place = _place(id)
        with self.environment.begin(self.data, write=True) as transaction:
            message = _unpack(transaction.get(place))
            for key in _entries(message, _row_of(id)):
                transaction.delete(key)
            transaction.delete(place)

    def close(self) -> None:
        """Close the database."""
        self.environment.close()


def _id(kind: int, number: int) -> str:
    return f"{kind:016x}{number:016x}"


def _row_of(id: str) -> bytes:
    return bytes.fromhex(id[16:])


def _place(id: str) -> bytes:
    return _MESSAGE + bytes.fromhex(id[16:])


def _keys_from(transaction: "lmdb.Transaction[bytes]", start: bytes) -> Iterator[bytes]:
    cursor = transaction.cursor()
    cursor.set_range(start)
    return cursor.iternext(keys=True, values=False)


def _entries(message: Message, row: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the entries of a message in the four indexes."""
    chat = _row_of(message["chatId"])
    return (
        b"c%b%b" % (chat, row),
        b"r%b%b%b" % (chat, _ROLES[message["role"]], row),
        b"u%b%b" % (_row_of(message["userId"]), row),
        _thread_entry(message, row),
    )


def _thread_entry(message: Message, row: bytes) -> bytes:
    parent = message.get("parentMessageId")
    return b"t%b%b%b" % (
        _NO_ROW if parent is None else _row_of(parent),
        # Levels are not negative, so that their bytes sort as they do.
        _LEVEL(message["threadLevel"]),
        row,
    )
