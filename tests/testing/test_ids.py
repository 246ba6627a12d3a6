"""Strategies for ids: each says truly what its ids are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import docdb
from docdb.testing import strategies
from tests.testing.applications import empty, filled

TABLES = st.sampled_from(["users", "chats", "messages"])


@given(st.data(), TABLES)
def test_ids_are_of_documents_that_are_there(data: st.DataObject, table: str):
    """Each drawn id finds its document."""
    db = filled("aichat")

    id = data.draw(strategies.ids(db, table))

    assert db.get(id, table=table)["_id"] == id


@given(st.data(), TABLES, st.sampled_from([filled, empty]))
def test_missing_ids_find_nothing(data: st.DataObject, table: str, made):
    """They are ids of the table, and there is no document under them."""
    db = made("aichat")

    id = data.draw(strategies.missing_ids(db, table))

    assert db.normalize_id(table, id) == id
    assert db.get(id, table=table) is None


@given(st.data(), TABLES, st.sampled_from([filled, empty]))
def test_foreign_ids_belong_elsewhere(data: st.DataObject, table: str, made):
    """To insist on the table is to be refused."""
    db = made("aichat")

    id = data.draw(strategies.foreign_ids(db, table))

    assert db.normalize_id(table, id) is None
    with pytest.raises(docdb.TableMismatch):
        db.get(id, table=table)


@given(strategies.malformed_ids())
def test_malformed_ids_are_no_ids(text: str):
    """However near to an id a text comes, it is refused."""
    with pytest.raises(docdb.InvalidId):
        filled("aichat").get(text)


@given(st.data())
def test_ids_of_components_are_theirs(data: st.DataObject):
    """A component's documents are found in it and nowhere else."""
    db = filled("ekvi")

    id = data.draw(strategies.ids(db, "session", component="betterAuth"))
    missing = data.draw(strategies.missing_ids(db, "session", component="betterAuth"))
    foreign = data.draw(strategies.foreign_ids(db, "session", component="betterAuth"))

    with db.read() as reader:
        component = reader.component("betterAuth")
        assert component.get(id, table="session")["_id"] == id
        assert component.get(missing, table="session") is None
        with pytest.raises(docdb.TableMismatch):
            component.get(foreign, table="session")


def test_an_empty_table_has_no_ids():
    """The error says so when the strategy is made, not in the middle of a test."""
    with pytest.raises(docdb.InvalidArgument, match="empty"):
        strategies.ids(empty("aichat"), "users")


def test_a_table_that_never_was_has_no_missing_ids():
    """Its number, which ids contain, is not known yet."""
    with pytest.raises(docdb.InvalidArgument, match="does not exist yet"):
        strategies.missing_ids(docdb.open(":memory:"), "users")


@pytest.mark.parametrize("strategy", [strategies.missing_ids, strategies.foreign_ids])
def test_an_impossible_table_is_refused(strategy):
    """Reserved names are no tables of ids."""
    with pytest.raises(docdb.UnknownTable):
        strategy(empty("aichat"), "_tables")
