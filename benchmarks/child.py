"""
What a process of its own does for a measurement: ``python -m benchmarks.child TASK ENGINE FOLDER``.

It prints one line of JSON. What ids messages have is kept beside the database, in a file that is
not counted.

- ``load ROWS``: makes a database of so many messages; memory that loading left in use.
- ``open``: opens it and asks for the newest 20 messages of a chat; the time of both, the imports
  that a program begins with left out.
- ``read SECONDS``, ``write SECONDS``: say "ready", wait for a line, and then read the newest 20 of
  chats, or insert messages, for that long; how many times it was done, and memory in use.
"""

import gc
import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter

from benchmarks.documents import load
from benchmarks.engines.engine import Engine, referring
from benchmarks.engines.registry import available_engines
from benchmarks.sample import make_sample

__all__ = ["KEYS_FILE", "anonymous_bytes", "repeat_for"]

KEYS_FILE = "keys.pickle"
_NEWEST = 20
_FRESH_MESSAGES = 500


def anonymous_bytes() -> int:
    """
    Return the memory of this process that is its own: not files that are mapped, nor code.

    Returns:
        Bytes, or 0 where the system does not tell.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def repeat_for(seconds: float, step: Callable[[], object]) -> int:
    """Repeat a step for so long, and return how many times it was done."""
    done = 0
    stop = perf_counter() + seconds
    while perf_counter() < stop:
        step()
        done += 1
    return done


def _load(engine: Engine, folder: Path, rows: str) -> dict[str, float]:
    sample = make_sample(int(rows))
    engine.open(folder, engine.traits.durabilities[-1])
    gc.collect()
    before = anonymous_bytes()
    loaded = load(engine, sample)
    count = loaded.size
    del loaded
    with (folder / KEYS_FILE).open("wb") as file:
        pickle.dump(engine.keys, file)
    engine.keys.messages.clear()
    gc.collect()
    grown = max(0, anonymous_bytes() - before)
    engine.close()
    return {"bytes": float(grown), "count": count}


def _open(engine: Engine, folder: Path) -> dict[str, float]:
    exec(engine.traits.imports)
    began = perf_counter()
    engine.open(folder, engine.traits.durabilities[-1])
    engine.newest(0, _NEWEST)
    return {"seconds": perf_counter() - began}


def _read(engine: Engine, folder: Path, seconds: str) -> dict[str, float]:
    engine.open(folder, engine.traits.durabilities[-1])
    random, chats = Random(1), len(engine.keys.chats)
    _wait()
    done = repeat_for(float(seconds), lambda: engine.newest(random.randrange(chats), _NEWEST))
    return {"rate": done / float(seconds), "bytes": float(anonymous_bytes())}


def _write(engine: Engine, folder: Path, seconds: str) -> dict[str, float]:
    engine.open(folder, engine.traits.durabilities[-1])
    keys = engine.keys
    sample = make_sample(_FRESH_MESSAGES)
    fresh = [
        {**message, "chatId": message["chatId"] % len(keys.chats), "userId": 0}
        for message in sample.parents + sample.messages
        if "parentMessageId" not in message
    ]
    messages, random = referring(fresh, keys), Random(2)
    _wait()
    done = repeat_for(float(seconds), lambda: engine.insert_one(random.choice(messages)))
    return {"rate": done / float(seconds)}


def _wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


_TASKS: dict[str, Callable[..., dict[str, float]]] = {
    "load": _load,
    "open": _open,
    "read": _read,
    "write": _write,
}


def _main(task: str, name: str, folder: str, *options: str) -> None:
    engine = available_engines([name]).makers[name]()
    keys = Path(folder) / KEYS_FILE
    if keys.exists():
        with keys.open("rb") as file:
            engine.keys = pickle.load(file)
    print(json.dumps(_TASKS[task](engine, Path(folder), *options)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
