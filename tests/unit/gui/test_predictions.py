"""Predictions on the test set: counts and errors agree with the scores of the run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from running import small_spec, whole_history

from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.pages.compare.view.predictions import (
    MOST_CLASSES,
    confusion,
    error_by_horizon,
    forecast_track,
    pairs_with_predictions,
    predictions_of_pair,
)


def spec_of(generator: str, parameters: dict[str, int], **task: int) -> ComparisonSpec:
    spec = small_spec(epochs=2, seeds=2)
    dataset = {"source": "generated", "generator": generator, "parameters": parameters}
    return ComparisonSpec.model_validate({**spec.model_dump(), "dataset": dataset, "task": task})


@pytest.fixture(scope="module")
def recall(tmp_path_factory: pytest.TempPathFactory) -> ComparisonHistory:
    path = tmp_path_factory.mktemp("answers") / "recall.gates"
    return whole_history(path, spec_of("delayed-recall", {"delay": 4, "examples": 120}))


@pytest.fixture(scope="module")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> ComparisonHistory:
    path = tmp_path_factory.mktemp("answers") / "forecast.gates"
    return whole_history(path, spec_of("mackey-glass", {"steps": 300}, window=8, horizon=3))


def test_the_diagonal_of_the_confusion_is_the_accuracy(recall: ComparisonHistory) -> None:
    run = recall.contenders[0].runs[0]
    assert run.result is not None
    found = confusion(recall, run.result.predictions)
    total = found.counts.sum()
    assert total == len(recall.test_truth)
    assert np.trace(found.counts) / total == pytest.approx(run.result.scores["accuracy"])


def test_the_mean_f1_of_the_classes_is_the_macro_f1(recall: ComparisonHistory) -> None:
    run = recall.contenders[0].runs[0]
    assert run.result is not None
    scores = [f1 for _, _, f1, _ in confusion(recall, run.result.predictions).scores]
    assert np.nanmean(scores) == pytest.approx(run.result.scores["macro_f1"])


def test_of_many_classes_the_most_frequent_are_shown_and_the_rest_counted(
    recall: ComparisonHistory,
) -> None:
    names = tuple(f"class {number}" for number in range(30))
    truth = np.repeat(np.arange(30), np.arange(1, 31))
    many = replace(
        recall,
        preprocessing=recall.preprocessing.model_copy(update={"class_names": names}),
        test_truth=truth,
    )
    found = confusion(many, np.eye(30, dtype=np.float32)[truth])
    assert found.names == names[30 - MOST_CLASSES :]
    assert found.left_out == 30 - MOST_CLASSES
    assert found.scores[-1] == (1.0, 1.0, 1.0, 30)


def test_a_predicted_step_stands_at_the_time_that_it_forecasts(
    forecast: ComparisonHistory,
) -> None:
    predictions = predictions_of_pair(forecast, PairId(1))
    first, last = (forecast_track(forecast, predictions, 0, step) for step in (0, 2))
    np.testing.assert_array_equal(last.x, first.x + 2)
    at_once = dict(zip(first.x.tolist(), first.targets_in_units.tolist(), strict=True))
    later = dict(zip(last.x.tolist(), last.targets_in_units.tolist(), strict=True))
    shared = at_once.keys() & later.keys()
    assert len(shared) > 10
    assert all(at_once[x] == pytest.approx(later[x]) for x in shared)


def test_the_errors_by_horizon_make_up_the_rmse_of_the_run(forecast: ComparisonHistory) -> None:
    errors = error_by_horizon(forecast, 0)
    for baseline in forecast.baselines:
        whole = float(np.sqrt(np.mean(errors[baseline.name] ** 2)))
        assert whole == pytest.approx(baseline.scores["rmse"], rel=1e-5)
    assert list(errors)[:2] == ["GRU", "LSTM"]
    assert pairs_with_predictions(forecast) == [PairId(1), PairId(2)]


def tracked(path: Path, loss: str, **task: object) -> ComparisonHistory:
    spec = small_spec(epochs=1, seeds=1)
    dataset = {"source": "generated", "generator": "battery", "parameters": {"steps": 400}}
    training = spec.training.model_copy(update={"loss": loss})
    options = {"kind": "track", "window": 30, "washout": 6, **task}
    values = {**spec.model_dump(), "dataset": dataset, "task": options}
    return whole_history(
        path, ComparisonSpec.model_validate({**values, "training": training.model_dump()})
    )


def test_numbers_at_each_step_are_drawn_once_in_time_with_their_range(tmp_path: Path) -> None:
    history = tracked(tmp_path / "t.gates", "quantiles", past_target=True)
    (pair,) = pairs_with_predictions(history)
    predictions = predictions_of_pair(history, pair)
    track = forecast_track(history, predictions, 0, 0)
    assert track.x.tolist() == list(range(320 + 6, 400))  # the test set after its washout
    name, drawn = next(iter(track.predictions.items()))
    errors = drawn - track.targets_in_units
    run = next(each for each in history.contenders if each.name == name).runs[0]
    assert run.result is not None
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(run.result.scores["rmse"])
    low, high = track.intervals[name]
    inside = (low <= track.targets_in_units) & (track.targets_in_units <= high)
    assert inside.mean() == pytest.approx(run.result.scores["coverage"])
