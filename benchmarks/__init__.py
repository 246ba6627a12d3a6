"""
Benchmarks: docdb beside the same work written by hand.

This package deliberately knows docdb by its public names only.
"""
