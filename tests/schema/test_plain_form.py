"""
Plain form is what normalize would not change.
"""

from typing import Any

import pytest
from hypothesis import given

from docdb import limits
from docdb.schema.plain_form import is_plain, is_plain_document, is_plain_name
from docdb.values.kinds import normalize
from docdb.values.names import check_field_name
from tests.values.strategies import documents, field_names, texts, values


@given(values)
def test_what_normalize_returns_is_plain(value: Any):
    """Every value in plain form is recognized."""
    plain = normalize(value, depth_max=limits.VALUE_DEPTH_MAX)

    found = is_plain(plain, limits.VALUE_DEPTH_MAX)

    assert found


@given(field_names | texts)
def test_names_are_judged_as_everywhere(name: str):
    """What may name a field may do so in an unchecked table too."""
    problem = check_field_name(name)

    found = is_plain_name(name), is_plain({name: None}, 1)

    assert found == (problem is None, problem is None)


@pytest.mark.parametrize("name", ["$", "$a", "é", "a\n", "a" * 1025, 1, None, b"a"])
def test_what_cannot_name_a_field_is_not_plain(name: Any):
    """Reserved, unprintable, long and non-text names are left to normalize."""
    found = is_plain_name(name), is_plain({name: None}, 1)

    assert found == (False, False)


def test_many_long_names_are_plain():
    """Each name has its own limit, not all together."""
    found = is_plain({f"{n:0>1000}": "$" for n in range(10)}, 1)

    assert found


@given(documents)
def test_unchecked_document_without_reserved_names_is_plain(document: dict[str, Any]):
    """A table without a validator takes every document but those with system names."""
    reserved = any(name.startswith("_") for name in document)

    found = is_plain_document(normalize(document, depth_max=limits.DOCUMENT_DEPTH_MAX))

    assert found == (not reserved)


@pytest.mark.parametrize("document", [None, [], 1, ()])
def test_only_objects_are_documents(document: object):
    """A document is an object."""
    found = is_plain_document(document)

    assert not found
