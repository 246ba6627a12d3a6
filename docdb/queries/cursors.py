"""
Cursors: where a page ended, sealed.

A cursor holds the full key of the last row that its page consumed, or the end, and a fingerprint
of the plan; it is sealed with the file's own secret, so that it can be handed to strangers, who
can neither read another query's rows with it nor make one up. It needs no row to be there still::

    01 | fingerprint (16) | 00, or 01 for the end | key ...  | seal (16)      in URL-safe base64

Source: the seal is keyed BLAKE2b (RFC 7693), 16 bytes, compared in constant time.
"""

from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from docdb import limits
from docdb.errors import CursorError, shown

__all__ = ["Cursors", "Position"]

_VERSION = b"\x01"
_AFTER_KEY = b"\x00"
_END = b"\x01"
_SEAL_BYTES = 16
_HEAD_BYTES = 1 + _SEAL_BYTES + 1


class Position(NamedTuple):
    """A place in the rows of a plan: just after a key, or the end (no key)."""

    key: bytes | None

    @property
    def is_end(self) -> bool:
        """Whether there was nothing more to read."""
        return self.key is None


class Cursors:
    """
    The cursors of one query of one database.

    Args:
        fingerprint: A text that no other query has.
        secret: What the file seals its cursors with.

    >>> cursors = Cursors("a query", secret=bytes(32))
    >>> cursors.open(cursors.seal(Position(b"key")))
    Position(key=b'key')
    """

    __slots__ = ("_query", "_secret")

    def __init__(self, fingerprint: str, *, secret: bytes) -> None:
        self._query = _blake2b()(fingerprint.encode("utf-8"), digest_size=_SEAL_BYTES).digest()
        self._secret = secret

    def seal(self, position: Position) -> str:
        """Return the text of a cursor."""
        kind = _END if position.key is None else _AFTER_KEY
        payload = _VERSION + self._query + kind + (position.key or b"")
        sealed = payload + _seal(payload, self._secret)
        return urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

    def open(self, cursor: object) -> Position:
        """
        Return the position in a cursor.

        Raises:
            CursorError: It is no cursor of this database, or it belongs to another query.
        """
        if (
            not isinstance(cursor, str)
            or not 0 < len(cursor) <= limits.CURSOR_CHARACTERS_MAX
            or "=" in cursor
        ):
            raise _malformed(cursor)
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            sealed = b64decode(padded, altchars=b"-_", validate=True)
        except (ValueError, Base64Error):
            raise _malformed(cursor) from None
        payload, seal = sealed[:-_SEAL_BYTES], sealed[-_SEAL_BYTES:]
        if len(payload) < _HEAD_BYTES or not _are_same()(seal, _seal(payload, self._secret)):
            raise _malformed(cursor)
        if payload[:1] != _VERSION or payload[1 : 1 + _SEAL_BYTES] != self._query:
            raise CursorError(
                "the cursor belongs to another query",
                hint="go on with the same table, index, range, order and filters, or pass"
                " cursor=None",
            )
        is_end = payload[_HEAD_BYTES - 1 : _HEAD_BYTES] == _END
        return Position(None if is_end else payload[_HEAD_BYTES:])


def _seal(payload: bytes, secret: bytes) -> bytes:
    return _blake2b()(payload, digest_size=_SEAL_BYTES, key=secret, person=b"docdb cursor").digest()


@cache
def _blake2b() -> Callable[..., Any]:
    # Imported here because it costs 3 ms of every program's start.
    from hashlib import blake2b

    return blake2b


@cache
def _are_same() -> Callable[[bytes, bytes], bool]:
    from hmac import compare_digest  # As above.

    return compare_digest


def _malformed(cursor: object) -> CursorError:
    return CursorError(
        f"{shown(cursor)} is no cursor of this database",
        hint="pass the continue_cursor of the page before, or None for the first page",
    )
