"""Which predictions are wrong: the error of each example, filters, scores of groups and classes."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from unit.analysis.make_histories import classes, history_of, numbers

from studio.analysis.predictions.calibration import reliability
from studio.analysis.predictions.errors import (
    PredictedSet,
    by_worst,
    example_errors,
    in_time,
    metric_of_groups,
    of_class_pair,
    scores_by_class,
    scores_by_group,
    stored_predictions,
    worst_first,
)
from studio.core.results.history import ComparisonHistory

EXAMPLES, SEEDS, CLASSES = 60, 3, 3


def softmax(raw: np.ndarray) -> np.ndarray:
    grown = np.exp(raw)
    return grown / grown.sum(axis=-1, keepdims=True)


@pytest.fixture
def classified() -> ComparisonHistory:
    draw = np.random.default_rng(0)
    truth = draw.integers(0, CLASSES, EXAMPLES)
    raw = draw.normal(size=(2, SEEDS, EXAMPLES, CLASSES)) + 1.5 * np.eye(CLASSES)[truth]
    given = {"gru": softmax(raw[0]), "lstm": softmax(raw[1])}
    return history_of(given, truth, classes(CLASSES))


def whole(history: ComparisonHistory) -> PredictedSet:
    return stored_predictions(history, history.first_fold)


def tagged() -> PredictedSet:
    """Two sequences of classes, the second two steps long, with what sessions keep of each step."""
    task = classes(2).model_copy(update={"kind": "tag", "max_length": 3})
    truth = np.array([[0, 1, 1], [1, 0, -1]])
    nats = np.array([[0.1, 0.2, 0.6], [2.0, 1.0, 0.0]])
    guess = np.array([[0, 1, 0], [1, 1, 0]])
    given = np.stack([nats, guess], axis=-1)
    return PredictedSet("test", task, truth, np.arange(2), {"GRU": {1: given}, "LSTM": {}})


def test_the_error_of_a_class_is_the_surprise_at_the_truth(classified: ComparisonHistory) -> None:
    part = whole(classified)
    given = part.predictions["GRU"][2]
    errors = example_errors(part, given)
    expected = [-np.log(given[row, label]) for row, label in enumerate(part.test_truth)]
    np.testing.assert_allclose(errors, expected, rtol=1e-6)
    order = worst_first(errors)
    assert (np.diff(errors[order]) <= 0).all()
    assert order[0] == np.argmax(expected)


def test_the_error_of_values_is_their_mean_distance_and_of_one_target_its_own() -> None:
    draw = np.random.default_rng(1)
    task = numbers(window=4, horizon=2).model_copy(
        update={"target_names": ("a", "b"), "target_units": ("m", "s")}
    )
    truth, given = draw.normal(size=(9, 4)), draw.normal(size=(9, 4))
    part = PredictedSet("test", task, truth, np.arange(9), {"GRU": {1: given}})
    np.testing.assert_allclose(example_errors(part, given), np.abs(given - truth).mean(axis=1))
    of_b = np.abs(given - truth)[:, [1, 3]].mean(axis=1)  # horizon first, then targets
    np.testing.assert_allclose(example_errors(part, given, target=1), of_b)


def test_the_error_of_a_sequence_is_the_mean_over_the_steps_that_have_a_target() -> None:
    part = tagged()
    errors = example_errors(part, part.predictions["GRU"][1])
    np.testing.assert_allclose(errors, [0.3, 1.5])
    task = numbers().model_copy(update={"kind": "track"})
    truth = np.array([[[1.0], [np.nan], [3.0]], [[np.nan], [np.nan], [np.nan]]])
    given = np.array([[[2.0], [9.0], [3.5]], [[0.0], [0.0], [0.0]]])
    tracked = PredictedSet("test", task, truth, np.arange(2), {"GRU": {1: given}})
    errors = example_errors(tracked, given)
    assert errors[0] == pytest.approx(0.75)
    assert np.isnan(errors[1])
    assert worst_first(errors).tolist() == [0, 1], "without a target it cannot be the worst"


def test_a_pair_of_classes_picks_what_its_cell_of_the_confusion_matrix_counts(
    classified: ComparisonHistory,
) -> None:
    part = whole(classified)
    given = part.predictions["LSTM"][1]
    guess = given.argmax(axis=1)
    for true in range(CLASSES):
        for predicted in range(CLASSES):
            chosen = of_class_pair(part, given, true, predicted)
            expected = (part.test_truth == true) & (guess == predicted)
            np.testing.assert_array_equal(chosen, expected)
    np.testing.assert_array_equal(
        of_class_pair(part, given, None, "wrong"), part.test_truth != guess
    )
    assert of_class_pair(part, given, None).all()


def test_a_sequence_has_a_pair_of_classes_if_one_of_its_steps_has() -> None:
    part = tagged()
    given = part.predictions["GRU"][1]
    assert of_class_pair(part, given, 1, 0).tolist() == [True, False]
    assert of_class_pair(part, given, 0, 1).tolist() == [False, True]
    assert of_class_pair(part, given, 0, 0).tolist() == [True, False], "padding is no class"


def test_a_span_of_time_holds_the_forecasts_that_reach_into_it() -> None:
    part = PredictedSet(
        "test", numbers(window=4, horizon=3), np.zeros((6, 3)), np.arange(10, 16), {}
    )
    assert np.flatnonzero(in_time(part, 13, 13)).tolist() == [1, 2, 3]
    assert in_time(part, 0, 9).sum() == 0


def test_accuracy_within_a_true_class_is_its_recall(classified: ComparisonHistory) -> None:
    part = whole(classified)
    found = scores_by_class(part, range(CLASSES))
    assert [group.name for group in found] == ["a", "b", "c"]
    for label, group in enumerate(found):
        own = part.test_truth == label
        assert group.examples == own.sum()
        right = [own_run.argmax(axis=1) == label for own_run in part.predictions["GRU"].values()]
        assert group.scores["GRU"].value == pytest.approx(np.mean([run[own] for run in right]))
        assert group.scores["GRU"].low < group.scores["GRU"].value < group.scores["GRU"].high


def test_recall_of_a_step_class_counts_steps() -> None:
    found = scores_by_class(tagged(), range(2))
    assert [group.scores["GRU"].value for group in found] == pytest.approx([1 / 2, 2 / 3])
    assert np.isnan(found[0].scores["LSTM"].value), "no run of it has ended"


def test_the_interval_of_a_group_is_that_of_a_set_of_these_examples_alone() -> None:
    draw = np.random.default_rng(2)
    truth = draw.normal(size=(40, 1))
    given = truth + draw.normal(size=(1, 40, 1))
    part = whole(history_of({"gru": given}, truth))
    groups = np.array(["old", "new"])[(np.arange(40) < 15).astype(int)]
    new, old = scores_by_group(part, groups)
    assert (new.name, new.examples, old.name, old.examples) == ("new", 15, "old", 25)
    squared = (given[0, :15, 0] - truth[:15, 0]) ** 2
    root = np.sqrt(squared.mean())
    tangent = squared / (2 * root) + root / 2  # one run: Student's interval over its examples
    half = stats.t.ppf(0.975, 14) * tangent.std(ddof=1) / np.sqrt(15)
    assert new.scores["GRU"].value == pytest.approx(root, rel=1e-5)
    assert new.scores["GRU"].high == pytest.approx(root + half, rel=1e-5)
    metric = metric_of_groups(part.preprocessing)
    worst = by_worst((new, old), metric)[0]
    assert worst.scores["GRU"].value == max(g.scores["GRU"].value for g in (new, old))


def test_groups_are_scored_by_accuracy_where_the_main_metric_needs_all_classes(
    classified: ComparisonHistory,
) -> None:
    task = classified.preprocessing.model_copy(update={"main_metric": "macro_f1"})
    assert metric_of_groups(task).name == "accuracy"
    assert metric_of_groups(numbers()).name == "rmse"
    part = replace(whole(classified), preprocessing=task)
    assert scores_by_class(part, [0])[0].scores["GRU"].value <= 1


def test_the_range_of_an_accuracy_is_where_the_score_test_does_not_reject_it() -> None:
    draw = np.random.default_rng(3)
    probabilities = softmax(draw.normal(size=(200, 3)))
    truth = draw.integers(0, 3, 200)
    found = reliability(probabilities, truth)
    for ends in found.accuracy_range:
        away = np.abs(found.accuracy - ends) / np.sqrt(ends * (1 - ends) / found.counts)
        inside = (ends > 0) & (ends < 1)
        np.testing.assert_allclose(away[inside], stats.norm.ppf(0.975), rtol=1e-5)
