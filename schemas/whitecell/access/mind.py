"""Puzzles and solves and how they went, debates, palaces, projects and strategies."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import Document
from .asker import LIST, PAGE, RESULTS, chosen_words, document_with, owner, owner_and_week

__all__ = ["MIND_PATTERNS", "MIND_SEARCHES"]

_BEST = 5


def chess_puzzles_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's chess puzzles ("Foreign Key: ``userId``")."""
    user = owner(reader, "chess_puzzles", random)
    query = reader.query("chess_puzzles").with_index("by_userId", userId=user)
    return query.paginate(num_items=PAGE)


def chess_puzzles_of_week(reader: Reader, random: Random) -> list[Document]:
    """List the chess puzzles a user tried in a week ("Query: ``date``")."""
    user, start, stop = owner_and_week(reader, "chess_puzzles", random)
    week = reader.query("chess_puzzles").with_index(
        "by_userId_date", lambda q: q.gte("date", start).lte("date", stop), userId=user
    )
    return week.collect()


def chess_puzzles_unsolved(reader: Reader, random: Random) -> list[Document]:
    """List the chess puzzles a user has failed, for another try ("Query: ``solved``")."""
    query = reader.query("chess_puzzles").with_index(
        "by_userId_solved", userId=owner(reader, "chess_puzzles", random), solved=False
    )
    return query.take(LIST)


def cube_times_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's solves ("Foreign Key: ``userId``")."""
    user = owner(reader, "cube_times", random)
    return reader.query("cube_times").with_index("by_userId", userId=user).paginate(num_items=PAGE)


def cube_times_of_type(reader: Reader, random: Random) -> list[Document]:
    """List a user's solves of one cube, the newest first ("Query: ``cubeType``")."""
    solve = random_document(reader, "cube_times", random)
    query = reader.query("cube_times").with_index(
        "by_userId_cubeType", userId=solve["userId"], cubeType=solve["cubeType"]
    )
    return query.order("desc").take(LIST)


def cube_times_of_week(reader: Reader, random: Random) -> list[Document]:
    """List a user's solves of a week ("Query: ``date``")."""
    user, start, stop = owner_and_week(reader, "cube_times", random)
    week = reader.query("cube_times").with_index(
        "by_userId_date", lambda q: q.gte("date", start).lte("date", stop), userId=user
    )
    return week.collect()


def cube_times_fastest(reader: Reader, random: Random) -> list[Document]:
    """List a user's fastest solves of any cube ("Sorting: ``time`` for statistics")."""
    query = reader.query("cube_times").with_index(
        "by_userId_time", userId=owner(reader, "cube_times", random)
    )
    return query.filter(lambda q: q.eq(q.field("dnf"), False)).take(_BEST)


def cube_times_fastest_of_type(reader: Reader, random: Random) -> list[Document]:
    """List a user's fastest solves of one cube ("common filter+sort patterns")."""
    solve = random_document(reader, "cube_times", random)
    query = reader.query("cube_times").with_index(
        "by_userId_cubeType_time", userId=solve["userId"], cubeType=solve["cubeType"]
    )
    return query.filter(lambda q: q.eq(q.field("dnf"), False)).take(_BEST)


def debates_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's debates ("Foreign Key: ``userId``")."""
    user = owner(reader, "debate_sessions", random)
    return reader.query("debate_sessions").with_index("by_userId", userId=user).take(LIST)


def debates_latest(reader: Reader, random: Random) -> list[Document]:
    """List a user's debates, the latest first ("Query: ``date``")."""
    query = reader.query("debate_sessions").with_index(
        "by_userId_date", userId=owner(reader, "debate_sessions", random)
    )
    return query.order("desc").take(LIST)


def memory_palaces_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's memory palaces ("Foreign Key: ``userId``")."""
    user = owner(reader, "memory_palaces", random)
    return reader.query("memory_palaces").with_index("by_userId", userId=user).take(LIST)


def logic_puzzles_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's logic puzzles ("Foreign Key: ``userId``")."""
    user = owner(reader, "logic_puzzles", random)
    return reader.query("logic_puzzles").with_index("by_userId", userId=user).take(LIST)


def logic_puzzles_latest(reader: Reader, random: Random) -> list[Document]:
    """List a user's logic puzzles, the latest first ("Query: ``date``")."""
    query = reader.query("logic_puzzles").with_index(
        "by_userId_date", userId=owner(reader, "logic_puzzles", random)
    )
    return query.order("desc").take(LIST)


def code_projects_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's code projects ("Foreign Key: ``userId``")."""
    user = owner(reader, "code_projects", random)
    return reader.query("code_projects").with_index("by_userId", userId=user).take(LIST)


def strategies_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's strategies ("Foreign Key: ``userId``")."""
    user = owner(reader, "strategies", random)
    return reader.query("strategies").with_index("by_userId", userId=user).take(LIST)


def quotes_by_author(reader: Reader, random: Random) -> list[Document]:
    """Search quotes by their author ("Search: ``author``")."""
    words = chosen_words(random_document(reader, "stoic_quotes", random)["author"], random)
    found = reader.query("stoic_quotes").with_search_index(
        "search_author", lambda q: q.search("author", words)
    )
    return found.take(RESULTS)


def quotes_by_theme(reader: Reader, random: Random) -> list[Document]:
    """Search quotes by their theme ("Search: ``theme``")."""
    theme = document_with(reader, "stoic_quotes", "theme", random).get("theme", "wisdom")
    found = reader.query("stoic_quotes").with_search_index(
        "search_theme", lambda q: q.search("theme", theme)
    )
    return found.take(RESULTS)


def code_projects_by_title(reader: Reader, random: Random) -> list[Document]:
    """Search the titles of a user's code projects ("Search: ``title``")."""
    project = random_document(reader, "code_projects", random)
    words = chosen_words(project["title"], random)
    found = reader.query("code_projects").with_search_index(
        "search_title", lambda q: q.search("title", words).eq("userId", project["userId"])
    )
    return found.take(RESULTS)


def code_projects_by_language(reader: Reader, random: Random) -> list[Document]:
    """Search a user's code projects by language ("Search: ``language``")."""
    project = random_document(reader, "code_projects", random)
    found = reader.query("code_projects").with_search_index(
        "search_language",
        lambda q: q.search("language", project["language"]).eq("userId", project["userId"]),
    )
    return found.take(RESULTS)


def strategies_by_title(reader: Reader, random: Random) -> list[Document]:
    """Search the titles of a user's strategies ("Search: ``title``")."""
    strategy = random_document(reader, "strategies", random)
    words = chosen_words(strategy["title"], random)
    found = reader.query("strategies").with_search_index(
        "search_title", lambda q: q.search("title", words).eq("userId", strategy["userId"])
    )
    return found.take(RESULTS)


def strategies_by_category(reader: Reader, random: Random) -> list[Document]:
    """Search a user's strategies by category ("Search: ``category``")."""
    strategy = random_document(reader, "strategies", random)
    found = reader.query("strategies").with_search_index(
        "search_category",
        lambda q: q.search("category", strategy["category"]).eq("userId", strategy["userId"]),
    )
    return found.take(RESULTS)


MIND_PATTERNS = by_name(
    chess_puzzles_of_user,
    chess_puzzles_of_week,
    chess_puzzles_unsolved,
    cube_times_of_user,
    cube_times_of_type,
    cube_times_of_week,
    cube_times_fastest,
    cube_times_fastest_of_type,
    debates_of_user,
    debates_latest,
    memory_palaces_of_user,
    logic_puzzles_of_user,
    logic_puzzles_latest,
    code_projects_of_user,
    strategies_of_user,
)

MIND_SEARCHES = by_name(
    quotes_by_author,
    quotes_by_theme,
    code_projects_by_title,
    code_projects_by_language,
    strategies_by_title,
    strategies_by_category,
)
