"""
Hypothesis strategies for documents: from a table's validator, what it accepts.

Rules of this file:

- A field that may be absent is there in some documents and absent from others, each for itself.
- References are ids of documents that are there; where only a schema is known, well-formed ids.
  One that must lead somewhere and cannot is left out, or makes the document impossible.
- A document stays within the depth that a document may have, whatever ``v.any()`` would allow.
"""

from typing import cast

from hypothesis import strategies as st

from docdb import limits
from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument
from docdb.schema.composites import (
    ArrayValidator,
    ObjectValidator,
    RecordValidator,
    UnionValidator,
)
from docdb.schema.constraints import ItemCount, NumberRange, TextRules
from docdb.schema.definition import Table
from docdb.schema.table_rules import Reference, broken_check
from docdb.schema.validators import (
    AnyValidator,
    BooleanValidator,
    BytesValidator,
    IdValidator,
    Int64Validator,
    LiteralValidator,
    NullValidator,
    NumberValidator,
    StringValidator,
    Validator,
)
from docdb.testing import drawn_values
from docdb.testing.drawn_ids import referred_ids
from docdb.testing.sources import Source
from docdb.values.kinds import Value
from docdb.values.paths import parse_path

__all__ = ["documents", "matching", "referring"]

_LEVELS_OF_ANY = 3
_ITEMS = 3


def documents(source: Source, table: str) -> st.SearchStrategy[Document]:
    """Return documents that a table accepts, system fields left out."""
    definition = source.definition(table)
    if definition is None or isinstance(definition.validator, AnyValidator):
        names = drawn_values.FIELD_NAMES.filter(lambda name: name[:1] != "_")
        return st.dictionaries(names, drawn_values.values(_LEVELS_OF_ANY), max_size=_ITEMS)
    drawn = matching(referring(definition), source, levels=limits.DOCUMENT_DEPTH_MAX)
    rules = definition.rules
    if rules.checks and all(each.predicate.is_resolved for each in rules.checks):
        drawn = drawn.filter(lambda each: broken_check(rules, cast("Document", each)) is None)
    return _possible_documents(cast("st.SearchStrategy[Document]", drawn), table)


@st.composite
def _possible_documents(
    draw: st.DrawFn, drawn: st.SearchStrategy[Document], table: str
) -> Document:
    # Asked when drawing: the answer may take Hypothesis a second, which is not the test's own.
    if drawn.is_empty:
        raise InvalidArgument(
            f"no document of table {table!r} can be made",
            hint="insert the documents first that it has to refer to",
        )
    return draw(drawn)


def referring(definition: Table) -> Validator:
    """Return a table's validator with ids in the place of strings that the table calls ids."""
    validator = definition.validator
    for reference in definition.rules.references:
        validator = _with_id(validator, parse_path(reference.field), reference)
    return validator


def _with_id(validator: Validator, path: tuple[str, ...], reference: Reference) -> Validator:
    made = validator
    if isinstance(validator, UnionValidator):
        made = UnionValidator(_with_id(each, path, reference) for each in validator.members)
    elif isinstance(validator, ObjectValidator) and path and path[0] in validator.fields:
        field = _with_id(validator.fields[path[0]], path[1:], reference)
        return validator.extend({path[0]: field})
    elif isinstance(validator, StringValidator) and not path and validator.constraints is None:
        made = IdValidator(reference.table, reference.on_delete)
    return made.optional() if validator.is_optional else made


def matching(validator: Validator, source: Source, *, levels: int) -> st.SearchStrategy[Value]:
    """
    Return values that match a validator.

    Args:
        validator: What they match.
        source: Where ids come from.
        levels: How many levels of arrays and objects they may have.
    """
    match validator:
        case ArrayValidator() | ObjectValidator() | RecordValidator() | UnionValidator():
            return _matching_composite(validator, source, levels)
        case AnyValidator():
            return drawn_values.values(min(levels, _LEVELS_OF_ANY))
        case NullValidator():
            return st.none()
        case BooleanValidator():
            return st.booleans()
        case BytesValidator():
            return drawn_values.BLOBS
        case NumberValidator():
            return drawn_values.numbers(cast("NumberRange | None", validator.constraints))
        case Int64Validator():
            return drawn_values.int64s(cast("NumberRange | None", validator.constraints))
        case StringValidator():
            return drawn_values.texts(cast("TextRules | None", validator.constraints))
        case LiteralValidator():
            return st.sampled_from(_spellings(validator.value))
        case IdValidator():
            must_exist = validator.on_delete != "none"
            return referred_ids(source, validator.table, must_exist=must_exist)
        case _:
            raise AssertionError(f"no strategy for {validator!r}")


def _spellings(literal: str | float) -> list[str | float]:
    """Return the ways to write a literal: 1 and 1.0 are one value."""
    return [literal, float(literal)] if type(literal) is int else [literal]


def _matching_composite(
    validator: ArrayValidator | ObjectValidator | RecordValidator | UnionValidator,
    source: Source,
    levels: int,
) -> st.SearchStrategy[Value]:
    if isinstance(validator, UnionValidator):
        return st.one_of([matching(each, source, levels=levels) for each in validator.members])
    if levels == 0:
        return st.nothing()
    levels -= 1
    match validator:
        case ArrayValidator():
            rules = cast("ItemCount | None", validator.constraints) or ItemCount()
            elements = matching(validator.element, source, levels=levels)
            return st.deferred(lambda: _lists(elements, rules))
        case ObjectValidator():
            fields = {
                name: matching(each, source, levels=levels)
                for name, each in validator.fields.items()
            }
            optional = {name for name, each in validator.fields.items() if each.is_optional}
            return st.fixed_dictionaries(
                {name: each for name, each in fields.items() if name not in optional},
                optional={name: each for name, each in fields.items() if name in optional},
            )
        case RecordValidator():
            names = _record_names(validator.keys, source)
            held = matching(validator.values, source, levels=levels)
            return st.deferred(lambda: _dictionaries(names, held))


# Deferred until something is drawn: whether there are elements at all takes time to say.
def _lists(elements: st.SearchStrategy[Value], rules: ItemCount) -> st.SearchStrategy[Value]:
    least = rules.min_items or 0
    most = least + _ITEMS if rules.max_items is None else min(least + _ITEMS, rules.max_items)
    if elements.is_empty:
        return st.nothing() if least else st.builds(list[Value])
    return st.lists(elements, min_size=least, max_size=most)


def _dictionaries(
    names: st.SearchStrategy[str], held: st.SearchStrategy[Value]
) -> st.SearchStrategy[Value]:
    if names.is_empty or held.is_empty:
        return st.builds(dict[str, Value])
    return st.dictionaries(names, held, max_size=_ITEMS)


def _record_names(keys: Validator, source: Source) -> st.SearchStrategy[str]:
    if isinstance(keys, UnionValidator):
        return st.one_of([_record_names(each, source) for each in keys.members])
    if isinstance(keys, IdValidator):
        return referred_ids(source, keys.table, must_exist=keys.on_delete != "none")
    return drawn_values.record_names(cast("TextRules | None", keys.constraints))
