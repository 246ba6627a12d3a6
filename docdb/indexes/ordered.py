"""
The compound B-tree index: entries that sort as the indexed fields do.

An entry is one key and (almost always) no value. The key says everything: the index, the value of
each field in sortable form, and the row key of the document, which begins with its creation time.
So entries with equal fields follow in creation order, and an entry leads to its document without
a second look-up table::

    49 | index number | "chat-1" | "user" | row key
    'I'  LEB128         encoding.sortable   0d creation time, tie-breaker, length

Rules of this file:

- An index never reads documents; whoever scans it fetches them.
- A range is given in full keys, however long; that the store's keys end at 511 bytes is known
  to ``encoding.long_keys`` alone, and a scan comes back in the order of the full keys.

Cost: one generated encoder call per document and index; a scan is the store's own scan as long as
it meets no key that had to be shortened.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice

from docdb import limits
from docdb.encoding.compile import compile_entry_encoder
from docdb.encoding.keyspace import index_prefix
from docdb.encoding.long_keys import KEPT_BYTES, in_order, physical_range, shorten
from docdb.transactions.reader import Entry, Reader
from docdb.values.kinds import Value
from docdb.values.paths import parse_path

__all__ = ["BY_CREATION", "OrderedIndex"]

# What every index ends in.
BY_CREATION = ("_creationTime", "_id")


class OrderedIndex:
    """
    One compound index: how its entries are made and scanned. Immutable; any thread may use it.

    Attributes:
        number: Which index of the file this is; part of every entry key.
        fields: The indexed field paths in order, without the implicit ones.
        key_fields: The same with the implicit ones, as its keys are ordered.
    """

    def __init__(self, number: int, fields: Sequence[str]) -> None:
        self.number = number
        self.fields = tuple(fields)
        self.key_fields = (*self.fields, *BY_CREATION)
        self.paths = tuple(map(parse_path, self.fields))
        self.prefix = index_prefix(number)

    @cached_property
    def encode(self) -> Callable[[dict[str, Value], bytes], bytes]:
        """The generated function from a document and its row key to the full entry key."""
        return compile_entry_encoder(self.prefix, self.paths)

    def entry(self, document: dict[str, Value], row_key: bytes) -> Entry:
        """Return the entry of a document, as the store will hold it."""
        key = self.encode(document, row_key)
        return (key, b"") if len(key) <= KEPT_BYTES else shorten(key)

    def count(self, reader: Reader, start: bytes, stop: bytes) -> int:
        """Return how many entries a range has; where its bounds fit, the store's keys tell."""
        if physical_range(start, stop) == (start, stop):
            return sum(map(len, reader.scan_keys(start, stop, run=1024)))
        return sum(map(len, self.scan(reader, start, stop, run=1024)))

    def scan(
        self, reader: Reader, start: bytes, stop: bytes, *, reverse: bool = False, run: int = 256
    ) -> Iterator[list[bytes]]:
        """Yield the full entry keys of a range in order, in runs."""
        physical_start, physical_stop = physical_range(start, stop)
        if physical_start == start and physical_stop == stop:
            for keys in reader.scan_keys(start, stop, reverse=reverse, run=run):
                if max(map(len, keys)) == limits.KEY_BYTES_MAX:
                    # Shortened keys need their values to be put in order: start over from here.
                    if reverse:
                        physical_stop = keys[0] + b"\x00"
                    else:
                        physical_start = keys[0]
                    break
                yield keys
            else:
                return
        runs = reader.scan(physical_start, physical_stop, reverse=reverse, run=run)
        full_keys = in_order(chain.from_iterable(runs), start, stop, reverse=reverse)
        while keys := list(islice(full_keys, run)):
            yield keys

    def __repr__(self) -> str:
        return f"OrderedIndex({self.number}, {list(self.fields)})"
