"""
The component ``betterAuth`` of ``ekvi``: the six tables that Better Auth makes for itself.

The application's document only names them; fields and indexes are those of the Convex component
of Better Auth 0.9.7, the release of that month. An optional field there may be absent or null.
Uniqueness and cascades are those that Better Auth declares: null and absent keys never collide,
and ``userId`` is a plain string that holds the id of a ``user``.

Source: github.com/get-convex/better-auth, src/component/schema.ts at version 0.9.7.
"""

from docdb import define_schema, define_table, v

__all__ = ["better_auth"]

_TEXT = v.optional(v.union(v.null(), v.string()))
_FLAG = v.optional(v.union(v.null(), v.boolean()))
_NUMBER = v.optional(v.union(v.null(), v.number()))

_user = (
    define_table(
        {
            "name": v.string(),
            "email": v.string(),
            "emailVerified": v.boolean(),
            "image": _TEXT,
            "createdAt": v.number(),
            "updatedAt": v.number(),
            "twoFactorEnabled": _FLAG,
            "isAnonymous": _FLAG,
            "username": _TEXT,
            "displayUsername": _TEXT,
            "phoneNumber": _TEXT,
            "phoneNumberVerified": _FLAG,
            "userId": _TEXT,
        }
    )
    .index("email_name", ["email", "name"])
    .index("name", ["name"])
    .index("userId", ["userId"])
    .index("username", ["username"], unique=True)
    .index("phoneNumber", ["phoneNumber"], unique=True)
    # Not among the component's indexes, but its rule that an address has one user needs one.
    .index("unique_email", ["email"], unique=True)
)

_session = (
    define_table(
        {
            "expiresAt": v.number(),
            "token": v.string(),
            "createdAt": v.number(),
            "updatedAt": v.number(),
            "ipAddress": _TEXT,
            "userAgent": _TEXT,
            "userId": v.string(),
        }
    )
    .index("expiresAt", ["expiresAt"])
    .index("expiresAt_userId", ["expiresAt", "userId"])
    .index("token", ["token"], unique=True)
    .index("userId", ["userId"])
    .reference("userId", "user", on_delete="cascade")
)

_account = (
    define_table(
        {
            "accountId": v.string(),
            "providerId": v.string(),
            "userId": v.string(),
            "accessToken": _TEXT,
            "refreshToken": _TEXT,
            "idToken": _TEXT,
            "accessTokenExpiresAt": _NUMBER,
            "refreshTokenExpiresAt": _NUMBER,
            "scope": _TEXT,
            "password": _TEXT,
            "createdAt": v.number(),
            "updatedAt": v.number(),
        }
    )
    .index("accountId", ["accountId"])
    .index("accountId_providerId", ["accountId", "providerId"])
    .index("providerId_userId", ["providerId", "userId"])
    .index("userId", ["userId"])
    .reference("userId", "user", on_delete="cascade")
)

_verification = (
    define_table(
        {
            "identifier": v.string(),
            "value": v.string(),
            "expiresAt": v.number(),
            "createdAt": v.number(),
            "updatedAt": v.number(),
        }
    )
    .index("expiresAt", ["expiresAt"])
    .index("identifier", ["identifier"])
)

_two_factor = (
    define_table({"secret": v.string(), "backupCodes": v.string(), "userId": v.string()})
    .index("userId", ["userId"])
    .reference("userId", "user", on_delete="cascade")
)

_passkey = (
    define_table(
        {
            "name": _TEXT,
            "publicKey": v.string(),
            "userId": v.string(),
            "credentialID": v.string(),
            "counter": v.number(),
            "deviceType": v.string(),
            "backedUp": v.boolean(),
            "transports": _TEXT,
            "createdAt": _NUMBER,
            "aaguid": _TEXT,
        }
    )
    .index("credentialID", ["credentialID"])
    .index("userId", ["userId"])
    .reference("userId", "user", on_delete="cascade")
)

better_auth = define_schema(
    {
        "user": _user,
        "session": _session,
        "account": _account,
        "verification": _verification,
        "twoFactor": _two_factor,
        "passkey": _passkey,
    }
)
