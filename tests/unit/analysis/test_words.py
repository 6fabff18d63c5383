"""Figures with intervals, as people read them."""

from studio.analysis.intervals import Interval, nothing
from studio.analysis.words import with_brackets, with_interval


def interval(value: float, low: float, high: float) -> Interval:
    return Interval(value, low, high, "seeds and test examples")


def test_an_interval_has_no_more_digits_than_it_is_known_to() -> None:
    assert with_brackets(interval(0.12345, 0.11, 0.14)) == "0.123 [0.110, 0.140]"


def test_an_interval_without_width_shows_no_rounding() -> None:
    value = 0.6931471805599453
    assert with_brackets(interval(value, value - 1e-15, value + 1e-15)) == "0.693 [0.693, 0.693]"
    assert with_interval(interval(value, value, value)).startswith("0.69")


def test_a_figure_without_an_interval_says_so_or_stands_alone() -> None:
    assert with_brackets(nothing(1.23456)) == "1.23"
    assert "no interval" in with_interval(nothing(1.23456))
