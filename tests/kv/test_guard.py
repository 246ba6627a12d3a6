"""Processes taking turns: none starves, none waits for ever, and a dead one holds nobody up."""

import signal
from pathlib import Path
from threading import Timer

import pytest

from docdb.errors import IOFailure, Locked
from docdb.kv.guard import Guard, guard_path, require_guarded
from docdb.kv.opening import open_store
from docdb.runtime import monotonic, sleep
from tests.kv.processes import program
from tests.kv.store_steps import now, put

HOLD_TURN = """
    store = open_store(path, durability="unsafe")
    batch = store.write(timeout=5.0)
    batch.apply([(b"unfinished", b"1")])
    say("holding")
    hear()
    batch.close()
    say("ended")
"""
HOLD_TURN_WITHOUT_WRITING = """
    store = open_store(path, durability="unsafe")
    batch = store.write(timeout=5.0)
    say(batch.get(b"a"))
    hear()
    batch.apply([(b"b", b"2")])
    batch.commit()
    say("ended")
"""
WRITE_WITHOUT_PAUSE = """
    store = open_store(path, durability="unsafe")
    say("writing")
    while True:
        with store.write(timeout=20.0):
            time.sleep(0.003)
"""
ADD_HUNDRED = """
    store = open_store(path, durability="unsafe")
    hear()
    for _ in range(100):
        with store.write(timeout=20.0) as batch:
            batch.apply([(b"n", b"%d" % (int(batch.get(b"n") or 0) + 1))])
            batch.commit()
    say("done")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may be made."""
    return tmp_path / "a.docdb"


def test_processes_writing_lose_nothing(path: Path):
    """Processes that each add to one number, read under their turn, add up."""
    with program(ADD_HUNDRED, path) as first, program(ADD_HUNDRED, path) as second:
        first.say()
        second.say()
        assert (first.hear(), second.hear()) == ("done", "done")

    with open_store(path, durability="unsafe") as store:
        assert now(store) == [(b"n", b"200")]


def test_process_that_never_pauses_starves_nobody(path: Path):
    """A process that asks for the next turn at once lets others in between."""
    with (
        open_store(path, durability="unsafe") as store,
        program(WRITE_WITHOUT_PAUSE, path) as busy,
    ):
        assert busy.hear() == "writing"
        began = monotonic()
        for number in range(10):
            # Long enough for the other one to have the turn again.
            sleep(0.01)
            put(store, [(b"%d" % number, b"")])
        seconds = monotonic() - began

    assert seconds < 2.0


def test_waiting_for_another_process_ends_after_the_timeout(path: Path):
    """A turn that another process keeps is waited for as long as was said."""
    with open_store(path, durability="unsafe") as store, program(HOLD_TURN, path) as holder:
        holder.hear()
        with pytest.raises(Locked):
            store.write(timeout=0.05)
        holder.say()
        holder.hear()

        put(store, [(b"a", b"1")])

        assert now(store) == [(b"a", b"1")]


def test_opening_while_another_process_writes(path: Path):
    """Another process that may write keeps nobody from opening, only from writing."""
    with program(HOLD_TURN_WITHOUT_WRITING, path) as holder:
        holder.hear()

        with open_store(path, durability="unsafe") as store:
            assert now(store) == []
            with pytest.raises(Locked):
                store.write(timeout=0.05)
            holder.say()
            holder.hear()
            assert now(store) == [(b"b", b"2")]


def test_opening_for_reading_while_another_process_has_written(path: Path):
    """Opening for reading does not even wait for a commit."""
    with program(HOLD_TURN, path) as holder:
        holder.hear()

        with open_store(path, read_only=True) as reader:
            assert now(reader) == []


def test_opening_waits_for_a_commit_without_stopping_other_threads(path: Path):
    """While one thread waits for the commit of another process to end, the others go on."""
    text = """
        from threading import Timer
        Timer(0.1, say, ["another thread"]).start()
        open_store(path, durability="unsafe")
        say("opened")
    """
    with program(HOLD_TURN, path) as holder:
        holder.hear()
        with program(text, path) as opener:
            Timer(1.0, holder.say).start()
            said = [opener.hear(), opener.hear()]

    assert said == ["another thread", "opened"]


@pytest.mark.crash
def test_killed_writer_holds_nobody_up(path: Path):
    """A writer that is killed leaves its turn to others and nothing of its batch."""
    with open_store(path, durability="unsafe") as store, program(HOLD_TURN, path) as holder:
        holder.hear()
        holder.process.kill()
        holder.process.wait()

        put(store, [(b"a", b"1")])

        assert now(store) == [(b"a", b"1")]


@pytest.mark.crash
def test_stopped_writer_is_reported(path: Path):
    """A writer that is suspended makes others wait no longer than they said."""
    with open_store(path, durability="unsafe") as store, program(HOLD_TURN, path) as holder:
        holder.hear()
        holder.process.send_signal(signal.SIGSTOP)

        with pytest.raises(Locked):
            store.write(timeout=0.05)

        holder.process.send_signal(signal.SIGCONT)
        holder.say()
        assert holder.hear() == "ended"


@pytest.mark.crash
def test_killed_readers_are_cleared(path: Path):
    """Snapshots of a process that was killed hold no pages."""
    text = """
        store = open_store(path, durability="unsafe")
        views = [store.snapshot() for _ in range(5)]
        say("open")
        hear()
    """
    with open_store(path, durability="unsafe") as store:
        with program(text, path) as reader:
            reader.hear()
            alive = store.stats()
            reader.process.kill()
            reader.process.wait()
        put(store, [(b"a", b"1")])

        assert (alive.readers, alive.oldest_reader_lag) == (5, 0)
        assert (store.stats().readers, store.stats().oldest_reader_lag) == (0, 0)


@pytest.mark.crash
def test_slots_of_killed_readers_are_used_again(path: Path):
    """Snapshots that a killed process left open do not count against those of others."""
    text = """
        store = open_store(path, durability="unsafe")
        views = [store.snapshot() for _ in range(900)]
        say("open")
        hear()
    """
    with open_store(path, durability="unsafe") as store:
        with program(text, path) as reader:
            reader.hear()
            reader.process.kill()
            reader.process.wait()

        views = [store.snapshot() for _ in range(900)]

        assert len(views) == store.stats().readers == 900


def test_turn_is_free_again_after_a_timeout(path: Path):
    """Giving up in the waiting room leaves it to others."""
    path.touch()
    first, second, third = (Guard(str(path), b"i" * 16) for _ in range(3))
    first.take(timeout=0)
    with pytest.raises(Locked):
        second.take(timeout=0)
    first.give_back()

    third.take(timeout=0)

    for each in (first, second, third):
        each.close()
        each.close()


def test_guard_that_cannot_be_read_is_an_error(path: Path):
    """A guard that is a folder tells nothing, and is no reason to go on."""
    Path(guard_path(str(path))).mkdir()

    with pytest.raises(IOFailure):
        require_guarded(str(path), None)
