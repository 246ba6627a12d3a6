"""Documents as the model keeps them: plain values of sound names and depth."""

from typing import Any

from docdb import UNSET, Int64
from tests.model.expressions import Refused

__all__ = ["SYSTEM_FIELDS", "check_whole", "plain"]

SYSTEM_FIELDS = ("_id", "_creationTime")


def plain(value: Any, *, levels: int = 64) -> Any:
    """
    Return a value in plain form, or refuse what no document could hold.

    Unset fields of objects are dropped; the names of the outermost object may begin with an
    underscore, which ``check_whole`` looks at later.
    """
    if levels < 0:
        raise Refused("InvalidDocument")
    if isinstance(value, dict):
        kept = {name: each for name, each in value.items() if each is not UNSET}
        return {_name(name): plain(each, levels=levels - 1) for name, each in kept.items()}
    if isinstance(value, list | tuple):
        return [plain(each, levels=levels - 1) for each in value]
    if isinstance(value, bytearray):
        return bytes(value)
    return _scalar(value)


def _name(name: str) -> str:
    printable = all(" " <= character <= "~" for character in name)
    if not printable or name.startswith("$") or len(name) > 1024:
        raise Refused("InvalidDocument")
    return name


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool | float | bytes | Int64):
        return value
    if isinstance(value, int) and abs(value) <= 2**53:
        return value
    if isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value):
        return value
    raise Refused("InvalidDocument")


def check_whole(fields: dict[str, Any]) -> None:
    """Refuse a document, without its system fields, for a reserved name or for its depth."""
    if any(name.startswith("_") for name in fields) or _depth(fields) > 16:
        raise Refused("InvalidDocument")


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(each) for each in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(each) for each in value), default=0)
    return 0
