"""
What ``aichat`` asks of its data: its four numbered queries, its dashboard, and every index.

Lists are read by pages ("All list queries use cursor-based pagination"). Full-text searches
stand apart in ``search_patterns``.
"""

from random import Random

from docdb import Page

from ..asking import Reader, by_name, random_document
from ..sampling import DAY, NOW, Document

__all__ = ["patterns", "search_patterns"]

_PAGE = 20


def user_by_token(reader: Reader, random: Random) -> Document | None:
    """Find a user by the auth provider's id (``by_token``, unique)."""
    token = random_document(reader, "users", random)["tokenIdentifier"]
    return reader.query("users").with_index("by_token", tokenIdentifier=token).unique()


def user_by_email(reader: Reader, random: Random) -> Document | None:
    """Find a user by e-mail address (``by_email``); those without one are at its beginning."""
    user = random_document(reader, "users", random)
    return reader.query("users").with_index("by_email", email=user.get("email", "")).first()


def active_users(reader: Reader, _random: Random) -> Page:
    """List active users, the newest first (``by_active``)."""
    query = reader.query("users").with_index("by_active", isActive=True)
    return query.order("desc").paginate(num_items=_PAGE)


def chats_of_user(reader: Reader, random: Random) -> Page:
    """List a user's chats (``by_user``)."""
    user = random_document(reader, "chats", random)["userId"]
    return reader.query("chats").with_index("by_user", userId=user).paginate(num_items=_PAGE)


def active_chats(reader: Reader, random: Random) -> Page:
    """Get user's active chats (query 1): those whose ``isArchived`` is false, not absent."""
    user = random_document(reader, "chats", random)["userId"]
    query = reader.query("chats").with_index(
        "by_user_active", lambda q: q.eq("userId", user).eq("isArchived", False)
    )
    return query.order("desc").paginate(num_items=_PAGE)


def user_dashboard(reader: Reader, random: Random) -> Document | None:
    """Get user's recent chats with last message info (primary pattern 1, ``by_last_message``)."""
    user = reader.get(random_document(reader, "chats", random)["userId"])
    recent = reader.query("chats").with_index("by_last_message", userId=user["_id"])
    chats = [
        {**chat, "lastMessage": _last_message(reader, chat["_id"])}
        for chat in recent.order("desc").take(10)
    ]
    return {**user, "chats": chats}


def _last_message(reader: Reader, chat: str) -> Document | None:
    return reader.query("messages").with_index("by_chat_created", chatId=chat).order("desc").first()


def chat_history(reader: Reader, random: Random) -> Page:
    """Get chat messages with pagination (query 2, ``by_chat_created``): the first page."""
    chat = random_document(reader, "messages", random)["chatId"]
    query = reader.query("messages").with_index("by_chat_created", lambda q: q.eq("chatId", chat))
    return query.order("asc").paginate(num_items=_PAGE)


def chat_history_to_the_end(reader: Reader, random: Random) -> list[Document]:
    """Get all messages for a specific chat with pagination (primary pattern 2): every page."""
    chat = random_document(reader, "messages", random)["chatId"]
    query = reader.query("messages").with_index("by_chat_created", chatId=chat).order("asc")
    page = query.paginate(num_items=_PAGE)
    messages = list(page.page)
    while not page.is_done:
        page = query.paginate(num_items=_PAGE, cursor=page.continue_cursor)
        messages += page.page
    return messages


def chat_messages_by_role(reader: Reader, random: Random) -> Page:
    """List a chat's messages of one role (``by_chat_role``)."""
    message = random_document(reader, "messages", random)
    query = reader.query("messages").with_index(
        "by_chat_role", chatId=message["chatId"], role=message["role"]
    )
    return query.paginate(num_items=_PAGE)


def messages_of_user(reader: Reader, random: Random) -> Page:
    """List what a user wrote, the newest first (``by_user_created``)."""
    user = random_document(reader, "users", random)["_id"]
    query = reader.query("messages").with_index("by_user_created", userId=user)
    return query.order("desc").paginate(num_items=_PAGE)


def replies(reader: Reader, random: Random) -> Page:
    """List the replies to a message (``by_thread``)."""
    message = random_document(reader, "messages", random)
    parent = message.get("parentMessageId", message["_id"])
    query = reader.query("messages").with_index("by_thread", parentMessageId=parent)
    return query.paginate(num_items=_PAGE)


def attachments_of_chat(reader: Reader, random: Random) -> Page:
    """Get chat attachments (query 4, ``by_chat``)."""
    chat = random_document(reader, "chat_attachments", random)["chatId"]
    query = reader.query("chat_attachments").with_index("by_chat", lambda q: q.eq("chatId", chat))
    return query.order("desc").paginate(num_items=_PAGE)


def attachments_of_user(reader: Reader, random: Random) -> Page:
    """Get all attachments for a user (primary pattern 4, ``by_user``)."""
    user = random_document(reader, "chat_attachments", random)["userId"]
    query = reader.query("chat_attachments").with_index("by_user", userId=user)
    return query.order("desc").paginate(num_items=_PAGE)


def attachments_of_message(reader: Reader, random: Random) -> list[Document]:
    """Load a message's attachments on demand (``by_message``)."""
    message = random_document(reader, "messages", random)["_id"]
    query = reader.query("chat_attachments").with_index("by_message", messageId=message)
    return query.collect()


def attachments_by_file_type(reader: Reader, random: Random) -> Page:
    """List attachments of a MIME type, the newest first (``by_file_type``)."""
    kind = random_document(reader, "chat_attachments", random)["fileType"]
    query = reader.query("chat_attachments").with_index("by_file_type", fileType=kind)
    return query.order("desc").paginate(num_items=_PAGE)


def attachments_by_status(reader: Reader, random: Random) -> Page:
    """List attachments in a state of processing (``by_status``)."""
    status = random.choice(("uploading", "processing", "ready", "error"))
    query = reader.query("chat_attachments").with_index("by_status", status=status)
    return query.paginate(num_items=_PAGE)


def active_sessions_of_user(reader: Reader, random: Random) -> Page:
    """List a user's open sessions (``by_user`` on user_sessions)."""
    user = random_document(reader, "user_sessions", random)["userId"]
    query = reader.query("user_sessions").with_index("by_user", userId=user, isActive=True)
    return query.paginate(num_items=_PAGE)


def session_by_session_id(reader: Reader, random: Random) -> Document | None:
    """Find a session (``by_session``)."""
    session = random_document(reader, "user_sessions", random)["sessionId"]
    return reader.query("user_sessions").with_index("by_session", sessionId=session).first()


def latest_active_sessions(reader: Reader, random: Random) -> Page:
    """List open sessions used within a month, the latest first (``by_active``)."""
    since = NOW - random.randint(30, 60) * DAY
    query = reader.query("user_sessions").with_index(
        "by_active", lambda q: q.eq("isActive", True).gte("lastActiveAt", since)
    )
    return query.order("desc").paginate(num_items=_PAGE)


def shares_of_chat(reader: Reader, random: Random) -> Page:
    """List the live shares of a chat (``by_chat`` on chat_shares)."""
    chat = random_document(reader, "chat_shares", random)["chatId"]
    query = reader.query("chat_shares").with_index("by_chat", chatId=chat, isActive=True)
    return query.paginate(num_items=_PAGE)


def shares_of_owner(reader: Reader, random: Random) -> Page:
    """List what a user shares (``by_owner``)."""
    owner = random_document(reader, "chat_shares", random)["ownerId"]
    query = reader.query("chat_shares").with_index("by_owner", ownerId=owner, isActive=True)
    return query.paginate(num_items=_PAGE)


def chats_shared_with_user(reader: Reader, random: Random) -> list[Document]:
    """List the chats that others share with a user (``by_shared_user``)."""
    share = random_document(reader, "chat_shares", random)
    user = share.get("sharedWithUserId", share["ownerId"])
    query = reader.query("chat_shares").with_index(
        "by_shared_user", sharedWithUserId=user, isActive=True
    )
    return [reader.get(each["chatId"]) for each in query.take(_PAGE)]


def share_by_token(reader: Reader, random: Random) -> Document | None:
    """Find a share by the token of its link (``by_token`` on chat_shares)."""
    token = random_document(reader, "chat_shares", random)["shareToken"]
    return reader.query("chat_shares").with_index("by_token", shareToken=token).first()


def expired_shares(reader: Reader, random: Random) -> Page:
    """List shares that have expired (``by_expiry``); those that never do have no time."""
    now = NOW - random.randint(0, 300) * DAY
    query = reader.query("chat_shares").with_index(
        "by_expiry", lambda q: q.gte("expiresAt", 0).lt("expiresAt", now)
    )
    return query.paginate(num_items=_PAGE)


def search_messages(reader: Reader, random: Random) -> list[Document]:
    """Search messages across user's chats (query 3): the user's own messages."""
    message = random_document(reader, "messages", random)
    user = message.get("userId") or random_document(reader, "users", random)["_id"]
    query = reader.query("messages").with_search_index(
        "by_content", lambda q: q.search("content", _term(message, random)).eq("userId", user)
    )
    return query.take(_PAGE)


def search_messages_of_chat(reader: Reader, random: Random) -> list[Document]:
    """Search all messages of one of the user's chats, answers included (pattern 3)."""
    message = random_document(reader, "messages", random)
    chat = message["chatId"]
    query = reader.query("messages").with_search_index(
        "by_content", lambda q: q.search("content", _term(message, random)).eq("chatId", chat)
    )
    return query.take(_PAGE)


def search_chats(reader: Reader, random: Random) -> list[Document]:
    """Search a user's chats by title (``by_title_content``)."""
    chat = random_document(reader, "chats", random)
    term = random.choice(chat.get("title", "the").split())
    query = reader.query("chats").with_search_index(
        "by_title_content", lambda q: q.search("title", term).eq("userId", chat["userId"])
    )
    return query.take(_PAGE)


def _term(message: Document, random: Random) -> str:
    """Return a word of a message."""
    return random.choice(message["content"].split() or ["the"])


patterns = by_name(
    user_by_token,
    user_by_email,
    active_users,
    chats_of_user,
    active_chats,
    user_dashboard,
    chat_history,
    chat_history_to_the_end,
    chat_messages_by_role,
    messages_of_user,
    replies,
    attachments_of_chat,
    attachments_of_user,
    attachments_of_message,
    attachments_by_file_type,
    attachments_by_status,
    active_sessions_of_user,
    session_by_session_id,
    latest_active_sessions,
    shares_of_chat,
    shares_of_owner,
    chats_shared_with_user,
    share_by_token,
    expired_shares,
)
search_patterns = by_name(search_messages, search_messages_of_chat, search_chats)
