"""Examples that come more than once, and leak from the training part where they are divided."""

from collections.abc import Sequence

import numpy as np

from studio.core.arrays import Integers
from studio.data.dataset import ExampleSet

MOST_COMPARED = 500_000
"""So many examples are compared with each other; more would take too long to wait for."""


def duplicate_problems(dataset: ExampleSet) -> list[str]:
    """A sentence where examples come more than once, and one where a given test part has some."""
    if len(dataset) > MOST_COMPARED:
        return []
    kinds = dataset.kinds
    counts = np.bincount(kinds)
    repeated = int(np.sum(counts[counts > 1] - 1))
    if not repeated:
        return []
    if dataset.in_test is not None:
        shared = np.isin(kinds[dataset.in_test], kinds[~dataset.in_test])
        if shared.any():
            count = f"{int(shared.sum()):,} of {len(shared):,} examples of the test part"
            return [f"{count} are also in the training part"]
        return []
    twice = f"{repeated:,} of {len(dataset):,} examples repeat an earlier one"
    conflicts = _conflicting(dataset, kinds)
    more = f", {conflicts:,} of them with another class" if conflicts else ""
    return [f"{twice}{more}: a random split puts the same example into training and test part"]


def leaked(kinds: Integers, training: Integers, others: Sequence[Integers]) -> int:
    """How many examples of other parts equal one of the training part."""
    known = kinds[training]
    return sum(int(np.isin(kinds[part], known).sum()) for part in others)


def first_of_each(kinds: Integers) -> Integers:
    """The first example of every kind, rising."""
    return np.sort(np.unique(kinds, return_index=True)[1]).astype(np.int64)


def _conflicting(dataset: ExampleSet, kinds: Integers) -> int:
    if dataset.class_names is None:
        return 0
    first = np.unique(kinds, return_index=True)[1]
    return int(np.sum(dataset.labels != dataset.labels[first][kinds]))
