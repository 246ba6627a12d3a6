"""What happened in the deployment: events, flags, and what administrators did."""

from random import Random

from docdb import Page

from ...asking import Reader, by_name, random_document
from ...sampling import DAY, Document
from .asker import LIST, PAGE, document_with

__all__ = ["OPERATIONS_PATTERNS"]


def events_of_day(reader: Reader, random: Random) -> Page:
    """Read a page of the events of 24 hours ("Query: ``timestamp``")."""
    stop = random_document(reader, "analytics", random)["timestamp"]
    day = reader.query("analytics").with_index(
        "by_timestamp", lambda q: q.gt("timestamp", stop - DAY).lte("timestamp", stop)
    )
    return day.order("desc").paginate(num_items=PAGE)


def events_of_kind(reader: Reader, random: Random) -> list[Document]:
    """List the newest events of one kind ("Query: ``event``")."""
    event = random_document(reader, "analytics", random)["event"]
    return reader.query("analytics").with_index("by_event", event=event).order("desc").take(LIST)


def events_of_user(reader: Reader, random: Random) -> list[Document]:
    """List the newest events of a user who was signed in ("Query: ``userId``")."""
    user = random_document(reader, "users", random)["_id"]
    return reader.query("analytics").with_index("by_userId", userId=user).order("desc").take(LIST)


def feature_flag_by_name(reader: Reader, random: Random) -> Document | None:
    """Find a feature flag by its name ("Unique: ``name``")."""
    name = random_document(reader, "feature_flags", random)["name"]
    return reader.query("feature_flags").with_index("by_name", name=name).unique()


def deeds_of_administrator(reader: Reader, random: Random) -> list[Document]:
    """List what an administrator did, the newest first ("Foreign Key: ``adminId``")."""
    doer = random_document(reader, "admin_logs", random)["adminId"]
    return (
        reader.query("admin_logs").with_index("by_adminId", adminId=doer).order("desc").take(LIST)
    )


def deeds_latest(reader: Reader, random: Random) -> list[Document]:
    """List what administrators did before some time ("Query: ``timestamp``")."""
    now = random_document(reader, "admin_logs", random)["timestamp"]
    query = reader.query("admin_logs").with_index("by_timestamp", lambda q: q.lte("timestamp", now))
    return query.order("desc").take(LIST)


def deeds_against_target(reader: Reader, random: Random) -> list[Document]:
    """List what was done to one user or piece of content ("Query: ``targetId``")."""
    target = document_with(reader, "admin_logs", "targetId", random).get("targetId", "")
    return reader.query("admin_logs").with_index("by_targetId", targetId=target).take(LIST)


OPERATIONS_PATTERNS = by_name(
    events_of_day,
    events_of_kind,
    events_of_user,
    feature_flag_by_name,
    deeds_of_administrator,
    deeds_latest,
    deeds_against_target,
)
