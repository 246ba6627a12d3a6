"""
Which names there may be.
"""

import pytest
from hypothesis import given

from docdb.errors import UnknownTable
from docdb.values.names import (
    check_field_name,
    check_identifier,
    check_table_name,
    is_identifier,
    join,
)
from tests.values.strategies import identifiers


@pytest.mark.parametrize(
    "name", ["a", "Z", "_a", "a_", "__a", "by_creation_time", "a1", "x" * 64, "_1"]
)
def test_an_identifier_is_letters_digits_and_underscores(name: str) -> None:
    """Tables, indexes and the fields of a schema are named by identifiers."""
    assert check_identifier(name) is None
    assert is_identifier(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("1a", "begins with"),
        ("$a", "begins with"),
        ("é", "begins with"),
        ("aé", "contains"),
        ("a-b", "contains"),
        ("a b", "contains"),
        ("a.b", "contains"),
        ("a\n", "contains"),
        ("_", "underscores only"),
        ("____", "underscores only"),
        ("x" * 65, "the limit is 64"),
        (None, "is a string"),
        (5, "is a string"),
    ],
)
def test_whatever_is_no_identifier_is_told_why(name: object, reason: str) -> None:
    """Each way of being no identifier has its own explanation."""
    problem = check_identifier(name)

    assert problem is not None
    assert reason in problem
    assert not is_identifier(name)


@given(identifiers)
def test_every_identifier_is_a_field_name(name: str) -> None:
    """What a schema can name, a document can contain."""
    assert check_field_name(name) is None


@pytest.mark.parametrize("name", ["", " ", "a b", "a.b", "_x", "a$", "~", "x" * 1024, "1"])
def test_a_field_name_is_printable_ascii(name: str) -> None:
    """A document may contain names that no index can name."""
    assert check_field_name(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("$", "reserved"),
        ("$a", "reserved"),
        ("$é", "reserved"),
        ("é", "'é'"),
        ("a\x00", r"'\x00'"),
        ("a\x7f", r"'\x7f'"),
        ("a\nb", r"'\n'"),
        ("x" * 1025, "the limit is 1024"),
    ],
)
def test_whatever_is_no_field_name_is_told_why(name: str, reason: str) -> None:
    """Each way of being no field name has its own explanation."""
    problem = check_field_name(name)

    assert problem is not None
    assert reason in problem


@pytest.mark.parametrize("name", ["", "1", "a-b", "_users", "_", "x" * 65, None])
def test_malformed_and_reserved_tables_are_unknown(name: str) -> None:
    """No table of yours can have such a name, so asking for it is an error."""
    with pytest.raises(UnknownTable) as caught:
        check_table_name(name)

    assert caught.value.table == name
    assert caught.value.hint


@pytest.mark.parametrize("name", ["users", "Users2", "a_", "x" * 64])
def test_well_formed_tables_are_not_refused(name: str) -> None:
    """Any other identifier can name a table."""
    check_table_name(name)


@pytest.mark.parametrize(
    ("path", "part", "joined"),
    [("", "a", "a"), ("a", "b", "a.b"), ("a", 2, "a[2]"), ("", 0, "[0]"), ("a[2]", "b", "a[2].b")],
)
def test_paths_of_errors_name_fields_and_elements(path: str, part: str | int, joined: str) -> None:
    """The path in an error reads as one would write it in Python."""
    assert join(path, part) == joined
