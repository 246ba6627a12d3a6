"""
New documents on their way into the store: their records, and what lies beside them.

Many documents are gathered before anything is written, so that an operation on all of them leaves
no trace where one is refused, and so that their entries become one dict in one step.

Rules of this file: nothing is written here; documents come in plain form, and admitted.

Cost: one packing and one generated function for all entries of a document; 3 µs for a chat message
with four indexes.
"""

from collections.abc import Mapping
from itertools import repeat
from typing import cast

from docdb.encoding.compile import Packer
from docdb.encoding.long_keys import KEPT_BYTES, shorten
from docdb.encoding.packed import Document
from docdb.errors import InvalidDocument
from docdb.tables.admission import may_be_too_large
from docdb.tables.shapes import PendingShapes
from docdb.tables.table import StoredTable
from docdb.tables.unique_keys import claim_key
from docdb.transactions.transaction import Transaction

__all__ = ["NewRows"]


class NewRows:
    """
    New documents of one table that one operation inserts. For the thread of the transaction.

    Attributes:
        table: The table.
        worded: Those whose words are to be indexed, with their row keys.
    """

    __slots__ = (
        "_claims",
        "_keys",
        "_packers",
        "_records",
        "_shapes",
        "table",
        "worded",
    )

    def __init__(self, table: StoredTable, shapes: PendingShapes) -> None:
        self.table = table
        self.worded: list[tuple[bytes, Document]] = []
        self._shapes = shapes
        self._packers: dict[tuple[str, ...], Packer] = {}
        self._records: dict[bytes, bytes] = {}
        self._claims: dict[bytes, bytes] = {}
        self._keys: list[bytes] = []

    @property
    def record_bytes(self) -> int:
        """What their records take together."""
        return sum(map(len, self._records.values()))

    def packer(self, names: tuple[str, ...]) -> Packer:
        """Return what packs documents with these names."""
        packer = self._packers.get(names)
        if packer is None:
            packer = self._packers[names] = self._shapes.packer(self.table, names)
        return packer

    def add_bare(self, document: Mapping[str, object], identity: tuple[str, bytes, float]) -> bool:
        """
        Add a new document of a bare table (``is_bare``) in one step, if it is as most are.

        Returns:
            False where anything about it calls for a closer look; then nothing was added.
        """
        table, given = self.table, cast("Document", document)
        if type(document) is not dict or not table.accepts(given):
            return False
        id, row_key, creation_time = identity
        key, names = table.prefix + row_key, tuple(given)
        packer = self._packers.get(names) or self.packer(names)
        try:
            record = packer(key, id, creation_time, given)
            keys = table.entry_keys(given, row_key)
        except InvalidDocument:
            return False
        if may_be_too_large(record, given):
            return False
        self._records[key] = record
        self._keys += keys
        return True

    def add(self, key: bytes, row_key: bytes, document: Document, record: bytes) -> None:
        """Add a document and its entries."""
        self._records[key] = record
        self._keys += self.table.entry_keys(document, row_key)

    def claim(self, transaction: Transaction, row_key: bytes, document: Document) -> None:
        """
        Add the unique keys of a document, and entries for its references.

        Raises:
            UniqueViolation: Another document, or one added before, has one of the keys.
        """
        table, claims = self.table, self._claims
        row = (row_key, document)
        for unique in table.unique:
            claim_key(transaction, claims, table=table, unique=unique, row=row)
        if table.references is not None and table.references.has_entries:
            claims |= dict.fromkeys(table.references.entries(document, row_key), b"")

    def entries(self) -> dict[bytes, bytes]:
        """Return everything as the store will hold it."""
        keys = self._keys
        if max(map(len, keys), default=0) <= KEPT_BYTES:
            if len(self._records) == 1:
                return {**self._records, **dict.fromkeys(keys, b""), **self._claims}
            entries = {**self._records}
            # Index by index, since what lies together already is sorted sooner.
            step = len(keys) // len(self._records) if self._records else 1
            for first in range(step):
                entries.update(zip(keys[first::step], repeat(b""), strict=False))
            return entries | self._claims
        beside = (shorten(key) if len(key) > KEPT_BYTES else (key, b"") for key in keys)
        return {**self._records, **dict(beside), **self._claims}
