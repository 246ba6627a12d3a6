"""
Bytes that are kept beside documents, and named by ids of the ``_storage`` table.

This package deliberately does not know who refers to a file: deleting one leaves its id in
documents, as it does in Convex.
"""
