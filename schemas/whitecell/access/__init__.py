"""
The access patterns of White Cell Protocol, one module per group of tables.

Each function answers one line of the document: an index, a filter, a sort or a relationship.
Deliberately not known here: whether the reader is a snapshot, a transaction or a database.
"""
