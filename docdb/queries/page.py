"""A page: some documents, and where to go on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from docdb.encoding.packed import Document

__all__ = ["Page", "PageStatus"]

PageStatus = Literal["SplitRecommended", "SplitRequired"] | None


class Page(Mapping[str, object]):
    """
    What ``paginate`` returns. Also the mapping that Convex's clients know.

    Attributes:
        page: The documents.
        is_done: True when the rows were exhausted, so that the next page would be empty.
        continue_cursor: Pass it as ``cursor`` to get the next page.
        page_status: Whether this page should, or must, be split.

    >>> page = Page([], is_done=True, continue_cursor="abc")
    >>> page.is_done, page["isDone"], dict(page)
    (True, True, {'page': [], 'isDone': True, 'continueCursor': 'abc'})
    """

    __slots__ = ("_split", "continue_cursor", "is_done", "page", "page_status")

    def __init__(
        self,
        page: list[Document],
        *,
        is_done: bool,
        continue_cursor: str,
        split: Callable[[], str] | None = None,
        page_status: PageStatus = None,
    ) -> None:
        self.page = page
        self.is_done = is_done
        self.continue_cursor = continue_cursor
        self._split = split
        self.page_status = page_status

    @property
    def split_cursor(self) -> str | None:
        """A place in the middle of this page, where two pages could be made of it."""
        return None if self._split is None else self._split()

    def __getitem__(self, key: str) -> object:
        if key == "page":
            return self.page
        if key == "isDone":
            return self.is_done
        if key == "continueCursor":
            return self.continue_cursor
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(("page", "isDone", "continueCursor"))

    def __len__(self) -> int:
        return 3

    def __repr__(self) -> str:
        return f"Page({len(self.page)} documents, is_done={self.is_done})"
