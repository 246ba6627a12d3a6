"""
Daily tasks, stacks of habits and the tracker of recovery.

Each is a record of what one user did on one day, or has done on a run of days.
"""

from docdb import define_table, v

from .columns import DATE, RATING, TEXTS, TIME_OF_DAY, USER_ID

__all__ = ["DISCIPLINE_TABLES"]

_daily_tasks = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "title": v.string(),
            "category": v.string(),
            "completed": v.boolean(default=False),
            "priority": v.number(minimum=1, maximum=5, default=3),
            "dueTime": v.optional(TIME_OF_DAY),
            "completedAt": v.optional(DATE),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
    .index("by_userId_completed", ["userId", "completed"])
)

_habit_stacks = define_table(
    {
        "userId": USER_ID,
        "name": v.string(),
        "anchorHabit": v.string(),
        "habits": TEXTS,
        "difficulty": v.union(v.literal("easy"), v.literal("medium"), v.literal("hard")),
        # Days, like the longest.
        "currentStreak": v.number(default=0),
        "longestStreak": v.number(default=0),
        "createdAt": DATE,
        "completedDates": v.array(DATE),
    }
).index("by_userId", ["userId"])

_pmo_tracker = (
    define_table(
        {
            "userId": USER_ID,
            "date": DATE,
            "currentStreak": v.number(),
            "longestStreak": v.number(),
            "energyLevel": v.optional(RATING),
            "focusLevel": v.optional(RATING),
            "moodLevel": v.optional(RATING),
            "confidenceLevel": v.optional(RATING),
            "relapsed": v.boolean(default=False),
            "notes": v.optional(v.string()),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
)

DISCIPLINE_TABLES = {
    "daily_tasks": _daily_tasks,
    "habit_stacks": _habit_stacks,
    "pmo_tracker": _pmo_tracker,
}
