"""
What may become a stored document: plain form, system fields, schema and size.

Rules of this file: bad input ends here, with an error that names the table and the path; what
leaves is in plain form (exact types, copied from the caller's) and within every limit of
``limits`` that a document has.

Cost: these are the slow forms. A document that the generated check of its table accepts passes
through none of them.
"""

from collections.abc import Mapping
from typing import cast

from docdb import limits
from docdb.encoding.packed import Document
from docdb.errors import InvalidDocument, shown
from docdb.schema.checking import check, validation_error
from docdb.schema.defaults import fill_defaults
from docdb.schema.table_rules import broken_check
from docdb.tables.documents import Found
from docdb.tables.table import StoredTable
from docdb.values.kinds import UNSET, Unset, Value, normalize
from docdb.values.order import equal
from docdb.values.sizes import depth_of, document_size

__all__ = [
    "SYSTEM_FIELDS",
    "admitted",
    "admitted_again",
    "admitted_new",
    "check_size",
    "may_be_too_large",
    "plain_fields",
    "stamped",
    "without_own_system_fields",
]

SYSTEM_FIELDS = ("_id", "_creationTime")
# A float of nine bytes can be a packed integer of one, and no other value shrinks more; so a
# record below this, of a document with few names, cannot exceed limits.DOCUMENT_BYTES_MAX.
_SURELY_SMALL_BYTES = 1 << 16
_SURELY_FEW_NAMES = 256

assert (
    9 * _SURELY_SMALL_BYTES + _SURELY_FEW_NAMES * (limits.FIELD_NAME_BYTES_MAX + 1)
    < limits.DOCUMENT_BYTES_MAX
)


def admitted_new(table: StoredTable, document: Mapping[str, object], *, now: float) -> Document:
    """Return a new document in plain form, with defaults and stamps, if its table may hold it."""
    if table.is_completed:
        document = _completed(table, document, now=now)
    given = cast("Document", document)
    if type(document) is dict and table.accepts(given):
        plain = given
    else:
        plain = admitted(table, plain_fields(cast("Mapping[str, object]", given), table.name))
    if table.rules.checks:
        _check_rules(table, plain)
    return plain


def admitted_again(table: StoredTable, document: Document, *, now: float) -> Document:
    """Return a new version of a document with its stamp, if its table may hold it."""
    document = stamped(table, document, now=now)
    if not table.accepts(document):
        document = admitted(table, document)
    if table.rules.checks:
        _check_rules(table, document)
    return document


def stamped(table: StoredTable, document: Document, *, now: float) -> Document:
    """Return a new version of a document with the time of its change, if its table keeps one."""
    stamp = table.rules.updated_at_field
    return document if stamp is None else {**document, stamp: now}


def plain_fields(
    fields: Mapping[str, object], table: str | None, *, keep_unset: bool = False
) -> dict[str, Value | Unset]:
    """Return fields in plain form: copied, of exact types, within the limits of values."""
    if not isinstance(fields, Mapping):
        raise InvalidDocument(
            f"a document is a mapping from field names to values, found {shown(fields)}",
            table=table,
        )
    removed: dict[str, Value | Unset] = {}
    if keep_unset:
        removed = {name: UNSET for name, value in fields.items() if value is UNSET}
    try:
        plain = normalize(fields, depth_max=limits.VALUE_DEPTH_MAX)
    except InvalidDocument as error:
        error.table = table
        raise
    return {**cast("Document", plain), **removed}


def without_own_system_fields(
    fields: dict[str, Value | Unset], found: Found
) -> dict[str, Value | Unset]:
    """Drop system fields that say what is so anyway; refuse those that say otherwise."""
    table, _, document = found
    for name in SYSTEM_FIELDS:
        if name in fields:
            given = fields[name]
            if not isinstance(given, Unset) and not equal(given, document[name]):
                raise InvalidDocument(
                    f"{name} of document {document['_id']!r} is"
                    f" {shown(document[name])} and cannot become {shown(given)}",
                    hint=f"leave {name} out: the database keeps it",
                    table=table.name,
                    path=name,
                )
    return {name: value for name, value in fields.items() if name not in SYSTEM_FIELDS}


def admitted(table: StoredTable, document: Mapping[str, Value | Unset]) -> Document:
    """Return a plain document that its table may hold, or say why it may not."""
    for name in document:
        if name.startswith("_"):
            raise InvalidDocument(
                f"field {name!r} is given in a document of table {table.name!r}: names that begin"
                " with an underscore belong to the system",
                hint="leave it out, or choose another name",
                table=table.name,
                path=name,
            )
    if len(document) > limits.OBJECT_FIELDS_MAX - limits.SYSTEM_FIELDS:
        raise InvalidDocument(
            f"a document of table {table.name!r} has {len(document)} fields, the limit is"
            f" {limits.OBJECT_FIELDS_MAX - limits.SYSTEM_FIELDS} beside the system's two",
            hint="keep variable names in a nested object or an array",
            table=table.name,
        )
    depth = depth_of(cast("Document", document))
    if depth > limits.DOCUMENT_DEPTH_MAX:
        raise InvalidDocument(
            f"a document of table {table.name!r} has {depth} levels of arrays and objects, the"
            f" limit is {limits.DOCUMENT_DEPTH_MAX}",
            hint="keep deep structures in documents of their own, or as text",
            table=table.name,
        )
    problem = check(table.validator, document, table.resolve)
    if problem is not None:
        raise validation_error(table.name, problem)
    return cast("Document", document)


def may_be_too_large(record: bytes, document: Document) -> bool:
    """Tell whether the exact size of a packed document must be computed."""
    return len(record) > _SURELY_SMALL_BYTES or len(document) > _SURELY_FEW_NAMES


def _completed(
    table: StoredTable, document: Mapping[str, object], *, now: float
) -> Mapping[str, object]:
    """Return a new document with its defaults and stamps; whatever else it is stays."""
    given: object = document
    if not isinstance(given, Mapping):
        return document
    document = fill_defaults(table.validator, document)
    stamps = (table.rules.created_at_field, table.rules.updated_at_field)
    return {**document, **{field: now for field in stamps if field is not None}}


def _check_rules(table: StoredTable, document: Document) -> None:
    """Refuse a valid document that breaks a condition over several of its fields."""
    problem = broken_check(table.rules, document)
    if problem is not None:
        raise validation_error(table.name, problem)


def check_size(table: StoredTable, document: Document) -> None:
    """Refuse a document beyond the size limit, system fields counted."""
    size = document_size(document)
    if size > limits.DOCUMENT_BYTES_MAX:
        raise InvalidDocument(
            f"a document of table {table.name!r} has {size:,} bytes, the limit is"
            f" {limits.DOCUMENT_BYTES_MAX:,}",
            hint="split it over several documents, or keep large data in file storage",
            table=table.name,
        )
