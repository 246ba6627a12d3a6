"""
Values for property tests: every kind, at every edge, and near to one another.
"""

import json
import struct
from pathlib import Path

from hypothesis import strategies as st

from docdb.encoding.portable import from_json
from docdb.values.kinds import UNSET, Int64, Value

__all__ = [
    "any_values",
    "documents",
    "field_names",
    "floats_by_bits",
    "identifiers",
    "int64s",
    "integers",
    "neighbours",
    "recorded_order",
    "texts",
    "values",
]

_SAFE_INTEGER = 1 << 53
_SPECIAL_BITS = (
    0x7FF0_0000_0000_0000,  # inf
    0xFFF0_0000_0000_0000,  # -inf
    0x7FF8_0000_0000_0000,  # NaN
    0xFFF8_0000_0000_0000,  # NaN with the sign bit
    0x7FF0_0000_0000_0001,  # a signalling NaN
    0x7FFF_FFFF_FFFF_FFFF,  # the last NaN
    0x8000_0000_0000_0000,  # -0.0
    0x0000_0000_0000_0000,
    0x0000_0000_0000_0001,  # the smallest subnormal
    0x3FF0_0000_0000_0000,  # 1.0
)


def _float(bits: int) -> float:
    return struct.unpack(">d", struct.pack(">Q", bits))[0]


floats_by_bits = st.one_of(st.sampled_from(_SPECIAL_BITS), st.integers(0, (1 << 64) - 1)).map(
    _float
)
integers = st.one_of(
    st.integers(-3, 3),
    st.integers(-_SAFE_INTEGER, _SAFE_INTEGER),
    st.sampled_from((-_SAFE_INTEGER, _SAFE_INTEGER)),
)
int64s = st.one_of(
    st.integers(-3, 3),
    st.sampled_from(
        [
            sign * (1 << bits) + off
            for bits in (7, 8, 15, 16, 31, 32, 62)
            for sign in (-1, 1)
            for off in (-1, 0, 1)
        ]
    ),
    st.sampled_from([-(1 << 63), (1 << 63) - 1]),
    st.integers(-(1 << 63), (1 << 63) - 1),
).map(Int64)
# Few characters, so that texts share beginnings; among them those on which encodings disagree.
texts = st.one_of(st.text(alphabet="\0\x01aÿ\uffff😀", max_size=4), st.text(max_size=8))
_blobs = st.one_of(st.lists(st.sampled_from([0, 1, 255]), max_size=4).map(bytes), st.binary())
field_names = st.one_of(
    st.sampled_from(["", "a", "aa", "b", "a.b", "~", " "]),
    st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=6).filter(
        lambda name: not name.startswith("$")
    ),
)
identifiers = st.from_regex(r"\A[A-Za-z_]{0,3}[A-Za-z][A-Za-z0-9_]{0,3}\Z")
_scalars = st.one_of(st.none(), st.booleans(), integers, floats_by_bits, int64s, texts, _blobs)
values: st.SearchStrategy[Value] = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(field_names, inner, max_size=3)
    ),
    max_leaves=8,
)
any_values = st.one_of(st.just(UNSET), values)
documents = st.dictionaries(identifiers, values, max_size=6)

_few = st.sampled_from(
    [None, False, True, 0, 0.0, -0.0, 1, 1.0, Int64(0), Int64(1), "", "a", "a\0", b"", b"a"]
)
# Pairs of these often differ late or not at all.
neighbours: st.SearchStrategy[Value] = st.recursive(
    _few,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["", "a", "aa", "b"]), inner, max_size=2),
    ),
    max_leaves=4,
)


def recorded_order() -> list[tuple[Value, bytes]]:
    """Return values in Convex's order, each with its key, as they were recorded."""
    recorded = json.loads((Path(__file__).parent / "data" / "value_order.json").read_text())
    return [(from_json(form), bytes.fromhex(key)) for form, key in recorded]
