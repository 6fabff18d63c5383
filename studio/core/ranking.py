"""Scores of classes that do not depend on how common they are, one value for each example.

Each is taken class by class and averaged over the classes that the truth holds. The mean of the
values is the score exactly; what a value adds is the example's influence on it (the infinitesimal
jackknife), so that intervals follow as for any mean.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers

_OfClass = Callable[[Doubles, NDArray[np.bool_]], Doubles]


def balanced_accuracy(right: NDArray[np.bool_], truth: Integers) -> Doubles:
    """The mean over the classes of the share that was answered rightly.

    Args:
        right: Whether each step was, (examples, steps).
        truth: Their classes, below 0 where nothing is asked, (examples, steps).

    Returns:
        (examples,).
    """
    classes = [int(each) for each in np.unique(truth) if each >= 0]
    values = np.zeros(len(truth))
    for label in classes:
        asked = (truth == label).sum(axis=1).astype(np.float64)
        hits = ((truth == label) & right).sum(axis=1)
        recall = hits.sum() / asked.sum()
        values += recall + (hits - recall * asked) / asked.mean()
    return values / len(classes)


def roc_area(answers: Doubles, truth: Integers) -> Doubles:
    """The area under the ROC curve, each class against the rest; ties count half.

    An example's influence follows from its placement among those of the other side (DeLong,
    DeLong and Clarke-Pearson, Biometrics 44, 1988).

    Args:
        answers: Probabilities, (examples, classes).
        truth: Classes, (examples,).

    Returns:
        (examples,); NaN where the truth holds one class alone.
    """
    return _over_classes(answers, truth, _placements)


def pr_area(answers: Doubles, truth: Integers) -> Doubles:
    """The area under the curve of precision over recall, each class against the rest.

    It is the mean precision at the scores of the class's own examples (average precision), without
    interpolation between them, which would flatter (Davis and Goadrich, ICML 2006).

    Args:
        answers: Probabilities, (examples, classes).
        truth: Classes, (examples,).

    Returns:
        (examples,); NaN where the truth holds one class alone.
    """
    return _over_classes(answers, truth, _precisions)


def _over_classes(answers: Doubles, truth: Integers, of_class: _OfClass) -> Doubles:
    classes = np.unique(truth).astype(np.int64)
    if len(classes) < 2:  # noqa: PLR2004 - there is nothing to tell apart
        return np.full(len(truth), np.nan)
    return np.asarray(np.mean([of_class(answers[:, at], truth == at) for at in classes], axis=0))


def _placements(scores: Doubles, own: NDArray[np.bool_]) -> Doubles:
    mine, others = np.sort(scores[own]), np.sort(scores[~own])
    among_others = _below(others, scores[own]) / len(others)
    among_own = 1 - _below(mine, scores[~own]) / len(mine)
    area, share = among_others.mean(), own.mean()
    values = np.full(len(scores), area)
    values[own] += (among_others - area) / share
    values[~own] += (among_own - area) / (1 - share)
    return values


def _below(ordered: Doubles, scores: Doubles) -> Doubles:
    """How many are below each score, equal ones counted half."""
    left = np.searchsorted(ordered, scores, side="left")
    return np.asarray((left + np.searchsorted(ordered, scores, side="right")) / 2)


def _precisions(scores: Doubles, own: NDArray[np.bool_]) -> Doubles:
    """Weights w of the examples give area(w); its derivative is what an example adds."""
    mine, everyone = np.sort(scores[own]), np.sort(scores)
    hits = len(mine) - np.searchsorted(mine, mine, side="left")
    found = len(everyone) - np.searchsorted(everyone, mine, side="left")
    precision = hits / found
    area = precision.mean()
    gained = np.concatenate([[0.0], np.cumsum(1 / found)])
    lost = np.concatenate([[0.0], np.cumsum(hits / found**2)])
    reached = np.searchsorted(mine, scores, side="right")  # own examples at or below each score
    moved = np.where(own, gained[reached], 0.0) - lost[reached]
    at_own = np.searchsorted(mine, scores[own], side="left")
    moved[own] += precision[at_own] - area
    return np.asarray(area + moved * len(scores) / len(mine))
