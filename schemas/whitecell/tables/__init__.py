"""
The tables of White Cell Protocol, one module per group of its document.

Each module maps names to tables. Deliberately not known here: the data that tables will hold.
"""
