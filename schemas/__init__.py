"""
The five applications that docdb is built and measured against.

Each folder is one application: ``schema`` (its tables, as its document describes them),
``populate`` (deterministic sample data of any size) and ``patterns`` (its queries as named
functions). An application's ``__init__`` re-exports those and nothing else; ``docdb.fixtures``
is the door to them.

Rules: inside this folder imports are relative, because a wheel installs it as
``docdb.applications``; the engine is met only through ``docdb`` itself, as a user meets it.
What is deliberately not known here: how anything is stored.
"""
