"""
Sample data of White Cell Protocol, one module per group of tables.

A module maps each of its tables to a function that makes one document of it.
Deliberately not known here: how many documents are written, and when; ``sample`` decides that.
"""
