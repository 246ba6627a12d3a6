"""
Every workload on documents, with its meaning; those of searching stand in ``searching``, and those
that need processes of their own in ``processes`` and ``beside``.

Rules:

- Arguments are drawn before the clock starts, and every system gets the same ones.
- Reads come first, on one state that is the same everywhere, so that their answers can be compared;
  then inserts, patches and deletes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from random import Random
from typing import Any, NamedTuple

from benchmarks.engines.engine import Durability, Engine
from benchmarks.sample import Message, Sample

__all__ = ["BULK", "PAGE_SIZE", "WORKLOADS", "Loaded", "Workload"]

PAGE_SIZE = 100
_RANGE = 1000
_NEWEST = 20
_MANY = 100
# Cheap operations are timed by the batch, so that reading the clock does not count.
_BATCH = 20

BULK = "bulk insert"


class Loaded(NamedTuple):
    """
    A system with its data.

    Attributes:
        engine: The system.
        sample: What was inserted.
        messages: The messages of the sample, referring as this system refers.
    """

    engine: Engine
    sample: Sample
    messages: Sequence[Message]

    @property
    def size(self) -> int:
        """The number of messages that were loaded."""
        return len(self.sample.parents) + len(self.sample.messages)


Arguments = Callable[[Loaded, Random], Iterator[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Workload:
    """
    Something that every system is asked to do.

    Attributes:
        name: What tables call it.
        meaning: What one unit of it is.
        operation: Which method of a system does it.
        arguments: Draws the arguments of one call after another.
        answer: What of a result must be the same on all systems; None for a write.
        batch: How many calls are timed together.
        durability: How the database is opened.
        units: How many units one result stands for.
    """

    name: str
    meaning: str
    operation: Callable[[Engine], Callable[..., Any]]
    _: KW_ONLY
    arguments: Arguments
    answer: Callable[[Any], object] | None
    batch: int = _BATCH
    durability: Durability = "unsafe"
    units: Callable[[Any], int] = lambda _: 1


def _any_message(on: Loaded, random: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield (random.randrange(on.size),)


def _many_messages(on: Loaded, random: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield ([random.randrange(on.size) for _ in range(_MANY)],)


def _newest_of_any_chat(on: Loaded, random: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield (random.randrange(on.sample.chats), _NEWEST)


def _largest_chat(_: Loaded, __: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield (0,)


def _range_of_largest_chat(_: Loaded, __: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield (0, _RANGE)


def _nothing(_: Loaded, __: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield ()


def _new_messages(on: Loaded, random: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield (random.choice(on.messages),)


def _new_levels(on: Loaded, random: Random) -> Iterator[tuple[Any, ...]]:
    while True:
        yield (random.randrange(on.size), random.randrange(11))


def _each_once(on: Loaded, random: Random) -> Iterator[tuple[Any, ...]]:
    # Parents stay, since others refer to them.
    numbers = list(range(len(on.sample.parents), on.size))
    random.shuffle(numbers)
    yield from ((number,) for number in numbers)


def _walk(engine: Engine) -> Callable[[], Sequence[int]]:
    return lambda: [len(page) for page in engine.pages(PAGE_SIZE)]


def _content(found: Any) -> str:
    """Return the text of a message, be it a mapping or an object."""
    return found.content if hasattr(found, "content") else found["content"]


def _contents(found: Sequence[Any]) -> Sequence[str]:
    return [_content(each) for each in found]


def _plain(result: Any) -> object:
    return result


WORKLOADS: tuple[Workload, ...] = (
    Workload(
        "get",
        "one message by id, at random, in a transaction of its own",
        lambda engine: engine.get,
        arguments=_any_message,
        answer=_content,
    ),
    Workload(
        "get many",
        "100 messages by id, at random, in one transaction",
        lambda engine: engine.get_many,
        arguments=_many_messages,
        answer=_contents,
        batch=1,
    ),
    Workload(
        "newest 20",
        "the newest 20 messages of a random chat",
        lambda engine: engine.newest,
        arguments=_newest_of_any_chat,
        answer=_contents,
    ),
    Workload(
        "range of 1000",
        "the first 1,000 messages of the largest chat, or all of them if they are fewer",
        lambda engine: engine.range_of,
        arguments=_range_of_largest_chat,
        answer=_contents,
        batch=1,
    ),
    Workload(
        "count of a range",
        "how many messages the largest chat has",
        lambda engine: engine.count_of,
        arguments=_largest_chat,
        answer=_plain,
        batch=1,
    ),
    Workload(
        "ids of a range",
        "the ids of all messages of the largest chat",
        lambda engine: engine.ids_of,
        arguments=_largest_chat,
        answer=len,
        batch=1,
    ),
    Workload(
        "unindexed filter",
        "one message in a hundred, by two nested fields that no index has, out of all",
        lambda engine: engine.matching,
        arguments=_nothing,
        answer=_contents,
        batch=1,
    ),
    Workload(
        "page walk",
        "a page of 100, while walking the whole table in creation order",
        _walk,
        arguments=_nothing,
        answer=_plain,
        batch=1,
        units=len,
    ),
    Workload(
        "insert, unsafe",
        "one message in a transaction of its own, never flushed",
        lambda engine: engine.insert_one,
        arguments=_new_messages,
        answer=None,
    ),
    Workload(
        "patch, unsafe",
        "an indexed field of a random message, in a transaction of its own, never flushed",
        lambda engine: engine.patch,
        arguments=_new_levels,
        answer=None,
    ),
    Workload(
        "delete, unsafe",
        "a random message, in a transaction of its own, never flushed",
        lambda engine: engine.delete,
        arguments=_each_once,
        answer=None,
    ),
    Workload(
        "insert, relaxed",
        "one message in a transaction of its own, which a crash of the process leaves whole",
        lambda engine: engine.insert_one,
        arguments=_new_messages,
        answer=None,
        durability="relaxed",
    ),
    Workload(
        "insert, durable",
        "one message in a transaction of its own, which survives power loss",
        lambda engine: engine.insert_one,
        arguments=_new_messages,
        answer=None,
        durability="full",
    ),
)
