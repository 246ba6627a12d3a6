"""A file that is shorter than its last page says: cut off, or sound with free pages at its end."""

import shutil
from pathlib import Path

import pytest

import docdb
from docdb import StoreCorrupt


def churned(path: Path, *, rows: int) -> None:
    """Write many rows and delete nearly all of them in one transaction."""
    with docdb.open(path) as db:
        ids = db.insert_many("t", [{"n": number, "text": "x" * 200} for number in range(rows)])
        with db.write() as tx:
            for id in ids[1:]:
                tx.delete(id)


@pytest.mark.parametrize("rows", [500, 1500, 2000, 2500, 4000])
def test_a_file_opens_again_after_nearly_all_was_deleted(tmp_path: Path, rows: int):
    """LMDB counts pages that it took and gave back, and never writes them; they are not missed."""
    path = tmp_path / "app.docdb"
    churned(path, rows=rows)

    with docdb.open(path) as db:
        assert db.query("t").count() == 1
        assert db.check() == []


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_file_that_lost_pages_in_use_is_refused(tmp_path: Path, kept: float):
    """Its documents were on the pages that are gone."""
    path = tmp_path / "app.docdb"
    with docdb.open(path) as db:
        db.insert_many("t", [{"text": "x" * 200} for _ in range(3000)])
    size = path.stat().st_size
    cut = tmp_path / "cut.docdb"
    shutil.copy(path, cut)
    with cut.open("r+b") as file:
        file.truncate(int(size * kept))
    before = cut.read_bytes()

    with pytest.raises(StoreCorrupt):
        docdb.open(cut)

    assert cut.read_bytes() == before
