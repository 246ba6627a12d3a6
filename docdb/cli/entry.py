"""Where the ``docdb`` command begins: it says what is missing instead of failing to import it."""

import sys
from importlib.util import find_spec

__all__ = ["main"]

_NEEDED = ("click", "rich")


def main() -> None:
    """Run the command line, if what it needs is installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.exit(
            f"The docdb command needs {' and '.join(missing)}, which the engine itself does not:"
            " pip install 'docdb-engine[cli]'"
        )
    from docdb.cli.main import run

    run()
