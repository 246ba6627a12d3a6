"""
The command line: ``docdb <command>``, one file per command.

This package deliberately does not know how anything works: it parses, calls and prints.
"""
