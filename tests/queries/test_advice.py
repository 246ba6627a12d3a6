"""Advice: what is missing, and what is too much."""

import pytest

import docdb
from docdb import Advice, Database, define_schema, define_table, v

SCHEMA = define_schema(
    {
        "users": define_table({"name": v.string(), "email": v.string()})
        .index("by_email", ["email"], unique=True)
        .index("by_name", ["name"]),
        "posts": define_table(
            {
                "author": v.id("users"),
                "editor": v.optional(v.id("users", on_delete="set_null")),
                "readers": v.array(v.id("users")),
                "cover": v.optional(v.id("_storage")),
                "topic": v.string(),
                "meta": v.object({"day": v.number()}),
            }
        )
        .index("by_topic", ["topic"])
        .index("by_topic_day", ["topic", "meta.day"])
        .index("by_day", ["meta.day"], staged=True),
    }
)


@pytest.fixture(name="db")
def database() -> Database:
    return docdb.open(":memory:", SCHEMA)


def of_kind(db: Database, kind: str) -> list[Advice]:
    """The advice of one kind."""
    return [each for each in db.advise() if each.kind == kind]


def test_references_without_an_index_are_named(db: Database):
    """Those that an index could find, whatever deletion does to them; not the engine's own."""
    found = of_kind(db, "unindexed_reference")

    assert [(each.table, each.fields) for each in found] == [
        ("posts", ("author",)),
        ("posts", ("editor",)),
    ]
    assert ".index('by_author', ['author'])" in found[0].hint


def test_indexes_that_begin_another_are_named(db: Database):
    """A staged one does not stand in for one that is asked."""
    (found,) = of_kind(db, "redundant_index")

    assert (found.table, found.index, found.fields) == ("posts", "by_topic", ("topic",))
    assert "by_topic_day" in found.what


def test_a_unique_index_is_never_redundant():
    """It keeps keys apart."""
    table = define_table({"a": v.string(), "b": v.string()})
    unique = table.index("by_a", ["a"], unique=True).index("by_a_b", ["a", "b"])

    assert of_kind(docdb.open(":memory:", define_schema({"t": unique})), "redundant_index") == []


def test_filters_without_an_index_are_counted(db: Database):
    """The most frequent first, with the fields that an index should have."""
    posts = db.query("posts").with_index("by_topic", topic="x")
    for _ in range(3):
        posts.filter(lambda q: q.and_(q.eq(q.field("author"), "a"), q.gt(q.field("n"), 1))).first()
    with db.read() as snapshot:
        snapshot.query("users").filter(lambda q: q.eq(q.field("email"), "a")).collect()

    first, second = of_kind(db, "unindexed_filter")

    assert (first.table, first.fields) == ("posts", ("topic", "author", "n"))
    assert "3 times" in first.what
    assert (second.table, second.index) == ("users", "by_email")
    assert "with_index" in second.hint


def test_filters_that_compare_nothing_with_a_value_are_not_counted(db: Database):
    """No index could answer them."""
    db.query("posts").filter(lambda q: q.eq(q.field("a"), q.field("b"))).collect()
    db.query("posts").where(bool).collect()

    assert of_kind(db, "unindexed_filter") == []


def test_indexes_that_no_query_used_are_named(db: Database):
    """Of tables that were asked; those that keep a rule are in use."""
    assert of_kind(db, "unused_index") == []

    db.query("users").collect()
    with db.write() as tx:
        tx.query("posts").with_index("by_topic_day", topic="x").collect()

    unused = [(each.table, each.index) for each in of_kind(db, "unused_index")]
    assert unused == [("users", "by_name"), ("posts", "by_topic")]


def test_an_index_that_finds_referrers_or_expired_rows_is_in_use():
    """Nobody has to ask it."""
    schema = define_schema(
        {
            "users": define_table({}),
            "t": define_table({"u": v.id("users", on_delete="cascade"), "at": v.number()})
            .index("by_u", ["u"])
            .index("by_at", ["at"])
            .ttl("at"),
        }
    )
    db = docdb.open(":memory:", schema)
    db.query("t").collect()

    assert db.advise() == []


def test_advice_reads_as_a_sentence(db: Database):
    """What was found, and what to do."""
    assert "no index of table 'posts' begins with 'author'" in str(db.advise()[0])


def test_components_get_advice_too():
    """It names them."""
    part = define_schema({"users": define_table({}), "t": define_table({"u": v.id("users")})})
    db = docdb.open(":memory:", define_schema({}, components={"auth": part}))

    (found,) = db.advise()

    assert (found.component, found.table, found.fields) == ("auth", "t", ("u",))
