"""
Times that a store writes down, whatever the clock says.

Rules of this file: a clock may stand still, go back, be far in the past or the future, or be no
number at all; a store still writes times that fit 64 bits, and its commits still have rising ones.
"""

from docdb.runtime import Clock

__all__ = ["milliseconds", "stamp_after"]

# The year 2262, beyond which nanoseconds do not fit 63 bits; the 64th is room to rise into.
_MILLISECONDS_MAX = (1 << 63) / 1e6


def milliseconds(clock: Clock) -> float:
    """
    Return the time in milliseconds since 1970, within what a store can write down.

    >>> milliseconds(lambda: -5.0), milliseconds(lambda: float("nan"))
    (0.0, 0.0)
    """
    reading = clock()
    if not reading > 0.0:
        return 0.0
    return min(reading, _MILLISECONDS_MAX)


def stamp_after(last: int, clock: Clock) -> int:
    """
    Return the time in nanoseconds since 1970, or else the next number after the last stamp.

    >>> stamp_after(0, lambda: 5.0), stamp_after(9_000_000, lambda: 5.0)
    (5000000, 9000001)
    """
    return max(last + 1, int(milliseconds(clock) * 1e6))
