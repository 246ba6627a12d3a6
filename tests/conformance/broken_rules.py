"""
Deliberately broken variants of the engine: one rule each, patched for the length of a test.

Each variant is a name that says what is broken, and a function that breaks it through
``monkeypatch``. A suite that does not notice one of them does not test that rule.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from docdb.encoding import compile as encoding_compile
from docdb.encoding import sortable
from docdb.queries import arithmetic, builder, cursors, operators, pagination, planner, ranges
from docdb.queries import compile as filter_compile
from docdb.tables import admission, creation, documents, table, writing
from docdb.transactions import transaction
from docdb.values import order
from docdb.values.kinds import Int64, Unset

__all__ = ["VARIANTS"]

Break = Callable[[pytest.MonkeyPatch], None]
VARIANTS: dict[str, Break] = {}


def breaks(rule: Break) -> Break:
    """Add a variant under its function's name."""
    VARIANTS[rule.__name__.replace("_", " ")] = rule
    return rule


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _encode_with(
    monkeypatch: pytest.MonkeyPatch, kind: type, encode: Callable[[Any], bytes]
) -> None:
    encoders = {**sortable.ENCODERS, kind: encode}
    for module in (sortable, encoding_compile):
        monkeypatch.setattr(module, "ENCODERS", encoders)


@breaks
def minus_zero_equals_zero_in_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """-0.0 and 0.0 share a key."""
    whole = sortable.ENCODERS[float]
    _encode_with(monkeypatch, float, lambda value: whole(value + 0.0))


@breaks
def minus_zero_equals_zero_in_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """-0.0 and 0.0 compare as IEEE 754 has it."""
    monkeypatch.setattr(filter_compile, "_is_ordinary_number", lambda value: type(value) is float)


@breaks
def absent_is_null_in_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing field has the key of null."""
    _encode_with(monkeypatch, Unset, lambda _: sortable.encode_value(None))


@breaks
def int64_sorts_as_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    """An int64 has the key of the float of the same number."""
    _encode_with(monkeypatch, Int64, lambda value: sortable.encode_value(float(value)))


@breaks
def strings_sort_by_utf16(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strings sort by UTF-16 units, as JavaScript has it."""

    def encode(value: str) -> bytes:
        return (
            b"\x10"
            + value.encode("utf-16-be", "surrogatepass").replace(b"\x00", b"\x00\xff")
            + b"\x00"
        )

    _encode_with(monkeypatch, str, encode)
    monkeypatch.setattr(encoding_compile, "ENCODERS", {**sortable.ENCODERS, str: encode})
    original = encoding_compile._defined
    monkeypatch.setattr(
        encoding_compile,
        "_defined",
        lambda name, lines, names: original(
            name,
            [line.replace("value.encode()", "ENCODERS[str](value)[1:-1]") for line in lines],
            names,
        ),
    )


@breaks
def ranges_stay_within_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lower bound alone ends where its kind ends."""
    original = ranges.scan_range

    def bracketed(clauses: Any, **about: Any) -> Any:
        scanned = original(clauses, **about)
        lower = [c for c in clauses if c.operator in ("gt", "gte") and c.field != "_id"]
        if len(lower) != 1 or any(c.operator in ("lt", "lte") for c in clauses):
            return scanned
        start, stop = scanned.keys
        head = len(stop) - 1
        return scanned._replace(
            keys=type(scanned.keys)(start, stop[:head] + bytes([start[head] + 1]))
        )

    monkeypatch.setattr(planner, "scan_range", bracketed)


@breaks
def gt_includes_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound of gt counts as one of gte."""
    monkeypatch.setattr(
        ranges.RangeBuilder, "gt", lambda self, field, value: self.gte(field, value)
    )


@breaks
def descending_order_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows always ascend."""
    from docdb.queries.request import Request

    monkeypatch.setattr(Request, "is_descending", property(lambda self: False))


@breaks
def ties_are_broken_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows with equal fields come in the order of their random bytes."""
    original = operators.runs

    def shuffled(*arguments: Any, **options: Any) -> Any:
        for run in original(*arguments, **options):
            pairs = sorted(
                zip(run.keys, run.documents, strict=True),
                key=lambda pair: (pair[0][:-17], pair[0][-7:]),
                reverse=arguments[1].request.is_descending,
            )
            yield operators.Run([key for key, _ in pairs], [row for _, row in pairs])

    monkeypatch.setattr(operators, "runs", shuffled)


@breaks
def a_patch_forgets_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field given as UNSET stays."""
    original = writing.plain_fields
    monkeypatch.setattr(
        writing,
        "plain_fields",
        lambda fields, table, keep_unset=False: original(fields, table),
    )


@breaks
def a_patch_merges_nested_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested objects are merged instead of replaced."""
    original = writing.DocumentWriter._rewrite

    def rewrite(self: Any, found: Any, document: Any) -> None:
        old = found[2]
        for name, value in document.items():
            if type(value) is dict and type(old.get(name)) is dict:
                document[name] = {**old[name], **value}
        original(self, found, document)

    monkeypatch.setattr(writing.DocumentWriter, "_rewrite", rewrite)


@breaks
def a_delete_leaves_index_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries outlive their document."""
    original = transaction.Transaction.put_all

    def put_all(self: Any, changes: Mapping[bytes, bytes | None], value_bytes: int) -> None:
        kept = {k: v for k, v in changes.items() if v is not None or k[:1] != b"I"}
        original(self, kept, value_bytes)

    monkeypatch.setattr(transaction.Transaction, "put_all", put_all)


@breaks
def own_writes_are_invisible_to_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan sees the store alone."""
    monkeypatch.setattr(
        transaction.Transaction, "_merge", lambda self, entries, span, *, reverse: entries
    )


@breaks
def a_failed_savepoint_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """An aborted transaction commits after all."""
    from docdb.queries.writer import Writer

    original = Writer.__exit__
    monkeypatch.setattr(
        Writer, "__exit__", lambda self, kind, error, trace: original(self, None, None, None)
    )


@breaks
def filters_take_anything_for_a_boolean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Truthiness decides, as in JavaScript."""
    monkeypatch.setattr(filter_compile, "boolean", bool)


@breaks
def filters_add_across_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """add() takes an int64 with a float64."""
    original = arithmetic.ARITHMETIC["add"]

    def add(left: Any, right: Any) -> Any:
        if {type(left), type(right)} == {Int64, float}:
            return float(left) + float(right)
        return original(left, right)

    monkeypatch.setitem(arithmetic.ARITHMETIC, "add", add)


@breaks
def integers_divide_towards_minus_infinity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Integer division rounds as Python's does."""
    monkeypatch.setitem(
        arithmetic.ARITHMETIC,
        "div",
        arithmetic._operation("divide", lambda a, b: a // b, arithmetic._float_divide),
    )


@breaks
def an_error_comes_before_its_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters run over all that was fetched, reached or not."""
    original = operators.take

    def take(documents: Any, plan: Any, number: int) -> Any:
        return (
            operators.collect(documents, plan)[:number]
            if plan.accepts
            else original(documents, plan, number)
        )

    monkeypatch.setattr(operators, "take", take)


@breaks
def nan_is_equal_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """NaN compares as IEEE 754 has it."""
    original = order.equal
    monkeypatch.setattr(
        filter_compile, "equal", lambda a, b: not _is_nan(a) and not _is_nan(b) and original(a, b)
    )


@breaks
def a_full_page_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is done when nothing follows, known or not."""
    original = pagination._status

    def done(walk: Any, options: Any) -> Any:
        walk.is_full = False
        return original(walk, options)

    page = pagination.Page
    monkeypatch.setattr(
        pagination,
        "Page",
        lambda rows, *, is_done, **more: page(rows, is_done=is_done or len(rows) == 1, **more),
    )


@breaks
def a_cursor_serves_every_query(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint of a query is not looked at."""
    right = cursors.Cursors.__init__

    def broken(self: cursors.Cursors, _fingerprint: str, *, secret: bytes) -> None:
        right(self, "", secret=secret)

    monkeypatch.setattr(cursors.Cursors, "__init__", broken)


@breaks
def a_cursor_includes_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page begins at the row that its cursor ended on."""
    monkeypatch.setattr(pagination, "successor", lambda key: key)


@breaks
def unique_takes_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """unique() does not look for a second."""
    monkeypatch.setattr(builder.Query, "unique", builder.Query.first)


@breaks
def documents_are_not_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any plain document passes."""
    monkeypatch.setattr(table, "compile_check", lambda validator, resolve: lambda document: True)


@breaks
def an_optional_field_takes_null(monkeypatch: pytest.MonkeyPatch) -> None:
    """A null counts as absent."""
    original = admission.check

    def lenient(validator: Any, document: Any, resolve: Any) -> Any:
        present = {name: value for name, value in document.items() if value is not None}
        return original(validator, present, resolve)

    monkeypatch.setattr(admission, "check", lenient)


@breaks
def system_fields_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """An _id or _creationTime of the user's is dropped in silence."""
    original = writing.plain_fields

    def drop(fields: Any, table: Any, **options: Any) -> Any:
        plain = original(fields, table, **options)
        return {name: plain[name] for name in plain if not name.startswith("_")}

    monkeypatch.setattr(writing, "plain_fields", drop)


@breaks
def documents_have_no_depth_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty levels pass."""
    monkeypatch.setattr(admission, "depth_of", lambda document: 1)


@breaks
def an_id_of_another_table_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table that the caller insists on is not compared."""
    original = documents.Documents.find
    monkeypatch.setattr(
        documents.Documents,
        "find",
        lambda self, id, expected=None, **options: original(self, id, **options),
    )


@breaks
def creation_times_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents of a transaction share a creation time."""
    original = creation.time_of
    monkeypatch.setattr(creation, "time_of", lambda bits: original(bits & ~0xFFFFFFFFFF))
