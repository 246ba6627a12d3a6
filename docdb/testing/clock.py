"""
A clock that stands until a test moves it.

Rules of this file: time is milliseconds since 1970, as everywhere in docdb. The clock may be set
back, since a database must bear that: creation times grow all the same.
"""

from threading import Lock

from docdb import limits
from docdb.errors import InvalidArgument, shown

__all__ = ["START_MILLISECONDS", "FrozenClock"]

START_MILLISECONDS = 1_767_225_600_000.0  # 2026-01-01T00:00:00Z


class FrozenClock:
    """
    A clock for ``docdb.open(..., clock=clock)``. Threads may share it.

    >>> clock = FrozenClock()
    >>> clock.advance(1500)
    >>> clock()
    1767225601500.0
    """

    __slots__ = ("_lock", "_milliseconds")

    def __init__(self, milliseconds: float = START_MILLISECONDS) -> None:
        self._lock = Lock()
        self._milliseconds = _checked(milliseconds)

    def __call__(self) -> float:
        """Return the time in milliseconds since 1970."""
        return self._milliseconds

    def advance(self, milliseconds: float) -> None:
        """
        Move the clock forward.

        Raises:
            InvalidArgument: It is no finite number, or below 0.
        """
        if _checked(milliseconds) < 0:
            raise InvalidArgument(
                f"a clock cannot advance by {shown(milliseconds)} milliseconds",
                hint="set() can turn it back",
            )
        with self._lock:
            self._milliseconds += milliseconds

    def set(self, milliseconds: float) -> None:
        """
        Turn the clock to a time, which may lie in the past.

        Raises:
            InvalidArgument: It is no finite number.
        """
        with self._lock:
            self._milliseconds = _checked(milliseconds)

    def __repr__(self) -> str:
        return f"FrozenClock({self._milliseconds!r})"


def _checked(milliseconds: object) -> float:
    # NaN and the infinities lie between no two numbers.
    if (
        isinstance(milliseconds, (int, float))
        and not isinstance(milliseconds, bool)
        and -limits.INTEGER_MAX <= milliseconds <= limits.INTEGER_MAX
    ):
        return float(milliseconds)
    raise InvalidArgument(
        f"{shown(milliseconds)} is no time in milliseconds", hint="pass a finite number"
    )
