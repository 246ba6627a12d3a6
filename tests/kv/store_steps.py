"""Small steps that tests of stores are made of."""

from collections.abc import Callable, Sequence
from threading import Thread

from docdb.errors import DocdbError
from docdb.kv.interface import Change, Entry, Snapshot, Store
from docdb.kv.keyrange import KEYS_STOP

__all__ = ["error_of", "everything", "in_thread", "now", "numbered", "put"]


def put(store: Store, changes: Sequence[Change]) -> None:
    """Apply changes in one committed batch."""
    with store.write(timeout=5.0) as batch:
        batch.apply(changes)
        batch.commit()


def everything(view: Snapshot, *, run: int = 256) -> list[Entry]:
    """Return all entries of a view in order."""
    return [entry for entries in view.scan(b"", KEYS_STOP, run=run) for entry in entries]


def now(store: Store) -> list[Entry]:
    """Return all entries of a store."""
    with store.snapshot() as view:
        return everything(view)


def error_of(call: Callable[[], object]) -> type[DocdbError] | None:
    """Return the kind of error that a call raises."""
    try:
        call()
    except DocdbError as error:
        return type(error)
    return None


def in_thread(work: Callable[[], object]) -> object:
    """Return what some work returns when another thread does it."""
    results: list[object] = []
    thread = Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join(timeout=10.0)
    return results[0]


def numbered(count: int) -> list[Entry]:
    """Return so many entries with ascending keys."""
    return [(b"%05d" % number, b"v%d" % number) for number in range(count)]
