"""
What a transaction has read and written, counted as Convex counts it, and refused beyond its limits.

Off by default: docdb has no service to protect. ``docdb.open(..., limits="convex")`` turns it on,
so that a program that must run on Convex later meets its limits in its own tests.

Rules of this file (convex-backend, ``crates/common/src/knobs.rs``, read for behaviour):

- A row counts as read when it is consumed from an index, dropped by a filter or not; rows that
  were fetched ahead and never looked at do not. A successful ``get`` counts, and so does the look
  at the old document of a patch, replace or delete.
- Reading the same document again counts again, and so does writing it.
- The number of queries is the number of disjoint ranges of keys that were read.
- A limit is exceeded when its counter is above it; the operation that did it is not applied.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docdb.encoding.packed import Document
from docdb.errors import LimitExceeded
from docdb.transactions.read_set import ReadSet
from docdb.values.sizes import document_size

__all__ = ["CONVEX_LIMITS", "Meter", "Metrics"]


class Metrics(NamedTuple):
    """
    Counters of one transaction, or limits for them.

    Attributes:
        documents_read: Rows that were consumed.
        bytes_read: Their sizes together, by Convex's size function.
        database_queries: Disjoint ranges of keys that were read.
        documents_written: Inserts, patches, replaces and deletes that changed something.
        bytes_written: The sizes of the new documents together.
    """

    documents_read: int = 0
    bytes_read: int = 0
    database_queries: int = 0
    documents_written: int = 0
    bytes_written: int = 0


CONVEX_LIMITS = Metrics(
    documents_read=32_000,
    bytes_read=16 << 20,
    database_queries=4096,
    documents_written=16_000,
    bytes_written=16 << 20,
)

_HINTS = {
    "documents_read": "read fewer rows: a narrower index range, take(), or pages",
    "bytes_read": "read fewer or smaller rows: a narrower index range, take(), or pages",
    "database_queries": "ask fewer questions in one transaction: a range instead of many gets",
    "documents_written": "write in several transactions",
    "bytes_written": "write in several transactions",
}


class Meter:
    """Counts what one transaction reads and writes. For one thread."""

    __slots__ = ("_limits", "counts", "read_set")

    def __init__(self, limits: Metrics, read_set: ReadSet) -> None:
        self.counts = Metrics()
        self._limits = limits
        self.read_set = read_set

    def metrics(self) -> Metrics:
        """Return the counters as they stand."""
        return self.counts._replace(database_queries=len(self.read_set.ranges()))

    def consumed(self, document: Document) -> None:
        """Count a row that was read."""
        counts = self.counts
        self.counts = counts._replace(
            documents_read=counts.documents_read + 1,
            bytes_read=counts.bytes_read + document_size(document),
        )
        self._check("documents_read")
        self._check("bytes_read")

    def consuming(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield rows, counting each when it is asked for."""
        for document in documents:
            self.consumed(document)
            yield document

    def queried(self) -> None:
        """Count the ranges that were read so far."""
        # The merged number is never above the number of pieces: merge only when that could matter.
        if self.read_set.pieces() > self._limits.database_queries:
            self.counts = self.metrics()
            self._check("database_queries")

    def wrote(self, document: Document | None) -> None:
        """Count a write before it is applied; None is a deletion."""
        counts = self.counts
        size = 0 if document is None else document_size(document)
        self.counts = counts._replace(
            documents_written=counts.documents_written + 1,
            bytes_written=counts.bytes_written + size,
        )
        self._check("documents_written")
        self._check("bytes_written")

    def is_at_read_limit(self) -> bool:
        """Tell whether one more row could exceed a limit of reading."""
        return (
            self.counts.documents_read >= self._limits.documents_read
            or self.counts.bytes_read >= self._limits.bytes_read
        )

    def would_exceed(self, document: Document) -> bool:
        """Tell whether reading a document would exceed a limit."""
        size = self.counts.bytes_read + document_size(document)
        return self.is_at_read_limit() or size > self._limits.bytes_read

    def written(self) -> tuple[int, int]:
        """Return the counters of writing, for ``rolled_back``."""
        return self.counts.documents_written, self.counts.bytes_written

    def rolled_back(self, written: tuple[int, int]) -> None:
        """Forget the writes since ``written``; what was read stays read."""
        documents, size = written
        self.counts = self.counts._replace(documents_written=documents, bytes_written=size)

    def _check(self, name: str) -> None:
        used: int = getattr(self.counts, name)
        limit: int = getattr(self._limits, name)
        if used > limit:
            raise LimitExceeded(
                f"the transaction came to {used:,} {name.replace('_', ' ')}, the limit is"
                f" {limit:,}",
                hint=_HINTS[name],
                limit=name,
                maximum=limit,
            )
