"""What a process has open: each file once, opened for the first share, closed after the last."""

from collections.abc import Callable
from threading import Event, Thread

import pytest

from docdb.errors import IOFailure
from docdb.kv.registry import Registry

FILE = (1, 2)


class _File:
    """A file that remembers whether it was closed, and may take its time about it."""

    def __init__(self, before_closing: Callable[[], object] = lambda: None) -> None:
        self.is_closed = False
        self._before_closing = before_closing

    def close(self) -> None:
        self._before_closing()
        self.is_closed = True

    def abandon(self) -> None:
        raise AssertionError("nothing is forked here")


def test_file_is_opened_once_and_closed_after_the_last_share():
    """Whoever comes later shares what is open, and the last one closes it."""
    registry: Registry[_File] = Registry()
    first = registry.take(FILE, _File)
    second = registry.take(FILE, _File)
    third = second.another()

    first.end()
    first.end()
    second.end()
    was_open = not third.opened.is_closed
    third.end()

    assert first.opened is second.opened is third.opened
    assert (was_open, first.opened.is_closed) == (True, True)


def test_closed_file_is_opened_anew():
    """After the last share has ended, the next one opens the file again."""
    registry: Registry[_File] = Registry()
    first = registry.take(FILE, _File)
    first.end()

    second = registry.take(FILE, _File)

    assert second.opened is not first.opened


def test_failed_opening_leaves_nothing_behind():
    """A file that could not be opened may be tried again."""
    registry: Registry[_File] = Registry()

    def fail() -> _File:
        raise IOFailure("no")

    with pytest.raises(IOFailure):
        registry.take(FILE, fail)

    assert registry._entries == {}
    assert not registry.take(FILE, _File).opened.is_closed


def test_file_that_is_being_closed_is_waited_for():
    """A file is not opened again before it is closed, as two openings would lose its locks."""
    registry: Registry[_File] = Registry()
    is_closing, may_close = Event(), Event()
    closing = _File(lambda: (is_closing.set(), may_close.wait(5.0)))
    share = registry.take(FILE, lambda: closing)
    closer = Thread(target=share.end)
    closer.start()
    is_closing.wait(5.0)
    was_closed: list[bool] = []

    def open_again() -> _File:
        was_closed.append(closing.is_closed)
        return _File()

    opener = Thread(target=lambda: registry.take(FILE, open_again))
    opener.start()
    opener.join(0.02)
    may_close.set()
    opener.join(5.0)
    closer.join(5.0)

    assert was_closed == [True]
    assert registry._entries[FILE].shares == 1


def test_file_that_somebody_takes_at_the_last_moment_stays_open():
    """Between the end of the last share and the closing, a new share keeps the file open."""
    registry: Registry[_File] = Registry()
    share = registry.take(FILE, _File)
    entry = registry._entries[FILE]
    with entry.lock:
        closer = Thread(target=share.end)
        closer.start()
        closer.join(0.02)
        late = registry.take(FILE, _File)
    closer.join(5.0)

    assert late.opened is share.opened
    assert not late.opened.is_closed
