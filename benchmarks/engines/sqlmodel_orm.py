"""
SQLModel, the ORM that FastAPI's users meet first, over SQLite in WAL mode: typed columns, JSON for
what is nested, one session per transaction, objects as they come out of it.
"""

# Where the package is not installed, its base class is unknown.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportUntypedBaseClass=false

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from sqlalchemy import JSON, Column, Index, event, func
from sqlmodel import Field, Session, SQLModel, col, create_engine, select

from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Durability, Keys, Traits
from benchmarks.sample import Message

__all__ = ["Orm"]

_SYNCHRONOUS = {"full": "FULL", "relaxed": "NORMAL", "unsafe": "OFF"}


class User(SQLModel, table=True):
    """A user."""

    id: int | None = Field(default=None, primary_key=True)
    name: str


class Chat(SQLModel, table=True):
    """A chat."""

    id: int | None = Field(default=None, primary_key=True)
    title: str


class StoredMessage(SQLModel, table=True):
    """A message."""

    __table_args__ = (
        Index("by_chat", "chat", "created"),
        Index("by_chat_role", "chat", "role", "created"),
        Index("by_user", "user", "created"),
        Index("by_thread", "parent", "level"),
    )

    id: int | None = Field(default=None, primary_key=True)
    created: float
    chat: int
    user: int
    role: str
    content: str
    parts: list[Any] = Field(sa_column=Column(JSON))
    about: dict[str, Any] = Field(sa_column=Column(JSON))
    status: str
    parent: int | None = None
    level: float


class Orm:
    """See the module."""

    name = "sqlmodel"
    traits = Traits(
        "SQLModel over SQLite",
        "import sqlmodel",
        rows_max=100_000,
        shared_by=("threads", "processes"),
    )

    def __init__(self) -> None:
        self.keys = Keys()

    def open(self, folder: Path, durability: Durability) -> None:
        """Open the database in a folder, and make it if there is none."""
        self.engine = create_engine(f"sqlite:///{folder / 'bench.sqlmodel'}")

        def configure(connection: Any, _: object) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[durability]}")

        event.listen(self.engine, "connect", configure)
        SQLModel.metadata.create_all(self.engine)

    def another(self) -> Self:
        """Return the same engine, which has a pool of connections."""
        return self

    def insert_people(self, *, users: int, chats: int) -> None:
        """Insert users and chats, and keep their keys."""
        self.keys.users, self.keys.chats = list(range(1, users + 1)), list(range(1, chats + 1))
        with Session(self.engine) as session:
            session.add_all(User(id=id, name="u") for id in self.keys.users)
            session.add_all(Chat(id=id, title="c") for id in self.keys.chats)
            session.commit()

    def insert_bulk(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction."""
        first, created = len(self.keys.messages) + 1, time.time() * 1000
        with Session(self.engine) as session:
            session.add_all(
                _stored(message, created + number / 1000, id=first + number)
                for number, message in enumerate(messages)
            )
            session.commit()
        self.keys.messages += range(first, first + len(messages))

    def insert_one(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        stored = _stored(message, time.time() * 1000)
        with Session(self.engine, expire_on_commit=False) as session:
            session.add(stored)
            session.commit()
        self.keys.messages.append(stored.id)

    def get(self, number: int) -> StoredMessage | None:
        """Read a message by id."""
        with Session(self.engine) as session:
            return session.get(StoredMessage, self.keys.messages[number])

    def get_many(self, numbers: Sequence[int]) -> Sequence[StoredMessage]:
        """Read messages by id, in one statement."""
        ids = [self.keys.messages[number] for number in numbers]
        wanted = select(StoredMessage).where(col(StoredMessage.id).in_(ids))
        found = {each.id: each for each in self._all(wanted)}
        return [found[id] for id in ids]

    def newest(self, chat: int, count: int) -> Sequence[StoredMessage]:
        """Read the newest messages of a chat."""
        return self._all(
            self._of_chat(chat).order_by(col(StoredMessage.created).desc()).limit(count)
        )

    def range_of(self, chat: int, count: int) -> Sequence[StoredMessage]:
        """Read so many messages of a chat from its first on."""
        return self._all(self._of_chat(chat).order_by(col(StoredMessage.created)).limit(count))

    def _of_chat(self, chat: int) -> Any:
        return select(StoredMessage).where(StoredMessage.chat == self.keys.chats[chat])

    def count_of(self, chat: int) -> int:
        """Count the messages of a chat."""
        count = select(func.count()).select_from(StoredMessage)
        with Session(self.engine) as session:
            return session.exec(count.where(StoredMessage.chat == self.keys.chats[chat])).one()

    def ids_of(self, chat: int) -> Sequence[int]:
        """Read the ids of a chat's messages, from its first on."""
        ids = select(StoredMessage.id).where(StoredMessage.chat == self.keys.chats[chat])
        return self._all(ids.order_by(col(StoredMessage.created)))

    def matching(self) -> Sequence[StoredMessage]:
        """Read what a filter finds in the whole table."""
        about: Any = col(StoredMessage.about)
        wanted = select(StoredMessage).where(
            about["model"].as_string() == MODEL,
            about["tokens", "total"].as_integer() > TOTAL_ABOVE,
        )
        return self._all(wanted.order_by(col(StoredMessage.id)))

    def pages(self, size: int) -> Iterator[Sequence[StoredMessage]]:
        """Walk the table page by page, each from the last id of the one before."""
        last = 0
        ordered = select(StoredMessage).order_by(col(StoredMessage.id)).limit(size)
        while page := self._all(ordered.where(col(StoredMessage.id) > last)):
            last = page[-1].id
            yield page

    def _all(self, wanted: Any) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.exec(wanted))

    def patch(self, number: int, level: int) -> None:
        """Change an indexed field of a message."""
        with Session(self.engine) as session:
            stored = session.get_one(StoredMessage, self.keys.messages[number])
            stored.level = level
            session.commit()

    def delete(self, number: int) -> None:
        """Delete a message."""
        with Session(self.engine) as session:
            session.delete(session.get_one(StoredMessage, self.keys.messages[number]))
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _stored(message: Message, created: float, *, id: int | None = None) -> StoredMessage:
    return StoredMessage(
        id=id,
        created=created,
        chat=message["chatId"],
        user=message["userId"],
        role=message["role"],
        content=message["content"],
        parts=message["parts"],
        about=message["metadata"],
        status=message["status"],
        parent=message.get("parentMessageId"),
        level=message["threadLevel"],
    )
