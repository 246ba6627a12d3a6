"""
Document ids: 32 characters that say which table, which document, and that they are whole.

An id is the base32 text (Crockford's alphabet in lower case) of these bytes::

    table number | internal id            | check
    LEB128, 1-5  | 16 bytes               | 2 bytes
                 | 14 free    | day: u16  | fletcher16 of all before it, little-endian

    j57cbywe1te7fvzf26g0x3ftsd7vagd2  ->  table 10001, day 20405

Convex fills the 14 free bytes at random. docdb's own ids, *native* ones, begin them with the
creation time: 8 bytes that sort as the times do (the float64's bits with the sign bit flipped,
big-endian), then 6 random bytes. So ids stay valid in Convex, and the key under which a document
lies follows from its id.

Rules of this file:

- There is one text for each id: decoding is strict, and what would not encode to the very same
  text is refused.
- ``id_table_number`` remembers only ids whose checksum it has verified.

How it works: the checksum is two running sums modulo 256. ``zlib.adler32`` computes the same two
modulo 65521, which 21 bytes never reach, so that its low bytes are ours.

Many ids are made at once by *columns*, the k-th bytes of all of them: a column is one number with a
lane for each id, so that sums and shifts of all ids are single operations.

Cost: making an id 1.5 µs, one of many 0.15; decoding one 1.4; asking for the table of a known one
0.1.

Source: convex-backend crates/value/src/id_v6.rs, base32.rs.
"""

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import Final
from zlib import adler32

from docdb.errors import InvalidArgument, InvalidId, shown
from docdb.values.crockford import TO_PYTHON_DIGITS, text_of, texts_of, texts_of_columns

__all__ = [
    "DAY_MILLISECONDS",
    "INTERNAL_BYTES",
    "KNOWN_TABLE_NUMBERS",
    "creation_id",
    "creation_ids",
    "day_of",
    "decode_id",
    "encode_id",
    "encode_ids",
    "encode_number",
    "id_table_number",
    "read_number",
]

# In every id, exported ones included; none of these may ever change its meaning.
INTERNAL_BYTES: Final = 16
_CHECK_BYTES: Final = 2
_CHARACTERS_MIN: Final = 31
_CHARACTERS_MAX: Final = 37
_NUMBER_MAX: Final = (1 << 32) - 1
_NUMBER_BYTES_MAX: Final = 5
DAY_MILLISECONDS: Final = 86_400_000
_SIGN_BIT: Final = 1 << 63

_FLOAT: Final = Struct(">d")
_INTERNAL: Final = Struct(">Q6sH")

# Columns cost the same for few ids as for many; from so many on they cost less than one by one,
# and than new ids in rows.
_FEW: Final = 12
_MANY: Final = 32

# Ids that were asked for lately, for generated code to look at before it calls; bounded.
_KNOWN_MAX: Final = 65_536
KNOWN_TABLE_NUMBERS: dict[str, int] = {}


def encode_id(table_number: int, internal: bytes) -> str:
    """
    Return the text of an id.

    Args:
        table_number: From 1 to 2**32 - 1.
        internal: The 16 bytes that tell the documents of a table apart.

    Raises:
        InvalidArgument: Either is out of its bounds.

    >>> encode_id(10001, bytes(16))
    'j5700000000000000000000000001qv0'
    """
    if not 1 <= table_number <= _NUMBER_MAX or len(internal) != INTERNAL_BYTES:
        raise InvalidArgument(
            f"no id can be made of table number {table_number!r} and {shown(internal)}",
            hint=f"a table number lies between 1 and {_NUMBER_MAX}, and the rest has 16 bytes",
        )
    return _text(encode_number(table_number) + internal)


def encode_ids(table_number: int, columns: Sequence[bytes]) -> list[str]:
    """
    Return the texts of many ids of one table; the same as ``encode_id`` for each.

    Args:
        table_number: From 1 to 2**32 - 1.
        columns: The 16 internal bytes as 16 columns: the first bytes of all ids, and so on.

    Raises:
        InvalidArgument: The table number is out of its bounds.

    >>> encode_ids(10001, [bytes(2)] * 16) == [encode_id(10001, bytes(16))] * 2
    True
    """
    assert len(columns) == INTERNAL_BYTES, "an internal id has 16 bytes"
    head, count = encode_number(table_number), len(columns[0])
    if len(head) != 2 or count < _FEW:
        return [encode_id(table_number, bytes(each)) for each in zip(*columns, strict=True)]
    columns = [head[:1] * count, head[1:] * count, *columns]
    return texts_of_columns([*columns, *_check_columns(columns, count)])


def creation_id(table_number: int, creation_bits: int, random6: bytes) -> str:
    """
    Return the text of a native id.

    Args:
        table_number: From 1 to 2**32 - 1.
        creation_bits: The bits of the creation time as a float64, which is positive.
        random6: Six random bytes.

    >>> decode_id(creation_id(10001, 0x4278_0000_0000_0000, b"random"))[1].hex()
    'c27800000000000072616e646f6d4a90'
    """
    internal = _INTERNAL.pack(creation_bits | _SIGN_BIT, random6, _day_of_bits(creation_bits))
    return _text(encode_number(table_number) + internal)


def creation_ids(table_number: int, creation_bits: int, random: bytes) -> list[str]:
    """
    Return the texts of native ids with successive creation times, one for each 6 random bytes.

    The same as ``creation_id`` for each, at a fraction of the cost.

    >>> creation_ids(10001, 0x4278_0000_0000_0000, b"random" * 2)[0] == creation_id(
    ...     10001, 0x4278_0000_0000_0000, b"random"
    ... )
    True
    """
    head, count = encode_number(table_number), len(random) // 6
    first, last = _day_of_bits(creation_bits), _day_of_bits(creation_bits + count)
    if len(head) != 2 or first != last:
        return [
            creation_id(table_number, creation_bits + n, random[6 * n : 6 * n + 6])
            for n in range(count)
        ]
    day, sortable = first.to_bytes(2, "big"), creation_bits | _SIGN_BIT
    created = [(sortable + n).to_bytes(8, "big") for n in range(count)]
    if count >= _MANY:
        joined = b"".join(created)
        columns = [joined[place::8] for place in range(8)]
        columns += [random[place : 6 * count : 6] for place in range(6)]
        return encode_ids(table_number, [*columns, day[:1] * count, day[1:] * count])
    contents = [
        b"%b%b%b%b" % (head, created[n], random[6 * n : 6 * n + 6], day) for n in range(count)
    ]
    return texts_of([each + _check_of(each).to_bytes(_CHECK_BYTES, "big") for each in contents])


def day_of(milliseconds: float) -> int:
    """
    Return the day number of a creation time, as ids carry it: modulo 2**16.

    >>> day_of(86_400_000.0 * 20405 + 1)
    20405
    """
    return int(milliseconds // DAY_MILLISECONDS) & 0xFFFF


def _day_of_bits(creation_bits: int) -> int:
    (milliseconds,) = _FLOAT.unpack(creation_bits.to_bytes(8, "big"))
    return day_of(milliseconds)


def decode_id(text: str) -> tuple[int, bytes]:
    """
    Return the table number and the 16 internal bytes of an id.

    Raises:
        InvalidId: The text is not an id. The reason is the first that applies of: length,
            alphabet, table number, checksum, another spelling than the canonical one.

    >>> number, internal = decode_id("j57cbywe1te7fvzf26g0x3ftsd7vagd2")
    >>> number, int.from_bytes(internal[14:], "big")
    (10001, 20405)
    """
    raw, is_canonical = _bytes_of(text)
    number, start = read_number(raw, 0)
    if not 1 <= number <= _NUMBER_MAX:
        raise _refusal(text, "it has an invalid table number")
    stop = start + INTERNAL_BYTES
    if len(raw) < stop + _CHECK_BYTES:
        raise _refusal(text, f"it has an invalid length: {len(raw)} bytes")
    expected, found = _check_of(raw[:stop]), int.from_bytes(raw[stop : stop + _CHECK_BYTES], "big")
    if found != expected:
        raise _refusal(text, f"its checksum is {found:04x} where {expected:04x} belongs")
    # A LEB128 number is not canonical if it ends in a byte of nothing.
    if not is_canonical or len(raw) != stop + _CHECK_BYTES or not raw[start - 1]:
        raise _refusal(text, "it has an invalid length or is not written in the canonical way")
    return number, raw[start:stop]


def id_table_number(text: str) -> int | None:
    """
    Return the table number of an id, or None where the text is not an id.

    >>> id_table_number("j57cbywe1te7fvzf26g0x3ftsd7vagd2"), id_table_number("ada")
    (10001, None)
    """
    number = KNOWN_TABLE_NUMBERS.get(text)
    if number is not None:
        return number
    try:
        number, _ = decode_id(text)
    except InvalidId:
        return None
    if len(KNOWN_TABLE_NUMBERS) >= _KNOWN_MAX:
        KNOWN_TABLE_NUMBERS.clear()
    KNOWN_TABLE_NUMBERS[text] = number
    return number


@lru_cache(maxsize=1024)
def encode_number(number: int) -> bytes:
    """
    Return a number from 0 in LEB128.

    Seven bits in a byte, the lowest first, and 128 added to every byte but the last. Among the
    results none is the beginning of another.

    >>> encode_number(5).hex(), encode_number(10001).hex()
    ('05', '914e')
    """
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def read_number(data: bytes, start: int) -> tuple[int, int]:
    r"""
    Return the LEB128 number that begins at an offset, and the offset behind it.

    The number is -1 where the bytes end, or go on past five, before it does.

    >>> read_number(bytes.fromhex("914e"), 0), read_number(b"\x80", 0)
    ((10001, 2), (-1, 1))
    """
    number = 0
    stop = min(len(data), start + _NUMBER_BYTES_MAX)
    for offset in range(start, stop):
        byte = data[offset]
        number |= (byte & 0x7F) << 7 * (offset - start)
        if byte < 0x80:
            return number, offset + 1
    return -1, stop


def _check_of(content: bytes) -> int:
    """Return the two checksum bytes, in the order in which they stand, as one number."""
    sums = adler32(content, 0)
    return (sums & 0xFF) << 8 | sums >> 16 & 0xFF


def _check_columns(columns: Sequence[bytes], count: int) -> list[bytes]:
    """Return the two columns of checksums: what ``_check_of`` adds up, for all ids at once."""
    # A lane of 16 bits for each id: neither sum of 18 bytes reaches beyond it.
    wide = bytearray(2 * count)
    ones = twos = 0
    for column in columns:
        wide[1::2] = column
        ones += int.from_bytes(wide, "big")
        twos += ones
    return [sums.to_bytes(2 * count, "big")[1::2] for sums in (ones, twos)]


def _text(content: bytes) -> str:
    """Return table number and internal id, with their checksum, as base32 text."""
    number = int.from_bytes(content, "big") << 16 | _check_of(content)
    return text_of(number, len(content) + _CHECK_BYTES)


def _bytes_of(text: str) -> tuple[bytes, bool]:
    """Return the whole bytes of a base32 text, and whether it says nothing beyond them."""
    if not isinstance(text, str):
        raise _refusal(text, "an id is a string")
    encoded = text.encode("utf-8", "surrogatepass")
    if not _CHARACTERS_MIN <= len(encoded) <= _CHARACTERS_MAX:
        raise _refusal(text, f"it has an invalid length: {len(encoded)} bytes")
    try:
        number = int(encoded.translate(TO_PYTHON_DIGITS), 32)
    except ValueError:
        raise _refusal(text, "it is not base32 in lower case") from None
    byte_count, beyond = divmod(5 * len(encoded), 8)
    is_canonical = beyond < 5 and not number & (1 << beyond) - 1
    return (number >> beyond).to_bytes(byte_count, "big"), is_canonical


def _refusal(text: object, reason: str) -> InvalidId:
    return InvalidId(
        f"{shown(text)} is not a document id: {reason}",
        hint="ids are texts such as 'j57cbywe1te7fvzf26g0x3ftsd7vagd2', returned by insert()",
        id=text,
    )
