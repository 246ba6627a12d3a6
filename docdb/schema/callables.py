"""
Functions that a schema names: default values, allow-lists and rules over several fields.

A schema is data: it is stored, compared and sent. A function in it is known by its name,
``module:qualname``, and a schema that was read from a file holds the name alone.

Rules of this file:

- Two named callables are equal if their names are, so that a schema equals what is read back
  from its own JSON.
- One without its function can be looked at but not called: whoever would write to its table gets
  a ``SchemaError`` that says which function the program lacks.
"""

from collections.abc import Callable

from docdb.errors import DocdbError, SchemaError, shown

__all__ = ["NamedCallable", "named"]


class NamedCallable:
    """
    A function together with the name under which a schema stores it. Immutable.

    Attributes:
        name: ``module:qualname``.
        function: The function, or None where only the name is known.
    """

    __slots__ = ("function", "name")

    function: Callable[..., object] | None
    name: str

    def __init__(self, name: str, function: Callable[..., object] | None = None) -> None:
        self.name = name
        self.function = function

    @property
    def is_resolved(self) -> bool:
        """Whether there is a function that can be called."""
        return self.function is not None

    def __call__(self, *arguments: object) -> object:
        """
        Call the function.

        Raises:
            SchemaError: The function is not known, or raised an error that is none of ours.
        """
        if self.function is None:
            raise SchemaError(
                f"the schema calls {self.name!r}, which this program has not given to it",
                hint="open the database with the schema that defines the function",
                function=self.name,
            )
        try:
            return self.function(*arguments)
        except DocdbError:
            raise
        except Exception as error:
            raise SchemaError(
                f"{self.name!r}, which the schema calls, raised {shown(error)}",
                hint="a function in a schema must answer for every document",
                function=self.name,
            ) from error

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NamedCallable):
            return NotImplemented
        return self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return self.name


def named(function: Callable[..., object]) -> NamedCallable:
    """
    Return a function with the name that a schema stores it under.

    >>> named(len), named(len).is_resolved, NamedCallable("builtins:len").is_resolved
    (builtins:len, True, False)
    """
    if isinstance(function, NamedCallable):
        return function
    # Instances that can be called, and partial functions, have no name but that of their type.
    qualname = getattr(function, "__qualname__", type(function).__qualname__)
    module = getattr(function, "__module__", None) or type(function).__module__
    return NamedCallable(f"{module}:{qualname}", function)
