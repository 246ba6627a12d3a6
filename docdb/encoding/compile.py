"""
Generated functions for the loops where every document passes: keys, records, documents.

The fields of an index and the names of a shape are known long before the documents are. So the
code that handles them is written out once, as Python source without loops over names, and
compiled. Each has an interpreted form that must give the same result, and tests compare the two::

    compile_entries_encoder encode_values(read_path(document, path) for each path), each index
    compile_reader          tuple(read_path(document, path) for each path)
    compile_packer          docdb.encoding.packed.pack_record
    compile_maker           a dict of the names and the values

Rules of this file:

- Documents are in plain form. One that is not (a lone surrogate, a set) is ``InvalidDocument``
  with the path, never a foreign error; a subclass may be refused or taken for its kind.
- Names reach the source only through ``repr`` of a string, never as identifiers.

Cost: compiling takes about 0.2 ms. An entry of three short fields takes 0.5 µs, a record of 12
fields 1.3, a document of 12 fields 0.4.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, cast
from zlib import crc32

from docdb.encoding.packed import (
    CRC_BYTES,
    CRC_PLACEHOLDER,
    PACK_ERRORS,
    Document,
    Maker,
    pack_common,
    packed_crc,
    refuse,
    sealed,
)
from docdb.encoding.sortable import ENCODE_ERRORS, ENCODERS
from docdb.values.kinds import UNSET, Unset, Value

__all__ = [
    "Packer",
    "compile_entries_encoder",
    "compile_entry_encoder",
    "compile_maker",
    "compile_packer",
    "compile_reader",
]

EntryEncoder: TypeAlias = Callable[[Document, bytes], bytes]
EntriesEncoder: TypeAlias = Callable[[Document, bytes], tuple[bytes, ...]]
Packer: TypeAlias = Callable[[bytes, str, float, Document], bytes]
Reader: TypeAlias = Callable[[Document], tuple[Value | Unset, ...]]

_Path: TypeAlias = tuple[str, ...]


def compile_entry_encoder(prefix: bytes, paths: Sequence[_Path]) -> EntryEncoder:
    """
    Return the function that makes the full key of a document's index entry.

    Args:
        prefix: What every key of the index begins with.
        paths: The parsed paths of its fields, without ``_creationTime``, which the row key holds.

    Returns:
        A function of the document and its row key. It raises ``InvalidDocument``.

    >>> encode = compile_entry_encoder(b"I", [("role",), ("at", "day")])
    >>> encode({"role": "user", "at": {"day": None}}, b"-row").hex(" ", 1)
    '49 10 75 73 65 72 00 03 2d 72 6f 77'
    """
    encode = compile_entries_encoder([(prefix, paths)])
    return lambda document, row_key: encode(document, row_key)[0]


def compile_entries_encoder(indexes: Sequence[tuple[bytes, Sequence[_Path]]]) -> EntriesEncoder:
    """
    Return the function that makes the full keys of a document's entries in several indexes.

    A field that several indexes share is read and encoded once.

    Args:
        indexes: For each index what its keys begin with, and the parsed paths of its fields.

    Returns:
        A function of the document and its row key, which returns a key for each index in order.
        It raises ``InvalidDocument``.
    """
    numbers = {
        path: n for n, path in enumerate({path: None for _, each in indexes for path in each})
    }
    lines = ["def encode(document, row_key):", "    try:"]
    for path, number in numbers.items():
        lines += ["        " + line for line in _reading(path, into="value")]
        lines += [
            # Nearly every indexed string has no NUL to be escaped.
            "        if type(value) is str and NUL not in value:",
            f"            key{number} = b'\\x10%b\\x00' % value.encode()",
            "        else:",
            f"            key{number} = ENCODERS[type(value)](value)",
        ]
    keys = "".join(
        " + ".join([f"PREFIX{i}", *(f"key{numbers[path]}" for path in paths), "row_key"]) + ", "
        for i, (_, paths) in enumerate(indexes)
    )
    lines += [
        f"        return ({keys})",
        "    except ERRORS as error:",
        "        refuse(document, error)",
    ]
    names = {
        **{f"PREFIX{i}": prefix for i, (prefix, _) in enumerate(indexes)},
        "ENCODERS": ENCODERS,
        "ERRORS": ENCODE_ERRORS,
        "NUL": "\x00",
        "UNSET": UNSET,
        "refuse": refuse,
    }
    return cast("EntriesEncoder", _defined("encode", lines, names))


def compile_reader(paths: Sequence[_Path]) -> Reader:
    """
    Return the function that reads the values at some paths of a document.

    >>> compile_reader([("a",), ("b", "c")])({"a": 1, "b": [2]})
    (1, UNSET)
    """
    lines = ["def read(document):"]
    for number, path in enumerate(paths):
        lines += ["    " + line for line in _reading(path, into=f"value{number}")]
    values = "".join(f"value{number}, " for number in range(len(paths)))
    lines.append(f"    return ({values})")
    return cast("Reader", _defined("read", lines, {"UNSET": UNSET}))


def compile_packer(shape_number: int, names: Sequence[str]) -> Packer:
    """
    Return the function that packs documents of one shape.

    Args:
        shape_number: From 1; the shape's number in its table.
        names: The shape: the names of all fields but the system's, in order.

    Returns:
        A function of the key, the id, the creation time and the document, whose system fields, if
        it has any, do not count. It raises ``InvalidDocument``.
    """
    assert shape_number > 0, "shape 0 describes itself: pack_open"
    values = "".join(f"document[{name!r}], " for name in names)
    lines = [
        "def pack(key, id, creation_time, document):",
        "    try:",
        f"        elements = [{shape_number}, id, creation_time, {values}PLACEHOLDER]",
        "        try:",
        # What ``sealed`` does, without calls of Python.
        f"            content = pack_common(elements)[:-{CRC_BYTES}]",
        "        except TypeError:",
        "            return sealed(key, elements)",
        "        return content + packed_crc(crc32(content, crc32(key)))",
        "    except ERRORS as error:",
        "        refuse(document, error)",
    ]
    names_used = {
        "ERRORS": PACK_ERRORS,
        "PLACEHOLDER": CRC_PLACEHOLDER,
        "crc32": crc32,
        "pack_common": pack_common,
        "packed_crc": packed_crc,
        "refuse": refuse,
        "sealed": sealed,
    }
    return cast("Packer", _defined("pack", lines, names_used))


def compile_maker(names: Sequence[str]) -> Maker:
    """
    Return the function that makes documents of one shape.

    Args:
        names: The shape: the names of all fields but the system's, in order.

    Returns:
        A function of the elements of a record (shape, id, creation time, values, CRC).

    >>> compile_maker(["a", "b"])(1, "id", 2.0, None, True, 0)
    {'_id': 'id', '_creationTime': 2.0, 'a': None, 'b': True}
    """
    parameters = "".join(f"value{number}, " for number in range(len(names)))
    fields = "".join(f", {name!r}: value{number}" for number, name in enumerate(names))
    lines = [
        f"def make(shape, id, creation_time, {parameters}crc, /):",
        f"    return {{'_id': id, '_creationTime': creation_time{fields}}}",
    ]
    return cast("Maker", _defined("make", lines, {}))


def _reading(path: _Path, *, into: str) -> list[str]:
    """Return the lines that read a path of a document in plain form."""
    first, *others = path
    return [
        f"{into} = document.get({first!r}, UNSET)",
        *(
            f"{into} = {into}.get({name!r}, UNSET) if type({into}) is dict else UNSET"
            for name in others
        ),
    ]


def _defined(name: str, lines: list[str], names: Mapping[str, object]) -> object:
    """Return the function that some source lines define over the given names."""
    namespace = {**names}
    exec(compile("\n".join(lines), f"<docdb generated {name}>", "exec"), namespace)
    return namespace[name]
