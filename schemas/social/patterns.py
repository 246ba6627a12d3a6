"""What ``social`` asks of its data: one function for each index, and the media of a post."""

from random import Random

from docdb import Page

from ..asking import Reader, by_name, file_url, random_document
from ..sampling import Document

__all__ = ["patterns", "search_patterns"]


def profile_of_user(reader: Reader, random: Random) -> Document | None:
    """Find a profile by its user (``by_userId``: "Fast lookup of profile by user ID")."""
    user = random_document(reader, "profiles", random)["userId"]
    return reader.query("profiles").with_index("by_userId", userId=user).first()


def profiles_by_display_name(reader: Reader, random: Random) -> list[Document]:
    """Find the people of a display name (``by_displayName``)."""
    name = random_document(reader, "profiles", random)["displayName"]
    return reader.query("profiles").with_index("by_displayName", displayName=name).take(20)


def posts_of_author(reader: Reader, random: Random) -> list[Document]:
    """Get all posts by a user (``by_authorId``)."""
    author = random_document(reader, "posts", random)["authorId"]
    return reader.query("posts").with_index("by_authorId", authorId=author).collect()


def posts_in_order(reader: Reader, random: Random) -> Page:
    """Get posts in chronological order, from some time on (``by_createdAt``)."""
    since = random_document(reader, "posts", random)["createdAt"]
    query = reader.query("posts").with_index("by_createdAt", lambda q: q.gte("createdAt", since))
    return query.order("asc").paginate(num_items=20)


def post_with_media(reader: Reader, random: Random) -> Document | None:
    """Get a post and the addresses of its media ("arrays of IDs for multiple media files")."""
    post = reader.get(random_document(reader, "posts", random)["_id"])
    media = [file_url(reader, each) for each in post.get("mediaIds", [])]
    return {**post, "media": media}


def conversation_of_members(reader: Reader, random: Random) -> Document | None:
    """Find the conversation of exactly these people (``by_memberIds``, the whole list)."""
    members = random_document(reader, "conversations", random)["memberIds"]
    return reader.query("conversations").with_index("by_memberIds", memberIds=members).first()


def latest_conversations(reader: Reader, _random: Random) -> list[Document]:
    """List conversations, the one with the latest message first (``by_lastMessageAt``)."""
    return reader.query("conversations").with_index("by_lastMessageAt").order("desc").take(20)


def messages_of_conversation(reader: Reader, random: Random) -> list[Document]:
    """Get the messages of a conversation (``by_conversationId``)."""
    conversation = random_document(reader, "messages", random)["conversationId"]
    query = reader.query("messages")
    return query.with_index("by_conversationId", conversationId=conversation).collect()


def messages_in_order(reader: Reader, random: Random) -> Page:
    """Get messages in order, a page from the latest (``by_conversationId_createdAt``)."""
    conversation = random_document(reader, "messages", random)["conversationId"]
    query = reader.query("messages").with_index(
        "by_conversationId_createdAt", conversationId=conversation
    )
    return query.order("desc").paginate(num_items=20)


def latest_products(reader: Reader, _random: Random) -> list[Document]:
    """List products, the newest first (``by_createdAt``)."""
    return reader.query("products").with_index("by_createdAt").order("desc").take(20)


patterns = by_name(
    profile_of_user,
    profiles_by_display_name,
    posts_of_author,
    posts_in_order,
    post_with_media,
    conversation_of_members,
    latest_conversations,
    messages_of_conversation,
    messages_in_order,
    latest_products,
)
search_patterns = by_name()
