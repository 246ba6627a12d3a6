"""
Full-text search: which documents of a table hold the words that somebody looks for.

A text becomes words (``analyzers``, ``tokenizer``, over the frozen table of characters in
``alphanumerics``); words lie in the store as postings, beside everything else and in the same
transactions; a search ranks the documents that have them by BM25, as Convex does.

This package deliberately does not know what a word means: no stems, no stop words, no synonyms,
no languages. It does not know where documents are stored or who asks either, and it knows no
request but a text and equalities: what is filtered afterwards, paged or counted is the affair of
whoever reads the hits.
"""
