"""
Conversations with the assistant and what it remembers about a user.

The messages of a conversation are embedded in it.
"""

from docdb import define_table, v

from .columns import ANY_OBJECT, DATE, TEXTS, USER_ID

__all__ = ["ASSISTANT_TABLES"]

_message = v.object(
    {
        "id": v.string(),
        "role": v.union(v.literal("user"), v.literal("assistant")),
        "content": v.string(),
        "timestamp": DATE,
        "tokens": v.optional(v.number()),
        # In research mode.
        "sources": v.optional(TEXTS),
    }
)

_ai_conversations = (
    define_table(
        {
            "userId": USER_ID,
            "topic": v.string(),
            # Advised: study, fitness, mind, general.
            "module": v.string(),
            "mode": v.union(v.literal("normal"), v.literal("research")),
            "messages": v.array(_message),
            "context": v.optional(ANY_OBJECT),
            "createdAt": DATE,
            "updatedAt": DATE,
            "isPinned": v.boolean(default=False),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_userId_topic", ["userId", "topic"])
    .index("by_userId_module", ["userId", "module"])
    .index("by_userId_createdAt", ["userId", "createdAt"])
)

_ai_context_memory = define_table(
    {
        "userId": USER_ID,
        "contextItem": v.string(),
        # Advised: goals, preferences, activities, learning.
        "category": v.string(),
        "source": v.union(v.literal("manual"), v.literal("auto_learned")),
        "confidence": v.number(minimum=0, maximum=1, default=1),
        "createdAt": DATE,
        "lastUsed": v.optional(DATE),
    }
).index("by_userId", ["userId"])

ASSISTANT_TABLES = {
    "ai_conversations": _ai_conversations,
    "ai_context_memory": _ai_context_memory,
}
