"""
Asking: requests, plans, and the loops that answer them.

This package deliberately does not know how bytes are stored or how documents are packed: it turns
a request into one range of one index, and pulls documents through ``tables``.
"""
