"""Rows whose time has come."""

from typing import Any

import pytest

import docdb
from docdb import InvalidArgument, UnknownIndex, define_schema, define_table, v
from tests.databases import OpenDatabase

FIELDS: dict[str, Any] = {"n": v.number(), "expiresAt": v.optional(v.any())}
DECLARED = define_table(FIELDS).index("by_expiresAt", ["expiresAt"]).ttl("expiresAt")
KEPT_BY_THE_ENGINE = define_table(FIELDS).ttl("expiresAt")


@pytest.mark.parametrize("table", [DECLARED, KEPT_BY_THE_ENGINE])
def test_a_row_expires_when_its_time_is_not_above_now(open_database: OpenDatabase, table: Any):
    """At the very millisecond it is gone, one before it is there."""
    db = open_database(define_schema({"t": table}))
    db.insert_many("t", [{"n": n, "expiresAt": n} for n in (-5, 10, 11, 12.5)])

    deleted = db.sweep(11)

    assert deleted == 3
    assert [row["n"] for row in db.query("t")] == [12.5]
    assert db.sweep(11) == 0


@pytest.mark.parametrize("value", [None, True, "1", b"1", [1], docdb.Int64(1), float("nan")])
def test_a_row_without_a_time_never_expires(open_database: OpenDatabase, value: Any):
    """Absent, or of another kind than a time."""
    db = open_database(define_schema({"t": DECLARED}))
    db.insert_many("t", [{"n": 1}, {"n": 2, "expiresAt": value}])

    assert db.sweep(1e15) == 0


def test_the_databases_clock_says_what_time_it_is(open_database: OpenDatabase):
    """Unless the caller does."""
    db = open_database(define_schema({"t": DECLARED}), clock=lambda: 500.0)
    db.insert_many("t", [{"n": n, "expiresAt": n} for n in (499, 500, 501)])

    assert db.sweep() == 2


def test_many_rows_expire_in_several_transactions(open_database: OpenDatabase):
    """All of them go, and the indexes with them."""
    db = open_database(define_schema({"t": DECLARED}))
    db.insert_many("t", [{"n": n, "expiresAt": n} for n in range(2500)])

    assert db.sweep(2399) == 2400
    assert db.query("t").with_index("by_expiresAt").count() == 100


def test_tables_without_expiry_are_left_alone(open_database: OpenDatabase):
    """Whatever their fields are called."""
    db = open_database(define_schema({"t": define_table(FIELDS)}))
    db.insert("t", {"n": 1, "expiresAt": 1})

    assert db.sweep(1e15) == 0


def test_the_engines_own_index_cannot_be_queried(open_database: OpenDatabase):
    """It is nobody's business."""
    db = open_database(define_schema({"t": KEPT_BY_THE_ENGINE}))

    with pytest.raises(UnknownIndex):
        db.query("t").with_index("_expiry").collect()


def test_expiry_may_come_to_a_table_with_rows(open_database: OpenDatabase, place: str):
    """The engine's index is back-filled like any other, and goes when it is not needed."""
    if place == ":memory:":
        pytest.skip("a database in memory has one schema")
    with open_database(define_schema({"t": define_table(FIELDS)})) as db:
        db.insert_many("t", [{"n": n, "expiresAt": n} for n in range(10)])

    with docdb.open(place, define_schema({"t": KEPT_BY_THE_ENGINE}), durability="unsafe") as db:
        assert db.sweep(4) == 5
        assert db.check() == []
    with docdb.open(place, define_schema({"t": DECLARED}), durability="unsafe") as db:
        assert [row["name"] for row in db.system.query("_indexes")] == ["by_expiresAt"]
        assert db.sweep(5) == 1


@pytest.mark.parametrize("now", ["now", True, float("nan"), [1]])
def test_a_time_must_be_a_number(open_database: OpenDatabase, now: Any):
    """Nothing is deleted by mistake."""
    db = open_database(define_schema({"t": DECLARED}))

    with pytest.raises(InvalidArgument):
        db.sweep(now)


@pytest.mark.parametrize(
    ("now", "left"),
    [(-6, 3), (-5, 2), (10**400, 0), (float("inf"), 0), (float("-inf"), 3)],
)
def test_a_time_may_be_any_number(open_database: OpenDatabase, now: float, left: int):
    """Before 1970, and beyond every time."""
    db = open_database(define_schema({"t": DECLARED}))
    db.insert_many("t", [{"n": n, "expiresAt": n} for n in (-5, 0, 1e15)])

    db.sweep(now)

    assert db.query("t").count() == left
