"""
All rules at once: unique keys, defaults, stamps, conditions, references and expiry.

A database in memory, one in a file, and the model do the same steps, inside and outside of
transactions and savepoints, and after each of them all three hold the same documents.
"""

from contextlib import ExitStack
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

import docdb
from docdb import UNSET, DocdbError
from tests.model.expressions import Refused
from tests.model.rules import SCHEMA, TABLES, Rules

COMMON = {
    "deadline": None,
    "report_multiple_bugs": False,
    "suppress_health_check": list(HealthCheck),
}
QUICK = settings(max_examples=60, stateful_step_count=30, **COMMON)
THOROUGH = settings(max_examples=2000, stateful_step_count=50, **COMMON)

# A number below stands for one of the documents there ever were; nobody has the last one.
numbers = st.integers(0, 30)
people = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["a", "b", None]),
        "level": st.sampled_from([0, 1, 2, 3, 4]),
        "expiresAt": st.sampled_from([1, 2, 99]),
    },
)
teams = st.fixed_dictionaries(
    {"members": st.lists(numbers, max_size=2) | st.lists(numbers, max_size=4)},
    optional={"lead": numbers, "parent": numbers, "founder": numbers},
)
notes = st.fixed_dictionaries(
    {"owner": numbers | st.none(), "text": st.sampled_from(["x", "y", "z", ""])},
    optional={"about": numbers},
)
DRAWN = {"people": people, "teams": teams, "notes": notes}
BEGINNING = [
    ("people", {"email": "a"}),
    ("people", {"email": "b", "expiresAt": 3}),
    ("people", {"email": None, "expiresAt": 2}),
    ("teams", {"lead": "#1", "members": ["#2", "#3"]}),
    ("teams", {"members": ["#3"], "parent": "#4"}),
    ("teams", {"members": ["#1"], "parent": "#5", "founder": "#3"}),
    ("notes", {"owner": "#3", "text": "y", "about": "#6"}),
    ("notes", {"owner": "#3", "text": "x"}),
]
REFERRED = {
    "members": "people",
    "lead": "people",
    "parent": "teams",
    "founder": "people",
    "owner": "people",
    "about": "teams",
}


class Twin:
    """One database beside the model: symbolic ids become its own, and back."""

    def __init__(self, place: str, clock: Any) -> None:
        self._place = place
        self._clock = clock
        self._ids: dict[str, str] = {}
        self._tx: docdb.Writer | None = None
        self._open: list[ExitStack] = []
        self.reopen()

    def reopen(self) -> None:
        """Close a file and open it again; a database in memory stays."""
        if self._place != ":memory:" and hasattr(self, "db"):
            assert self.db.check() == []
            self.db.close()
        if self._place != ":memory:" or not hasattr(self, "db"):
            self.db = docdb.open(self._place, SCHEMA, durability="unsafe", clock=self._clock)

    def begin(self) -> None:
        """Begin a transaction, or a savepoint in it."""
        stack = ExitStack()
        if self._tx is None:
            self._tx = stack.enter_context(self.db.write())
        else:
            stack.enter_context(self._tx.nested())
        self._open.append(stack)

    def commit(self) -> None:
        """End the innermost of them."""
        stack = self._open.pop()
        if not self._open:
            self._tx = None
        stack.close()

    def abort(self) -> None:
        """End it by an exception."""
        stack = self._open.pop()
        if not self._open:
            self._tx = None
        error = ValueError("stop")
        stack.__exit__(ValueError, error, None)

    def call(self, method: str, *arguments: Any) -> Any:
        """Do a step inside the transaction that is open, or one of its own."""
        if self._tx is not None:
            return getattr(self, method)(self._tx, *arguments)
        with self.db.write() as tx:
            return getattr(self, method)(tx, *arguments)

    def insert(self, tx: docdb.Writer, table: str, document: Any, id: str) -> str:
        self._ids[id] = tx.insert(table, self._actual(document))
        return id

    def patch(self, tx: docdb.Writer, id: str, changes: Any) -> None:
        tx.patch(self._id(id), self._actual(changes))

    def replace(self, tx: docdb.Writer, id: str, document: Any) -> None:
        tx.replace(self._id(id), self._actual(document))

    def upsert(self, tx: docdb.Writer, document: Any, id: str) -> str:
        found = tx.upsert("people", self._actual(document), by="by_email")
        known = {actual: symbol for symbol, actual in self._ids.items()}
        self._ids.setdefault(known.get(found, id), found)
        return known.get(found, id)

    def delete(self, tx: docdb.Writer, id: str) -> None:
        tx.delete(self._id(id))

    def contents(self) -> dict[str, dict[str, Any]]:
        """Return every document by symbolic ids, as the innermost transaction sees them."""
        reader = self._tx or self.db
        known = {actual: symbol for symbol, actual in self._ids.items()}
        return {
            table: {
                known[row["_id"]]: _mapped(fields(row), known)
                for row in reader.query(table).collect()
            }
            for table in TABLES
        }

    def _id(self, symbol: str) -> str:
        return self._ids.get(symbol, symbol)

    def _actual(self, document: Any) -> Any:
        return _mapped(document, {**self._ids, "REMOVED": UNSET})


def fields(row: Any) -> dict[str, Any]:
    """A document without its system fields."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _mapped(value: Any, names: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [_mapped(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


class AllRules(RuleBasedStateMachine):
    """Does everything three times and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory(prefix="docdb-")
        self.model = Rules()
        self.count = 0
        self.depth = 0
        self.ever: dict[str, list[str]] = {table: [] for table in TABLES}
        self.twins: list[Twin] = []

    @initialize()
    def open(self) -> None:
        """Open both databases, and begin with some people."""
        places = (":memory:", f"{self.directory.name}/rules.docdb")
        self.twins = [Twin(place, lambda: self.model.now) for place in places]
        self.model.now = 1.0
        for table, document in BEGINNING:
            self.insert_one(table, document)

    def agree(self, method: str, *arguments: Any) -> Any:
        """Do one step everywhere, and compare outcomes and contents."""
        expected = outcome(self.step_of_model, method, *arguments)
        for twin in self.twins:
            assert outcome(twin.call, method, *arguments) == expected, (method, arguments)
            assert twin.contents() == self.model.tables, (method, arguments)
        return expected

    def step_of_model(self, method: str, *arguments: Any) -> Any:
        """Do a step on a copy, and keep it unless it is refused."""
        self.model.begin()
        try:
            answer = getattr(self.model, method)(*arguments)
        except Refused:
            self.model.abort()
            raise
        self.model.commit()
        return answer

    def meant(self, document: Any) -> Any:
        """Give the drawn numbers of a document their meaning: documents that once were there."""
        meant: dict[str, Any] = {}
        for name, value in document.items():
            known = self.ever.get(REFERRED.get(name, ""), [])[-5:]
            if name == "members":
                meant[name] = [known[each % len(known)] for each in value]
            elif isinstance(value, int) and name in REFERRED:
                # A text that is no id is refused in a string field alone.
                refers = known[value % len(known)] if known else "no id"
                meant |= {name: refers} if known or name == "about" else {}
            else:
                meant[name] = value
        return meant

    def insert_one(self, table: str, document: Any) -> None:
        """Insert a document, whose number counts even if it is refused."""
        self.count += 1
        answer = self.agree("insert", table, document, f"#{self.count}")
        if answer[0] == "answer":
            self.ever[table].append(answer[1])

    @rule(table=st.sampled_from(TABLES), data=st.data())
    def insert(self, table: str, data: st.DataObject) -> None:
        """Insert what may be refused."""
        self.insert_one(table, self.meant(data.draw(DRAWN[table])))

    @rule(number=numbers, kind=st.sampled_from(["patch", "replace"]), data=st.data())
    def change(self, number: int, kind: str, data: st.DataObject) -> None:
        """Change one of the documents that are there, in ways that may be refused."""
        there = [(table, id) for table in TABLES for id in self.model.tables[table]]
        table, id = there[number % len(there)] if there else ("people", "#1")
        document = self.meant(data.draw(DRAWN[table]))
        if kind == "replace" and table == "people":
            document = {"level": 2, **document, "seen": 0.0}
        if kind == "patch" and data.draw(st.booleans()):
            names = sorted({"email", "expiresAt", "lead", "founder", "about"} & set(document))
            document |= dict.fromkeys(names[:1], "REMOVED")
        if there:
            self.agree(kind, id, document)

    @rule(document=people)
    def upsert(self, document: Any) -> None:
        """Insert a person unless the address is taken."""
        self.count += 1
        answer = self.agree("upsert", document, f"#{self.count}")
        if answer[0] == "answer":
            self.ever["people"].append(answer[1])

    @rule(number=numbers)
    def delete(self, number: int) -> None:
        """Delete one of the documents that are there, with all that follows."""
        there = [id for rows in self.model.tables.values() for id in rows]
        if there:
            self.agree("delete", there[number % len(there)])

    @rule(seconds=st.sampled_from([0.5, 1.0]))
    def sweep(self, seconds: float) -> None:
        """Let time pass between transactions, and expired people go."""
        if self.depth:
            return
        self.model.now += seconds
        self.model.sweep()
        for twin in self.twins:
            twin.db.sweep()
            assert twin.contents() == self.model.tables

    @rule(kind=st.sampled_from(["begin", "commit", "abort", "begin", "reopen"]))
    def turn(self, kind: str) -> None:
        """Begin or end a transaction or a savepoint, or open the file anew."""
        if kind == "begin" and self.depth < 3:
            self.everywhere("begin")
            self.depth += 1
        elif kind in ("commit", "abort") and self.depth:
            self.everywhere(kind)
            self.depth -= 1
        elif kind == "reopen" and not self.depth:
            for twin in self.twins:
                twin.reopen()

    def everywhere(self, method: str) -> None:
        """Do a turn everywhere, and compare what is there then."""
        expected = outcome(getattr(self.model, method))
        for twin in self.twins:
            assert outcome(getattr(twin, method)) == expected
            assert twin.contents() == self.model.tables

    def teardown(self) -> None:
        """Both databases must be sound."""
        while self.depth:
            self.turn_back()
        findings = [twin.db.check() for twin in self.twins]
        for twin in self.twins:
            twin.db.close()
        self.directory.cleanup()
        assert not any(findings)

    def turn_back(self) -> None:
        """Abort what is still open."""
        self.everywhere("abort")
        self.depth -= 1


def outcome(method: Any, *arguments: Any) -> Any:
    """Return ``("answer", ...)`` or ``("error", code)``."""
    try:
        return ("answer", method(*arguments))
    except Refused as refusal:
        return ("error", refusal.code)
    except DocdbError as error:
        return ("error", error.code)


def test_databases_keep_all_rules_as_the_model_does() -> None:
    """Whatever a program does, both databases hold what the rules allow, and nothing else."""
    run_state_machine_as_test(AllRules, settings=QUICK)


@pytest.mark.slow
def test_databases_keep_all_rules_in_long_programs() -> None:
    """The same over many more and longer programs."""
    run_state_machine_as_test(AllRules, settings=THOROUGH)
