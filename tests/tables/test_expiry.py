"""Rows whose time has come."""

from collections.abc import Callable
from functools import partial
from gc import collect
from threading import Event
from threading import enumerate as enumerate_threads
from time import monotonic
from typing import Any

import pytest

import docdb
from docdb import InvalidArgument, UnknownIndex, define_schema, define_table, v
from docdb.tables.sweeper import Sweeper
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


class TestInTheBackground:
    """A program may ask for a thread that sweeps."""

    def test_expired_rows_go_by_themselves(self, open_database: OpenDatabase):
        """Readers go on meanwhile, and closing ends the thread."""
        db = open_database(define_schema({"t": DECLARED}), sweep_seconds=0.01, clock=lambda: 5.0)
        db.insert_many("t", [{"n": n, "expiresAt": n} for n in range(500)])

        assert within_seconds(10, lambda: db.query("t").count() == 494)
        db.close()
        assert "docdb sweeper" not in {thread.name for thread in enumerate_threads()}

    def test_a_failed_sweep_is_told_and_tried_again(
        self, open_database: OpenDatabase, caplog: pytest.LogCaptureFixture
    ):
        """The thread lives on."""
        sound = [False]
        schema = define_schema(
            {
                "t": define_table(FIELDS).ttl("expiresAt"),
                "c": define_table({"of": v.optional(v.id("t", on_delete="set_null"))}).check(
                    "sound", partial(is_sound, sound)
                ),
            }
        )
        sound[0] = True
        db = open_database(schema, clock=lambda: 5.0)
        db.insert("c", {"of": db.insert("t", {"n": 1, "expiresAt": 1})})
        sound[0] = False
        sweeps = [0]

        def sweep(_: Event) -> bool:
            sweeps[0] += 1
            db.sweep(5.0)
            return True

        sweeper = Sweeper(sweep, seconds=0.01)
        assert within_seconds(10, lambda: sweeps[0] > 2)
        sweeper.close()

        assert "partial" in caplog.text
        sound[0] = True

    def test_a_forgotten_database_ends_the_thread(self, path: str):
        """It is not held alive by being swept."""
        schema = define_schema({"t": DECLARED})
        docdb.open(path, schema, sweep_seconds=0.01, durability="unsafe")
        collect()

        assert within_seconds(
            10, lambda: "docdb sweeper" not in {thread.name for thread in enumerate_threads()}
        )

    @pytest.mark.parametrize("seconds", [0, -1, True, "1", float("nan"), float("inf")])
    def test_the_pause_is_seconds_above_zero(self, seconds: Any):
        """Anything else is a mistake."""
        with pytest.raises(InvalidArgument):
            docdb.open(":memory:", sweep_seconds=seconds)

    def test_who_only_reads_cannot_sweep(self, path: str):
        """Nor is anything opened."""
        with pytest.raises(InvalidArgument):
            docdb.open(path, read_only=True, sweep_seconds=1)


def is_sound(sound: list[bool], _document: Any) -> bool:
    """A condition that fails as a program that is broken would."""
    if not sound[0]:
        raise ValueError("broken")
    return True


def within_seconds(seconds: float, is_true: Callable[[], bool]) -> bool:
    """Return whether something becomes true in time."""
    end = monotonic() + seconds
    while not is_true():
        if monotonic() > end:
            return False
        Event().wait(0.01)
    return True
