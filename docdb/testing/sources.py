"""
What a strategy may know of a table: from a schema, or from a database with documents in it.

Rules of this file: a database is looked at once, when the strategy is made, so that what is drawn
depends on nothing that happens while a test runs. The numbers of tables, which ids contain, follow
from a schema alone in a new database.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

from docdb.database import Database
from docdb.encoding.packed import Document
from docdb.errors import InvalidArgument, UnknownIndex, UnknownTable, nearest_names, shown
from docdb.opening import open_database
from docdb.queries.builder import Query
from docdb.queries.reader import Reader
from docdb.schema.definition import Schema, Table
from docdb.tables.catalog import SYSTEM_TABLES
from docdb.values.names import check_table_name

__all__ = ["Source", "source_of"]

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "by_creation_time": ("_creationTime", "_id"),
    "by_id": ("_id",),
}
_SAMPLE_DOCUMENTS = 64
_SAMPLE_OF_OTHERS = 4

# The numbers of tables by component and name.
_Numbers = Mapping[tuple[str, str], int]


class Source:
    """
    One namespace of a schema, or of a database; made by ``source_of``.

    Attributes:
        component: The namespace.
        database: Where documents are, or None where only the schema is known.
    """

    def __init__(
        self,
        schema: Schema | None,
        *,
        component: str,
        database: Database | None,
        numbers: _Numbers,
        given_ids: Mapping[str, Sequence[str]],
    ) -> None:
        self._schema = schema
        self.component = component
        self.database = database
        self._numbers = numbers
        self._given_ids = given_ids

    def definition(self, table: str) -> Table | None:
        """
        Return the definition of a table, or None where it is unchecked.

        Raises:
            UnknownTable: There is no such table, or there cannot be.
        """
        tables: Mapping[str, Table] = {} if self._schema is None else self._schema.tables
        check_table_name(table)
        if table not in tables and (self.database is None or self.component):
            raise UnknownTable(
                f"the schema has no table {shown(table)}",
                hint=nearest_names(table, tables, what="tables"),
                table=table,
            )
        return tables.get(table)

    def index_fields(self, table: str, index: str) -> tuple[str, ...]:
        """
        Return the fields of an index, the implicit ones included.

        Raises:
            UnknownTable: There is no such table, or there cannot be.
            UnknownIndex: The table has no such index, or it is staged.
        """
        definition = self.definition(table)
        fields = dict(_FIELDS)
        for each in definition.indexes if definition is not None else ():
            if not each.staged:
                fields[each.name] = (*each.fields, "_creationTime", "_id")
        if not isinstance(index, str) or index not in fields:
            raise UnknownIndex(
                f"table {table!r} has no index {shown(index)}",
                hint=nearest_names(str(index), fields, what="indexes"),
                table=table,
                index=index,
            )
        return fields[index]

    def number(self, table: str) -> int | None:
        """Return the number that the ids of a table contain, or None where it has none yet."""
        return SYSTEM_TABLES.get(table) or self._numbers.get((self.component, table))

    def other_numbers(self, table: str) -> list[int]:
        """Return the numbers of all tables but one, those of components and docdb's included."""
        own = self.number(table)
        return [each for each in (*self._numbers.values(), *SYSTEM_TABLES.values()) if each != own]

    def ids(self, table: str) -> list[str] | None:
        """Return the ids of a table's documents, or None where only the schema is known."""
        if table in self._given_ids:
            return list(self._given_ids[table])
        if self.database is None:
            return None
        if table in SYSTEM_TABLES:
            return self.database.system.query(table).ids()
        with self.database.read() as reader:
            return self._query(reader, table).ids()

    def ids_of_others(self, table: str) -> list[str]:
        """Return some ids of documents of other tables of the namespace."""
        if self.database is None:
            return []
        names = [name for component, name in self._numbers if component == self.component]
        return [
            str(document["_id"])
            for name in names
            if name != table
            for document in self.sample(name, count=_SAMPLE_OF_OTHERS)
        ]

    def sample(self, table: str, *, count: int = _SAMPLE_DOCUMENTS) -> list[Document]:
        """Return some of a table's documents."""
        if self.database is None:
            return []
        with self.database.read() as reader:
            return self._query(reader, table).take(count)

    def _query(self, reader: Reader, table: str) -> Query:
        place = reader.component(self.component) if self.component else reader
        return place.query(table)


def source_of(
    thing: object, component: str = "", ids: Mapping[str, Sequence[str]] | None = None
) -> Source:
    """
    Return what is known of a namespace.

    Args:
        thing: A schema, or a database.
        component: The name of a component, or an empty text.
        ids: The ids to refer to, by table.

    Raises:
        InvalidArgument: It is neither, or the ids are no lists by table.
        UnknownTable: There is no such component.
    """
    if isinstance(thing, Database):
        schema, database, numbers = thing.schema, thing, _numbers_in(thing)
    elif isinstance(thing, Schema):
        schema, database, numbers = thing, None, _numbers_if_new(thing)
    else:
        raise InvalidArgument(
            f"a strategy is made from a schema or a database, found {shown(thing)}",
            hint="pass what define_schema() or docdb.open() returned",
        )
    return Source(
        _part(schema, component),
        component=component,
        database=database,
        numbers=numbers,
        given_ids=_checked_ids({} if ids is None else ids),
    )


def _numbers_in(database: Database) -> _Numbers:
    return {
        (str(row.get("component", "")), str(row["name"])): int(str(row["number"]))
        for row in database.system.query("_tables")
    }


@lru_cache(maxsize=16)
def _numbers_if_new(schema: Schema) -> _Numbers:
    with open_database(":memory:", schema) as database:
        return _numbers_in(database)


def _part(schema: Schema | None, component: str) -> Schema | None:
    if not component:
        return schema
    components: Mapping[str, Schema] = {} if schema is None else schema.components
    if component not in components:
        raise UnknownTable(
            f"the schema has no component {shown(component)}",
            hint=nearest_names(str(component), components, what="components"),
            table=str(component),
        )
    return components[component]


def _checked_ids(ids: object) -> Mapping[str, Sequence[str]]:
    if isinstance(ids, Mapping):
        lists = cast("Mapping[object, object]", ids).values()
        if all(isinstance(each, (list, tuple)) for each in lists):
            return cast("Mapping[str, Sequence[str]]", ids)
    raise InvalidArgument(
        f"ids is {shown(cast('object', ids))}, expected lists of ids by table",
        hint='pass ids={"users": [ada, grace]}',
    )
