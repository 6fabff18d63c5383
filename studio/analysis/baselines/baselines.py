"""Baselines: naive rules, which every useful network beats, and MiniRocket for classes."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from studio.analysis.baselines.baseline_losses import (
    Rule,
    loss_of_classes,
    loss_of_numbers,
    loss_of_steps,
    with_quantiles,
)
from studio.analysis.baselines.minirocket import (
    MiniRocket,
    compile_minirocket,
    minirocket,
    suits,
)
from studio.analysis.baselines.step_baselines import (
    StepRule,
    bigram,
    key_rates,
    majority_tag,
    unigram,
)
from studio.analysis.baselines.track_baselines import TrackRule, track_rules
from studio.core.arrays import Doubles, Floats, Truth
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.history import Baseline
from studio.core.results.metrics import NATS, has_target, metrics_of, over_steps
from studio.core.specs.task_spec import TaskKind

_CHUNK = 4_000_000  # numbers of a float64 block: 32 MB, three times that during the decomposition


@dataclass(frozen=True)
class _Fitted:
    name: str
    parameters: int
    rule: Rule


Fitted = _Fitted | StepRule | TrackRule | MiniRocket


def score_baselines(task: PreparedTask) -> tuple[Baseline, ...]:
    """Fits the baselines of a task on its training set and scores them.

    Classification: the majority class, predicting the class shares, and MiniRocket where aeon is
    installed. Regression: the mean.
    Forecasts: persistence, seasonal naive where a season fits into the window, drift, and linear
    autoregression on the target's own window; the mean where a target is not among the inputs.
    Next token: unigram and bigram; next step: the rate of each key; tagging: the majority class.
    Numbers at each step: the mean, or the last value where the past target is an input, and a
    linear filter on lags of the inputs.
    """
    rules = _rules_for(task.preprocessing)
    if suits(task):
        compile_minirocket(task)
        rules = (*rules, minirocket)
    return tuple(_scored(task, fit) for fit in rules)


def _rules_for(preprocessing: Preprocessing) -> tuple[Callable[[PreparedTask], Fitted], ...]:
    if preprocessing.kind == "track":
        return track_rules(preprocessing)
    if preprocessing.per_step:
        rules: dict[TaskKind, tuple[Callable[[PreparedTask], Fitted], ...]] = {
            "next-token": (unigram, bigram),
            "next-step": (key_rates,),
            "tag": (majority_tag,),
        }
        return rules[preprocessing.kind]
    if preprocessing.class_names is not None:
        return (_majority,)
    has_past = set(preprocessing.target_names) <= set(preprocessing.input_names)
    if preprocessing.window is None or not has_past:
        return (_mean,)
    season = preprocessing.season
    fits = season is not None and season <= preprocessing.window
    return (_persistence, *((_seasonal_naive,) if fits else ()), _drift, _autoregression)


def _scored(task: PreparedTask, fit: Callable[[PreparedTask], Fitted]) -> Baseline:
    start = time.perf_counter()
    fitted = fit(task)
    seconds = time.perf_counter() - start
    validation = task.validation if len(task.validation) else task.training
    rule = with_quantiles(fitted.rule, task)
    predictions, validation_predictions = rule(task.test), rule(validation)
    metrics, preprocessing = metrics_of(task.preprocessing), task.preprocessing
    return Baseline(
        name=fitted.name,
        parameters=fitted.parameters,
        seconds=seconds,
        predictions=predictions,
        scores={
            metric.name: metric.score(
                predictions, task.test.targets_in_units, preprocessing, task.test.positions
            )
            for metric in metrics
        },
        validation_scores={
            metric.name: metric.score(
                validation_predictions,
                validation.targets_in_units,
                preprocessing,
                validation.positions,
            )
            for metric in metrics
        },
        validation_loss=_loss(preprocessing, validation_predictions, validation),
    )


def _loss(preprocessing: Preprocessing, predictions: Floats, examples: Examples) -> float | None:
    """The loss of predictions as in training; None where the predictions do not tell it."""
    if not len(examples):
        return None
    exact = np.asarray(predictions, dtype=np.float64)
    if preprocessing.kind == "track":
        scored = has_target(examples.targets_in_units)
        values = preprocessing.scaled_targets(preprocessing.free_running(exact))[scored]
        goals = examples.targets[scored]
        return loss_of_numbers(values.astype(np.float64), goals, preprocessing.chosen_loss)
    if preprocessing.per_step:
        steps = loss_of_steps(exact[..., NATS], preprocessing.chosen_loss)
        return None if steps is None else float(over_steps(steps, examples.targets_in_units).mean())
    if preprocessing.target_scaler is None:
        return loss_of_classes(exact, examples.targets, preprocessing)
    scaled = preprocessing.scaled_targets(exact, preprocessing.scaled_series(examples.positions))
    return loss_of_numbers(scaled.astype(np.float64), examples.targets, preprocessing.chosen_loss)


def _constant(row: Doubles) -> Rule:
    return lambda examples: np.tile(row, (len(examples), 1))


def _majority(task: PreparedTask) -> _Fitted:
    classes = task.preprocessing.output_size
    counts = np.bincount(task.training.targets, minlength=classes)
    return _Fitted("majority class", classes, _constant(counts / counts.sum()))


def _mean(task: PreparedTask) -> _Fitted:
    """The mean of all training targets; where each series has its own scaler, of each series."""
    training = task.training
    row = training.targets_in_units.mean(axis=0, dtype=np.float64)
    series = task.preprocessing.scaled_series(training.positions)
    if series is None:
        return _Fitted("mean", len(row), _constant(row))
    rows = {
        index: training.targets_in_units[series == index].mean(axis=0, dtype=np.float64)
        for index in np.unique(series).tolist()
    }

    def rule(examples: Examples) -> Floats:
        own = task.preprocessing.scaled_series(examples.positions)
        chosen = [] if own is None else own.tolist()
        return np.array([rows.get(index, row) for index in chosen]).reshape(len(examples), len(row))

    return _Fitted("mean of each series", len(row) * (len(rows) + 1), rule)


def _channels(preprocessing: Preprocessing) -> list[int]:
    return [preprocessing.input_names.index(name) for name in preprocessing.target_names]


def _past(task: PreparedTask, examples: Examples, steps: slice) -> Doubles:
    """Steps of the targets' own windows in their units, (examples, steps, targets)."""
    preprocessing = task.preprocessing
    series = preprocessing.scaled_series(examples.positions)
    inputs = examples.inputs[:, steps]
    return np.asarray(preprocessing.inputs_in_units(inputs, series)[:, :, _channels(preprocessing)])


def _persistence(task: PreparedTask) -> _Fitted:
    def rule(examples: Examples) -> Floats:
        last = _past(task, examples, slice(-1, None))[:, 0]
        return np.tile(last, (1, task.preprocessing.horizon))

    return _Fitted("persistence", 0, rule)


def _seasonal_naive(task: PreparedTask) -> _Fitted:
    """The value of the same step of the last season in the window."""
    season, horizon = task.preprocessing.season, task.preprocessing.horizon
    assert season is not None  # noqa: S101 - see _rules_for

    def rule(examples: Examples) -> Floats:
        last = _past(task, examples, slice(-season, None))
        repeated = last[:, np.arange(horizon) % season]
        return np.asarray(repeated.reshape(len(examples), -1))

    return _Fitted(f"seasonal naive ({season} steps)", 0, rule)


def _drift(task: PreparedTask) -> _Fitted:
    """The straight line through the first and the last value of the window, continued."""
    horizon = task.preprocessing.horizon

    def rule(examples: Examples) -> Floats:
        window = examples.inputs.shape[1]
        first = _past(task, examples, slice(0, 1))
        last = _past(task, examples, slice(-1, None))
        slope = (last - first) / max(1, window - 1)
        ahead = np.arange(1, horizon + 1)[:, np.newaxis]
        return np.asarray((last + ahead * slope).reshape(len(examples), -1))

    return _Fitted("drift", 0, rule)


def _autoregression(task: PreparedTask) -> _Fitted:
    """Fitted to values in their units; where each series has its own scaler, to scaled values.

    What is known in advance of the predicted steps, and static columns, are read too.
    """
    preprocessing = task.preprocessing
    channels, horizon = _channels(task.preprocessing), task.preprocessing.horizon
    ahead = preprocessing.input_size - preprocessing.plain_size
    is_scaled = preprocessing.series_scaling is not None
    goals = task.training.targets if is_scaled else task.training.targets_in_units
    weights = [
        _least_squares(
            task.training.inputs, goals, channel, ahead, slice(position, None, len(channels))
        )
        for position, channel in enumerate(channels)
    ]

    def rule(examples: Examples) -> Floats:
        predictions = np.empty((len(examples), horizon * len(channels)))
        for position, channel in enumerate(channels):
            for rows, lags in _lags(examples.inputs, channel, ahead):
                predictions[rows, position :: len(channels)] = lags @ weights[position]
        series = preprocessing.scaled_series(examples.positions)
        return (
            predictions if series is None else preprocessing.predictions_from(predictions, series)
        )

    return _Fitted("linear autoregression", sum(matrix.size for matrix in weights), rule)


def _least_squares(
    inputs: Floats, goals: Truth, channel: int, ahead: int, outputs: slice
) -> Doubles:
    """Weights (1 + window + ahead, horizon) of the intercept and the lags, for every step ahead.

    The triangular factor of all rows is updated block by block (Golub and Van Loan, Matrix
    Computations, section 5.2), which needs little memory and does not square the condition
    number.
    """
    lags = inputs.shape[1] + 1 + ahead
    factor = np.empty((0, lags + goals[:1, outputs].shape[1]))
    for rows, block in _lags(inputs, channel, ahead):
        targets = goals[rows, outputs].astype(np.float64)
        rows_so_far = np.vstack([factor, np.hstack([block, targets])])
        factor = np.asarray(np.linalg.qr(rows_so_far, mode="r"))
    return np.asarray(np.linalg.lstsq(factor[:, :lags], factor[:, lags:], rcond=None)[0])


def _lags(inputs: Floats, channel: int, ahead: int) -> Iterator[tuple[slice, Doubles]]:
    """A column of ones, the scaled lags of a channel, and the last step's `ahead` last channels.

    Some rows at a time.
    """
    window, channels = inputs.shape[1:]
    size = max(1, _CHUNK // (window + 1 + ahead))
    for start in range(0, len(inputs), size):
        rows = slice(start, min(start + size, len(inputs)))
        lags = inputs[rows, :, channel].astype(np.float64)
        known = inputs[rows, -1, channels - ahead :].astype(np.float64)
        yield rows, np.hstack([np.ones((len(lags), 1)), lags, known])
