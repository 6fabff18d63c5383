"""How often each outcome occurs in the training set, smoothed so that none has probability 0."""

import numpy as np

from studio.core.arrays import Doubles
from studio.core.prepared.examples import Examples, PreparedTask

_ONE = 1.0
_HALF = 0.5


def outcome_shares(task: PreparedTask) -> Doubles:
    """The share of each class or symbol, (outcomes,), with add-one smoothing.

    Steps without a target do not count.
    """
    outcomes = task.preprocessing.output_size
    truth = task.training.targets_in_units
    counts = np.bincount(truth[truth >= 0], minlength=outcomes) + _ONE
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def key_rates(task: PreparedTask) -> Doubles:
    """The rate of each 0/1 column over the steps with a target, (keys,), add-half smoothed."""
    on, steps = _key_counts(task.training)
    return np.asarray((on + _HALF) / (steps + 2 * _HALF), dtype=np.float64)


def _key_counts(examples: Examples) -> tuple[Doubles, int]:
    on, steps = np.zeros(examples.targets.shape[2]), 0
    for index in range(len(examples)):
        keys = examples.targets_of(index)
        on += keys.sum(axis=0, dtype=np.float64)
        steps += len(keys)
    return on, steps
