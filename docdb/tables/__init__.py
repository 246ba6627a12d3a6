"""
Documents at rest, with every index kept in step.

This package deliberately does not know how a question is asked or answered: it reads, checks and
writes single documents, and keeps the catalog of tables and indexes.
"""
