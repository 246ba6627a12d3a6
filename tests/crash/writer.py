"""
A process that writes until it is killed, and says what was acknowledged.

Run as ``python -m tests.crash.writer <path>``: after each commit it prints the number that the
commit was about, so that whoever reads the pipe knows which commits had returned.
"""

import os
import sys
from itertools import count

import docdb
from docdb import define_schema, define_table, v

__all__ = ["SCHEMA", "write_for_ever"]

SCHEMA = define_schema(
    {
        "t": define_table({"n": v.number(), "text": v.string(), "key": v.string()})
        .index("by_text", ["text"])
        .index("by_key", ["key"], unique=True)
    }
)


def write_for_ever(path: str) -> None:
    """Insert two documents in each transaction; in every fifth delete one and change the other."""
    with docdb.open(path, SCHEMA) as db:
        newest = db.query("t").order("desc").first()
        first = 1 if newest is None else abs(int(str(newest["n"]))) + 1
        for number in count(first):
            with db.write() as tx:
                one = tx.insert("t", {"n": number, "text": "x" * 50, "key": str(number)})
                two = tx.insert("t", {"n": -number, "text": "x", "key": f"-{number}"})
                if number % 5 == 0:
                    tx.delete(one)
                    tx.patch(two, {"text": "changed"})
            os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    write_for_ever(sys.argv[1])
