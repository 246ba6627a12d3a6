"""
Creation times: floats of milliseconds that only ever grow.

Rules of this file:

- The first document of a transaction gets the wall clock, or the next float after the latest
  creation time ever given out if the clock stands or went back; each further one the next float.
- The high-water mark lives here, in the process, as well as in the commit record: what an aborted
  transaction consumed is not given out again.

Positive floats sort as their bits do, so that "the next float" is one addition (IEEE 754).

Cost: an identity takes 2 µs, or half of it where many are made together.
"""

from math import isfinite
from struct import Struct, pack, unpack

from docdb.encoding.rows import mint, mint_many
from docdb.errors import InvalidArgument, shown
from docdb.runtime import Clock, Dice

__all__ = ["CreationTimes", "Identities", "bits_of", "read_clock", "time_of"]

_FLOAT = Struct(">d")
_BITS = Struct(">Q")
_LATEST_MILLISECONDS = 2.0**53


def bits_of(milliseconds: float) -> int:
    """Return the bits of a positive creation time, which sort as the times do."""
    return _BITS.unpack(_FLOAT.pack(milliseconds))[0]


def time_of(bits: int) -> float:
    """Return the creation time with these bits."""
    return _FLOAT.unpack(_BITS.pack(bits))[0]


class CreationTimes:
    """
    Gives out creation times. Used only by the thread that has the writer's turn.

    >>> times = CreationTimes()
    >>> first = times.begin(0, 1000.0)
    >>> time_of(first), times.begin(first, 1000.0) > first
    (1000.0, True)
    """

    __slots__ = ("_latest",)

    def __init__(self) -> None:
        self._latest = 0

    def begin(self, stored_bits: int, now: float) -> int:
        """Return the bits of the first creation time of a transaction that begins now."""
        bits = max(bits_of(now), self._latest + 1, stored_bits + 1)
        self._latest = bits
        return bits

    def consumed(self, bits: int) -> None:
        """Remember that every creation time up to these bits has been given out."""
        self._latest = max(self._latest, bits)


class Identities:
    """
    Gives the new documents of one transaction their ids and creation times. For its thread.

    Attributes:
        latest_bits: The bits of the last creation time given out, 0 before the first.
    """

    __slots__ = ("_creation", "_dice", "_now", "_stored_bits", "latest_bits")

    def __init__(
        self, creation: CreationTimes, dice: Dice, *, stored_bits: int, now: float
    ) -> None:
        self._creation = creation
        self._dice = dice
        self._stored_bits = stored_bits
        self._now = now
        self.latest_bits = 0

    def one(self, table_number: int) -> tuple[str, bytes, float]:
        """Return the id, row key and creation time of the next document of a table."""
        bits = self._next_bits(1)
        id, row_key = mint(table_number, bits, self._dice(6))
        return id, row_key, time_of(bits)

    def many(self, table_number: int, count: int) -> list[tuple[str, bytes, float]]:
        """Return the identities of the next documents of a table, as plain tuples."""
        bits = self._next_bits(count)
        ids, row_keys = mint_many(table_number, bits, self._dice(6 * count))
        packed = pack(f">{count}Q", *range(bits, bits + count))
        return list(zip(ids, row_keys, unpack(f">{count}d", packed), strict=True))

    def close(self) -> None:
        """Never give out again what was given out, even if the transaction is undone."""
        if self.latest_bits:
            self._creation.consumed(self.latest_bits)

    def _next_bits(self, count: int) -> int:
        """Return the first of so many bits of creation times, and take them all."""
        if self.latest_bits:
            bits = self.latest_bits + 1
        else:
            bits = self._creation.begin(self._stored_bits, self._now)
        self.latest_bits = bits + count - 1
        return bits


def read_clock(clock: Clock) -> float:
    """
    Return the milliseconds of a clock, brought into the range that a creation time may have.

    A clock set before 1970, or far beyond our time, must not stop the database from writing.

    Raises:
        InvalidArgument: The clock, which the program gave, returns no finite number.
    """
    read: object = clock()
    # False for what is no number, too.
    if type(read) is float and 1.0 <= read <= _LATEST_MILLISECONDS / 2:
        return read
    if isinstance(read, bool) or not isinstance(read, (int, float)) or not _is_finite(read):
        raise InvalidArgument(
            f"the clock returned {shown(read)}, expected milliseconds since 1970",
            hint="a clock is a function of no arguments that returns a float",
        )
    return float(min(max(read, 1), _LATEST_MILLISECONDS / 2))


def _is_finite(number: float) -> bool:
    # An int has no end that a float would reach, and isfinite() converts it.
    return isinstance(number, int) or isfinite(number)
