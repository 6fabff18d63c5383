"""Rules without learning, which every network must beat before its gates are worth a look."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from studio.analysis.naive_steps import StepRule, bigram, key_rates, majority_tag, unigram
from studio.core.arrays import Doubles, Floats
from studio.core.examples import Examples, PreparedTask
from studio.core.history import Baseline
from studio.core.metrics import NATS, metrics_of, over_steps
from studio.core.preparation import Preparation
from studio.core.task import TaskKind

Rule = Callable[[Examples], Floats]
_CHUNK = 4_000_000  # numbers of a float64 block: 32 MB, thrice that while it is decomposed


@dataclass(frozen=True)
class _Fitted:
    name: str
    parameters: int
    rule: Rule


Fitted = _Fitted | StepRule


def baselines(task: PreparedTask) -> tuple[Baseline, ...]:
    """Fits the baselines of a task on its training part and scores them.

    Classes: the majority class, answering with the classes' shares. Numbers of a whole example:
    the mean. Forecasts: persistence, and linear autoregression on the target's own window; the
    mean where a target is not among the inputs. The next token: unigram and bigram; the next
    step: the rate of each key; tags: the majority class.
    """
    return tuple(_scored(task, fit) for fit in _fits(task.preparation))


def _fits(preparation: Preparation) -> tuple[Callable[[PreparedTask], Fitted], ...]:
    if preparation.stepwise:
        rules: dict[TaskKind, tuple[Callable[[PreparedTask], Fitted], ...]] = {
            "next-token": (unigram, bigram),
            "next-step": (key_rates,),
            "tag": (majority_tag,),
        }
        return rules[preparation.kind]
    if preparation.class_names is not None:
        return (_majority,)
    has_past = set(preparation.target_names) <= set(preparation.input_names)
    if preparation.window is None or not has_past:
        return (_mean,)
    return (_persistence, _autoregression)


def _scored(task: PreparedTask, fit: Callable[[PreparedTask], Fitted]) -> Baseline:
    start = time.perf_counter()
    fitted = fit(task)
    seconds = time.perf_counter() - start
    watched = task.validation if len(task.validation) else task.training
    answers, watched_answers = fitted.rule(task.test), fitted.rule(watched)
    metrics, preparation = metrics_of(task.preparation), task.preparation
    return Baseline(
        name=fitted.name,
        parameters=fitted.parameters,
        seconds=seconds,
        answers=answers,
        scores={m.name: m.score(answers, task.test.truth, preparation) for m in metrics},
        validation_scores={
            m.name: m.score(watched_answers, watched.truth, preparation) for m in metrics
        },
        validation_loss=_loss(preparation, watched_answers, watched),
    )


def _loss(preparation: Preparation, answers: Floats, examples: Examples) -> float | None:
    """The training loss of answers: a likelihood, or the mean square in scaled units."""
    if not len(examples):
        return None
    given = np.asarray(answers, dtype=np.float64)
    if preparation.stepwise:
        return float(over_steps(given[..., NATS], examples.truth).mean())
    if preparation.target_scaler is None:
        chosen = given[np.arange(len(given)), examples.targets]
        return float(-np.log(np.maximum(chosen, np.finfo(np.float32).tiny)).mean())
    steps = given.reshape(len(given), -1, len(preparation.target_names))
    scaled = preparation.target_scaler.apply(steps).reshape(given.shape)
    return float(np.mean((scaled.astype(np.float64) - examples.targets) ** 2))


def _constant(row: Doubles) -> Rule:
    return lambda examples: np.tile(row.astype(np.float32), (len(examples), 1))


def _majority(task: PreparedTask) -> _Fitted:
    classes = task.preparation.output_size
    counts = np.bincount(task.training.targets, minlength=classes)
    return _Fitted("majority class", classes, _constant(counts / counts.sum()))


def _mean(task: PreparedTask) -> _Fitted:
    row = task.training.truth.mean(axis=0, dtype=np.float64)
    return _Fitted("mean", len(row), _constant(row))


def _channels(preparation: Preparation) -> list[int]:
    return [preparation.input_names.index(name) for name in preparation.target_names]


def _persistence(task: PreparedTask) -> _Fitted:
    preparation = task.preparation
    channels = _channels(preparation)
    scaler = preparation.input_scaler
    scale, center = np.array(scaler.scale)[channels], np.array(scaler.center)[channels]

    def rule(examples: Examples) -> Floats:
        last = examples.inputs[:, -1, channels].astype(np.float64) * scale + center
        return np.tile(last, (1, preparation.horizon)).astype(np.float32)

    return _Fitted("persistence", 0, rule)


def _autoregression(task: PreparedTask) -> _Fitted:
    channels, horizon = _channels(task.preparation), task.preparation.horizon
    weights = [
        _least_squares(task.training, channel, slice(place, None, len(channels)))
        for place, channel in enumerate(channels)
    ]

    def rule(examples: Examples) -> Floats:
        answers = np.empty((len(examples), horizon * len(channels)), dtype=np.float32)
        for place, channel in enumerate(channels):
            for rows, lags in _lags(examples, channel):
                answers[rows, place :: len(channels)] = lags @ weights[place]
        return answers

    return _Fitted("linear autoregression", sum(each.size for each in weights), rule)


def _least_squares(examples: Examples, channel: int, outputs: slice) -> Doubles:
    """Weights (1 + window, horizon) of the intercept and the lags, for every step ahead.

    The triangular factor of all rows is built up block by block (Golub and Van Loan, Matrix
    Computations, section 5.2), which needs little memory and does not square the condition.
    """
    lags = examples.inputs.shape[1] + 1
    factor = np.empty((0, lags + examples.truth[:1, outputs].shape[1]))
    for rows, block in _lags(examples, channel):
        goal = examples.truth[rows, outputs].astype(np.float64)
        rows_so_far = np.vstack([factor, np.hstack([block, goal])])
        factor = np.asarray(np.linalg.qr(rows_so_far, mode="r"))
    return np.asarray(np.linalg.lstsq(factor[:, :lags], factor[:, lags:], rcond=None)[0])


def _lags(examples: Examples, channel: int) -> Iterator[tuple[slice, Doubles]]:
    """A column of ones and the scaled lags of a channel, some rows at a time."""
    window = examples.inputs.shape[1]
    size = max(1, _CHUNK // (window + 1))
    for start in range(0, len(examples), size):
        rows = slice(start, min(start + size, len(examples)))
        lags = examples.inputs[rows, :, channel].astype(np.float64)
        yield rows, np.hstack([np.ones((len(lags), 1)), lags])
