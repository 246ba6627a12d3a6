"""
The bridge between values and bytes: keys that sort, records that are checked, JSON that travels.

This package deliberately does not know where bytes are kept, what a schema allows, or which
tables there are. It is the only one that knows both what a value means and what it is written as.
"""
