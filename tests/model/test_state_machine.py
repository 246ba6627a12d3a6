"""
A database in memory, one in a file, and the model: whatever is done, all three agree.

Hypothesis draws a schema and then step after step: writes, failing writes, transactions that
commit or abort, savepoints, snapshots, queries of every form, walks through pages with writes in
between, a clock that jumps, and closing and reopening the file with its indexes rebuilt. After
each example the whole content is compared once more and ``Database.check`` is clean.
"""

from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from docdb import DocdbError, Schema, define_schema, define_table, v
from tests.model import strategies
from tests.model.actual import Actual
from tests.model.expressions import Refused, Unspecified
from tests.model.order import frozen
from tests.model.questions import IdOf, Request, resolved
from tests.model.reference import Indexes, Reference

# What a database can be opened with; the first has no schema at all.
SHAPES: dict[str, dict[str, Indexes]] = {
    "unchecked": {},
    "plain": {"items": {"by_a": ("a",), "by_b_a": ("b", "a")}, "notes": {}},
    "nested": {
        "items": {"by_x": ("m.x",), "by_m_z": ("m", "m.y.z")},
        "notes": {"by_y_x_a": ("m.y", "m.x", "a")},
    },
    "dated": {
        "items": {"by_a": ("a", "_creationTime"), "by_z_b": ("m.y.z", "b")},
        "notes": {"by_absent_b": ("absent", "b")},
    },
}
TABLES = ("items", "notes", "ghost")  # no schema declares the last one
MISTAKES: list[tuple[Any, ...]] = [
    *(("insert", bad, {}, 0) for bad in ("_items", "1a", "", "é")),
    *(("query", Request(bad), "collect") for bad in ("_items", "1a", "", "é")),
    *(("get", bad) for bad in ("", "zzzz", "not an id", "J57CBYWE1TE7FVZF26G0X3FTSD7VAGD2")),
    *(("delete", bad) for bad in ("", "zzzz")),
    *(("query", Request(table, "by_nothing"), "first") for table in TABLES),
    ("insert", "items", {"a": strategies.nested(16)}, 0),
    ("query", Request("items"), "take", "current", -1),
    ("page", Request("items"), 0, 0),
]

COMMON = {
    "deadline": None,
    "report_multiple_bugs": False,
    "suppress_health_check": list(HealthCheck),
}
QUICK = settings(max_examples=400, stateful_step_count=20, **COMMON)
THOROUGH = settings(max_examples=2000, stateful_step_count=50, **COMMON)

# What a step may be. The ends of each list are drawn more often than its middle.
WRITES = ("insert", "insert_many", "insert_a_flaw", "insist", "delete", "replace", "patch")
READS = ("query", "query", "get", "mistake", "query")
PAGES = ("begin_walk", "walk_back", "continue_walk", "continue_walk")
TURNS = ("enter", "freeze", "abort", "reopen", "enter", "leave")

tables = st.sampled_from([*TABLES[:1] * 3, *TABLES])
ends = st.sampled_from(["collect", "iterate", "first", "unique", "take", "count", "ids"])
counts = st.integers(0, 4)
sizes = st.integers(1, 4)
ticks = st.sampled_from([0.25, 1.0, 1000.0, -5000.0])


def schema_of(shape: dict[str, Indexes], *, with_indexes: bool = True) -> Schema | None:
    """Return the schema of a shape, or None for the empty one."""
    declared = {}
    for name, indexes in shape.items():
        table = define_table(v.any())
        for index, fields in indexes.items() if with_indexes else ():
            table = table.index(index, list(fields))
        declared[name] = table
    return define_schema(declared) if declared else None


class Agreement(RuleBasedStateMachine):
    """Does everything three times and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory(prefix="docdb-")
        self.systems: list[Any] = []
        self.depth = 0
        self.has_snapshot = False
        self.count = 0
        self.walks: dict[int, Request] = {}
        self.walk_count = 0
        self.clock = 1.7e12

    @initialize(
        shape=st.sampled_from(sorted(SHAPES)),
        neighbourhood=st.sampled_from(sorted(strategies.NEIGHBOURHOODS)),
        data=st.data(),
    )
    def open(self, shape: str, neighbourhood: str, data: st.DataObject) -> None:
        """Open all three with the same documents in them."""
        self.drawn = strategies.drawn_from(neighbourhood)
        self.declared = SHAPES[shape]
        self.indexes = {name: self.declared.get(name, {}) for name in TABLES}
        bare = schema_of(self.declared, with_indexes=False)
        places = (":memory:", f"{self.directory.name}/model.docdb")
        self.systems = [Reference(self.declared)] + [
            Actual(
                place,
                schema_of(self.declared),
                without_indexes=bare,
                clock=lambda: self.clock,
            )
            for place in places
        ]
        documents = st.lists(self.drawn.documents, min_size=2, max_size=12)
        self.insert_all(TABLES[0], data.draw(documents))

    def agree(self, method: str, *arguments: Any, **options: Any) -> Any:
        """
        Call a method of all three and return its outcome.

        Where the rules leave it open that is None, and only the two databases are compared.
        """
        model, memory, file = [
            outcome(getattr(system, method), arguments, options) for system in self.systems
        ]
        assert memory == file, (method, arguments, options)
        assert model in (memory, None), (method, arguments, options)
        return model

    def target(self, data: st.DataObject) -> IdOf:
        """Draw one of the documents there ever were."""
        return IdOf(1 + data.draw(st.integers(0, 1000)) % self.count)

    def view(self, data: st.DataObject) -> str:
        """Draw what a read looks at: what a write would, what is committed, or what is frozen."""
        last = "snapshot" if self.has_snapshot else "current"
        return data.draw(st.sampled_from([last, "current", "committed", last]))

    def request(self, data: st.DataObject) -> Request:
        """Draw a query."""
        request = data.draw(strategies.requests(self.drawn, self.indexes))
        return resolved(request, lambda token: type(token)(1 + token.number % self.count))

    @rule(kind=st.sampled_from(WRITES), data=st.data())
    def write(self, kind: str, data: st.DataObject) -> None:
        """Change documents."""
        getattr(self, kind)(data)

    def insert(self, data: st.DataObject) -> None:
        """Insert a document."""
        self.insert_one(data.draw(tables), data.draw(self.drawn.documents))

    def insert_a_flaw(self, data: st.DataObject) -> None:
        """Insert what may be refused."""
        self.insert_one(data.draw(tables), data.draw(strategies.flawed_documents))

    def insert_one(self, table: str, document: Any) -> None:
        """Insert a document, which counts if it is taken."""
        outcome = self.agree("insert", table, document, self.count + 1)
        self.count += outcome[0] == "answer"

    def insert_many(self, data: st.DataObject) -> None:
        """Insert several documents; the last may be refused, and all others with it."""
        documents = data.draw(st.lists(self.drawn.documents, min_size=1, max_size=6))
        documents += data.draw(st.lists(strategies.flawed_documents, max_size=1))
        self.insert_all(data.draw(st.sampled_from(TABLES[:2])), documents)

    def insert_all(self, table: str, documents: list[Any]) -> None:
        """Insert several documents, which count if they are taken."""
        numbers = [self.count + 1 + i for i in range(len(documents))]
        outcome = self.agree("insert_many", table, documents, numbers)
        self.count += len(documents) if outcome[0] == "answer" else 0

    def patch(self, data: st.DataObject) -> None:
        """Patch a document that may not be there with what may be refused."""
        changes = data.draw(self.drawn.changes | strategies.flawed_documents)
        own_or_other_id = {"_id": self.target(data)} if data.draw(st.integers(0, 4)) == 1 else {}
        self.agree("patch", self.target(data), {**changes, **own_or_other_id})

    def replace(self, data: st.DataObject) -> None:
        """Replace a document that may not be there by what may be refused."""
        document = data.draw(self.drawn.documents | strategies.flawed_documents)
        self.agree("replace", self.target(data), document)

    def delete(self, data: st.DataObject) -> None:
        """Delete a document that may not be there."""
        self.agree("delete", self.target(data))

    def insist(self, data: st.DataObject) -> None:
        """Use an id together with the table that it should belong to."""
        target, table = self.target(data), data.draw(tables)
        # The number of a table that never was committed may mean nothing, or a later table.
        if self.systems[0].home_of(target) in self.declared:
            self.agree("normalize_id", table, target)
            self.agree("get", target, table=table, view=self.view(data))
            self.agree("patch", target, {"b": 1}, table=table)

    @rule(kind=st.sampled_from(READS), data=st.data())
    def read(self, kind: str, data: st.DataObject) -> None:
        """Look at documents."""
        getattr(self, kind)(data)

    def get(self, data: st.DataObject) -> None:
        """Read documents by id, one and several at once."""
        targets, view = [self.target(data), self.target(data)], self.view(data)
        self.agree("get", targets[0], view=view)
        self.agree("get_many", targets, view=view)

    def query(self, data: st.DataObject) -> None:
        """Run a query to one of its ends, and its variations too, since drawing is what costs."""
        request, view = self.request(data), self.view(data)
        self.agree("query", request, data.draw(ends), view=view, count=data.draw(counts))
        for order in ("asc", "desc"):
            for filters in (request.filters, ()):
                variation = request._replace(order=order, filters=filters)
                self.agree("query", variation, "collect", view=view)

    def mistake(self, data: st.DataObject) -> None:
        """Use a name that no table has, a text that is no id, or an index that is not there."""
        self.agree(*data.draw(st.sampled_from(MISTAKES)))

    @rule(kind=st.sampled_from(PAGES), data=st.data())
    def walk(self, kind: str, data: st.DataObject) -> None:
        """Turn the page of a query, whatever was written since the page before."""
        getattr(self, kind if self.walks else "begin_walk")(data)

    def begin_walk(self, data: st.DataObject) -> None:
        """Read the first page of a query."""
        self.walk_count += 1
        self.turn_page(self.walk_count, self.request(data), data)

    def continue_walk(self, data: st.DataObject) -> None:
        """Read the next page of a query."""
        walk = data.draw(st.sampled_from(sorted(self.walks)))
        self.turn_page(walk, self.walks[walk], data)

    def walk_back(self, data: st.DataObject) -> None:
        """Use a cursor with a query that runs in the other direction."""
        walk = data.draw(st.sampled_from(sorted(self.walks)))
        request = self.walks[walk]
        turned = "asc" if request.order == "desc" else "desc"
        self.agree("page", request._replace(order=turned), 2, walk)

    def turn_page(self, walk: int, request: Request, data: st.DataObject) -> None:
        """Read one page, and forget the walk if the model does not know where it ended."""
        outcome = self.agree("page", request, data.draw(sizes), walk, view=self.view(data))
        if outcome is None:
            self.walks.pop(walk, None)
        elif outcome[0] == "answer":
            self.walks[walk] = request

    @rule(kind=st.sampled_from(TURNS), tick=ticks)
    def turn(self, kind: str, tick: float) -> None:
        """Let a transaction begin or end, or a snapshot, while the clock goes on or back."""
        self.clock += tick
        getattr(self, kind)()

    def enter(self) -> None:
        """Begin a write transaction, or a savepoint in it."""
        if self.depth < 4:
            self.agree("nest" if self.depth else "begin")
            self.depth += 1

    def leave(self, method: str = "commit") -> None:
        """End the innermost transaction or savepoint so that its writes stay."""
        if self.depth:
            self.agree(method)
            self.depth -= 1

    def abort(self) -> None:
        """End the innermost transaction or savepoint by an exception."""
        self.leave("abort")

    def freeze(self) -> None:
        """Freeze what is committed, or let the frozen state go."""
        self.agree("close_snapshot" if self.has_snapshot else "open_snapshot")
        self.has_snapshot = not self.has_snapshot

    def reopen(self) -> None:
        """Close the file and open it again, later than any time so far."""
        if not self.depth and not self.has_snapshot:
            self.clock += 1e6
            self.agree("reopen", rebuild=self.count % 2 == 0)

    def teardown(self) -> None:
        """Compare everything once more and check both databases."""
        for table in TABLES if self.systems else ():
            self.agree("query", Request(table), "collect")
        findings = [system.close() for system in self.systems[1:]]
        self.directory.cleanup()
        assert not any(findings)


def outcome(method: Any, arguments: Any, options: Any) -> Any:
    """Return ``("answer", ...)`` or ``("error", code)``, or None for what the rules leave open."""
    try:
        return ("answer", frozen(method(*arguments, **options)))
    except Refused as refusal:
        return ("error", refusal.code)
    except DocdbError as error:
        return ("error", error.code)
    except Unspecified:
        return None


def test_databases_do_what_the_model_does() -> None:
    """Whatever a program does, a memory and a file database answer as the rules say."""
    run_state_machine_as_test(Agreement, settings=QUICK)


@pytest.mark.slow
def test_databases_do_what_the_model_does_in_long_programs() -> None:
    """The same over five times as many and longer programs."""
    run_state_machine_as_test(Agreement, settings=THOROUGH)
