"""Signing in: who is it, are they still signed in, and what has expired."""

from random import Random

from ...asking import Reader, by_name, random_document
from ...sampling import Document
from .asker import LIST, RESULTS, chosen_words, owner

__all__ = ["ACCOUNT_PATTERNS", "ACCOUNT_SEARCHES"]

_SWEPT_AT_ONCE = 100


def user_by_id(reader: Reader, random: Random) -> Document | None:
    """Find a user by id ("``users._id`` - All lookups")."""
    return reader.get(owner(reader, "xp_logs", random))


def user_by_email(reader: Reader, random: Random) -> Document | None:
    """Find a user by e-mail address ("Unique: ``email``")."""
    email = random_document(reader, "users", random)["email"]
    return reader.query("users").with_index("by_email", email=email).unique()


def user_by_username(reader: Reader, random: Random) -> Document | None:
    """Find a user by username, as the address of a profile has it ("Unique: ``username``")."""
    username = random_document(reader, "users", random)["username"]
    return reader.query("users").with_index("by_username", username=username).unique()


def sessions_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's sessions, the newest first ("Foreign Key: ``userId``")."""
    user = owner(reader, "sessions", random)
    return reader.query("sessions").with_index("by_userId", userId=user).order("desc").take(LIST)


def session_by_token(reader: Reader, random: Random) -> Document | None:
    """Find the session of a request by its token."""
    token = random_document(reader, "sessions", random)["token"]
    return reader.query("sessions").with_index("by_token", token=token).first()


def sessions_expired(reader: Reader, random: Random) -> list[Document]:
    """List sessions that a given time ends, the earliest first ("TTL cleanup")."""
    now = random_document(reader, "sessions", random)["expiresAt"]
    ended = reader.query("sessions").with_index("by_expiresAt", lambda q: q.lte("expiresAt", now))
    return ended.take(_SWEPT_AT_ONCE)


def otp_tokens_expired(reader: Reader, random: Random) -> list[Document]:
    """List one-time passwords that a given time ends ("Expiration: ``expiresAt``")."""
    now = random_document(reader, "otp_tokens", random)["expiresAt"]
    ended = reader.query("otp_tokens").with_index("by_expiresAt", lambda q: q.lte("expiresAt", now))
    return ended.take(_SWEPT_AT_ONCE)


def otp_token_of_email(reader: Reader, random: Random) -> Document | None:
    """Find the one-time password sent last to an address, if it is still unused."""
    email = random_document(reader, "otp_tokens", random)["email"]
    sent = reader.query("otp_tokens").with_index("by_email", email=email).order("desc")
    return sent.filter(lambda q: q.eq(q.field("isUsed"), False)).first()


def users_by_name(reader: Reader, random: Random) -> list[Document]:
    """Search users by the words of their name ("Search: ``name``")."""
    words = chosen_words(random_document(reader, "users", random)["name"], random)
    found = reader.query("users").with_search_index(
        "search_name", lambda q: q.search("name", words)
    )
    return found.take(RESULTS)


def users_by_part_of_username(reader: Reader, random: Random) -> list[Document]:
    """Search users by the beginning of their username ("Search: ``username``")."""
    beginning = random_document(reader, "users", random)["username"][:4]
    found = reader.query("users").with_search_index(
        "search_username", lambda q: q.search("username", beginning)
    )
    return found.take(RESULTS)


def otp_tokens_by_part_of_email(reader: Reader, random: Random) -> list[Document]:
    """Search one-time passwords by a part of the address ("Search: ``email``")."""
    mailbox = random_document(reader, "otp_tokens", random)["email"].split("@")[0]
    found = reader.query("otp_tokens").with_search_index(
        "search_email", lambda q: q.search("email", mailbox)
    )
    return found.take(RESULTS)


ACCOUNT_PATTERNS = by_name(
    user_by_id,
    user_by_email,
    user_by_username,
    sessions_of_user,
    session_by_token,
    sessions_expired,
    otp_tokens_expired,
    otp_token_of_email,
)

ACCOUNT_SEARCHES = by_name(users_by_name, users_by_part_of_username, otp_tokens_by_part_of_email)
