"""Conformal intervals and sets, calibration of probabilities, drift of columns."""

import numpy as np
import pytest
from scipy import stats

from studio.analysis.predictions.calibration import (
    fit_temperature,
    reliability,
    with_temperature,
)
from studio.analysis.predictions.conformal import (
    adaptive_bands,
    bands,
    class_thresholds,
    conformal_radii,
    fewest_examples,
    prediction_sets,
    sets_cover,
)
from studio.analysis.predictions.drift import class_shares, column_drift


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
def test_intervals_of_exchangeable_data_hold_the_truth_as_often_as_their_level(
    level: float,
) -> None:
    draw = random(int(100 * level))
    held = []
    for _ in range(200):
        errors = draw.standard_t(3, (200, 1))
        new = draw.standard_t(3, (200, 1))
        held.append(bands(np.zeros_like(new), conformal_radii(errors, level)).covers(new).mean())
    assert np.mean(held) == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_prediction_sets_hold_each_class_as_often_as_their_level(level: float) -> None:
    draw = random(1)
    held: list[list[float]] = [[], []]
    for _ in range(200):
        truth = (draw.random(800) < 0.2).astype(np.int64)
        share = 1 / (1 + np.exp(-draw.normal(np.where(truth == 1, 1, -1), 1.5)))
        probabilities = np.stack([1 - share, share], axis=1)
        limits = class_thresholds(probabilities[:400], truth[:400], level)
        inside = sets_cover(prediction_sets(probabilities[400:], limits), truth[400:])
        for label in (0, 1):
            held[label].append(float(inside[truth[400:] == label].mean()))
    assert np.mean(held[0]) == pytest.approx(level, abs=0.02)
    assert np.mean(held[1]) == pytest.approx(level, abs=0.02)


def test_too_few_calibration_examples_give_unbounded_intervals() -> None:
    needed = fewest_examples(0.9)
    errors = random().normal(size=(needed, 1))
    assert needed == 9
    assert np.isfinite(conformal_radii(errors, 0.9)).all()
    assert np.isinf(conformal_radii(errors[1:], 0.9)).all()
    assert np.isinf(class_thresholds(np.full((8, 2), 0.5), np.zeros(8, np.int64), 0.9)).all()


def test_the_radius_is_an_order_statistic_of_the_errors_of_its_own_output() -> None:
    errors = np.stack([np.arange(1.0, 20), 10 * np.arange(1.0, 20)], axis=1)
    errors[0, 1] = np.nan
    radii = conformal_radii(errors, 0.9)
    assert radii.tolist() == [18.0, 180.0 + 10.0]


def test_adaptive_intervals_keep_their_coverage_when_errors_grow() -> None:
    draw = random(3)
    spread = np.concatenate([np.ones(500), np.full(1500, 3.0)])
    truth = draw.normal(0, spread)[:, np.newaxis]
    errors = draw.normal(size=(300, 1))
    zeros = np.zeros_like(truth)
    fixed = bands(zeros, conformal_radii(errors, 0.9)).covers(truth)[1000:].mean()
    adaptive = adaptive_bands(zeros, truth, errors, 0.9, np.array([1])).covers(truth)[1000:].mean()
    assert fixed < 0.5
    assert adaptive == pytest.approx(0.9, abs=0.03)


def test_adaptive_intervals_use_no_value_before_it_is_known() -> None:
    draw = random(4)
    truth = draw.normal(size=(60, 2))
    errors = draw.normal(size=(50, 2))
    delays = np.array([1, 5])
    first = adaptive_bands(np.zeros((60, 2)), truth, errors, 0.9, delays)
    changed = truth.copy()
    changed[40:] += 100
    second = adaptive_bands(np.zeros((60, 2)), changed, errors, 0.9, delays)
    assert np.array_equal(first.high[:41, 0], second.high[:41, 0])
    assert np.array_equal(first.high[:45, 1], second.high[:45, 1])
    assert first.high[45, 1] != second.high[45, 1]


def test_the_temperature_undoes_overconfidence_and_lowers_the_calibration_error() -> None:
    draw = random(5)
    logits = draw.normal(size=(20_000, 3))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([draw.choice(3, p=row) for row in true])
    confident = with_temperature(true, 0.5)
    assert fit_temperature(confident, truth) == pytest.approx(2.0, rel=0.05)
    before, after = reliability(confident, truth), reliability(true, truth)
    assert before.expected_error > 5 * after.expected_error
    assert int(after.counts.sum()) == len(truth)


def test_drift_is_the_two_sample_test_of_kolmogorov_and_smirnov() -> None:
    draw = random(6)
    before, after = draw.normal(size=(500, 1)), draw.normal(0.2, 1, size=(400, 1))
    [drift] = column_drift(before, after, ["x"], in_time=False)
    expected = stats.ks_2samp(before[:, 0], after[:, 0], method="asymp")
    assert drift.distance == pytest.approx(expected.statistic)
    assert drift.p == pytest.approx(expected.pvalue, rel=0.15)


def test_drift_of_a_series_counts_its_independent_values_not_its_rows() -> None:
    draw = random(7)
    false_alarms = 0
    for _ in range(100):
        steps = draw.normal(size=2000)
        series = np.empty(2000)
        series[0] = steps[0]
        for step in range(1, 2000):
            series[step] = 0.9 * series[step - 1] + steps[step]
        columns = series[:, np.newaxis]
        [drift] = column_drift(columns[:1000], columns[1000:], ["x"], in_time=True)
        false_alarms += drift.has_shifted
    assert false_alarms <= 15


def test_values_beyond_the_training_range_are_counted() -> None:
    [drift] = column_drift(np.array([[0.0], [1]]), np.array([[-1.0], [0.5], [2], [1]]), ["x"],
                           in_time=False)  # fmt: skip
    assert drift.outside == 0.5


def test_shares_of_classes_leave_unknown_ones_out() -> None:
    shares = class_shares(np.array([0, 0, 1, 1]), np.array([0, -1, 0, 1]), ["a", "b"])
    assert [(share.training, share.new) for share in shares] == [(0.5, 2 / 3), (0.5, 1 / 3)]
