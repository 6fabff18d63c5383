"""Intervals have their nominal coverage in simulated comparisons."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from studio.analysis.intervals import (
    BOTH,
    Interval,
    crossed_mean,
    geometric_mean,
    mean_over_seeds,
    median_interval,
    no_interval,
    ratio_over_segments,
)

SPREADS = {
    "examples lead": (0.1, 1.0, 1.0),
    "seeds lead": (1.0, 0.3, 0.3),
    "both": (0.3, 1.0, 1.0),
    "neither": (0.0, 0.0, 1.0),
}
VALUES = arrays(np.float64, (3, 8), elements=st.floats(-100, 100))


def simulate(
    rng: np.random.Generator, seeds: int, examples: int, spreads: tuple[float, float, float]
) -> np.ndarray:
    seed, example, rest = spreads
    return (
        seed * rng.normal(size=(seeds, 1))
        + example * rng.normal(size=examples)
        + rest * rng.normal(size=(seeds, examples))
    )


def coverage(seeds: int, examples: int, spreads: tuple[float, float, float], draws: int) -> float:
    rng = np.random.default_rng(1)
    result = [crossed_mean(simulate(rng, seeds, examples, spreads)) for _ in range(draws)]
    return float(np.mean([each.low <= 0 <= each.high for each in result]))


@pytest.mark.parametrize("spreads", SPREADS.values(), ids=SPREADS)
def test_the_interval_over_seeds_and_examples_covers_the_truth(
    spreads: tuple[float, float, float],
) -> None:
    assert 0.90 <= coverage(10, 100, spreads, 300) <= 0.99


@pytest.mark.parametrize("spreads", SPREADS.values(), ids=SPREADS)
@pytest.mark.parametrize("seeds", [2, 3])
def test_the_interval_covers_the_truth_with_few_seeds_too(
    seeds: int, spreads: tuple[float, float, float]
) -> None:
    assert coverage(seeds, 100, spreads, 600) >= 0.92


@pytest.mark.verify
@pytest.mark.parametrize("spreads", SPREADS.values(), ids=SPREADS)
@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
@pytest.mark.parametrize("examples", [20, 100, 500])
def test_the_interval_covers_the_truth_in_many_draws(
    seeds: int, examples: int, spreads: tuple[float, float, float]
) -> None:
    assert coverage(seeds, examples, spreads, 20_000) >= 0.94


def test_the_variance_of_a_table_equals_a_calculation_by_hand() -> None:
    result = crossed_mean(np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 8.0]]))
    # mean squares 6, 14 and 0 with 1, 2 and 2 degrees of freedom
    half = np.sqrt((12.706205**2 * 6 + 4.302653**2 * 14) / 6)
    assert result.value == 4
    assert result.high - result.value == pytest.approx(half, rel=1e-6)
    assert result.covers == BOTH


def test_one_seed_gives_an_interval_over_examples_alone() -> None:
    result = crossed_mean(np.array([[1.0, 2.0, 3.0]]))
    assert result.covers == "test examples"
    assert result.high - result.value == pytest.approx(4.302653 / np.sqrt(3), rel=1e-6)


def test_one_example_or_block_gives_no_interval_whatever_the_seeds() -> None:
    assert not crossed_mean(np.array([[1.0], [2.0], [3.0]])).is_known


def test_a_single_value_has_no_interval() -> None:
    result = crossed_mean(np.array([[3.0]]))
    assert (result.value, result.is_known, result.excludes_zero) == (3.0, False, False)
    assert not result.lies_within(100)


def test_no_values_give_no_interval() -> None:
    for result in (crossed_mean(np.empty((0, 0))), mean_over_seeds([]), median_interval([])):
        assert np.isnan(result.value)
        assert not result.is_known


@given(VALUES, st.floats(-50, 50))
def test_adding_a_constant_shifts_the_interval(values: np.ndarray, shift: float) -> None:
    plain, moved = crossed_mean(values), crossed_mean(values + shift)
    for end in ("value", "low", "high"):
        assert getattr(moved, end) == pytest.approx(getattr(plain, end) + shift, abs=1e-6)


@given(VALUES)
def test_negated_values_have_the_negated_interval(values: np.ndarray) -> None:
    plain, mirrored = crossed_mean(values), crossed_mean(-values)
    assert mirrored.value == pytest.approx(-plain.value)
    assert mirrored.low == pytest.approx(-plain.high)
    assert (-mirrored).low == pytest.approx(plain.low)


@given(VALUES)
def test_the_order_of_seeds_and_examples_does_not_matter(values: np.ndarray) -> None:
    plain, turned = crossed_mean(values), crossed_mean(values[::-1, ::-1])
    assert turned.high == pytest.approx(plain.high, abs=1e-6)


def test_the_median_needs_six_values_for_an_interval() -> None:
    assert not median_interval(np.arange(5)).is_known
    result = median_interval(np.arange(6))
    assert (result.low, result.value, result.high) == (0, 2.5, 5)


def test_the_interval_of_the_median_is_distribution_free() -> None:
    rng = np.random.default_rng(2)
    result = [median_interval(rng.exponential(size=25)) for _ in range(400)]
    assert np.mean([each.low <= np.log(2) <= each.high for each in result]) >= 0.93


def test_the_geometric_mean_of_a_ratio_and_its_inverse_is_one() -> None:
    result = geometric_mean(np.array([2.0, 0.5]), np.zeros(2))
    assert result.value == pytest.approx(1)
    assert result.low < 1 < result.high


def test_many_ratios_of_few_runs_do_not_count_as_many_runs() -> None:
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(3), 30)
    result = []
    for _ in range(400):
        logs = 0.05 * rng.normal(size=3)[groups] + 0.05 * rng.normal(size=90)
        result.append(geometric_mean(np.exp(logs), groups))
    assert np.mean([each.low <= 1 <= each.high for each in result]) >= 0.92


def test_a_single_ratio_has_no_interval() -> None:
    assert not geometric_mean(np.array([2.0]), np.zeros(1)).is_known


def test_each_run_counts_once_whatever_its_number_of_ratios() -> None:
    few = geometric_mean(np.array([2.0, 0.5]), np.arange(2))
    many = geometric_mean(np.array([2.0, 0.5, 0.5, 0.5, 0.5]), np.array([0, 1, 1, 1, 1]))
    assert many == few


def test_an_interval_within_the_margin_may_touch_it() -> None:
    assert Interval(0, -1, 1).lies_within(1)
    assert not Interval(0, -1.01, 1).lies_within(1)
    assert not no_interval(0).lies_within(1)


def timed_in_segments(
    rng: np.random.Generator, ratio: float, segments: int, pairs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Times of two programs; memory addresses shift a segment, and some requests are delayed."""
    shift = np.exp(0.03 * rng.normal(size=(segments, 1)))
    common = np.exp(0.1 * rng.normal(size=(segments, pairs)))
    jitter = np.exp(0.02 * rng.normal(size=(2, segments, pairs)))
    held_up = np.where(rng.random((2, segments, pairs)) < 0.1, 5.0, 1.0)
    first, second = common * jitter * held_up
    return ratio * shift * first, second


def test_a_ratio_over_segments_covers_the_truth_where_one_over_all_pairs_does_not() -> None:
    rng = np.random.default_rng(2)
    pooled, result = [], []
    for _ in range(400):
        first, second = timed_in_segments(rng, 0.9, 10, 40)
        result.append(ratio_over_segments(first, second))
        pooled.append(median_interval((first / second).ravel()))
    assert 0.92 <= np.mean([each.low <= 0.9 <= each.high for each in result]) <= 0.98
    assert np.mean([each.low <= 0.9 <= each.high for each in pooled]) < 0.6


def test_more_pairs_of_the_same_segments_do_not_narrow_a_ratio() -> None:
    first, second = timed_in_segments(np.random.default_rng(3), 0.9, 10, 40)
    result = ratio_over_segments(first, second)
    again = ratio_over_segments(np.tile(first, 5), np.tile(second, 5))
    assert (again.low, again.high) == pytest.approx((result.low, result.high))


def test_one_segment_gives_a_ratio_without_an_interval() -> None:
    result = ratio_over_segments(np.full((1, 4), 3.0), np.full((1, 4), 2.0))
    assert result.value == pytest.approx(1.5)
    assert not result.is_known
    assert np.isnan(ratio_over_segments(np.empty((0, 4)), np.empty((0, 4))).value)
