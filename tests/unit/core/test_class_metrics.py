"""Metrics that do not depend on class frequencies, against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.results.class_metrics import balanced_accuracy, pr_area, roc_area


def draw(seed: int, count: int = 40, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities with ties, and classes that correlate with them."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=count)
    truth[:classes] = np.arange(classes)
    raw = rng.integers(1, 6, size=(count, classes)) + 2.0 * np.eye(classes)[truth]
    return raw / raw.sum(axis=1, keepdims=True), truth


def area_by_pairs(predictions: np.ndarray, truth: np.ndarray) -> float:
    """How often an example of the class has a higher score than one of the rest."""
    areas = []
    for label in np.unique(truth):
        own, others = predictions[truth == label, label], predictions[truth != label, label]
        higher = (own[:, None] > others).mean() + 0.5 * (own[:, None] == others).mean()
        areas.append(higher)
    return float(np.mean(areas))


def average_precision(predictions: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float:
    """The definition, for weighted examples."""
    areas = []
    for label in np.unique(truth):
        own, scores = truth == label, predictions[:, label]
        precision = [
            weights[own & (scores >= score)].sum() / weights[scores >= score].sum()
            for score in scores[own]
        ]
        areas.append(np.average(precision, weights=weights[own]))
    return float(np.mean(areas))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_areas_equal_their_definitions(seed: int, classes: int) -> None:
    predictions, truth = draw(seed, classes=classes)
    assert roc_area(predictions, truth).mean() == pytest.approx(area_by_pairs(predictions, truth))
    plain = average_precision(predictions, truth, np.ones(len(truth)))
    assert pr_area(predictions, truth).mean() == pytest.approx(plain)


def test_the_influence_of_an_example_is_the_derivative_by_its_weight() -> None:
    predictions, truth = draw(3)
    values, small = pr_area(predictions, truth), 1e-6
    for index in range(len(truth)):
        weights = np.ones(len(truth))
        weights[index] += small
        more = average_precision(predictions, truth, weights)
        slope = (more - values.mean()) / small * len(truth)
        assert values[index] - values.mean() == pytest.approx(slope, abs=1e-3)


def test_perfect_predictions_have_areas_of_one_and_constant_ones_chance_level() -> None:
    truth = np.array([0, 1, 1, 2, 2, 2, 2, 2])
    perfect = np.eye(3)[truth]
    assert roc_area(perfect, truth).mean() == pytest.approx(1)
    assert pr_area(perfect, truth).mean() == pytest.approx(1)
    constant = np.tile([0.125, 0.25, 0.625], (8, 1))
    assert roc_area(constant, truth).mean() == pytest.approx(0.5)
    assert pr_area(constant, truth).mean() == pytest.approx(1 / 3)


def test_a_single_class_has_no_area() -> None:
    assert np.isnan(roc_area(np.full((4, 2), 0.5), np.zeros(4, np.int64))).all()
    assert np.isnan(pr_area(np.full((4, 2), 0.5), np.zeros(4, np.int64))).all()


def test_balanced_accuracy_is_the_mean_recall_of_the_classes() -> None:
    truth = np.array([0] * 8 + [1] * 2)[:, None]
    right = np.array([True] * 8 + [False, True])[:, None]
    assert balanced_accuracy(right, truth).mean() == pytest.approx((1 + 0.5) / 2)


def test_balanced_accuracy_of_steps_counts_every_step_with_a_target() -> None:
    truth = np.array([[0, 0, 1, -1], [0, 1, -1, -1]])
    right = np.array([[True, False, True, False], [True, False, True, True]])
    assert balanced_accuracy(right, truth).mean() == pytest.approx((2 / 3 + 1 / 2) / 2)


@pytest.mark.parametrize("measure", [roc_area, pr_area])
def test_the_spread_of_the_values_is_the_standard_error_of_the_area(measure: object) -> None:
    rng = np.random.default_rng(8)
    areas, expected = [], []
    for _ in range(400):
        truth = rng.integers(2, size=150)
        shift = rng.normal(size=150) + 1.0 * truth
        probability = 1 / (1 + np.exp(-shift))
        values = measure(np.stack([1 - probability, probability], axis=1), truth)
        areas.append(values.mean())
        expected.append(values.std(ddof=1) / np.sqrt(150))
    assert np.mean(expected) == pytest.approx(np.std(areas), rel=0.12)
