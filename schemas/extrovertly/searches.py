"""The full-text searches of ``extrovertly``, for a docdb that can run them."""

from random import Random

from ..asking import Reader, by_name, random_document
from ..sampling import Document

__all__ = ["search_patterns"]


def search_events(reader: Reader, random: Random) -> list[Document]:
    """Search events by title (shown), then filter by category and comfort level if given."""
    event = random_document(reader, "events", random)
    query = reader.query("events").with_search_index(
        "search_events", lambda q: q.search("title", _term(event["title"], random))
    )
    if random.random() < 0.5:
        query = query.filter(lambda q: q.eq(q.field("category"), event["category"]))
    if random.random() < 0.5:
        query = query.filter(lambda q: q.eq(q.field("comfortLevel"), event["comfortLevel"]))
    return query.collect()


def search_journal(reader: Reader, random: Random) -> list[Document]:
    """Search a user's own journal (``search_content``)."""
    entry = random_document(reader, "journalEntries", random)
    term = _term(entry["content"], random)
    query = reader.query("journalEntries").with_search_index(
        "search_content", lambda q: q.search("content", term).eq("userId", entry["userId"])
    )
    return query.take(20)


def search_missions(reader: Reader, random: Random) -> list[Document]:
    """Search missions by title (``search_missions``)."""
    return _by_title(reader, "missions", "search_missions", random)


def search_goals(reader: Reader, random: Random) -> list[Document]:
    """Search goals by title (``search_goals``)."""
    return _by_title(reader, "socialGoals", "search_goals", random)


def _by_title(reader: Reader, table: str, index: str, random: Random) -> list[Document]:
    term = _term(random_document(reader, table, random)["title"], random)
    return reader.query(table).with_search_index(index, lambda q: q.search("title", term)).take(20)


def _term(text: str, random: Random) -> str:
    """Return a word of a text."""
    return random.choice(text.split())


search_patterns = by_name(search_events, search_journal, search_missions, search_goals)
