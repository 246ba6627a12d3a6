"""
Users, their sessions and their one-time passwords.

E-mail address and username are unique.
Sessions and one-time passwords carry their own end, ``expiresAt``, and vanish after it.
"""

from docdb import define_table, v

from .columns import DATE, USER_ID

__all__ = ["ACCOUNT_TABLES"]

_users = (
    define_table(
        {
            "email": v.string(),
            "name": v.string(),
            "username": v.string(),
            "avatar": v.optional(v.string()),
            "bio": v.optional(v.string(max_length=500)),
            "role": v.union(
                v.literal("user"),
                v.literal("creator"),
                v.literal("admin"),
                default="user",
            ),
            # Advised: free, basic, premium.
            "subscription": v.string(),
            "subscriptionExpiry": v.optional(DATE),
            "createdAt": DATE,
            "updatedAt": DATE,
            "lastLogin": v.optional(DATE),
            "isActive": v.boolean(default=True),
            "isBanned": v.boolean(default=False),
            "totalXP": v.number(default=0),
            "currentLevel": v.number(minimum=1, maximum=100, default=1),
            "currentStreak": v.number(default=0),
            "longestStreak": v.number(default=0),
        }
    )
    .index("by_email", ["email"], unique=True)
    .index("by_username", ["username"], unique=True)
    .search_index("search_name", search_field="name")
    .search_index("search_username", search_field="username")
)

_sessions = (
    define_table(
        {
            "userId": USER_ID,
            "token": v.string(),
            "expiresAt": DATE,
            "ipAddress": v.optional(v.string()),
            "userAgent": v.optional(v.string()),
            "type": v.union(v.literal("otp"), v.literal("password"), v.literal("oauth")),
            "createdAt": DATE,
            "isValid": v.boolean(default=True),
        }
    )
    .index("by_userId", ["userId"])
    .index("by_expiresAt", ["expiresAt"])
    # Not in the document, but a request carries nothing else than its token.
    .index("by_token", ["token"])
    .ttl("expiresAt")
)

_otp_tokens = (
    define_table(
        {
            "email": v.string(),
            "token": v.string(pattern=r"[0-9]{6}"),
            "expiresAt": DATE,
            "attempts": v.number(default=0),
            "maxAttempts": v.number(default=3),
            "createdAt": DATE,
            "isUsed": v.boolean(default=False),
        }
    )
    .index("by_expiresAt", ["expiresAt"])
    # The document asks for a search on e-mail; signing in needs the exact address.
    .index("by_email", ["email"])
    .search_index("search_email", search_field="email")
    .ttl("expiresAt")
)

ACCOUNT_TABLES = {"users": _users, "sessions": _sessions, "otp_tokens": _otp_tokens}
