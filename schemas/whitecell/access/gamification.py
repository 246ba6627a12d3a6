"""Points earned, badges won and streaks kept."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import Document
from .asker import LIST, PAGE, owner, owner_and_week

__all__ = ["GAMIFICATION_PATTERNS"]


def xp_of_user(reader: Reader, random: Random) -> Page:
    """Read the second page of a user's points ("users → xp_logs")."""
    query = reader.query("xp_logs").with_index("by_userId", userId=owner(reader, "xp_logs", random))
    newest = query.order("desc")
    page = newest.paginate(num_items=PAGE)
    if page.is_done:
        return page
    return newest.paginate(num_items=PAGE, cursor=page.continue_cursor)


def xp_of_week(reader: Reader, random: Random) -> float:
    """Sum up the points a user earned in a week ("Query: ``date``")."""
    user, start, stop = owner_and_week(reader, "xp_logs", random)
    week = reader.query("xp_logs").with_index(
        "by_userId_date", lambda q: q.gte("date", start).lte("date", stop), userId=user
    )
    return sum(log["xpAmount"] for log in week.collect())


def xp_in_module(reader: Reader, random: Random) -> list[Document]:
    """List what earned a user points in one module ("Query: ``module``")."""
    log = random_document(reader, "xp_logs", random)
    query = reader.query("xp_logs").with_index(
        "by_userId_module", userId=log["userId"], module=log["module"]
    )
    return query.order("desc").take(LIST)


def badges_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's badges ("users → badges")."""
    user = owner(reader, "badges", random)
    return reader.query("badges").with_index("by_userId", userId=user).collect()


def badge_of_type(reader: Reader, random: Random) -> Document | None:
    """Find a user's badge of one type ("Unique: userId + badgeType")."""
    badge = random_document(reader, "badges", random)
    query = reader.query("badges").with_index(
        "by_userId_badgeType", userId=badge["userId"], badgeType=badge["badgeType"]
    )
    return query.unique()


def streaks_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's streaks ("Foreign Key: ``userId``")."""
    user = owner(reader, "streaks", random)
    return reader.query("streaks").with_index("by_userId", userId=user).collect()


GAMIFICATION_PATTERNS = by_name(
    xp_of_user,
    xp_of_week,
    xp_in_module,
    badges_of_user,
    badge_of_type,
    streaks_of_user,
)
