"""Metric definitions: what each example contributes, and how a set of examples is scored."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Truth
from studio.core.preparation import Preparation
from studio.core.ranking import balanced_accuracy, pr_area, roc_area

NATS, GUESS = 0, 1
"""What an answer holds of each step, (examples, time, 2): the negative log-likelihood of what
was true, in nats and summed over keys, and the number of the likeliest class where there are some.
"""

PerExample = Callable[[Doubles, Truth, Preparation], Doubles]


@dataclass(frozen=True)
class Metric:
    """A score of predictions against the truth.

    Attributes:
        name: The word used in files.
        label: The word shown to people.
        higher_is_better: The direction.
        in_target_units: Whether the score has the targets' units.
        per_example: From answers (examples, outputs), truth and preparation to one value for
            each example, (examples,), whose mean is the score; None where a set cannot be split
            into examples.
        is_root: Whether the score is the root of the mean of those values, not the mean.
        over_set: The score of a whole set, for metrics without per_example.
        margin: Default margin of practical equivalence: a share of the score where relative.
        relative_margin: Whether the margin is a share of the score.
        largest: The score can be no larger; none can be below zero.
    """

    name: str
    label: str
    higher_is_better: bool
    in_target_units: bool = False
    per_example: PerExample | None = None
    is_root: bool = False
    over_set: Callable[[Doubles, Truth, Preparation], float] | None = None
    margin: float = 0.01
    relative_margin: bool = True
    largest: float = math.inf

    def from_values(self, values: Doubles) -> float:
        """The score of a set from the values of its examples."""
        mean = float(np.mean(values))
        return float(np.sqrt(mean)) if self.is_root else mean

    def score(self, answers: Floats, truth: Truth, preparation: Preparation) -> float:
        """The score of answers (examples, outputs) against the truth; NaN for no examples."""
        if not len(answers):
            return float("nan")
        given = np.asarray(answers, dtype=np.float64)
        if self.per_example is not None:
            return self.from_values(self.per_example(given, truth, preparation))
        assert self.over_set is not None  # noqa: S101 - each metric has one of the two
        return self.over_set(given, truth, preparation)


def _correct(answers: Doubles, truth: Truth, preparation: Preparation) -> Doubles:
    if preparation.stepwise:
        return over_steps(answers[..., GUESS] == truth, truth)
    return np.asarray(answers.argmax(axis=1) == truth, dtype=np.float64)


def _log_loss(answers: Doubles, truth: Truth, preparation: Preparation) -> Doubles:
    if preparation.stepwise:
        return over_steps(answers[..., NATS], truth)
    chosen = answers[np.arange(len(answers)), truth.astype(np.int64)]
    return np.asarray(-np.log(np.maximum(chosen, np.finfo(np.float32).tiny)))


def _perplexity(answers: Doubles, truth: Truth, preparation: Preparation) -> Doubles:
    """The tangent of the exponential at the mean, as the perplexity is no mean itself."""
    nats = _log_loss(answers, truth, preparation)
    mean = nats.mean()
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(mean) * (1 + nats - mean))


def _balanced(answers: Doubles, truth: Truth, preparation: Preparation) -> Doubles:
    if preparation.stepwise:
        return balanced_accuracy(answers[..., GUESS] == truth, truth)
    right = answers.argmax(axis=1) == truth
    return balanced_accuracy(right[:, np.newaxis], truth[:, np.newaxis])


def _roc(answers: Doubles, truth: Truth, _: Preparation) -> Doubles:
    return roc_area(answers, truth.astype(np.int64))


def _pr(answers: Doubles, truth: Truth, _: Preparation) -> Doubles:
    return pr_area(answers, truth.astype(np.int64))


def _macro_f1(answers: Doubles, truth: Truth, preparation: Preparation) -> float:
    if preparation.stepwise:
        asked = truth >= 0
        guessed, truth = answers[..., GUESS][asked], truth[asked]
    else:
        guessed = answers.argmax(axis=1)
    scores = []
    for label in np.union1d(np.unique(truth), np.unique(guessed)):
        hits = np.sum((guessed == label) & (truth == label))
        scores.append(2 * hits / (np.sum(guessed == label) + np.sum(truth == label)))
    return float(np.mean(scores))


def _squared(answers: Doubles, truth: Truth, _: Preparation) -> Doubles:
    return np.asarray(((answers - truth) ** 2).mean(axis=1))


def _absolute(answers: Doubles, truth: Truth, _: Preparation) -> Doubles:
    return np.asarray(np.abs(answers - truth).mean(axis=1))


def _scaled(answers: Doubles, truth: Truth, preparation: Preparation) -> Doubles:
    assert preparation.naive_error is not None  # noqa: S101 - metrics_of leaves mase out then
    units = np.tile(preparation.naive_error, preparation.horizon)
    return np.asarray((np.abs(answers - truth) / units).mean(axis=1))


def over_steps(values: NDArray[Any], truth: Truth) -> Doubles:
    """One value for each example whose mean is the mean over all steps that are asked.

    Examples differ in length, so the mean over steps is a ratio of two sums; its tangent,
    score + (sum - score * steps) / mean steps, gives each example its part (Cochran, Sampling
    Techniques, section 6.3).

    Args:
        values: Of each step, (examples, time).
        truth: Below 0 where nothing is asked, (examples, time).
    """
    asked = truth >= 0
    steps = asked.sum(axis=1).astype(np.float64)
    sums = np.where(asked, values, 0.0).sum(axis=1)
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
    Metric("mase", "MASE", higher_is_better=False, per_example=_scaled),
)  # fmt: skip

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})


def metrics_of(preparation: Preparation) -> tuple[Metric, ...]:
    """The metrics of a task, the main one first.

    MASE is the mean absolute error over that of persistence on the training part
    (Hyndman and Koehler 2006).
    """
    if preparation.kind == "next-token":
        return (METRICS["nll"], METRICS["perplexity"])
    if preparation.kind == "next-step":
        return (METRICS["nll"],)
    if preparation.class_names is not None:
        names = ["accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "pr_auc", "nll"]
        if preparation.stepwise:  # of each step the likeliest class is kept, not all chances
            names = ["accuracy", "balanced_accuracy", "macro_f1", "nll"]
        return tuple(METRICS[name] for name in names)
    names = ["rmse", "mae"]
    if preparation.naive_error is not None and min(preparation.naive_error) > 0:
        names.append("mase")
    return tuple(METRICS[name] for name in names)
