"""
What ``extrovertly`` asks of its data: its two shown queries and the purpose of every index.

Each function's sentence is the purpose that the document gives the index. Long lists are read
by pages ("Use .paginate() for large result sets"); the shown journal query collects.
"""

from random import Random

from docdb import Page

from ..asking import Query, Reader, by_name, random_document
from ..sampling import Document

__all__ = ["patterns"]

_PAGE = 20


def user_by_email(reader: Reader, random: Random) -> Document | None:
    """Look up a user by e-mail address (users ``by_email``)."""
    return _same(reader, "users", "by_email", random, "email").first()


def user_by_username(reader: Reader, random: Random) -> Document | None:
    """Look up a user by name (users ``by_username``)."""
    return _same(reader, "users", "by_username", random, "username").first()


def users_by_confidence_level(reader: Reader, random: Random) -> Page:
    """Find users about as confident as one of them (users ``by_confidence_level``)."""
    level = random_document(reader, "users", random)["confidenceLevel"]
    query = reader.query("users").with_index(
        "by_confidence_level",
        lambda q: q.gte("confidenceLevel", level - 0.5).lte("confidenceLevel", level + 0.5),
    )
    return query.paginate(num_items=_PAGE)


def profile_of_user(reader: Reader, random: Random) -> Document | None:
    """Look up a user's profile (userProfiles ``by_user_id``)."""
    return _same(reader, "userProfiles", "by_user_id", random, "userId").first()


def get_user_journal_entries(reader: Reader, random: Random) -> list[Document]:
    """Query a user's journal entries, the latest first (shown; journalEntries ``by_user_date``)."""
    user = random_document(reader, "journalEntries", random)["userId"]
    query = reader.query("journalEntries").with_index(
        "by_user_date", lambda q: q.eq("userId", user)
    )
    return query.order("desc").collect()


def journal_entries_of_user(reader: Reader, random: Random) -> Page:
    """List a user's journal entries (journalEntries ``by_user_id``)."""
    return _page(_same(reader, "journalEntries", "by_user_id", random, "userId"))


def journal_entries_by_mood(reader: Reader, random: Random) -> Page:
    """List journal entries of a mood (journalEntries ``by_mood``)."""
    return _page(_same(reader, "journalEntries", "by_mood", random, "mood"))


def missions_by_difficulty(reader: Reader, random: Random) -> Page:
    """Filter missions by difficulty (missions ``by_difficulty``)."""
    return _page(_same(reader, "missions", "by_difficulty", random, "difficulty"))


def missions_by_category(reader: Reader, random: Random) -> Page:
    """Filter missions by category (missions ``by_category``)."""
    return _page(_same(reader, "missions", "by_category", random, "category"))


def missions_by_difficulty_and_category(reader: Reader, random: Random) -> Page:
    """Filter missions by both (missions ``by_difficulty_category``)."""
    index = "by_difficulty_category"
    return _page(_same(reader, "missions", index, random, "difficulty", "category"))


def missions_of_user(reader: Reader, random: Random) -> Page:
    """List a user's missions (userMissions ``by_user_id``)."""
    return _page(_same(reader, "userMissions", "by_user_id", random, "userId"))


def missions_of_user_by_status(reader: Reader, random: Random) -> Page:
    """List a user's missions of a status (userMissions ``by_user_status``)."""
    return _page(_same(reader, "userMissions", "by_user_status", random, "userId", "status"))


def participants_of_mission(reader: Reader, random: Random) -> list[Document]:
    """List who took a mission, with their users (userMissions ``by_mission_id``)."""
    taken = _same(reader, "userMissions", "by_mission_id", random, "missionId").take(_PAGE)
    return [{**each, "user": reader.get(each["userId"])} for each in taken]


def mission_of_user(reader: Reader, random: Random) -> Document | None:
    """Find a pair of user and mission, which is unique (userMissions ``by_user_mission``)."""
    query = _same(reader, "userMissions", "by_user_mission", random, "userId", "missionId")
    return query.unique()


def events_by_date(reader: Reader, random: Random) -> Page:
    """List events from a date on (events ``by_date``)."""
    date = random_document(reader, "events", random)["date"]
    return _page(reader.query("events").with_index("by_date", lambda q: q.gte("date", date)))


def events_by_category(reader: Reader, random: Random) -> Page:
    """Filter events by category (events ``by_category``)."""
    return _page(_same(reader, "events", "by_category", random, "category"))


def events_by_comfort_level(reader: Reader, random: Random) -> Page:
    """Filter events by comfort level (events ``by_comfort_level``)."""
    return _page(_same(reader, "events", "by_comfort_level", random, "comfortLevel"))


def events_of_organizer(reader: Reader, random: Random) -> Page:
    """List an organizer's events (events ``by_organizer``)."""
    event = random_document(reader, "events", random)
    user = event.get("organizerId") or random_document(reader, "users", random)["_id"]
    return _page(reader.query("events").with_index("by_organizer", organizerId=user))


def events_by_date_and_category(reader: Reader, random: Random) -> Page:
    """List a date's events of a category (events ``by_date_category``)."""
    return _page(_same(reader, "events", "by_date_category", random, "date", "category"))


def attendees_of_event(reader: Reader, random: Random) -> Page:
    """List an event's attendees (eventAttendees ``by_event_id``)."""
    return _page(_same(reader, "eventAttendees", "by_event_id", random, "eventId"))


def events_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's participation with the events (eventAttendees ``by_user_id``)."""
    answers = _same(reader, "eventAttendees", "by_user_id", random, "userId").take(_PAGE)
    return [{**each, "event": reader.get(each["eventId"])} for each in answers]


def attendees_of_event_by_status(reader: Reader, random: Random) -> Page:
    """List an event's attendees of a status (eventAttendees ``by_event_status``)."""
    return _page(_same(reader, "eventAttendees", "by_event_status", random, "eventId", "status"))


def events_of_user_by_status(reader: Reader, random: Random) -> Page:
    """List a user's events of a status (eventAttendees ``by_user_status``)."""
    return _page(_same(reader, "eventAttendees", "by_user_status", random, "userId", "status"))


def achievements_by_category(reader: Reader, random: Random) -> Page:
    """List achievements of a category (achievements ``by_category``)."""
    category = random_document(reader, "achievements", random).get("category", "social")
    return _page(reader.query("achievements").with_index("by_category", category=category))


def achievements_by_points(reader: Reader, _random: Random) -> list[Document]:
    """Sort achievements by points, the most rewarding first (achievements ``by_points``)."""
    return reader.query("achievements").with_index("by_points").order("desc").take(_PAGE)


def achievements_of_user(reader: Reader, random: Random) -> list[Document]:
    """List a user's achievements, with what they are (userAchievements ``by_user_id``)."""
    earned = _same(reader, "userAchievements", "by_user_id", random, "userId").take(_PAGE)
    return [{**each, "achievement": reader.get(each["achievementId"])} for each in earned]


def earners_of_achievement(reader: Reader, random: Random) -> Page:
    """List who earned an achievement (userAchievements ``by_achievement_id``)."""
    return _page(_same(reader, "userAchievements", "by_achievement_id", random, "achievementId"))


def achievement_of_user(reader: Reader, random: Random) -> Document | None:
    """Find a pair of user and achievement, unique (userAchievements ``by_user_achievement``)."""
    index = "by_user_achievement"
    return _same(reader, "userAchievements", index, random, "userId", "achievementId").unique()


def conversations_of_user(reader: Reader, random: Random) -> Page:
    """List a user's coaching sessions (coachConversations ``by_user_id``)."""
    return _page(_same(reader, "coachConversations", "by_user_id", random, "userId"))


def conversation_by_session(reader: Reader, random: Random) -> Document | None:
    """Look up a session (coachConversations ``by_session_id``)."""
    return _same(reader, "coachConversations", "by_session_id", random, "sessionId").first()


def conversation_of_user_by_session(reader: Reader, random: Random) -> Document | None:
    """Find a pair of user and session (coachConversations ``by_user_session``)."""
    index = "by_user_session"
    return _same(reader, "coachConversations", index, random, "userId", "sessionId").first()


def messages_of_conversation(reader: Reader, random: Random) -> list[Document]:
    """List a conversation's messages (coachMessages ``by_conversation_id``)."""
    index = "by_conversation_id"
    return _same(reader, "coachMessages", index, random, "conversationId").collect()


def messages_in_order(reader: Reader, random: Random) -> Page:
    """Read a conversation from its latest message (coachMessages ``by_conversation_time``)."""
    query = _same(reader, "coachMessages", "by_conversation_time", random, "conversationId")
    return _page(query.order("desc"))


def messages_by_sender(reader: Reader, random: Random) -> Page:
    """Filter messages by sender (coachMessages ``by_sender``)."""
    return _page(_same(reader, "coachMessages", "by_sender", random, "sender"))


def progress_of_user(reader: Reader, random: Random) -> Page:
    """List a user's progress data (progressTracking ``by_user_id``)."""
    return _page(_same(reader, "progressTracking", "by_user_id", random, "userId"))


def progress_in_order(reader: Reader, random: Random) -> list[Document]:
    """Follow a user's progress from a date on (progressTracking ``by_user_date``)."""
    day = random_document(reader, "progressTracking", random)
    query = reader.query("progressTracking").with_index(
        "by_user_date",
        lambda q: q.eq("userId", day["userId"]).gte("trackingDate", day["trackingDate"]),
    )
    return query.take(31)


def progress_by_date(reader: Reader, random: Random) -> Page:
    """Compare everybody's progress of a date (progressTracking ``by_date``)."""
    return _page(_same(reader, "progressTracking", "by_date", random, "trackingDate"))


def insights_of_user(reader: Reader, random: Random) -> Page:
    """List a user's insights (weeklyInsights ``by_user_id``)."""
    return _page(_same(reader, "weeklyInsights", "by_user_id", random, "userId"))


def insights_of_week(reader: Reader, random: Random) -> list[Document]:
    """Look up a user's insights of a week (weeklyInsights ``by_user_week``)."""
    index = "by_user_week"
    return _same(reader, "weeklyInsights", index, random, "userId", "weekStartDate").collect()


def insights_by_type(reader: Reader, random: Random) -> Page:
    """Filter insights by type (weeklyInsights ``by_insight_type``)."""
    return _page(_same(reader, "weeklyInsights", "by_insight_type", random, "insightType"))


def moods_of_user(reader: Reader, random: Random) -> Page:
    """List a user's mood entries (moodTracking ``by_user_id``)."""
    return _page(_same(reader, "moodTracking", "by_user_id", random, "userId"))


def moods_in_order(reader: Reader, random: Random) -> Page:
    """Follow a user's moods, the latest first (moodTracking ``by_user_date``)."""
    query = _same(reader, "moodTracking", "by_user_date", random, "userId")
    return _page(query.order("desc"))


def moods_by_mood(reader: Reader, random: Random) -> Page:
    """Analyse one mood (moodTracking ``by_mood``)."""
    return _page(_same(reader, "moodTracking", "by_mood", random, "mood"))


def goals_of_user(reader: Reader, random: Random) -> Page:
    """List a user's goals (socialGoals ``by_user_id``)."""
    return _page(_same(reader, "socialGoals", "by_user_id", random, "userId"))


def goals_of_user_by_status(reader: Reader, random: Random) -> Page:
    """List a user's goals of a status (socialGoals ``by_user_status``)."""
    return _page(_same(reader, "socialGoals", "by_user_status", random, "userId", "status"))


def goals_by_category(reader: Reader, random: Random) -> Page:
    """List goals of a category (socialGoals ``by_category``)."""
    category = random_document(reader, "socialGoals", random).get("category", "friends")
    return _page(reader.query("socialGoals").with_index("by_category", category=category))


def _same(reader: Reader, table: str, index: str, random: Random, *fields: str) -> Query:
    """Ask an index for what has the same values in ``fields`` as a random document has."""
    example = random_document(reader, table, random)
    equal = {field: example[field] for field in fields}
    return reader.query(table).with_index(index, **equal)


def _page(query: Query) -> Page:
    return query.paginate(num_items=_PAGE)


patterns = by_name(
    user_by_email,
    user_by_username,
    users_by_confidence_level,
    profile_of_user,
    get_user_journal_entries,
    journal_entries_of_user,
    journal_entries_by_mood,
    missions_by_difficulty,
    missions_by_category,
    missions_by_difficulty_and_category,
    missions_of_user,
    missions_of_user_by_status,
    participants_of_mission,
    mission_of_user,
    events_by_date,
    events_by_category,
    events_by_comfort_level,
    events_of_organizer,
    events_by_date_and_category,
    attendees_of_event,
    events_of_user,
    attendees_of_event_by_status,
    events_of_user_by_status,
    achievements_by_category,
    achievements_by_points,
    achievements_of_user,
    earners_of_achievement,
    achievement_of_user,
    conversations_of_user,
    conversation_by_session,
    conversation_of_user_by_session,
    messages_of_conversation,
    messages_in_order,
    messages_by_sender,
    progress_of_user,
    progress_in_order,
    progress_by_date,
    insights_of_user,
    insights_of_week,
    insights_by_type,
    moods_of_user,
    moods_in_order,
    moods_by_mood,
    goals_of_user,
    goals_of_user_by_status,
    goals_by_category,
)
