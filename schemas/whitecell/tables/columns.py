"""
The columns that many White Cell tables share.

The document describes columns in words of its own (``Date``, ``ID``, "1-5 rating", "HH:MM").
Each such phrase has one validator here, so that it means the same in all 38 tables:

- a ``Date`` is a number, the milliseconds since 1970 in UTC, calendar days included;
- "Reference to users._id" is an id of ``users``, and deleting the user leaves it as it is;
- a range in a description is inclusive and binds on every write;
- an ``ID`` that may point at several tables is a plain string, and an ``Object`` whose members are
  not described holds any value.
"""

from docdb import v

__all__ = [
    "ANY_OBJECT",
    "DATE",
    "FOREIGN_ID",
    "PERCENT",
    "RATING",
    "TEXTS",
    "TIME_OF_DAY",
    "USER_ID",
]

DATE = v.number()
USER_ID = v.id("users")
FOREIGN_ID = v.string()
RATING = v.number(minimum=1, maximum=5)
PERCENT = v.number(minimum=0, maximum=100)
TIME_OF_DAY = v.string(pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]")
TEXTS = v.array(v.string())
ANY_OBJECT = v.any()
