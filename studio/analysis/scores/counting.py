"""Scores that count errors: what a single error changes, and how few examples decide.

The spread of the values alone says too little where errors are few: with 53 of 53 right there is
none, and yet the next example may be wrong. Agresti and Min (Statistics in Medicine 24, 2005) add
half an error to each cell of a table of pairs, which is one error in the variance of a difference;
Agresti and Coull (The American Statistician 52, 1998) add about two for a single proportion.
"""

from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import Sampling
from studio.analysis.scores.influence_values import TestSet
from studio.core.arrays import Integers
from studio.core.results.metrics import Metric

_ACCURACY = frozenset({"accuracy"})
_OVER_CLASSES = frozenset({"balanced_accuracy", "macro_f1", "roc_auc", "pr_auc"})
_ERRORS_OF_A_SCORE = 1.0
_ERRORS_OF_A_DIFFERENCE = 0.5


@dataclass(frozen=True)
class Counting:
    """What a single error changes.

    Attributes:
        squared_steps: The sum of squares of what one error of each class changes in the score.
        examples: Number of test examples.
        rarest: Test examples of the rarest class, where the classes count alike; None otherwise.
    """

    squared_steps: float
    examples: int
    rarest: int | None = None

    def sampling(self, columns: int, *, is_difference: bool) -> Sampling:
        """For values of examples, or of blocks of them, in which errors come together.

        Args:
            columns: Number of examples, or of blocks.
            is_difference: Whether the values are differences of two contenders.
        """
        errors = _ERRORS_OF_A_DIFFERENCE if is_difference else _ERRORS_OF_A_SCORE
        together = self.examples / columns
        least = errors * self.squared_steps * together**2
        freedom = None if self.rarest is None else min(self.rarest, columns) - 1
        return Sampling(least, freedom)


def counting_of(part: TestSet, metric: Metric) -> Counting | None:
    """For a metric that counts errors; None for the others, and without test examples."""
    truth = part.test_truth
    if not len(truth) or metric.name not in _ACCURACY | _OVER_CLASSES:
        return None
    steps = truth.reshape(len(truth), -1)
    if metric.name in _ACCURACY:
        return Counting(1 / (len(truth) * max(1, int((steps >= 0).sum()))), len(truth))
    counts = _examples_by_class(steps)
    if not len(counts):
        return None
    in_each = np.array([int((steps == label).sum()) for label in np.unique(steps[steps >= 0])])
    squared = float(np.sum(1.0 / (counts * in_each))) / len(counts) ** 2
    return Counting(squared, len(truth), int(counts.min()))


def _examples_by_class(steps: Integers) -> Integers:
    """In how many examples each class occurs, (classes,)."""
    labels = np.unique(steps[steps >= 0])
    return np.array([int((steps == label).any(axis=1).sum()) for label in labels], dtype=np.int64)
