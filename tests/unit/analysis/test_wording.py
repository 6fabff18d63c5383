"""The wording of numbers with intervals."""

from studio.analysis.intervals import Interval, no_interval
from studio.analysis.wording import with_brackets, with_interval


def interval(value: float, low: float, high: float) -> Interval:
    return Interval(value, low, high, "seeds and test examples")


def test_an_interval_shows_no_more_digits_than_its_width_justifies() -> None:
    assert with_brackets(interval(0.12345, 0.11, 0.14)) == "0.123 [0.110, 0.140]"


def test_an_interval_without_width_shows_no_rounding() -> None:
    value = 0.6931471805599453
    assert with_brackets(interval(value, value - 1e-15, value + 1e-15)) == "0.693 [0.693, 0.693]"
    assert with_interval(interval(value, value, value)).startswith("0.69")


def test_a_value_without_an_interval_says_so() -> None:
    assert with_brackets(no_interval(1.23456)) == "1.23"
    assert "no interval" in with_interval(no_interval(1.23456))
