"""Forecast errors that resemble their neighbours count for less than as many alone."""

import numpy as np
import pytest
from unit.analysis.make_histories import numbers, with_errors

from studio.analysis.comparing import compare
from studio.analysis.stretches import in_stretches
from studio.core.metrics import METRICS

MAE = METRICS["mae"]
DRAWS = 1000


def autoregressive(rng: np.random.Generator, steps: int, correlation: float) -> np.ndarray:
    """A stationary series with spread one, each value of which resembles the one before."""
    noise = rng.normal(size=steps)
    values = [noise[0]]
    for each in noise[1:]:
        values.append(correlation * values[-1] + np.sqrt(1 - correlation**2) * each)
    return np.array(values)


def test_the_mean_of_stretches_is_that_of_the_values() -> None:
    values = np.random.default_rng(1).normal(size=(3, 101))
    assert in_stretches(values, 7).mean(axis=1) == pytest.approx(values.mean(axis=1))


def test_independent_errors_keep_the_shortest_stretches() -> None:
    values = np.random.default_rng(1).normal(size=(3, 600))
    assert in_stretches(values, 9).shape == (3, 600 // 9)


def test_stretches_grow_with_what_neighbours_have_in_common() -> None:
    rng = np.random.default_rng(1)
    counts = [
        in_stretches(autoregressive(rng, 600, each)[None], 9).shape[1] for each in (0.0, 0.6, 0.9)
    ]
    assert counts[0] > counts[1] > counts[2] >= 5


def test_a_few_stretches_are_left_however_alike_neighbours_are() -> None:
    assert in_stretches(np.linspace(0, 1, 60)[None], 4).shape[1] == 5
    assert in_stretches(np.ones((2, 60)), 4).shape[1] == 15
    assert in_stretches(np.ones((2, 3)), 4).shape[1] == 1


@pytest.mark.verify
@pytest.mark.parametrize(
    ("steps", "correlation", "least"),
    [(120, 0.5, 0.92), (300, 0.0, 0.92), (300, 0.8, 0.92), (600, 0.8, 0.92), (600, 0.9, 0.91)],
)
def test_intervals_of_forecasts_hold_the_truth_where_errors_are_autoregressive(
    steps: int, correlation: float, least: float
) -> None:
    rng = np.random.default_rng(round(steps + 100 * correlation))
    held, won = [], []
    for _ in range(DRAWS):
        common = 9 + autoregressive(rng, steps, correlation)
        errors = {
            cell: common
            + autoregressive(rng, steps, correlation)
            + 0.1 * rng.normal(size=(3, 1))
            + 0.3 * rng.normal(size=(3, steps))
            for cell in ("gru", "lstm")
        }
        [verdict] = compare(with_errors(errors, preparation=numbers(window=14)), MAE)
        held.append(verdict.difference.low <= 0 <= verdict.difference.high)
        won.append(verdict.decision.kind == "better")
    assert least <= np.mean(held) <= 0.995
    assert np.mean(won) <= 1 - least
