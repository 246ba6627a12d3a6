"""Sample analytics events, feature flags and administrators' deeds."""

from docdb import UNSET

from ...sampling import Document, Sample
from ...vocabulary import phrase, sentence, slug
from .accounts import device, internet_address
from .gamification import MODULES
from .people import Person, visit

__all__ = ["OPERATIONS_MAKERS"]

_EVENTS = ("page_view", "page_view", "click", "sign_in", "export", "error")
_DEEDS = ("user_banned", "user_unbanned", "content_removed", "flag_changed")
_TARGETS = ("user", "content", "system")


def _event(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    return {
        "userId": deal.maybe("analytics.userId", lambda: person.id, tenths=8),
        "event": deal.pick("analytics.event", _EVENTS),
        "module": deal.maybe("analytics.module", lambda: random.choice(MODULES), tenths=7),
        "metadata": deal.maybe(
            "analytics.metadata",
            lambda: {"path": f"/{slug(random, characters=6)}", "ms": random.randrange(2000)},
        ),
        "timestamp": at,
        "sessionId": deal.maybe("analytics.sessionId", lambda: slug(random), tenths=8),
        "ipAddress": deal.maybe("analytics.ipAddress", lambda: internet_address(sample)),
        "userAgent": deal.maybe("analytics.userAgent", lambda: device(sample)),
    }


def _feature_flag(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    at = sample.instant()
    people: list[Person] = sample.pool("people").some(random.randint(1, 5))
    return {
        "name": f"{phrase(random, 2).replace(' ', '_')}_{slug(random, characters=8)}",
        "description": deal.maybe("feature_flags.description", lambda: sentence(random)),
        "isEnabled": deal.chance("feature_flags.isEnabled"),
        "rolloutPercentage": deal.pick("feature_flags.rollout", (0, 5, 25, 50, 100)),
        "targetUsers": deal.maybe(
            "feature_flags.targetUsers", lambda: [person.id for person in people]
        ),
        "targetRoles": deal.maybe(
            "feature_flags.targetRoles", lambda: random.sample(("user", "creator", "admin"), 2)
        ),
        "createdAt": at,
        "updatedAt": sample.after(at),
    }


def _deed(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    doer: Person = sample.pool("administrators").pick()
    person, at = visit(sample)
    target = deal.maybe(
        "admin_logs.targetType", lambda: deal.pick("admin_logs.target", _TARGETS), tenths=7
    )
    ids = {"user": person.id, "content": slug(random)}
    return {
        "adminId": doer.id,
        "action": deal.pick("admin_logs.action", _DEEDS),
        "targetId": ids.get(target, UNSET),
        "targetType": target,
        "changes": deal.maybe(
            "admin_logs.changes",
            lambda: {"before": {"isActive": True}, "after": {"isActive": False}},
        ),
        "reason": deal.maybe("admin_logs.reason", lambda: sentence(random)),
        "timestamp": at,
        "ipAddress": deal.maybe("admin_logs.ipAddress", lambda: internet_address(sample)),
    }


OPERATIONS_MAKERS = {"analytics": _event, "feature_flags": _feature_flag, "admin_logs": _deed}
