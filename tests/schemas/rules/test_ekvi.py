"""
The rules of ``ekvi`` and of its component: the scale of a workout, what stays open, Better Auth.

Unique keys are tried in ``test_keys.py``, references of the application's own tables, which have
no consequences, in ``test_dangling.py``.
"""

from collections.abc import Iterator
from typing import Any

import pytest

import docdb
from docdb import UNSET, Database
from tests.schemas.rules.applications import FORMS, accounts_in
from tests.schemas.rules.making import VERBS, Maker

# The four tables whose ``userId``, a plain string, is the id of a user.
OWNED = ["session", "account", "twoFactor", "passkey"]

OPEN: list[tuple[str, list[Any]]] = [
    ("files.fileType", ["something else"]),
    ("files.storageId", ["no stored file"]),
    ("notifications.type", ["something else"]),
    ("notifications.metadata.raw", [None, [], {"a": {"b": [1]}}]),
    ("userProfiles.languages", [[], ["xx"], UNSET]),
    ("videos.muxAssetId", ["pending"]),
    ("programs.category", ["something else"]),
    ("programModules.order", [-1, 0.5]),
    ("coachProfiles.dateOfBirth", [-1e12]),
]


@pytest.fixture
def application() -> str:
    """Whose rules these are."""
    return "ekvi"


@pytest.fixture(name="accounts")
def maker_of_accounts(db: Database) -> Iterator[Maker]:
    """The component, in one transaction."""
    with accounts_in(db) as maker:
        yield maker


def test_a_workout_may_have_any_difficulty_from_one_to_five(maker: Maker):
    """Both ends are included, and halves are none the less numbers."""
    assert maker.refused_at("workouts.difficulty", [1, 5, 2.5]) == []


def test_a_difficulty_outside_of_one_to_five_is_refused(maker: Maker):
    """By insert, patch and replace; the error names the field."""
    refused = maker.refused_at("workouts.difficulty", [0, 0.9, 5.1, 6, "3"])

    assert refused == ["workouts.difficulty"] * 5 * len(VERBS)


@pytest.mark.parametrize(("place", "values"), OPEN, ids=[place for place, _ in OPEN])
def test_what_no_rule_limits_is_stored(maker: Maker, place: str, values: list[Any]):
    """Kinds of files and notifications are open lists, ids of other services plain texts."""
    assert maker.refused_at(place, values) == []


def test_nothing_expires(db: Database, maker: Maker):
    """No table of the application has an end."""
    ids = [maker.writer.insert(table, maker.complete(table)) for table in FORMS["ekvi"]]

    assert db.sweep(now=1e15) == 0

    assert None not in [db.get(id) for id in ids]


class TestBetterAuth:
    """The component: null beside absent, owners that exist, and what goes with an owner."""

    @pytest.mark.parametrize(
        "field", ["image", "twoFactorEnabled", "username", "phoneNumberVerified", "userId"]
    )
    @pytest.mark.parametrize("value", [None, UNSET])
    def test_optional_fields_may_be_null(self, accounts: Maker, field: str, value: Any):
        """Null is stored as null, and absent stays absent."""
        id = accounts.insert("user", **{field: value})

        assert accounts.stored(id).get(field, UNSET) is value

    def test_an_address_is_compared_letter_by_letter(self, accounts: Maker):
        """Better Auth writes addresses in small letters itself."""
        accounts.insert("user", email="ann@example.com")

        assert accounts.insert("user", email="Ann@example.com")

    def test_an_account_may_be_there_twice(self, accounts: Maker):
        """The index of provider and account is no key."""
        same = {"providerId": "google", "accountId": "1"}

        ids = [accounts.insert("account", **same) for _ in range(2)]

        assert ids[0] != ids[1]

    @pytest.mark.parametrize("verb", VERBS)
    @pytest.mark.parametrize("table", OWNED)
    def test_what_belongs_to_a_user_needs_one(self, db: Database, table: str, verb: str):
        """The plain string ``userId`` must lead to a user when the transaction ends."""
        with accounts_in(db) as accounts:
            gone = accounts.gone("user")

        with pytest.raises(docdb.ReferenceViolation), accounts_in(db) as accounts:
            accounts.write(verb, table, ("userId",), gone)

        assert count_of(db, table) == 0

    @pytest.mark.parametrize("table", OWNED)
    @pytest.mark.parametrize("text", ["", "no id", "0" * 32])
    def test_a_text_that_is_no_id_owns_nothing(self, db: Database, table: str, text: str):
        """It leads to no user either."""
        with pytest.raises(docdb.ReferenceViolation), accounts_in(db) as accounts:
            accounts.insert(table, userId=text)

        assert count_of(db, table) == 0

    @pytest.mark.parametrize("table", OWNED)
    def test_the_id_of_a_profile_owns_nothing(self, db: Database, maker: Maker, table: str):
        """An owner is a user of the component, not a document of the application."""
        profile = maker.insert("userProfiles")

        with pytest.raises(docdb.ReferenceViolation), accounts_in(db) as accounts:
            accounts.insert(table, userId=profile)

        assert count_of(db, table) == 0

    @pytest.mark.parametrize("table", OWNED)
    def test_what_belongs_to_a_user_goes_with_the_user(self, db: Database, table: str):
        """And what belongs to another stays."""
        with accounts_in(db) as accounts:
            ann, bob = accounts.insert("user"), accounts.insert("user")
            gone, left = (accounts.insert(table, userId=id) for id in (ann, bob))

        with accounts_in(db) as accounts:
            accounts.delete(ann, "user")

        with accounts_in(db) as accounts:
            assert accounts.writer.get(gone) is None
            assert accounts.stored(left)["userId"] == bob

    def test_verifications_belong_to_nobody(self, db: Database):
        """They name an address, and outlive the user who has it."""
        with accounts_in(db) as accounts:
            ann = accounts.insert("user", email="ann@example.com")
            accounts.insert("verification", identifier="ann@example.com")
            accounts.delete(ann, "user")

        assert count_of(db, "verification") == 1

    def test_a_profile_outlives_its_account(self, db: Database, maker: Maker):
        """``authId`` is a text of the application, so that another provider can take over."""
        with accounts_in(db) as accounts:
            ann = accounts.insert("user")
        profile = maker.insert("userProfiles", authId=ann)

        with accounts_in(db) as accounts:
            accounts.delete(ann, "user")

        assert maker.stored(profile)["authId"] == ann

    @pytest.mark.parametrize("table", ["session", "verification"])
    def test_ends_of_sessions_are_fields_like_others(self, db: Database, table: str):
        """Better Auth looks at ``expiresAt`` itself; nothing is swept, and ranges find it."""
        with accounts_in(db) as accounts:
            id = accounts.insert(table, expiresAt=1)

        assert db.sweep(now=1e15) == 0

        with db.read() as reader:
            rows = reader.component("betterAuth").query(table)
            assert rows.with_index("expiresAt", lambda q: q.lte("expiresAt", 1)).ids() == [id]


def count_of(db: Database, table: str) -> int:
    """How many documents a table of the component has."""
    with db.read() as reader:
        return reader.component("betterAuth").query(table).count()
