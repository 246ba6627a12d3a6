"""A user's conversations with the assistant, and what it remembers of the user."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import Document
from .asker import LIST, PAGE, owner

__all__ = ["ASSISTANT_PATTERNS"]


def conversations_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's conversations ("users → ai_conversations")."""
    query = reader.query("ai_conversations").with_index(
        "by_userId", userId=owner(reader, "ai_conversations", random)
    )
    return query.order("desc").paginate(num_items=PAGE)


def conversations_on_topic(reader: Reader, random: Random) -> list[Document]:
    """List a user's conversations on one topic ("Query: ``topic``")."""
    conversation = random_document(reader, "ai_conversations", random)
    query = reader.query("ai_conversations").with_index(
        "by_userId_topic", userId=conversation["userId"], topic=conversation["topic"]
    )
    return query.take(LIST)


def conversations_in_module(reader: Reader, random: Random) -> list[Document]:
    """List a user's conversations in one module ("Query: ``module``")."""
    conversation = random_document(reader, "ai_conversations", random)
    query = reader.query("ai_conversations").with_index(
        "by_userId_module", userId=conversation["userId"], module=conversation["module"]
    )
    return query.take(LIST)


def conversations_latest(reader: Reader, random: Random) -> list[Document]:
    """List a user's conversations, the latest first ("Query: ``createdAt``")."""
    query = reader.query("ai_conversations").with_index(
        "by_userId_createdAt", userId=owner(reader, "ai_conversations", random)
    )
    return query.order("desc").take(LIST)


def context_memory_of_user(reader: Reader, random: Random) -> list[Document]:
    """List what the assistant remembers of a user ("Foreign Key: ``userId``")."""
    user = owner(reader, "ai_context_memory", random)
    return reader.query("ai_context_memory").with_index("by_userId", userId=user).collect()


ASSISTANT_PATTERNS = by_name(
    conversations_of_user,
    conversations_on_topic,
    conversations_in_module,
    conversations_latest,
    context_memory_of_user,
)
