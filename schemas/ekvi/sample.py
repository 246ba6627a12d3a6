"""
Sample data of ``ekvi``, with the accounts of its component ``betterAuth``.

Each profile belongs to an auth user made in the same round, and each coach profile to such a
profile, so that both relations stay one to one. A round's modules belong to its programs and
its workouts to its modules, numbered in order; everything else refers to profiles, videos and
files of any age.
"""

from collections.abc import Mapping
from typing import Any

from docdb import UNSET

from ..sampling import DAY, Document, Progress, Sample, compact, moved, write_rounds
from ..vocabulary import first_name, full_name, place, prose, sentence, slug, title
from .accounts import write_accounts
from .media import file, video

__all__ = ["populate"]

_SHARES = {
    "betterAuth/user": 6,
    "userProfiles": 6,
    "coachProfiles": 2,
    "videos": 7,
    "files": 8,
    "programs": 6,
    "programModules": 12,
    "workouts": 20,
    "exercises": 8,
    "notifications": 14,
    "betterAuth/session": 4,
    "betterAuth/account": 5,
    "betterAuth/verification": 2.5,
    "betterAuth/twoFactor": 2,
    "betterAuth/passkey": 2.5,
}
_CATEGORIES = ("strength", "yoga", "running", "mobility", "cardio", "calisthenics")
_EQUIPMENT = ("barbell", "bench", "kettlebell", "band", "rings", "mat")
_VERIFICATION = ("unverified", "unverified", "unverified", "pending", "verified", "verified")
_NOTIFICATIONS = ("video_ready", "program_published", "new_follower", "verification_approved")


def populate(
    db: Any, rows: int = 1000, seed: int = 0, progress: Progress | None = None
) -> dict[str, int]:
    """
    Write ``rows`` documents over all tables of a database with this application's schema.

    Returns:
        The number of documents written to each table; tables of the component are called
        ``betterAuth/user`` and so on.

    Raises:
        InvalidArgument: ``rows`` is no whole number of 1 or more.
    """
    return write_rounds(db, _SHARES, _write_round, rows=rows, seed=seed, progress=progress)


def _write_round(sample: Sample, tx: Any, quota: Mapping[str, int]) -> None:
    users = quota["betterAuth/user"]
    quota = moved(quota, "userProfiles", at_most=users, to="notifications")
    quota = moved(quota, "coachProfiles", at_most=quota["userProfiles"], to="notifications")
    auth_ids = write_accounts(sample, tx, quota)
    coaches = _write_profiles(sample, tx, quota, auth_ids)
    videos = sample.insert(tx, "videos", [video(sample) for _ in range(quota["videos"])])
    sample.pool("videos").add(videos)
    files = sample.insert(tx, "files", [file(sample) for _ in range(quota["files"])])
    sample.pool("files").add(files)
    coach_profiles = [_coach_profile(sample, coach) for coach in coaches]
    sample.pool("coaches").add(sample.insert(tx, "coachProfiles", coach_profiles))
    _write_programs(sample, tx, quota)
    exercises = [_exercise(sample) for _ in range(quota["exercises"])]
    sample.insert(tx, "exercises", exercises)
    notifications = [_notification(sample) for _ in range(quota["notifications"])]
    sample.insert(tx, "notifications", notifications)


def _write_profiles(
    sample: Sample, tx: Any, quota: Mapping[str, int], auth_ids: list[str]
) -> list[str]:
    """Write profiles, one for each auth user, and return those that get a coach profile."""
    coaches = quota["coachProfiles"]
    roles = ["coach"] * coaches
    for _ in range(quota["userProfiles"] - coaches):
        roles.append(sample.deal.pick("role", ("athlete",) * 8 + ("admin", "coach")))
    sample.random.shuffle(roles)
    profiles = [
        _profile(sample, auth_id, role) for auth_id, role in zip(auth_ids, roles, strict=False)
    ]
    ids = sample.insert(tx, "userProfiles", profiles)
    sample.pool("profiles").add(ids)
    return [id for id, role in zip(ids, roles, strict=True) if role == "coach"][:coaches]


def _write_programs(sample: Sample, tx: Any, quota: Mapping[str, int]) -> None:
    """Write programs, their modules and the modules' workouts."""
    programs = [_program(sample) for _ in range(quota["programs"])]
    program_ids = sample.insert(tx, "programs", programs)
    modules = [
        {"programId": parent, **_module(sample, order)}
        for parent, order in _ordered(sample, program_ids, quota["programModules"])
    ]
    module_ids = sample.insert(tx, "programModules", modules)
    workouts = [
        {"moduleId": parent, **_workout(sample, order)}
        for parent, order in _ordered(sample, module_ids, quota["workouts"])
    ]
    sample.insert(tx, "workouts", workouts)


def _ordered(sample: Sample, parents: list[str], count: int) -> list[tuple[str, int]]:
    """Deal ``count`` children out among parents, numbered from 1, in shuffled order."""
    numbers = dict.fromkeys(parents, 0)
    children: list[tuple[str, int]] = []
    for _ in range(count):
        parent = parents[int(sample.random.random() ** 1.3 * len(parents))]
        numbers[parent] += 1
        children.append((parent, numbers[parent]))
    sample.random.shuffle(children)
    return children


def _stamps(sample: Sample) -> dict[str, int]:
    created = sample.instant()
    edited = sample.deal.chance("edited", 6)
    return {"createdAt": created, "updatedAt": sample.after(created) if edited else created}


def _profile(sample: Sample, auth_id: str, role: str) -> Document:
    random, deal = sample.random, sample.deal
    certificates = ("NSCA-CPT", "RYT-200", "UESCA", "FRC")
    return {
        "authId": auth_id,
        "displayName": full_name(random),
        "bio": deal.maybe("bio", lambda: sentence(random)),
        "profileImage": deal.maybe("profileImage", sample.file, tenths=6),
        "role": role,
        "location": deal.maybe("location", lambda: place(random), tenths=8),
        "languages": deal.pick("languages", (["en", "sr"], ["sr"], ["en"], UNSET)),
        "verificationStatus": deal.pick("verificationStatus", _VERIFICATION),
        "certifications": deal.maybe(
            "certifications", lambda: random.sample(certificates, random.randint(0, 2)), tenths=4
        ),
        "socialLinks": deal.maybe("socialLinks", lambda: _links(sample)),
        **_stamps(sample),
    }


def _links(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    return compact(
        {
            "instagram": deal.maybe("instagram", lambda: f"@{slug(random, characters=8)}"),
            "youtube": deal.maybe("youtube", lambda: f"@{slug(random, characters=8)}"),
            "website": deal.maybe("website", lambda: f"https://{slug(random)}.example.com"),
        }
    )


def _coach_profile(sample: Sample, profile: str) -> Document:
    random = sample.random
    return {
        "profileId": profile,
        "specialties": random.sample(_CATEGORIES, random.randint(1, 3)),
        # Between 1961 and 2005: earlier than 1970 is a negative number of milliseconds.
        "dateOfBirth": random.randint(-9 * 365, 35 * 365) * DAY,
        "certifications": random.sample(("NSCA-CPT", "RYT-200", "UESCA"), random.randint(0, 2)),
        "bio": prose(random),
        "introVideoId": sample.deal.maybe("introVideoId", sample.pool("videos").pick),
        **_stamps(sample),
    }


def _program(sample: Sample) -> Document:
    deal = sample.deal
    return {
        "coachProfileId": sample.pool("coaches").pick(),
        "title": title(sample.random),
        "description": prose(sample.random, words=40),
        "category": deal.pick("category", _CATEGORIES),
        "level": deal.pick("level", ("beginner", "beginner", "intermediate", "advanced")),
        "thumbnailId": deal.maybe("thumbnailId", sample.pool("files").pick, tenths=7),
        "previewVideoId": deal.maybe("previewVideoId", sample.pool("videos").pick, tenths=4),
        "isPublished": deal.chance("isPublished", 7),
        **_stamps(sample),
    }


def _module(sample: Sample, order: int) -> Document:
    random = sample.random
    return {
        "title": title(random),
        "description": sentence(random),
        "order": order,
        "duration": sample.deal.maybe("module duration", lambda: random.randint(20, 400)),
        **_stamps(sample),
    }


def _workout(sample: Sample, order: int) -> Document:
    random, deal = sample.random, sample.deal
    return {
        "title": title(random),
        "description": sentence(random),
        "instructions": deal.maybe("instructions", lambda: prose(random, words=50)),
        "order": order,
        "videoId": deal.maybe("workout video", sample.pool("videos").pick, tenths=6),
        "duration": deal.maybe("workout duration", lambda: random.randint(5, 120), tenths=8),
        "difficulty": deal.pick("difficulty", (1, 2, 2, 3, 3, 4, 5)),
        **_stamps(sample),
    }


def _exercise(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    return {
        "createdBy": sample.pool("profiles").pick(),
        "name": title(random, words_max=3),
        "description": sentence(random),
        "category": deal.pick("exercise category", _CATEGORIES),
        "equipment": random.sample(_EQUIPMENT, random.randint(0, 3)),
        "videoId": deal.maybe("exercise video", sample.pool("videos").pick),
        "thumbnailId": deal.maybe("exercise thumbnail", sample.pool("files").pick),
        "isPublic": deal.chance("isPublic", 6),
        **_stamps(sample),
    }


def _notification(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    created = sample.instant()
    is_read = deal.chance("isRead", 6)
    kind = deal.pick("notification", _NOTIFICATIONS)
    raw = deal.pick("raw", (None, 3, "text", ["a", 1], {"by": first_name(random)}))
    return {
        "userId": sample.pool("profiles").pick(),
        "type": kind,
        "title": kind.replace("_", " ").capitalize(),
        "content": sentence(random),
        "actionUrl": deal.maybe("actionUrl", lambda: f"/{kind}/{slug(random, characters=8)}"),
        "isRead": is_read,
        "readAt": sample.after(created) if is_read else UNSET,
        "metadata": deal.maybe("metadata", lambda: {"raw": raw}, tenths=4),
        "createdAt": created,
    }
