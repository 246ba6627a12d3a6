"""
Validators for property tests, and documents that match them, nearly match them, or do not.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from docdb.schema.composites import ArrayValidator, ObjectValidator, RecordValidator, UnionValidator
from docdb.schema.namespace import v
from docdb.schema.validators import (
    AnyValidator,
    BooleanValidator,
    BytesValidator,
    IdValidator,
    Int64Validator,
    LiteralValidator,
    NullValidator,
    NumberValidator,
    Validator,
)
from docdb.values.ids import encode_id
from docdb.values.kinds import Int64
from tests.values.strategies import field_names, values

__all__ = ["TABLES", "cases", "resolve", "table_validators", "validators"]

# "later" has no number yet.
TABLES = {"users": 10_001, "chats": 10_002, "_storage": 514}
resolve: Callable[[str], int | None] = TABLES.get

_NAMES = st.sampled_from(["a", "b", "c", "type"])
_TEXTS = st.sampled_from(["", "a", "b", "text", "é"])
_NUMBERS = st.sampled_from([-1, 0, -0.0, 0.0, 1, 1.0, 1.5, 5, 6, 1 << 53, float("nan")])
_LITERALS = st.one_of(
    _TEXTS, st.sampled_from([0, -0.0, 1, 1.5, Int64(0), Int64(1), True, False])
).map(v.literal)


def _is_short(text: str) -> bool:
    return len(text) < 2


_STRINGS = st.sampled_from(
    [
        v.string(),
        v.string(min_length=1),
        v.string(max_length=1),
        v.string(pattern="[ab]+"),
        v.string(format="email"),
        v.string(one_of=["a", "b"]),
        v.string(one_of=_is_short),
    ]
)
_IDS = st.sampled_from([*TABLES, "later"]).map(v.id)
_SCALARS: st.SearchStrategy[Validator] = st.one_of(
    st.sampled_from(
        [
            v.null(),
            v.any(),
            v.boolean(),
            v.bytes(),
            v.number(),
            v.number(minimum=0),
            v.number(maximum=5, integer=True),
            v.int64(),
            v.int64(minimum=0, maximum=1),
        ]
    ),
    _LITERALS,
    _STRINGS,
    _IDS,
)


def _objects(inner: st.SearchStrategy[Validator]) -> st.SearchStrategy[ObjectValidator]:
    field = st.builds(lambda made, gap: made.optional() if gap else made, inner, st.booleans())
    return st.dictionaries(_NAMES, field, max_size=3).map(v.object)


def _tagged_unions(
    inner: st.SearchStrategy[Validator], *others: Validator
) -> st.SearchStrategy[Validator]:
    def tagged(members: list[ObjectValidator], tags: list[str]) -> Validator:
        pairs = zip(members, tags, strict=False)
        return v.union(*(each.extend({"type": v.literal(tag)}) for each, tag in pairs), *others)

    members = st.lists(_objects(inner), min_size=1, max_size=3)
    # Mostly distinct, as they should be; where they are not, they tell nothing.
    tags = st.one_of(
        st.permutations(["text", "a", "b"]),
        st.lists(st.sampled_from(["text", "a"]), min_size=3, max_size=3),
    )
    return st.builds(tagged, members, tags)


def _composites(inner: st.SearchStrategy[Validator]) -> st.SearchStrategy[Validator]:
    return st.one_of(
        st.builds(v.array, inner),
        st.builds(v.array, inner, min_items=st.just(1), max_items=st.just(2)),
        _objects(inner),
        st.builds(v.record, st.one_of(_STRINGS, _IDS, st.builds(v.union, _STRINGS, _IDS)), inner),
        st.lists(inner, max_size=3).map(lambda members: v.union(*members)),
        _tagged_unions(inner),
        _tagged_unions(inner, v.null(), v.array(v.string())),
    )


validators: st.SearchStrategy[Validator] = st.recursive(_SCALARS, _composites, max_leaves=6)
table_validators: st.SearchStrategy[Validator] = st.one_of(
    _objects(validators),
    st.lists(_objects(validators), max_size=3).map(lambda members: v.union(*members)),
    _tagged_unions(validators),
    st.just(v.any()),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Validator, Any]:
    """A table's validator and a document: mostly one that matches, or would but for a detail."""
    validator = draw(table_validators)
    anything = st.dictionaries(field_names, values, max_size=3)
    likely = _fitting(validator, draw(st.booleans()))
    document = draw(st.integers(0, 9).flatmap(lambda roll: likely if roll else anything))
    return validator, document if isinstance(document, dict) else draw(anything)


def _likely(validator: Validator, *, flaws: bool) -> st.SearchStrategy[Any]:
    """Values that match a validator; with flaws, here and there one that may not."""
    fitting = _fitting(validator, flaws)
    if not flaws:
        return fitting
    return st.integers(0, 7).flatmap(lambda roll: _unfit() if roll == 0 else fitting)


def _unfit() -> st.SearchStrategy[Any]:
    ids = st.sampled_from([encode_id(number, bytes(16)) for number in (514, 10_001, 10_002)])
    odd = st.sampled_from([(), (1 << 53) + 1, 1 << 70, bytearray(b"a"), {"$a": 1}, {"é": 1}])
    return st.one_of(values, _NUMBERS, _TEXTS, ids, odd)


def _fitting(validator: Validator, flaws: bool) -> st.SearchStrategy[Any]:
    def below(each: Validator) -> st.SearchStrategy[Any]:
        return _likely(each, flaws=flaws)

    match validator:
        case AnyValidator():
            return values
        case NullValidator():
            return st.none()
        case BooleanValidator():
            return st.booleans()
        case BytesValidator():
            return st.just(b"a")
        case NumberValidator():
            return _NUMBERS
        case Int64Validator():
            return st.sampled_from([Int64(-1), Int64(0), Int64(1)])
        case LiteralValidator():
            return st.just(validator.value)
        case IdValidator():
            number = TABLES.get(validator.table, 99)
            return st.sampled_from([encode_id(number, bytes(16)), encode_id(number, b"a" * 16)])
        case ArrayValidator():
            return st.lists(below(validator.element), max_size=3)
        case ObjectValidator():
            return _fitting_object(validator, below, flaws)
        case RecordValidator():
            keys = below(validator.keys).filter(lambda key: isinstance(key, str))
            return st.dictionaries(keys, below(validator.values), max_size=2)
        case UnionValidator():
            members = [below(each) for each in validator.members]
            return st.one_of(members) if members else st.none()
        case _:
            return st.sampled_from(["", "a", "b", "ab", "ada@example.com"])


def _fitting_object(
    validator: ObjectValidator, below: Callable[[Validator], st.SearchStrategy[Any]], flaws: bool
) -> st.SearchStrategy[Any]:
    fields = validator.fields
    required = {name: below(each) for name, each in fields.items() if not each.is_optional}
    optional = {name: below(each) for name, each in fields.items() if each.is_optional}
    if flaws:
        optional |= {"extra": values}
    return st.fixed_dictionaries(required, optional=optional)
