"""
The rules of ``whitecell``: 29 defaults, 21 limits, two ends, and what its document leaves open.

Unique keys are tried in ``test_keys.py``, references, which have no consequences, in
``test_dangling.py``. The edges of limits are also tried on sample data, in
``tests/schemas/test_whitecell.py``.
"""

from typing import Any

import pytest

import docdb
from docdb import UNSET, Database
from tests.schemas.rules.applications import DEFAULTS, FORMS
from tests.schemas.rules.making import VERBS, Maker, place_of

COLUMNS = DEFAULTS["whitecell"]
# For each of them a value within its limits that is not the default.
OTHERS: dict[str, Any] = {
    **dict.fromkeys(COLUMNS, 2),
    **{place: not default for place, default in COLUMNS.items() if isinstance(default, bool)},
    "users.role": "admin",
    "flashcards.easeFactor": 2.25,
    "ai_context_memory.confidence": 0.5,
}

CLOCK = ["24:00", "12:60", "9:30", "12:30:00", "1230", "noon", ""]
LIMITS: list[tuple[str, list[Any], list[Any]]] = [
    ("users.bio", ["", "x" * 500, UNSET], ["x" * 501]),
    ("users.currentLevel", [1, 1.5, 100], [0, 0.9, 100.1, 101]),
    ("otp_tokens.token", ["000000", "999999"], ["12345", "1234567", "12345a", " 12345", "١٢٣٤٥٦"]),
    ("flashcards.difficulty", [1, 2.5, 5], [0, 0.9, 5.1, 6]),
    ("flashcards.easeFactor", [1.3, 1e9], [1.29, 0, -1]),
    ("flashcards.reviewHistory[0].quality", [0, 2.5, 5], [-0.1, 5.1, 6]),
    ("quizzes.score", [0, 99.5, 100], [-0.1, 100.1]),
    ("textbooks.readingProgress", [0, 99.5, 100], [-0.1, 100.1]),
    ("study_goals.priority", [1, 5], [0, 6]),
    ("workouts.exercises[0].rpe", [1, 7.5, 10, UNSET], [0, 0.9, 10.1, 11]),
    ("meals.time", ["00:00", "09:30", "23:59"], CLOCK),
    ("debate_sessions.quality", [1, 5, UNSET], [0, 6]),
    ("strategies.rating", [1, 5, UNSET], [0, 6]),
    ("daily_tasks.priority", [1, 5], [0, 6]),
    ("daily_tasks.dueTime", ["00:00", "09:30", "23:59", UNSET], CLOCK),
    ("pmo_tracker.energyLevel", [1, 5, UNSET], [0, 6]),
    ("pmo_tracker.focusLevel", [1, 5, UNSET], [0, 6]),
    ("pmo_tracker.moodLevel", [1, 5, UNSET], [0, 6]),
    ("pmo_tracker.confidenceLevel", [1, 5, UNSET], [0, 6]),
    ("ai_context_memory.confidence", [0, 0.5, 1], [-0.1, 1.1]),
    ("feature_flags.rolloutPercentage", [0, 12.5, 100], [-0.1, 100.1]),
]
WITHIN = [pytest.param(place, values, id=place) for place, values, _ in LIMITS]
BEYOND = [pytest.param(place, values, id=place) for place, _, values in LIMITS]

OPEN: list[tuple[str, list[Any]]] = [
    # Lists in the descriptions of columns of type String or Array are advice.
    ("users.subscription", ["gold"]),
    ("measurements.unit", ["stone"]),
    ("logic_puzzles.puzzleType", ["riddle"]),
    ("strategies.category", ["sports"]),
    ("content_ideas.category", ["something else"]),
    ("ai_conversations.module", ["something else"]),
    ("ai_context_memory.category", ["something else"]),
    ("streaks.streakType", ["something else"]),
    ("admin_logs.targetType", ["something else"]),
    ("content_items.platform", [[], ["vimeo"], ["tiktok", "tiktok"]]),
    ("feature_flags.targetRoles", [["nobody"]]),
    ("meals.foods[0].unit", ["something else"]),
    # No description states a range of these.
    ("flashcards.reviewHistory[0].easeFactor", [0, 1.29]),
    ("flashcards.interval", [-1, 0.5]),
    ("measurements.bodyFatPercentage", [-1, 101]),
    ("nutrition_goals.proteinPercentage", [-1, 101]),
    ("nutrition_goals.carbsPercentage", [-1, 101]),
    ("nutrition_goals.fatsPercentage", [-1, 101]),
    ("chess_puzzles.difficulty", [0, 3000]),
    ("study_sessions.quality", ["whatever", ""]),
    ("xp_logs.multiplier", [-1, 0]),
    # Addresses of files are plain texts.
    ("textbooks.pdfUrl", ["", "no address"]),
    ("strategies.pdfUrl", ["", "no address"]),
    ("progress_photos.imageUrl", ["", "no address"]),
    # So are ids that may belong to several tables.
    ("workouts.templateId", ["no id", ""]),
    ("cube_times.sessionId", ["no id", ""]),
    ("xp_logs.sourceId", ["no id", ""]),
    ("admin_logs.targetId", ["no id", ""]),
    ("analytics.sessionId", ["no id", ""]),
    # An object whose members are not described holds anything.
    ("ai_conversations.context", [{}, {"a": [{"b": None}]}]),
    ("analytics.metadata", [{}, {"a": [{"b": None}]}]),
    ("admin_logs.changes", [{}, {"before": 1, "after": None}]),
    ("strategies.annotations", [[], [{"page": 1}, "text", None]]),
]

# Fields of one document that seem to be related, in a relation that no sentence demands.
UNRELATED: list[tuple[str, dict[str, Any]]] = [
    ("users", {"currentStreak": 9, "longestStreak": 1}),
    ("pmo_tracker", {"currentStreak": 9, "longestStreak": 1}),
    ("habit_stacks", {"currentStreak": 9, "longestStreak": 1}),
    ("streaks", {"currentCount": 9, "longestCount": 1}),
    ("quizzes", {"correctAnswers": 9, "totalQuestions": 1}),
    ("quizzes", {"questions": [], "userAnswers": ["a", "b"]}),
    ("textbooks", {"currentPage": 9, "pages": 1}),
    ("otp_tokens", {"attempts": 9, "maxAttempts": 3}),
    ("study_goals", {"status": "completed", "completedAt": UNSET}),
    ("daily_tasks", {"completed": False, "completedAt": 1}),
]


@pytest.fixture
def application() -> str:
    """Whose rules these are."""
    return "whitecell"


@pytest.mark.parametrize(("place", "values"), WITHIN)
def test_a_value_up_to_its_limit_is_stored(maker: Maker, place: str, values: list[Any]):
    """Limits are inclusive, by insert, patch and replace; an absent optional field keeps them."""
    assert maker.refused_at(place, values) == []


@pytest.mark.parametrize(("place", "values"), BEYOND)
def test_a_value_past_its_limit_is_refused(maker: Maker, place: str, values: list[Any]):
    """One past it is too much, by insert, patch and replace; the error names the place."""
    assert maker.refused_at(place, values) == [place] * len(values) * len(VERBS)


@pytest.mark.parametrize(("place", "values"), OPEN, ids=[place for place, _ in OPEN])
def test_what_no_rule_limits_is_stored(maker: Maker, place: str, values: list[Any]):
    """Advice, plain texts and objects of any kind bind nobody."""
    assert maker.refused_at(place, values) == []


@pytest.mark.parametrize(("table", "fields"), UNRELATED)
def test_fields_that_seem_related_are_not(maker: Maker, table: str, fields: dict[str, Any]):
    """Streaks, counts, pages and states are compared by nobody."""
    id = maker.writer.insert(table, maker.complete(table, **fields))

    assert [maker.stored(id).get(name, UNSET) for name in fields] == list(fields.values())


class TestDefaults:
    """29 columns are filled in when a document is inserted without them."""

    @pytest.mark.parametrize("place", COLUMNS)
    def test_an_absent_field_gets_its_default(self, maker: Maker, place: str):
        """The document that is stored has it, and everything else as it was given."""
        table, (field,) = place_of(place)
        document = maker.complete(table, **{field: UNSET})

        id = maker.writer.insert(table, document)

        assert maker.stored(id) == {**document, field: COLUMNS[place]}

    @pytest.mark.parametrize("place", COLUMNS)
    def test_a_given_value_is_kept(self, maker: Maker, place: str):
        """A default is for documents that say nothing."""
        table, (field,) = place_of(place)
        given = OTHERS[place]

        id = maker.writer.insert(table, maker.complete(table, **{field: given}))

        assert maker.stored(id)[field] == given

    @pytest.mark.parametrize("place", COLUMNS)
    def test_a_given_value_is_checked(self, maker: Maker, place: str):
        """Null is a value, of the wrong kind, and gets no default."""
        assert maker.refused_at(place, [None]) == [place] * len(VERBS)

    @pytest.mark.parametrize("verb", ["patch", "replace"])
    @pytest.mark.parametrize("place", COLUMNS)
    def test_a_change_fills_in_nothing(self, maker: Maker, place: str, verb: str):
        """Once stored, the field is a required one like others."""
        table, path = place_of(place)

        with pytest.raises(docdb.ValidationError) as refused:
            maker.write(verb, table, path, UNSET)

        assert (refused.value.table, refused.value.path) == (table, path[0])


class TestExpiry:
    """Sessions and one-time passwords are there until their ``expiresAt``."""

    @pytest.mark.parametrize("table", ["sessions", "otp_tokens"])
    def test_a_row_is_gone_at_its_very_end(self, db: Database, maker: Maker, table: str):
        """Equal to now is over, a millisecond more is not."""
        over, now, left = (maker.insert(table, expiresAt=at) for at in (999, 1000, 1001))

        assert db.sweep(now=1000) == 2

        assert [db.get(id) is None for id in (over, now, left)] == [True, True, False]

    @pytest.mark.parametrize("table", ["sessions", "otp_tokens"])
    def test_only_the_end_of_a_row_matters(self, db: Database, maker: Maker, table: str):
        """Its flags do not, and one that is put off is the one that counts."""
        used = maker.writer.insert(table, maker.complete(table, expiresAt=1000))
        longer = maker.insert(table, expiresAt=1000)
        maker.writer.patch(longer, {"expiresAt": 5000})

        db.sweep(now=1000)

        assert [db.get(used) is None, db.get(longer) is None] == [True, False]

    def test_an_expired_row_leaves_its_indexes(self, db: Database, maker: Maker):
        """It is deleted like any other document."""
        user = maker.insert("users")
        maker.insert("sessions", userId=user, token="t", expiresAt=1)

        db.sweep(now=1)

        assert db.query("sessions").with_index("by_token", token="t").first() is None
        assert db.query("sessions").with_index("by_userId", userId=user).first() is None
        assert db.get(user) is not None

    def test_no_other_table_expires(self, db: Database, maker: Maker):
        """Whatever dates its documents have."""
        others = [table for table in FORMS["whitecell"] if table not in ("sessions", "otp_tokens")]
        ids = [maker.writer.insert(table, maker.complete(table)) for table in others]

        assert db.sweep(now=1e15) == 0

        assert None not in [db.get(id) for id in ids]
