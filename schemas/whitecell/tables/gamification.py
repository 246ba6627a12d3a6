"""
Experience points, badges and streaks.

A user earns each type of badge once.
"""

from docdb import define_table, v

from .columns import DATE, FOREIGN_ID, USER_ID

__all__ = ["GAMIFICATION_TABLES"]

_xp_logs = (
    define_table(
        {
            "userId": USER_ID,
            "action": v.string(),
            "xpAmount": v.number(),
            "module": v.string(),
            # A note, a workout or whatever else earned the points.
            "sourceId": v.optional(FOREIGN_ID),
            "multiplier": v.number(default=1),
            "description": v.optional(v.string()),
            "date": DATE,
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
    .index("by_userId_module", ["userId", "module"])
)

_badges = (
    define_table(
        {
            "userId": USER_ID,
            "badgeType": v.string(),
            "name": v.string(),
            "description": v.optional(v.string()),
            "icon": v.optional(v.string()),
            "earnedAt": DATE,
            "tier": v.optional(v.number()),
            "rarity": v.optional(
                v.union(
                    v.literal("common"),
                    v.literal("rare"),
                    v.literal("epic"),
                    v.literal("legendary"),
                )
            ),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_badgeType", ["userId", "badgeType"], unique=True)
)

_streaks = define_table(
    {
        "userId": USER_ID,
        # Advised: daily_activity, module_specific, task.
        "streakType": v.string(),
        "module": v.optional(v.string()),
        "currentCount": v.number(),
        "longestCount": v.number(),
        "lastActiveDate": DATE,
        "startDate": DATE,
        "completedDates": v.array(DATE),
    }
).index("by_userId", ["userId"])

GAMIFICATION_TABLES = {"xp_logs": _xp_logs, "badges": _badges, "streaks": _streaks}
