"""Quantiles are further outputs of each target; what scores one number scores their median."""

import numpy as np
import pytest
from networks import forecasting, forecasting_series, regressing
from pydantic import ValidationError

from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.metrics import METRICS, metrics_of
from studio.core.specs.training_spec import TrainingSpec

LEVELS = (0.1, 0.5, 0.9)
CHOSEN = {"chosen_loss": ChosenLoss(name="pinball", quantiles=LEVELS)}


def with_quantiles(preprocessing: Preprocessing) -> Preprocessing:
    return preprocessing.model_copy(update=CHOSEN)


def test_outputs_are_named_by_target_step_and_level() -> None:
    preprocessing = with_quantiles(forecasting(targets=2, horizon=2))
    assert preprocessing.output_size == 12
    assert preprocessing.output_names == (
        "y0+1 q0.1", "y0+1 q0.5", "y0+1 q0.9", "y1+1 q0.1", "y1+1 q0.5", "y1+1 q0.9",
        "y0+2 q0.1", "y0+2 q0.5", "y0+2 q0.9", "y1+2 q0.1", "y1+2 q0.5", "y1+2 q0.9",
    )  # fmt: skip
    assert with_quantiles(regressing()).output_names == ("y0 q0.1", "y0 q0.5", "y0 q0.9")


@pytest.mark.parametrize("has_series", [False, True])
def test_every_quantile_of_a_target_has_the_units_of_that_target(*, has_series: bool) -> None:
    plain = forecasting_series() if has_series else forecasting()
    series = np.array([0, 2, -1, 1]) if has_series else None
    preprocessing = with_quantiles(plain)
    raw = np.random.default_rng(0).normal(size=(4, 3 * 2 * 3))
    found = preprocessing.predictions_from(raw, series).reshape(4, 6, 3)
    for level in range(3):
        expected = plain.predictions_from(raw.reshape(4, 6, 3)[..., level], series)
        np.testing.assert_array_equal(found[..., level], expected)
    back = preprocessing.scaled_targets(found.reshape(4, 18), series)
    np.testing.assert_allclose(back, raw, rtol=1e-4, atol=1e-5)
    center, scale = preprocessing.target_scales(series)
    np.testing.assert_allclose(found.reshape(4, 18), raw * scale + center)


def test_scores_of_one_number_are_those_of_the_median() -> None:
    plain = forecasting()
    preprocessing = with_quantiles(plain)
    generator = np.random.default_rng(0)
    predictions, truth = generator.normal(size=(9, 18)), generator.normal(size=(9, 6))
    medians = predictions[:, 1::3]
    for name in ("rmse", "mae", "mase"):
        metric = METRICS[name]
        assert metric.score(predictions, truth, preprocessing) == metric.score(
            medians, truth, plain
        )


def test_pinball_loss_and_coverage_are_those_of_their_definitions() -> None:
    preprocessing = with_quantiles(forecasting())
    generator = np.random.default_rng(1)
    predictions = np.sort(generator.normal(size=(20, 6, 3)), axis=2)
    truth = generator.normal(size=(20, 6))
    losses, inside = [], []
    for rows, numbers in zip(predictions, truth, strict=True):
        for quantiles, number in zip(rows, numbers, strict=True):
            inside.append(quantiles[0] <= number <= quantiles[2])
            for level, quantile in zip(LEVELS, quantiles, strict=True):
                share = level if number > quantile else level - 1
                losses.append(share * (number - quantile))
    flat = predictions.reshape(20, 18)
    assert METRICS["pinball"].score(flat, truth, preprocessing) == pytest.approx(np.mean(losses))
    assert METRICS["coverage"].score(flat, truth, preprocessing) == pytest.approx(np.mean(inside))


def test_main_metric_is_the_one_that_the_loss_is_best_for() -> None:
    def names(loss: ChosenLoss | None) -> list[str]:
        made = forecasting().model_copy(update={"chosen_loss": loss})
        return [metric.name for metric in metrics_of(made)]

    assert names(None) == ["rmse", "mae", "mase"]
    assert names(ChosenLoss(name="huber", delta=1.0)) == ["rmse", "mae", "mase"]
    assert names(ChosenLoss(name="mae")) == ["mae", "rmse", "mase"]
    assert names(CHOSEN["chosen_loss"]) == ["pinball", "rmse", "mae", "mase", "coverage"]


@pytest.mark.parametrize("levels", [(0.1, 0.9), (0.5, 0.1), (0.0, 0.5), (0.5,), (0.5, 0.5, 0.9)])
def test_levels_rise_between_0_and_1_and_include_the_median(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match=r"increasing|median|at least 2"):
        TrainingSpec(quantiles=levels)
