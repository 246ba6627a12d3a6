"""
The tables of ``social``: profiles, posts, conversations, messages and products.

Readings:

- People are users of an auth provider that keeps its own tables; here they are plain strings
  (``userId``, ``authorId``, ``senderId``, ``memberIds``), so nothing checks that they exist.
- ``by_memberIds`` indexes the list as a whole: a conversation is found by the complete list of
  its members in order, which is why programs sort it before they store it.
- ``createdAt`` and ``updatedAt`` are ordinary required numbers beside ``_creationTime``; the
  application sets them.
- A user may have several profiles as far as the document says; look-ups take the first.
- An absent ``mediaIds`` and an empty list are both valid, and different.
"""

from docdb import define_schema, define_table, v

__all__ = ["schema"]

_FILE = v.id("_storage")

_profiles = (
    define_table(
        {
            "userId": v.string(),
            "displayName": v.string(),
            "avatarId": v.optional(_FILE),
            "bio": v.optional(v.string()),
            "createdAt": v.number(),
            "updatedAt": v.number(),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_displayName", ["displayName"])
)

_posts = (
    define_table(
        {
            "authorId": v.string(),
            "text": v.string(),
            "mediaIds": v.optional(v.array(_FILE)),
            "createdAt": v.number(),
            "updatedAt": v.number(),
        }
    )
    .index("by_authorId", ["authorId"])
    .index("by_createdAt", ["createdAt"])
)

_conversations = (
    define_table(
        {
            "memberIds": v.array(v.string()),
            "lastMessageAt": v.optional(v.number()),
            "createdAt": v.number(),
        }
    )
    .index("by_memberIds", ["memberIds"])
    .index("by_lastMessageAt", ["lastMessageAt"])
)

_messages = (
    define_table(
        {
            "conversationId": v.id("conversations"),
            "senderId": v.string(),
            "text": v.string(),
            "mediaId": v.optional(_FILE),
            "createdAt": v.number(),
        }
    )
    .index("by_conversationId", ["conversationId"])
    .index("by_conversationId_createdAt", ["conversationId", "createdAt"])
)

_products = define_table(
    {
        "name": v.string(),
        "description": v.optional(v.string()),
        "price": v.optional(v.number()),
        "imageId": v.optional(_FILE),
        "createdAt": v.number(),
    }
).index("by_createdAt", ["createdAt"])

schema = define_schema(
    {
        "profiles": _profiles,
        "posts": _posts,
        "conversations": _conversations,
        "messages": _messages,
        "products": _products,
    }
)
