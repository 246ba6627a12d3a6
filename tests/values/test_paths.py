"""
How one names a field inside a document.
"""

import pytest

from docdb.errors import InvalidArgument
from docdb.values.kinds import UNSET
from docdb.values.paths import parse_path, read_path


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", ("a",)),
        ("a.b.c", ("a", "b", "c")),
        (".a.", ("a",)),
        ("...a.b..", ("a", "b")),
        ("_creationTime", ("_creationTime",)),
    ],
)
def test_a_path_is_identifiers_joined_by_dots(text: str, parts: tuple[str, ...]) -> None:
    """Dots at either end do not count."""
    assert parse_path(text) == parts


@pytest.mark.parametrize("text", ["", ".", "...", "a..b", "a.1", "a b", "a.$b", "a._", None, 5])
def test_what_is_no_path_is_refused(text: str) -> None:
    """A path with an empty or malformed part can name nothing."""
    with pytest.raises(InvalidArgument):
        parse_path(text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", {"b": [1], "c": None}),
        ("a.b", [1]),
        ("a.c", None),
        ("a.d", UNSET),
        ("a.c.d", UNSET),
        ("a.b.c", UNSET),
        ("s.x", UNSET),
        ("z", UNSET),
    ],
)
def test_a_path_goes_through_objects_only(path: str, value: object) -> None:
    """A step into anything that is no object leads nowhere, as does a missing field."""
    document = {"a": {"b": [1], "c": None}, "s": "text"}

    assert read_path(document, parse_path(path)) == value


def test_a_field_with_a_dot_in_its_name_cannot_be_reached() -> None:
    """A dot in a path always separates."""
    assert read_path({"a.b": 1}, parse_path("a.b")) is UNSET
