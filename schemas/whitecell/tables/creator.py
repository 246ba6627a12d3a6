"""
Content items on their board, content ideas and content templates.

``platform`` is an array, and its index compares whole arrays: items for exactly these platforms.
Items that name one platform among others are found by filtering.
"""

from docdb import define_table, v

from .columns import DATE, TEXTS, USER_ID

__all__ = ["CREATOR_TABLES"]

_metrics = v.object(
    {
        "views": v.optional(v.number()),
        "likes": v.optional(v.number()),
        "comments": v.optional(v.number()),
        "shares": v.optional(v.number()),
    }
)

_content_items = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            "description": v.optional(v.string()),
            # Advised: instagram, youtube, tiktok, twitter.
            "platform": TEXTS,
            "status": v.union(
                v.literal("ideation"),
                v.literal("scripting"),
                v.literal("production"),
                v.literal("publishing"),
            ),
            "category": v.optional(v.string()),
            "dueDate": v.optional(DATE),
            "scheduledDate": v.optional(DATE),
            "links": v.optional(TEXTS),
            "metrics": v.optional(_metrics),
            "createdAt": DATE,
            "updatedAt": DATE,
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_status", ["userId", "status"])
    .index("by_userId_platform", ["userId", "platform"])
    .index("by_userId_dueDate", ["userId", "dueDate"])
    .index("by_userId_status_dueDate", ["userId", "status", "dueDate"])
    .search_index("search_title", search_field="title", filter_fields=["userId"])
)

_content_ideas = (
    define_table(
        {
            "userId": USER_ID,
            "title": v.string(),
            # Advised: trending, tutorial, personal, collab, series, evergreen.
            "category": v.string(),
            "brainstormPoints": v.optional(TEXTS),
            "tags": v.optional(TEXTS),
            "potential": v.union(v.literal("low"), v.literal("medium"), v.literal("high")),
            "createdAt": DATE,
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_category", ["userId", "category"])
)

_content_templates = define_table(
    {
        "userId": USER_ID,
        "name": v.string(),
        "category": v.string(),
        "outline": TEXTS,
        "scriptTemplate": v.optional(v.string()),
        "platforms": TEXTS,
        "length": v.optional(v.string()),
        "reusageCount": v.number(default=0),
    }
).index("by_userId", ["userId"])

CREATOR_TABLES = {
    "content_items": _content_items,
    "content_ideas": _content_ideas,
    "content_templates": _content_templates,
}
