"""
Filters as data: expressions over the fields of a document.

An expression is an operator and its operands, nothing else: it can be printed, compared by its
``key`` and stored in a cursor's fingerprint. Python's operators build expressions too::

    q.and_(q.eq(q.field("role"), "user"), q.gt(q.field("level"), 2))
    (q.field("role") == "user") & (q.field("level") > 2)

Rules of this file:

- Building never reads a document and never fails on a value that a document could hold; what
  depends on the document is decided when it is reached (``queries.compile``).
- An expression has no truth value: ``and``, ``or``, ``not`` and chained comparisons would drop
  half of the filter silently, so they are refused.
"""

from collections.abc import Callable
from typing import NoReturn, TypeAlias

from docdb import limits
from docdb.encoding.sortable import encode_value
from docdb.errors import InvalidArgument, nearest_names
from docdb.values.kinds import UNSET, Unset, Value, normalize
from docdb.values.paths import parse_path

__all__ = [
    "COMPARISONS",
    "Expression",
    "FilterBuilder",
    "Literal",
    "Operand",
    "Predicate",
    "as_expression",
]

COMPARISONS = ("eq", "neq", "lt", "lte", "gt", "gte")


class Literal:
    """A value in an expression; ``UNSET`` is the missing value."""

    __slots__ = ("value",)

    depth = 1

    def __init__(self, value: Value | Unset) -> None:
        self.value = value

    @property
    def key(self) -> str:
        """A text that is the same for equal literals."""
        return f"literal({encode_value(self.value).hex()})"

    def __repr__(self) -> str:
        return repr(self.value)


class Expression:
    """
    An operator over operands. Immutable; made by a ``FilterBuilder`` or Python's operators.

    Attributes:
        operator: The name of the operator, such as ``"eq"`` or ``"field"``.
        operands: Expressions and literals; for ``"field"`` the parts of the path.
    """

    __slots__ = ("depth", "operands", "operator", "parts")

    def __init__(
        self,
        operator: str,
        operands: "tuple[Expression | Literal, ...]" = (),
        parts: tuple[str, ...] = (),
    ) -> None:
        self.operator = operator
        self.operands = operands
        self.parts = parts
        self.depth = 1 + max((each.depth for each in operands), default=0)
        if self.depth > limits.EXPRESSION_DEPTH_MAX:
            raise InvalidArgument(
                f"a filter is nested more than {limits.EXPRESSION_DEPTH_MAX} levels deep",
                hint="q.and_ and q.or_ take any number of conditions side by side",
            )

    @property
    def key(self) -> str:
        """A text that is the same for expressions of the same form and values."""
        if self.operator == "field":
            return f"field({'.'.join(self.parts)})"
        return f"{self.operator}({','.join(each.key for each in self.operands)})"

    def __eq__(self, other: object) -> "Expression":  # pyright: ignore[reportIncompatibleMethodOverride] - builds
        return _binary("eq", self, other)

    def __ne__(self, other: object) -> "Expression":  # pyright: ignore[reportIncompatibleMethodOverride] - builds
        return _binary("neq", self, other)

    def __lt__(self, other: object) -> "Expression":
        return _binary("lt", self, other)

    def __le__(self, other: object) -> "Expression":
        return _binary("lte", self, other)

    def __gt__(self, other: object) -> "Expression":
        return _binary("gt", self, other)

    def __ge__(self, other: object) -> "Expression":
        return _binary("gte", self, other)

    def __and__(self, other: object) -> "Expression":
        return _binary("and", self, other)

    def __rand__(self, other: object) -> "Expression":
        return _binary("and", other, self)

    def __or__(self, other: object) -> "Expression":
        return _binary("or", self, other)

    def __ror__(self, other: object) -> "Expression":
        return _binary("or", other, self)

    def __invert__(self) -> "Expression":
        return Expression("not", (self,))

    def __add__(self, other: object) -> "Expression":
        return _binary("add", self, other)

    def __radd__(self, other: object) -> "Expression":
        return _binary("add", other, self)

    def __sub__(self, other: object) -> "Expression":
        return _binary("sub", self, other)

    def __rsub__(self, other: object) -> "Expression":
        return _binary("sub", other, self)

    def __mul__(self, other: object) -> "Expression":
        return _binary("mul", self, other)

    def __rmul__(self, other: object) -> "Expression":
        return _binary("mul", other, self)

    def __truediv__(self, other: object) -> "Expression":
        return _binary("div", self, other)

    def __rtruediv__(self, other: object) -> "Expression":
        return _binary("div", other, self)

    def __mod__(self, other: object) -> "Expression":
        return _binary("mod", self, other)

    def __rmod__(self, other: object) -> "Expression":
        return _binary("mod", other, self)

    def __neg__(self) -> "Expression":
        return Expression("neg", (self,))

    def __hash__(self) -> int:
        return hash(self.key)

    def __bool__(self) -> NoReturn:
        raise InvalidArgument(
            f"the filter expression {self!r} was used where Python wants a truth value",
            hint="join conditions with & | ~ or q.and_ q.or_ q.not_, not with and, or, not",
        )

    def __repr__(self) -> str:
        if self.operator == "field":
            return f"q.field({'.'.join(self.parts)!r})"
        name = self.operator + ("_" if self.operator in ("and", "or", "not") else "")
        return f"q.{name}({', '.join(map(repr, self.operands))})"


Operand: TypeAlias = "Expression | Value | Unset"
Predicate: TypeAlias = "Callable[[FilterBuilder], object]"


class FilterBuilder:
    """The ``q`` of ``.filter(lambda q: ...)``."""

    __slots__ = ()

    def field(self, path: str) -> Expression:
        """Return the value at a field path, ``UNSET`` where there is none."""
        return Expression("field", parts=parse_path(path))

    def eq(self, left: object, right: object) -> Expression:
        """Tell whether two values are equal in the total order."""
        return _binary("eq", left, right)

    def neq(self, left: object, right: object) -> Expression:
        """Tell whether two values differ in the total order."""
        return _binary("neq", left, right)

    def lt(self, left: object, right: object) -> Expression:
        """Tell whether the left value sorts before the right one."""
        return _binary("lt", left, right)

    def lte(self, left: object, right: object) -> Expression:
        """Tell whether the left value does not sort after the right one."""
        return _binary("lte", left, right)

    def gt(self, left: object, right: object) -> Expression:
        """Tell whether the left value sorts after the right one."""
        return _binary("gt", left, right)

    def gte(self, left: object, right: object) -> Expression:
        """Tell whether the left value does not sort before the right one."""
        return _binary("gte", left, right)

    def add(self, left: object, right: object) -> Expression:
        """Add two float64 or two int64."""
        return _binary("add", left, right)

    def sub(self, left: object, right: object) -> Expression:
        """Subtract two float64 or two int64."""
        return _binary("sub", left, right)

    def mul(self, left: object, right: object) -> Expression:
        """Multiply two float64 or two int64."""
        return _binary("mul", left, right)

    def div(self, left: object, right: object) -> Expression:
        """Divide two float64, or two int64 towards zero."""
        return _binary("div", left, right)

    def mod(self, left: object, right: object) -> Expression:
        """Return the remainder, whose sign is the dividend's, of two float64 or two int64."""
        return _binary("mod", left, right)

    def neg(self, operand: object) -> Expression:
        """Negate a float64 or an int64."""
        return Expression("neg", (as_expression(operand),))

    def and_(self, *operands: object) -> Expression:
        """Tell whether all conditions hold; stops at the first that does not."""
        return Expression("and", tuple(map(as_expression, operands)))

    def or_(self, *operands: object) -> Expression:
        """Tell whether any condition holds; stops at the first that does."""
        return Expression("or", tuple(map(as_expression, operands)))

    def not_(self, operand: object) -> Expression:
        """Tell whether a condition does not hold."""
        return Expression("not", (as_expression(operand),))

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        known = [each for each in dir(type(self)) if not each.startswith("_")]
        raise InvalidArgument(
            f"a filter has no operator {name!r}",
            hint=nearest_names(name, known, what="its operators"),
        )


def as_expression(operand: object) -> Expression | Literal:
    """Return an operand as a node of an expression."""
    if isinstance(operand, (Expression, Literal)):
        return operand
    if operand is UNSET:
        return Literal(UNSET)
    value = normalize(operand, depth_max=limits.VALUE_DEPTH_MAX, error=InvalidArgument)
    return Literal(value)


def _binary(operator: str, left: object, right: object) -> Expression:
    first, second = as_expression(left), as_expression(right)
    if operator in ("and", "or") and isinstance(first, Expression) and first.operator == operator:
        # A chain of conditions stays flat, however long it is.
        return Expression(operator, (*first.operands, second))
    return Expression(operator, (first, second))
