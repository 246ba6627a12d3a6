"""
Analytics, feature flags and the log of what administrators did.

These belong to the deployment and not to a user, so their indexes begin with the field itself.
"""

from docdb import define_table, v

from .columns import ANY_OBJECT, DATE, FOREIGN_ID, TEXTS, USER_ID

__all__ = ["OPERATIONS_TABLES"]

_analytics = (
    define_table(
        {
            "userId": v.optional(USER_ID),
            "event": v.string(),
            "module": v.optional(v.string()),
            "metadata": v.optional(ANY_OBJECT),
            "timestamp": DATE,
            "sessionId": v.optional(v.string()),
            "ipAddress": v.optional(v.string()),
            "userAgent": v.optional(v.string()),
        }
    )
    .index("by_timestamp", ["timestamp"])
    .index("by_event", ["event"])
    .index("by_userId", ["userId"])
)

_feature_flags = define_table(
    {
        "name": v.string(),
        "description": v.optional(v.string()),
        "isEnabled": v.boolean(),
        "rolloutPercentage": v.number(minimum=0, maximum=100, default=0),
        "targetUsers": v.optional(v.array(USER_ID)),
        "targetRoles": v.optional(TEXTS),
        "createdAt": DATE,
        "updatedAt": DATE,
    }
).index("by_name", ["name"], unique=True)

_admin_logs = (
    define_table(
        {
            "adminId": USER_ID,
            "action": v.string(),
            # A user or a piece of content, as ``targetType`` says.
            "targetId": v.optional(FOREIGN_ID),
            # Advised: user, content, system.
            "targetType": v.optional(v.string()),
            "changes": v.optional(ANY_OBJECT),
            "reason": v.optional(v.string()),
            "timestamp": DATE,
            "ipAddress": v.optional(v.string()),
        }
    )
    .index("by_adminId", ["adminId"])
    .index("by_timestamp", ["timestamp"])
    .index("by_targetId", ["targetId"])
)

OPERATIONS_TABLES = {
    "analytics": _analytics,
    "feature_flags": _feature_flags,
    "admin_logs": _admin_logs,
}
