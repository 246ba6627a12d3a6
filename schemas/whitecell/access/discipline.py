"""Today's tasks, open tasks, habits and the course of recovery."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import DAY, Document
from .asker import LIST, PAGE, owner

__all__ = ["DISCIPLINE_PATTERNS"]


def daily_tasks_of_user(reader: Reader, random: Random) -> Page:
    """Read a page of a user's tasks ("users → daily_tasks")."""
    user = owner(reader, "daily_tasks", random)
    return reader.query("daily_tasks").with_index("by_userId", userId=user).paginate(num_items=PAGE)


def daily_tasks_of_day(reader: Reader, random: Random) -> list[Document]:
    """List a user's tasks of one day ("Query: ``date``")."""
    task = random_document(reader, "daily_tasks", random)
    midnight = task["date"] - task["date"] % DAY
    day = reader.query("daily_tasks").with_index(
        "by_userId_date",
        lambda q: q.gte("date", midnight).lt("date", midnight + DAY),
        userId=task["userId"],
    )
    return day.collect()


def daily_tasks_open(reader: Reader, random: Random) -> list[Document]:
    """List a user's tasks that are not done ("Query: ``completed``")."""
    query = reader.query("daily_tasks").with_index(
        "by_userId_completed", userId=owner(reader, "daily_tasks", random), completed=False
    )
    return query.take(LIST)


def habit_stacks_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's stacks of habits ("Foreign Key: ``userId``")."""
    user = owner(reader, "habit_stacks", random)
    return reader.query("habit_stacks").with_index("by_userId", userId=user).take(LIST)


def recovery_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's entries of the recovery tracker ("Foreign Key: ``userId``")."""
    user = owner(reader, "pmo_tracker", random)
    return reader.query("pmo_tracker").with_index("by_userId", userId=user).take(LIST)


def recovery_latest(reader: Reader, random: Random) -> Document | None:
    """Find a user's last entry of the recovery tracker ("Query: ``date``")."""
    query = reader.query("pmo_tracker").with_index(
        "by_userId_date", userId=owner(reader, "pmo_tracker", random)
    )
    return query.order("desc").first()


DISCIPLINE_PATTERNS = by_name(
    daily_tasks_of_user,
    daily_tasks_of_day,
    daily_tasks_open,
    habit_stacks_of_user,
    recovery_of_user,
    recovery_latest,
)
