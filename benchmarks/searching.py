"""
The workloads of searching: all systems in one process, in turn, on the same messages and words.

Words are drawn by rank: the vocabulary follows Zipf's law, so the tenth word stands in every
fourth message and the ten-thousandth in a few. Common words are taken among those of four
syllables or more, since docdb reads the last word as a beginning, as Convex does, and two letters
begin a great many words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.documents import Effort, Progress
from benchmarks.engines.searcher import Searcher
from benchmarks.measurement import Figures, Measurement, figures_of
from benchmarks.sample import Message, Sample, make_sample

__all__ = ["QUESTIONS", "Question", "measure_search"]

GROUP = "search"
_SEED = 11
# Enough that docdb and FTS5 merge more than once what they wrote one by one.
_INSERTS = 1040
_INSERTS_IN_TURN = 20
_LONG = 8
_REPEATS_MIN = 20


@dataclass(frozen=True, slots=True)
class Question:
    """
    A kind of search.

    Attributes:
        name: What tables call it.
        meaning: What is asked for.
        draw: Draws the arguments of one search.
    """

    name: str
    meaning: str
    draw: Callable[[Sample, Random], tuple[Sequence[str], dict[str, Any]]]


def _rare(sample: Sample, random: Random) -> str:
    return sample.words[random.randrange(3000, 12_000)]


def _common(sample: Sample, random: Random) -> str:
    return random.choice([word for word in sample.words[:40] if len(word) >= _LONG])


def _three(sample: Sample, random: Random) -> list[str]:
    return [
        _common(sample, random),
        sample.words[random.randrange(100, 400)],
        _rare(sample, random),
    ]


def _typed(sample: Sample, random: Random) -> list[str]:
    # A word and the first half of the next, as somebody types it.
    return [_common(sample, random), sample.words[random.randrange(100, 2000)][:4]]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "one rare term",
        "a word of a few messages",
        lambda sample, random: ([_rare(sample, random)], {}),
    ),
    Question(
        "one common term",
        "a word of every tenth message or more",
        lambda sample, random: ([_common(sample, random)], {}),
    ),
    Question(
        "three terms",
        "a common, a less common and a rare word; any of them",
        lambda sample, random: (_three(sample, random), {}),
    ),
    Question(
        "prefix of the last term",
        "a common word, and four letters that the next begins with",
        lambda sample, random: (_typed(sample, random), {"is_prefix": True}),
    ),
    Question(
        "common term, selective filter",
        "a common word in one small chat",
        lambda sample, random: (
            [_common(sample, random)],
            {"chat": random.randrange(sample.chats // 2, sample.chats)},
        ),
    ),
    Question(
        "common term, weak filter",
        "a common word in half of all messages",
        lambda sample, random: ([_common(sample, random)], {"role": "user"}),
    ),
)


def measure_search(
    makers: Mapping[str, Callable[[], Searcher]],
    effort: Effort,
    *,
    wanted: Callable[[str], bool],
    progress: Progress,
) -> Iterator[Measurement]:
    """Yield build times, each kind of search, what an insert costs, and what lies on disk."""
    questions = [each for each in QUESTIONS if wanted(each.name)]
    if not questions or not makers:
        return
    progress(f"making {effort.rows:,} texts")
    sample = make_sample(effort.rows)
    with ExitStack() as stack:
        folders = {
            name: Path(stack.enter_context(TemporaryDirectory(prefix="docdb-bench-")))
            for name in makers
        }
        searchers = {name: make() for name, make in makers.items()}
        built = _build(searchers, sample.messages, folders, progress=progress)
        yield _measurement("build", "a message, all of them at once, index included", sample, built)
        for question in questions:
            progress(f"search: {question.name}")
            yield _ask(question, searchers, sample, effort)
        progress("search: inserts")
        yield from _insert(searchers, makers, sample.messages)
        for each in searchers.values():
            each.close()
        sizes = {name: [_folder_bytes(folder)] for name, folder in folders.items()}
        yield Measurement(
            GROUP,
            "disk per text",
            "what lies on disk, text and index, once the database is closed",
            effort.rows,
            "bytes",
            {name: figures_of(size, 1 / effort.rows) for name, size in sizes.items()},
        )


def _build(
    searchers: Mapping[str, Searcher],
    messages: Sequence[Message],
    folders: Mapping[str, Path],
    *,
    progress: Progress,
) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {}
    for name, searcher in searchers.items():
        progress(f"search: building {name}")
        searcher.open(folders[name])
        began = perf_counter()
        searcher.build(messages)
        seconds[name] = [(perf_counter() - began) / len(messages)]
    return seconds


def _ask(
    question: Question, searchers: Mapping[str, Searcher], sample: Sample, effort: Effort
) -> Measurement:
    seconds: dict[str, list[float]] = {name: [] for name in searchers}
    random = Random(_SEED)
    for _ in range(effort.repeats):
        terms, options = question.draw(sample, random)
        for name, searcher in searchers.items():
            if sum(seconds[name]) > effort.seconds and len(seconds[name]) >= _REPEATS_MIN:
                continue
            began = perf_counter()
            searcher.search(terms, **options)
            seconds[name].append(perf_counter() - began)
    return _measurement(question.name, question.meaning, sample, seconds)


def _measurement(
    name: str, meaning: str, sample: Sample, seconds: Mapping[str, Sequence[float]]
) -> Measurement:
    figures = {engine: figures_of(each, 1e6) for engine, each in seconds.items()}
    return Measurement(GROUP, name, meaning, len(sample.messages), "µs", figures)


def _insert(
    searchers: Mapping[str, Searcher],
    makers: Mapping[str, Callable[[], Searcher]],
    messages: Sequence[Message],
) -> Iterator[Measurement]:
    """Insert single messages, into the same without an index too, and yield both costs."""
    with ExitStack() as stack:
        plain = {name: makers[name]() for name, each in searchers.items() if each.has_upkeep}
        for each in plain.values():
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="docdb-bench-")))
            each.open(folder, has_search=False)
            each.build(messages)
            stack.callback(each.close)
        whole = _insert_each(searchers, messages)
        bare = _insert_each(plain, messages)
    rows = len(messages)
    meaning = "one message in a transaction of its own, never flushed, index included"
    yield Measurement(GROUP, "insert", meaning, rows, "µs", whole)
    added = {name: _difference(whole[name], figures) for name, figures in bare.items()}
    meaning = "what the search index adds to such an insert"
    yield Measurement(GROUP, "added per insert", meaning, rows, "µs", added)


def _insert_each(
    searchers: Mapping[str, Searcher], messages: Sequence[Message]
) -> dict[str, Figures]:
    seconds: dict[str, list[float]] = {name: [] for name in searchers}
    for start in range(0, _INSERTS, _INSERTS_IN_TURN):
        for name, searcher in searchers.items():
            for message in messages[start : start + _INSERTS_IN_TURN]:
                began = perf_counter()
                searcher.add(message)
                seconds[name].append(perf_counter() - began)
    return {name: figures_of(each, 1e6) for name, each in seconds.items()}


def _difference(whole: Figures, part: Figures) -> Figures:
    return Figures(
        whole.median - part.median, whole.mean - part.mean, whole.high - part.high, whole.samples
    )


def _folder_bytes(folder: Path) -> float:
    return float(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()))
