"""
Hypothesis strategies: documents, ids and index ranges of a schema, and any value.

::

    @given(st.data())
    def test_a_new_user_is_found_by_email(data):
        user = data.draw(strategies.documents(schema, "users"))
        ...

Rules of this file:

- Whatever is made from a schema can be made from a database as well, and then refers to the
  documents that are in it at that moment. A strategy never looks again.
- Hypothesis is no dependency of docdb: it is imported when a strategy is asked for, by the
  ``drawn_*`` modules, which hold the strategies themselves.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from docdb import limits
from docdb.database import Database
from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument, shown
from docdb.schema.definition import Schema
from docdb.testing.index_range import IndexRange
from docdb.testing.sources import Source, source_of
from docdb.values.kinds import Value

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "documents",
    "foreign_ids",
    "ids",
    "index_ranges",
    "malformed_ids",
    "missing_ids",
    "values",
]


def values(*, max_depth: int = 3) -> "SearchStrategy[Value]":
    """
    Return values of every kind in plain form, as they come back from the database.

    Args:
        max_depth: How many levels of arrays and objects there may be; a scalar has none.

    Raises:
        InvalidArgument: The depth is none that a value can have.
    """
    _require_hypothesis()
    from docdb.testing import drawn_values

    is_whole = isinstance(max_depth, int) and not isinstance(max_depth, bool)
    if not is_whole or not 0 <= max_depth <= limits.VALUE_DEPTH_MAX:
        raise InvalidArgument(
            f"max_depth is {shown(max_depth)}, expected a whole number from 0 to"
            f" {limits.VALUE_DEPTH_MAX}"
        )
    return drawn_values.values(max_depth)


def documents(
    source: Schema | Database,
    table: str,
    *,
    ids: Mapping[str, Sequence[str]] | None = None,
    component: str = "",
) -> "SearchStrategy[Document]":
    """
    Return documents that a table accepts, system fields left out.

    Unique indexes are not looked at: an insert may still raise ``UniqueViolation``.

    Args:
        source: The schema; or the database, whose documents are then referred to.
        table: The table. One that a database does not declare accepts every document.
        ids: What to refer to instead, by table.
        component: The component of the schema that has the table.

    Raises:
        UnknownTable: There is no such table or component.
        InvalidArgument: An argument is none of those above; or, when drawn from, no document can
            be made, since it would have to refer to a document of a table that has none.
    """
    _require_hypothesis()
    from docdb.testing import drawn_documents

    return drawn_documents.documents(source_of(source, component, ids), table)


def ids(database: Database, table: str, *, component: str = "") -> "SearchStrategy[str]":
    """
    Return ids of documents that are in a table.

    Raises:
        UnknownTable: There can be no such table.
        InvalidArgument: The table is empty.
    """
    _require_hypothesis()
    from hypothesis.strategies import sampled_from

    known = _known(database, table, component).ids(table)
    if not known:
        raise InvalidArgument(f"table {table!r} is empty", hint="insert a document first")
    return sampled_from(known)


def missing_ids(
    source: Schema | Database, table: str, *, component: str = ""
) -> "SearchStrategy[str]":
    """
    Return ids of a table under which there is no document, as those of deleted ones.

    Raises:
        UnknownTable: There can be no such table.
        InvalidArgument: The table has never been written to, so that no id could be of it.
    """
    _require_hypothesis()
    from docdb.testing import drawn_ids

    known = _known(source, table, component)
    number = known.number(table)
    if number is None:
        raise InvalidArgument(
            f"table {table!r} does not exist yet, so that no id is of it",
            hint="declare it in the schema, or insert a document first",
        )
    return drawn_ids.missing_ids(number, known.ids(table) or ())


def foreign_ids(
    source: Schema | Database, table: str, *, component: str = ""
) -> "SearchStrategy[str]":
    """
    Return ids of other tables than one: of documents, of none, and of tables that do not exist.

    ``get(id, table=table)`` raises ``TableMismatch`` for each of them.

    Raises:
        UnknownTable: There can be no such table.
    """
    _require_hypothesis()
    from docdb.testing import drawn_ids

    return drawn_ids.foreign_ids(_known(source, table, component), table)


def malformed_ids() -> "SearchStrategy[str]":
    """Return texts that are no ids, most of them nearly one: ``get`` raises ``InvalidId``."""
    _require_hypothesis()
    from docdb.testing import drawn_ids

    return drawn_ids.malformed_ids()


def index_ranges(
    source: Schema | Database,
    table: str,
    index: str,
    *,
    ids: Mapping[str, Sequence[str]] | None = None,
    component: str = "",
) -> "SearchStrategy[IndexRange]":
    """
    Return ranges of an index, each a function for the second argument of ``with_index``.

    All legal shapes occur: equalities on any number of first fields, one or two bounds or a prefix
    on the next, ``_creationTime`` and ``_id`` included. The ``repr`` of a range shows its
    conditions. Where there are documents, most ranges are drawn around one of them.

    Args:
        source: The schema; or the database, whose values are then used.
        table: The table.
        index: An index of it that can be queried; ``"by_id"`` and ``"by_creation_time"`` are two.
        ids: Ids for fields that refer to documents, by table.
        component: The component of the schema that has the table.

    Raises:
        UnknownTable: There is no such table or component.
        UnknownIndex: The table has no such index, or it is staged.
    """
    _require_hypothesis()
    from docdb.testing import drawn_ranges

    return drawn_ranges.index_ranges(source_of(source, component, ids), table, index)


def _known(source: Schema | Database, table: str, component: str) -> Source:
    """Return what is known of a namespace, once it is known that it can have the table."""
    known = source_of(source, component)
    known.definition(table)
    return known


def _require_hypothesis() -> None:
    if find_spec("hypothesis") is None:
        raise InvalidArgument(
            "strategies are Hypothesis's, which is not installed",
            hint="pip install 'docdb-engine[testing]'",
        )
