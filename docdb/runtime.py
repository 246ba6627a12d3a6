"""
The clock, the dice and the calendar: the only doors to what a program cannot repeat.

Rules of this file: ``time``, ``random``, ``uuid`` and ``secrets`` are imported nowhere else in
docdb, so that a fixed clock and a seed make a whole run repeatable. A clock is any function of
no arguments that returns milliseconds since 1970 as a float; dice are any function that takes a
number and returns that many bytes.
"""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

__all__ = [
    "Clock",
    "Dice",
    "monotonic",
    "seeded_dice",
    "seeded_generator",
    "sleep",
    "system_clock",
    "system_dice",
]

Clock = Callable[[], float]
Dice = Callable[[int], bytes]

_POOL_BYTES = 4096

# Seconds from a clock that never goes back; only differences mean anything.
monotonic = time.monotonic


def system_clock() -> float:
    """
    Return the wall clock in milliseconds since 1970, with its fraction.

    >>> system_clock() > 1.6e12
    True
    """
    return time.time_ns() / 1e6


def sleep(seconds: float) -> None:
    """Give up this thread's turn for about so many seconds."""
    time.sleep(seconds)


def system_dice() -> Dice:
    """
    Return dice that roll the operating system's randomness.

    Cost: one system call for each 4,096 bytes drawn, since a call for each id would cost more
    than the rest of its making. Use one instance from one thread at a time.

    >>> len(system_dice()(6))
    6
    """
    pool = b""
    offset = 0

    def roll(count: int) -> bytes:
        nonlocal pool, offset
        if offset + count > len(pool):
            pool = os.urandom(max(_POOL_BYTES, count))
            offset = 0
        offset += count
        return pool[offset - count : offset]

    return roll


def seeded_generator(seed: int) -> "Random":
    """
    Return Python's own generator of random numbers, from a seed.

    >>> seeded_generator(1).random() == seeded_generator(1).random()
    True
    """
    # Imported here because it costs 5 ms, and only samples and tests roll with a seed.
    from random import Random

    return Random(seed)


def seeded_dice(seed: int) -> Dice:
    """
    Return dice that roll the same bytes for the same seed, in every process.

    >>> seeded_dice(7)(4) == seeded_dice(7)(4)
    True
    """
    return seeded_generator(seed).randbytes
