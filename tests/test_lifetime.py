"""What a file keeps, who may only read it, and what is left after the end."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import docdb
from docdb import (
    Closed,
    Database,
    DocdbError,
    InvalidArgument,
    ReadOnly,
    define_schema,
    define_table,
    v,
)
from tests.databases import (  # noqa: F401 - fixtures are found by being here
    MEMORY,
    OpenDatabase,
    contents,
    db_on_each_store,
    file_path,
    open_on_each_store,
    place_on_each_store,
    store_version,
    whole_store,
)
from tests.numbered import SCHEMA, numbers


class TestReopening:
    """A file gives back what was put into it."""

    def test_everything_is_as_it_was(self, path: str):
        """Documents, ids, times, indexes, counts, files and the schema."""
        with docdb.open(path, SCHEMA) as db:
            ids = db.insert_many("t", [{"n": n % 3, "text": str(n)} for n in range(20)])
            db.delete(ids[3])
            db.patch(ids[4], {"text": docdb.UNSET})
            db.insert("free", {"any": [b"x", docdb.Int64(1), 1, 1.0, None]})
            db.storage.store(b"file")
            before, stored = contents(db), whole_store(db)
        with docdb.open(path) as db:
            assert contents(db) == before
            assert whole_store(db) == stored
            assert db.query("t").with_index("by_n", n=0).count() == 6
            assert db.schema == SCHEMA
            assert db.check() == []

    @pytest.mark.parametrize("count", [500, 1000, 1500, 2000])
    def test_a_file_opens_after_most_of_it_was_deleted(self, path: str, count: int):
        """
        Its last pages may never have been written, since nothing lies on them.

        Such a file was once taken for one that had been cut off, and refused.
        """
        schema = define_schema({"t": define_table({"n": v.number()}).index("by_n", ["n"])})
        with docdb.open(path, schema, durability="unsafe") as db:
            ids = db.insert_many("t", [{"n": n} for n in range(count)])
            ids += db.insert_many("other", [{"n": n, "text": "many"} for n in range(count)])
            with db.write() as tx:
                for id in ids[1:-1]:
                    tx.delete(id)
        with docdb.open(path, durability="unsafe") as db:
            assert numbers(db.query("t").with_index("by_n")) == [0]
            assert db.check() == []

    def test_a_cursor_outlives_the_process(self, path: str):
        """A walk is gone on with after a restart."""
        with docdb.open(path, SCHEMA) as db:
            db.insert_many("t", [{"n": n} for n in range(4)])
            page = db.query("t").with_index("by_n").paginate(num_items=2)
        with docdb.open(path, SCHEMA) as db:
            query = db.query("t").with_index("by_n")

            assert numbers(query.paginate(num_items=5, cursor=page.continue_cursor).page) == [2, 3]

    @pytest.mark.parametrize("durability", ["full", "relaxed", "unsafe"])
    def test_each_durability_keeps_what_was_committed(self, path: str, durability: Any):
        """As long as the machine runs, they do not differ."""
        with docdb.open(path, durability=durability) as db:
            db.insert("t", {"n": 1})
        with docdb.open(path, durability=durability) as db:
            assert numbers(db.query("t")) == [1]

    def test_two_handles_of_one_file_are_one_database(self, path: str):
        """In one process too."""
        with docdb.open(path) as one, docdb.open(path) as other:
            one.insert("t", {"n": 1})
            other.insert("u", {"n": 2})

            assert numbers(other.query("t")) == [1]
            assert numbers(one.query("u")) == [2]

    def test_a_path_object_is_a_path(self, path: str):
        """Anything that is the path of a file."""
        with docdb.open(Path(path)) as db:
            db.insert("t", {"n": 1})

        assert Path(path).is_file()

    def test_databases_in_memory_are_apart(self):
        """Each opening is another one."""
        one, other = docdb.open(MEMORY), docdb.open(MEMORY)
        one.insert("t", {"n": 1})

        assert other.query("t").count() == 0


class TestReadOnly:
    """A file that was opened to read cannot be written."""

    @pytest.fixture(name="reader")
    def database_opened_to_read(self, path: str) -> Any:
        """A file with one document, opened to read."""
        with docdb.open(path, SCHEMA) as db:
            db.insert("t", {"n": 1})
        with docdb.open(path, read_only=True) as db:
            yield db
            assert db.check() == []

    @pytest.mark.parametrize(
        "write",
        [
            lambda db: db.write(),
            lambda db: db.insert("t", {"n": 2}),
            lambda db: db.insert_many("t", [{"n": 2}]),
            lambda db: db.patch(db.query("t").ids()[0], {"n": 1}),
            lambda db: db.replace(db.query("t").ids()[0], {"n": 1}),
            lambda db: db.delete(db.query("t").ids()[0]),
            lambda db: db.storage.store(b"x"),
        ],
    )
    def test_every_write_is_refused(self, reader: Database, write: Callable[[Database], object]):
        """Also one that would change nothing."""
        with pytest.raises(ReadOnly):
            write(reader)
        assert numbers(reader.query("t").with_index("by_n")) == [1]

    def test_it_follows_the_writer(self, reader: Database, path: str):
        """Commits made elsewhere are seen."""
        program = "import docdb, sys; docdb.open(sys.argv[1]).insert('t', {'n': 2})"
        subprocess.run([sys.executable, "-c", program, path], check=True)

        assert numbers(reader.query("t")) == [1, 2]

    def test_there_must_be_a_file(self, tmp_path: Path):
        """Reading creates nothing."""
        with pytest.raises(DocdbError):
            docdb.open(tmp_path / "none", read_only=True)
        assert list(tmp_path.iterdir()) == []

    def test_a_database_in_memory_cannot_be_opened_to_read(self):
        """There would be nothing in it."""
        with pytest.raises(InvalidArgument):
            docdb.open(MEMORY, read_only=True)


class TestClosing:
    """After its end a database is closed."""

    @pytest.mark.parametrize(
        "use",
        [
            lambda db, id: db.insert("t", {}),
            lambda db, id: db.insert_many("t", [{}]),
            lambda db, id: db.patch(id, {}),
            lambda db, id: db.replace(id, {}),
            lambda db, id: db.delete(id),
            lambda db, id: db.get(id),
            lambda db, id: db.get_many([]),
            lambda db, id: db.query("t").collect(),
            lambda db, id: list(db.query("t")),
            lambda db, id: db.normalize_id("t", id),
            lambda db, id: db.read(),
            lambda db, id: db.write(),
            lambda db, id: db.system.get(id),
            lambda db, id: db.storage.store(b""),
            lambda db, id: db.storage.get(id),
            lambda db, id: db.schema,
            lambda db, id: db.check(),
        ],
    )
    def test_every_verb_says_so(self, place: str, use: Callable[[Any, str], object]):
        """Closing twice is fine."""
        db = docdb.open(place)
        id = db.insert("t", {})
        db.close()
        db.close()

        with pytest.raises(Closed):
            use(db, id)

    def test_open_transactions_end_with_it(self, place: str):
        """Without a commit."""
        db = docdb.open(place)
        db.insert("t", {})
        snapshot, tx = db.read(), db.write()
        tx.insert("t", {})
        db.close()

        with pytest.raises(Closed):
            snapshot.query("t").collect()
        with pytest.raises(Closed):
            tx.query("t").collect()
        with pytest.raises(Closed), tx:
            pass
        snapshot.close()
        tx.close()

    def test_what_was_not_committed_is_not_in_the_file(self, path: str):
        """However the database was closed."""
        db = docdb.open(path)
        db.insert("t", {"n": 1})
        tx = db.write()
        tx.insert("t", {"n": 2})
        db.close()
        with docdb.open(path) as again:
            assert numbers(again.query("t")) == [1]
            again.insert("t", {"n": 3})

    def test_a_block_closes_it(self, place: str):
        """By an exception as well."""
        with pytest.raises(ZeroDivisionError), docdb.open(place) as db:
            raise ZeroDivisionError
        with pytest.raises(Closed):
            db.query("t").collect()

    def test_nothing_but_its_own_files_is_left(self, path: str):
        """The database, its lock and its guard."""
        docdb.open(path, SCHEMA).close()

        names = sorted(each.name for each in Path(path).parent.iterdir())
        assert set(names) <= {"app.docdb", "app.docdb-lock", "app.docdb-guard"}
