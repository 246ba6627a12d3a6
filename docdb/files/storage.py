"""
Small files: bytes in, an id out.

A file is a row of ``_storage`` (size, SHA-256, type) and its bytes in pieces beside it, in the
same store and the same transaction: a file that was stored is there as surely as a document is.

Rules of this file:

- The id is an ordinary id of the system table ``_storage``, so that ``v.id("_storage")`` takes it.
- Bytes lie apart from rows: reading rows never touches them.

Cost: the bytes are copied once into the store; a file is read and written in memory as a whole.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from docdb.encoding.keyspace import Region
from docdb.encoding.packed import Document
from docdb.encoding.rows import document_key_from_id
from docdb.errors import DocumentNotFound, InvalidArgument, StoreCorrupt, shown
from docdb.kv.keyrange import prefix_range
from docdb.tables.documents import Documents
from docdb.tables.integrity import Problem, going_on
from docdb.tables.table import StoredTable
from docdb.tables.writing import DocumentWriter

__all__ = ["FILE_BYTES_MAX", "Storage", "find_file_problems"]

FILE_BYTES_MAX = 32 << 20  # a file is held in memory as a whole
_PIECE_BYTES = 1 << 20
_PIECE_NUMBER_BYTES = 4
_TABLE = "_storage"


class Storage:
    """File storage: ``db.storage``. Each call is a transaction of its own."""

    __slots__ = ("_read", "_write")

    def __init__(
        self,
        *,
        read: Callable[[], AbstractContextManager[Documents]],
        write: Callable[[], AbstractContextManager[DocumentWriter]],
    ) -> None:
        self._read = read
        self._write = write

    def store(self, data: bytes, content_type: str | None = None) -> str:
        """
        Keep bytes, and return the id of the new file.

        Raises:
            InvalidArgument: The data are no bytes, or more than ``FILE_BYTES_MAX``.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise InvalidArgument(
                f"a file is bytes, found {shown(data)}", hint="encode text first: text.encode()"
            )
        data = bytes(data)
        if len(data) > FILE_BYTES_MAX:
            raise InvalidArgument(
                f"a file of {len(data):,} bytes was given, the limit is {FILE_BYTES_MAX:,}",
                hint="split it, or keep it outside of the database",
            )
        if content_type is not None and not isinstance(content_type, str):
            raise InvalidArgument(f"a content type is a string, found {shown(content_type)}")
        row: Document = {
            "sha256": _hash(data),
            "size": len(data),
        }
        if content_type is not None:
            row["contentType"] = content_type
        with self._write() as writer:
            id = writer.insert_system_row(_TABLE, row)
            prefix = _prefix(id)
            for number in range(0, len(data), _PIECE_BYTES):
                piece = data[number : number + _PIECE_BYTES]
                key = prefix + (number // _PIECE_BYTES).to_bytes(_PIECE_NUMBER_BYTES, "big")
                writer.transaction.put(key, piece)
        return id

    def get(self, id: str) -> bytes | None:
        """
        Return the bytes of a file, or None where there is none.

        Raises:
            StoreCorrupt: The bytes are not those that were stored.
        """
        with self._read() as documents:
            row = documents.get(id, expected=_TABLE, system=True)
            if row is None:
                return None
            data = _data(documents, id)
        if _hash(data) != row["sha256"] or len(data) != row["size"]:
            raise StoreCorrupt(
                f"the bytes of file {id!r} are not those that were stored",
                hint="restore a backup; db.check() lists what is damaged",
            )
        return data

    def get_metadata(self, id: str) -> Document | None:
        """Return the row of a file, with ``size``, ``sha256`` and, if given, ``contentType``."""
        with self._read() as documents:
            return documents.get(id, expected=_TABLE, system=True)

    def delete(self, id: str) -> None:
        """
        Delete a file: its row and its bytes, and what references ask for.

        Raises:
            DocumentNotFound: There is no such file.
            ReferenceViolation: A document refers to the file and forbids it.
        """
        with self._write() as writer:
            found = writer.documents.find(id, expected=_TABLE, system=True)
            if found is None:
                raise DocumentNotFound(f"there is no file {id!r}", id=id)
            writer.delete_found(found)
            for keys in list(writer.transaction.scan_keys(*prefix_range(_prefix(id)))):
                for piece in keys:
                    writer.transaction.put(piece, None)


def find_file_problems(documents: Documents) -> Iterator[Problem]:
    """Compare every file with its row, and every piece with a file."""
    table = documents.catalog.table(_TABLE)
    assert table is not None
    for keys in documents.reader.scan_keys(*prefix_range(table.prefix), run=1024):
        for key in keys:
            yield from going_on(_TABLE, _row_problems(documents, table, key))
    for keys in documents.reader.scan_keys(*prefix_range(Region.FILE_BYTES.value), run=1024):
        for key in keys:
            if documents.reader.get(key[1:-_PIECE_NUMBER_BYTES]) is None:
                yield Problem(_TABLE, "", f"a piece of a file that is not there: {key.hex()}")


def _row_problems(documents: Documents, table: StoredTable, key: bytes) -> Iterator[Problem]:
    record = documents.reader.get(key)
    assert record is not None
    row = documents.unpack(table, [(key, record)])[0]
    id = str(row["_id"])
    data = _data(documents, id)
    if _hash(data) != row.get("sha256") or len(data) != row.get("size"):
        yield Problem(_TABLE, id, "its bytes are not those that were stored")


def _data(documents: Documents, id: str) -> bytes:
    pieces = documents.reader.scan(*prefix_range(_prefix(id)), run=4)
    return b"".join(piece for run in pieces for _, piece in run)


def _hash(data: bytes) -> str:
    """Return the SHA-256 as Convex writes it."""
    # Imported here because it costs 3 ms, and most programs keep no files.
    from hashlib import sha256

    return b64encode(sha256(data).digest()).decode("ascii")


def _prefix(id: str) -> bytes:
    """Return what the keys of a file's pieces begin with."""
    key = document_key_from_id(id)
    assert key is not None, "an id that was found has the native form"
    return Region.FILE_BYTES.value + key
