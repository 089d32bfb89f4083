import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmflow.config.scalars import scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("NULL", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-17", -17),
        ("+3", 3),
        ("0o17", 15),
        ("0xFf", 255),
        ("1e-6", 1e-6),
        ("1E5", 1e5),
        (".5", 0.5),
        ("2.", 2.0),
        ("01.5", 1.5),
        ("-.inf", -math.inf),
    ],
)
def test_yaml_1_2(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "1_000",
        "0b11",
        "12:30",
        "2026-11-22",
        "-",
        "+",
        ".",
        "e5",
        "TRUE ",
        "nan",
    ],
)
def test_what_yaml_1_1_or_python_would_change_is_text(text):
    assert scalar(text) == text


def test_nan():
    assert math.isnan(scalar(".nan"))


@pytest.mark.parametrize("text", ["012", "-007", "00"])
def test_leading_zero_is_refused_with_both_ways_out(text):
    with pytest.raises(ValueError, match=rf"{text} starts with a zero: write .* for the number, '"):
        scalar(text)


def test_numbers_that_no_float_holds_are_refused():
    with pytest.raises(
        ValueError, match=r"larger than any float64: write \.inf for infinity, '1e999' for"
    ):
        scalar("1e999")


@pytest.mark.parametrize("text", ["9" * 5000, "0" * 5000, "0x" + "f" * 5000])
def test_endless_numbers_are_refused(text):
    with pytest.raises(ValueError, match=f"a number of {len(text)} digits is too long"):
        scalar(text)


@given(st.integers())
def test_integers_come_back(number):
    assert scalar(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back(number):
    assert scalar(repr(number)) == number
