"""
SQLite's FTS5, ranked by its bm25, in two forms: the usual one, an external-content index joined
with its table for the filter, and the expert's, in which the filtered fields are indexed columns
of weight zero, so that the index alone answers, and beginnings of words are indexed too.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.engines.searcher import FOUND_MAX, chat_name
from benchmarks.sample import Message

__all__ = ["fts5_with_columns", "fts5_with_join"]

_TABLE = """
CREATE TABLE messages (id INTEGER PRIMARY KEY, chat TEXT, role TEXT, content TEXT);
CREATE INDEX by_chat ON messages (chat);
"""
# External content: the index holds no second copy of the text. What is there already is indexed at
# once, which is quicker than row by row, and a trigger keeps the index in step from then on.
_SEARCH = """
CREATE VIRTUAL TABLE search USING fts5
    ({columns}, content='messages', content_rowid='id', tokenize="unicode61"{options});
INSERT INTO search (search) VALUES ('rebuild');
CREATE TRIGGER inserted AFTER INSERT ON messages BEGIN
    INSERT INTO search (rowid, {columns}) VALUES (new.id, {news});
END;
"""


def fts5_with_join() -> "Fts5":
    """Return FTS5 with the filter on the joined table."""
    return Fts5("fts5", "SQLite FTS5, the filter by a join", has_columns=False)


def fts5_with_columns() -> "Fts5":
    """Return FTS5 with the filtered fields in the index."""
    return Fts5(
        "fts5-expert",
        "SQLite FTS5, filtered fields and beginnings of words indexed",
        has_columns=True,
    )


class Fts5:
    """See the module."""

    has_upkeep = True

    def __init__(self, name: str, about: str, *, has_columns: bool) -> None:
        self.name = name
        self.about = about
        self.has_columns = has_columns

    def open(self, folder: Path, *, has_search: bool = True) -> None:
        """Make an empty database in a folder."""
        self.db = sqlite3.connect(folder / "search.sqlite", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.executescript(_TABLE)
        self.has_search = has_search

    def build(self, messages: Sequence[Message]) -> None:
        """Insert messages in one transaction."""
        self.db.execute("BEGIN IMMEDIATE")
        with self.db:
            self.db.executemany(
                "INSERT INTO messages (chat, role, content) VALUES (?, ?, ?)", map(_row, messages)
            )
        if self.has_search:
            self._index()

    def _index(self) -> None:
        names = ("content", "chat", "role") if self.has_columns else ("content",)
        news = ", ".join(f"new.{name}" for name in names)
        options = ", prefix='2 3'" if self.has_columns else ""
        columns = ", ".join(names)
        self.db.executescript(
            f"BEGIN; {_SEARCH.format(columns=columns, news=news, options=options)} COMMIT;"
        )
        if self.has_columns:
            self.db.execute(
                "INSERT INTO search (search, rank) VALUES ('rank', 'bm25(1.0, 0.0, 0.0)')"
            )

    def add(self, message: Message) -> None:
        """Insert one message in a transaction of its own."""
        self.db.execute(
            "INSERT INTO messages (chat, role, content) VALUES (?, ?, ?)", _row(message)
        )

    def search(
        self,
        terms: Sequence[str],
        *,
        is_prefix: bool = False,
        chat: int | None = None,
        role: str | None = None,
    ) -> Sequence[Any]:
        """Return the best messages."""
        match = f"content : ({' OR '.join(terms)}{'*' if is_prefix else ''})"
        wanted = {"chat": None if chat is None else chat_name(chat), "role": role}
        filters = {name: value for name, value in wanted.items() if value is not None}
        conditions = ["search MATCH ?"]
        if self.has_columns:
            match += "".join(f" AND {name} : {value}" for name, value in filters.items())
            filters = {}
        conditions += [f"{name} = ?" for name in filters]
        # Ranked before it is joined where nothing needs the table.
        sql = (
            "SELECT m.* FROM search JOIN messages AS m ON m.id = search.rowid"
            f" WHERE {' AND m.'.join(conditions)} ORDER BY search.rank LIMIT {FOUND_MAX}"
        )
        if not filters:
            sql = (
                "SELECT m.* FROM (SELECT rowid, rank FROM search WHERE search MATCH ?"
                f" ORDER BY rank LIMIT {FOUND_MAX}) AS best JOIN messages AS m"
                " ON m.id = best.rowid ORDER BY best.rank"
            )
        return self.db.execute(sql, (match, *filters.values())).fetchall()

    def close(self) -> None:
        """Close the database."""
        self.db.close()


def _row(message: Message) -> tuple[str, str, str]:
    return chat_name(message["chatId"]), message["role"], message["content"]
