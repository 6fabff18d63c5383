"""Baselines, fitted on the training set only."""

import csv
import math
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from networks import classifying
from support import shared_file
from unit.analysis.make_histories import classes, numbers

from studio.analysis import score_baselines
from studio.core.arrays import Truth
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.history import Baseline


def part(inputs: np.ndarray, targets: Truth, truth: Truth) -> Examples:
    return Examples(inputs.astype(np.float32), None, targets, truth, np.arange(len(targets)))


def windows(
    series: np.ndarray,
    preprocessing: Preprocessing,
    targets: tuple[int, ...],
    first: int,
    last: int,
) -> Examples:
    """Windows of a series (time, channels) whose forecasts start at first to last - 1."""
    width, horizon = preprocessing.window, preprocessing.horizon
    starts = np.arange(first, last - horizon + 1)
    scaled = preprocessing.input_scaler.apply(series)
    inputs = np.array([scaled[start - width : start] for start in starts])
    truth = np.array([series[s : s + horizon, targets].ravel() for s in starts], np.float32)
    steps = truth.reshape(len(truth), horizon, len(targets))
    goals = preprocessing.target_scaler.apply(steps).reshape(truth.shape)
    return Examples(inputs, None, goals, truth, starts)


def forecast_task(
    series: np.ndarray,
    preprocessing: Preprocessing,
    targets: tuple[int, ...] = (0,),
    cut: float = 0.8,
) -> PreparedTask:
    border = int(cut * len(series))
    return PreparedTask(
        "series",
        preprocessing,
        windows(series, preprocessing, targets, preprocessing.window, border),
        windows(series, preprocessing, targets, border, border),
        windows(series, preprocessing, targets, border, len(series)),
    )


def scaled_to(series: np.ndarray, **changes: object) -> Preprocessing:
    scaler = Scaler.fit("standard", series[: int(0.8 * len(series))])
    target = Scaler(kind="standard", center=scaler.center[:1], scale=scaler.scale[:1])
    plain = {"input_scaler": scaler, "target_scaler": target}
    return numbers(window=5).model_copy(update={**plain, **changes})


def first_and_last(task: PreparedTask) -> tuple[Baseline, Baseline]:
    """Persistence and linear autoregression."""
    persistence, *_, linear = score_baselines(task)
    return persistence, linear


def test_persistence_and_autoregression_score_as_known_on_the_melbourne_temperatures() -> None:
    with shared_file("forecasting/daily-min-temperatures.csv").open(encoding="utf-8") as file:
        series = np.array([[float(row[1])] for row in list(csv.reader(file))[1:]])
    persistence, linear = first_and_last(forecast_task(series, scaled_to(series, window=14)))
    assert (persistence.name, persistence.parameters) == ("persistence", 0)
    assert (linear.name, linear.parameters) == ("linear autoregression", 15)
    assert persistence.scores["rmse"] == pytest.approx(2.48, abs=0.01)
    assert linear.scores["rmse"] == pytest.approx(2.21, abs=0.01)


def test_persistence_repeats_the_last_value_of_every_target_over_the_horizon() -> None:
    series = np.random.default_rng(0).normal(5, 2, size=(100, 3))
    scaler = Scaler.fit("standard", series[:80])
    preprocessing = numbers(window=5, horizon=2).model_copy(
        update={
            "input_names": ("a", "b", "c"),
            "input_scaler": scaler,
            "target_names": ("c", "a"),
            "target_units": ("", ""),
            "target_scaler": Scaler.identity(2),
        }
    )
    persistence, linear = first_and_last(forecast_task(series, preprocessing, targets=(2, 0)))
    expected = np.tile(series[79:98][:, [2, 0]], (1, 2))
    np.testing.assert_allclose(persistence.predictions, expected, rtol=1e-5)
    assert linear.predictions.shape == (19, 4)
    assert linear.parameters == 2 * 2 * 6


def test_autoregression_finds_an_exact_linear_rule_for_each_step_ahead() -> None:
    values = [1.0, 0.5]
    for _ in range(200):
        values.append(1.6 * values[-1] - 0.98 * values[-2] + 0.3)
    series = np.array(values)[:, None]
    preprocessing = scaled_to(series, horizon=3)
    _, linear = first_and_last(forecast_task(series, preprocessing))
    assert linear.scores["rmse"] < 1e-4
    assert linear.validation_loss < 1e-9


def test_autoregression_is_the_same_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    series = np.random.default_rng(1).normal(size=(300, 1)).cumsum(axis=0)
    task = forecast_task(series, scaled_to(series))
    _, whole = first_and_last(task)
    monkeypatch.setattr("studio.analysis.baselines.baselines._CHUNK", 60)
    _, blocks = first_and_last(task)
    np.testing.assert_allclose(blocks.predictions, whole.predictions, rtol=1e-5)


def test_autoregression_handles_a_constant_series_and_few_windows() -> None:
    constant = np.full((60, 1), 7.0)
    _, linear = first_and_last(forecast_task(constant, scaled_to(constant)))
    np.testing.assert_allclose(linear.predictions, 7, rtol=1e-6)
    short = np.arange(12.0)[:, None]
    _, linear = first_and_last(forecast_task(short, scaled_to(short)))
    assert np.isfinite(linear.predictions).all()


def test_a_target_that_is_not_among_the_inputs_is_forecast_by_its_mean() -> None:
    series = np.random.default_rng(2).normal(size=(100, 1))
    preprocessing = scaled_to(series, target_names=("rain",))
    (mean,) = score_baselines(forecast_task(series, preprocessing))
    assert mean.name == "mean"
    np.testing.assert_allclose(mean.predictions, series[5:80].mean(), rtol=1e-5)


def test_regression_is_predicted_by_the_mean_of_the_training_set() -> None:
    targets = np.array([[1.0], [3.0]], dtype=np.float32)
    training = part(np.zeros((2, 4, 1)), targets, targets)
    test = part(np.zeros((3, 4, 1)), np.full((3, 1), 5, np.float32), np.full((3, 1), 5, np.float32))
    empty = part(np.zeros((0, 4, 1)), targets[:0], targets[:0])
    (mean,) = score_baselines(PreparedTask("t", numbers(), training, empty, test))
    np.testing.assert_array_equal(mean.predictions, np.full((3, 1), 2, np.float32))
    assert mean.scores == {"rmse": 3.0, "mae": 3.0}
    assert mean.validation_scores == {"rmse": 1.0, "mae": 1.0}
    assert (mean.validation_loss, mean.parameters) == (1.0, 1)


def test_classes_are_predicted_by_their_shares_in_the_training_set() -> None:
    labels = np.array([0, 0, 0, 1])
    training = part(np.zeros((4, 4, 1)), labels, labels)
    test = part(np.zeros((2, 4, 1)), labels[2:], labels[2:])
    (majority,) = score_baselines(PreparedTask("t", classes(), training, test, test))
    np.testing.assert_array_equal(majority.predictions, [[0.75, 0.25]] * 2)
    assert majority.name == "majority class"
    assert majority.scores["accuracy"] == 0.5
    expected = -(math.log(0.75) + math.log(0.25)) / 2
    assert majority.scores["nll"] == pytest.approx(expected)
    assert majority.validation_loss == pytest.approx(expected)


def test_a_task_without_test_examples_scores_nan() -> None:
    targets = np.ones((2, 1), dtype=np.float32)
    training = part(np.zeros((2, 4, 1)), targets, targets)
    empty = part(np.zeros((0, 4, 1)), targets[:0], targets[:0])
    (mean,) = score_baselines(PreparedTask("t", numbers(), training, empty, empty))
    assert mean.predictions.shape == (0, 1)
    assert math.isnan(mean.scores["rmse"])


def test_minirocket_is_a_baseline_of_classes_where_aeon_is_installed() -> None:
    names = [rule.name for rule in score_baselines(two_tones())]
    installed = find_spec("aeon") is not None
    assert names == ["majority class", *(["MiniRocket"] if installed else [])]


def test_minirocket_tells_tones_apart_that_the_class_shares_do_not() -> None:
    pytest.importorskip("aeon", reason="aeon is not installed")
    majority, rocket = score_baselines(two_tones())
    assert rocket.scores["accuracy"] > 0.95 > majority.scores["accuracy"]
    assert rocket.scores["roc_auc"] > 0.95
    assert np.allclose(rocket.predictions.sum(axis=1), 1, atol=1e-6)
    assert rocket.parameters > 1000


def test_minirocket_gives_the_same_predictions_each_time() -> None:
    pytest.importorskip("aeon", reason="aeon is not installed")
    first, second = (score_baselines(two_tones())[-1] for _ in range(2))
    assert np.array_equal(first.predictions, second.predictions)


def test_minirocket_sees_no_label_outside_the_training_set() -> None:
    pytest.importorskip("aeon", reason="aeon is not installed")
    task = two_tones()
    validation = replace(task.validation, targets=1 - task.validation.targets)
    turned = replace(task, validation=validation)
    predictions = [score_baselines(each)[-1].predictions for each in (task, turned)]
    assert np.array_equal(*predictions)


def test_minirocket_pads_sequences_of_unequal_length_and_says_so() -> None:
    pytest.importorskip("aeon", reason="aeon is not installed")
    task = two_tones()
    lengths = np.full(len(task.training), 40)
    lengths[::3] = 30
    inputs = task.training.inputs.copy()
    cut = replace(task, training=replace(task.training, lengths=lengths, inputs=inputs))
    rocket = score_baselines(cut)[-1]
    assert rocket.name == "MiniRocket (padded)"
    inputs[::3, 30:] = np.nan  # what stands after a sequence is not read
    again = replace(task, training=replace(task.training, lengths=lengths, inputs=inputs))
    assert np.array_equal(score_baselines(again)[-1].predictions, rocket.predictions)


@pytest.mark.parametrize("steps", [1, 8])
def test_sequences_shorter_than_a_kernel_have_no_minirocket(steps: int) -> None:
    assert [rule.name for rule in score_baselines(two_tones(steps))] == ["majority class"]


def two_tones(steps: int = 40) -> PreparedTask:
    """Two classes of sines of two frequencies in noise, (examples, steps, 1)."""
    rng = np.random.default_rng(0)

    def tones(count: int) -> Examples:
        labels = rng.integers(0, 2, count)
        labels[:2] = 0, 1
        phases = rng.uniform(0, 2 * np.pi, (count, 1))
        angles = np.arange(steps) * (0.3 + 0.4 * labels[:, None]) + phases
        inputs = (np.sin(angles) + 0.2 * rng.normal(size=angles.shape))[:, :, None]
        return part(inputs, labels, labels)

    preprocessing = classifying(channels=1, classes=2, steps=steps)
    return PreparedTask("tones", preprocessing, tones(60), tones(20), tones(60))


def test_minirocket_is_left_out_where_its_fit_would_take_long() -> None:
    task = two_tones()
    index = np.arange(2001) % len(task.training)
    many = replace(
        task.training,
        inputs=task.training.inputs[index],
        targets=task.training.targets[index],
        targets_in_units=task.training.targets[index],
        positions=np.arange(2001),
    )
    assert len(score_baselines(replace(task, training=many))) == 1
