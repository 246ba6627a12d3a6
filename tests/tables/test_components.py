"""A component's tables have a namespace of their own, in the same file and transactions."""

from typing import Any

import pytest

import docdb
from docdb import (
    Database,
    Schema,
    UnknownTable,
    ValidationError,
    define_schema,
    define_table,
    v,
)

ANY = define_table({"a": v.any(), "b": v.optional(v.any())})
PLAIN = define_schema({"t": ANY})


@pytest.fixture(autouse=True)
def sound_file(path: str):
    """After each test the file is sound."""
    yield
    with docdb.open(path, durability="unsafe") as db:
        assert db.check() == []


def opened(path: str, schema: Schema | None = None, **options: Any) -> Database:
    """Open the file quickly."""
    return docdb.open(path, schema, **{"durability": "unsafe", **options})


UNIQUE = define_table({"a": v.any(), "b": v.optional(v.any())}).index("by_a", ["a"], unique=True)


class TestUniqueKeys:
    """Unique keys of a component are its own."""

    @pytest.fixture(name="db")
    def database(self, path: str) -> Database:
        part = define_schema({"t": UNIQUE})
        return opened(path, define_schema({"t": UNIQUE}, components={"auth": part}))

    def test_upsert_stays_in_its_namespace(self, db: Database):
        """It patches the component's document, and not the application's."""
        outer = db.insert("t", {"a": 1})
        with db.write() as tx:
            auth = tx.component("auth")
            first = auth.upsert("t", {"a": 1}, by="by_a")
            again = auth.upsert("t", {"a": 1, "b": 2}, by="by_a")
            found = auth.insert_or_get("t", {"a": 1}, by="by_a")
            documents = auth.get_many([first, outer])

        assert first == again == found != outer
        assert documents[0] is not None
        assert documents[0]["b"] == 2
        assert documents[1] is None
        db.close()


class TestComponents:
    """A component's tables have a namespace of their own."""

    def schema(self) -> Schema:
        """A schema with a component that has a table of the same name."""
        users = define_table({"name": v.string()}).index("by_name", ["name"])
        part = define_schema({"users": users, "keys": define_table({"user": v.id("users")})})
        return define_schema(
            {"users": define_table({"age": v.number()})}, components={"auth": part}
        )

    def test_tables_of_the_same_name_are_apart(self, path: str):
        """Each has its own validator, indexes, numbers and documents."""
        with opened(path, self.schema()) as db, db.write() as tx:
            auth = tx.component("auth")
            mine, theirs = tx.insert("users", {"age": 1}), auth.insert("users", {"name": "Ada"})
            auth.insert("keys", {"user": theirs})

            assert tx.query("users").ids() == [mine]
            assert auth.query("users").with_index("by_name", name="Ada").ids() == [theirs]
            assert (tx.get(theirs), auth.get(mine)) == (None, None)
            assert auth.normalize_id("users", mine) is None
            with pytest.raises(ValidationError):
                auth.insert("keys", {"user": mine})
            with pytest.raises(ValidationError):
                auth.insert("users", {"age": 1})

    def test_they_are_remembered(self, path: str):
        """After a restart a component is what it was."""
        with opened(path, self.schema()) as db, db.write() as tx:
            tx.component("auth").insert("users", {"name": "Ada"})
        with opened(path) as db, db.read() as reader:
            rows = reader.component("auth").query("users").with_index("by_name", name="Ada")

            assert rows.count() == 1
            assert reader.query("users").count() == 0

    @pytest.mark.parametrize("name", ["nobody", "", None, 5, [], "auth "])
    def test_an_unknown_component_is_refused(self, path: str, name: Any):
        """The schema names those there are."""
        with opened(path, self.schema()) as db, db.write() as tx:
            with pytest.raises(UnknownTable):
                tx.component(name)
            with db.read() as reader, pytest.raises(UnknownTable):
                reader.component(name)

    def test_a_component_ends_with_its_transaction(self, path: str):
        """Nothing can be written or read through it afterwards."""
        with opened(path, self.schema()) as db:
            with db.write() as tx:
                auth = tx.component("auth")
            with pytest.raises(docdb.Closed):
                auth.insert("users", {"name": "Ada"})
            with pytest.raises(docdb.Closed):
                auth.query("users").collect()

    def test_their_documents_are_part_of_the_transaction(self, path: str):
        """Both namespaces commit together or not at all."""
        with opened(path, self.schema()) as db:
            with pytest.raises(ZeroDivisionError), db.write() as tx:
                tx.insert("users", {"age": 1})
                tx.component("auth").insert("users", {"name": "Ada"})
                raise ZeroDivisionError
            with db.read() as reader:
                assert reader.component("auth").query("users").count() == 0

    def test_loops_over_a_component_see_their_start(self, path: str):
        """As loops over all tables do."""
        with opened(path, self.schema()) as db, db.write() as tx:
            auth = tx.component("auth")
            auth.insert("users", {"name": "Ada"})
            for row in auth.query("users"):
                auth.insert("users", {"name": f"after {row['name']}"})

            assert auth.query("users").count() == 2
