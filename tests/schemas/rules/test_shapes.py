"""
The shape of every document, by deeds: required fields, optional ones, kinds, enumerations, ids.

Each table is tried against the second transcription of its application's document, field by
field and at every depth. The id of a test says which table or field failed, and where lists of
errors are compared they say at which field.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from docdb import UNSET
from tests.schemas.rules.applications import DEFAULTS, FORMS
from tests.schemas.rules.forms import (
    Array,
    Id,
    Literal,
    Object,
    Plain,
    Spot,
    Type,
    Union,
    items,
    shown_path,
    spots,
)
from tests.schemas.rules.making import VERBS, Maker, Path, Refused

TABLES = [
    pytest.param(name, table, id=f"{name}-{table}")
    for name, form in FORMS.items()
    for table in form
]
FIELDS = [
    (name, table, spot)
    for name, form in FORMS.items()
    for table in form
    for spot in spots(form[table])
]
ENUMERATIONS = [
    pytest.param(name, table, spot, id=f"{name}-{table}.{shown_path(spot.path)}")
    for name, table, spot in FIELDS
    if isinstance(spot.field.type, Union)
    if all(isinstance(each, Literal) for each in spot.field.type.members)
]
REFERENCES = [
    pytest.param(name, table, path, form, id=f"{name}-{table}.{shown_path(path)}")
    for name, table, spot in FIELDS
    for path, form in items(spot)
    if isinstance(form, Id)
]


def test_the_transcripts_hold_all_that_is_tried_here():
    """79 tables, with their enumerations and references."""
    assert (len(TABLES), len(ENUMERATIONS), len(REFERENCES)) == (79, 39, 86)


@pytest.mark.parametrize(("application", "table"), TABLES)
def test_a_document_may_have_all_fields_or_the_required_ones_alone(maker: Maker, table: str):
    """Both come back as they were given; what is absent stays absent."""
    complete, bare = maker.complete(table), maker.bare(table)

    ids = [maker.writer.insert(table, complete), maker.writer.insert(table, bare)]

    assert [maker.stored(id) for id in ids] == [complete, bare]


@pytest.mark.parametrize(("application", "table"), TABLES)
def test_an_insert_demands_the_required_fields(application: str, maker: Maker, table: str):
    """Those that have a default excepted, and no optional one."""
    fields = list(spots(FORMS[application][table]))
    demanded = [
        each
        for each in fields
        if not each.field.is_optional
        if f"{table}.{shown_path(each.path)}" not in DEFAULTS.get(application, {})
    ]

    refused = maker.refused(table, _all_set_to(UNSET, fields), verbs=["insert"])

    assert refused == _refusals(table, demanded)


@pytest.mark.parametrize(("application", "table"), TABLES)
def test_required_fields_cannot_be_taken_away(application: str, maker: Maker, table: str):
    """Not those with a default either; every optional field can."""
    fields = list(spots(FORMS[application][table]))
    required = [each for each in fields if not each.field.is_optional]

    refused = maker.refused(table, _all_set_to(UNSET, fields), verbs=["patch", "replace"])

    assert refused == _refusals(table, required) * 2


@pytest.mark.parametrize(("application", "table"), TABLES)
def test_absent_is_not_null(application: str, maker: Maker, table: str):
    """A field holds null only where its type says so."""
    fields = list(spots(FORMS[application][table]))
    others = [each for each in fields if not _admits_null(each.field.type)]

    refused = maker.refused(table, _all_set_to(None, fields))

    assert refused == _refusals(table, others) * len(VERBS)


@pytest.mark.parametrize(("application", "table"), TABLES)
def test_a_value_of_another_kind_is_refused(application: str, maker: Maker, table: str):
    """Every field but those of any kind; a boolean is no number and a number no boolean."""
    fields = [each for each in spots(FORMS[application][table]) if each.field.type != Plain("any")]
    changes = [(each.path, _of_another_kind(each.field.type)) for each in fields]

    refused = maker.refused(table, changes)

    assert refused == _refusals(table, fields) * len(VERBS)


@pytest.mark.parametrize(("application", "table"), TABLES)
def test_a_field_that_is_not_in_the_document_is_refused(application: str, maker: Maker, table: str):
    """Neither at the top nor in an object inside."""
    holders = [(), *_objects(FORMS[application][table])]
    strangers = [(*holder, "nobodyKnows") for holder in holders]

    refused = maker.refused(table, [(path, 1) for path in strangers])

    assert [each.code for each in refused] == ["ValidationError"] * len(strangers) * len(VERBS)


@pytest.mark.parametrize(("application", "table", "spot"), ENUMERATIONS)
def test_an_enumeration_is_closed(maker: Maker, table: str, spot: Spot):
    """Each of its values is stored, and any other refused, spelled in capitals or empty."""
    values = [each.value for each in _members(spot.field.type)]
    others = [values[0].upper(), f"{values[-1]} ", ""]

    refused = maker.refused(table, [(spot.path, value) for value in values + others])

    assert refused == _refusals(table, [spot] * len(others)) * len(VERBS)


@pytest.mark.parametrize(("application", "table", "path", "target"), REFERENCES)
def test_a_reference_holds_ids_of_its_table(
    application: str, maker: Maker, table: str, path: Path, target: Id
):
    """An id of another table is refused, and so is a text that is no id."""
    stranger = next(each for each in FORMS[application] if each != target.table)
    ids = [maker.insert(stranger), "no id", ""]

    refused = maker.refused(table, [(path, id) for id in ids])

    where = Refused("ValidationError", table, shown_path(path))
    assert refused == [where] * len(ids) * len(VERBS)


def _all_set_to(value: object, fields: Iterable[Spot]) -> list[tuple[Path, object]]:
    return [(each.path, value) for each in fields]


def _refusals(table: str, fields: Iterable[Spot]) -> list[Refused]:
    """What errors say of fields; of the one that tells objects apart, they name the object."""
    return [
        Refused(
            "ValidationError",
            table,
            shown_path(each.path[:-1] if isinstance(each.field.type, Literal) else each.path),
        )
        for each in fields
    ]


def _admits_null(form: Type) -> bool:
    return form == Plain("any") or Plain("null") in _members(form)


def _members(form: Type) -> tuple[Any, ...]:
    return form.members if isinstance(form, Union) else (form,)


def _of_another_kind(form: Type) -> object:
    """A value that no member of a type allows."""
    match _members(form)[-1]:
        case Plain("number"):
            return True
        case Plain("boolean"):
            return 1
        case Object():
            return []
        case Array():
            return {}
        case _:
            return 7


def _objects(form: Object) -> list[Path]:
    """The paths of the objects inside of a document."""
    paths = [path[:-1] for path, _ in spots(form)]
    return sorted({path for path in paths if path}, key=str)
