"""
The tables of ``aichat``: users, chats, messages, attachments, sessions and shares.

Readings:

- "null for system messages", "null for public shares" and "set parentMessageId to null" mean an
  absent field; none of these fields admits null.
- A written-out trailing ``_creationTime`` in an index is the one that every index ends with.
- Deleting a user deletes its chats, messages (those in other people's chats too), attachments,
  sessions and shares; deleting a chat deletes its messages, attachments and shares; deleting a
  message leaves its replies without a parent and its attachments without a message. The
  document omits shares from the second rule and attachments from the third, but asks that all
  such references exist. A share whose addressee is gone is deleted rather than left without
  one, since a share without an addressee is a public one.
- References to stored files are checked for their table only.
- "Required" means present: a message's content may be empty, but then it needs a part.
- Names hold letters and digits of any script, spaces and hyphens.
- Advice, not rules, hence not enforced: ``chats.model`` is one of the models on offer (the
  document names "gpt-4"), and ``chat_attachments.fileType`` is an allowed MIME type.
- Shares that have expired are the application's affair; nothing deletes them.
"""

from collections.abc import Mapping

from docdb import define_schema, define_table, v

__all__ = ["schema"]

_FILE_BYTES_MAX = 104_857_600

_text_part = v.object({"type": v.literal("text"), "text": v.string()})

_image_part = v.object(
    {
        "type": v.literal("image"),
        "url": v.string(),
        "alt": v.optional(v.string()),
        "width": v.optional(v.number()),
        "height": v.optional(v.number()),
    }
)

_code_part = v.object(
    {
        "type": v.literal("code"),
        "language": v.string(),
        "code": v.string(),
        "filename": v.optional(v.string()),
    }
)

_file_part = v.object(
    {
        "type": v.literal("file"),
        "fileId": v.id("_storage"),
        "fileName": v.string(),
        "fileType": v.string(),
        "fileSize": v.number(),
    }
)

_message_part = v.union(_text_part, _image_part, _code_part, _file_part)

_message_metadata = v.object(
    {
        "model": v.optional(v.string()),
        "tokens": v.optional(
            v.object({"prompt": v.number(), "completion": v.number(), "total": v.number()})
        ),
        "processingTime": v.optional(v.number()),
        "temperature": v.optional(v.number()),
        "error": v.optional(
            v.object({"code": v.string(), "message": v.string(), "timestamp": v.number()})
        ),
        "edited": v.optional(v.boolean()),
        "editHistory": v.optional(
            v.array(v.object({"timestamp": v.number(), "previousContent": v.string()}))
        ),
    }
)


def has_content_or_parts(message: Mapping[str, object]) -> bool:
    """Tell whether a message says something: at least one part if its content is empty."""
    return message["content"] != "" or bool(message.get("parts"))


_users = (
    define_table(
        {
            "name": v.string(min_length=1, max_length=100, pattern=r"(?:[^\W_]|[ \-])+"),
            "email": v.optional(v.string(format="email")),
            "image": v.optional(v.string()),
            "tokenIdentifier": v.string(),
            "preferences": v.optional(
                v.object(
                    {
                        "theme": v.optional(
                            v.union(v.literal("light"), v.literal("dark"), v.literal("system"))
                        ),
                        "language": v.optional(v.string()),
                        "defaultModel": v.optional(v.string()),
                        "enableNotifications": v.optional(v.boolean()),
                    }
                )
            ),
            "isActive": v.optional(v.boolean()),
            "lastActiveAt": v.optional(v.number()),
        }
    )
    .index("by_token", ["tokenIdentifier"], unique=True)
    .index("by_email", ["email"])
    .index("by_active", ["isActive", "_creationTime"])
)

_chats = (
    define_table(
        {
            "userId": v.id("users", on_delete="cascade"),
            "title": v.optional(v.string(min_length=1, max_length=200)),
            "model": v.optional(v.string()),
            "systemPrompt": v.optional(v.string(max_length=2000)),
            "settings": v.optional(
                v.object(
                    {
                        "temperature": v.optional(v.number(minimum=0, maximum=2)),
                        "maxTokens": v.optional(v.number(minimum=1, maximum=32_000)),
                        "topP": v.optional(v.number()),
                        "frequencyPenalty": v.optional(v.number()),
                        "presencePenalty": v.optional(v.number()),
                    }
                )
            ),
            "messageCount": v.optional(v.number()),
            "lastMessageAt": v.optional(v.number()),
            "isArchived": v.optional(v.boolean()),
            "tags": v.optional(v.array(v.string())),
        }
    )
    .index("by_user", ["userId"])
    .index("by_user_active", ["userId", "isArchived", "_creationTime"])
    .index("by_last_message", ["userId", "lastMessageAt"])
    .search_index("by_title_content", search_field="title", filter_fields=["userId", "isArchived"])
)

_messages = (
    define_table(
        {
            "chatId": v.id("chats", on_delete="cascade"),
            "userId": v.optional(v.id("users", on_delete="cascade")),
            "role": v.union(v.literal("user"), v.literal("assistant"), v.literal("system")),
            "parts": v.optional(v.array(_message_part)),
            "content": v.string(max_length=100_000),
            "metadata": v.optional(_message_metadata),
            "status": v.optional(
                v.union(
                    v.literal("sending"),
                    v.literal("sent"),
                    v.literal("delivered"),
                    v.literal("error"),
                    v.literal("deleted"),
                )
            ),
            "parentMessageId": v.optional(v.id("messages", on_delete="set_null")),
            "threadLevel": v.optional(v.number(maximum=10)),
        }
    )
    .index("by_chat_created", ["chatId", "_creationTime"])
    .index("by_chat_role", ["chatId", "role", "_creationTime"])
    .index("by_user_created", ["userId", "_creationTime"])
    .index("by_thread", ["parentMessageId", "threadLevel"])
    .search_index("by_content", search_field="content", filter_fields=["userId", "chatId", "role"])
    .check("content_or_parts", has_content_or_parts)
)

_chat_attachments = (
    define_table(
        {
            "userId": v.id("users", on_delete="cascade"),
            "chatId": v.id("chats", on_delete="cascade"),
            "messageId": v.optional(v.id("messages", on_delete="set_null")),
            "fileId": v.id("_storage"),
            "fileName": v.string(max_length=255),
            "fileType": v.string(),
            "fileSize": v.number(maximum=_FILE_BYTES_MAX),
            "metadata": v.optional(
                v.object(
                    {
                        "dimensions": v.optional(
                            v.object({"width": v.number(), "height": v.number()})
                        ),
                        "duration": v.optional(v.number()),
                        "pages": v.optional(v.number()),
                        "encoding": v.optional(v.string()),
                    }
                )
            ),
            "status": v.optional(
                v.union(
                    v.literal("uploading"),
                    v.literal("processing"),
                    v.literal("ready"),
                    v.literal("error"),
                )
            ),
            "isPublic": v.optional(v.boolean()),
            "downloadCount": v.optional(v.number()),
        }
    )
    .index("by_chat", ["chatId", "_creationTime"])
    .index("by_user", ["userId", "_creationTime"])
    .index("by_message", ["messageId"])
    .index("by_file_type", ["fileType", "_creationTime"])
    .index("by_status", ["status", "_creationTime"])
)

_user_sessions = (
    define_table(
        {
            "userId": v.id("users", on_delete="cascade"),
            "sessionId": v.string(),
            "deviceInfo": v.optional(
                v.object(
                    {
                        "userAgent": v.string(),
                        "platform": v.string(),
                        "browser": v.string(),
                        "ipAddress": v.optional(v.string()),
                    }
                )
            ),
            "startedAt": v.number(),
            "lastActiveAt": v.number(),
            "endedAt": v.optional(v.number()),
            "isActive": v.boolean(),
        }
    )
    .index("by_user", ["userId", "isActive"])
    .index("by_session", ["sessionId"])
    .index("by_active", ["isActive", "lastActiveAt"])
)

_chat_shares = (
    define_table(
        {
            "chatId": v.id("chats", on_delete="cascade"),
            "ownerId": v.id("users", on_delete="cascade"),
            "sharedWithUserId": v.optional(v.id("users", on_delete="cascade")),
            "shareToken": v.string(),
            "permissions": v.object(
                {"canRead": v.boolean(), "canWrite": v.boolean(), "canShare": v.boolean()}
            ),
            "expiresAt": v.optional(v.number()),
            "isActive": v.boolean(),
            "accessCount": v.optional(v.number()),
        }
    )
    .index("by_chat", ["chatId", "isActive"])
    .index("by_owner", ["ownerId", "isActive"])
    .index("by_shared_user", ["sharedWithUserId", "isActive"])
    .index("by_token", ["shareToken"])
    .index("by_expiry", ["expiresAt", "isActive"])
)

schema = define_schema(
    {
        "users": _users,
        "chats": _chats,
        "messages": _messages,
        "chat_attachments": _chat_attachments,
        "user_sessions": _user_sessions,
        "chat_shares": _chat_shares,
    }
)
