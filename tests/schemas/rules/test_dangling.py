"""
References that nothing enforces: all of four applications, where no document states an action.

They hold ids of their table, which ``test_shapes.py`` shows; whether the document is there is the
application's affair, and a deletion has no consequences. ``aichat`` and Better Auth's tables do
state actions: see ``test_aichat.py`` and ``test_ekvi.py``.
"""

import pytest

from docdb import Database
from tests.schemas.rules.applications import FORMS
from tests.schemas.rules.forms import Id, items, shown_path, spots
from tests.schemas.rules.making import VERBS, Maker, place_of, value_at

APPLICATIONS = ("ekvi", "extrovertly", "social", "whitecell")
REFERENCES = [
    pytest.param(application, place, form.table, id=f"{application}-{place}")
    for application in APPLICATIONS
    for table, document in FORMS[application].items()
    for spot in spots(document)
    for path, form in items(spot)
    if isinstance(form, Id)
    for place in [f"{table}.{shown_path(path)}"]
]


@pytest.mark.parametrize(("application", "place", "target"), REFERENCES)
def test_deleting_a_document_leaves_what_refers_to_it(maker: Maker, place: str, target: str):
    """It stays as it is, with an id that leads nowhere."""
    table, path = place_of(place)
    document = maker.complete(table)
    id = maker.writer.insert(table, document)

    maker.delete(value_at(document, path), target)

    assert maker.stored(id) == document


@pytest.mark.parametrize(("application", "place", "target"), REFERENCES)
def test_a_reference_may_lead_nowhere(maker: Maker, place: str, target: str):
    """The id of a document that is gone is stored by insert, patch and replace."""
    table, path = place_of(place)

    refused = [maker.refused(table, [(path, maker.gone(target))], verbs=[verb]) for verb in VERBS]

    assert refused == [[], [], []]


def test_references_of_all_kinds_are_tried():
    """Fields, elements of arrays, files, and a table's references to itself."""
    places = {(param.values[1], param.values[2]) for param in REFERENCES}

    assert places >= {
        ("notes.userId", "users"),
        ("notes.linkedNotes[0]", "notes"),
        ("stoic_quotes.savedBy[0]", "users"),
        ("posts.mediaIds[0]", "_storage"),
    }


@pytest.mark.parametrize("application", APPLICATIONS)
def test_a_dangling_id_reads_as_nothing(db: Database, maker: Maker, application: str):
    """Not as an error."""
    table = next(iter(FORMS[application]))

    assert db.get(maker.gone(table)) is None
