"""
Benchmarks: docdb beside the same work written by hand, and beside what a user would pick instead.

This package deliberately knows docdb by its public names only, and rivals in ``engines`` alone.
"""
