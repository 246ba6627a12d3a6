"""
Sample accounts: the six tables of the component ``betterAuth``.

Optional fields of these tables are absent, null or set, each often. E-mail addresses, user
names, telephone numbers and session tokens are unique by their construction.
"""

from collections.abc import Callable, Mapping
from typing import Any

from docdb import UNSET

from ..sampling import DAY, HOUR, Document, Sample
from ..vocabulary import email, full_name, slug

__all__ = ["write_accounts"]

_COMPONENT = "betterAuth"


def write_accounts(sample: Sample, tx: Any, quota: Mapping[str, int]) -> list[str]:
    """Write a round of the component's tables and return the ids of the new users."""
    users = [_user(sample) for _ in range(quota["betterAuth/user"])]
    ids = sample.insert(tx, "user", users, component=_COMPONENT)
    sample.pool("auth users").add(ids)
    for table, make in _OTHERS.items():
        documents = [make(sample) for _ in range(quota[f"{_COMPONENT}/{table}"])]
        sample.insert(tx, table, documents, component=_COMPONENT)
    return ids


def _perhaps(sample: Sample, name: str, make: Callable[[], object]) -> Any:
    """Return a value, null, or nothing."""
    return sample.deal.pick(name, (make, make, lambda: None, lambda: UNSET))()


def _user(sample: Sample) -> Document:
    random = sample.random
    created = sample.instant()
    handle = slug(random, characters=12)
    return {
        "name": full_name(random),
        "email": email(random),
        "emailVerified": sample.deal.chance("emailVerified", 7),
        "image": _perhaps(sample, "image", lambda: f"https://images.example.com/{handle}.png"),
        "createdAt": created,
        "updatedAt": sample.after(created),
        "twoFactorEnabled": _perhaps(sample, "2fa", lambda: random.random() < 0.5),
        "isAnonymous": _perhaps(sample, "isAnonymous", lambda: random.random() < 0.1),
        "username": _perhaps(sample, "username", lambda: handle),
        "displayUsername": _perhaps(sample, "displayUsername", handle.title),
        "phoneNumber": _perhaps(
            sample, "phoneNumber", lambda: f"+3816{random.randrange(10**12):012}"
        ),
        "phoneNumberVerified": _perhaps(sample, "phoneVerified", lambda: random.random() < 0.5),
        "userId": _perhaps(sample, "external user", lambda: slug(random, characters=24)),
    }


def _session(sample: Sample) -> Document:
    random = sample.random
    created = sample.instant()
    return {
        "expiresAt": created + 7 * DAY,
        "token": slug(random, characters=32),
        "createdAt": created,
        "updatedAt": sample.after(created, within=7 * DAY),
        "ipAddress": _perhaps(sample, "ip", lambda: f"192.0.2.{random.randint(1, 254)}"),
        "userAgent": _perhaps(sample, "agent", lambda: "Mozilla/5.0"),
        "userId": sample.pool("auth users").pick(),
    }


def _account(sample: Sample) -> Document:
    random = sample.random
    created = sample.instant()
    provider = sample.deal.pick("provider", ("credential", "google", "apple"))

    def token() -> str:
        return slug(random, characters=40)

    return {
        "accountId": slug(random, characters=21),
        "providerId": provider,
        "userId": sample.pool("auth users").pick(),
        "accessToken": _perhaps(sample, "accessToken", token),
        "refreshToken": _perhaps(sample, "refreshToken", token),
        "idToken": _perhaps(sample, "idToken", token),
        "accessTokenExpiresAt": _perhaps(sample, "access expiry", lambda: created + HOUR),
        "refreshTokenExpiresAt": _perhaps(sample, "refresh expiry", lambda: created + 30 * DAY),
        "scope": _perhaps(sample, "scope", lambda: "openid email"),
        "password": _perhaps(sample, "password", token),
        "createdAt": created,
        "updatedAt": sample.after(created),
    }


def _verification(sample: Sample) -> Document:
    created = sample.instant()
    return {
        "identifier": email(sample.random),
        "value": f"{sample.random.randrange(10**6):06}",
        "expiresAt": created + HOUR,
        "createdAt": created,
        "updatedAt": created,
    }


def _two_factor(sample: Sample) -> Document:
    return {
        "secret": slug(sample.random, characters=32),
        "backupCodes": " ".join(slug(sample.random, characters=10) for _ in range(5)),
        "userId": sample.pool("auth users").pick(),
    }


def _passkey(sample: Sample) -> Document:
    random = sample.random
    return {
        "name": _perhaps(sample, "passkey", lambda: random.choice(("Phone", "Laptop", "Key"))),
        "publicKey": slug(random, characters=64),
        "userId": sample.pool("auth users").pick(),
        "credentialID": slug(random, characters=32),
        "counter": random.randint(0, 500),
        "deviceType": sample.deal.pick("deviceType", ("singleDevice", "multiDevice")),
        "backedUp": sample.deal.chance("backedUp"),
        "transports": _perhaps(sample, "transports", lambda: "internal,hybrid"),
        "createdAt": _perhaps(sample, "passkey time", sample.instant),
        "aaguid": _perhaps(sample, "aaguid", lambda: slug(random, characters=32)),
    }


_OTHERS: dict[str, Callable[[Sample], Document]] = {
    "session": _session,
    "account": _account,
    "verification": _verification,
    "twoFactor": _two_factor,
    "passkey": _passkey,
}
