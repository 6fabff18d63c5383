"""Correlated forecast errors count as fewer independent ones."""

import numpy as np
import pytest
from unit.analysis.make_histories import numbers, with_errors

from studio.analysis.scores.block_sums import block_sums
from studio.analysis.scores.comparing import compare
from studio.core.results.metrics import METRICS

MAE = METRICS["mae"]
DRAWS = 1000


def autoregressive(rng: np.random.Generator, steps: int, correlation: float) -> np.ndarray:
    """A stationary autoregressive series with standard deviation one."""
    noise = rng.normal(size=steps)
    values = [noise[0]]
    for each in noise[1:]:
        values.append(correlation * values[-1] + np.sqrt(1 - correlation**2) * each)
    return np.array(values)


def test_block_sums_keep_the_mean_of_the_values() -> None:
    values = np.random.default_rng(1).normal(size=(3, 101))
    assert block_sums(values, 7).mean(axis=1) == pytest.approx(values.mean(axis=1))


def test_independent_errors_give_the_shortest_blocks() -> None:
    values = np.random.default_rng(1).normal(size=(3, 600))
    assert block_sums(values, 9).shape == (3, 600 // 9)


def test_blocks_grow_with_the_correlation_of_neighbours() -> None:
    rng = np.random.default_rng(1)
    counts = [
        block_sums(autoregressive(rng, 600, each)[None], 9).shape[1] for each in (0.0, 0.6, 0.9)
    ]
    assert counts[0] > counts[1] > counts[2] >= 4


def test_at_least_four_blocks_remain_for_any_correlation() -> None:
    assert block_sums(np.linspace(0, 1, 60)[None], 4).shape[1] == 4
    assert block_sums(np.ones((2, 60)), 4).shape[1] == 15
    assert block_sums(np.ones((2, 3)), 4).shape[1] == 1


@pytest.mark.verify
@pytest.mark.parametrize(
    ("steps", "correlation", "least"),
    [(120, 0.5, 0.92), (300, 0.0, 0.92), (300, 0.8, 0.92), (600, 0.8, 0.92), (600, 0.9, 0.91)],
)
def test_forecast_intervals_cover_the_truth_where_errors_are_autoregressive(
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
        [verdict] = compare(with_errors(errors, preprocessing=numbers(window=14)), MAE)
        held.append(verdict.difference.low <= 0 <= verdict.difference.high)
        won.append(verdict.decision.kind == "better")
    assert least <= np.mean(held) <= 0.995
    assert np.mean(won) <= 1 - least
