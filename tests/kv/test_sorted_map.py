"""Sorted keys and sorted maps agree with plain sets and dicts that are sorted each time."""

from hypothesis import given
from hypothesis import strategies as st

from docdb.kv.sorted_map import SortedKeys, SortedMap

keys = st.binary(max_size=2)
many = st.lists(keys, max_size=20)
entries = st.dictionaries(keys, st.binary(max_size=2), max_size=20)


@given(first=many, second=many, gone=many, start=keys, stop=keys)
def test_keys_come_in_order_once(
    first: list[bytes], second: list[bytes], gone: list[bytes], start: bytes, stop: bytes
):
    """However keys were added and removed, a range gives those that are left, in order, once."""
    sorted_keys = SortedKeys()
    sorted_keys.update(first)
    for key in second:
        sorted_keys.add(key)
    for key in gone:
        sorted_keys.discard(key)

    left = {*first, *second} - set(gone)
    inside = sorted(key for key in left if start <= key < stop)

    assert sorted_keys.between(start, stop) == inside
    assert sorted_keys.run(start, stop, 3, reverse=False) == inside[:3]
    assert sorted_keys.run(start, stop, 3, reverse=True) == inside[::-1][:3]
    assert len(sorted_keys) == len(left)
    assert all((key in sorted_keys) == (key in left) for key in [*first, *gone])


@given(first=entries, second=entries, gone=many, start=keys, stop=keys)
def test_map_is_a_dict_in_order(
    first: dict[bytes, bytes],
    second: dict[bytes, bytes],
    gone: list[bytes],
    start: bytes,
    stop: bytes,
):
    """A map holds what a dict would, and gives ranges of it in order."""
    sorted_map = SortedMap()
    sorted_map.update(first)
    for key, value in second.items():
        sorted_map.put(key, value)
    for key in gone:
        sorted_map.delete(key)

    held = {key: value for key, value in {**first, **second}.items() if key not in gone}
    inside = sorted(entry for entry in held.items() if start <= entry[0] < stop)

    assert sorted_map.run(start, stop, 3, reverse=False) == inside[:3]
    assert sorted_map.run(start, stop, 99, reverse=True) == inside[::-1]
    assert sorted_map.run_keys(start, stop, 2, reverse=False) == [key for key, _ in inside[:2]]
    assert len(sorted_map) == len(held)
    assert all(sorted_map.get(key) == held.get(key) for key in [*first, *gone])


def test_empty_value_can_be_deleted():
    """A key whose value is empty bytes is a key like any other."""
    sorted_map = SortedMap()
    sorted_map.put(b"a", b"")

    sorted_map.delete(b"a")

    assert (len(sorted_map), sorted_map.run(b"", b"z", 9, reverse=False)) == (0, [])
