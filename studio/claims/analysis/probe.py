"""A linear probe that reads classes from states, solved in closed form."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers

_PENALTY = 1.0
_LEAST_SPREAD = 1e-8


def probe_accuracy(
    states: Floats, classes: Integers, held_out: Floats, held_out_classes: Integers
) -> float:
    """The accuracy of a linear probe on held-out states.

    Ridge regression of one-hot classes on standardised states, with penalty 1 for each unit; the
    largest output gives the class (Alain and Bengio, Understanding intermediate layers using
    linear classifier probes, 2016, with squared instead of logistic loss).

    Args:
        states: States to fit on, (examples, units).
        classes: Their classes from 0, (examples,).
        held_out: States to score on, (held-out examples, units).
        held_out_classes: Their classes, (held-out examples,).

    Returns:
        The share of correct classes, 0 to 1.
    """
    center, spread = states.mean(axis=0), states.std(axis=0)
    spread = np.maximum(spread, _LEAST_SPREAD)
    inputs = _with_intercept((states - center) / spread)
    penalty = _PENALTY * np.eye(inputs.shape[1])
    penalty[-1, -1] = 0.0
    targets = np.eye(int(max(classes.max(), held_out_classes.max())) + 1)[classes]
    weights = np.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ targets)
    predictions = _with_intercept((held_out - center) / spread) @ weights
    return float(np.mean(predictions.argmax(axis=1) == held_out_classes))


def _with_intercept(states: NDArray[np.floating]) -> Doubles:
    columns = np.asarray(states, dtype=np.float64)
    return np.column_stack([columns, np.ones(len(columns))])
