"""
Opening a database: which store lies below, and what the program asked for.

What a user gives is checked here, before anything is opened; what is found is the store's affair,
and whether a schema fits that of ``tables.applying``.
"""

from functools import partial
from os import PathLike, fsencode, fspath
from threading import TIMEOUT_MAX
from typing import Literal

from docdb.database import Database
from docdb.errors import InvalidArgument, ReadOnly, shown
from docdb.kv.interface import Store
from docdb.kv.memory import MemoryStore
from docdb.kv.opening import open_store
from docdb.runtime import Clock, seeded_dice, system_clock, system_dice
from docdb.schema.definition import Schema
from docdb.tables.applying import apply_schema
from docdb.tables.creation import read_clock
from docdb.tables.metering import CONVEX_LIMITS
from docdb.tables.sessions import Sessions

__all__ = ["Durability", "open_database"]

Durability = Literal["full", "relaxed", "unsafe"]
_MEMORY = ":memory:"


def open_database(
    path: str | PathLike[str],
    schema: Schema | None = None,
    *,
    read_only: bool = False,
    durability: Durability = "full",
    limits: Literal["convex"] | None = None,
    clock: Clock | None = None,
    seed: int | None = None,
    sweep_seconds: float | None = None,
) -> Database:
    """
    Open a database file, or make a new one.

    Args:
        path: One file, or ``":memory:"`` for a database that lives as long as the object.
        schema: What to enforce. It is applied if it differs from the one in the file; None uses
            the file's own.
        read_only: Refuse every write. The file must exist.
        durability: ``"full"``: a commit that returned survives power loss. ``"relaxed"``: it
            survives a crash of the process, and power loss may take back the latest commits.
            ``"unsafe"``: power loss may destroy the file.
        limits: ``"convex"`` applies Convex's transaction limits, and counts what they limit.
        clock: A function that returns milliseconds since 1970; for tests.
        seed: Makes ids repeatable; for tests.
        sweep_seconds: Delete expired rows in the background, so often. None: only ``db.sweep()``
            deletes them.

    Raises:
        InvalidArgument: The path is a folder, or an argument is none of those above.
        SchemaMismatch: An existing document does not fit the schema; nothing was changed.
        StoreCorrupt: The file is damaged, or no docdb file.
        StoreVersion: The file was written by a newer format.
        IOFailure: The operating system refused.

    >>> with open_database(":memory:") as db:
    ...     id = db.insert("notes", {"text": "hello"})
    ...     db.get(id)["text"]
    'hello'
    """
    _check_arguments(schema, durability, limits, clock=clock, seed=seed)
    _check_sweep_seconds(sweep_seconds, read_only=read_only)
    make_dice = system_dice if seed is None else partial(seeded_dice, seed)
    checked_clock = partial(read_clock, clock or system_clock)
    store: Store
    if isinstance(path, str) and path == _MEMORY:
        if read_only:
            raise InvalidArgument(
                "a database in memory is new, and there is nothing to read in it",
                hint="open a file with read_only=True",
            )
        store = MemoryStore(dice=make_dice(), clock=checked_clock)
    else:
        store = open_store(
            _checked_path(path),
            read_only=read_only,
            durability=durability,
            clock=checked_clock,
            dice=make_dice(),
        )
    try:
        sessions = Sessions(
            store,
            schema,
            clock=checked_clock,
            make_dice=make_dice,
            transaction_limits=None if limits is None else CONVEX_LIMITS,
        )
        if schema is not None:
            _apply(sessions, schema)
        return Database(sessions, sweep_seconds=sweep_seconds)
    except BaseException:
        store.close()
        raise


def _check_arguments(
    schema: object, durability: object, limits: object, *, clock: object, seed: object
) -> None:
    if schema is not None and not isinstance(schema, Schema):
        raise InvalidArgument(
            f"schema is {shown(schema)}, expected what define_schema() returns",
            hint="docdb.open(path, define_schema({...}))",
        )
    if not isinstance(durability, str) or durability not in ("full", "relaxed", "unsafe"):
        raise InvalidArgument(
            f"durability is {shown(durability)}, expected 'full', 'relaxed' or 'unsafe'"
        )
    if clock is not None and not callable(clock):
        raise InvalidArgument(f"clock is {shown(clock)}, expected a function")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise InvalidArgument(f"seed is {shown(seed)}, expected a whole number")
    if limits is not None and (not isinstance(limits, str) or limits != "convex"):
        raise InvalidArgument(f"limits is {shown(limits)}, expected None or 'convex'")


def _check_sweep_seconds(seconds: object, *, read_only: bool) -> None:
    if seconds is None:
        return
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, (int, float))
        or not 0 < seconds <= TIMEOUT_MAX
    ):
        raise InvalidArgument(f"sweep_seconds is {shown(seconds)}, expected seconds above 0")
    if read_only:
        raise InvalidArgument(
            "sweep_seconds is given for a database that is opened to read",
            hint="who deletes must be able to write",
        )


def _checked_path(path: str | PathLike[str]) -> str:
    try:
        text: object = fspath(path)
    except TypeError:
        text = path
    if not isinstance(text, str) or not text or "\x00" in text or not _is_encodable(text):
        raise InvalidArgument(f"path is {shown(path)}, expected the path of a file, or ':memory:'")
    return text


def _apply(sessions: Sessions, schema: Schema) -> None:
    """Apply a schema if it is not the one that is stored."""
    with sessions.reading() as documents:
        # Loading the catalog has compared the texts: the schema is the stored one, or it is not.
        if documents.catalog.schema is schema:
            return
    if sessions.store.is_read_only:
        raise ReadOnly(
            "the schema differs from the one in the file, which was opened to read",
            hint="open it with schema=None, or without read_only=True to apply the schema",
        )
    with sessions.writing() as writer:
        apply_schema(writer, schema)


def _is_encodable(text: str) -> bool:
    """Tell whether the operating system could have such a name."""
    try:
        fsencode(text)
    except UnicodeEncodeError:
        return False
    return True
