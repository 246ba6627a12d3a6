"""
Replay one recorded program against an adapter and say where it first differs.

How it works: names stand in a program for what only a run can know (ids, creation times,
cursors). A ``_Names`` ledger learns them as the run goes on; each step is resolved through it
before it is performed, and each expected outcome before it is compared. Both sides are then
Convex JSON with real ids in it, and are equal exactly when their canonical texts are: ``1.0``,
``true`` and ``-0.0`` are three different things.

Beside the outcomes a run checks what no outcome says: an inserted document can be read at once,
creation times are positive, grow with every insert and never change, and an id is never given
out twice.
"""

import json
import operator
from collections.abc import Callable
from typing import Protocol

from tests.conformance.programs import Json, Program, Step

__all__ = ["Adapter", "Difference", "Operations", "replay"]

_SHOWN_CHARACTERS_MAX = 800


class Operations(Protocol):
    """What steps do to a database or to an open transaction; all values are Convex JSON."""

    def insert(self, table: str, value: Json) -> str:
        """Insert a document and return its id."""
        ...

    def get(self, document_id: str, *, table: str | None = None) -> Json:
        """Return a document or None."""
        ...

    def patch(self, document_id: str, value: Json, *, table: str | None = None) -> None:
        """Merge fields into a document."""
        ...

    def replace(self, document_id: str, value: Json, *, table: str | None = None) -> None:
        """Replace the fields of a document."""
        ...

    def delete(self, document_id: str, *, table: str | None = None) -> None:
        """Delete a document."""
        ...

    def normalize_id(self, table: str, text: str) -> str | None:
        """Return the text if it is an id of the table, else None."""
        ...

    def storage_id(self) -> str:
        """Return a fresh id of ``_storage``."""
        ...

    def query(self, request: Json) -> Json:
        """Return what a query in the client's form finds."""
        ...


class Adapter(Operations, Protocol):
    """A database that starts empty; its own operations are transactions of their own."""

    def open(self, schema: Json) -> None:
        """Open an empty database with a schema in Convex's JSON."""
        ...

    def transaction(self, body: Callable[[Operations], None]) -> None:
        """Run the body in one transaction, which its exceptions abort."""
        ...

    def error_kind(self, error: Exception) -> str:
        """Return the kind of an error."""
        ...

    def close(self) -> None:
        """Close the database."""
        ...


class Difference(AssertionError):
    """A step did not do what was recorded."""


class _Abort(Exception):
    """Raised through a transaction that its program rolls back."""


def replay(program: Program, adapter: Adapter) -> int:
    """
    Run a program on a fresh database and return the number of outcomes compared.

    Raises:
        Difference: A step's outcome is not the recorded one; the message shows program, step,
            expected and actual outcome.
    """
    run = _Run(program, adapter)
    adapter.open(program.schema)
    for number, step in enumerate(program.steps):
        if step["op"] == "transaction":
            run.transaction(step, place=str(number))
        else:
            run.check(adapter, step, place=str(number))
    return run.compared


class _Names:
    """What the names in a program stand for in this run."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.name_of: dict[str, str] = {}
        self.creation_times: dict[str, float] = {}
        self.cursors: dict[str | None, str | None] = {None: None}
        self.last_creation_time = 0.0

    def bind(self, name: str, document_id: str) -> None:
        if document_id in self.name_of:
            raise Difference(f"the id {document_id!r} was given out twice")
        self.ids[name] = document_id
        self.name_of[document_id] = name

    def created(self, name: str, creation_time: float) -> None:
        if not creation_time > self.last_creation_time:
            raise Difference(f"creation times do not increase: {creation_time!r} for {name}")
        self.last_creation_time = creation_time
        self.creation_times[name] = creation_time

    def resolve(self, form: Json) -> Json:
        """Return the form with every name and shorthand replaced by what it stands for."""
        if isinstance(form, list):
            return [self.resolve(each) for each in form]
        if not isinstance(form, dict):
            return form
        if len(form) == 1:
            ((mark, operand),) = form.items()
            if mark in _SHORTHANDS:
                return _SHORTHANDS[mark](self, operand)
        return {self._resolve_key(key): self.resolve(each) for key, each in form.items()}

    def _resolve_key(self, key: str) -> str:
        return self.ids[key.removeprefix("$ref:")] if key.startswith("$ref:") else key

    def repeat(self, operand: Json) -> Json:
        value, count = self.resolve(operand[0]), int(operand[1])
        return value * count if isinstance(value, str) else [value] * count

    def nest(self, operand: Json) -> Json:
        value = self.resolve(operand[0])
        for _ in range(int(operand[1])):
            value = [value]
        return value


_SHORTHANDS: dict[str, Callable[[_Names, Json], Json]] = {
    "$ref": lambda names, name: names.ids[name],
    "$creationTime": lambda names, name: names.creation_times[name],
    "$repeat": _Names.repeat,
    "$nest": _Names.nest,
    "$manyFields": lambda _, count: {f"f{i}": float(i) for i in range(int(count))},
}


class _Run:
    """One program on its way through one adapter."""

    def __init__(self, program: Program, adapter: Adapter) -> None:
        self.program = program
        self.adapter = adapter
        self.names = _Names()
        self.compared = 0

    def transaction(self, step: Step, *, place: str) -> None:
        """Run the nested steps as one transaction, which commits unless the step aborts."""

        def body(operations: Operations) -> None:
            for number, nested in enumerate(step["steps"]):
                self.check(operations, nested, place=f"{place}.{number}")
            if step["abort"]:
                raise _Abort

        committed = True
        try:
            self.adapter.transaction(body)
        except _Abort:
            committed = False
        self._compare(step, {"committed": committed}, place=place)

    def check(self, operations: Operations, step: Step, *, place: str) -> None:
        """Perform one step and compare its outcome with the recorded one."""
        cause = None
        try:
            outcome = _PERFORM[step["op"]](self, operations, step)
        except Difference as difference:
            raise Difference(f"{self.program.id}, step {place}: {difference}") from None
        except Exception as error:  # noqa: BLE001 - an unexpected error is an outcome too
            outcome, cause = {"error": self.adapter.error_kind(error)}, error
        self._compare(step, outcome, place=place, cause=cause)

    def _compare(
        self, step: Step, outcome: Json, *, place: str, cause: Exception | None = None
    ) -> None:
        self.compared += 1
        expected = self._expected(step)
        if _canonical(expected) == _canonical(outcome):
            return
        lines = {
            "step": {key: each for key, each in step.items() if key not in ("expect", "steps")},
            "expected": expected,
            "actual": outcome,
            "because": None if cause is None else f"{type(cause).__name__}: {cause}",
        }
        text = "".join(f"\n  {name:<9} {_shown(form)}" for name, form in lines.items() if form)
        raise Difference(f"{self.program.id}, step {place}{text}") from cause

    def _expected(self, step: Step) -> Json:
        """Return the recorded outcome with real ids, sorted where the step says unordered."""
        expect = step["expect"]
        if "error" in expect:
            return expect
        if step["op"] == "insert" and step["bind"] not in self.names.ids:
            return {"value": "a new id"}
        outcome = self.names.resolve(expect)
        if "ids" in outcome:
            outcome["ids"] = [self.names.ids[name] for name in outcome["ids"]]
        return _sorted_by_id(outcome) if step.get("unordered") else outcome

    def insert(self, operations: Operations, step: Step) -> Json:
        document_id = operations.insert(step["table"], self.names.resolve(step["value"]))
        self.names.bind(step["bind"], document_id)
        document = operations.get(document_id)
        if document is None:
            raise Difference("an inserted document cannot be read")
        self.names.created(step["bind"], document["_creationTime"])
        return {"value": document_id}

    def get(self, operations: Operations, step: Step) -> Json:
        document_id = self.names.resolve(step["id"])
        return {"value": self._seen(operations.get(document_id, **_explicit_table(step)))}

    def patch(self, operations: Operations, step: Step) -> Json:
        document_id, value = self.names.resolve([step["id"], step["value"]])
        operations.patch(document_id, value, **_explicit_table(step))
        return {"value": None}

    def replace(self, operations: Operations, step: Step) -> Json:
        document_id, value = self.names.resolve([step["id"], step["value"]])
        operations.replace(document_id, value, **_explicit_table(step))
        return {"value": None}

    def delete(self, operations: Operations, step: Step) -> Json:
        operations.delete(self.names.resolve(step["id"]), **_explicit_table(step))
        return {"value": None}

    def normalize_id(self, operations: Operations, step: Step) -> Json:
        text = self.names.resolve(step["id"])
        return {"value": operations.normalize_id(step["table"], text)}

    def storage_id(self, operations: Operations, step: Step) -> Json:
        self.names.bind(step["bind"], operations.storage_id())
        return {"value": self.names.ids[step["bind"]]}

    def query(self, operations: Operations, step: Step) -> Json:
        parts = ("table", "index", "range", "order", "filters", "search")
        request = {part: self.names.resolve(step[part]) for part in parts if part in step}
        request["terminator"] = terminator = self._terminator(step["terminator"])
        answer = operations.query(request)
        if terminator in ("first", "unique"):
            return {"value": self._seen(answer)}
        if isinstance(terminator, dict) and "paginate" in terminator:
            self.names.cursors[step["bindCursor"]] = answer["continueCursor"]
            return {**self._listed(step, answer["page"]), "isDone": answer["isDone"]}
        return self._listed(step, answer)

    def _terminator(self, terminator: Json) -> Json:
        if "take" in terminator:
            return {"take": _whole(terminator["take"])}
        if "paginate" in terminator:
            asked = terminator["paginate"]
            items, cursor = _whole(asked["numItems"]), self.names.cursors[asked["cursor"]]
            return {"paginate": {"numItems": items, "cursor": cursor}}
        return terminator

    def _listed(self, step: Step, documents: list[Json]) -> Json:
        seen = [self._seen(each) for each in documents]
        whole = step.get("full")
        outcome = {"docs": seen} if whole else {"ids": [each["_id"] for each in seen]}
        return _sorted_by_id(outcome) if step.get("unordered") else outcome

    def _seen(self, document: Json) -> Json:
        """Check the creation time of a document and return the rest of it."""
        if document is None:
            return None
        creation_time = document["_creationTime"]
        known = self.names.creation_times[self.names.name_of[document["_id"]]]
        if type(creation_time) is not float or creation_time != known:
            raise Difference(f"_creationTime was {known!r} and is {creation_time!r}")
        return {key: each for key, each in document.items() if key != "_creationTime"}


_PERFORM: dict[str, Callable[[_Run, Operations, Step], Json]] = {
    "insert": _Run.insert,
    "get": _Run.get,
    "patch": _Run.patch,
    "replace": _Run.replace,
    "delete": _Run.delete,
    "normalizeId": _Run.normalize_id,
    "storageId": _Run.storage_id,
    "query": _Run.query,
}


def _explicit_table(step: Step) -> dict[str, str]:
    return {"table": step["withTable"]} if "withTable" in step else {}


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _sorted_by_id(outcome: Json) -> Json:
    if "ids" in outcome:
        return {**outcome, "ids": sorted(outcome["ids"])}
    return {**outcome, "docs": sorted(outcome["docs"], key=operator.itemgetter("_id"))}


def _canonical(outcome: Json) -> str:
    return json.dumps(outcome, sort_keys=True)


def _shown(form: Json) -> str:
    text = json.dumps(form, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS_MAX else text[:_SHOWN_CHARACTERS_MAX] + " …"
