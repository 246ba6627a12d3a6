"""
The tables of ``extrovertly``: people, missions, events, achievements, a coach, and progress.

Readings:

- The document names indexes and their purposes, not their fields; these follow from the names.
  "Chronological" means the table's own date, else ``_creationTime``. So three pairs of indexes
  have the same key (``by_user_id`` and ``by_user_date`` of two tables, ``by_conversation_id``
  and ``by_conversation_time``), and both names of each can be asked.
- "Unique constraint" on pairs of user and mission, and of user and achievement, is enforced;
  nothing else is unique, e-mail addresses and user names included.
- The ranges in comments are enforced: confidence from 1 to 10, ratings from 1 to 5, intensity
  from 1 to 10. Dates and times of day are strings; that they are ISO strings is advice.
- The filter fields of the four search indexes are not given; these are the fields that the
  application's screens filter by.
- Counters such as ``totalPoints`` have no defaults; the mutation that creates a user sets them.
- No deletion has consequences.
"""

from docdb import define_schema, define_table, v

__all__ = ["schema"]

_USER = v.id("users")
_TEXT = v.optional(v.string())
_TEXTS = v.optional(v.array(v.string()))
_JSON = v.optional(v.any())
_INSTANT = v.optional(v.number())
_RATING = v.optional(v.number(minimum=1, maximum=5))

_users = (
    define_table(
        {
            "email": v.string(),
            "username": v.string(),
            "firstName": v.string(),
            "lastName": _TEXT,
            "avatarUrl": _TEXT,
            "dateOfBirth": _TEXT,
            "lastLoginAt": _INSTANT,
            "isActive": v.boolean(),
            "preferences": _JSON,
            "confidenceLevel": v.number(minimum=1, maximum=10),
            "totalPoints": v.number(),
            "streakDays": v.number(),
            "longestStreak": v.number(),
        }
    )
    .index("by_email", ["email"])
    .index("by_username", ["username"])
    .index("by_confidence_level", ["confidenceLevel"])
)

_user_profiles = define_table(
    {
        "userId": _USER,
        "bio": _TEXT,
        "socialGoals": _TEXTS,
        "comfortLevels": _JSON,
        "interests": _TEXTS,
        "socialContexts": _JSON,
    }
).index("by_user_id", ["userId"])

_journal_entries = (
    define_table(
        {
            "userId": _USER,
            "content": v.string(),
            "mood": v.string(),
            "reflectionPrompt": _TEXT,
            "tags": _TEXTS,
            "isPrivate": v.boolean(),
            "wordCount": v.optional(v.number()),
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_user_date", ["userId", "_creationTime"])
    .index("by_mood", ["mood"])
    .search_index("search_content", search_field="content", filter_fields=["userId", "mood"])
)

_missions = (
    define_table(
        {
            "title": v.string(),
            "description": v.string(),
            "difficulty": v.union(
                v.literal("beginner"), v.literal("intermediate"), v.literal("advanced")
            ),
            "category": v.string(),
            "points": v.number(),
            "timeEstimate": _TEXT,
            "tips": _TEXTS,
            "requirements": _JSON,
            "isActive": v.boolean(),
        }
    )
    .index("by_difficulty", ["difficulty"])
    .index("by_category", ["category"])
    .index("by_difficulty_category", ["difficulty", "category"])
    .search_index("search_missions", search_field="title", filter_fields=["difficulty", "category"])
)

_user_missions = (
    define_table(
        {
            "userId": _USER,
            "missionId": v.id("missions"),
            "status": v.union(
                v.literal("assigned"),
                v.literal("in_progress"),
                v.literal("completed"),
                v.literal("skipped"),
            ),
            "assignedAt": v.number(),
            "startedAt": _INSTANT,
            "completedAt": _INSTANT,
            "notes": _TEXT,
            "difficultyRating": _RATING,
            "satisfactionRating": _RATING,
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_user_status", ["userId", "status"])
    .index("by_mission_id", ["missionId"])
    .index("by_user_mission", ["userId", "missionId"], unique=True)
)

_events = (
    define_table(
        {
            "title": v.string(),
            "description": v.string(),
            "date": v.string(),
            "time": v.string(),
            "location": _TEXT,
            "category": v.string(),
            "comfortLevel": v.union(v.literal("low"), v.literal("medium"), v.literal("high")),
            "maxAttendees": v.optional(v.number()),
            "price": v.number(),
            "organizerId": v.optional(_USER),
            "organizerName": _TEXT,
            "socialContext": _JSON,
            "tags": _TEXTS,
            "imageUrl": _TEXT,
            "isActive": v.boolean(),
        }
    )
    .index("by_date", ["date"])
    .index("by_category", ["category"])
    .index("by_comfort_level", ["comfortLevel"])
    .index("by_organizer", ["organizerId"])
    .index("by_date_category", ["date", "category"])
    .search_index(
        "search_events",
        search_field="title",
        filter_fields=["category", "comfortLevel", "date"],
    )
)

_event_attendees = (
    define_table(
        {
            "eventId": v.id("events"),
            "userId": _USER,
            "status": v.union(
                v.literal("interested"),
                v.literal("going"),
                v.literal("not_going"),
                v.literal("attended"),
            ),
            "rsvpAt": v.number(),
            "attendedAt": _INSTANT,
            "feedback": _TEXT,
            "rating": _RATING,
        }
    )
    .index("by_event_id", ["eventId"])
    .index("by_user_id", ["userId"])
    .index("by_event_status", ["eventId", "status"])
    .index("by_user_status", ["userId", "status"])
)

_achievements = (
    define_table(
        {
            "title": v.string(),
            "description": v.string(),
            "icon": v.string(),
            "category": _TEXT,
            "requirements": v.any(),
            "pointsReward": v.number(),
            "isActive": v.boolean(),
        }
    )
    .index("by_category", ["category"])
    .index("by_points", ["pointsReward"])
)

_user_achievements = (
    define_table(
        {
            "userId": _USER,
            "achievementId": v.id("achievements"),
            "earnedAt": v.number(),
            "progress": v.number(),
            "maxProgress": v.number(),
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_achievement_id", ["achievementId"])
    .index("by_user_achievement", ["userId", "achievementId"], unique=True)
)

_coach_conversations = (
    define_table(
        {
            "userId": _USER,
            "sessionId": v.string(),
            "endedAt": _INSTANT,
            "sessionSummary": _TEXT,
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_session_id", ["sessionId"])
    .index("by_user_session", ["userId", "sessionId"])
)

_coach_messages = (
    define_table(
        {
            "conversationId": v.id("coachConversations"),
            "content": v.string(),
            "sender": v.union(v.literal("user"), v.literal("coach")),
            "messageType": v.union(v.literal("text"), v.literal("scenario"), v.literal("advice")),
            "metadata": _JSON,
        }
    )
    .index("by_conversation_id", ["conversationId"])
    .index("by_conversation_time", ["conversationId", "_creationTime"])
    .index("by_sender", ["sender"])
)

_progress_tracking = (
    define_table(
        {
            "userId": _USER,
            "trackingDate": v.string(),
            "confidenceLevel": v.optional(v.number(minimum=1, maximum=10)),
            "mood": _TEXT,
            "activitiesCompleted": v.number(),
            "journalEntries": v.number(),
            "eventsAttended": v.number(),
            "missionsCompleted": v.number(),
            "pointsEarned": v.number(),
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_user_date", ["userId", "trackingDate"])
    .index("by_date", ["trackingDate"])
)

_weekly_insights = (
    define_table(
        {
            "userId": _USER,
            "weekStartDate": v.string(),
            "insightType": v.string(),
            "title": v.string(),
            "description": v.string(),
            "data": _JSON,
            "isRead": v.boolean(),
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_user_week", ["userId", "weekStartDate"])
    .index("by_insight_type", ["insightType"])
)

_mood_tracking = (
    define_table(
        {
            "userId": _USER,
            "mood": v.string(),
            "intensity": v.optional(v.number(minimum=1, maximum=10)),
            "context": _TEXT,
            "triggers": _TEXTS,
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_user_date", ["userId", "_creationTime"])
    .index("by_mood", ["mood"])
)

_social_goals = (
    define_table(
        {
            "userId": _USER,
            "title": v.string(),
            "description": _TEXT,
            "category": _TEXT,
            "targetValue": v.optional(v.number()),
            "currentValue": v.number(),
            "targetDate": _TEXT,
            "status": v.union(
                v.literal("active"),
                v.literal("completed"),
                v.literal("paused"),
                v.literal("cancelled"),
            ),
        }
    )
    .index("by_user_id", ["userId"])
    .index("by_user_status", ["userId", "status"])
    .index("by_category", ["category"])
    .search_index(
        "search_goals", search_field="title", filter_fields=["userId", "status", "category"]
    )
)

schema = define_schema(
    {
        "users": _users,
        "userProfiles": _user_profiles,
        "journalEntries": _journal_entries,
        "missions": _missions,
        "userMissions": _user_missions,
        "events": _events,
        "eventAttendees": _event_attendees,
        "achievements": _achievements,
        "userAchievements": _user_achievements,
        "coachConversations": _coach_conversations,
        "coachMessages": _coach_messages,
        "progressTracking": _progress_tracking,
        "weeklyInsights": _weekly_insights,
        "moodTracking": _mood_tracking,
        "socialGoals": _social_goals,
    }
)
