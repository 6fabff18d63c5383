"""Baselines of numbers at each step, fitted on the scored steps of the training set alone."""

import numpy as np
import pytest

from studio.analysis import score_baselines
from studio.core.prepared.examples import PreparedTask
from studio.core.results.history import Baseline
from studio.core.results.metrics import has_target
from studio.core.specs.comparison_spec import TaskSpec, TrainingSpec
from studio.data import prepare
from studio.data.dataset import Column, Series

COLUMNS = (Column("x", "feature"), Column("y", "target"))
WINDOW, WASHOUT = 40, 10


def filtered(steps: int = 600) -> Series:
    """y is a weighted sum of the last three x."""
    x = np.random.default_rng(0).normal(size=steps)
    y = 2.0 + np.convolve(x, [1.5, -0.7, 0.4])[:steps]
    return Series("filter", "made here", COLUMNS, np.stack([x, y], axis=1))


def prepared(training: TrainingSpec = TrainingSpec(), **settings: object) -> PreparedTask:  # noqa: B008
    options = {"kind": "track", "window": WINDOW, "washout": WASHOUT, **settings}
    return prepare(filtered(), TaskSpec.model_validate(options), training=training)[0]


def baselines(task: PreparedTask) -> dict[str, Baseline]:
    return {baseline.name: baseline for baseline in score_baselines(task)}


def test_linear_filter_finds_a_filter_of_the_inputs() -> None:
    task = prepared()
    found = baselines(task)
    assert list(found) == ["mean", "linear filter (32 lags)"]
    scored = has_target(task.test.targets_in_units)
    spread = task.test.targets_in_units[scored].std()
    assert found["linear filter (32 lags)"].scores["rmse"] < 0.15 * spread
    # the first lags of a window see zeros instead of the steps before it


def test_linear_filter_is_the_ridge_regression_of_numpy() -> None:
    task = prepared(washout=32)
    part = task.training
    scored = has_target(part.targets_in_units)
    rows, goals = [], []
    for example, step in np.argwhere(scored):
        lags = part.inputs[example, step - 31 : step + 1, 0]
        rows.append([1.0, *lags])
        goals.append(part.targets[example, step, 0])
    design, targets = np.array(rows, np.float64), np.array(goals, np.float64)
    gram = design.T @ design
    ridge = 1e-3 * np.trace(gram[1:, 1:]) / 32 * np.diag([0.0] + [1.0] * 32)
    weights = np.linalg.solve(gram + ridge, design.T @ targets)
    test = task.test
    example, step = np.argwhere(has_target(test.targets_in_units))[7]
    scaled = np.array([1.0, *test.inputs[example, step - 31 : step + 1, 0]]) @ weights
    scaler = task.preprocessing.target_scaler
    expected = scaled * scaler.scale[0] + scaler.center[0]
    found = baselines(task)["linear filter (32 lags)"].predictions[example, step, 0]
    assert found == pytest.approx(expected, rel=1e-5)


def test_last_value_is_held_where_it_runs_freely() -> None:
    task = prepared(past_target=True)
    rule = baselines(task)["last value"]
    values = filtered().values[:, 1]
    for index, first in enumerate(task.test.positions.tolist()):
        length = task.test.length_of(index)
        held = values[first + WASHOUT - 1]
        np.testing.assert_allclose(
            rule.predictions[index, WASHOUT:length, 0], held, rtol=1e-4, atol=1e-5
        )
        before = values[first + WASHOUT - 1 : first + length - 1]
        np.testing.assert_allclose(
            rule.predictions[index, WASHOUT:length, 1], before, rtol=1e-4, atol=1e-5
        )


def test_mean_is_that_of_the_scored_training_steps() -> None:
    task = prepared()
    scored = has_target(task.training.targets_in_units)
    mean = task.training.targets_in_units[scored].mean()
    assert baselines(task)["mean"].predictions[0, -1, 0] == pytest.approx(mean)


@pytest.mark.parametrize("past_target", [False, True])
def test_baselines_predict_quantiles_that_cover_the_training_set(*, past_target: bool) -> None:
    task = prepared(TrainingSpec(loss="quantiles"), past_target=past_target)
    for baseline in baselines(task).values():
        assert baseline.predictions.shape[2] == task.preprocessing.stored_size
        assert 0.6 < baseline.scores["coverage"] <= 1.0
        assert baseline.validation_loss is not None
