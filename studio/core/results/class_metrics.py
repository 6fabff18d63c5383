"""Classification metrics averaged over classes, so that they do not depend on class frequencies.

All but macro F1 give one value per example. The mean of these values is exactly the score; each
deviates from it by the example's influence (infinitesimal jackknife), so that confidence
intervals follow as for any mean.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers

_OfClass = Callable[[Doubles, NDArray[np.bool_]], Doubles]


def balanced_accuracy(right: NDArray[np.bool_], truth: Integers) -> Doubles:
    """The mean recall over the classes.

    Args:
        right: Whether the prediction of each step is correct, (examples, steps).
        truth: Classes, below 0 for steps without a target, (examples, steps).

    Returns:
        (examples,).
    """
    classes = [int(label) for label in np.unique(truth) if label >= 0]
    values = np.zeros(len(truth))
    for label in classes:
        steps = (truth == label).sum(axis=1).astype(np.float64)
        hits = ((truth == label) & right).sum(axis=1)
        recall = hits.sum() / steps.sum()
        values += recall + (hits - recall * steps) / steps.mean()
    return values / len(classes)


def macro_f1(predicted: NDArray[Any], truth: NDArray[Any]) -> float:
    """The mean F1 over the classes that occur in the truth or in the predictions."""
    scores = []
    for label in np.union1d(np.unique(truth), np.unique(predicted)):
        hits = np.sum((predicted == label) & (truth == label))
        scores.append(2 * hits / (np.sum(predicted == label) + np.sum(truth == label)))
    return float(np.mean(scores))


def roc_area(predictions: Doubles, truth: Integers) -> Doubles:
    """The area under the ROC curve, each class against the rest; ties count half.

    An example's influence follows from its placement among the examples of the other side (DeLong,
    DeLong and Clarke-Pearson, Biometrics 44, 1988).

    Args:
        predictions: Probabilities, (examples, classes).
        truth: Classes, (examples,).

    Returns:
        (examples,); NaN if the truth holds only one class.
    """
    return _over_classes(predictions, truth, _placements)


def pr_area(predictions: Doubles, truth: Integers) -> Doubles:
    """The area under the precision-recall curve, each class against the rest.

    It is the average precision, the mean precision at the scores of the class's own examples.
    Interpolation between them would be too optimistic (Davis and Goadrich, ICML 2006).

    Args:
        predictions: Probabilities, (examples, classes).
        truth: Classes, (examples,).

    Returns:
        (examples,); NaN if the truth holds only one class.
    """
    return _over_classes(predictions, truth, _precisions)


def _over_classes(predictions: Doubles, truth: Integers, of_class: _OfClass) -> Doubles:
    classes = np.unique(truth).astype(np.int64)
    if len(classes) < 2:  # noqa: PLR2004 - nothing to distinguish
        return np.full(len(truth), np.nan)
    return np.asarray(
        np.mean([of_class(predictions[:, label], truth == label) for label in classes], axis=0)
    )


def _placements(scores: Doubles, own: NDArray[np.bool_]) -> Doubles:
    positives, negatives = np.sort(scores[own]), np.sort(scores[~own])
    among_others = _count_below(negatives, scores[own]) / len(negatives)
    among_own = 1 - _count_below(positives, scores[~own]) / len(positives)
    area, share = among_others.mean(), own.mean()
    values = np.full(len(scores), area)
    values[own] += (among_others - area) / share
    values[~own] += (among_own - area) / (1 - share)
    return values


def _count_below(ordered: Doubles, scores: Doubles) -> Doubles:
    """How many values are below each score; equal ones count half."""
    left = np.searchsorted(ordered, scores, side="left")
    return np.asarray((left + np.searchsorted(ordered, scores, side="right")) / 2)


def _precisions(scores: Doubles, own: NDArray[np.bool_]) -> Doubles:
    """The derivative of the area with respect to the weights of the examples, plus the area."""
    positives, ordered = np.sort(scores[own]), np.sort(scores)
    hits = len(positives) - np.searchsorted(positives, positives, side="left")
    retrieved = len(ordered) - np.searchsorted(ordered, positives, side="left")
    precision = hits / retrieved
    area = precision.mean()
    gained = np.concatenate([[0.0], np.cumsum(1 / retrieved)])
    lost = np.concatenate([[0.0], np.cumsum(hits / retrieved**2)])
    reached = np.searchsorted(
        positives, scores, side="right"
    )  # own examples at or below each score
    influence = np.where(own, gained[reached], 0.0) - lost[reached]
    at_own = np.searchsorted(positives, scores[own], side="left")
    influence[own] += precision[at_own] - area
    return np.asarray(area + influence * len(scores) / len(positives))
