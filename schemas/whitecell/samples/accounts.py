"""
Sample users, sessions and one-time passwords.

The first user of all is an administrator, so that every administrator's deed has a doer.
Sessions and one-time passwords end in January 2100: any earlier end would let today's clock
sweep them away before anyone has looked. A sweep is tried with a ``now`` of one's own.
"""

from datetime import UTC, datetime
from math import isqrt

from docdb import UNSET

from ...sampling import DAY, Document, Sample, Writer
from ...vocabulary import first_name, prose, slug, surname
from .people import Person, visit

__all__ = ["ACCOUNT_MAKERS", "device", "internet_address", "write_users"]

_ENDS_FROM = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000)
_BIO_CHARACTERS_MAX = 500
_BROWSERS = ("Firefox/133.0", "Chrome/131.0", "Safari/18.2", "WhiteCell/1.4 (iOS)")


def write_users(sample: Sample, tx: Writer, count: int) -> None:
    """Insert ``count`` users and remember them for what follows."""
    done = sample.counts["users"]
    users = [_user(sample, number) for number in range(done, done + count)]
    for id, user in zip(sample.insert(tx, "users", users), users, strict=True):
        person = Person(id, email=user["email"], created_at=user["createdAt"])
        sample.pool("people").add([person])
        if user["role"] == "admin":
            sample.pool("administrators").add([person])


def _user(sample: Sample, number: int) -> Document:
    random, deal = sample.random, sample.deal
    created = sample.instant()
    given, family = first_name(random), surname(random)
    # The number keeps it unique in this database, the rest beside what another seed wrote.
    username = f"{given}.{slug(random, characters=6)}{number}".lower()
    subscription = deal.pick("users.subscription", ("free", "free", "basic", "premium"))
    total_xp = int(50 * random.paretovariate(0.9))
    streak = int(random.expovariate(0.1))
    expiry = sample.after(created, within=365 * DAY)
    roles = ("user",) * 6 + ("creator", "creator", "admin")
    return {
        "email": f"{username}@example.{random.choice(('com', 'org', 'net'))}",
        "name": f"{given} {family}",
        "username": username,
        "avatar": deal.maybe("users.avatar", lambda: f"https://img.example.com/{slug(random)}.png"),
        "bio": deal.maybe("users.bio", lambda: prose(random, words=25)[:_BIO_CHARACTERS_MAX]),
        "role": deal.pick("users.role", roles) if number else "admin",
        "subscription": subscription,
        "subscriptionExpiry": UNSET if subscription == "free" else expiry,
        "createdAt": created,
        "updatedAt": sample.after(created),
        "lastLogin": deal.maybe("users.lastLogin", lambda: sample.after(created), tenths=8),
        "isActive": deal.chance("users.isActive", 9),
        "isBanned": deal.chance("users.isBanned", 1),
        "totalXP": total_xp,
        "currentLevel": min(100, 1 + isqrt(total_xp // 100)),
        "currentStreak": streak,
        "longestStreak": streak + int(random.expovariate(0.05)),
    }


def _session(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, created = visit(sample)
    return {
        "userId": person.id,
        "token": slug(random, characters=32),
        "expiresAt": _end(sample),
        "ipAddress": deal.maybe("sessions.ipAddress", lambda: internet_address(sample), tenths=8),
        "userAgent": deal.maybe("sessions.userAgent", lambda: device(sample), tenths=8),
        "type": deal.pick("sessions.type", ("otp", "password", "password", "oauth")),
        "createdAt": created,
        "isValid": deal.chance("sessions.isValid", 9),
    }


def _otp_token(sample: Sample) -> Document:
    person, created = visit(sample)
    is_used = sample.deal.chance("otp_tokens.isUsed", 7)
    return {
        "email": person.email,
        "token": f"{sample.random.randrange(1_000_000):06d}",
        "expiresAt": _end(sample),
        "attempts": sample.deal.pick("otp_tokens.attempts", (0, 0, 0, 1, 2, 3)),
        "maxAttempts": 3,
        "createdAt": created,
        "isUsed": is_used,
    }


def _end(sample: Sample) -> int:
    return _ENDS_FROM + int(30 * DAY * sample.random.random())


def internet_address(sample: Sample) -> str:
    """Return an address of the ranges that are reserved for documentation."""
    return f"203.0.113.{sample.random.randrange(256)}"


def device(sample: Sample) -> str:
    """Return what a browser or the application says about itself."""
    return f"Mozilla/5.0 {sample.random.choice(_BROWSERS)}"


ACCOUNT_MAKERS = {"sessions": _session, "otp_tokens": _otp_token}
