"""
Ordered bytes under bytes: stores, their snapshots and the one writer's turn.

This package deliberately does not know what a key or a value means: it has not heard of documents,
tables, indexes or schemas, imports no codec, and may be tested with letters. It resolves no
conflicts either, since a store lets one writer at a time work on the newest state.
"""
