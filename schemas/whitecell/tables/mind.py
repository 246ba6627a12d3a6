"""
Chess, cubes, quotes, debates, memory palaces, logic puzzles, code and strategies.

Stoic quotes belong to nobody; everything else belongs to a user.
The cube times are the one table here with both a filter and a sort, so they have an index of both.
"""

from docdb import define_table, v

from .columns import DATE, FOREIGN_ID, RATING, TEXTS, USER_ID

__all__ = ["MIND_TABLES"]

_location = v.object(
    {
        "id": v.string(),
        "name": v.string(),
        "description": v.string(),
        "items": TEXTS,
    }
)

_chess_puzzles = (
    define_table(
        {
            "userId": USER_ID,
            "lichessPuzzleId": v.string(),
            "date": DATE,
            "solved": v.boolean(),
            # Seconds.
            "timeSpent": v.number(),
            "difficulty": v.number(),
            "attempts": v.number(),
            "hintUsed": v.boolean(),
            "userRating": v.optional(v.number()),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
    .index("by_userId_solved", ["userId", "solved"])
)

_cube_times = (
    define_table(
        {
            "userId": USER_ID,
            "cubeType": v.union(
                v.literal("2x2"),
                v.literal("3x3"),
                v.literal("4x4"),
                v.literal("pyraminx"),
            ),
            # Milliseconds.
            "time": v.number(),
            "scramble": v.string(),
            "date": DATE,
            "dnf": v.boolean(),
            "plusTwo": v.boolean(),
            # The document does not say which of the two tables of sessions.
            "sessionId": v.optional(FOREIGN_ID),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_cubeType", ["userId", "cubeType"])
    .index("by_userId_date", ["userId", "date"])
    .index("by_userId_time", ["userId", "time"])
    .index("by_userId_cubeType_time", ["userId", "cubeType", "time"])
)

_stoic_quotes = (
    define_table(
        {
            "quote": v.string(),
            "author": v.string(),
            "source": v.optional(v.string()),
            "reflection": v.optional(v.string()),
            "theme": v.optional(v.string()),
            "createdAt": DATE,
            "savedBy": v.optional(v.array(USER_ID)),
        }
    )
    .search_index("search_author", search_field="author")
    .search_index("search_theme", search_field="theme")
)

_debate_sessions = (
    define_table(
        {
            "userId": USER_ID,
            "topic": v.string(),
            "userArgument": v.string(),
            "aiCounterargument": v.string(),
            "userRebuttal": v.optional(v.string()),
            "quality": v.optional(RATING),
            "date": DATE,
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
)

_memory_palaces = define_table(
    {
        "userId": USER_ID,
        "name": v.string(),
        "description": v.optional(v.string()),
        "locations": v.array(_location),
        "createdAt": DATE,
    }
).index("by_userId", ["userId"])

_logic_puzzles = (
    define_table(
        {
            "userId": USER_ID,
            "puzzleId": v.string(),
            # Advised: sudoku, logic_grid, pattern.
            "puzzleType": v.string(),
            "difficulty": v.union(
                v.literal("easy"),
                v.literal("medium"),
                v.literal("hard"),
                v.literal("expert"),
            ),
            "solved": v.boolean(),
            # Seconds.
            "timeSpent": v.number(),
            "date": DATE,
            "hints": v.number(),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_date", ["userId", "date"])
)

_code_projects = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            "description": v.optional(v.string()),
            "code": v.string(),
            "language": v.string(),
            "tags": v.optional(TEXTS),
            "isPublic": v.boolean(default=False),
            "createdAt": DATE,
            "updatedAt": DATE,
        }
    )
    .index("by_userId", ["userId"])
    .search_index("search_title", search_field="title", filter_fields=["userId"])
    .search_index("search_language", search_field="language", filter_fields=["userId"])
)

_strategies = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            "description": v.optional(v.string()),
            # Advised: chess, business, military, game_theory.
            "category": v.string(),
            "pdfUrl": v.string(),
            "uploadedAt": DATE,
            "rating": v.optional(RATING),
            "annotations": v.optional(v.array(v.any())),
        }
    )
    .index("by_userId", ["userId"])
    .search_index("search_title", search_field="title", filter_fields=["userId"])
    .search_index("search_category", search_field="category", filter_fields=["userId"])
)

MIND_TABLES = {
    "chess_puzzles": _chess_puzzles,
    "cube_times": _cube_times,
    "stoic_quotes": _stoic_quotes,
    "debate_sessions": _debate_sessions,
    "memory_palaces": _memory_palaces,
    "logic_puzzles": _logic_puzzles,
    "code_projects": _code_projects,
    "strategies": _strategies,
}
