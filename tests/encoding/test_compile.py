"""
Generated functions equal their interpreted forms.
"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docdb.encoding.compile import (
    compile_entry_encoder,
    compile_maker,
    compile_packer,
    compile_reader,
)
from docdb.encoding.packed import Record, decode, pack_record
from docdb.encoding.sortable import encode_values
from docdb.errors import InvalidDocument
from docdb.values.kinds import Int64, Value
from docdb.values.paths import read_path
from tests.values.strategies import documents, field_names, values

PREFIX = b"I\x07"
_parts = st.sampled_from(["a", "b", "c"])
_paths = st.lists(st.lists(_parts, min_size=1, max_size=3).map(tuple), max_size=4)
# Objects of few names, so that nested paths often lead somewhere.
_nested = st.recursive(
    values, lambda inner: st.dictionaries(_parts, inner, max_size=3), max_leaves=6
)
_nested_documents = st.dictionaries(_parts, _nested, max_size=3)


class TestEntryEncoder:
    """Keys of index entries."""

    @given(_nested_documents, _paths, st.binary(max_size=17))
    @example({"a": "x\0y", "b": {"c": "\0"}}, [("a",), ("b", "c")], b"row")
    @example({"a": "text"}, [("a", "get")], b"row")
    def test_an_entry_is_the_keys_of_its_fields(
        self, document: dict[str, Value], paths: list[tuple[str, ...]], row_key: bytes
    ) -> None:
        """Generated keys are those that ranges are made of."""
        encode = compile_entry_encoder(PREFIX, paths)

        fields = [read_path(document, path) for path in paths]
        assert encode(document, row_key) == PREFIX + encode_values(fields) + row_key

    @pytest.mark.parametrize(
        ("document", "path"),
        [
            ({"a": "\ud800"}, "a"),
            ({"a": {"b": ["\ud800"]}}, "a.b[0]"),
            ({"a": {1}}, "a"),
            ({"a": 10**400}, "a"),
            ({"a": (1,)}, ""),
        ],
    )
    def test_what_is_not_in_plain_form_is_refused_with_its_path(
        self, document: dict[str, Value], path: str
    ) -> None:
        """A lone surrogate in an indexed field is an error of the document."""
        encode = compile_entry_encoder(PREFIX, [("a",)])

        with pytest.raises(InvalidDocument) as caught:
            encode(document, b"")

        assert caught.value.path == path


class TestReader:
    """Values at paths."""

    @given(_nested_documents, _paths)
    def test_values_are_read_as_by_paths(
        self, document: dict[str, Value], paths: list[tuple[str, ...]]
    ) -> None:
        """Generated code sees the same fields as the interpreter."""
        read = compile_reader(paths)

        assert repr(read(document)) == repr(tuple(read_path(document, path) for path in paths))


class TestPacker:
    """Records and the documents in them."""

    @given(documents, st.binary(max_size=20))
    def test_a_record_is_the_interpreted_one(self, document: dict[str, Value], key: bytes) -> None:
        """Generated records are the same bytes, whatever order the fields came in."""
        names = sorted(document)
        pack = compile_packer(3, names)

        packed = pack(key, "id", 1.5, {"_id": "old", **document})

        assert packed == pack_record(
            key, Record(3, "id", 1.5, tuple(document[name] for name in names))
        )

    @given(st.dictionaries(field_names, values, max_size=6))
    def test_a_document_comes_back_as_it_was(self, document: dict[str, Value]) -> None:
        """Packing and making again changes nothing, whatever the fields are called."""
        names = sorted(document)

        packed = compile_packer(1, names)(b"key", "id", 1.5, document)
        made = decode(b"key", packed, {1: compile_maker(names)})

        fields = {name: document[name] for name in names}
        assert repr(made) == repr({"_id": "id", "_creationTime": 1.5, **fields})

    def test_a_document_may_have_all_its_fields(self) -> None:
        """The widest document there can be is packed like any other."""
        document: dict[str, Value] = {f"f{n:04}": n for n in range(1022)}
        names = sorted(document)

        packed = compile_packer(1, names)(b"key", "id", 1.0, document)

        made = decode(b"key", packed, {1: compile_maker(names)})
        assert made == {"_id": "id", "_creationTime": 1.0, **document}

    @pytest.mark.parametrize(
        ("value", "path"),
        [
            ("\ud800", "a"),
            ([Int64(1), {"b": "x\udfff"}], "a[1].b"),
            (1 << 64, "a"),
            ({"b": {1}}, "a.b"),
        ],
    )
    def test_what_is_not_in_plain_form_is_refused_with_its_path(
        self, value: Value, path: str
    ) -> None:
        """A record is never half a document."""
        pack = compile_packer(1, ["a"])

        with pytest.raises(InvalidDocument) as caught:
            pack(b"key", "id", 1.0, {"a": value})

        assert caught.value.path == path
