"""
What a value is: its kinds, names, order, sizes and ids.

This package deliberately does not know how values lie in the store, nor what a schema allows:
it imports no codec, and has heard of documents only as objects that have an ``_id``.
"""
