"""
A union is tagged only where the tag decides.
"""

import pytest

from docdb.schema.namespace import v
from docdb.schema.unions import flattened, tagged
from docdb.schema.validators import Validator

A = v.object({"kind": v.literal("a"), "type": v.literal("x")})
B = v.object({"kind": v.literal("a"), "type": v.literal("y")})


def test_tag_is_the_field_that_tells_all_objects_apart():
    """The first field with a literal of its own in each object is the tag."""
    union = tagged(v.union(A, v.null(), v.union(B, v.string())))

    assert union is not None
    assert (union.field, dict(union.objects)) == ("type", {"x": A, "y": B})
    assert union.others == (v.null(), v.string())


@pytest.mark.parametrize(
    "members",
    [
        [],
        [v.string(), v.null()],
        [A, A],
        [A, v.any()],
        [A, v.record(v.string(), v.any())],
        [A, v.object({"type": v.string()})],
        [A, v.object({"type": v.optional(v.literal("z"))})],
        [v.object({"n": v.literal(1)}), v.object({"n": v.literal(2)})],
    ],
)
def test_union_without_a_sure_tag_has_none(members: list[Validator]):
    """Where two members could match one object, or the tag may be absent, nothing decides."""
    union = tagged(v.union(*members))

    assert union is None


def test_nested_unions_are_one():
    """Members of unions inside unions count like the others, in order."""
    members = flattened(v.union(v.null(), v.union(v.string(), v.union(v.number())), v.any()))

    assert members == (v.null(), v.string(), v.number(), v.any())
