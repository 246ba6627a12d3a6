"""
A table's worth of documents with one text index over a store, for tests of the index.

``IndexedRows`` does what a table will do: it keeps the documents, tells the index of each change,
and follows transactions and savepoints, so that what the index says can be compared with what the
documents say.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from docdb.encoding.rows import mint
from docdb.indexes.text.analyzers import analyzer
from docdb.indexes.text.description import TextDescription
from docdb.indexes.text.index import TextIndex
from docdb.indexes.text.ranking import Position
from docdb.kv.interface import Snapshot, Store
from docdb.kv.keyrange import prefix_range
from docdb.kv.memory import MemoryStore
from docdb.kv.opening import open_store
from docdb.transactions.transaction import Transaction
from tests.model import searching

__all__ = ["IndexedRows", "made_store", "store_of_each_kind"]

_FIRST_BITS = 0x4278 << 48
_TIME_BITS = 16


@pytest.fixture(name="store", params=["memory", "file"])
def store_of_each_kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    with made_store(request.param, tmp_path) as store:
        yield store


def made_store(kind: str, folder: Path) -> Store:
    """Return an empty store in memory or in a file."""
    if kind == "memory":
        return MemoryStore()
    return open_store(folder / "a.docdb", durability="unsafe")


class IndexedRows:
    """Documents by row key and their index; one write transaction is open at any time."""

    def __init__(self, store: Store, **options: Any) -> None:
        options.setdefault("analyze", analyzer("convex"))
        self.store = store
        self.index = TextIndex(TextDescription(7, "content", ["kind", "m.chat"], **options))
        self.committed: dict[bytes, dict[str, Any]] = {}
        self._minted = 0
        self._begin()

    def _begin(self) -> None:
        self.rows = dict(self.committed)
        self.transaction = Transaction(self.store.write(timeout=1))
        self.writer = self.index.writer(self.transaction)
        self._savepoints: list[tuple[int, dict[bytes, dict[str, Any]]]] = []

    def insert(self, fields: dict[str, Any], *, time: int | None = None) -> bytes:
        """Add a document, by default the newest, and return its row key."""
        self._minted += 1
        bits = _FIRST_BITS + ((self._minted if time is None else time) << _TIME_BITS)
        id, row_key = mint(10001, bits, self._minted.to_bytes(6, "big"))
        document = {"_id": id, "_creationTime": float(bits), **fields}
        self.writer.add(row_key, document)
        self.rows[row_key] = document
        return row_key

    def insert_texts(self, *texts: str) -> list[bytes]:
        """Add documents that have a text and nothing else."""
        return [self.insert({"content": text}) for text in texts]

    def replace(self, row_key: bytes, fields: dict[str, Any]) -> None:
        """Change all fields of a document."""
        old = self.rows[row_key]
        new = {"_id": old["_id"], "_creationTime": old["_creationTime"], **fields}
        self.writer.replace(row_key, old, new)
        self.rows[row_key] = new

    def remove(self, row_key: bytes) -> dict[str, Any]:
        """Delete a document, and return it."""
        document = self.rows.pop(row_key)
        self.writer.remove(row_key, document)
        return document

    def restore(self, row_key: bytes, document: dict[str, Any]) -> None:
        """Add a document under a row key that was in use before."""
        self.writer.add(row_key, document)
        self.rows[row_key] = document

    def commit(self) -> None:
        """Commit, and begin again."""
        self.writer.flush()
        self.transaction.commit()
        self.committed = self.rows
        self._begin()

    def abandon(self) -> None:
        """Forget what was not committed, and begin again."""
        self.transaction.close()
        self._begin()

    def open_savepoint(self) -> None:
        """Open a savepoint within those that are open."""
        self.writer.flush()
        self._savepoints.append((self.transaction.savepoint(), dict(self.rows)))

    def roll_back(self) -> None:
        """Undo what was written since the innermost savepoint."""
        savepoint, self.rows = self._savepoints.pop()
        self.transaction.rollback(savepoint)
        self.writer.rolled_back()

    def release(self) -> None:
        """Close the innermost savepoint and keep what was written."""
        self.transaction.release(self._savepoints.pop()[0])

    @property
    def open_savepoints(self) -> int:
        """How many savepoints are open."""
        return len(self._savepoints)

    def snapshot(self) -> Snapshot:
        """Return a view of what was committed."""
        return self.store.snapshot()

    def hits(
        self,
        text: str,
        equal: Sequence[tuple[str, Any]] = (),
        *,
        wanted: int = 20,
        after: Position | None = None,
    ) -> list[Position]:
        """Search within the transaction."""
        self.writer.flush()
        request = self.index.request(text, equal)
        return list(self.index.search(self.transaction, request, wanted=wanted, after=after))

    def texts(self, text: str, equal: Sequence[tuple[str, Any]] = ()) -> list[str]:
        """Search within the transaction, and return the texts that were found."""
        return [self.rows[row_key]["content"] for _, row_key in self.hits(text, equal)]

    def scores(self, text: str, equal: Sequence[tuple[str, Any]] = ()) -> list[float]:
        """Search within the transaction, and return the scores."""
        return [score for score, _ in self.hits(text, equal)]

    def count(self, text: str, equal: Sequence[tuple[str, Any]] = ()) -> int:
        """Count hits within the transaction."""
        self.writer.flush()
        return self.index.count(self.transaction, self.index.request(text, equal))

    def expected(self, text: str, equal: Sequence[tuple[str, Any]] = ()) -> dict[bytes, float]:
        """Return the scores that the model gives, by row key."""
        row_keys = {row["_id"]: row_key for row_key, row in self.rows.items()}
        found = searching.search(self.rows.values(), text, field="content", equalities=equal)
        return {row_keys[row["_id"]]: score for score, row in found}

    def problems(self) -> list[str]:
        """Compare the index with the documents, within the transaction."""
        self.writer.flush()
        rows = sorted(self.rows.items())
        return [what for _, what in self.index.problems(self.transaction, rows)]

    def entries(self, tag: bytes) -> dict[bytes, bytes]:
        """Return what the index has under one of its tags, by key."""
        self.writer.flush()
        start, stop = prefix_range(self.index.description.layout.prefix + tag)
        return dict(entry for run in self.transaction.scan(start, stop) for entry in run)

    def merge(self) -> None:
        """Write everything that is pending into the blocks, as a later writer would."""
        self.writer.flush()
        self.writer.merge()
