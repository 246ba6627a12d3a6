"""
Sample content items, ideas and templates.

Combinations of platforms are few and always in the same order, as a form with check boxes
gives them, so that a look-up of a whole array finds several items.
"""

from docdb import UNSET

from ...sampling import DAY, Document, Sample
from ...vocabulary import phrase, prose, sentence, slug, title
from .people import visit

__all__ = ["CREATOR_MAKERS"]

_PLATFORMS = (
    ("instagram",),
    ("youtube",),
    ("tiktok",),
    ("twitter",),
    ("instagram", "tiktok"),
    ("instagram", "youtube", "tiktok", "twitter"),
)
_KINDS = ("video", "short", "thread", "reel")
_METRICS = ("views", "likes", "comments", "shares")
_IDEAS = ("trending", "tutorial", "personal", "collab", "series", "evergreen")


def _content_item(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    status = deal.pick(
        "content_items.status", ("ideation", "scripting", "production", "publishing", "publishing")
    )
    is_published = status == "publishing" and deal.chance("content_items.published", 7)
    due = at + random.randint(2, 60) * DAY
    platforms = list(deal.pick("content_items.platform", _PLATFORMS))
    links = [f"https://{platform}.example.com/{slug(random)}" for platform in platforms]
    return {
        "userId": person.id,
        "title": title(random),
        "description": deal.maybe("content_items.description", lambda: sentence(random)),
        "platform": platforms,
        "status": status,
        "category": deal.maybe("content_items.category", lambda: random.choice(_KINDS)),
        "dueDate": deal.maybe("content_items.dueDate", lambda: due, tenths=7),
        "scheduledDate": deal.maybe("content_items.scheduledDate", lambda: due - DAY),
        "links": links if is_published else UNSET,
        "metrics": _metrics(sample) if is_published else UNSET,
        "createdAt": at,
        "updatedAt": sample.after(at),
    }


def _metrics(sample: Sample) -> Document:
    """Count what the platforms report; of two items, one has each number and one has not."""
    views = int(100 * sample.random.paretovariate(0.8))
    return {
        name: views // 10**power
        for power, name in enumerate(_METRICS)
        if sample.deal.pick(f"metrics.{name}", (True, False))
    }


def _content_idea(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    return {
        "userId": person.id,
        "title": title(random),
        "category": deal.pick("content_ideas.category", _IDEAS),
        "brainstormPoints": deal.maybe(
            "content_ideas.brainstormPoints",
            lambda: [sentence(random) for _ in range(random.randint(1, 5))],
        ),
        "tags": deal.maybe(
            "content_ideas.tags", lambda: [f"#{word}" for word in phrase(random, 3).split()]
        ),
        "potential": deal.pick("content_ideas.potential", ("low", "medium", "high")),
        "createdAt": at,
    }


def _content_template(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, _ = visit(sample)
    return {
        "userId": person.id,
        "name": title(random, words_max=3),
        "category": deal.pick("content_templates.category", _KINDS),
        "outline": ["Hook", *(title(random) for _ in range(random.randint(1, 4))), "Close"],
        "scriptTemplate": deal.maybe(
            "content_templates.scriptTemplate",
            lambda: f"{{hook}}\n{prose(random, words=40)}\n{{close}}",
        ),
        "platforms": list(deal.pick("content_templates.platforms", _PLATFORMS)),
        "length": deal.maybe("content_templates.length", lambda: f"{random.randint(1, 20)} min"),
        "reusageCount": int(random.expovariate(0.2)),
    }


CREATOR_MAKERS = {
    "content_items": _content_item,
    "content_ideas": _content_idea,
    "content_templates": _content_template,
}
