"""
Filters as generated code: one Python function per expression.

A filter runs once for each document that a scan reaches, so it is compiled into one expression
without calls where the kinds of the literals allow it: a comparison with a string, a number, a
boolean or null becomes Python's own comparison guarded by a type test. Everything else calls the
total order of ``values.order``, which is what the guarded forms are tested against.

Rules of this file:

- No text of the user's enters the generated source: paths and literals are passed as constants.
- Errors arise only when an offending document is reached, and left operands are decided first.

Example: ``q.and_(q.eq(q.field("role"), "user"), q.gt(q.field("level"), 2))`` becomes::

    def accepts(document):
        return (document.get(c0, UNSET) == c1) and ((x0 > c3) if (t0 := type(x0 := ...)) ...)

A path of several parts is read in the same expression, each step guarded by a type test.
"""

import math
from collections.abc import Callable
from typing import cast

from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument
from docdb.queries.arithmetic import ARITHMETIC, boolean, negated
from docdb.queries.expressions import COMPARISONS, Expression, Literal
from docdb.values.kinds import UNSET, Int64, Unset, Value
from docdb.values.order import compare, equal
from docdb.values.paths import read_path

__all__ = ["compile_filter", "evaluate"]

_PYTHON_OPERATOR = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_TEST_OF_ORDER: dict[str, Callable[[int], bool]] = {
    "eq": lambda order: order == 0,
    "neq": lambda order: order != 0,
    "lt": lambda order: order < 0,
    "lte": lambda order: order <= 0,
    "gt": lambda order: order > 0,
    "gte": lambda order: order >= 0,
}
_MIRRORED = {"eq": "eq", "neq": "neq", "lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte"}
_BOOLEAN_OPERATORS = (*COMPARISONS, "and", "or", "not")
# Python's own parser gives up at 200 parentheses, and a level of a filter writes up to five.
_DEPTH_MAX = 30
# A part of a path writes two more.
_INLINE_PARTS_MAX = 8


def compile_filter(expression: Expression | Literal) -> Callable[[Document], bool]:
    """
    Return the function that tells whether a document passes a filter.

    The function raises FilterError for a document on which the filter has no boolean answer.
    """
    if expression.depth > _DEPTH_MAX:
        return lambda document: boolean(evaluate(expression, document))
    generator = _Generator()
    source = f"def accepts(document):\n    return {generator.condition(expression)}\n"
    exec(compile(source, "<docdb filter>", "exec"), generator.names)
    return cast("Callable[[Document], bool]", generator.names["accepts"])


def evaluate(expression: Expression | Literal, document: Document) -> Value | Unset:
    """
    Return the value of an expression for one document: the meaning, node by node.

    The generated form must agree with this one on every document, errors included.
    """
    if isinstance(expression, Literal):
        return expression.value
    operator, operands = expression.operator, expression.operands
    if operator == "field":
        return read_path(document, expression.parts)
    if operator == "and":
        return all(boolean(evaluate(each, document)) for each in operands)
    if operator == "or":
        return any(boolean(evaluate(each, document)) for each in operands)
    values = [evaluate(each, document) for each in operands]
    if operator == "not":
        return not boolean(values[0])
    if operator == "neg":
        return negated(values[0])
    if operator in ARITHMETIC:
        return ARITHMETIC[operator](*values)
    return _TEST_OF_ORDER[operator](compare(*values))


class _Generator:
    """Turns an expression into Python source, with its constants in ``names``."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {
            "UNSET": UNSET,
            "boolean": boolean,
            "compare": compare,
            "equal": equal,
            "negated": negated,
            "read_path": read_path,
        }
        self._count = 0
        self._steps = 0

    def condition(self, node: Expression | Literal) -> str:
        """Return source that is a boolean or raises."""
        source = self.value(node)
        if isinstance(node, Expression) and node.operator in _BOOLEAN_OPERATORS:
            return source
        return f"boolean({source})"

    def value(self, node: Expression | Literal) -> str:
        """Return source for the value of a node."""
        if isinstance(node, Literal):
            return self._constant(node.value)
        operator, operands = node.operator, node.operands
        if operator == "field":
            return self._field(node.parts)
        if operator in ("and", "or"):
            if not operands:
                return "True" if operator == "and" else "False"
            return "(" + f" {operator} ".join(map(self.condition, operands)) + ")"
        if operator == "not":
            return f"(not {self.condition(operands[0])})"
        if operator == "neg":
            return f"negated({self.value(operands[0])})"
        if operator in ARITHMETIC:
            function = self._constant(ARITHMETIC[operator])
            return f"{function}({self.value(operands[0])}, {self.value(operands[1])})"
        if operator in COMPARISONS:
            return self._comparison(operator, *operands)
        raise InvalidArgument(f"a filter has no operator {operator!r}")

    def _comparison(
        self, operator: str, left: Expression | Literal, right: Expression | Literal
    ) -> str:
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, right, operator = right, left, _MIRRORED[operator]
        one = self.value(left)
        if isinstance(right, Literal):
            source = self._guarded(operator, one, right.value)
            if source:
                return source
        other = self.value(right)
        if operator in ("eq", "neq"):
            return f"({'not ' if operator == 'neq' else ''}equal({one}, {other}))"
        return f"(compare({one}, {other}) {_PYTHON_OPERATOR[operator]} 0)"

    def _guarded(self, operator: str, source: str, literal: Value | Unset) -> str:
        """Return a comparison by Python's own operators, or nothing if they would differ."""
        constant = self._constant(literal)
        if literal is None or literal is True or literal is False or literal is UNSET:
            if operator not in ("eq", "neq"):
                return ""
            return f"({source} {'is' if operator == 'eq' else 'is not'} {constant})"
        is_text = type(literal) is str
        if not is_text and not _is_ordinary_number(literal):
            return ""
        if operator in ("eq", "neq") and is_text:
            return f"({source} {'==' if operator == 'eq' else '!='} {constant})"
        name, kind = f"x{self._count}", f"t{self._count}"
        self._count += 1
        bind = f"({kind} := type({name} := {source}))"
        if is_text:
            guard = f"{bind} is str"
        else:
            # NaN is the one float that Python's operators place differently than the total order.
            guard = f"({bind} is int or {kind} is float and {name} == {name})"
        if operator in ("eq", "neq"):
            negation = "not " if operator == "neq" else ""
            return f"({negation}({guard} and {name} == {constant}))"
        python = _PYTHON_OPERATOR[operator]
        return (
            f"(({name} {python} {constant}) if {guard} else compare({name}, {constant}) {python} 0)"
        )

    def _field(self, parts: tuple[str, ...]) -> str:
        if len(parts) > _INLINE_PARTS_MAX:
            return f"read_path(document, {self._constant(parts)})"
        source = f"document.get({self._constant(parts[0])}, UNSET)"
        for part in parts[1:]:
            name = f"o{self._steps}"
            self._steps += 1
            step = f"{name}.get({self._constant(part)}, UNSET)"
            source = f"({step} if type({name} := {source}) is dict else UNSET)"
        return source

    def _constant(self, value: object) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name


def _is_ordinary_number(value: Value | Unset) -> bool:
    """Tell whether Python orders this number among others as the total order does."""
    if isinstance(value, (bool, Int64)) or not isinstance(value, (int, float)):
        return False
    # Zero is two floats in the total order, -0.0 below 0.0.
    return value != 0 and not math.isnan(value)
