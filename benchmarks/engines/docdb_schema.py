"""
The tables of the chat, as the ``aichat`` application declares them: every field checked, the four
compound indexes, and nothing that the floor does not do as well. So references are ids of the
right table that nobody follows, and only ``search_schema`` has a search index.
"""

from docdb import Schema, define_schema, define_table, v

__all__ = ["chat_schema", "search_schema"]

_text_part = v.object({"type": v.literal("text"), "text": v.string()})
_image_part = v.object(
    {"type": v.literal("image"), "url": v.string(), "alt": v.optional(v.string())}
)
_code_part = v.object({"type": v.literal("code"), "language": v.string(), "code": v.string()})

_metadata = v.object(
    {
        "model": v.optional(v.string()),
        "tokens": v.optional(
            v.object({"prompt": v.number(), "completion": v.number(), "total": v.number()})
        ),
        "processingTime": v.optional(v.number()),
        "temperature": v.optional(v.number()),
        "edited": v.optional(v.boolean()),
    }
)

_roles = v.union(v.literal("user"), v.literal("assistant"), v.literal("system"))


def chat_schema() -> Schema:
    """Return the schema of users, chats and messages."""
    messages = (
        define_table(
            {
                "chatId": v.id("chats"),
                "userId": v.optional(v.id("users")),
                "role": _roles,
                "parts": v.optional(v.array(v.union(_text_part, _image_part, _code_part))),
                "content": v.string(max_length=100_000),
                "metadata": v.optional(_metadata),
                "status": v.optional(
                    v.union(v.literal("sending"), v.literal("sent"), v.literal("delivered"))
                ),
                "parentMessageId": v.optional(v.id("messages")),
                "threadLevel": v.optional(v.number(maximum=10)),
            }
        )
        .index("by_chat", ["chatId"])
        .index("by_chat_role", ["chatId", "role"])
        .index("by_user", ["userId"])
        .index("by_thread", ["parentMessageId", "threadLevel"])
    )
    return define_schema(
        {
            "users": define_table({"name": v.string()}),
            "chats": define_table({"title": v.string()}),
            "messages": messages,
        }
    )


def search_schema(*, has_search: bool = True) -> Schema:
    """Return the schema of messages that can be searched, or of the same without the index."""
    messages = define_table({"chatId": v.string(), "role": _roles, "content": v.string()})
    if has_search:
        messages = messages.search_index(
            "by_content", search_field="content", filter_fields=["chatId", "role"]
        )
    return define_schema({"messages": messages})
