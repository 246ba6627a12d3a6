"""
Ways to find a document.

This package deliberately does not know how documents are stored or who asks: an index turns a
document into entries, and a range into the row keys of the documents that lie in it.
"""
