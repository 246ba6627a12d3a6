"""
Whether what a store handed out may still be used.

A store, its snapshots and its batch share one lifetime: it ends when the store is closed, or in a
forked child, at once for all of them. Asking costs one attribute, so that every read can ask.

Rules of this file: a lifetime never begins again. What ended in a forked child must not even be
tidied up there, since its parent goes on with it; ``is_forked`` tells the two ends apart.
"""

from docdb.errors import Closed, Forked
from docdb.kv import forks

__all__ = ["Lifetime"]


class Lifetime:
    """
    The time between the opening of a store and its end.

    >>> lifetime = Lifetime("the store")
    >>> lifetime.close()
    >>> lifetime.require_open()
    Traceback (most recent call last):
        ...
    docdb.errors.Closed: the store was used after it was closed Hint: open it again
    """

    __slots__ = ("__weakref__", "_what", "is_forked", "is_over")

    def __init__(self, what: str) -> None:
        self._what = what
        self.is_over = False
        self.is_forked = False
        forks.watch(self)

    def close(self) -> None:
        """End it. Idempotent."""
        self.is_over = True

    def end_in_child(self) -> None:
        """End it because this process is a forked child."""
        self.is_over = True
        self.is_forked = True

    def require_open(self) -> None:
        """Raise ``Closed`` or ``Forked`` if it has ended."""
        if self.is_over:
            raise self.failure()

    def failure(self) -> Closed | Forked:
        """Return the error that tells how it ended."""
        if self.is_forked:
            return Forked(
                f"{self._what} was opened before fork() and used in the child",
                hint="open it again in the child",
            )
        return Closed(f"{self._what} was used after it was closed", hint="open it again")
