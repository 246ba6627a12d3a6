"""
What a schema may ask for beyond Convex, once more in plain Python: scans, and no index at all.

Documents are dictionaries in one dictionary for each table, by symbolic ids such as ``"#3"``; a
transaction is a copy of everything. Whatever a rule says about a document is asked of all of them.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from docdb import Schema, define_schema, define_table, v
from tests.model.expressions import Refused

__all__ = ["SCHEMA", "TABLES", "Rules"]

Document = dict[str, Any]

TABLES = ("people", "teams", "notes")


def is_led_or_below(team: Any) -> bool:
    """A team has a member, or a team above it."""
    return bool(team["members"]) or "parent" in team


SCHEMA: Schema = define_schema(
    {
        "people": define_table(
            {
                "email": v.optional(v.nullable(v.string())),
                "level": v.number(minimum=0, maximum=3, default=1),
                "expiresAt": v.optional(v.number()),
                "seen": v.number(),
            }
        )
        .index("by_email", ["email"], unique=True)
        .updated_at("seen")
        .ttl("expiresAt"),
        "teams": define_table(
            {
                "lead": v.optional(v.id("people", on_delete="restrict")),
                "members": v.array(v.id("people", on_delete="set_null"), max_items=3),
                "parent": v.optional(v.id("teams", on_delete="cascade")),
                "founder": v.optional(v.id("people", on_delete="cascade")),
            }
        )
        .index("by_members", ["members"], unique=True)
        .check("led_or_below", is_led_or_below),
        "notes": define_table(
            {
                "owner": v.union(v.id("people", on_delete="cascade"), v.null()),
                "about": v.optional(v.string()),
                "text": v.string(min_length=1),
            }
        )
        .index("by_owner_text", ["owner", "text"], unique=True)
        .reference("about", "teams", on_delete="set_null"),
    }
)


class Rules:
    """The model: methods raise ``Refused`` with the code of the error that docdb raises."""

    def __init__(self) -> None:
        self.now = 0.0
        self._stack: list[dict[str, dict[str, Document]]] = [{name: {} for name in TABLES}]

    @property
    def tables(self) -> dict[str, dict[str, Document]]:
        """Every table as the innermost transaction sees it."""
        return self._stack[-1]

    def begin(self) -> None:
        """Go on with a copy: a transaction, or a savepoint in it."""
        self._stack.append(deepcopy(self.tables))

    def abort(self) -> None:
        """Drop the copy."""
        self._stack.pop()

    def commit(self) -> None:
        """Keep the copy; at the end of the whole transaction every reference must be met."""
        is_whole = len(self._stack) == 2
        last = self._stack.pop()
        if is_whole and any(
            id not in last[table]
            for _, document in _all(last)
            for _, table, id, _ in _refs(document)
        ):
            raise Refused("ReferenceViolation")
        self._stack[-1] = last

    def insert(self, table: str, document: Document, id: str) -> str:
        """Insert a document with its defaults and stamp."""
        if table == "people":
            document = {"level": 1, **document, "seen": self.now}
        self._store(table, id, document)
        return id

    def patch(self, id: str, changes: Document) -> None:
        """Merge fields; None removes one that is not email or owner."""
        table, old = self._existing(id)
        new = {**old, **changes}
        removable = {name for name, value in changes.items() if value == "REMOVED"}
        new = {name: value for name, value in new.items() if name not in removable}
        self._change(table, id, new)

    def replace(self, id: str, document: Document) -> None:
        """Put a document in the place of another."""
        table, _ = self._existing(id)
        self._change(table, id, document)

    def upsert(self, document: Document, id: str) -> str:
        """Insert a person, or patch the one that has the e-mail address."""
        email = document.get("email")
        for known, other in self.tables["people"].items():
            if email is not None and other.get("email") == email:
                self.patch(known, document)
                return known
        return self.insert("people", document, id)

    def delete(self, id: str) -> None:
        """Delete a document with all that its referrers ask for, or refuse."""
        self._existing(id)
        doomed = {id}
        while more := {
            referrer
            for referrer, document in _all(self.tables)
            if referrer not in doomed
            and any(to in doomed and do == "cascade" for _, _, to, do in _refs(document))
        }:
            doomed |= more
        stay = [(each, document) for each, document in _all(self.tables) if each not in doomed]
        if any(to in doomed and do == "restrict" for _, d in stay for _, _, to, do in _refs(d)):
            raise Refused("ReferenceViolation")
        changed = [(each, d, _let_go(d, doomed)) for each, d in stay]
        changed = [(each, new) for each, old, new in changed if new != old]
        for each, new in changed:
            _check(self._table_of(each), new)
        self.begin()
        try:
            for rows in self.tables.values():
                for each in doomed:
                    rows.pop(each, None)
            for each, new in changed:
                self._store(self._table_of(each), each, new)
        except Refused:
            self.abort()
            raise
        last = self._stack.pop()
        self._stack[-1] = last

    def sweep(self) -> None:
        """Delete the people whose time has come, the earliest first; those held stay."""
        times = {
            id: person["expiresAt"]
            for id, person in self.tables["people"].items()
            if person.get("expiresAt", self.now + 1) <= self.now
        }
        for id in sorted(times, key=lambda each: (times[each], int(each[1:]))):
            try:
                self.delete(id)
            except Refused:
                continue

    def _existing(self, id: str) -> tuple[str, Document]:
        for table, rows in self.tables.items():
            if id in rows:
                return table, rows[id]
        raise Refused("DocumentNotFound")

    def _table_of(self, id: str) -> str:
        return self._existing(id)[0]

    def _change(self, table: str, id: str, new: Document) -> None:
        if new == self.tables[table][id]:
            return
        if table == "people":
            new = {**new, "seen": self.now}
        self._store(table, id, new)

    def _store(self, table: str, id: str, document: Document) -> None:
        _check(table, document)
        key = _unique_key(table, document)
        for other, held in self.tables[table].items():
            if other != id and key is not None and _unique_key(table, held) == key:
                raise Refused("UniqueViolation")
        self.tables[table][id] = document


def _all(tables: dict[str, dict[str, Document]]) -> Iterator[tuple[str, Document]]:
    for rows in tables.values():
        yield from rows.items()


def _refs(document: Document) -> Iterator[tuple[str, str, str, str]]:
    """Yield field, table, id and action of each reference of a document of any table."""
    if document.get("lead"):
        yield "lead", "people", document["lead"], "restrict"
    for member in document.get("members", ()):
        yield "members", "people", member, "set_null"
    if document.get("parent"):
        yield "parent", "teams", document["parent"], "cascade"
    if document.get("founder"):
        yield "founder", "people", document["founder"], "cascade"
    if document.get("owner"):
        yield "owner", "people", document["owner"], "cascade"
    if "about" in document:
        yield "about", "teams", document["about"], "set_null"


def _let_go(document: Document, doomed: set[str]) -> Document:
    new = {**document}
    if "members" in new:
        new["members"] = [each for each in new["members"] if each not in doomed]
    if new.get("about") in doomed:
        del new["about"]
    return new


def _check(table: str, document: Document) -> None:
    """Refuse a document that its table may not hold; drawn ones are wrong in these ways alone."""
    if table == "people":
        is_sound = "level" in document and 0 <= document["level"] <= 3
    elif table == "teams":
        members = document.get("members")
        is_sound = members is not None and len(members) <= 3 and is_led_or_below(document)
    else:
        is_sound = document.get("text", "") != "" and "owner" in document
    if not is_sound:
        raise Refused("ValidationError")


def _unique_key(table: str, document: Document) -> Any:
    fields = {"people": ("email",), "teams": ("members",), "notes": ("owner", "text")}[table]
    key = [document.get(field) for field in fields]
    return None if None in key else key
