"""
All or nothing, and what was read.

This package deliberately does not know what a key or a value means: it buffers, merges and
remembers bytes, and may be tested with letters. It never decides when a transaction runs again.
"""
