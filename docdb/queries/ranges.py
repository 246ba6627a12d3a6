"""
Index ranges: what the user says about an index, checked as a whole, turned into bytes.

A range is any number of equalities on the first fields of an index, then at most one lower and one
upper bound, or a prefix, on the next field. The fields of an index end in ``_creationTime`` and
``_id``, which may be used like any other. The clauses may come in any order.

How a range becomes bytes: equal fields give a common prefix P of all keys that can match; the next
field's bounds give the rest. No kind tag is FF, so P + key(v) + FF lies behind everything that
begins with v, and nothing else::

    eq("a", 1).gt("b", "x")      start = P(1) + key("x") + FF      stop = P(1) + FF
    eq("a", 1).lte("b", "x")     start = P(1)                      stop = P(1) + key("x") + FF

Rules of this file: all misuse is ``IndexRangeError``, found when the query runs; the order of the
checks is the backend's (convex-backend, ``crates/common/src/interval``, read for behaviour).
"""

from typing import NamedTuple, NoReturn, cast

from docdb import limits
from docdb.encoding.sortable import encode_value
from docdb.errors import IndexRangeError, InvalidArgument, nearest_names, shown
from docdb.kv.keyrange import KeyRange, increment
from docdb.values.kinds import UNSET, Unset, Value, normalize
from docdb.values.order import compare
from docdb.values.paths import parse_path

__all__ = ["Clause", "RangeBuilder", "ScanRange", "id_passes", "scan_range"]

_LOWER = ("gt", "gte", "prefix")
_UPPER = ("lt", "lte", "prefix")


class Clause(NamedTuple):
    """One condition of a range: an operator, a field path, and a value (or ``UNSET``)."""

    operator: str
    field: str
    value: Value | Unset

    @property
    def key(self) -> str:
        """A text that is the same for clauses that mean the same."""
        return f"{self.operator}({self.field},{encode_value(self.value).hex()})"

    def __str__(self) -> str:
        return f"{self.operator}({self.field!r}, {self.value!r})"


class RangeBuilder:
    """
    The ``q`` of ``.with_index(name, lambda q: ...)``. Immutable: each call returns the next one.

    >>> RangeBuilder().eq("chatId", "c").gte("_creationTime", 5)
    q.eq('chatId', 'c').gte('_creationTime', 5)
    """

    __slots__ = ("clauses",)

    def __init__(self, clauses: tuple[Clause, ...] = ()) -> None:
        self.clauses = clauses

    def eq(self, field: str, value: object) -> "RangeBuilder":
        """Keep documents whose field equals a value; ``UNSET`` means that it is absent."""
        return self._with("eq", field, value)

    def gt(self, field: str, value: object) -> "RangeBuilder":
        """Keep documents whose field sorts after a value."""
        return self._with("gt", field, value)

    def gte(self, field: str, value: object) -> "RangeBuilder":
        """Keep documents whose field does not sort before a value."""
        return self._with("gte", field, value)

    def lt(self, field: str, value: object) -> "RangeBuilder":
        """Keep documents whose field sorts before a value."""
        return self._with("lt", field, value)

    def lte(self, field: str, value: object) -> "RangeBuilder":
        """Keep documents whose field does not sort after a value."""
        return self._with("lte", field, value)

    def prefix(self, field: str, text: str) -> "RangeBuilder":
        """Keep documents whose field is a string that begins with a text."""
        if not isinstance(text, str):
            raise IndexRangeError(
                f"a prefix of {shown(field)} must be a string, found {shown(text)}",
                hint="prefix() is for string fields",
            )
        return self._with("prefix", field, text)

    def _with(self, operator: str, field: str, value: object) -> "RangeBuilder":
        try:
            path = ".".join(parse_path(field))
            plain: Value | Unset = UNSET
            if value is not UNSET:
                plain = normalize(value, depth_max=limits.VALUE_DEPTH_MAX, error=InvalidArgument)
        except InvalidArgument as error:
            raise IndexRangeError(
                f"{operator}() of an index range: {error.message}", hint=error.hint
            ) from None
        return RangeBuilder((*self.clauses, Clause(operator, path, plain)))

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        known = [each for each in dir(type(self)) if not each.startswith("_")]
        raise IndexRangeError(
            f"an index range has no operator {name!r}",
            hint=nearest_names(name, known, what="its operators"),
        )

    def __repr__(self) -> str:
        return "q" + "".join(f".{each}" for each in self.clauses)


class ScanRange(NamedTuple):
    """
    A range in bytes.

    Attributes:
        keys: The full entry keys to look at.
        id_clauses: What the bytes cannot say: conditions on ``_id``, to be tested row by row.
    """

    keys: KeyRange
    id_clauses: tuple[Clause, ...]


def scan_range(
    clauses: tuple[Clause, ...], *, index: str, fields: tuple[str, ...], prefix: bytes
) -> ScanRange:
    """
    Turn the clauses of a range into bytes.

    Args:
        clauses: What the user asked for, in any order.
        index: The name of the index, for errors.
        fields: Its fields, the implicit ones included.
        prefix: What all its keys begin with.

    Raises:
        IndexRangeError: The clauses do not fit together, or do not fit the index.
    """
    start = _of_equalities(clauses, fields, prefix)
    if start is not None:
        return ScanRange(KeyRange(start, start + b"\xff"), ())
    equal, bounds = _checked(clauses, index, fields)
    for field in fields[: len(equal)]:
        if field == "_id":
            break
        prefix += encode_value(equal[field])
    id_clauses = tuple(each for each in clauses if each.field == "_id")
    bounds = [each for each in bounds if each.field != "_id"]
    start, stop = prefix, prefix + b"\xff"
    for operator, _, value in bounds:
        key = prefix + encode_value(value)
        if operator == "gt":
            start = key + b"\xff"
        elif operator == "gte":
            start = key
        elif operator == "lt":
            stop = key
        elif operator == "lte":
            stop = key + b"\xff"
        else:
            # Without its terminator the key of a string is a prefix of those that begin with it.
            start, stop = key[:-1], increment(key[:-1])
    return ScanRange(KeyRange(start, max(start, stop)), id_clauses)


def _of_equalities(
    clauses: tuple[Clause, ...], fields: tuple[str, ...], prefix: bytes
) -> bytes | None:
    """Return what the keys of a plain range begin with: eq() on the first fields, in order."""
    # Most ranges are, and the checks of the others would take three quarters of planning.
    if len(clauses) > len(fields):
        return None
    for (operator, field, value), expected in zip(clauses, fields, strict=False):
        if operator != "eq" or field != expected or field == "_id":
            return None
        prefix += encode_value(value)
    return prefix


def id_passes(id: str, clauses: tuple[Clause, ...]) -> bool:
    """Tell whether a document's id satisfies the conditions on ``_id``."""
    for operator, _, value in clauses:
        order = compare(id, value)
        if operator == "prefix":
            if not id.startswith(cast("str", value)):
                return False
        elif not (
            (order == 0 and operator in ("eq", "gte", "lte"))
            or (order > 0 and operator in ("gt", "gte"))
            or (order < 0 and operator in ("lt", "lte"))
        ):
            return False
    return True


def _checked(
    clauses: tuple[Clause, ...], index: str, fields: tuple[str, ...]
) -> tuple[dict[str, Value | Unset], list[Clause]]:
    """Return the equalities by field and the bounds, or say what is wrong with them."""
    equal: dict[str, Value | Unset] = {}
    for operator, field, value in clauses:
        if operator == "eq":
            if field in equal:
                raise _error(
                    index,
                    f"field {field!r} is given two values: {shown(equal[field])}"
                    f" and {shown(value)}",
                    "give each field one eq()",
                )
            equal[field] = value
    bounds = [each for each in clauses if each.operator != "eq"]
    for side, operators in (("lower", _LOWER), ("upper", _UPPER)):
        same = [each for each in bounds if each.operator in operators]
        if len(same) > 1:
            raise _error(
                index,
                f"two {side} bounds are given: {same[0]} and {same[1]}",
                "a range has at most one lower and one upper bound",
            )
    if len({each.field for each in bounds}) > 1:
        raise _error(
            index,
            f"bounds are given on {bounds[0].field!r} and {bounds[1].field!r}",
            "bound one field by the range, and use filter() for the other",
        )
    for each in bounds:
        if each.field in equal:
            raise _error(
                index,
                f"field {each.field!r} has both eq() and {each}",
                "an equality leaves nothing to bound",
            )
    _check_fields(index, fields, equal=list(equal), bounds=[each.field for each in bounds])
    return equal, bounds


def _check_fields(
    index: str, fields: tuple[str, ...], *, equal: list[str], bounds: list[str]
) -> None:
    for field in (*equal, *bounds):
        if field not in fields:
            raise _error(
                index,
                f"field {field!r} is not one of its fields",
                nearest_names(field, fields, what="its fields"),
            )
    expected = set(fields[: len(equal)])
    for field in equal:
        if field not in expected:
            raise _error(
                index,
                f"eq({field!r}) leaves out a field before it",
                f"its fields are, in order, {', '.join(fields)}; give eq() to the"
                " first ones, without a gap",
            )
    for field in bounds:
        if field != fields[len(equal)]:
            raise _error(
                index,
                f"the bound on {field!r} does not follow the fields given by eq()",
                f"its fields are, in order, {', '.join(fields)}; after"
                f" {len(equal)} of them the bound must be on {fields[len(equal)]!r}",
            )


def _error(index: str, problem: str, hint: str) -> IndexRangeError:
    return IndexRangeError(
        f"a range of index {index!r} is wrong: {problem}", hint=hint, index=index
    )
