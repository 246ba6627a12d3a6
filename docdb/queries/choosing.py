"""
Filters on packed records: which documents of a scan need not be built at all.

Most of what a filter over a whole table drops could be told from the bytes: a record without the
packed string ``"gpt-4"`` holds no document whose model is ``"gpt-4"``. From a filter's expression
a function is generated that chooses the records that may match; they alone are decoded, and the
filter itself decides about them.

Rules of this file:

- A record may be left out only if the filter would surely come to False on its document *without
  an error*. So:

  - a comparison of a field with a literal never raises, and is tested by its needles (``eq``), or
    by the number behind its name (``gt`` and ``gte`` of a positive number; what is missing sorts
    before all numbers, so that ``lt`` and ``lte`` hold where there is no name at all);
  - ``and`` stops at the first operand that is False: each operand's test counts as long as no
    operand before it can raise;
  - ``or`` is False if all of its operands are: it has a test if each of them has one;
  - nothing else has a test: not ``not`` or ``neq``, no arithmetic, no field that is a boolean
    itself, no comparison of two fields, or with an array, an object or a missing value.

- A test may say yes too often, and never no.
- The fields of the document itself are known by their place in the record alone, so that only an
  ``eq`` with a value of some length has a test; those of objects within it follow their names.

Example: ``q.and_(q.eq(q.field("meta.model"), "small"), q.gt(q.field("meta.total"), 9))`` becomes::

    def choose(records):
        return [n for n, record in enumerate(records) if record.find(c0) >= 0 and c1(record)]

Cost: making one takes up to a millisecond; 0.3 µs for each record of 700 bytes and each search.
"""

from typing import NamedTuple, cast

from docdb.encoding.needles import needles_of, number_finder
from docdb.encoding.packed import Chooser
from docdb.queries.expressions import COMPARISONS, Expression, Literal
from docdb.values.kinds import Int64, Unset, Value

__all__ = ["compile_chooser"]

# Shorter needles are found nearly everywhere.
_NEEDLE_BYTES_MIN = 3
# So many searches of a record cost about as much as decoding it.
_SEARCHES_MAX = 6
# As in queries.compile: Python's parser has an end.
_DEPTH_MAX = 30

# What a comparison with the literal on the left says of the field.
_MIRRORED = {"eq": "eq", "lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte"}


class _Test(NamedTuple):
    """
    What a record must pass.

    Attributes:
        source: A condition on ``record``.
        searches: How many times it looks through the record.
        shortest: The length of its shortest needle: the longer, the fewer records pass.
    """

    source: str
    searches: int
    shortest: int


def compile_chooser(expression: Expression | Literal) -> Chooser | None:
    """
    Return the function that chooses the records on which a filter has to be tried.

    Returns:
        A function of records that returns the numbers of those that may match, ascending; None
        where the filter says nothing that could be seen in a record.
    """
    if expression.depth > _DEPTH_MAX:
        return None
    generator = _Generator()
    test = generator.test(expression)
    if test is None:
        return None
    source = f"[n for n, record in enumerate(records) if {test.source}]"
    source = f"def choose(records):\n    return {source}\n"
    exec(compile(source, "<docdb chooser>", "exec"), generator.names)  # noqa: S102 - generated code
    return cast("Chooser", generator.names["choose"])


class _Generator:
    """Turns an expression into a condition on a record, with its constants in ``names``."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {}

    def test(self, node: Expression | Literal) -> _Test | None:
        """Return a test that fails only where the node is False without an error, or None."""
        if isinstance(node, Literal):
            return None
        if node.operator == "and":
            return self._all(node.operands)
        if node.operator == "or":
            return self._any(node.operands)
        if node.operator in _MIRRORED:
            return self._comparison(node.operator, *node.operands)
        return None

    def _all(self, operands: tuple[Expression | Literal, ...]) -> _Test | None:
        tests: list[_Test] = []
        for operand in operands:
            test = self.test(operand)
            if test is not None:
                tests.append(test)
            if not _is_safe(operand):
                break
        # The ones that drop most for the least come first.
        tests.sort(key=lambda test: (test.searches, -test.shortest))
        kept: list[_Test] = []
        for test in tests:
            if test.searches + sum(each.searches for each in kept) <= _SEARCHES_MAX:
                kept.append(test)
        return _joined(" and ", kept)

    def _any(self, operands: tuple[Expression | Literal, ...]) -> _Test | None:
        tests: list[_Test] = []
        for operand in operands:
            test = self.test(operand)
            if test is None:
                return None
            tests.append(test)
        joined = _joined(" or ", tests)
        return None if joined is None or joined.searches > _SEARCHES_MAX else joined

    def _comparison(
        self, name: str, left: Expression | Literal, right: Expression | Literal
    ) -> _Test | None:
        if isinstance(left, Literal):
            left, right, name = right, left, _MIRRORED[name]
        if isinstance(left, Literal) or left.operator != "field" or not isinstance(right, Literal):
            return None
        last = left.parts[-1] if len(left.parts) > 1 else None
        if name == "eq":
            needles = needles_of(right.value, last)
            shortest = min(map(len, needles), default=0)
            if shortest < _NEEDLE_BYTES_MIN:
                return None
            # Not by "in", which asks first whether the needle is a number.
            source = " or ".join(f"record.find({self._constant(each)}) >= 0" for each in needles)
            return _Test(f"({source})", len(needles), shortest)
        if name not in ("gt", "gte") or last is None or not _is_positive(right.value):
            return None
        minimum = cast("float", right.value)
        find = number_finder(last, minimum, includes_minimum=name == "gte")
        return _Test(f"{self._constant(find)}(record)", 1, 0)

    def _constant(self, value: object) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name


def _joined(word: str, tests: list[_Test]) -> _Test | None:
    if not tests:
        return None
    source = word.join(test.source for test in tests)
    searches = sum(test.searches for test in tests)
    return _Test(f"({source})", searches, min(test.shortest for test in tests))


def _is_safe(node: Expression | Literal) -> bool:
    """Tell whether a condition comes to a boolean on every document."""
    if isinstance(node, Literal):
        return node.value is True or node.value is False
    if node.operator in COMPARISONS:
        return all(map(_can_be_read, node.operands))
    return node.operator in ("and", "or", "not") and all(map(_is_safe, node.operands))


def _can_be_read(node: Expression | Literal) -> bool:
    """Tell whether a node has a value on every document."""
    return isinstance(node, Literal) or node.operator == "field" or _is_safe(node)


def _is_positive(value: Value | Unset) -> bool:
    if isinstance(value, (bool, Int64)) or not isinstance(value, (int, float)):
        return False
    return value > 0
