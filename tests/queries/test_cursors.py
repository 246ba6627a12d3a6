"""Cursors: sealed, bound to their query, and worth nothing to those who make one up."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docdb import limits
from docdb.errors import CursorError
from docdb.queries.cursors import Cursors, Position

SECRET = bytes(range(32))
CURSORS = Cursors("query", secret=SECRET)
AFTER_ROW = CURSORS.seal(Position(b"I\x01row"))
AT_END = CURSORS.seal(Position(None))


def opened(cursor: object, fingerprint: str = "query", secret: bytes = SECRET) -> Position:
    """Open a cursor of the query ``query``."""
    return Cursors(fingerprint, secret=secret).open(cursor)


@given(key=st.one_of(st.none(), st.binary(min_size=1, max_size=600)), fingerprint=st.text())
def test_a_cursor_leads_back_to_its_position(key: bytes | None, fingerprint: str):
    """Whatever the position and the query, a sealed cursor opens."""
    cursor = Cursors(fingerprint, secret=SECRET).seal(Position(key))

    assert opened(cursor, fingerprint) == Position(key)


def test_a_cursor_travels_in_a_url():
    """It consists of letters, digits, - and _."""
    cursor = CURSORS.seal(Position(bytes(range(256))))

    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_the_end_is_no_key():
    """After the last row there is nothing."""
    assert opened(AT_END).is_end
    assert not opened(AFTER_ROW).is_end


@pytest.mark.parametrize("place", range(len(AFTER_ROW)))
def test_a_changed_character_is_noticed(place: int):
    """No cursor can be bent to lead elsewhere."""
    changed = "A" if AFTER_ROW[place] != "A" else "B"
    forged = AFTER_ROW[:place] + changed + AFTER_ROW[place + 1 :]

    with pytest.raises(CursorError):
        opened(forged)


@pytest.mark.parametrize("length", range(len(AFTER_ROW)))
def test_a_cut_cursor_is_noticed(length: int):
    """Half a cursor is none."""
    with pytest.raises(CursorError):
        opened(AFTER_ROW[:length])


@pytest.mark.parametrize("more", ["A", "AAAA", "=", "====", "\n\n\n\n", "    ", "!!!!", "é"])
def test_a_longer_cursor_is_noticed(more: str):
    """There is one text for each cursor."""
    with pytest.raises(CursorError):
        opened(AFTER_ROW + more)


@given(text=st.text())
def test_made_up_text_is_no_cursor(text: str):
    """A text that docdb did not make is refused, whatever it is."""
    with pytest.raises(CursorError):
        opened(text)


@pytest.mark.parametrize("cursor", [None, 0, b"abc", AFTER_ROW.encode(), [AFTER_ROW], object()])
def test_a_cursor_is_text(cursor: object):
    """Nothing but a string is a cursor."""
    with pytest.raises(CursorError):
        opened(cursor)


def test_a_cursor_has_a_longest_form():
    """A text beyond the limit is refused before it is looked at."""
    with pytest.raises(CursorError):
        opened("A" * (limits.CURSOR_CHARACTERS_MAX + 1))


def test_a_cursor_of_another_query_is_refused():
    """A cursor says where one query goes on, and no other."""
    with pytest.raises(CursorError):
        opened(AFTER_ROW, fingerprint="another query")


def test_a_cursor_of_another_database_is_refused():
    """Each file seals by a secret of its own."""
    with pytest.raises(CursorError):
        opened(AFTER_ROW, secret=bytes(32))


def test_a_cursor_with_another_seal_is_refused():
    """Whoever knows the form but not the secret cannot make one."""
    sealed = urlsafe_b64decode(AFTER_ROW + "=" * (-len(AFTER_ROW) % 4))
    forged = urlsafe_b64encode(sealed[:-16] + bytes(16)).rstrip(b"=").decode()

    with pytest.raises(CursorError):
        opened(forged)
