"""
Keys beyond the store's limit: a kept beginning, a digest, and the rest as the value.

The store takes keys of at most 511 bytes, but an index entry over long texts has more. An entry
whose full key has more than 495 bytes is kept as::

    full key     E[:495]              E[495:]
    stored       E[:495] | digest 16  -> E[495:]        (key of 511 bytes -> value)

where the digest, BLAKE2b of the whole of E, tells apart those that share the beginning. Such
neighbours lie together in the store, but in the order of their digests; a scan collects them,
puts them into the order of their full keys, and drops those outside its range.

Rules of this file:

- Nobody else knows the limit: ranges are given, and keys come back, in full.
- A stored key has 511 bytes exactly if it was shortened.
- Rests are believed only if the digest agrees.

Cost: nothing for keys that fit. A scan holds all entries that share 495 bytes in memory at once.

Source: convex-backend crates/common/src/index.rs (``SplitKey``), which keeps 2,500 bytes.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from docdb import limits
from docdb.errors import StoreCorrupt

__all__ = ["DIGEST_BYTES", "KEPT_BYTES", "in_order", "physical_range", "restore", "shorten"]

# On disk, and they may never change: every shortened key depends on both.
DIGEST_BYTES: Final = 16
KEPT_BYTES: Final = 495
assert KEPT_BYTES + DIGEST_BYTES == limits.KEY_BYTES_MAX


def shorten(full: bytes, *, kept_bytes: int = KEPT_BYTES) -> tuple[bytes, bytes]:
    """
    Return the key and value under which the store keeps an entry.

    Args:
        full: The full key of the entry.
        kept_bytes: How much of it is kept; only tests give another number.

    >>> shorten(b"short"), [len(part) for part in shorten(b"x" * 600)]
    ((b'short', b''), [511, 105])
    """
    if len(full) <= kept_bytes:
        return full, b""
    return full[:kept_bytes] + _digest(full), full[kept_bytes:]


def restore(key: bytes, value: bytes, *, kept_bytes: int = KEPT_BYTES) -> bytes:
    """
    Return the full key of a stored entry.

    Raises:
        StoreCorrupt: The digest does not agree with what was kept.

    >>> restore(*shorten(b"x" * 600)) == b"x" * 600
    True
    """
    if len(key) <= kept_bytes:
        return key
    full = key[:kept_bytes] + value
    if key[kept_bytes:] != _digest(full):
        raise StoreCorrupt(
            f"the shortened index entry {key.hex()} does not agree with its rest",
            hint="db.check() lists every disagreement",
        )
    return full


def physical_range(
    start: bytes, stop: bytes, *, kept_bytes: int = KEPT_BYTES
) -> tuple[bytes, bytes]:
    """
    Return the range of stored keys within which the entries of a full range lie.

    Bounds that fit come back as they are; a longer one is widened to all that share its kept
    beginning, so that ``in_order`` has to drop those beyond it.
    """
    if len(start) > kept_bytes:
        start = start[:kept_bytes]
    if len(stop) > kept_bytes:
        stop = _after_all_with(stop[:kept_bytes])
    return start, stop


def in_order(
    entries: Iterable[tuple[bytes, bytes]],
    start: bytes,
    stop: bytes,
    *,
    reverse: bool = False,
    kept_bytes: int = KEPT_BYTES,
) -> Iterator[bytes]:
    """
    Yield the full keys of a half-open range in their order.

    Args:
        entries: The stored entries of ``physical_range(start, stop)``, descending if ``reverse``.
        start: The first full key that counts.
        stop: The full key before which the range ends.
        reverse: Whether the order is descending.
        kept_bytes: How much of a long key is kept; only tests give another number.

    Raises:
        StoreCorrupt: A shortened entry does not agree with its rest.
    """
    neighbours: list[bytes] = []
    shared = b""
    for key, value in entries:
        is_shortened = len(key) > kept_bytes
        if neighbours and not (is_shortened and key.startswith(shared)):
            yield from _within(neighbours, start, stop, reverse=reverse)
            neighbours = []
        if is_shortened:
            shared = key[:kept_bytes]
            neighbours.append(restore(key, value, kept_bytes=kept_bytes))
        elif start <= key < stop:
            yield key
    yield from _within(neighbours, start, stop, reverse=reverse)


def _within(keys: list[bytes], start: bytes, stop: bytes, *, reverse: bool) -> list[bytes]:
    return sorted([key for key in keys if start <= key < stop], reverse=reverse)


def _digest(full: bytes) -> bytes:
    # Imported here because it costs 4 ms, and most databases have no long key.
    from hashlib import blake2b

    return blake2b(full, digest_size=DIGEST_BYTES).digest()


def _after_all_with(prefix: bytes) -> bytes:
    """Return the lowest bytes above everything that begins with a prefix."""
    kept = prefix.rstrip(b"\xff")
    assert kept, "no region of the store has the tag ff"
    return kept[:-1] + bytes((kept[-1] + 1,))
