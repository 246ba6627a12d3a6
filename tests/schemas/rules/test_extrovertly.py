"""
The rules of ``extrovertly``: the ranges in the comments of its document, and what stays open.

Unique pairs, and that nothing else is unique, are tried in ``test_keys.py``; references, which
have no consequences, in ``test_dangling.py``.
"""

from typing import Any

import pytest

from docdb import UNSET, Database
from tests.schemas.rules.applications import FORMS
from tests.schemas.rules.making import VERBS, Maker

RANGES: list[tuple[str, list[Any], list[Any]]] = [
    ("users.confidenceLevel", [1, 3.0, 10], [0.9, 10.1, -5]),
    ("userMissions.difficultyRating", [1, 2.5, 5, UNSET], [0, 0.9, 5.1, 6]),
    ("userMissions.satisfactionRating", [1, 2.5, 5, UNSET], [0, 0.9, 5.1, 6]),
    ("eventAttendees.rating", [1, 2.5, 5, UNSET], [0, 0.9, 5.1, 6]),
    ("progressTracking.confidenceLevel", [1, 5.5, 10, UNSET], [0.9, 10.1]),
    ("moodTracking.intensity", [1, 5.5, 10, UNSET], [0, 0.9, 10.1, 11]),
]
WITHIN = [pytest.param(place, values, id=place) for place, values, _ in RANGES]
BEYOND = [pytest.param(place, values, id=place) for place, _, values in RANGES]

OPEN: list[tuple[str, list[Any]]] = [
    ("users.email", ["no address", ""]),
    ("users.dateOfBirth", ["the first of May"]),
    ("users.totalPoints", [-1, 0.5]),
    ("users.longestStreak", [0]),
    ("users.preferences", [None, [], "dark", {"a": {"b": None}}]),
    ("events.date", ["tomorrow", "2025-13-45"]),
    ("events.time", ["noon", "25:61"]),
    ("events.price", [-1, 4.99]),
    ("events.maxAttendees", [0]),
    ("events.organizerId", [UNSET]),
    ("missions.points", [-10]),
    ("achievements.requirements", [None, 0, [], {}]),
    ("progressTracking.trackingDate", ["one day"]),
    ("weeklyInsights.insightType", ["something else"]),
    ("weeklyInsights.weekStartDate", ["a Tuesday"]),
    ("socialGoals.targetDate", ["soon"]),
    ("userAchievements.progress", [9]),
    ("journalEntries.wordCount", [-1]),
    ("moodTracking.mood", ["something else"]),
]


@pytest.fixture
def application() -> str:
    """Whose rules these are."""
    return "extrovertly"


@pytest.mark.parametrize(("place", "values"), WITHIN)
def test_a_value_within_its_range_is_stored(maker: Maker, place: str, values: list[Any]):
    """Ranges are inclusive and not for whole numbers only; an absent field keeps them."""
    assert maker.refused_at(place, values) == []


@pytest.mark.parametrize(("place", "values"), BEYOND)
def test_a_value_outside_its_range_is_refused(maker: Maker, place: str, values: list[Any]):
    """By insert, patch and replace; the error names the place."""
    assert maker.refused_at(place, values) == [place] * len(values) * len(VERBS)


@pytest.mark.parametrize(("place", "values"), OPEN, ids=[place for place, _ in OPEN])
def test_what_no_rule_limits_is_stored(maker: Maker, place: str, values: list[Any]):
    """That dates are ISO dates is advice, and a field of any kind holds any value."""
    assert maker.refused_at(place, values) == []


def test_an_event_may_be_attended_twice_by_a_user(maker: Maker):
    """Only missions and achievements are given once."""
    pair = {"eventId": maker.insert("events"), "userId": maker.insert("users")}

    ids = [maker.insert("eventAttendees", **pair) for _ in range(2)]

    assert ids[0] != ids[1]


def test_a_day_may_be_tracked_twice_and_a_week_have_two_insights(db: Database, maker: Maker):
    """The indexes of user and day, and of user and week, are for looking up."""
    user = maker.insert("users")
    day = {"userId": user, "trackingDate": "2025-01-01"}
    week = {"userId": user, "weekStartDate": "2025-01-06", "insightType": "pattern"}

    maker.insert("progressTracking", **day)
    maker.insert("progressTracking", **day)
    maker.insert("weeklyInsights", **week)
    maker.insert("weeklyInsights", **week)

    assert db.query("progressTracking").with_index("by_user_date", **day).count() == 2
    assert db.query("weeklyInsights").with_index("by_insight_type").count() == 2


def test_a_completed_mission_may_have_begun_at_any_time(maker: Maker):
    """No rule relates the three times of a mission, or its state to them."""
    times = {"assignedAt": 9, "startedAt": 5, "completedAt": 1, "status": "assigned"}

    id = maker.insert("userMissions", **times)

    assert maker.stored(id).items() >= times.items()


def test_points_are_the_applications_to_count(maker: Maker):
    """A finished mission changes nothing in its user."""
    user = maker.insert("users", totalPoints=0)

    maker.insert("userMissions", userId=user, status="completed")

    assert maker.stored(user)["totalPoints"] == 0


def test_iso_dates_come_in_the_order_of_time(db: Database, maker: Maker):
    """Texts of days sort as the days do, and ranges of them are ranges of time."""
    last, first, middle = (
        maker.insert("events", date=day) for day in ("2025-10-02", "2024-12-31", "2025-09-30")
    )
    events = db.query("events").with_index("by_date")

    assert events.ids() == [first, middle, last]
    autumn = db.query("events").with_index("by_date", lambda q: q.gte("date", "2025-09-01"))
    assert autumn.ids() == [middle, last]


def test_nothing_expires(db: Database, maker: Maker):
    """No table of the application has an end."""
    ids = [maker.writer.insert(table, maker.complete(table)) for table in FORMS["extrovertly"]]

    assert db.sweep(now=1e15) == 0

    assert None not in [db.get(id) for id in ids]
