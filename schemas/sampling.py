"""
How sample data is dealt out: how many, when, to whom, and which optional fields.

Rules:

- Everything follows from ``(rows, seed)``: two runs write the same documents, apart from the
  ids and creation times that the engine gives them.
- ``rows`` documents are written in all, over all tables of the application.
- Memory is bounded: data grows in *rounds* of about 5,000 documents, one transaction each. A
  round writes its part of every table, so that the tables grow together as in real life, and
  later rounds refer to earlier ones through a ``Pool`` of limited size.
- A share of documents has an optional field, and every member of an enumeration occurs, even
  in small tables: choices are dealt from shuffled decks (``Dealer``), not tossed like coins.

Words and names come from ``vocabulary``; what patterns share stands in ``asking``.

Example: an application's ``sample.py`` declares its tables in dependency order, a table after
those that it refers to, with their weights, and a function that writes one round::

    SHARES = {"users": 1, "posts": 9}

    def populate(db, rows=1000, seed=0, progress=None):
        return write_rounds(db, SHARES, _round, rows=rows, seed=seed, progress=progress)

    def _round(sample, tx, quota):
        users = [_user(sample) for _ in range(quota["users"])]
        ids = sample.insert(tx, "users", users)
        sample.pool("users").add(zip(ids, (user["createdAt"] for user in users)))
        sample.insert(tx, "posts", [_post(sample) for _ in range(quota["posts"])])

    def _user(sample):
        return {
            "name": full_name(sample.random),
            "role": sample.deal.pick("users.role", ("user", "user", "user", "admin")),
            "bio": sample.deal.maybe("users.bio", lambda: sentence(sample.random)),
            "createdAt": sample.instant(),
        }
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from random import Random
from typing import Any, Generic, Protocol, TypeVar

from docdb import UNSET
from docdb.errors import InvalidArgument

__all__ = [
    "DAY",
    "HOUR",
    "NOW",
    "PERIOD",
    "Database",
    "Dealer",
    "Document",
    "Pool",
    "Progress",
    "Sample",
    "Writer",
    "compact",
    "iso_date",
    "iso_time",
    "moved",
    "quotas",
    "storage_ids",
    "write_rounds",
]

HOUR = 3_600_000
DAY = 24 * HOUR
# The data ends at 2026-01-01T00:00Z and begins two years (731 days) earlier, in milliseconds.
NOW = 1_767_225_600_000
PERIOD = 731 * DAY
_ROUND_DOCUMENTS = 5_000
_POOL_ENTRIES_MAX = 20_000
_DECK_CARDS = 10
_STORED_FILES_MAX = 32

_Item = TypeVar("_Item")

# Documents are read and made field by field, so their values are dynamic here.
Document = dict[str, Any]
Progress = Callable[[int, int], object]


class Writer(Protocol):
    """What a round needs of a write transaction."""

    def insert_many(self, table: str, documents: Iterable[Mapping[str, Any]], /) -> list[str]:
        """Insert documents and return their ids in order."""
        ...

    def component(self, name: str, /) -> "Writer":
        """Return a writer of a component's tables."""
        ...


class Database(Protocol):
    """What ``populate`` needs of a database."""

    def write(self) -> AbstractContextManager[Any]:
        """Begin a transaction that commits at the end of the ``with`` statement."""
        ...


class Dealer:
    """
    Deals choices from shuffled decks, one deck for each name.

    Every ten (or as many as there are options) consecutive deals of a name hold exactly the
    asked share, in random order: a table of twenty rows already shows every case.
    """

    __slots__ = ("_decks", "_random")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._decks: dict[str, list[int]] = {}

    def pick(self, name: str, options: Sequence[_Item]) -> _Item:
        """Return one of ``options``; one that is listed twice comes twice as often."""
        deck = self._decks.get(name)
        if not deck:
            # Cards are places: the options themselves may be made anew for each call.
            deck = self._decks[name] = list(range(len(options)))
            self._random.shuffle(deck)
        return options[deck.pop()]

    def chance(self, name: str, tenths: int = 5) -> bool:
        """Return True in ``tenths`` of ten calls."""
        deck = self._decks.get(name)
        if not deck:
            deck = self._decks[name] = list(range(_DECK_CARDS))
            self._random.shuffle(deck)
        return deck.pop() < tenths

    def maybe(self, name: str, make: Callable[[], object], *, tenths: int = 5) -> Any:
        """Return ``make()`` in ``tenths`` of ten calls, else ``UNSET``: an absent field."""
        return make() if self.chance(name, tenths) else UNSET


class Pool(Generic[_Item]):
    """
    Earlier documents that later ones refer to, at most 20,000 of them.

    An item is what the application wants to remember, such as ``(id, created_at)``. A full
    pool forgets a random item for each new one, so that old and new ones stay mixed.
    """

    __slots__ = ("_items", "_random")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._items: list[_Item] = []

    def __len__(self) -> int:
        return len(self._items)

    def add(self, items: Iterable[_Item]) -> None:
        """Remember ``items``."""
        for item in items:
            if len(self._items) < _POOL_ENTRIES_MAX:
                self._items.append(item)
            else:
                self._items[int(self._random.random() * _POOL_ENTRIES_MAX)] = item

    def pick(self) -> Any:
        """
        Return an item, some far more often than others (the first hundredth: a tenth).

        An empty pool gives ``UNSET``, so that an optional reference stays absent.
        """
        if not self._items:
            return UNSET
        return self._items[int(self._random.random() ** 2 * len(self._items))]

    def some(self, count: int) -> list[_Item]:
        """Return up to ``count`` different items, each equally likely, in random order."""
        return self._random.sample(self._items, min(count, len(self._items)))


class Sample:
    """
    The state of one ``populate``: its generator, decks, pools, clock and counts.

    Attributes:
        random: The generator that everything is drawn from.
        deal: Decks for enumerations and optional fields.
        files: Ids of a few stored files, empty where the database stores none.
        counts: How many documents each table has got.
        start, stop: The part of the two years, in ms, that the current round fills.
    """

    __slots__ = ("_pools", "counts", "deal", "files", "random", "start", "stop")

    def __init__(self, seed: int, *, tables: Iterable[str], files: Sequence[str]) -> None:
        self.random = Random(seed)
        self.deal = Dealer(self.random)
        self.files = files
        self.counts = dict.fromkeys(tables, 0)
        self.start = NOW - PERIOD
        self.stop = NOW
        self._pools: dict[str, Pool[Any]] = {}

    def pool(self, name: str) -> Pool[Any]:
        """Return the pool called ``name``, a new one at the first call."""
        found = self._pools.get(name)
        if found is None:
            found = self._pools[name] = Pool(self.random)
        return found

    def instant(self) -> int:
        """Return a time within the current round, in whole milliseconds."""
        return self.start + int(self.random.random() * (self.stop - self.start))

    def after(self, at: float, *, within: float = 30 * DAY) -> int:
        """Return a time not before ``at``: mostly soon, at most ``within`` ms later."""
        return int(at + within * self.random.random() ** 3)

    def file(self) -> Any:
        """Return the id of a stored file, or ``UNSET`` where the database stores none."""
        return self.random.choice(self.files) if self.files else UNSET

    def insert(
        self, tx: Writer, table: str, documents: Iterable[Document], *, component: str = ""
    ) -> list[str]:
        """
        Insert documents, count them, and return their ids in order.

        Fields whose value is ``UNSET`` are left out. A component's tables are counted under
        ``component/table``.
        """
        name = f"{component}/{table}" if component else table
        writer = tx.component(component) if component else tx
        ids = writer.insert_many(table, [compact(document) for document in documents])
        self.counts[name] += len(ids)
        return ids


def write_rounds(
    db: Database,
    shares: Mapping[str, float],
    write_round: Callable[[Sample, Any, Mapping[str, int]], None],
    *,
    rows: int,
    seed: int,
    progress: Progress | None = None,
    first: Sequence[str] = (),
) -> dict[str, int]:
    """
    Fill a database round by round, each in one transaction.

    Args:
        db: A database with the application's schema.
        shares: Weight of each table in the total, in dependency order.
        write_round: Writes ``quota[table]`` documents of each table; called with the sample,
            the transaction and the quota, in which every table has an entry, perhaps 0.
        rows: Documents to write in all, 1 or more.
        seed: Number that everything random follows from.
        progress: Called after each round with the documents written and ``rows``.
        first: Tables that are complete before the others begin, such as catalogues.

    Returns:
        The number of documents written to each table.

    Raises:
        InvalidArgument: ``rows`` is no whole number of 1 or more.
    """
    total = quotas(rows, shares)
    files = storage_ids(db, min(_STORED_FILES_MAX, 1 + rows // 20))
    sample = Sample(seed, tables=shares, files=files)
    for quota, start, stop in _rounds(total, first):
        sample.start = NOW - PERIOD + int(PERIOD * start)
        sample.stop = NOW - PERIOD + int(PERIOD * stop)
        with db.write() as tx:
            write_round(sample, tx, quota)
        if progress is not None:
            progress(sum(sample.counts.values()), rows)
    return sample.counts


def _rounds(
    total: Mapping[str, int], first: Sequence[str]
) -> Iterator[tuple[dict[str, int], float, float]]:
    """Yield each round's quota and the part of the period, from 0 to 1, that it fills."""
    nothing = dict.fromkeys(total, 0)
    for table in first:
        for done in range(0, total[table], _ROUND_DOCUMENTS):
            yield ({**nothing, table: min(_ROUND_DOCUMENTS, total[table] - done)}, 0.0, 0.02)
    rest = {table: 0 if table in first else count for table, count in total.items()}
    count = -(-sum(rest.values()) // _ROUND_DOCUMENTS)
    for each in range(count):
        quota = {
            table: wanted * (each + 1) // count - wanted * each // count
            for table, wanted in rest.items()
        }
        yield quota, each / count, (each + 1) / count


def quotas(rows: int, shares: Mapping[str, float]) -> dict[str, int]:
    """
    Divide ``rows`` documents among tables by weight; the sum is exact.

    Each table gets one document before any gets a second. With fewer documents than tables
    the first tables get them, so that what a document refers to can exist.

    >>> quotas(10, {"users": 1, "posts": 3}), quotas(1, {"users": 1, "posts": 3})
    ({'users': 3, 'posts': 7}, {'users': 1, 'posts': 0})
    """
    if type(rows) is not int or rows < 1:
        raise InvalidArgument(
            f"rows is {rows!r}; it must be a whole number of 1 or more.",
            hint="it is the number of documents to write, over all tables",
        )
    counts = {table: int(place < rows) for place, table in enumerate(shares)}
    spare = rows - sum(counts.values())
    weight = sum(shares.values())
    exact = {table: spare * share / weight for table, share in shares.items()}
    for table, wanted in exact.items():
        counts[table] += int(wanted)
    missing = rows - sum(counts.values())
    by_remainder = sorted(exact, key=lambda table: int(exact[table]) - exact[table])
    for table in by_remainder[:missing]:
        counts[table] += 1
    return counts


def moved(quota: Mapping[str, int], table: str, *, at_most: int, to: str) -> dict[str, int]:
    """
    Return a quota in which what ``table`` cannot take goes to another table.

    A table whose documents are unique for each parent can hold no more than there are parents.

    >>> moved({"users": 2, "cards": 5, "notes": 1}, "cards", at_most=2, to="notes")
    {'users': 2, 'cards': 2, 'notes': 4}
    """
    excess = max(0, quota[table] - at_most)
    return {**quota, table: quota[table] - excess, to: quota[to] + excess}


def storage_ids(db: object, count: int) -> list[str]:
    """Store ``count`` small files and return their ids; none where there is no file storage."""
    storage = getattr(db, "storage", None)
    if storage is None:
        return []
    kinds = ("image/jpeg", "image/png", "application/pdf")
    return [
        storage.store(b"sample file %d\n" % number * (number + 1), kinds[number % len(kinds)])
        for number in range(count)
    ]


def compact(document: Document) -> Document:
    """
    Leave out the fields whose value is ``UNSET``; nested objects need their own call.

    >>> compact({"a": 1, "b": UNSET})
    {'a': 1}
    """
    return {name: value for name, value in document.items() if value is not UNSET}


def iso_date(instant: float) -> str:
    """
    Return the calendar date of a time in milliseconds.

    >>> iso_date(NOW), iso_time(NOW + 90 * 60_000)
    ('2026-01-01', '01:30')
    """
    return _moment(instant).strftime("%Y-%m-%d")


def iso_time(instant: float) -> str:
    """Return the time of day, hours and minutes, of a time in milliseconds."""
    return _moment(instant).strftime("%H:%M")


def _moment(instant: float) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC)
