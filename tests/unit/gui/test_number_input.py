"""How numbers are read from fields and shown in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.gui.forms.number_input import format_number, parse_number, parse_whole_number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_it_is_written(value: float) -> None:
    assert parse_number(format_number(value)) == value


@given(st.integers())
def test_a_whole_number_may_have_commas_between_its_thousands(value: int) -> None:
    assert parse_whole_number(format_number(value)) == value
    assert parse_whole_number(f"{value:,}") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("0,125", 0.125),
        ("-0,003", -0.003),
        ("1,0000", 1.0),
        ("1,000.5", 1000.5),
        ("1,234,567", 1_234_567.0),
        ("1e-3", 0.001),
    ],
)
def test_a_comma_is_read_where_it_can_only_mean_one_thing(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["1,000", "-12,500", "999,999"])
def test_an_ambiguous_comma_before_three_digits_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is ambiguous") as told:
        parse_number(text)
    assert text.replace(",", "") in str(told.value)
    assert text.replace(",", ".") in str(told.value)


@pytest.mark.parametrize("text", ["", "fast", "1.000,5", "1,00,000", "1.2.3", "1,000.5,0"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)
