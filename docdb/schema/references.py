"""
Where a document refers to others: which fields do, to whom, and what a deletion does to them.

A reference is a ``v.id(table, on_delete=...)`` anywhere in a table's validator, in arrays, records
and unions too, or a ``.reference(field, table)`` rule over a field that holds a string or an array
of strings. ``on_delete="none"`` asks for nothing, as in Convex, and is not met here.

One walk serves two ends. It goes through a document beside its validator, only where there are
references, and asks a *visit* about each one that it meets: to find them all, the visit remembers
and keeps; to let go of a deleted document, it answers True and the reference is removed. What is
removed is the field of an object, the element of an array, or the entry of a record.

Rules of this file:

- A value belongs to one member of a union: the one that its tag names, else the first that refers
  to something and that it matches.
- Patterns are paths with ``[]`` for the elements of an array and of a record:
  ``members[].userId``. A pattern without them is a field path, which an index can have.
- Documents are never changed: what is removed is missing in a copy.

Cost: about 1 µs for each reference of a document; nothing for a table without any.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias, cast

from docdb.schema.checking import ResolveNumber, check
from docdb.schema.composites import ArrayValidator, ObjectValidator, RecordValidator, UnionValidator
from docdb.schema.table_rules import TableRules
from docdb.schema.unions import flattened, tagged
from docdb.schema.validators import AnyValidator, IdValidator, StringValidator, Validator, quoted
from docdb.values.kinds import UNSET, Unset, Value
from docdb.values.names import join
from docdb.values.paths import parse_path

__all__ = ["Found", "Place", "References", "can_be_removed", "places"]


class Place(NamedTuple):
    """
    A place in a table's documents that holds references.

    Attributes:
        pattern: ``members[].userId``; see above.
        table: The name of the table that is referred to, in the same namespace.
        on_delete: ``none``, ``cascade``, ``set_null`` or ``restrict``.
        is_single: Whether the pattern is a field path, under which no array can lie: then an index
            that begins with it finds who refers to a document.
        is_certain: Whether a document that is valid and has an id there surely refers to it.
    """

    pattern: str
    table: str
    on_delete: str
    is_single: bool
    is_certain: bool


class Found(NamedTuple):
    """
    A reference in a document.

    Attributes:
        path: Where: ``members[2].userId``.
        id: The text that is there: for a string field, perhaps no id at all.
        place: The rule.
    """

    path: str
    id: str
    place: Place


Visit: TypeAlias = Callable[[Found], bool]
_Kept: TypeAlias = Value | Unset
_Walk: TypeAlias = Callable[[Value, str, Visit], _Kept]


class References:
    """
    The references of one table that are enforced. Immutable; any thread may use it.

    Attributes:
        places: Where they are, those of the validator first.
    """

    __slots__ = ("_walks", "places")

    def __init__(self, validator: Validator, rules: TableRules, resolve: ResolveNumber) -> None:
        self.places = tuple(each for each in places(validator, rules) if each.on_delete != "none")
        walk = _walk(validator, "", resolve)
        self._walks = [] if walk is None else [walk]
        for place in _places_of_rules(validator, rules):
            if place.on_delete != "none":
                self._walks.append(_rule_walk(parse_path(place.pattern), place))

    def found(self, document: Mapping[str, Value]) -> list[Found]:
        """Return every reference of a valid document."""
        met: list[Found] = []

        def remember(found: Found) -> bool:
            met.append(found)
            return False

        for walk in self._walks:
            walk(cast("Value", document), "", remember)
        return met

    def without(
        self, document: dict[str, Value], is_gone: Callable[[Found], bool]
    ) -> dict[str, Value]:
        """Return a document without the ``set_null`` references that a function says are gone."""

        def lets_go(found: Found) -> bool:
            return found.place.on_delete == "set_null" and is_gone(found)

        value: Value = document
        for walk in self._walks:
            value = cast("Value", walk(value, "", lets_go))
        return cast("dict[str, Value]", value)


def places(validator: Validator, rules: TableRules) -> Iterator[Place]:
    """
    Yield every place of a table that refers to another, those that ask for nothing too.

    >>> from docdb.schema.namespace import v
    >>> [place[:2] for place in places(v.object({"a": v.array(v.id("users"))}), TableRules())]
    [('a[]', 'users')]
    """
    yield from _places(validator, "", is_certain=True)
    yield from _places_of_rules(validator, rules)


def _places(validator: Validator, pattern: str, *, is_certain: bool) -> Iterator[Place]:
    if isinstance(validator, IdValidator):
        is_single = "[" not in pattern
        yield Place(pattern, validator.table, validator.on_delete, is_single, is_certain)
    elif isinstance(validator, ObjectValidator):
        for name, field in validator.fields.items():
            yield from _places(field, join(pattern, name), is_certain=is_certain)
    elif isinstance(validator, UnionValidator):
        for member in flattened(validator):
            yield from _places(member, pattern, is_certain=False)
    elif isinstance(validator, (ArrayValidator, RecordValidator)):
        for child in validator.children:
            yield from _places(child, pattern + "[]", is_certain=is_certain)


def _places_of_rules(validator: Validator, rules: TableRules) -> Iterator[Place]:
    for field, table, on_delete in rules.references:
        path = parse_path(field)
        is_single = all(isinstance(each, StringValidator) for each in _scalars_at(validator, path))
        yield Place(".".join(path), table, on_delete, is_single, is_certain=is_single)


def _scalars_at(validator: Validator, path: Iterable[str]) -> Iterator[Validator]:
    """Yield what can lie at a path, members of unions one by one; nulls refer to nobody."""
    if isinstance(validator, UnionValidator):
        for member in flattened(validator):
            yield from _scalars_at(member, path)
        return
    first, *others = [*path] or [""]
    if first and isinstance(validator, ObjectValidator):
        if first in validator.fields:
            yield from _scalars_at(validator.fields[first], others)
    elif isinstance(validator, AnyValidator) or (not first and validator.kind != "null"):
        yield validator


def can_be_removed(validator: Validator, path: Iterable[str]) -> bool:
    """
    Return whether what lies at a path may always be left out.

    >>> from docdb.schema.namespace import v
    >>> can_be_removed(v.object({"a": v.optional(v.string())}), ["a"])
    True
    """
    first, *others = path
    if isinstance(validator, UnionValidator):
        return all(can_be_removed(each, [first, *others]) for each in flattened(validator))
    if not isinstance(validator, ObjectValidator) or first not in validator.fields:
        return True
    field = validator.fields[first]
    return can_be_removed(field, others) if others else field.is_optional


def _walk(validator: Validator, pattern: str, resolve: ResolveNumber) -> _Walk | None:
    """Return the walk through values of a validator, or None where there is nothing to meet."""
    if isinstance(validator, IdValidator):
        return _id_walk(validator, pattern)
    if isinstance(validator, ObjectValidator):
        return _object_walk(validator, pattern, resolve)
    if isinstance(validator, UnionValidator):
        return _union_walk(validator, pattern, resolve)
    if isinstance(validator, ArrayValidator):
        element = _walk(validator.element, pattern + "[]", resolve)
        return None if element is None else _array_walk(element)
    if isinstance(validator, RecordValidator):
        return _record_walk(validator, pattern + "[]", resolve)
    return None


def _id_walk(validator: IdValidator, pattern: str) -> _Walk | None:
    if validator.on_delete == "none":
        return None
    (place,) = _places(validator, pattern, is_certain=True)

    def walk(value: Value, path: str, visit: Visit) -> _Kept:
        return UNSET if visit(Found(path, cast("str", value), place)) else value

    return walk


def _object_walk(validator: ObjectValidator, pattern: str, resolve: ResolveNumber) -> _Walk | None:
    inner = {
        name: inside
        for name, field in validator.fields.items()
        if (inside := _walk(field, join(pattern, name), resolve)) is not None
    }
    if not inner:
        return None

    def walk(value: Value, path: str, visit: Visit) -> _Kept:
        given = cast("dict[str, Value]", value)
        changed = {
            name: kept
            for name, walk_on in inner.items()
            if name in given
            if (kept := walk_on(given[name], join(path, name), visit)) is not given[name]
        }
        return _merged(given, changed) if changed else value

    return walk


def _merged(given: Mapping[str, Value], changed: Mapping[str, _Kept]) -> dict[str, Value]:
    merged = {**given, **changed}
    return {name: value for name, value in merged.items() if not isinstance(value, Unset)}


def _array_walk(element: _Walk) -> _Walk:
    def walk(value: Value, path: str, visit: Visit) -> _Kept:
        given = cast("list[Value]", value)
        kept = [element(each, join(path, i), visit) for i, each in enumerate(given)]
        if all(new is old for new, old in zip(kept, given, strict=True)):
            return value
        return [each for each in kept if not isinstance(each, Unset)]

    return walk


def _record_walk(validator: RecordValidator, pattern: str, resolve: ResolveNumber) -> _Walk | None:
    of_names = _walk(validator.keys, pattern, resolve)
    of_values = _walk(validator.values, pattern, resolve)
    if of_names is None and of_values is None:
        return None

    def walk(value: Value, path: str, visit: Visit) -> _Kept:
        given = cast("dict[str, Value]", value)
        changed: dict[str, _Kept] = {}
        for name, each in given.items():
            at = f"{path}[{quoted(name)}]"
            kept: _Kept = each
            if of_values is not None:
                kept = of_values(each, at, visit)
            if of_names is not None and isinstance(of_names(name, at, visit), Unset):
                kept = UNSET
            if kept is not each:
                changed[name] = kept
        return _merged(given, changed) if changed else value

    return walk


def _union_walk(validator: UnionValidator, pattern: str, resolve: ResolveNumber) -> _Walk | None:
    members = [
        (member, inside)
        for member in flattened(validator)
        if (inside := _walk(member, pattern, resolve)) is not None
    ]
    if not members:
        return None
    tag = tagged(validator)

    def walk(value: Value, path: str, visit: Visit) -> _Kept:
        if tag is not None and isinstance(value, dict):
            meant = tag.objects.get(cast("str", value.get(tag.field)))
            chosen = (inside for member, inside in members if member is meant)
        else:
            chosen = (inside for each, inside in members if check(each, value, resolve) is None)
        walk_on = next(chosen, None)
        return value if walk_on is None else walk_on(value, path, visit)

    return walk


def _rule_walk(path: tuple[str, ...], place: Place) -> _Walk:
    """Return the walk to the string, or the strings, at a path that a rule names."""
    if not path:
        return lambda value, at, visit: _texts(value, at, visit, place)
    name, *others = path
    walk_on = _rule_walk(tuple(others), place)

    def walk(value: Value, at: str, visit: Visit) -> _Kept:
        if not isinstance(value, dict) or name not in value:
            return value
        kept = walk_on(value[name], join(at, name), visit)
        return value if kept is value[name] else _merged(value, {name: kept})

    return walk


def _texts(value: Value, path: str, visit: Visit, place: Place) -> _Kept:
    if isinstance(value, str):
        return UNSET if visit(Found(path, value, place)) else value
    if isinstance(value, list):
        return _array_walk(lambda each, at, visit: _text(each, at, visit, place))(
            value, path, visit
        )
    return value


def _text(value: Value, path: str, visit: Visit, place: Place) -> _Kept:
    is_removed = isinstance(value, str) and visit(Found(path, value, place))
    return UNSET if is_removed else value
