"""Predictions on the test set against the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import GUESS, has_target

MOST_CLASSES = 20
_INVISIBLE = {" ": "space", "\n": "line end", "\t": "tab", "\r": "return"}


@dataclass(frozen=True, eq=False)
class Confusion:
    """A confusion matrix.

    Attributes:
        names: The classes shown, the most frequent in the test set first where not all are.
        counts: True class by predicted class, (classes, classes).
        left_out: Classes that are not shown.
        scores: Precision, recall, F1 and test examples of each class shown, over all examples;
            precision is NaN where a class was never predicted, recall where it never occurred.
        classes: The numbers of the classes shown.
    """

    names: tuple[str, ...]
    counts: Integers
    left_out: int
    scores: tuple[tuple[float, float, float, int], ...]
    classes: tuple[int, ...] = ()


def confusion(history: ComparisonHistory, predictions: Floats) -> Confusion:
    """The confusion matrix of predictions on the test set.

    Args:
        history: A comparison whose predictions are one of several outcomes.
        predictions: Probabilities (examples, classes), or for tasks that predict every step what
            the session keeps of them, (examples, time, 2).
    """
    names = history.preprocessing.outcomes or ()
    truth = history.test_truth.astype(np.int64)
    if history.preprocessing.per_step:
        has_truth = truth >= 0
        truth, guesses = truth[has_truth], predictions[..., GUESS][has_truth].astype(np.int64)
    else:
        guesses = np.argmax(predictions, axis=1)
    size = len(names)
    counts = np.bincount(truth * size + guesses, minlength=size * size).reshape(size, size)
    occurred, predicted, hits = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = hits / predicted, hits / occurred
        f1 = 2 * hits / (predicted + occurred)
    shown = np.arange(size)
    if size > MOST_CLASSES:
        shown = np.sort(np.argsort(-occurred, kind="stable")[:MOST_CLASSES])
    return Confusion(
        names=tuple(_INVISIBLE.get(names[index], names[index]) for index in shown),
        counts=counts[np.ix_(shown, shown)],
        left_out=size - len(shown),
        scores=tuple(
            (float(precision[index]), float(recall[index]), float(f1[index]), int(occurred[index]))
            for index in shown
        ),
        classes=tuple(shown.tolist()),
    )


@dataclass(frozen=True, eq=False)
class ForecastTrack:
    """Predictions of one horizon step and one target beside the truth, in time order.

    Attributes:
        x: The time step that is forecast, or the number of the example, (examples,).
        targets_in_units: (examples,).
        predictions: By contender or baseline, (examples,) each; medians of quantiles.
        intervals: The lowest and the highest quantile of each, (examples,) both, where there are
            quantiles.
    """

    x: Integers
    targets_in_units: Floats
    predictions: dict[str, Floats]
    intervals: dict[str, tuple[Floats, Floats]]


def forecast_track(
    history: ComparisonHistory, predictions: dict[str, Floats], target: int, step: int
) -> ForecastTrack:
    """Picks one target and one step of the horizon, both from 0, out of values.

    Args:
        history: The comparison.
        predictions: By name, (examples, outputs) each, horizon first.
        target: Which target.
        step: Which step of the horizon.
    """
    preprocessing = history.preprocessing
    if preprocessing.kind == "track":
        return _track_of_steps(history, predictions, target)
    place = step * len(preprocessing.target_names) + target
    order = np.argsort(history.test_positions, kind="stable")
    positions = history.test_positions[order]
    is_forecast = preprocessing.kind == "forecast"
    return ForecastTrack(
        x=positions + step if is_forecast else np.arange(len(order)),
        targets_in_units=history.test_truth[order, place],
        predictions={
            name: preprocessing.point_predictions(prediction)[order, place]
            for name, prediction in predictions.items()
        },
        intervals=_intervals(history, predictions, order, place),
    )


def _track_of_steps(
    history: ComparisonHistory, predictions: dict[str, Floats], target: int
) -> ForecastTrack:
    """Every scored step of the test set, in time order, or one sequence after the other."""
    preprocessing, truth = history.preprocessing, history.test_truth
    scored = has_target(truth)
    steps = history.test_positions[:, np.newaxis] + np.arange(truth.shape[1])
    x = steps[scored] if preprocessing.is_cut else np.arange(int(scored.sum()))
    order = np.argsort(x, kind="stable")
    intervals, levels = {}, len(preprocessing.quantiles or ())
    for name, prediction in predictions.items() if levels else ():
        first, last = target * levels, (target + 1) * levels - 1
        edges = prediction[scored][:, [first, last]][order]
        intervals[name] = (edges[:, 0], edges[:, 1])
    return ForecastTrack(
        x=x[order],
        targets_in_units=truth[scored][order, target],
        predictions={
            name: preprocessing.point_predictions(prediction)[scored][order, target]
            for name, prediction in predictions.items()
        },
        intervals=intervals,
    )


def _intervals(
    history: ComparisonHistory, predictions: dict[str, Floats], order: Integers, place: int
) -> dict[str, tuple[Floats, Floats]]:
    levels = history.preprocessing.quantiles
    if levels is None:
        return {}
    first, last = place * len(levels), (place + 1) * len(levels) - 1
    return {
        name: (prediction[order, first], prediction[order, last])
        for name, prediction in predictions.items()
    }


def error_by_horizon(history: ComparisonHistory, target: int) -> dict[str, Doubles]:
    """The RMSE at each step of the horizon, (horizon,), as the mean over the seeds that ended.

    Baselines follow the contenders.
    """
    rmse = {}
    for contender in history.contenders:
        predictions = [
            run.result.predictions for run in contender.runs if run.has_ended and run.result
        ]
        if predictions:
            errors = [_rmse(history, run_predictions, target) for run_predictions in predictions]
            rmse[contender.name] = np.mean(errors, axis=0)
    for baseline in history.baselines:
        rmse[baseline.name] = _rmse(history, baseline.predictions, target)
    return rmse


def _rmse(history: ComparisonHistory, predictions: Floats, target: int) -> Doubles:
    targets = len(history.preprocessing.target_names)
    points = history.preprocessing.point_predictions(predictions)
    errors = (points - history.test_truth).astype(np.float64)[:, target::targets]
    return np.asarray(np.sqrt((errors**2).mean(axis=0)))


def predictions_of_pair(history: ComparisonHistory, pair: PairId) -> dict[str, Floats]:
    """The test predictions of every contender's run with that seed and fold."""
    predictions = {}
    for contender in history.contenders:
        for run in contender.runs:
            if run.run.pair == pair and run.result is not None:
                predictions[contender.name] = run.result.predictions
    return predictions


def pairs_with_predictions(history: ComparisonHistory) -> Sequence[PairId]:
    """Seeds and folds of which a run has test predictions, in the order of the runs."""
    runs = (run for contender in history.contenders for run in contender.runs)
    return list(dict.fromkeys(run.run.pair for run in runs if run.result is not None))
