"""
What counts as a value, and what plain form makes of it.
"""

import copy
import pickle
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple

import pytest
from hypothesis import given

from docdb.errors import IndexRangeError, InvalidArgument, InvalidDocument
from docdb.values.kinds import UNSET, Int64, Kind, Unset, kind_of, normalize
from docdb.values.order import equal
from tests.values.strategies import values


class Point(NamedTuple):
    x: float
    y: float


class Colour(IntEnum):
    RED = 3


class Role(StrEnum):
    USER = "user"


class Text(str):
    pass


class Number(float):
    pass


class Blob(bytes):
    pass


def _nested(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def _endless() -> list[object]:
    value: list[object] = []
    value.append(value)
    return value


def _released() -> memoryview:
    view = memoryview(b"x")
    view.release()
    return view


class TestInt64:
    """A 64-bit integer of its own kind."""

    @pytest.mark.parametrize("number", [-(1 << 63), -1, 0, 1, (1 << 63) - 1])
    def test_an_int64_holds_every_number_of_64_bits(self, number: int) -> None:
        """Every signed 64-bit number can be kept exactly."""
        value = Int64(number)

        assert value == number
        assert repr(value) == f"Int64({number})"
        assert f"{value}" == str(value) == str(number)

    @pytest.mark.parametrize("number", [-(1 << 63) - 1, 1 << 63, True, 1.0, "1", None])
    def test_an_int64_takes_nothing_else(self, number: object) -> None:
        """A number that does not fit, or something that is no integer, is refused."""
        with pytest.raises(InvalidArgument):
            Int64(number)  # pyright: ignore[reportArgumentType]

    def test_arithmetic_gives_a_plain_int(self) -> None:
        """Computing with an Int64 leaves its kind, which one has to choose again."""
        total = Int64(5) + 1

        assert type(total) is int
        assert Int64(Int64(5)) == 5

    def test_an_int64_survives_copying_and_pickling(self) -> None:
        """A copy of an Int64 is an Int64."""
        value = Int64(5)

        copies = [copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))]

        assert [repr(each) for each in copies] == ["Int64(5)"] * 3


class TestUnset:
    """The one thing that says that there is nothing."""

    def test_there_is_one_unset(self) -> None:
        """However it is made or copied, UNSET can be compared by identity."""
        copies = [Unset(), copy.deepcopy(UNSET), pickle.loads(pickle.dumps(UNSET))]

        assert all(each is UNSET for each in copies)
        assert repr(UNSET) == "UNSET"


class TestKindOf:
    """Which kind a Python object stands for."""

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            (UNSET, Kind.UNDEFINED),
            (None, Kind.NULL),
            (Int64(1), Kind.INT64),
            (1, Kind.FLOAT64),
            (1.0, Kind.FLOAT64),
            (Colour.RED, Kind.FLOAT64),
            (True, Kind.BOOLEAN),
            ("a", Kind.STRING),
            (Role.USER, Kind.STRING),
            (b"a", Kind.BYTES),
            (bytearray(b"a"), Kind.BYTES),
            ([], Kind.ARRAY),
            (Point(1, 2), Kind.ARRAY),
            ({}, Kind.OBJECT),
            (MappingProxyType({}), Kind.OBJECT),
            (object(), None),
            ({1}, None),
        ],
    )
    def test_each_object_has_its_kind(self, value: object, kind: Kind | None) -> None:
        """A boolean is never a number, and an Int64 is no float64."""
        assert kind_of(value) is kind

    def test_a_kind_reads_as_convex_names_it(self) -> None:
        """Messages name kinds in Convex's words."""
        assert f"{Kind.FLOAT64}, {Kind.OBJECT}" == "float64, object"


class TestPlainForm:
    """What normalize makes of what it accepts."""

    @pytest.mark.parametrize(
        ("value", "plain"),
        [
            (Colour.RED, 3),
            (Role.USER, "user"),
            (Text("a"), "a"),
            (Number(1.5), 1.5),
            (Blob(b"a"), b"a"),
            (bytearray(b"a"), b"a"),
            (memoryview(b"abc")[::2], b"ac"),
            ((1, (2,)), [1, [2]]),
            (Point(1, 2), [1, 2]),
            (OrderedDict(a=1), {"a": 1}),
            (MappingProxyType({"a": MappingProxyType({})}), {"a": {}}),
            ({Role.USER: 1}, {"user": 1}),
            (Int64(3), Int64(3)),
            (True, True),
            (1 << 53, 1 << 53),
            (-(1 << 53), -(1 << 53)),
        ],
    )
    def test_each_object_becomes_its_plain_form(self, value: object, plain: object) -> None:
        """Subclasses and look-alikes become the one type that docdb holds."""
        result = normalize(value, depth_max=2)

        assert result == plain
        assert type(result) is type(plain)
        assert repr(result) == repr(plain)

    def test_the_copy_shares_nothing_that_can_change(self) -> None:
        """Changing your object after a write changes nothing in the database."""
        tokens = [1]
        document = {"metadata": {"tokens": tokens}}

        plain = normalize(document, depth_max=16)
        tokens.append(2)

        assert plain == {"metadata": {"tokens": [1]}}

    @given(values)
    def test_plain_form_stays_as_it_is(self, value: object) -> None:
        """What came out of the database can go in again unchanged."""
        plain = normalize(value, depth_max=64)

        assert repr(plain) == repr(value)
        assert equal(plain, value)  # pyright: ignore[reportArgumentType]

    def test_unset_fields_are_dropped_at_any_depth(self) -> None:
        """A field that is UNSET is an absent field."""
        document = {"a": UNSET, "b": {"c": UNSET, "d": [{"e": UNSET}]}}

        assert normalize(document, depth_max=16) == {"b": {"d": [{}]}}

    def test_unset_is_kept_at_the_top_of_a_patch_only(self) -> None:
        """A patch has to know which fields to remove, and only its own."""
        changes = {"a": UNSET, "b": {"c": UNSET}}

        assert normalize(changes, depth_max=16, keep_unset=True) == {"a": UNSET, "b": {}}
        assert normalize(UNSET, depth_max=16, keep_unset=True) is UNSET

    def test_an_empty_field_name_is_a_name(self) -> None:
        """Names need not be identifiers; only what is indexed must be."""
        document = {"": 1, "first name": 2, "_x": 3, "a.b": 4}

        assert normalize(document, depth_max=1) == document


class TestRefusals:
    """What normalize refuses, and how it says where."""

    @pytest.mark.parametrize(
        ("value", "path"),
        [
            ({"a": [{"b": 1 << 54}]}, "a[0].b"),
            ({"a": [1, -(1 << 53) - 1]}, "a[1]"),
            ({"a": 10**400}, "a"),
            ({"a": {1, 2}}, "a"),
            ({"a": [Decimal(1)]}, "a[0]"),
            ({"a": date(2026, 1, 1)}, "a"),
            ({"a": object()}, "a"),
            ({"a": "x\ud800"}, "a"),
            (
                {"metadata": {"tokens": [1, 2, {"total": UNSET, "x": [UNSET]}]}},
                "metadata.tokens[2].x[0]",
            ),
            ([UNSET], "[0]"),
            (UNSET, ""),
            ({"a": {1: 2}}, "a"),
            ({"a": {"$b": 2}}, "a.$b"),
            ({"a": {"é": 2}}, "a.é"),
            ({"a": {"\ud800": 2}}, "a.\ud800"),
            ({"a": {"x\x7f": 2}}, "a.x\x7f"),
            ({"a": [0] * 8193}, "a"),
            ({"a": {f"f{n}": n for n in range(1025)}}, "a"),
            ({"a": _released()}, "a"),
        ],
    )
    def test_each_flaw_is_refused_with_its_path(self, value: object, path: str) -> None:
        """An error says at which field of the document the trouble lies."""
        with pytest.raises(InvalidDocument) as caught:
            normalize(value, depth_max=16)

        assert caught.value.path == path

    @pytest.mark.parametrize("levels", [1, 15, 16])
    def test_a_value_may_have_all_its_levels(self, levels: int) -> None:
        """A document of exactly the allowed depth is accepted."""
        assert normalize(_nested(levels), depth_max=16) == _nested(levels)

    @pytest.mark.parametrize("value", [_nested(17), _endless(), {"a": _nested(16)}])
    def test_one_level_more_is_refused(self, value: object) -> None:
        """Neither a deep document nor one that contains itself gets in."""
        with pytest.raises(InvalidDocument):
            normalize(value, depth_max=16)

    def test_limits_of_length_are_inclusive(self) -> None:
        """An array of 8,192 elements and an object of 1,024 fields are accepted."""
        value = {f"f{n}": n for n in range(1023)} | {"a": [0] * 8192}

        assert normalize(value, depth_max=2) == value

    def test_the_caller_chooses_error_and_path(self) -> None:
        """A bad bound of a range is reported as the range's error."""
        with pytest.raises(IndexRangeError) as caught:
            normalize([{1}], depth_max=16, path="bounds", error=IndexRangeError)

        assert caught.value.path == "bounds[0]"  # pyright: ignore[reportAttributeAccessIssue]

    def test_a_mapping_need_not_be_a_dict(self) -> None:
        """Anything that behaves as a mapping is an object, and its flaws have paths too."""

        class Settings(Mapping[str, object]):
            def __getitem__(self, name: str) -> object:
                return {"dark": True, "bad": {1}}[name]

            def __iter__(self) -> Iterator[str]:
                return iter(("dark", "bad"))

            def __len__(self) -> int:
                return 2

        with pytest.raises(InvalidDocument) as caught:
            normalize({"settings": Settings()}, depth_max=16)

        assert caught.value.path == "settings.bad"
