"""Scores that do not depend on how common classes are, against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.ranking import balanced_accuracy, pr_area, roc_area


def draw(seed: int, count: int = 40, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities with ties, and classes that they tell something of."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=count)
    truth[:classes] = np.arange(classes)
    raw = rng.integers(1, 6, size=(count, classes)) + 2.0 * np.eye(classes)[truth]
    return raw / raw.sum(axis=1, keepdims=True), truth


def area_by_pairs(answers: np.ndarray, truth: np.ndarray) -> float:
    """How often an example of the class has the higher score than one of the others."""
    areas = []
    for label in np.unique(truth):
        own, others = answers[truth == label, label], answers[truth != label, label]
        higher = (own[:, None] > others).mean() + 0.5 * (own[:, None] == others).mean()
        areas.append(higher)
    return float(np.mean(areas))


def average_precision(answers: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float:
    """The definition, with examples that count more or less than once."""
    areas = []
    for label in np.unique(truth):
        own, scores = truth == label, answers[:, label]
        precision = [
            weights[own & (scores >= at)].sum() / weights[scores >= at].sum() for at in scores[own]
        ]
        areas.append(np.average(precision, weights=weights[own]))
    return float(np.mean(areas))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_the_areas_are_those_of_their_definitions(seed: int, classes: int) -> None:
    answers, truth = draw(seed, classes=classes)
    assert roc_area(answers, truth).mean() == pytest.approx(area_by_pairs(answers, truth))
    plain = average_precision(answers, truth, np.ones(len(truth)))
    assert pr_area(answers, truth).mean() == pytest.approx(plain)


def test_what_an_example_adds_to_the_precision_is_the_derivative_by_its_weight() -> None:
    answers, truth = draw(3)
    values, small = pr_area(answers, truth), 1e-6
    for at in range(len(truth)):
        weights = np.ones(len(truth))
        weights[at] += small
        more = average_precision(answers, truth, weights)
        slope = (more - values.mean()) / small * len(truth)
        assert values[at] - values.mean() == pytest.approx(slope, abs=1e-3)


def test_perfect_answers_have_areas_of_one_and_constant_ones_those_of_chance() -> None:
    truth = np.array([0, 1, 1, 2, 2, 2, 2, 2])
    perfect = np.eye(3)[truth]
    assert roc_area(perfect, truth).mean() == pytest.approx(1)
    assert pr_area(perfect, truth).mean() == pytest.approx(1)
    constant = np.tile([0.125, 0.25, 0.625], (8, 1))
    assert roc_area(constant, truth).mean() == pytest.approx(0.5)
    assert pr_area(constant, truth).mean() == pytest.approx(1 / 3)


def test_one_class_alone_has_no_area() -> None:
    assert np.isnan(roc_area(np.full((4, 2), 0.5), np.zeros(4, np.int64))).all()
    assert np.isnan(pr_area(np.full((4, 2), 0.5), np.zeros(4, np.int64))).all()


def test_balanced_accuracy_is_the_mean_share_of_each_class() -> None:
    truth = np.array([0] * 8 + [1] * 2)[:, None]
    right = np.array([True] * 8 + [False, True])[:, None]
    assert balanced_accuracy(right, truth).mean() == pytest.approx((1 + 0.5) / 2)


def test_balanced_accuracy_of_steps_counts_every_step_that_is_asked() -> None:
    truth = np.array([[0, 0, 1, -1], [0, 1, -1, -1]])
    right = np.array([[True, False, True, False], [True, False, True, True]])
    assert balanced_accuracy(right, truth).mean() == pytest.approx((2 / 3 + 1 / 2) / 2)


@pytest.mark.parametrize("measure", [roc_area, pr_area])
def test_the_spread_of_the_values_tells_how_much_the_area_varies(measure: object) -> None:
    rng = np.random.default_rng(8)
    found, expected = [], []
    for _ in range(400):
        truth = rng.integers(2, size=150)
        shift = rng.normal(size=150) + 1.0 * truth
        chance = 1 / (1 + np.exp(-shift))
        values = measure(np.stack([1 - chance, chance], axis=1), truth)
        found.append(values.mean())
        expected.append(values.std(ddof=1) / np.sqrt(150))
    assert np.mean(expected) == pytest.approx(np.std(found), rel=0.12)
