r"""
Half-open ranges of keys, and the arithmetic of bytes that makes them.

Rules of this file: ``start`` belongs to a range and ``stop`` does not; a range whose start is not
below its stop is empty, and all empty ranges are alike. Keys compare as bytes do.

A small worked example: the keys that begin with ``b"ab"`` are those from ``b"ab"`` up to, not
including, ``b"ac"``; the keys after ``b"ab"`` itself begin at its successor ``b"ab\x00"``, since
no key lies between the two.
"""

from collections.abc import Iterable
from typing import NamedTuple

from docdb import limits
from docdb.errors import InvalidArgument, shown

__all__ = ["KEYS_STOP", "KeyRange", "increment", "prefix_range", "require_keys", "successor"]

# Above every key that a store can hold, for it is longer than all of them.
KEYS_STOP = b"\xff" * (limits.KEY_BYTES_MAX + 1)


class KeyRange(NamedTuple):
    """
    The keys from ``start`` up to, not including, ``stop``.

    >>> KeyRange(b"b", b"d").contains(b"c"), KeyRange(b"b", b"d").contains(b"d")
    (True, False)
    """

    start: bytes
    stop: bytes

    @property
    def is_empty(self) -> bool:
        """Whether no key can lie in the range."""
        return self.start >= self.stop

    def contains(self, key: bytes) -> bool:
        """Tell whether a key lies in the range."""
        return self.start <= key < self.stop

    def intersect(self, other: "KeyRange") -> "KeyRange":
        """
        Return the keys that lie in both ranges.

        >>> KeyRange(b"a", b"m").intersect(KeyRange(b"f", b"z"))
        KeyRange(start=b'f', stop=b'm')
        """
        return KeyRange(max(self.start, other.start), min(self.stop, other.stop))

    def beyond(self, key: bytes, *, reverse: bool) -> "KeyRange":
        r"""
        Return what is left of the range once a scan, in either direction, has come to a key.

        >>> KeyRange(b"b", b"d").beyond(b"c", reverse=False)
        KeyRange(start=b'c\x00', stop=b'd')
        >>> KeyRange(b"b", b"d").beyond(b"c", reverse=True)
        KeyRange(start=b'b', stop=b'c')
        """
        if reverse:
            return KeyRange(self.start, key)
        return KeyRange(successor(key), self.stop)


def successor(key: bytes) -> bytes:
    r"""
    Return the least key above a key: no other lies between them.

    >>> successor(b"ab")
    b'ab\x00'
    """
    return key + b"\x00"


def increment(prefix: bytes) -> bytes:
    r"""
    Return the least key above every key that begins with a prefix.

    A prefix that no byte can be raised in, such as the empty one, gives ``KEYS_STOP``.

    >>> increment(b"ab"), increment(b"a\xff"), increment(b"") == KEYS_STOP
    (b'ac', b'b', True)
    """
    raisable = prefix.rstrip(b"\xff")
    if not raisable:
        return KEYS_STOP
    return raisable[:-1] + bytes([raisable[-1] + 1])


def prefix_range(prefix: bytes) -> KeyRange:
    """
    Return the range of all keys that begin with a prefix, the prefix itself included.

    >>> prefix_range(b"ab")
    KeyRange(start=b'ab', stop=b'ac')
    """
    return KeyRange(prefix, increment(prefix))


def require_keys(keys: Iterable[bytes]) -> None:
    """
    Refuse keys that no store can hold.

    Raises:
        InvalidArgument: A key is empty, or longer than ``limits.KEY_BYTES_MAX`` bytes.

    >>> require_keys([b"a", b""])
    Traceback (most recent call last):
        ...
    docdb.errors.InvalidArgument: a key has 1 to 511 bytes, and this one has 0: b''
    """
    for key in keys:
        if not 1 <= len(key) <= limits.KEY_BYTES_MAX:
            raise InvalidArgument(
                f"a key has 1 to {limits.KEY_BYTES_MAX} bytes, "
                f"and this one has {len(key)}: {shown(key)}"
            )
