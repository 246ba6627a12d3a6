"""
How big values are, in Convex's measure.
"""

import pytest

from docdb.values.kinds import UNSET, Int64, Value
from docdb.values.sizes import depth_of, document_size, size_of


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (None, 1),
        (True, 1),
        (Int64(1), 9),
        (1, 9),
        (1.0, 9),
        ("", 2),
        ("abc", 5),
        ("é😀", 2 + 2 + 4),
        (b"abc", 5),
        ([], 2),
        ([None, 1], 2 + 1 + 9),
        ({}, 2),
        ({"": None}, 2 + 1 + 1),
        ({"ab": "c", "d": []}, 2 + (2 + 1 + 3) + (1 + 1 + 2)),
        (UNSET, 0),
    ],
)
def test_each_kind_has_convexs_size(value: Value, size: int) -> None:
    """What fits into a document here fits into one there."""
    assert size_of(value) == size


def test_a_document_counts_its_system_fields() -> None:
    """The size limit includes the id and the creation time, even before they are given."""
    fields: dict[str, Value] = {"a": 1}
    stored: dict[str, Value] = {**fields, "_id": "x" * 32, "_creationTime": 1.0}

    assert document_size(fields) == document_size(stored) == size_of(stored)


@pytest.mark.parametrize(
    ("value", "depth"),
    [(1, 0), ("a", 0), ([], 1), ({}, 1), ([[]], 2), ({"a": 1, "b": [[]]}, 3), ([1, {"a": 1}], 2)],
)
def test_depth_counts_arrays_and_objects(value: Value, depth: int) -> None:
    """A scalar has no depth, an empty array has one level."""
    assert depth_of(value) == depth
