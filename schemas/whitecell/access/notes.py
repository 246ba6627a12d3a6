"""Notes, what they link to, and the flashcards that were made from them."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import Document
from .asker import LIST, PAGE, RESULTS, chosen_words, document_with, owner

__all__ = ["NOTE_PATTERNS", "NOTE_SEARCHES"]


def notes_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's notes, the newest first ("users → notes")."""
    query = reader.query("notes").with_index("by_userId", userId=owner(reader, "notes", random))
    return query.order("desc").paginate(num_items=PAGE)


def notes_in_subject(reader: Reader, random: Random) -> list[Document]:
    """List a user's notes in one subject ("``notes(userId, subject)`` - Study filtering")."""
    note = random_document(reader, "notes", random)
    query = reader.query("notes").with_index(
        "by_userId_subject", userId=note["userId"], subject=note["subject"]
    )
    return query.order("desc").take(LIST)


def notes_not_archived(reader: Reader, random: Random) -> list[Document]:
    """List a user's notes that are not archived ("Filter: ``isArchived``")."""
    query = reader.query("notes").with_index(
        "by_userId_isArchived", userId=owner(reader, "notes", random), isArchived=False
    )
    return query.order("desc").take(LIST)


def notes_pinned(reader: Reader, random: Random) -> list[Document]:
    """List the notes that a user has pinned to the top and not archived."""
    query = reader.query("notes").with_index(
        "by_userId_isArchived", userId=owner(reader, "notes", random), isArchived=False
    )
    return query.order("desc").filter(lambda q: q.eq(q.field("isPinned"), True)).take(LIST)


def note_with_links(reader: Reader, random: Random) -> Document:
    """Read a note and the notes that it links to ("notes → notes (linked notes)")."""
    note = document_with(reader, "notes", "linkedNotes", random)
    return {**note, "links": [reader.get(link) for link in note.get("linkedNotes", [])]}


def note_with_author(reader: Reader, random: Random) -> Document:
    """Read a note and its user ("notes → users")."""
    note = random_document(reader, "notes", random)
    return {**note, "author": reader.get(note["userId"])}


def flashcards_of_note(reader: Reader, random: Random) -> list[Document]:
    """List the flashcards made from a note ("notes → flashcards (generated from notes)")."""
    note = random_document(reader, "notes", random)["_id"]
    return reader.query("flashcards").with_index("by_sourceNoteId", sourceNoteId=note).collect()


def notes_by_title(reader: Reader, random: Random) -> list[Document]:
    """Search the titles of a user's notes ("Search: ``title``")."""
    note = random_document(reader, "notes", random)
    words = chosen_words(note["title"], random)
    found = reader.query("notes").with_search_index(
        "search_title", lambda q: q.search("title", words).eq("userId", note["userId"])
    )
    return found.take(RESULTS)


def notes_by_content(reader: Reader, random: Random) -> list[Document]:
    """Search a user's notes that are not archived ("Search: ``content``")."""
    note = random_document(reader, "notes", random)
    words = chosen_words(note["content"], random)
    found = reader.query("notes").with_search_index(
        "search_content",
        lambda q: q.search("content", words).eq("userId", note["userId"]).eq("isArchived", False),
    )
    return found.take(RESULTS)


def notes_by_content_in_subject(reader: Reader, random: Random) -> list[Document]:
    """Search a user's notes in one subject ("Search: ``content``", "Filter: ``subject``")."""
    note = random_document(reader, "notes", random)
    words = chosen_words(note["content"], random)
    found = reader.query("notes").with_search_index(
        "search_content",
        lambda q: (
            q.search("content", words).eq("userId", note["userId"]).eq("subject", note["subject"])
        ),
    )
    return found.take(RESULTS)


def notes_by_words_of_subject(reader: Reader, random: Random) -> list[Document]:
    """Search a user's notes by the words of their subject ("Search: ``subject``")."""
    note = random_document(reader, "notes", random)
    found = reader.query("notes").with_search_index(
        "search_subject",
        lambda q: q.search("subject", note["subject"]).eq("userId", note["userId"]),
    )
    return found.take(RESULTS)


NOTE_PATTERNS = by_name(
    notes_of_user,
    notes_in_subject,
    notes_not_archived,
    notes_pinned,
    note_with_links,
    note_with_author,
    flashcards_of_note,
)

NOTE_SEARCHES = by_name(
    notes_by_title,
    notes_by_content,
    notes_by_content_in_subject,
    notes_by_words_of_subject,
)
