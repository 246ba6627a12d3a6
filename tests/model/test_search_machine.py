"""
Full-text search: a database in memory, one in a file, and the brute-force model side by side.

Hypothesis draws step after step: writes one by one and in bulk, transactions and savepoints that
stay or are undone, snapshots, closing and reopening with the index made anew. After each write,
and whenever it likes, it searches: both databases must give the same hits in the same order, with
the model's scores, counts and pages. Blocks and pending entries are few, so that merges and
several blocks, sparse and dense, come about within a few steps.

The model rounds a score once and the index rounds its parts: scores may differ in the last bits,
and documents that tie by chance may change places. Each database's own order is checked by its own
scores, to the last bit.
"""

from contextlib import ExitStack
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

import docdb
from docdb import UNSET, Int64, Schema, define_schema, define_table, v
from docdb.indexes.text import description, members, postings, writing
from docdb.indexes.text.analyzers import analyzer
from tests.indexes.text import samples
from tests.model import searching

COMMON = {
    "deadline": None,
    "report_multiple_bugs": False,
    "suppress_health_check": list(HealthCheck),
}
QUICK = settings(max_examples=200, stateful_step_count=25, **COMMON)
THOROUGH = settings(max_examples=1_500, stateful_step_count=50, **COMMON)

FIELDS = {"content": v.optional(v.any()), "kind": v.optional(v.any()), "m": v.optional(v.any())}
BARE = define_schema({"rows": define_table(FIELDS)})
SCHEMA = define_schema(
    {
        "rows": define_table(FIELDS)
        .search_index("convex", search_field="content", filter_fields=["kind", "m.chat"])
        .search_index("unaccent", search_field="content", analyzer="unaccent")
        .search_index("nested", search_field="m.chat", filter_fields=["content"])
    }
)


class Question(NamedTuple):
    """What is looked for, in which index."""

    name: str
    text: str
    equal: list[tuple[str, Any]]

    @property
    def field(self) -> str:
        """The field that the index searches."""
        return "m.chat" if self.name == "nested" else "content"


questions = st.one_of(
    st.builds(Question, st.just("convex"), samples.queries(), samples.conditions()),
    st.builds(Question, st.just("convex"), st.sampled_from(["a", "ab b", "a b"]), st.just([])),
    st.builds(Question, st.just("unaccent"), samples.queries(), st.just([])),
    st.builds(Question, st.just("nested"), st.sampled_from(["x", "lo", "y x"]), st.just([])),
)
changes = st.fixed_dictionaries(
    {},
    optional={
        "content": samples.texts(words_max=4) | st.sampled_from([UNSET, None, "a", "ab"]),
        "kind": st.sampled_from([UNSET, "x", "y", 1, 1, True, True, Int64(1)]),
        "m": st.sampled_from([UNSET, {"chat": "x"}, {"chat": 1}, {"chat": True}]),
    },
)


class Twin:
    """One database beside the model: numbers become its own ids, and back."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._numbers: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._open: list[ExitStack] = []
        self._tx: docdb.Writer | None = None
        self.db = self._opened(SCHEMA)
        self.snapshot = self.db.read()

    def _opened(self, schema: Schema) -> docdb.Database:
        return docdb.open(self._place, schema, durability="unsafe")

    def reopen(self, *, rebuild: bool) -> None:
        """Close a file and open it again, if asked after its indexes were dropped and made anew."""
        self.snapshot.close()
        if self._place != ":memory:":
            self.db.close()
            if rebuild:
                self._opened(BARE).close()
            self.db = self._opened(SCHEMA)
        self.snapshot = self.db.read()

    def begin(self) -> None:
        """Begin a transaction, or a savepoint in it."""
        stack = ExitStack()
        if self._tx is None:
            self._tx = stack.enter_context(self.db.write())
        else:
            stack.enter_context(self._tx.nested())
        self._open.append(stack)

    def end(self, error: Exception | None = None) -> None:
        """End the innermost of them, by an error or in peace."""
        stack = self._open.pop()
        if not self._open:
            self._tx = None
        stack.__exit__(type(error) if error else None, error, None)

    @property
    def _now(self) -> Any:
        return self._tx or self.db

    def insert(self, first: int, rows: list[dict[str, Any]]) -> None:
        """Insert rows under successive numbers, one by itself, several at once."""
        if len(rows) == 1:
            ids = [self._now.insert("rows", rows[0])]
        else:
            ids = self._now.insert_many("rows", rows)
        for number, id in enumerate(ids, first):
            self._numbers[id], self._ids[number] = number, id

    def change(self, method: str, number: int, *arguments: Any) -> None:
        """Patch, replace or delete a row."""
        getattr(self._now, method)(self._ids[number], *arguments)

    def search(self, view: str, asked: Question) -> Any:
        """Return a search in one of the states that there are."""
        reader = {"now": self._now, "committed": self.db, "snapshot": self.snapshot}[view]

        def build(q: Any) -> Any:
            q = q.search(asked.field, asked.text)
            for field, value in asked.equal:
                q = q.eq(field, value)
            return q

        return reader.query("rows").with_search_index(asked.name, build)

    def hits(self, view: str, asked: Question, size: int, first: str) -> list[tuple[float, int]]:
        """Return scores and numbers of all hits, after every way to them led to the same ones."""
        query = self.search(view, asked).with_scores()
        ways = {
            "collect": query.collect,
            "take": lambda: query.take(size),
            "count": query.count,
            "ids": query.ids,
            "loop": lambda: list(query),
            "pages": lambda: self._paged(query, size),
            "filter": query.filter(lambda f: f.field("kind") == "x").collect,
            "where": query.where(lambda row: row.get("kind") == "x").collect,
        }
        # What a transaction has held back until then has to be found by whoever comes first.
        found = {way: ways[way]() for way in sorted(ways, key=lambda way: way != first)}
        hits = found["collect"]
        assert found["loop"] == found["pages"] == hits
        assert found["take"] == hits[:size]
        assert found["count"] == len(hits)
        assert found["ids"] == [hit.document["_id"] for hit in hits]
        kept = [hit for hit in hits if hit.document.get("kind") == "x"]
        assert found["filter"] == found["where"] == kept
        return [(hit.score, self._numbers[hit.document["_id"]]) for hit in hits]

    def _paged(self, query: Any, size: int) -> list[Any]:
        page = query.paginate(num_items=size)
        hits = list(page.page)
        while not page.is_done:
            page = query.paginate(num_items=size, cursor=page.continue_cursor)
            hits += page.page
        return hits

    def close(self) -> list[Any]:
        """Undo what is open, and return what ``Database.check`` finds."""
        while self._open:
            self.end(ValueError("stop"))
        self.snapshot.close()
        findings = list(self.db.check())
        self.db.close()
        return findings


class Searches(RuleBasedStateMachine):
    """Does everything three times and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory(prefix="docdb-")
        self.patched = pytest.MonkeyPatch()
        self.twins: list[Twin] = []
        self.count = 0
        # The rows as the innermost transaction sees them; as each outer one does; and a snapshot's.
        self.rows: dict[int, dict[str, Any]] = {}
        self.outer: list[dict[int, dict[str, Any]]] = []
        self.frozen: dict[int, dict[str, Any]] = {}

    @initialize(
        block_bits=st.sampled_from([1, 3, 5, 15]),
        pending=st.sampled_from([0, 2, 5, 512]),
        held=st.sampled_from([3, 20, 1 << 15]),
        dense=st.sampled_from([1, 3, 32]),
        rows=st.lists(samples.rows(), max_size=30),
    )
    def open(
        self, block_bits: int, pending: int, held: int, dense: int, rows: list[dict[str, Any]]
    ) -> None:
        """Open both databases with limits that are reached soon, and some rows."""
        small = partial(description.TextDescription, block_bits=block_bits)
        self.patched.setattr(description, "TextDescription", small)
        self.patched.setattr(writing, "PENDING_ENTRIES_MAX", pending)
        self.patched.setattr(writing, "_COUNTS_HELD_MAX", held)
        self.patched.setattr(postings, "_DENSE_POSTINGS_MIN", dense)
        self.patched.setattr(members, "_DENSE_MEMBERS_MIN", dense)
        self.twins = [Twin(":memory:"), Twin(f"{self.directory.name}/search.docdb")]
        self.insert(rows)

    @rule(rows=st.lists(samples.rows(), min_size=1, max_size=1) | st.lists(samples.rows()))
    def insert(self, rows: list[dict[str, Any]]) -> None:
        """Insert one row, or several at once."""
        for twin in self.twins:
            twin.insert(self.count + 1, rows)
        for row in rows:
            self.count += 1
            self.rows[self.count] = row

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), changed=changes)
    def patch(self, data: st.DataObject, changed: dict[str, Any]) -> None:
        """Change some fields of a row, and perhaps none that matters."""
        number = self.pick(data)
        self.everywhere("patch", number, changed)
        row = {**self.rows[number], **changed}
        self.rows[number] = {name: value for name, value in row.items() if value is not UNSET}

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), row=samples.rows())
    def replace(self, data: st.DataObject, row: dict[str, Any]) -> None:
        """Change all fields of a row."""
        number = self.pick(data)
        self.everywhere("replace", number, row)
        self.rows[number] = row

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a row, or every third one."""
        numbers = [self.pick(data)]
        if data.draw(st.integers(0, 5)) == 5:
            numbers = sorted(self.rows)[::3]
        for number in numbers:
            self.everywhere("delete", number)
            del self.rows[number]

    def pick(self, data: st.DataObject) -> int:
        """Draw one of the rows that are there."""
        return data.draw(st.sampled_from(sorted(self.rows)))

    def everywhere(self, method: str, number: int, *arguments: Any) -> None:
        """Change a row of both databases."""
        for twin in self.twins:
            twin.change(method, number, *arguments)

    @precondition(lambda self: len(self.outer) < 3)
    @rule()
    def begin(self) -> None:
        """Begin a transaction, or a savepoint in it."""
        for twin in self.twins:
            twin.begin()
        self.outer.append(dict(self.rows))

    @precondition(lambda self: self.outer)
    @rule(is_kept=st.booleans())
    def end(self, *, is_kept: bool) -> None:
        """End the innermost of them, so that its writes stay, or by an error."""
        for twin in self.twins:
            twin.end(None if is_kept else ValueError("stop"))
        before = self.outer.pop()
        if not is_kept:
            self.rows = before

    @precondition(lambda self: not self.outer)
    @rule(rebuild=st.booleans())
    def reopen(self, *, rebuild: bool) -> None:
        """Open the file anew, and take another snapshot."""
        for twin in self.twins:
            twin.reopen(rebuild=rebuild)
        self.frozen = dict(self.rows)

    @rule(
        asked=questions,
        size=st.integers(1, 9),
        first=st.sampled_from(["collect", "take", "count", "ids", "loop", "pages", "where"]),
        view=st.sampled_from(["now", "now", "committed", "snapshot"]),
    )
    def search(self, asked: Question, size: int, first: str, view: str) -> None:
        """Search in one of the states that there are."""
        committed = self.outer[0] if self.outer else self.rows
        rows = {"now": self.rows, "committed": committed, "snapshot": self.frozen}[view]
        memory, file = [twin.hits(view, asked, size, first) for twin in self.twins]

        assert memory == file
        assert memory == sorted(memory, reverse=True)
        expected = pytest.approx(expected_scores(rows, asked), abs=1e-9, rel=0)
        assert {number: score for score, number in memory} == expected

    def teardown(self) -> None:
        """Both databases must be sound."""
        findings = [twin.close() for twin in self.twins]
        self.patched.undo()
        self.directory.cleanup()
        assert not any(findings)


def expected_scores(rows: dict[int, dict[str, Any]], asked: Question) -> dict[int, float]:
    """Return the scores that the model gives, by number."""
    documents = [
        {"_id": f"{number:08}", "_creationTime": float(number), **row}
        for number, row in rows.items()
    ]
    tokens_of = analyzer("unaccent" if asked.name == "unaccent" else "convex")
    hits = searching.search(
        documents, asked.text, field=asked.field, equalities=asked.equal, tokens_of=tokens_of
    )
    return {int(document["_id"]): score for score, document in hits}


def test_databases_find_what_the_model_finds() -> None:
    """Whatever is written, in and out of transactions, both databases rank as the formula says."""
    run_state_machine_as_test(Searches, settings=QUICK)


@pytest.mark.slow
def test_databases_find_what_the_model_finds_in_long_programs() -> None:
    """The same over many more and longer programs."""
    run_state_machine_as_test(Searches, settings=THOROUGH)
