"""What a tracked reader remembers: what the caller may have looked at, present or not."""

from collections.abc import Iterator

import pytest

from docdb.kv.interface import Snapshot
from docdb.kv.memory import MemoryStore
from docdb.transactions.read_set import ReadSet
from docdb.transactions.reader import TrackedReader


@pytest.fixture
def snapshot() -> Iterator[Snapshot]:
    """A state with the keys b to i, and nothing under a, c0 and j."""
    store = MemoryStore()
    with store.write(timeout=None) as batch:
        batch.apply([(bytes([letter]), b"v") for letter in b"bcdefghi"])
        batch.commit()
    with store.snapshot() as view:
        yield view


@pytest.fixture
def reader(snapshot: Snapshot) -> TrackedReader:
    """A tracked reader of that state."""
    return TrackedReader(snapshot, ReadSet())


def letters_read(reader: TrackedReader) -> str:
    """Return the letters a to j that a change of would be noticed."""
    return "".join(each for each in "abcdefghij" if reader.read_set.touched_by([each.encode()]))


def test_a_get_reads_its_key(reader: TrackedReader):
    """Looking at one key is disturbed by that key alone."""
    assert reader.get(b"c") == b"v"

    assert letters_read(reader) == "c"


def test_a_get_of_nothing_reads_the_absence(reader: TrackedReader):
    """Who found nothing is disturbed when something appears."""
    assert reader.get(b"a") is None

    assert letters_read(reader) == "a"


def test_many_gets_read_each_key(reader: TrackedReader):
    """Each of the keys counts, there or not."""
    assert reader.get_many([b"j", b"b"]) == [None, b"v"]

    assert letters_read(reader) == "bj"


@pytest.mark.parametrize("verb", ["scan", "scan_keys"])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_scan_to_the_end_reads_its_whole_range(reader: TrackedReader, verb: str, reverse: bool):
    """A phantom anywhere in the range is noticed, also behind the last entry."""
    list(getattr(reader, verb)(b"a", b"e", reverse=reverse, run=2))

    assert letters_read(reader) == "abcd"
    assert reader.read_set.touched_by([b"c0", b"d\xff"])


@pytest.mark.parametrize("verb", ["scan", "scan_keys"])
def test_a_scan_of_nothing_reads_its_whole_range(reader: TrackedReader, verb: str):
    """Who found a range empty is disturbed when something appears in it."""
    assert list(getattr(reader, verb)(b"j", b"z")) == []

    assert reader.read_set.touched_by([b"m"])


@pytest.mark.parametrize("verb", ["scan", "scan_keys"])
@pytest.mark.parametrize(("reverse", "expected"), [(False, "abc"), (True, "hi")])
def test_a_scan_that_stops_early_reads_what_it_was_given(
    reader: TrackedReader, verb: str, reverse: bool, expected: str
):
    """Entries that nobody asked for do not disturb anybody."""
    next(getattr(reader, verb)(b"a", b"j", reverse=reverse, run=2))

    assert letters_read(reader) == expected


def test_a_scan_that_stops_early_ends_with_its_last_key(reader: TrackedReader):
    """What would come right behind the last entry was not read."""
    next(reader.scan(b"a", b"j", run=2))

    assert reader.read_set.touched_by([b"bb"])
    assert not reader.read_set.touched_by([b"c\x00"])


def test_a_scan_that_nobody_began_reads_nothing(reader: TrackedReader):
    """Only what was handed out counts."""
    reader.scan(b"a", b"j")

    assert letters_read(reader) == ""


def test_the_reader_below_is_not_tracked(reader: TrackedReader):
    """Facts that nobody should be woken for can be read aside."""
    reader.untracked.get(b"c")

    assert letters_read(reader) == ""
