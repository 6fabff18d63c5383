import math

import numpy as np
import pytest
from networks import classifying, continuing, forecasting, playing

from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.results.metrics import METRICS, metrics_of

CLASSES = classifying(classes=3)
SURE = np.eye(3, dtype=np.float32)


def test_accuracy_is_the_share_of_correct_likeliest_classes() -> None:
    truth = np.array([0, 1, 2, 2])
    assert METRICS["accuracy"].score(SURE[[0, 1, 2, 0]], truth, CLASSES) == 0.75


def test_macro_f1_weighs_every_class_equally() -> None:
    truth = np.array([0, 0, 0, 1])
    predictions = SURE[[0, 0, 1, 1]]
    # class 0: precision 1, recall 2/3, F1 0.8; class 1: precision 1/2, recall 1, F1 2/3
    assert METRICS["macro_f1"].score(predictions, truth, CLASSES) == pytest.approx(
        (0.8 + 2 / 3) / 2
    )


def test_macro_f1_counts_a_class_that_was_only_predicted() -> None:
    assert METRICS["macro_f1"].score(SURE[[0, 2]], np.array([0, 0]), CLASSES) == pytest.approx(
        1 / 3
    )


def test_log_likelihood_is_in_nats_and_finite_for_certain_errors() -> None:
    predictions = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]], dtype=np.float32)
    score = METRICS["nll"].score(predictions, np.array([0, 2]), CLASSES)
    assert score == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2)
    assert math.isfinite(METRICS["nll"].score(SURE[[0]], np.array([1]), CLASSES))


def test_errors_of_forecasts_are_means_over_examples_steps_and_targets() -> None:
    preprocessing = forecasting(targets=2, horizon=2)
    truth = np.zeros((2, 4), dtype=np.float32)
    predictions = np.array([[1, -1, 3, 1], [0, 0, 0, 2]], dtype=np.float32)
    assert METRICS["rmse"].score(predictions, truth, preprocessing) == pytest.approx(
        math.sqrt(16 / 8)
    )
    assert METRICS["mae"].score(predictions, truth, preprocessing) == pytest.approx(8 / 8)


def steps(nats: list[list[float]], classes: list[list[float]] | None = None) -> np.ndarray:
    planes = [nats] if classes is None else [nats, classes]
    return np.stack([np.array(plane, np.float32) for plane in planes], axis=-1)


def test_likelihood_of_tokens_is_the_mean_over_all_steps_with_a_target() -> None:
    truth = np.array([[0, 1, 2], [1, -1, -1]])
    predictions = steps([[1.0, 2.0, 3.0], [6.0, 99.0, 99.0]], [[0, 0, 0], [1, 0, 0]])
    assert METRICS["nll"].score(predictions, truth, continuing()) == pytest.approx(12 / 4)
    assert METRICS["perplexity"].score(predictions, truth, continuing()) == pytest.approx(
        math.exp(3)
    )


def test_longer_sequences_weigh_more_in_the_likelihood_of_keys() -> None:
    truth = np.array([[2, 0, 1], [3, -1, -1]])
    predictions = steps([[1.0, 2.0, 3.0], [6.0, 0.0, 0.0]])
    assert METRICS["nll"].score(predictions, truth, playing()) == pytest.approx(12 / 4)
    per_example = METRICS["nll"].per_example
    assert per_example is not None
    # a sequence that is as likely as all others at each step adds nothing to the spread
    even = per_example(steps([[2.0, 2.0, 2.0], [2.0, 0.0, 0.0]]).astype(float), truth, playing())
    assert even.tolist() == [2.0, 2.0]


def test_tags_are_scored_step_by_step() -> None:
    tagging = CLASSES.model_copy(update={"kind": "tag"})
    truth = np.array([[0, 1, 2], [2, -1, -1]])
    predictions = steps([[0.0] * 3] * 2, [[0, 1, 0], [2, 2, 2]])
    assert METRICS["accuracy"].score(predictions, truth, tagging) == pytest.approx(3 / 4)
    # F1: class 0 2/3, class 1 1, class 2 2/3
    assert METRICS["macro_f1"].score(predictions, truth, tagging) == pytest.approx((4 / 3 + 1) / 3)


def test_mase_divides_each_target_by_its_own_naive_error_at_every_step() -> None:
    preprocessing = forecasting(targets=2, horizon=2).model_copy(update={"naive_error": (0.5, 4.0)})
    truth = np.zeros((1, 4), dtype=np.float32)
    predictions = np.array([[1, 4, 2, 8]], dtype=np.float32)  # errors 2, 1, 4 and 2 naive errors
    assert METRICS["mase"].score(predictions, truth, preprocessing) == pytest.approx(9 / 4)


def test_mase_divides_by_the_naive_error_of_the_series_that_is_forecast() -> None:
    preprocessing = forecasting(targets=1, horizon=2).model_copy(
        update={
            "naive_error": (3.0,),
            "series_naive_error": ((1.0,), (10.0,)),
            "series_ends": (100, 200),
        }
    )
    truth = np.zeros((3, 2), dtype=np.float32)
    predictions = np.array([[1, 3], [10, 30], [20, 20]], dtype=np.float32)
    positions = np.array([99, 100, 150])
    score = METRICS["mase"].score(predictions, truth, preprocessing, positions)
    assert score == pytest.approx((2 + 2 + 2) / 3)


def test_the_main_metric_of_a_task_comes_first() -> None:
    names = [metric.name for metric in metrics_of(CLASSES)]
    assert names == [
        "accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "pr_auc", "nll",
    ]  # fmt: skip
    assert [metric.name for metric in metrics_of(continuing())] == ["nll", "perplexity"]
    assert [metric.name for metric in metrics_of(playing())] == ["nll"]
    assert [metric.name for metric in metrics_of(forecasting())] == ["rmse", "mae", "mase"]


@pytest.mark.parametrize("error", [None, (0.5, 0.0)])
def test_mase_is_left_out_if_persistence_has_no_error(error: tuple[float, ...] | None) -> None:
    preprocessing = forecasting(targets=2).model_copy(update={"naive_error": error})
    assert [metric.name for metric in metrics_of(preprocessing)] == ["rmse", "mae"]


@pytest.mark.parametrize("name", sorted(METRICS))
def test_no_examples_have_no_score(name: str) -> None:
    score = METRICS[name].score(np.zeros((0, 3), np.float32), np.zeros(0, np.int64), CLASSES)
    assert math.isnan(score)


@pytest.mark.parametrize("name", sorted(name for name in METRICS if METRICS[name].per_example))
def test_the_values_of_examples_give_the_score_of_their_set(name: str) -> None:
    metric = METRICS[name]
    generator = np.random.default_rng(0)
    if metric in metrics_of(CLASSES):
        preprocessing, truth = CLASSES, generator.integers(0, 3, 50)
        predictions = generator.dirichlet((1, 1, 1), 50)
    elif metric in metrics_of(continuing()):
        preprocessing, truth = continuing(), generator.integers(-1, 5, (50, 7))
        predictions = generator.exponential(size=(50, 7, 2))
    else:
        preprocessing = forecasting(targets=2, horizon=2)
        truth, predictions = generator.normal(size=(2, 50, 4))
        if metric.sees_all:
            chosen = ChosenLoss(name="pinball", quantiles=(0.1, 0.5, 0.9))
            preprocessing = preprocessing.model_copy(update={"chosen_loss": chosen})
            predictions = generator.normal(size=(50, 12))
    values = metric.values(predictions, truth, preprocessing)
    assert values.shape == (50,)
    assert metric.from_values(values) == pytest.approx(
        metric.score(predictions, truth, preprocessing)
    )
