"""
Unique keys: every one that a document of the five applications states, and no other.

The ids of the tests name application, table and index. Keys of rows without them, which never
collide, can be absent or null in Better Auth's tables alone.
"""

from typing import Any

import pytest

from docdb import UNSET, UniqueViolation
from tests.schemas.rules.applications import FORMS
from tests.schemas.rules.making import VERBS, Maker

KEYS = [
    ("aichat", "users", "by_token", ("tokenIdentifier",)),
    ("ekvi", "userProfiles", "by_auth", ("authId",)),
    ("ekvi", "coachProfiles", "by_profileId", ("profileId",)),
    ("better_auth", "user", "unique_email", ("email",)),
    ("better_auth", "user", "username", ("username",)),
    ("better_auth", "user", "phoneNumber", ("phoneNumber",)),
    ("better_auth", "session", "token", ("token",)),
    ("extrovertly", "userMissions", "by_user_mission", ("userId", "missionId")),
    ("extrovertly", "userAchievements", "by_user_achievement", ("userId", "achievementId")),
    ("whitecell", "users", "by_email", ("email",)),
    ("whitecell", "users", "by_username", ("username",)),
    ("whitecell", "badges", "by_userId_badgeType", ("userId", "badgeType")),
    ("whitecell", "feature_flags", "by_name", ("name",)),
]
CASES = [pytest.param(*key, id="-".join(key[:3])) for key in KEYS]
COMPOUND = [
    pytest.param(application, table, field, id=f"{application}-{table}.{field}")
    for application, table, _, fields in KEYS
    for field in fields
    if len(fields) > 1
]
NULLABLE = [("better_auth", "user", "username"), ("better_auth", "user", "phoneNumber")]
# A table, and the last field of each of its keys.
TABLES = [
    pytest.param(
        application,
        table,
        [key[3][-1] for key in KEYS if key[:2] == (application, table)],
        id=f"{application}-{table}",
    )
    for application, form in FORMS.items()
    for table in form
]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("application", "table", "index", "fields"), CASES)
def test_a_taken_key_is_refused(
    maker: Maker, table: str, index: str, fields: tuple[str, ...], verb: str
):
    """By insert, patch and replace; the error names the index and whose key it is."""
    taken = maker.complete(table)
    owner = maker.writer.insert(table, taken)
    *others, last = fields
    same = {name: taken[name] for name in others}

    with pytest.raises(UniqueViolation) as refused:
        maker.write(verb, table, (last,), taken[last], **same)

    error = refused.value
    assert (error.table, error.index, error.existing) == (table, index, owner)


@pytest.mark.parametrize(("application", "table", "index", "fields"), CASES)
def test_a_document_keeps_its_own_key(
    maker: Maker, table: str, index: str, fields: tuple[str, ...]
):
    """It may be written again under it, in part or as a whole."""
    document = maker.complete(table)
    id = maker.writer.insert(table, document)

    maker.writer.patch(id, {name: document[name] for name in fields})
    maker.writer.replace(id, {**maker.bare(table), **{name: document[name] for name in fields}})

    assert maker.stored(id).items() >= {name: document[name] for name in fields}.items()


@pytest.mark.parametrize(("application", "table", "index", "fields"), CASES)
def test_a_key_is_free_when_its_document_is_gone(
    maker: Maker, table: str, index: str, fields: tuple[str, ...]
):
    """What was deleted takes nothing."""
    document = maker.complete(table)
    maker.delete(maker.writer.insert(table, document), table)

    again = maker.writer.insert(table, document)

    assert maker.stored(again) == document


@pytest.mark.parametrize(("application", "table", "field"), COMPOUND)
def test_a_key_of_two_fields_is_taken_as_a_whole(maker: Maker, table: str, field: str):
    """Documents that differ in one of the two fields do not collide."""
    document = maker.complete(table)
    other = {**document, field: maker.complete(table)[field]}

    ids = [maker.writer.insert(table, each) for each in (document, other)]

    assert ids[0] != ids[1]


@pytest.mark.parametrize(("application", "table", "field"), NULLABLE)
@pytest.mark.parametrize("value", [None, UNSET])
@pytest.mark.parametrize("verb", VERBS)
def test_rows_without_a_key_never_collide(
    maker: Maker, table: str, field: str, value: Any, verb: str
):
    """Null and absent names and numbers are nobody's."""
    maker.insert(table, **{field: value})

    second = maker.write(verb, table, (field,), value)

    assert maker.stored(second).get(field) is None


@pytest.mark.parametrize(("application", "table", "lasts"), TABLES)
def test_nothing_but_the_keys_is_unique(maker: Maker, table: str, lasts: list[str]):
    """Two documents may agree in everything else: addresses, days, tokens, pairs of all kinds."""
    document, fresh = maker.complete(table), maker.complete(table)
    twin = {**document, **{name: fresh[name] for name in lasts}}

    ids = [maker.writer.insert(table, each) for each in (document, twin)]

    assert ids[0] != ids[1]
    assert maker.stored(ids[1]) == twin
