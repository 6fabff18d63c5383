"""Baselines of the task track: the last known value, or the mean, and a linear filter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.metrics import has_target

_MOST_LAGS = 32
_RIDGE = 1e-3  # of the mean square of the lags


@dataclass(frozen=True)
class TrackRule:
    """A fitted rule.

    Attributes:
        name: Such as "linear filter".
        parameters: Number of fitted values.
        rule: From examples to predictions in units, (examples, time, stored outputs).
    """

    name: str
    parameters: int
    rule: Callable[[Examples], Floats]


def track_rules(
    preprocessing: Preprocessing,
) -> tuple[Callable[[PreparedTask], TrackRule], ...]:
    """The mean, or the last value where the past target is an input; and the linear filter."""
    return (mean_target if preprocessing.past_target is None else last_value, linear_filter)


def mean_target(task: PreparedTask) -> TrackRule:
    """The mean of the targets over the steps that are trained on."""
    truth = task.training.targets_in_units
    mean = truth[has_target(truth)].mean(axis=0)
    return _rule(task, "mean", len(mean), lambda examples: np.broadcast_to(mean, _shape(examples)))


def last_value(task: PreparedTask) -> TrackRule:
    """The target of the step before; free running, the last one that is known is held."""
    preprocessing = task.preprocessing
    targets = preprocessing.value_size

    def forced(examples: Examples) -> Doubles:
        return preprocessing.inputs_in_units(examples.inputs)[..., -targets:]

    def free(examples: Examples) -> Doubles:
        values = forced(examples)
        if preprocessing.carried:
            values = values.reshape(1, -1, targets)
        held = values.copy()
        held[:, preprocessing.washout :] = values[:, preprocessing.washout, np.newaxis]
        return held.reshape(_shape(examples))

    return _rule(task, "last value", 0, free, forced)


def linear_filter(task: PreparedTask) -> TrackRule:
    """A ridge regression on the inputs of the step and of the steps before it in the example.

    It reads no past targets. Before an example there are zeros, which are the means of the training
    set with standard scaling; with carried state the window before comes first.
    """
    preprocessing = task.preprocessing
    channels = preprocessing.input_size
    if preprocessing.past_target is not None:
        channels -= preprocessing.value_size
    lags = min(_MOST_LAGS, preprocessing.max_length)
    rows = has_target(task.training.targets_in_units)
    size = lags * channels + 1
    gram, moment = np.zeros((size, size)), np.zeros((size, preprocessing.value_size))
    for index, block in enumerate(_lagged(task.training, channels, lags)):
        chosen = rows[index]
        design, goals = block[chosen], task.training.targets[index][chosen].astype(np.float64)
        gram += design.T @ design
        moment += design.T @ goals
    penalty = _RIDGE * np.trace(gram[1:, 1:]) / max(1, size - 1) * np.eye(size)
    penalty[0, 0] = 0.0
    weights = np.linalg.lstsq(gram + penalty, moment, rcond=None)[0]

    def predict(examples: Examples) -> Doubles:
        scaled = np.stack([block @ weights for block in _lagged(examples, channels, lags)])
        return np.asarray(preprocessing.predictions_from(scaled), dtype=np.float64)

    return _rule(task, f"linear filter ({lags} lags)", weights.size, predict)


def _lagged(examples: Examples, channels: int, lags: int) -> Iterator[Doubles]:
    """A column of ones and the lags of each example, (time, 1 + lags x channels)."""
    before = np.zeros((lags - 1, channels))
    for sequence in examples.inputs[..., :channels]:
        values = np.vstack([before, np.asarray(sequence, dtype=np.float64)])
        windows = np.lib.stride_tricks.sliding_window_view(values, lags, axis=0)
        yield np.hstack([np.ones((len(windows), 1)), windows.reshape(len(windows), -1)])
        if examples.carried:
            before = values[len(values) - lags + 1 :]


def _shape(examples: Examples) -> tuple[int, ...]:
    return examples.targets_in_units.shape


def _rule(
    task: PreparedTask,
    name: str,
    parameters: int,
    free: Callable[[Examples], Doubles],
    forced: Callable[[Examples], Doubles] | None = None,
) -> TrackRule:
    """The rule with quantiles, and teacher-forced predictions where they are stored."""
    ways = [free] if task.preprocessing.past_target is None else [free, forced or free]
    levels = task.preprocessing.quantiles
    offsets = [_offsets(way, task) for way in ways] if levels else []

    def rule(examples: Examples) -> Floats:
        planes = [np.asarray(way(examples), dtype=np.float64) for way in ways]
        if offsets:
            planes = [
                (plane[..., np.newaxis] + offset).reshape(*plane.shape[:2], -1)
                for plane, offset in zip(planes, offsets, strict=True)
            ]
        return np.concatenate(planes, axis=2)

    return TrackRule(name, parameters, rule)


def _offsets(way: Callable[[Examples], Doubles], task: PreparedTask) -> Doubles:
    """The quantiles of the rule's errors on the training set, (targets, quantiles)."""
    preprocessing, truth = task.preprocessing, task.training.targets_in_units
    errors = (truth - way(task.training))[has_target(truth)]
    offsets = np.quantile(errors, preprocessing.quantiles or (), axis=0).T
    offsets[:, preprocessing.median_index] = 0.0
    return np.asarray(offsets)
