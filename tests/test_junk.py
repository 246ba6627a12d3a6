"""
Junk of every kind as every argument of every public method: what comes out is an answer or a
``DocdbError``, and never a change that nobody asked for.

The length of this file: the table of public methods.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import docdb
from docdb import Database, DocdbError, Int64, define_schema, define_table, v
from tests.databases import MEMORY, whole_store
from tests.junk import JUNK, SCHEMA, user

ANYTHING = st.one_of(
    st.sampled_from(JUNK),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()),
        lambda each: st.one_of(
            st.lists(each, max_size=3), st.dictionaries(st.text(), each, max_size=3)
        ),
        max_leaves=5,
    ),
)
Call = Callable[[Any, list[Any]], object]
# Each takes a database or a transaction, and four pieces of junk.
READS: dict[str, Call] = {
    "get": lambda db, junk: db.get(junk[0]),
    "get of a table": lambda db, junk: db.get(junk[0], table=junk[1]),
    "get an id of a table": lambda db, junk: db.get(user(db), table=junk[1]),
    "get_many": lambda db, junk: db.get_many(junk[0]),
    "get_many of a list": lambda db, junk: db.get_many(junk),
    "normalize_id": lambda db, junk: db.normalize_id(junk[0], junk[1]),
    "query": lambda db, junk: db.query(junk[0]).collect(),
    "query count": lambda db, junk: db.query(junk[0]).count(),
    "query explain": lambda db, junk: db.query(junk[0]).explain(),
    "query repr": lambda db, junk: repr(db.query(junk[0]).filter(junk[1]).take(1)),
    "with_index": lambda db, junk: db.query("users").with_index(junk[0]).collect(),
    "with_index range": lambda db, junk: db.query("users").with_index("by_name", junk[0]).ids(),
    "with_index equal": lambda db, junk: (
        db.query("users").with_index("by_name", name=junk[0]).ids()
    ),
    "with_index of others": lambda db, junk: db.query(junk[0]).with_index(junk[1], junk[2]).ids(),
    "range": lambda db, junk: (
        db.query("users")
        .with_index("by_age_name", lambda q: q.eq(junk[0], junk[1]).gt(junk[2], junk[3]))
        .collect()
    ),
    "range bounds": lambda db, junk: (
        db.query("users")
        .with_index("by_name", lambda q: q.gte("name", junk[0]).lte("name", junk[1]))
        .order("desc")
        .collect()
    ),
    "range prefix": lambda db, junk: (
        db.query("users").with_index("by_name", lambda q: q.prefix(junk[0], junk[1])).first()
    ),
    "by_id": lambda db, junk: db.query("users").with_index("by_id", _id=junk[0]).collect(),
    "by_creation_time": lambda db, junk: (
        db.query("users")
        .with_index("by_creation_time", lambda q: q.lt("_creationTime", junk[0]))
        .collect()
    ),
    "with_search_index": lambda db, junk: db.query("users").with_search_index(junk[0], junk[1]),
    "order": lambda db, junk: db.query("users").order(junk[0]).collect(),
    "filter": lambda db, junk: db.query("users").filter(junk[0]).collect(),
    "filter field": lambda db, junk: (
        db.query("users").filter(lambda q: q.eq(q.field(junk[0]), junk[1])).collect()
    ),
    "filter operators": lambda db, junk: (
        db.query("users")
        .filter(lambda q: q.or_(q.lt(q.field("age"), junk[0]), q.and_(junk[1], q.not_(junk[2]))))
        .collect()
    ),
    "filter arithmetic": lambda db, junk: (
        db.query("users")
        .filter(lambda q: q.add(junk[0], q.mod(junk[1], q.neg(junk[2]))) == junk[3])
        .collect()
    ),
    "where": lambda db, junk: db.query("users").where(junk[0]).collect(),
    "take": lambda db, junk: db.query("users").take(junk[0]),
    "paginate": lambda db, junk: db.query("users").paginate(num_items=junk[0]),
    "paginate from": lambda db, junk: db.query("users").paginate(
        num_items=1, cursor=junk[0], end_cursor=junk[1]
    ),
    "paginate bounds": lambda db, junk: db.query("users").paginate(
        num_items=1, maximum_rows_read=junk[0], maximum_bytes_read=junk[1]
    ),
    "system.get": lambda db, junk: db.system.get(junk[0]),
    "system.query": lambda db, junk: db.system.query(junk[0]).collect(),
}
WRITES: dict[str, Call] = {
    "insert": lambda db, junk: db.insert(junk[0], junk[1]),
    "insert a user": lambda db, junk: db.insert("users", junk[0]),
    "insert a name": lambda db, junk: db.insert("users", {"name": junk[0], "age": junk[1]}),
    "insert anything": lambda db, junk: db.insert("fresh", {"a": junk[0], "b": [junk[1]]}),
    "insert_many": lambda db, junk: db.insert_many(junk[0], junk[1]),
    "insert_many of a list": lambda db, junk: db.insert_many("users", junk),
    "patch": lambda db, junk: db.patch(junk[0], junk[1], table=junk[2]),
    "patch a user": lambda db, junk: db.patch(user(db), junk[0]),
    "patch fields": lambda db, junk: db.patch(user(db), {"name": junk[0], "more": junk[1]}),
    "patch of a table": lambda db, junk: db.patch(user(db), {"age": 1}, table=junk[0]),
    "replace": lambda db, junk: db.replace(junk[0], junk[1], table=junk[2]),
    "replace a user": lambda db, junk: db.replace(user(db), junk[0]),
    "delete": lambda db, junk: db.delete(junk[0], table=junk[1]),
    "delete of a table": lambda db, junk: db.delete(user(db), table=junk[0]),
}
DATABASE_ONLY: dict[str, Call] = {
    "storage.store": lambda db, junk: db.storage.store(junk[0], junk[1]),
    "storage.store of a type": lambda db, junk: db.storage.store(b"x", junk[0]),
    "storage.get": lambda db, junk: db.storage.get(junk[0]),
    "storage.get_metadata": lambda db, junk: db.storage.get_metadata(junk[0]),
    "storage.delete": lambda db, junk: db.storage.delete(junk[0]),
    "write": lambda db, junk: db.write(timeout=junk[0]).close(),
    "reset": lambda db, junk: db.reset(junk[0]),
}
ELSEWHERE: dict[str, Call] = {
    "open": lambda _, junk: docdb.open(junk[0], junk[1]).close(),
    "open a schema": lambda _, junk: docdb.open(MEMORY, junk[0]).close(),
    "open with a durability": lambda _, junk: docdb.open(MEMORY, durability=junk[0]).close(),
    "open with limits": lambda _, junk: docdb.open(MEMORY, limits=junk[0]).close(),
    "open with a clock": lambda _, junk: docdb.open(MEMORY, clock=junk[0]).insert("t", {}),
    "open with a seed": lambda _, junk: docdb.open(MEMORY, seed=junk[0]).insert("t", {}),
    "Int64": lambda _, junk: Int64(junk[0]),
    "define_schema": lambda _, junk: define_schema(junk[0], components=junk[1]),
    "define_schema of a table": lambda _, junk: define_schema({"t": junk[0]}),
    "define_table": lambda _, junk: define_table(junk[0]),
    "define_table of a field": lambda _, junk: define_table({"a": junk[0]}),
    "index": lambda _, junk: define_schema(
        {"t": define_table({"a": v.any()}).index(junk[0], junk[1])}
    ),
    "search_index": lambda _, junk: define_schema(
        {
            "t": define_table({"a": v.string()}).search_index(
                junk[0], search_field=junk[1], filter_fields=junk[2]
            )
        }
    ),
    "vector_index": lambda _, junk: define_schema(
        {
            "t": define_table({"a": v.array(v.number())}).vector_index(
                junk[0], vector_field=junk[1], dimensions=junk[2]
            )
        }
    ),
    "Schema.from_json": lambda _, junk: docdb.Schema.from_json(junk[0]),
    "v.id": lambda _, junk: v.id(junk[0]),
    "v.literal": lambda _, junk: v.literal(junk[0]),
    "v.array": lambda _, junk: v.array(junk[0]),
    "v.object": lambda _, junk: v.object(junk[0]),
    "v.record": lambda _, junk: v.record(junk[0], junk[1]),
    "v.union": lambda _, junk: v.union(*junk),
    "v.optional": lambda _, junk: v.optional(junk[0]),
    "v.nullable": lambda _, junk: v.nullable(junk[0]),
    "fixtures.load": lambda _, junk: docdb.fixtures.load(junk[0]),
}
FUZZ = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FOUR = st.lists(ANYTHING, min_size=4, max_size=4)


def refusal(call: Call, db: Any, junk: list[Any]) -> DocdbError | None:
    """Return the error of docdb's own that a call ends in, or None."""
    try:
        call(db, junk)
    except DocdbError as error:
        return error
    return None


def survived(call: Call, db: Any, junk: list[Any]) -> None:
    """Call with junk; only errors of docdb's own may come out, and they can be printed."""
    error = refusal(call, db, junk)
    assert error is None or (str(error) and repr(error))


class TestJunk:
    """Whatever is given to a public method, what comes out is a DocdbError or an answer."""

    @pytest.mark.parametrize("call", READS.values(), ids=READS)
    @given(junk=FOUR)
    @FUZZ
    def test_reading_with_junk(self, call: Call, junk: list[Any]):
        """Nothing changes by reading, on a database and in a transaction."""
        db = shared_database()
        survived(call, db, junk)
        with db.write() as tx:
            survived(call, tx, junk)
            tx.close()

    @pytest.mark.parametrize("call", READS.values(), ids=READS)
    def test_reading_with_each_kind_of_junk(self, call: Call):
        """Each piece alone, in every place."""
        db = shared_database()
        before = whole_store(db)
        for junk in JUNK:
            survived(call, db, [junk] * 4)
            survived(call, db, ["name", junk, "name", junk])

        assert whole_store(db) == before

    @pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
    @given(junk=FOUR)
    @example(junk=["_tables", {}, None, None])
    @FUZZ
    def test_writing_with_junk(self, call: Call, junk: list[Any]):
        """A write happens or fails as a whole, and the database stays sound."""
        db = shared_database()
        with db.write() as tx:
            survived(call, tx, junk)
            tx.query("users").collect()
            tx.close()

        assert db.check() == []

    @pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
    def test_writing_with_each_kind_of_junk(self, call: Call):
        """What was refused left nothing, what was taken can be read."""
        db = new_database()
        for junk in JUNK:
            user(db)  # What was taken may have deleted the last one.
            before = whole_store(db)
            error = refusal(call, db, [junk] * 4)

            assert error is None or (str(error) and whole_store(db) == before)

        assert db.check() == []

    @pytest.mark.parametrize("call", DATABASE_ONLY.values(), ids=DATABASE_ONLY)
    def test_the_rest_of_a_database_with_each_kind_of_junk(self, call: Call):
        """Files, turns and marks."""
        db = new_database()
        for junk in JUNK:
            survived(call, db, [junk, junk, junk, junk])

        assert db.check() == []

    @pytest.mark.parametrize("call", ELSEWHERE.values(), ids=ELSEWHERE)
    def test_definitions_with_each_kind_of_junk(self, call: Call, tmp_path: Path, monkeypatch: Any):
        """Schemas, validators, numbers and ``open`` itself."""
        monkeypatch.chdir(tmp_path)
        for junk in JUNK:
            survived(call, None, [junk, junk, junk, junk])
            survived(call, None, ["x", junk, junk, junk])
            survived(call, None, [junk, ["a"], 3, junk])


def new_database() -> Database:
    """Return a new database in memory with two users."""
    db = docdb.open(MEMORY, SCHEMA)
    db.insert_many("users", [{"name": "Ada", "age": 36}, {"name": "Grace"}])
    return db


_shared: list[Database] = []


def shared_database() -> Database:
    """Return a database that no test changes."""
    if not _shared:
        _shared.append(new_database())
    return _shared[0]
