"""Sample quotes, debates, memory palaces, code projects and strategies."""

from ...sampling import Document, Sample
from ...vocabulary import phrase, prose, sentence, slug, title
from .people import Person, visit

__all__ = ["MIND_MAKERS"]

_STOICS = (
    ("Marcus Aurelius", "Meditations"),
    ("Seneca", "Letters to Lucilius"),
    ("Epictetus", "Discourses"),
    ("Musonius Rufus", "Lectures"),
)
_THEMES = ("courage", "justice", "temperance", "wisdom", "time", "death")
_CODE = {
    "javascript": "const {0} = ({1}) => {1}.map(x => x * {2});\n",
    "python": "def {0}({1}):\n    return [x * {2} for x in {1}]\n",
    "ruby": "def {0}({1})\n  {1}.map {{ |x| x * {2} }}\nend\n",
}


def _stoic_quote(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    author, source = deal.pick("stoic_quotes.author", _STOICS)
    people: list[Person] = sample.pool("people").some(random.randint(1, 5))
    return {
        "quote": sentence(random, words_max=30),
        "author": author,
        "source": deal.maybe("stoic_quotes.source", lambda: source, tenths=8),
        "reflection": deal.maybe("stoic_quotes.reflection", lambda: prose(random, words=30)),
        "theme": deal.maybe("stoic_quotes.theme", lambda: random.choice(_THEMES), tenths=8),
        "createdAt": sample.instant(),
        "savedBy": deal.maybe("stoic_quotes.savedBy", lambda: [person.id for person in people]),
    }


def _debate_session(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    return {
        "userId": person.id,
        "topic": title(random),
        "userArgument": prose(random, words=50),
        "aiCounterargument": prose(random, words=60),
        "userRebuttal": deal.maybe("debate_sessions.userRebuttal", lambda: prose(random, words=40)),
        "quality": deal.maybe("debate_sessions.quality", lambda: random.randint(1, 5)),
        "date": at,
    }


def _memory_palace(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    return {
        "userId": person.id,
        "name": title(random, words_max=3),
        "description": deal.maybe("memory_palaces.description", lambda: sentence(random)),
        "locations": [_location(sample, number) for number in range(1, random.randint(2, 8))],
        "createdAt": at,
    }


def _location(sample: Sample, number: int) -> Document:
    random = sample.random
    return {
        "id": f"location-{number}",
        "name": phrase(random, 2),
        "description": sentence(random),
        "items": phrase(random, random.randint(1, 6)).split(),
    }


def _code_project(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    language = deal.pick("code_projects.language", tuple(_CODE))
    lines = [_CODE[language].format(*phrase(random, 2).split(), number) for number in range(1, 6)]
    return {
        "userId": person.id,
        "title": title(random),
        "description": deal.maybe("code_projects.description", lambda: sentence(random)),
        "code": "\n".join(lines),
        "language": language,
        "tags": deal.maybe("code_projects.tags", lambda: phrase(random, 3).split()),
        "isPublic": deal.chance("code_projects.isPublic", 3),
        "createdAt": at,
        "updatedAt": sample.after(at),
    }


def _strategy(sample: Sample) -> Document:
    random, deal = sample.random, sample.deal
    person, at = visit(sample)
    return {
        "userId": person.id,
        "title": title(random),
        "description": deal.maybe("strategies.description", lambda: sentence(random)),
        "category": deal.pick(
            "strategies.category", ("chess", "business", "military", "game_theory")
        ),
        "pdfUrl": f"https://files.example.com/{slug(random)}.pdf",
        "uploadedAt": at,
        "rating": deal.maybe("strategies.rating", lambda: random.randint(1, 5)),
        "annotations": deal.maybe(
            "strategies.annotations",
            lambda: [{"page": random.randint(1, 200), "text": sentence(random)}],
        ),
    }


MIND_MAKERS = {
    "stoic_quotes": _stoic_quote,
    "debate_sessions": _debate_session,
    "memory_palaces": _memory_palace,
    "code_projects": _code_project,
    "strategies": _strategy,
}
