"""
The grammars of names (identifiers, field names, table names), and paths made of names.

Rules of this file:

- An *identifier* is ``[A-Za-z_][A-Za-z0-9_]*`` of 1 to 64 bytes that is not underscores only. It
  names tables, indexes, the fields of ``v.object`` and every part of a field path.
- A *field name* is what an object may really contain: up to 1,024 printable ASCII characters that
  do not begin with ``$``. It may be empty, and may hold dots and spaces; such a field can be
  stored but never indexed or filtered on.
- The checks return the problem as text, without a full stop, or None: whoever asks knows which
  error it makes.

Source: convex-backend crates/convex/sync_types/src/identifier.rs.
"""

import re
from functools import lru_cache
from typing import Final

from docdb import limits
from docdb.errors import UnknownTable, shown

__all__ = ["check_field_name", "check_identifier", "check_table_name", "is_identifier", "join"]

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_FIELD_NAME: Final = re.compile(r"[ -~]*", re.ASCII)


def is_identifier(name: object) -> bool:
    """
    Return whether a name is an identifier.

    >>> is_identifier("by_day"), is_identifier("2nd"), is_identifier("__")
    (True, False, False)
    """
    return check_identifier(name) is None


def check_identifier(name: object) -> str | None:
    """
    Return what keeps a name from being an identifier, or None if it is one.

    >>> check_identifier("a-b")
    "identifier 'a-b' contains the invalid character '-'"
    """
    if not isinstance(name, str):
        return f"an identifier is a string, not {shown(name)}"
    if not name:
        return "an identifier is empty"
    if len(name) > limits.IDENTIFIER_BYTES_MAX:
        return (
            f"identifier {shown(name)} has {len(name)} characters; the limit is"
            f" {limits.IDENTIFIER_BYTES_MAX}"
        )
    match = _IDENTIFIER.match(name)
    if match is None:
        return f"identifier {name!r} begins with the invalid character {name[0]!r}"
    if match.end() < len(name):
        return f"identifier {name!r} contains the invalid character {name[match.end()]!r}"
    if not name.strip("_"):
        return f"identifier {name!r} consists of underscores only"
    return None


# Names come back in document after document: a hit costs a quarter of a check.
@lru_cache(maxsize=4096)
def check_field_name(name: str) -> str | None:
    """
    Return what keeps a name from being a field name, or None if it is one.

    >>> check_field_name("first name"), check_field_name("$ref")
    (None, "field name '$ref' is reserved: it begins with '$'")
    """
    # Printable ASCII is exactly 0x20 to 0x7E. The common case first: it is every field's.
    if name.isascii() and name.isprintable() and len(name) <= limits.FIELD_NAME_BYTES_MAX:
        if name[:1] != "$":
            return None
        return f"field name {shown(name)} is reserved: it begins with '$'"
    if name[:1] == "$":
        return f"field name {shown(name)} is reserved: it begins with '$'"
    match = _FIELD_NAME.match(name)
    assert match is not None, "the pattern matches the empty text"
    if match.end() < len(name):
        return f"field name {shown(name)} contains the invalid character {name[match.end()]!r}"
    return (
        f"field name {shown(name)} has {len(name)} characters; the limit is"
        f" {limits.FIELD_NAME_BYTES_MAX}"
    )


def join(path: str, part: str | int) -> str:
    """
    Return the path of a field, or of an element of an array, of what lies at a path.

    >>> join(join(join("", "metadata"), "tokens"), 2)
    'metadata.tokens[2]'
    """
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{part}" if path else part


def check_table_name(name: str) -> None:
    """
    Refuse a name that no user's table can have.

    Raises:
        UnknownTable: The name is no identifier, or begins with an underscore.

    >>> check_table_name("users")
    """
    problem = check_identifier(name)
    if problem is not None:
        raise UnknownTable(
            f"{problem} (it names a table)",
            hint="a table name is 1 to 64 letters, digits and underscores, no digit first",
            table=name,
        )
    if name.startswith("_"):
        raise UnknownTable(
            f"table name {name!r} is reserved",
            hint="names that begin with '_' are docdb's own; read those by db.system",
            table=name,
        )
