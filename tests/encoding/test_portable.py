"""
Values as JSON that travels.
"""

import json
import struct
from base64 import b64encode

import pytest
from hypothesis import given

from docdb.encoding.portable import Json, from_json, to_json
from docdb.encoding.sortable import encode_value
from docdb.errors import InvalidArgument
from docdb.values.kinds import UNSET, Int64, Value
from docdb.values.order import equal
from tests.values.strategies import values


def _float(number: float) -> Json:
    return {"$float": b64encode(struct.pack("<d", number)).decode()}


def _nested(levels: int) -> Json:
    form: Json = []
    for _ in range(levels - 1):
        form = [form]
    return form


class TestEncoding:
    """Values to JSON."""

    @pytest.mark.parametrize(
        ("value", "form"),
        [
            (None, None),
            (True, True),
            ("a", "a"),
            (1, 1),
            (1.0, 1.0),
            (0.0, 0.0),
            (Int64(1), {"$integer": "AQAAAAAAAAA="}),
            (Int64(-(1 << 63)), {"$integer": "AAAAAAAAAIA="}),
            (float("nan"), {"$float": "AAAAAAAA+H8="}),
            (float("inf"), {"$float": "AAAAAAAA8H8="}),
            (float("-inf"), {"$float": "AAAAAAAA8P8="}),
            (-0.0, {"$float": "AAAAAAAAAIA="}),
            (b"", {"$bytes": ""}),
            (b"hi", {"$bytes": "aGk="}),
            ([1, [b""]], [1, [{"$bytes": ""}]]),
            ({}, {}),
            (UNSET, {"$undefined": None}),
            ({"a": UNSET}, {"a": {"$undefined": None}}),
        ],
    )
    def test_each_kind_has_convexs_form(self, value: Value, form: Json) -> None:
        """Data exported from here can be imported there."""
        written = to_json(value)

        assert repr(written) == repr(form)

    def test_fields_come_in_the_order_of_their_names(self) -> None:
        """Two equal documents have one text."""
        assert json.dumps(to_json({"b": 1, "a": 2, "": 3})) == '{"": 3, "a": 2, "b": 1}'

    @given(values)
    def test_every_value_comes_back_from_text(self, value: Value) -> None:
        """Through a file and back, every value keeps kind, spelling and bits."""
        text = json.dumps(to_json(value), allow_nan=False)

        kept = from_json(json.loads(text), integers="keep")

        assert equal(kept, value)
        assert encode_value(kept) == encode_value(value)
        assert json.dumps(to_json(kept)) == text

    @given(values)
    def test_convex_reads_the_same_value(self, value: Value) -> None:
        """Where every number is a float64, the value is still the same."""
        assert equal(from_json(json.loads(json.dumps(to_json(value)))), value)

    @pytest.mark.parametrize("value", [{1}, [object()], {"a": (1,)}])
    def test_what_is_no_value_has_no_form(self, value: Value) -> None:
        """Only values can be exported."""
        with pytest.raises(InvalidArgument):
            to_json(value)


class TestNumbers:
    """JSON's one kind of number."""

    def test_a_number_is_a_float_unless_told_otherwise(self) -> None:
        """JSON cannot say whether 5 was an integer; Convex's numbers are all floats."""
        numbers = [from_json(5), from_json(5, integers="keep"), from_json(5.0, integers="keep")]

        assert repr(numbers) == "[5.0, 5, 5.0]"

    def test_an_integer_that_no_int_can_be_is_a_float(self) -> None:
        """Beyond 2**53 a number in JSON means the nearest float64."""
        assert repr(from_json((1 << 53) + 2, integers="keep")) == "9007199254740994.0"

    def test_positive_zero_may_be_written_as_float(self) -> None:
        """Convex's backend accepts this one ordinary number in the special form."""
        assert repr(from_json(_float(0.0))) == "0.0"


class TestRefusals:
    """What stands for no value."""

    @pytest.mark.parametrize(
        ("form", "path"),
        [
            ({"a": {"$integer": "AQAAAAAAAA=="}}, "a"),
            ({"a": {"$integer": 5}}, "a"),
            ({"a": {"$integer": "AQAAAAAAAAA"}}, "a"),
            ({"a": {"$integer": "AQAAAAAAAAA=\n"}}, "a"),
            ({"a": {"$integer": " AQAAAAAAAAA="}}, "a"),
            ({"a": {"$bytes": "aGk"}}, "a"),
            ({"a": {"$bytes": "aGl="}}, "a"),
            ({"a": {"$bytes": "a-_="}}, "a"),
            ({"a": {"$bytes": "é"}}, "a"),
            ({"a": {"$bytes": None}}, "a"),
            ({"a": [_float(1.5)]}, "a[0]"),
            ({"a": [_float(5e-324)]}, "a[0]"),
            ({"a": {"$float": 1.5}}, "a"),
            ({"a": {"$undefined": None}}, "a.$undefined"),
            ({"a": {"$commitTs": None}}, "a.$commitTs"),
            ({"a": {"$ref": "b"}}, "a.$ref"),
            ({"a": {"$integer": "AQAAAAAAAAA=", "b": 1}}, "a.$integer"),
            ({"$bytes": "", "$float": ""}, "$bytes"),
            ({"a": {"é": 1}}, "a.é"),
            ({"a": float("nan")}, "a"),
            ({"a": float("inf")}, "a"),
            ({"a": 10**400}, "a"),
            ({"a": "\ud800"}, "a"),
            ({"a": {1, 2}}, "a"),
            ({"a": [0] * 8193}, "a"),
            ({"a": b"raw"}, "a"),
        ],
    )
    def test_what_no_encoder_writes_is_refused_with_its_path(self, form: Json, path: str) -> None:
        """A damaged export is reported where the damage is."""
        with pytest.raises(InvalidArgument) as caught:
            from_json(form)

        assert caught.value.path == path  # pyright: ignore[reportAttributeAccessIssue]

    def test_depth_has_its_limit(self) -> None:
        """64 levels are read, and however many more are refused, not crashed on."""
        assert from_json(_nested(64)) == _nested(64)

        with pytest.raises(InvalidArgument):
            from_json(_nested(65))
        with pytest.raises(InvalidArgument):
            from_json(_nested(900))

    def test_a_name_with_dots_is_not_depth(self) -> None:
        """A field may be called anything that a document can contain."""
        form: Json = {"." * 200: {"[" * 200: [True]}}

        assert from_json(form) == form


class TestUndefined:
    """Where a value may be missing."""

    @pytest.mark.parametrize(
        ("form", "value"),
        [
            ({"$undefined": None}, UNSET),
            ({"a": {"$undefined": None}, "b": True}, {"a": UNSET, "b": True}),
        ],
    )
    def test_a_bound_or_the_field_of_a_patch_may_be_missing(
        self, form: Json, value: object
    ) -> None:
        """A patch can say over the wire which fields it removes."""
        assert from_json(form, undefined=True) == value

    @pytest.mark.parametrize(
        "form",
        [
            [{"$undefined": None}],
            {"a": {"b": {"$undefined": None}}},
            {"a": [{"$undefined": None}]},
            {"$undefined": 1},
        ],
    )
    def test_nothing_else_may_be_missing(self, form: Json) -> None:
        """Inside a value everything is a value."""
        with pytest.raises(InvalidArgument):
            from_json(form, undefined=True)
