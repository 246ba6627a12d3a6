"""
What the harness claims of every system: the same work, and the same answers.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.documents import DisagreementError, Effort, load, measure_documents, opened
from benchmarks.engines import registry
from benchmarks.engines.docdb_tables import DocdbTables, docdb_in_file, docdb_in_memory
from benchmarks.engines.engine import MODEL, TOTAL_ABOVE, Engine
from benchmarks.engines.floor import Floor
from benchmarks.engines.sqlite import sqlite_with_columns, sqlite_with_json
from benchmarks.sample import make_sample
from benchmarks.workloads import WORKLOADS

SAMPLE = make_sample(300)
EVERYTHING = [*SAMPLE.parents, *SAMPLE.messages]
MAKERS = [docdb_in_file, docdb_in_memory, Floor, sqlite_with_json, sqlite_with_columns]


def contents_of_chat(chat: int) -> list[str]:
    """The texts of a chat, oldest first."""
    return [each["content"] for each in EVERYTHING if each["chatId"] == chat]


@pytest.mark.parametrize("make", MAKERS)
class TestEachEngine:
    """Engines that need no package beyond docdb's own."""

    def test_reads_back_what_was_loaded(self, make: Callable[[], Engine]):
        """A message is found by its number, alone and among others."""
        with opened(make) as engine:
            load(engine, SAMPLE)

            assert engine.get(7)["content"] == EVERYTHING[7]["content"]
            assert [each["content"] for each in engine.get_many([9, 2])] == [
                EVERYTHING[9]["content"],
                EVERYTHING[2]["content"],
            ]

    def test_answers_ranges_in_order(self, make: Callable[[], Engine]):
        """The newest come first, and a range begins with the oldest."""
        with opened(make) as engine:
            load(engine, SAMPLE)

            assert [each["content"] for each in engine.newest(0, 5)] == contents_of_chat(0)[:-6:-1]
            assert [each["content"] for each in engine.range_of(0, 5)] == contents_of_chat(0)[:5]

    def test_counts_without_reading(self, make: Callable[[], Engine]):
        """A count and the ids of a chat agree with what was loaded."""
        with opened(make) as engine:
            load(engine, SAMPLE)

            assert engine.count_of(1) == len(contents_of_chat(1))
            assert len(set(engine.ids_of(1))) == len(contents_of_chat(1))

    def test_filters_without_an_index(self, make: Callable[[], Engine]):
        """The filter finds what the same condition finds in Python."""
        wanted = [
            each["content"]
            for each in EVERYTHING
            if each["metadata"]["model"] == MODEL
            if each["metadata"]["tokens"]["total"] > TOTAL_ABOVE
        ]

        with opened(make) as engine:
            load(engine, SAMPLE)

            assert [each["content"] for each in engine.matching()] == wanted

    def test_walks_every_page_once(self, make: Callable[[], Engine]):
        """Pages of a hundred hold the whole table in creation order."""
        with opened(make) as engine:
            load(engine, SAMPLE)

            pages = [[each["content"] for each in page] for page in engine.pages(100)]

        assert [len(page) for page in pages] == [100, 100, 100, 15]
        assert [text for page in pages for text in page] == [each["content"] for each in EVERYTHING]

    def test_writes_are_seen(self, make: Callable[[], Engine]):
        """An insert, a patch and a delete show in what is read afterwards."""
        with opened(make) as engine:
            loaded = load(engine, SAMPLE)

            engine.insert_one(loaded.messages[0])
            engine.patch(20, 10)
            engine.delete(21)

            assert engine.get(loaded.size)["content"] == SAMPLE.messages[0]["content"]
            assert engine.get(20)["threadLevel"] == 10
            assert sum(len(page) for page in engine.pages(100)) == loaded.size


class Forgetful(DocdbTables):
    """An engine that counts one message too few."""

    def count_of(self, chat: int) -> int:
        return super().count_of(chat) - 1


def forgetful() -> Forgetful:
    """Make one under another name."""
    traits = docdb_in_memory().traits
    return Forgetful("forgetful", traits)


def measured_names(makers: dict[str, Callable[[], Engine]], only: str) -> list[str]:
    """Measure some workloads, and return who was measured."""
    effort = Effort(rows=200, repeats=3, seconds=0.01)
    found = measure_documents(makers, effort, wanted=lambda name: name == only, progress=str)
    return [name for each in found for name in each.figures]


class TestMeasuring:
    """How systems are put side by side."""

    def test_every_workload_runs_on_docdb_and_the_floor(self):
        """Each workload has a figure for each system that offers its durability."""
        makers = {"docdb": docdb_in_file, "floor": Floor}
        effort = Effort(rows=200, repeats=3, seconds=0.01)

        found = list(
            measure_documents(makers, effort, wanted=lambda _: True, progress=lambda _: None)
        )

        assert [each.name for each in found] == ["bulk insert", *(each.name for each in WORKLOADS)]
        assert {tuple(each.figures) for each in found} == {("docdb", "floor")}

    def test_a_durability_that_is_not_offered_is_not_measured(self):
        """A database in memory has no durable insert."""
        makers = {"docdb-memory": docdb_in_memory, "floor": Floor}

        assert measured_names(makers, "insert, durable") == ["floor"]

    def test_deleting_ends_with_the_messages(self):
        """
        A message can be deleted once.

        The full form divided by zero after 2,000 messages, and lost all that it had measured.
        """
        effort = Effort(rows=200, repeats=30, seconds=10.0)

        (found,) = measure_documents(
            {"floor": Floor}, effort, wanted=lambda name: name == "delete, unsafe", progress=str
        )

        assert found.figures["floor"].samples < 30

    def test_different_answers_stop_the_run(self):
        """A system that does other work is not compared."""
        makers = {"docdb-memory": docdb_in_memory, "forgetful": forgetful}

        with pytest.raises(DisagreementError):
            measured_names(makers, "count of a range")

    def test_a_missing_package_leaves_its_system_out(self, monkeypatch: pytest.MonkeyPatch):
        """The others run, and a sentence says what is missing."""
        monkeypatch.setitem(registry.ENGINES, "docdb", ("no_such_module", "make"))

        found = registry.available_engines(["docdb", "floor"])

        assert list(found.makers) == ["floor"]
        assert len(found.missing) == 1


def test_the_same_seed_makes_the_same_messages():
    """Every process measures the same data."""
    assert make_sample(50) == make_sample(50)


def test_a_database_is_opened_again_by_another_engine(tmp_path: Path):
    """What one process loads another one reads, given the keys."""
    first = docdb_in_file()
    first.open(tmp_path, "unsafe")
    load(first, SAMPLE)
    first.close()

    second = docdb_in_file()
    second.keys = first.keys
    second.open(tmp_path, "unsafe")

    assert second.get(3)["content"] == EVERYTHING[3]["content"]
    second.close()
