"""How numbers are read from fields and shown in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.gui.forms.numbers import number, whole_number, written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_it_is_written(value: float) -> None:
    assert number(written(value)) == value


@given(st.integers())
def test_a_whole_number_may_have_commas_between_its_thousands(value: int) -> None:
    assert whole_number(written(value)) == value
    assert whole_number(f"{value:,}") == value


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
    assert number(text) == value


@pytest.mark.parametrize("text", ["1,000", "-12,500", "999,999"])
def test_a_comma_before_three_digits_is_refused_as_it_could_mean_two(text: str) -> None:
    with pytest.raises(ValueError, match="can be read in two ways") as told:
        number(text)
    assert text.replace(",", "") in str(told.value)
    assert text.replace(",", ".") in str(told.value)


@pytest.mark.parametrize("text", ["", "fast", "1.000,5", "1,00,000", "1.2.3", "1,000.5,0"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        number(text)
