"""The five applications and the component of one: their tables, defaults and empty databases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, Self

import docdb
from docdb import Database, fixtures
from tests.schemas.rules.forms import Form, Id, Literal, Type, form_named
from tests.schemas.rules.making import Maker

__all__ = ["DEFAULTS", "FORMS", "Emptied", "Opened", "accounts_in", "opened"]

FORMS: Mapping[str, Form] = {name: form_named(name) for name in (*fixtures.names(), "better_auth")}

# Columns that say "(default: x)": 29 of White Cell, and none of another application.
DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "whitecell": {
        "users.role": "user",
        "users.isActive": True,
        "users.isBanned": False,
        "users.totalXP": 0,
        "users.currentLevel": 1,
        "users.currentStreak": 0,
        "users.longestStreak": 0,
        "sessions.isValid": True,
        "otp_tokens.attempts": 0,
        "otp_tokens.maxAttempts": 3,
        "otp_tokens.isUsed": False,
        "notes.isArchived": False,
        "notes.isPinned": False,
        "flashcards.reviewCount": 0,
        "flashcards.easeFactor": 2.5,
        "flashcards.interval": 1,
        "textbooks.currentPage": 1,
        "study_goals.priority": 3,
        "code_projects.isPublic": False,
        "daily_tasks.completed": False,
        "daily_tasks.priority": 3,
        "habit_stacks.currentStreak": 0,
        "habit_stacks.longestStreak": 0,
        "pmo_tracker.relapsed": False,
        "content_templates.reusageCount": 0,
        "ai_conversations.isPinned": False,
        "ai_context_memory.confidence": 1,
        "xp_logs.multiplier": 1,
        "feature_flags.rolloutPercentage": 0,
    }
}

# What a value must be like where the transcript only says which kind it is.
_SAMPLES: Mapping[str, Mapping[str, Type]] = {
    "aichat": {"users.email": Literal("ann@example.com")},
    "better_auth": {
        f"{table}.userId": Id("user") for table in ("session", "account", "twoFactor", "passkey")
    },
    "whitecell": {
        "otp_tokens.token": Literal("123456"),
        "flashcards.easeFactor": Literal(2.5),
        "meals.time": Literal("07:30"),
        "daily_tasks.dueTime": Literal("23:59"),
    },
}


class Opened(NamedTuple):
    """An open database, and a maker of documents in one of its namespaces."""

    db: Database
    maker: Maker


class Emptied:
    """Databases in memory, one for each application, that are empty whenever one is asked for."""

    def __init__(self) -> None:
        self._databases: dict[str, Database] = {}

    @contextmanager
    def database(self, name: str) -> Iterator[Database]:
        """Give the database of an application; it must be sound at the end, and is emptied."""
        if name not in self._databases:
            self._databases[name] = docdb.open(":memory:", fixtures.load(name).schema)
        db = self._databases[name]
        mark = db.mark()
        try:
            yield db
            assert db.check() == []
        finally:
            db.reset(mark)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for db in self._databases.values():
            db.close()


@contextmanager
def opened(name: str, emptied: Emptied) -> Iterator[Opened]:
    """Give an empty database of an application; a component is written in one transaction."""
    with emptied.database("ekvi" if name == "better_auth" else name) as db:
        if name == "better_auth":
            with accounts_in(db) as accounts:
                yield Opened(db, accounts)
        else:
            yield Opened(db, Maker(db, FORMS[name], _SAMPLES.get(name, {}), db.storage))


@contextmanager
def accounts_in(db: Database) -> Iterator[Maker]:
    """Begin a transaction that writes the component of ``ekvi``."""
    with db.write() as tx:
        component = tx.component("betterAuth")
        yield Maker(component, FORMS["better_auth"], _SAMPLES["better_auth"], db.storage)
