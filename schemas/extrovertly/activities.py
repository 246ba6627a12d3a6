"""Sample activities: missions and achievements, who took which, events and who came."""

from docdb import UNSET

from ..sampling import DAY, HOUR, Document, Sample, iso_date, iso_time
from ..vocabulary import full_name, phrase, place, prose, sentence, slug, title

__all__ = [
    "achievement",
    "attendee",
    "earned_achievement",
    "event",
    "mission",
    "taken_mission",
]

_MISSION_CATEGORIES = ("conversation", "networking", "public_speaking", "daily_life")
_EVENT_CATEGORIES = ("meetup", "workshop", "sports", "culture", "volunteering")
_MISSION_STATES = ("assigned", "in_progress", "completed", "completed", "skipped")
_ATTENDANCE = ("interested", "going", "not_going", "attended", "attended")


def mission(sample: Sample) -> Document:
    """Make a mission of the catalogue."""
    random, deal = sample.random, sample.deal
    return {
        "title": title(random),
        "description": sentence(random),
        "difficulty": deal.pick("difficulty", ("beginner", "intermediate", "advanced")),
        "category": deal.pick("mission category", _MISSION_CATEGORIES),
        "points": random.choice((10, 20, 25, 50, 100)),
        "timeEstimate": deal.maybe("timeEstimate", lambda: f"{random.randint(1, 12) * 5} minutes"),
        "tips": deal.maybe("tips", lambda: [sentence(random) for _ in range(2)], tenths=6),
        "requirements": deal.maybe(
            "mission requirements", lambda: {"level": random.randint(1, 5), "items": []}, tenths=4
        ),
        "isActive": deal.chance("mission is active", 9),
    }


def taken_mission(sample: Sample, user: str, mission: str) -> Document:
    """Make a user's mission; its times and ratings follow from how far it got."""
    random, deal = sample.random, sample.deal
    status = deal.pick("mission status", _MISSION_STATES)
    assigned = sample.instant()
    started = sample.after(assigned, within=7 * DAY)
    is_complete = status == "completed"
    return {
        "userId": user,
        "missionId": mission,
        "status": status,
        "assignedAt": assigned,
        "startedAt": started if status in ("in_progress", "completed") else UNSET,
        "completedAt": sample.after(started, within=7 * DAY) if is_complete else UNSET,
        "notes": deal.maybe("notes", lambda: sentence(random), tenths=3),
        "difficultyRating": deal.pick("difficultyRating", (1, 2, 3, 4, 5, UNSET))
        if is_complete
        else UNSET,
        "satisfactionRating": deal.pick("satisfactionRating", (1, 2, 3, 4, 5, UNSET))
        if is_complete
        else UNSET,
    }


def achievement(sample: Sample) -> Document:
    """Make an achievement of the catalogue; its requirements may be any value, null too."""
    random, deal = sample.random, sample.deal
    counted = {"kind": "missions", "count": random.randint(1, 50)}
    return {
        "title": title(random, words_max=4),
        "description": sentence(random),
        "icon": f"badge-{slug(random, characters=4)}",
        "category": deal.maybe(
            "achievement category", lambda: random.choice(("social", "streak", "growth")), tenths=8
        ),
        "requirements": deal.pick("requirements", (counted, counted, [counted], None)),
        "pointsReward": random.randint(1, 40) * 5,
        "isActive": deal.chance("achievement is active", 9),
    }


def earned_achievement(sample: Sample, user: str, achievement: str) -> Document:
    """Make a user's achievement."""
    needed = sample.random.randint(1, 20)
    return {
        "userId": user,
        "achievementId": achievement,
        "earnedAt": sample.instant(),
        "progress": needed if sample.deal.chance("earned", 6) else sample.random.randint(0, needed),
        "maxProgress": needed,
    }


def event(sample: Sample) -> Document:
    """Make an event, on a full quarter of an hour; some are organized by users."""
    random, deal = sample.random, sample.deal
    begins = sample.after(sample.instant(), within=60 * DAY) // (HOUR // 4) * (HOUR // 4)
    return {
        "title": title(random),
        "description": prose(random, words=40),
        "date": iso_date(begins),
        "time": iso_time(begins),
        "location": deal.maybe("location", lambda: place(random), tenths=8),
        "category": deal.pick("event category", _EVENT_CATEGORIES),
        "comfortLevel": deal.pick("comfortLevel", ("low", "medium", "high")),
        "maxAttendees": deal.maybe("maxAttendees", lambda: random.choice((8, 12, 30, 200))),
        "price": deal.pick("price", (0, 0, 0, 4.5, 12, 29.99)),
        "organizerId": deal.maybe("organizerId", sample.pool("users").pick, tenths=6),
        "organizerName": deal.maybe("organizerName", lambda: full_name(random)),
        "socialContext": deal.maybe("socialContext", lambda: {"size": "small", "noise": 2}),
        "tags": deal.maybe("event tags", lambda: phrase(random, 3).split(), tenths=6),
        "imageUrl": deal.maybe("imageUrl", lambda: f"https://images.example.com/{slug(random)}"),
        "isActive": deal.chance("event is active", 9),
    }


def attendee(sample: Sample, event: str, user: str) -> Document:
    """Make an answer to an invitation; feedback comes from those who attended."""
    random, deal = sample.random, sample.deal
    status = deal.pick("attendance", _ATTENDANCE)
    answered = sample.instant()
    attended = status == "attended"
    return {
        "eventId": event,
        "userId": user,
        "status": status,
        "rsvpAt": answered,
        "attendedAt": sample.after(answered) if attended else UNSET,
        "feedback": deal.maybe("feedback", lambda: sentence(random)) if attended else UNSET,
        "rating": deal.pick("rating", (1, 2, 3, 4, 5, UNSET)) if attended else UNSET,
    }
