"""Duplicate examples, which a split may leak from the training set into the test set."""

from collections.abc import Sequence

import numpy as np

from studio.core.arrays import Integers
from studio.core.problems import DuplicateExamples, LeakedTestExamples
from studio.data.dataset import ExampleSet

MOST_COMPARED = 500_000
"""Most examples that are compared; more would take too long."""


def duplicate_problem(dataset: ExampleSet) -> DuplicateExamples | LeakedTestExamples | None:
    """Examples that repeat another; with a given test set, test examples that leak."""
    if len(dataset) > MOST_COMPARED:
        return None
    kinds = dataset.kinds
    counts = np.bincount(kinds)
    repeated = int(np.sum(counts[counts > 1] - 1))
    if not repeated:
        return None
    if dataset.in_test is None:
        return DuplicateExamples(repeated, len(dataset), _count_conflicting(dataset, kinds))
    leaked = np.isin(kinds[dataset.in_test], kinds[~dataset.in_test])
    return LeakedTestExamples(int(leaked.sum()), len(leaked)) if leaked.any() else None


def count_leaked(kinds: Integers, training: Integers, others: Sequence[Integers]) -> int:
    """How many examples of the other sets equal a training example."""
    training_kinds = kinds[training]
    return sum(int(np.isin(kinds[part], training_kinds).sum()) for part in others)


def first_of_each(kinds: Integers) -> Integers:
    """The first example of each kind, in ascending order."""
    return np.sort(np.unique(kinds, return_index=True)[1]).astype(np.int64)


def _count_conflicting(dataset: ExampleSet, kinds: Integers) -> int:
    if dataset.class_names is None:
        return 0
    first = np.unique(kinds, return_index=True)[1]
    return int(np.sum(dataset.labels != dataset.labels[first][kinds]))
