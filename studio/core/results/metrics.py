"""Metric definitions: the contribution of each example, and the score of a set of examples."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.plugins import Registry, blaming
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.class_metrics import balanced_accuracy, macro_f1, pr_area, roc_area

NATS, GUESS = 0, 1
"""What is kept of the prediction at each step, (examples, time, 2): the negative log-likelihood of
the truth, in nats and summed over keys, and the index of the likeliest class if there are classes.
"""

PerExample = Callable[[Doubles, Truth, Preprocessing], Doubles]


@dataclass(frozen=True)
class Metric:
    """A score of predictions against the truth.

    Attributes:
        name: Its name in files.
        label: Its name for users.
        higher_is_better: The direction.
        in_target_units: Whether the score has the targets' units.
        per_example: From predictions (examples, outputs), truth and preprocessing to one value per
            example, (examples,), whose mean is the score; None if the score is not such a mean.
        in_naive_errors: Whether errors are divided by the naive error of their series before.
        is_root: Whether the score is the square root of that mean.
        over_set: The score of a whole set, for metrics without per_example.
        margin: Default margin of practical equivalence.
        relative_margin: Whether the margin is a share of the score.
        largest: Upper bound of the score; the lower bound is zero.
        suits: For a metric of a package whether it applies to a task; None for every task without
            a prediction at every step.
        sees_all: Whether it takes all that is stored of a prediction, such as quantiles; others
            take the median alone.
        has_direction: Whether one of two scores is the better one.
    """

    name: str
    label: str
    higher_is_better: bool
    in_target_units: bool = False
    per_example: PerExample | None = None
    in_naive_errors: bool = False
    is_root: bool = False
    over_set: Callable[[Doubles, Truth, Preprocessing], float] | None = None
    margin: float = 0.01
    relative_margin: bool = True
    largest: float = math.inf
    suits: Callable[[Preprocessing], bool] | None = None
    sees_all: bool = False
    has_direction: bool = True

    def from_values(self, values: Doubles) -> float:
        """The score from the values of the examples."""
        mean = float(np.mean(values))
        return float(np.sqrt(mean)) if self.is_root else mean

    def values(
        self,
        predictions: Doubles,
        truth: Truth,
        preprocessing: Preprocessing,
        positions: Integers | None = None,
    ) -> Doubles:
        """The value of each example, (examples,), for metrics with per_example.

        Args:
            predictions: (examples, outputs).
            truth: What they are compared with.
            preprocessing: What the numbers mean.
            positions: Where the examples come from, which tells their series, (examples,).
        """
        assert self.per_example is not None  # noqa: S101 - each metric has one of the two
        if not self.sees_all:
            predictions = preprocessing.point_predictions(predictions)
        if self.in_naive_errors:
            errors = (predictions - truth) / preprocessing.naive_errors(positions)
            predictions, truth = errors, np.zeros_like(errors)
        with blaming(METRICS, self.name):
            return self.per_example(predictions, truth, preprocessing)

    def score(
        self,
        predictions: Floats,
        truth: Truth,
        preprocessing: Preprocessing,
        positions: Integers | None = None,
    ) -> float:
        """The score of predictions (examples, outputs); NaN without examples. See values."""
        if not len(predictions):
            return float("nan")
        doubles = np.asarray(predictions, dtype=np.float64)
        if self.per_example is not None:
            return self.from_values(self.values(doubles, truth, preprocessing, positions))
        assert self.over_set is not None  # noqa: S101 - each metric has one of the two
        with blaming(METRICS, self.name):
            return self.over_set(doubles, truth, preprocessing)


def _correct(predictions: Doubles, truth: Truth, preprocessing: Preprocessing) -> Doubles:
    if preprocessing.per_step:
        return over_steps(predictions[..., GUESS] == truth, truth)
    return np.asarray(predictions.argmax(axis=1) == truth, dtype=np.float64)


def _log_loss(predictions: Doubles, truth: Truth, preprocessing: Preprocessing) -> Doubles:
    if preprocessing.per_step:
        return over_steps(predictions[..., NATS], truth)
    likelihood = predictions[np.arange(len(predictions)), truth.astype(np.int64)]
    return np.asarray(-np.log(np.maximum(likelihood, np.finfo(np.float32).tiny)))


def _perplexity(predictions: Doubles, truth: Truth, preprocessing: Preprocessing) -> Doubles:
    """The tangent of the exponential at the mean, as perplexity itself is not a mean."""
    nats = _log_loss(predictions, truth, preprocessing)
    mean = nats.mean()
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(mean) * (1 + nats - mean))


def _balanced(predictions: Doubles, truth: Truth, preprocessing: Preprocessing) -> Doubles:
    if preprocessing.per_step:
        return balanced_accuracy(predictions[..., GUESS] == truth, truth)
    right = predictions.argmax(axis=1) == truth
    return balanced_accuracy(right[:, np.newaxis], truth[:, np.newaxis])


def _roc(predictions: Doubles, truth: Truth, _: Preprocessing) -> Doubles:
    return roc_area(predictions, truth.astype(np.int64))


def _pr(predictions: Doubles, truth: Truth, _: Preprocessing) -> Doubles:
    return pr_area(predictions, truth.astype(np.int64))


def _macro_f1(predictions: Doubles, truth: Truth, preprocessing: Preprocessing) -> float:
    if preprocessing.per_step:
        is_target = truth >= 0
        predicted, truth = predictions[..., GUESS][is_target], truth[is_target]
    else:
        predicted = predictions.argmax(axis=1)
    return macro_f1(predicted, truth)


def _squared(predictions: Doubles, truth: Truth, _: Preprocessing) -> Doubles:
    return _over_outputs((predictions - truth) ** 2, truth)


def _absolute(predictions: Doubles, truth: Truth, _: Preprocessing) -> Doubles:
    return _over_outputs(np.abs(predictions - truth), truth)


def _squared_when_forced(
    predictions: Doubles, truth: Truth, preprocessing: Preprocessing
) -> Doubles:
    forced = preprocessing.point_predictions(preprocessing.teacher_forced(predictions))
    return _squared(forced, truth, preprocessing)


def _over_outputs(values: Doubles, truth: Truth) -> Doubles:
    """The mean over outputs of each example, and over its steps where each has a target."""
    means = np.asarray(values.mean(axis=-1))
    return means if means.ndim == 1 else over_steps(means, truth)


def _pinball(predictions: Doubles, truth: Truth, preprocessing: Preprocessing) -> Doubles:
    """The pinball loss in units, the mean over targets and levels, (examples,)."""
    levels = np.array(preprocessing.quantiles)
    by_level = _by_level(preprocessing.free_running(predictions), levels)
    errors = truth[..., np.newaxis] - by_level
    losses = np.maximum(levels * errors, (levels - 1) * errors)
    return _over_outputs(np.asarray(losses.mean(axis=-1)), truth)


def _covered(predictions: Doubles, truth: Truth, preprocessing: Preprocessing) -> Doubles:
    """The share of targets between the lowest and the highest quantile, (examples,)."""
    levels = np.array(preprocessing.quantiles)
    by_level = _by_level(preprocessing.free_running(predictions), levels)
    is_inside = (by_level[..., 0] <= truth) & (truth <= by_level[..., -1])
    return _over_outputs(is_inside.astype(np.float64), truth)


def _by_level(predictions: Doubles, levels: Doubles) -> Doubles:
    """(..., targets, quantiles)."""
    return predictions.reshape(*predictions.shape[:-1], -1, len(levels))


def has_target(truth: Truth) -> NDArray[np.bool_]:
    """Which steps have a target, (examples, time).

    Args:
        truth: Below 0 for steps without a target, (examples, time); or numbers, NaN for those,
            (examples, time, targets).
    """
    if truth.dtype.kind == "f":
        return np.asarray(~np.isnan(truth).any(axis=-1))
    return np.asarray(truth >= 0)


def over_steps(values: NDArray[Any], truth: Truth) -> Doubles:
    """One value per example whose mean is the mean over all steps with a target.

    Examples differ in length, so the mean over steps is a ratio of two sums; its tangent,
    score + (sum - score * steps) / mean steps, is the value of an example (Cochran, Sampling
    Techniques, section 6.3).

    Args:
        values: Of each step, (examples, time).
        truth: As in has_target.
    """
    is_target = has_target(truth)
    steps = is_target.sum(axis=1).astype(np.float64)
    sums = np.where(is_target, values, 0.0).sum(axis=1)
    score = sums.sum() / steps.sum()
    return np.asarray(score + (sums - score * steps) / steps.mean())


_ALL = (
    Metric("accuracy", "accuracy", higher_is_better=True, per_example=_correct,
           margin=0.01, relative_margin=False, largest=1.0),
    Metric("balanced_accuracy", "balanced accuracy", higher_is_better=True,
           per_example=_balanced, margin=0.01, relative_margin=False, largest=1.0),
    Metric("roc_auc", "ROC area", higher_is_better=True, per_example=_roc,
           margin=0.01, relative_margin=False, largest=1.0),
    Metric("pr_auc", "PR area", higher_is_better=True, per_example=_pr,
           margin=0.01, relative_margin=False, largest=1.0),
    Metric("macro_f1", "macro F1", higher_is_better=True, over_set=_macro_f1,
           margin=0.01, relative_margin=False, largest=1.0),
    Metric("nll", "negative log-likelihood", higher_is_better=False, per_example=_log_loss,
           margin=0.02),
    Metric("perplexity", "perplexity", higher_is_better=False, per_example=_perplexity,
           margin=0.02),
    Metric("rmse", "RMSE", higher_is_better=False, in_target_units=True, per_example=_squared,
           is_root=True),
    Metric("mae", "MAE", higher_is_better=False, in_target_units=True, per_example=_absolute),
    Metric("mase", "MASE", higher_is_better=False, per_example=_absolute, in_naive_errors=True),
    Metric("pinball", "pinball loss", higher_is_better=False, in_target_units=True,
           per_example=_pinball, sees_all=True),
    Metric("coverage", "coverage", higher_is_better=True, per_example=_covered,
           margin=0.02, relative_margin=False, largest=1.0, sees_all=True,
           has_direction=False),
    Metric("rmse_teacher_forced", "RMSE, teacher-forced", higher_is_better=False,
           in_target_units=True, per_example=_squared_when_forced, is_root=True,
           sees_all=True, has_direction=False),
)  # fmt: skip


def _problem(name: str, metric: Metric) -> str:
    """What is wrong with the metric of a package, a clause, or ""."""
    if name != metric.name:
        return "its name is not that of its entry point"
    if (metric.per_example is None) == (metric.over_set is None):
        return "it needs per_example or over_set, and not both"
    return ""


METRICS = Registry(
    {metric.name: metric for metric in _ALL}, "gate_studio.metrics", Metric, _problem
)
"""The metrics by name, with those of installed packages."""


def metrics_of(preprocessing: Preprocessing) -> tuple[Metric, ...]:
    """The metrics of a task, the main one first, those of packages last.

    MASE is the mean absolute error divided by that of persistence on the training set, for several
    series each by its own (Hyndman and Koehler 2006). The main metric follows the loss: MAE for the
    absolute error and the pinball loss for quantiles, of which a network learns the best prediction
    (Gneiting, Making and evaluating point forecasts, 2011).
    """
    names = _names_of(preprocessing)
    if preprocessing.main_metric in names:
        names = sorted(names, key=lambda name: name != preprocessing.main_metric)
    added = [name for name, metric in METRICS.added.items() if _suits(metric, preprocessing)]
    return tuple(METRICS[name] for name in (*names, *added))


def _suits(metric: Metric, preprocessing: Preprocessing) -> bool:
    """Whether a package's metric applies to a task."""
    if metric.suits is None:
        return not preprocessing.per_step
    with blaming(METRICS, metric.name):
        return metric.suits(preprocessing)


def _names_of(preprocessing: Preprocessing) -> list[str]:
    if preprocessing.kind == "next-token":
        return ["nll", "perplexity"]
    if preprocessing.kind == "next-step":
        return ["nll"]
    if preprocessing.class_names is not None:
        if preprocessing.per_step:  # only the likeliest class of a step is kept, no probabilities
            return ["accuracy", "balanced_accuracy", "macro_f1", "nll"]
        return ["accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "pr_auc", "nll"]
    has_naive_error = preprocessing.naive_error is not None and min(preprocessing.naive_error) > 0
    names = ["rmse", "mae", "mase"] if has_naive_error else ["rmse", "mae"]
    if preprocessing.quantiles is not None:
        names = ["pinball", *names, "coverage"]
    elif preprocessing.loss == "mae":
        names.sort(key=lambda name: name != "mae")
    return names if preprocessing.past_target is None else [*names, "rmse_teacher_forced"]
