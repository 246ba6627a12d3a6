"""The board of content items, what is due, and the ideas and templates beside it."""

from random import Random
from typing import Any

from ...asking import Reader, by_name, random_document
from ...sampling import DAY, Document
from .asker import LIST, RESULTS, chosen_words, owner

__all__ = ["CREATOR_PATTERNS", "CREATOR_SEARCHES"]


def content_items_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's content items ("Foreign Key: ``userId``")."""
    user = owner(reader, "content_items", random)
    return reader.query("content_items").with_index("by_userId", userId=user).take(LIST)


def content_items_in_column(reader: Reader, random: Random) -> list[Document]:
    """List the items in one column of a user's board ("Query: ``status``")."""
    item = random_document(reader, "content_items", random)
    query = reader.query("content_items").with_index(
        "by_userId_status", userId=item["userId"], status=item["status"]
    )
    return query.take(LIST)


def content_items_on_exactly(reader: Reader, random: Random) -> list[Document]:
    """List a user's items for exactly the same platforms, in order ("Query: ``platform``")."""
    item = random_document(reader, "content_items", random)
    query = reader.query("content_items").with_index(
        "by_userId_platform", userId=item["userId"], platform=item["platform"]
    )
    return query.take(LIST)


def content_items_on_platform(reader: Any, random: Random) -> list[Document]:
    """List a user's items for one platform, whatever the others are; this is a filter."""
    item = random_document(reader, "content_items", random)
    platform = random.choice(item["platform"])
    query = reader.query("content_items").with_index("by_userId", userId=item["userId"])

    def names_it(item: Document) -> bool:
        return platform in item["platform"]

    return query.where(names_it).take(LIST)


def content_items_due(reader: Reader, random: Random) -> list[Document]:
    """List a user's items that are due from some day on ("Sort: ``dueDate``")."""
    item = random_document(reader, "content_items", random)
    query = reader.query("content_items").with_index(
        "by_userId_dueDate",
        lambda q: q.gte("dueDate", item["createdAt"] - 30 * DAY),
        userId=item["userId"],
    )
    return query.take(LIST)


def content_items_in_column_by_due_date(reader: Reader, random: Random) -> list[Document]:
    """List a column of a user's board, the first due first ("common filter+sort patterns")."""
    item = random_document(reader, "content_items", random)
    query = reader.query("content_items").with_index(
        "by_userId_status_dueDate", userId=item["userId"], status=item["status"]
    )
    return query.take(LIST)


def content_ideas_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's ideas ("Foreign Key: ``userId``")."""
    user = owner(reader, "content_ideas", random)
    return reader.query("content_ideas").with_index("by_userId", userId=user).take(LIST)


def content_ideas_in_category(reader: Reader, random: Random) -> list[Document]:
    """List a user's ideas of one category ("Query: ``category``")."""
    idea = random_document(reader, "content_ideas", random)
    query = reader.query("content_ideas").with_index(
        "by_userId_category", userId=idea["userId"], category=idea["category"]
    )
    return query.take(LIST)


def content_templates_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's templates ("Foreign Key: ``userId``")."""
    user = owner(reader, "content_templates", random)
    return reader.query("content_templates").with_index("by_userId", userId=user).take(LIST)


def content_items_by_title(reader: Reader, random: Random) -> list[Document]:
    """Search the titles of a user's items ("search indexes for notes, content")."""
    item = random_document(reader, "content_items", random)
    words = chosen_words(item["title"], random)
    found = reader.query("content_items").with_search_index(
        "search_title", lambda q: q.search("title", words).eq("userId", item["userId"])
    )
    return found.take(RESULTS)


CREATOR_PATTERNS = by_name(
    content_items_of_user,
    content_items_in_column,
    content_items_on_exactly,
    content_items_on_platform,
    content_items_due,
    content_items_in_column_by_due_date,
    content_ideas_of_user,
    content_ideas_in_category,
    content_templates_of_user,
)

CREATOR_SEARCHES = by_name(content_items_by_title)
