"""What is due for review, how quizzes went, what is being read, and what the goals are."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import Document
from .asker import LIST, PAGE, RESULTS, chosen_words, document_with, owner, owner_and_week

__all__ = ["STUDY_PATTERNS", "STUDY_SEARCHES"]


def flashcards_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's flashcards ("users → flashcards")."""
    user = owner(reader, "flashcards", random)
    return reader.query("flashcards").with_index("by_userId", userId=user).paginate(num_items=PAGE)


def flashcards_due(reader: Reader, random: Random) -> list[Document]:
    """List a user's flashcards due by some day ("``(userId, nextReviewDate)`` - Daily review")."""
    card = random_document(reader, "flashcards", random)
    due = reader.query("flashcards").with_index(
        "by_userId_nextReviewDate",
        lambda q: q.lte("nextReviewDate", card["nextReviewDate"]),
        userId=card["userId"],
    )
    return due.take(LIST)


def flashcards_in_subject(reader: Reader, random: Random) -> list[Document]:
    """List a user's flashcards in one subject ("Query: ``subject``")."""
    card = random_document(reader, "flashcards", random)
    query = reader.query("flashcards").with_index(
        "by_userId_subject", userId=card["userId"], subject=card["subject"]
    )
    return query.take(LIST)


def flashcards_of_status(reader: Reader, random: Random) -> list[Document]:
    """List a user's flashcards that are as far as a given one ("Filter: ``status``")."""
    card = random_document(reader, "flashcards", random)
    query = reader.query("flashcards").with_index(
        "by_userId_status", userId=card["userId"], status=card["status"]
    )
    return query.take(LIST)


def quizzes_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's quizzes in the order they were taken ("users → quizzes")."""
    user = owner(reader, "quizzes", random)
    return reader.query("quizzes").with_index("by_userId", userId=user).take(LIST)


def quizzes_in_subject(reader: Reader, random: Random) -> list[Document]:
    """List a user's quizzes in one subject ("Query: ``subject``")."""
    quiz = random_document(reader, "quizzes", random)
    query = reader.query("quizzes").with_index(
        "by_userId_subject", userId=quiz["userId"], subject=quiz["subject"]
    )
    return query.take(LIST)


def quizzes_latest(reader: Reader, random: Random) -> list[Document]:
    """List a user's quizzes, the latest first ("Query: ``createdAt``")."""
    query = reader.query("quizzes").with_index(
        "by_userId_createdAt", userId=owner(reader, "quizzes", random)
    )
    return query.order("desc").take(LIST)


def textbooks_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's textbooks ("Foreign Key: ``userId``")."""
    user = owner(reader, "textbooks", random)
    return reader.query("textbooks").with_index("by_userId", userId=user).take(LIST)


def study_goals_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's study goals ("Foreign Key: ``userId``")."""
    user = owner(reader, "study_goals", random)
    return reader.query("study_goals").with_index("by_userId", userId=user).take(LIST)


def study_goals_active(reader: Reader, random: Random) -> list[Document]:
    """List the goals a user still pursues ("Query: ``status``")."""
    query = reader.query("study_goals").with_index(
        "by_userId_status", userId=owner(reader, "study_goals", random), status="active"
    )
    return query.take(LIST)


def study_goals_due(reader: Reader, random: Random) -> list[Document]:
    """List a user's goals from some day on, the nearest first ("Query: ``targetDate``")."""
    goal = random_document(reader, "study_goals", random)
    query = reader.query("study_goals").with_index(
        "by_userId_targetDate",
        lambda q: q.gte("targetDate", goal["createdAt"]),
        userId=goal["userId"],
    )
    return query.take(LIST)


def study_sessions_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's study sessions ("Foreign Key: ``userId``")."""
    user = owner(reader, "study_sessions", random)
    query = reader.query("study_sessions").with_index("by_userId", userId=user)
    return query.paginate(num_items=PAGE)


def study_minutes_of_week(reader: Reader, random: Random) -> float:
    """Sum up the minutes a user studied in a week ("Query: ``date``")."""
    user, start, stop = owner_and_week(reader, "study_sessions", random)
    week = reader.query("study_sessions").with_index(
        "by_userId_date", lambda q: q.gte("date", start).lte("date", stop), userId=user
    )
    return sum(session["duration"] for session in week.collect())


def study_sessions_in_subject(reader: Reader, random: Random) -> list[Document]:
    """List a user's study sessions in one subject ("Query: ``subject``")."""
    session = random_document(reader, "study_sessions", random)
    query = reader.query("study_sessions").with_index(
        "by_userId_subject", userId=session["userId"], subject=session["subject"]
    )
    return query.take(LIST)


def textbooks_by_title(reader: Reader, random: Random) -> list[Document]:
    """Search the titles of a user's textbooks ("Search: ``title``")."""
    book = random_document(reader, "textbooks", random)
    words = chosen_words(book["title"], random)
    found = reader.query("textbooks").with_search_index(
        "search_title", lambda q: q.search("title", words).eq("userId", book["userId"])
    )
    return found.take(RESULTS)


def textbooks_by_subject(reader: Reader, random: Random) -> list[Document]:
    """Search a user's textbooks by their subject ("Search: ``subject``")."""
    book = random_document(reader, "textbooks", random)
    found = reader.query("textbooks").with_search_index(
        "search_subject",
        lambda q: q.search("subject", book["subject"]).eq("userId", book["userId"]),
    )
    return found.take(RESULTS)


def textbooks_by_author(reader: Reader, random: Random) -> list[Document]:
    """Search a user's textbooks by their author ("Search: ``author``")."""
    book = document_with(reader, "textbooks", "author", random)
    words = chosen_words(book.get("author", "Ada"), random)
    found = reader.query("textbooks").with_search_index(
        "search_author", lambda q: q.search("author", words).eq("userId", book["userId"])
    )
    return found.take(RESULTS)


STUDY_PATTERNS = by_name(
    flashcards_of_user,
    flashcards_due,
    flashcards_in_subject,
    flashcards_of_status,
    quizzes_of_user,
    quizzes_in_subject,
    quizzes_latest,
    textbooks_of_user,
    study_goals_of_user,
    study_goals_active,
    study_goals_due,
    study_sessions_of_user,
    study_minutes_of_week,
    study_sessions_in_subject,
)

STUDY_SEARCHES = by_name(textbooks_by_title, textbooks_by_subject, textbooks_by_author)
