"""
Telling stores that they woke up in a forked child.

A child of ``fork()`` inherits the memory of its parent, locks held by threads that do not exist in
it and handles of the engine included. Using them would corrupt the parent's store, so each store
is told in the child, and refuses all further use with ``Forked``; the child opens its own.

Rules of this file: stores are known weakly, and the hook is registered once, with the first store.
The set of watched stores is the state of the process, which is why it may live in a module.
"""

import os
from typing import Protocol
from weakref import WeakSet

__all__ = ["Inherited", "watch"]


class Inherited(Protocol):
    """Something that must not be used in a child of the process that opened it."""

    def end_in_child(self) -> None:
        """Refuse all further use. Called in the child, before anything else runs there."""
        ...


_watched: WeakSet[Inherited] = WeakSet()
_hooks: list[str] = []


def watch(opened: Inherited) -> None:
    """Call ``end_in_child`` of an object in every child forked while it exists."""
    if not _hooks and hasattr(os, "register_at_fork"):
        _hooks.append("after_in_child")
        os.register_at_fork(after_in_child=_end_all)
    _watched.add(opened)


def _end_all() -> None:
    for each in list(_watched):
        each.end_in_child()
    _watched.clear()
