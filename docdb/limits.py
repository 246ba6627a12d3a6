"""
Every limit of docdb, named with its unit, its reason and its source.

The numbers of documents and names are Convex's (get-convex/convex-backend,
``crates/common/src/knobs.rs``, ``crates/value/src``), so that data travels both ways; those of
the store are LMDB's. The relations between them are asserted below: a limit that breaks one
fails at import, not in production.
"""

__all__ = [
    "ARRAY_ELEMENTS_MAX",
    "CURSOR_CHARACTERS_MAX",
    "DOCUMENT_BYTES_MAX",
    "DOCUMENT_DEPTH_MAX",
    "EXPRESSION_DEPTH_MAX",
    "FIELD_NAME_BYTES_MAX",
    "IDENTIFIER_BYTES_MAX",
    "INDEXES_PER_TABLE_MAX",
    "INDEX_FIELDS_MAX",
    "INTEGER_MAX",
    "KEY_BYTES_MAX",
    "OBJECT_FIELDS_MAX",
    "PAGE_ITEMS_MAX",
    "QUERY_STEPS_MAX",
    "READ_RANGES_MAX",
    "SAVEPOINTS_DEPTH_MAX",
    "SEARCH_EQUALITIES_MAX",
    "SEARCH_EXPANDED_TERMS_MAX",
    "SEARCH_FILTER_FIELDS_MAX",
    "SEARCH_QUERY_TERMS_MAX",
    "SEARCH_TOKEN_BYTES_MAX",
    "SHAPES_PER_TABLE_MAX",
    "SNAPSHOT_AGE_SECONDS_MAX",
    "SYSTEM_FIELDS",
    "TABLES_MAX",
    "VALUE_DEPTH_MAX",
    "VECTOR_DIMENSIONS_MAX",
    "VECTOR_DIMENSIONS_MIN",
    "WRITE_BUFFER_BYTES_MAX",
    "WRITE_WAIT_SECONDS",
]

# Documents and values.
DOCUMENT_BYTES_MAX = 1 << 20  # by Convex's size function, system fields included
DOCUMENT_DEPTH_MAX = 16  # the document itself is the first level
VALUE_DEPTH_MAX = 64  # arguments, results, filter literals
ARRAY_ELEMENTS_MAX = 8192
OBJECT_FIELDS_MAX = 1024
SYSTEM_FIELDS = 2  # _id and _creationTime share the fields of a document with the user's
INTEGER_MAX = 1 << 53  # beyond it float64 no longer counts in ones

# Names.
IDENTIFIER_BYTES_MAX = 64
FIELD_NAME_BYTES_MAX = 1024

# Schemas.
TABLES_MAX = 10_000
INDEXES_PER_TABLE_MAX = 64  # database, search and vector indexes together
INDEX_FIELDS_MAX = 15  # user fields; _creationTime is the sixteenth
SEARCH_FILTER_FIELDS_MAX = 16
VECTOR_DIMENSIONS_MIN = 2
VECTOR_DIMENSIONS_MAX = 4096
SHAPES_PER_TABLE_MAX = 256  # beyond it a record describes itself

# Queries.
QUERY_STEPS_MAX = 256  # filters and predicates of one query
EXPRESSION_DEPTH_MAX = 128  # Python's own recursion must reach the bottom of a filter
PAGE_ITEMS_MAX = 32_000
CURSOR_CHARACTERS_MAX = 1 << 21  # a key is at most a document, and base64 adds a third

# Searches.
SEARCH_TOKEN_BYTES_MAX = 31  # of a word as it was written; a longer one cannot be found
SEARCH_QUERY_TERMS_MAX = 16  # tokens of a query's text; those behind them are not looked at
SEARCH_EQUALITIES_MAX = 8  # conditions of one search on filter fields
SEARCH_EXPANDED_TERMS_MAX = 64  # terms with completions and conditions: bounds a search's work

# Transactions.
WRITE_BUFFER_BYTES_MAX = 64 << 20  # beyond it a transaction's writes spill into the store
SAVEPOINTS_DEPTH_MAX = 64
READ_RANGES_MAX = 4096  # a read set beyond it is widened, never dropped
WRITE_WAIT_SECONDS = 30.0  # how long a writer waits for its turn unless told otherwise
SNAPSHOT_AGE_SECONDS_MAX = 60.0  # a long-held snapshot keeps freed pages from reuse

# The store.
KEY_BYTES_MAX = 511  # LMDB 0.9, fixed when the engine is compiled

assert DOCUMENT_DEPTH_MAX <= VALUE_DEPTH_MAX
assert SYSTEM_FIELDS < OBJECT_FIELDS_MAX
assert INDEX_FIELDS_MAX + 1 == 16
assert IDENTIFIER_BYTES_MAX <= FIELD_NAME_BYTES_MAX
# So that every word of a query and every condition is looked at, and completions get the rest.
assert SEARCH_QUERY_TERMS_MAX + SEARCH_EQUALITIES_MAX < SEARCH_EXPANDED_TERMS_MAX
assert SEARCH_TOKEN_BYTES_MAX < KEY_BYTES_MAX
assert DOCUMENT_BYTES_MAX < WRITE_BUFFER_BYTES_MAX
