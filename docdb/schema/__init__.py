"""
What a document may be: validators, tables, indexes, rules, and the JSON that describes them.

This package deliberately does not know where documents lie or how they are stored: it reads no
store and encodes no key. Which number a table has is passed in as a function.
"""
