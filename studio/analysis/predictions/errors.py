"""Where predictions go wrong: the error of each example, and scores of parts of a set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.analysis.intervals import Interval, no_interval
from studio.analysis.scores.score_samples import samples_of
from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.prepared.examples import IGNORE_INDEX
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import GUESS, METRICS, NATS, Metric, has_target, metrics_of
from studio.core.specs.fold_ids import FoldId

Predicted = int | Literal["any", "wrong"]
"""A class, any class, or any but the true one."""

_OVER_CLASSES = frozenset({"balanced_accuracy", "macro_f1", "roc_auc", "pr_auc"})


@dataclass(frozen=True, eq=False)
class PredictedSet:
    """Examples with their truth and what every run predicts.

    Attributes:
        part: "test" or "validation".
        preprocessing: What the numbers mean.
        test_truth: As in FoldRecord.
        test_positions: As in FoldRecord.
        predictions: As in RunResult, by contender and then by seed.
    """

    part: str
    preprocessing: Preprocessing
    test_truth: Truth
    test_positions: Integers
    predictions: Mapping[str, Mapping[int, Floats]]

    def __len__(self) -> int:
        return len(self.test_truth)

    @property
    def has_numbers(self) -> bool:
        """Whether values are predicted, not classes, symbols or keys."""
        return self.preprocessing.target_scaler is not None

    def only(self, chosen: NDArray[Any]) -> "PredictedSet":
        """Some of the examples, given by a mask or by indices."""
        return replace(
            self,
            test_truth=self.test_truth[chosen],
            test_positions=self.test_positions[chosen],
            predictions={
                name: {seed: own[chosen] for seed, own in runs.items()}
                for name, runs in self.predictions.items()
            },
        )


def stored_predictions(history: ComparisonHistory, fold_id: FoldId) -> PredictedSet:
    """The test set of a fold with the predictions that the session keeps."""
    seen = history.seen_on(fold_id)
    predictions = {
        contender.name: {
            run.run.seed: run.result.predictions for run in contender.runs if run.result is not None
        }
        for contender in seen.contenders
    }
    return PredictedSet(
        "test", seen.preprocessing, seen.test_truth, seen.test_positions, predictions
    )


def example_errors(part: PredictedSet, predictions: Floats, target: int | None = None) -> Doubles:
    """How wrong a run is on each example, (examples,); larger is worse.

    Of values the mean absolute error over outputs, in units; of classes the negative
    log-likelihood in nats. With a prediction at every step it is the mean over the steps that have
    a target.

    Args:
        part: The examples.
        predictions: Of one run, as in RunResult.
        target: Which of several targets; all of them if None.
    """
    truth, exact = part.test_truth, np.asarray(predictions, dtype=np.float64)
    if not part.has_numbers and part.preprocessing.per_step:
        return _mean_over_steps(exact[..., NATS], truth)
    if not part.has_numbers:
        likelihood = exact[np.arange(len(exact)), truth.astype(np.int64)]
        return np.asarray(-np.log(np.maximum(likelihood, np.finfo(np.float32).tiny)))
    distance = np.abs(part.preprocessing.point_predictions(exact) - truth)
    if target is not None:
        distance = distance[..., target :: len(part.preprocessing.target_names)]
    means = np.asarray(distance.mean(axis=-1))
    return means if means.ndim == 1 else _mean_over_steps(means, truth)


def _mean_over_steps(values: Doubles, truth: Truth) -> Doubles:
    """The mean over the steps with a target, (examples,); NaN where there is none."""
    scored = has_target(truth)
    counts = scored.sum(axis=1)
    sums = np.where(scored, values, 0.0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def predicted_classes(part: PredictedSet, predictions: Floats) -> Integers:
    """The likeliest class of each example, (examples,), or of each step, (examples, time)."""
    if part.preprocessing.per_step:
        return np.asarray(predictions[..., GUESS], dtype=np.int64)
    return np.asarray(predictions.argmax(axis=1), dtype=np.int64)


def of_class_pair(
    part: PredictedSet, predictions: Floats, true: int | None, predicted: Predicted = "any"
) -> NDArray[np.bool_]:
    """Which examples have that true and that predicted class, (examples,).

    With a prediction at every step these are the examples with at least one such step.

    Args:
        part: The examples, of a task with classes.
        predictions: Of one run, as in RunResult.
        true: The true class; any if None.
        predicted: The predicted one.
    """
    truth = part.test_truth.reshape(len(part), -1)
    guess = predicted_classes(part, predictions).reshape(len(part), -1)
    is_pair = truth >= 0
    if true is not None:
        is_pair = is_pair & (truth == true)
    if predicted == "wrong":
        is_pair = is_pair & (guess != truth)
    elif predicted != "any":
        is_pair = is_pair & (guess == predicted)
    return np.asarray(is_pair.any(axis=1))


def predicted_steps(part: PredictedSet) -> tuple[Integers, Integers] | None:
    """The first and the last step of the series that each example predicts, (examples,) both.

    None where examples do not come from a series.
    """
    preprocessing, first = part.preprocessing, part.test_positions
    if preprocessing.kind == "forecast":
        return first, first + preprocessing.horizon - 1
    if not preprocessing.is_cut:
        return None
    steps = part.test_truth.shape[1] if preprocessing.per_step else preprocessing.max_length
    return first, first + steps - 1


def in_time(part: PredictedSet, first: int, last: int) -> NDArray[np.bool_]:
    """Which examples predict at least one step of a span of time, (examples,).

    Args:
        part: Examples from a series; see predicted_steps.
        first: The first step of the span.
        last: The last one.
    """
    steps = predicted_steps(part)
    assert steps is not None  # noqa: S101 - asked by the callers
    return np.asarray((steps[1] >= first) & (steps[0] <= last))


def worst_first(errors: Doubles, chosen: NDArray[np.bool_] | None = None) -> Integers:
    """The chosen examples by their error, the largest first; those without an error come last."""
    index = np.arange(len(errors)) if chosen is None else np.flatnonzero(chosen)
    return np.asarray(index[np.argsort(-errors[index], kind="stable")], dtype=np.int64)


@dataclass(frozen=True)
class GroupScore:
    """The scores of one group or class.

    Attributes:
        name: Of the group or class.
        examples: How many there are in the set.
        scores: By contender, over the seeds and these examples; NaN where no run has ended.
    """

    name: str
    examples: int
    scores: Mapping[str, Interval]


def metric_of_groups(preprocessing: Preprocessing) -> Metric:
    """The metric that a few examples can be scored by.

    The main one, or accuracy where that is a score over all classes or no mean over examples.
    """
    main = metrics_of(preprocessing)[0]
    if main.name in _OVER_CLASSES or main.per_example is None:
        return METRICS["accuracy"] if preprocessing.outcomes else metrics_of(preprocessing)[-1]
    return main


def scores_by_group(part: PredictedSet, groups: NDArray[np.str_]) -> tuple[GroupScore, ...]:
    """The score of each group with the intervals that whole sets have, in the order of names.

    Args:
        part: The examples.
        groups: The group of each, (examples,).
    """
    names, place = np.unique(groups, return_inverse=True)
    order = np.argsort(place, kind="stable")
    ends = np.cumsum(np.bincount(place, minlength=len(names)))[:-1]
    return tuple(
        _score_of(str(name), part.only(members))
        for name, members in zip(names, np.split(order, ends), strict=True)
    )


def scores_by_class(part: PredictedSet, classes: Sequence[int]) -> tuple[GroupScore, ...]:
    """The same for true classes: with accuracy that is the recall of each.

    With a prediction at every step the steps of the class count, and examples are those that have
    any.

    Args:
        part: The examples, of a task with classes.
        classes: Which; those without an example are left out.
    """
    names = part.preprocessing.outcomes or ()
    scores = []
    for label in classes:
        truth = np.where(part.test_truth == label, part.test_truth, IGNORE_INDEX)
        has_any = np.asarray((truth.reshape(len(truth), -1) >= 0).any(axis=1))
        if has_any.any():
            scores.append(_score_of(names[label], replace(part, test_truth=truth).only(has_any)))
    return tuple(scores)


def by_worst(scores: Sequence[GroupScore], metric: Metric) -> tuple[GroupScore, ...]:
    """Groups by the mean score over contenders, the worst first."""

    def badness(group: GroupScore) -> float:
        known = [score.value for score in group.scores.values() if not np.isnan(score.value)]
        mean = float(np.mean(known)) if known else 0.0
        return mean if metric.higher_is_better else -mean

    return tuple(sorted(scores, key=badness))


def _score_of(name: str, part: PredictedSet) -> GroupScore:
    metric = metric_of_groups(part.preprocessing)
    scores = {}
    for contender, runs in part.predictions.items():
        samples = samples_of(part, list(runs.values()), metric) if runs and len(part) else None
        scores[contender] = (
            samples.interval().within(0.0, metric.largest) if samples else no_interval()
        )
    return GroupScore(name, len(part), scores)
