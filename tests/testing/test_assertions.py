"""Assertions about queries."""

import pytest

import docdb
from docdb import define_schema, define_table, v
from docdb.testing import assert_uses_index

SCHEMA = define_schema(
    {
        "notes": define_table({"author": v.string(), "day": v.number()})
        .index("by_author", ["author"])
        .index("by_author_day", ["author", "day"])
    }
)


@pytest.fixture
def db() -> docdb.Database:
    """Ten notes, half of them by Ada."""
    db = docdb.open(":memory:", SCHEMA)
    db.insert_many("notes", [{"author": "Ada" if n % 2 else "Eve", "day": n} for n in range(10)])
    return db


def test_a_query_that_walks_the_index_passes(db: docdb.Database):
    """Nothing happens, whether or not a number of entries is given."""
    query = db.query("notes").with_index("by_author", author="Ada")

    assert_uses_index(query, "by_author")
    assert_uses_index(query, "by_author", reads_at_most=5)


def test_a_query_of_another_index_fails_and_is_explained(db: docdb.Database):
    """The message names both indexes and shows what the query did."""
    query = db.query("notes").with_index("by_author", author="Ada")

    with pytest.raises(AssertionError) as failed:
        assert_uses_index(query, "by_author_day")

    message = str(failed.value)
    assert "expected index 'by_author_day', but the query walks index 'by_author'" in message
    assert message.endswith(str(query.explain()))


def test_a_walk_through_the_whole_table_fails_and_says_so(db: docdb.Database):
    """A filter alone uses no index; the explanation names the one that would answer it."""
    query = db.query("notes").filter(lambda q: q.field("author") == "Ada")

    with pytest.raises(AssertionError, match="the whole table 'notes'") as failed:
        assert_uses_index(query, "by_author")

    assert "index 'by_author' answers it" in str(failed.value)


def test_a_query_that_reads_too_much_fails(db: docdb.Database):
    """Entries that a filter drops were read all the same."""
    query = db.query("notes").with_index("by_author").filter(lambda q: q.field("day") == 1)

    with pytest.raises(AssertionError, match=r"at most 9 entries to be read, .* reads 10"):
        assert_uses_index(query, "by_author", reads_at_most=9)


def test_an_empty_range_reads_nothing(db: docdb.Database):
    """Zero is a number of entries like any other."""
    query = db.query("notes").with_index("by_author", author="nobody")

    assert_uses_index(query, "by_author", reads_at_most=0)


def test_the_table_itself_is_an_index_by_creation_time(db: docdb.Database):
    """A query without an index walks ``by_creation_time``, and can be meant to."""
    assert_uses_index(db.query("notes"), "by_creation_time", reads_at_most=10)


def test_a_query_in_a_transaction_is_asserted_there(db: docdb.Database):
    """What was written in the transaction counts."""
    with db.write() as tx:
        tx.insert("notes", {"author": "new", "day": 1})
        query = tx.query("notes").with_index("by_author", author="new")

        assert_uses_index(query, "by_author", reads_at_most=1)

        with pytest.raises(AssertionError):
            assert_uses_index(query, "by_author", reads_at_most=0)


def test_a_list_is_no_query(db: docdb.Database):
    """A query that has run already cannot be asked."""
    with pytest.raises(docdb.InvalidArgument, match="without collect"):
        assert_uses_index(db.query("notes").collect(), "by_author")


@pytest.mark.parametrize("number", [-1, 1.0, True, "1"])
def test_a_number_of_entries_is_whole(db: docdb.Database, number: object):
    """Nothing but a whole number of 0 or more can be read."""
    with pytest.raises(docdb.InvalidArgument):
        assert_uses_index(db.query("notes"), "by_creation_time", reads_at_most=number)
