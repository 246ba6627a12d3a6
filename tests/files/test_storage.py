"""Stored files: bytes in, an id out, and the same bytes back or an error."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

import docdb
from docdb import Database, DocumentNotFound, InvalidArgument, InvalidId, TableMismatch
from docdb.files.storage import FILE_BYTES_MAX
from tests.databases import store_version, whole_store

MEBIBYTE = 1 << 20


@pytest.mark.parametrize(
    "size", [0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 3 * MEBIBYTE, 3 * MEBIBYTE + 7]
)
def test_bytes_come_back(db: Database, size: int):
    """Whatever their number, in pieces or in one."""
    data = bytes(n % 251 for n in range(1000)) * (size // 1000 + 1)
    id = db.storage.store(data[:size])

    assert db.storage.get(id) == data[:size]


def test_a_file_of_the_largest_size_comes_back():
    """Thirty-two mebibytes, and not one byte more."""
    db = docdb.open(":memory:")
    id = db.storage.store(bytes(FILE_BYTES_MAX))

    assert len(db.storage.get(id) or b"") == FILE_BYTES_MAX
    with pytest.raises(InvalidArgument):
        db.storage.store(bytes(FILE_BYTES_MAX + 1))


def test_metadata_say_size_hash_and_type(db: Database):
    """As Convex writes them."""
    id = db.storage.store(b"hello", "text/plain")
    metadata = db.storage.get_metadata(id)

    assert metadata is not None
    assert metadata["size"] == 5
    assert metadata["sha256"] == b64encode(sha256(b"hello").digest()).decode()
    assert metadata["contentType"] == "text/plain"
    assert db.system.get(id) == metadata
    assert db.system.query("_storage").collect() == [metadata]


def test_a_file_without_a_type_has_none(db: Database):
    """Nothing is guessed."""
    metadata = db.storage.get_metadata(db.storage.store(b""))

    assert metadata is not None
    assert "contentType" not in metadata


def test_equal_files_are_different_files(db: Database):
    """Each has an id of its own."""
    first, second = db.storage.store(b"same"), db.storage.store(b"same")
    db.storage.delete(first)

    assert (db.storage.get(first), db.storage.get(second)) == (None, b"same")


def test_a_deleted_file_leaves_nothing(db: Database):
    """Row and pieces are gone."""
    keep = db.storage.store(b"keep")
    before = [key for key, _ in whole_store(db)]
    id = db.storage.store(bytes(2 * MEBIBYTE))
    db.storage.delete(id)

    assert [key for key, _ in whole_store(db)] == before
    assert db.storage.get(id) is None
    assert db.storage.get_metadata(id) is None
    assert db.storage.get(keep) == b"keep"


def test_a_file_can_be_deleted_once(db: Database):
    """The second time there is no such file."""
    id = db.storage.store(b"x")
    db.storage.delete(id)

    with pytest.raises(DocumentNotFound) as caught:
        db.storage.delete(id)
    assert caught.value.id == id


def test_files_survive_a_restart(path: str):
    """A file that was stored is there as surely as a document is."""
    with docdb.open(path, durability="unsafe") as db:
        id = db.storage.store(b"x" * (MEBIBYTE + 1))
    with docdb.open(path, durability="unsafe") as db:
        assert db.storage.get(id) == b"x" * (MEBIBYTE + 1)


@pytest.mark.parametrize(
    "data", [bytearray(b"abc"), memoryview(b"abc"), memoryview(b"a_b_c_")[::2]]
)
def test_anything_that_is_bytes_can_be_stored(db: Database, data: Any):
    """It comes back as bytes."""
    assert db.storage.get(db.storage.store(data)) == b"abc"


@pytest.mark.parametrize("data", ["text", None, 5, [1, 2], {"a": 1}, object()])
def test_what_is_no_bytes_is_refused(db: Database, data: Any):
    """Text is encoded by whoever knows how."""
    version = store_version(db)

    with pytest.raises(InvalidArgument):
        db.storage.store(data)
    assert store_version(db) == version


@pytest.mark.parametrize("content_type", [5, b"text/plain", ["text"], object(), "\ud800", True])
def test_a_type_is_text(db: Database, content_type: Any):
    """Nothing else describes a file."""
    version = store_version(db)

    with pytest.raises(docdb.DocdbError):
        db.storage.store(b"x", content_type)
    assert store_version(db) == version


@pytest.mark.parametrize("verb", ["get", "get_metadata", "delete"])
def test_an_id_of_something_else_is_refused(db: Database, verb: str):
    """A document is no file."""
    id = db.insert("t", {})

    with pytest.raises(TableMismatch):
        getattr(db.storage, verb)(id)


@pytest.mark.parametrize("verb", ["get", "get_metadata", "delete"])
@pytest.mark.parametrize("id", ["", "x", None, 5, b"x", [], object()])
def test_what_is_no_id_is_refused(db: Database, verb: str, id: Any):
    """As everywhere."""
    with pytest.raises(InvalidId):
        getattr(db.storage, verb)(id)


def test_a_transaction_of_the_thread_keeps_files_out(db: Database):
    """Storing is a transaction of its own."""
    with db.write() as tx:
        tx.insert("t", {})
        with pytest.raises(InvalidArgument):
            db.storage.store(b"x")

    assert db.query("t").count() == 1
