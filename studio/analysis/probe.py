"""What can be read from a state by a straight line: a linear probe, solved in closed form."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers

_PENALTY = 1.0
_LEAST_SPREAD = 1e-8


def probe_accuracy(
    states: Floats, classes: Integers, held_out: Floats, held_out_classes: Integers
) -> float:
    """How often a linear read-out names the class of states that it was not fitted on.

    Ridge regression of one-hot classes on standardised states, penalty 1 for each standardised
    unit, the largest answer names the class (Alain and Bengio, Understanding intermediate layers
    using linear classifier probes, 2016, with squares in place of the logistic loss).

    Args:
        states: To fit on, (examples, units).
        classes: Their classes from 0, (examples,).
        held_out: To score on, (others, units).
        held_out_classes: Their classes, (others,).

    Returns:
        The share that was named rightly, 0 to 1.
    """
    center, spread = states.mean(axis=0), states.std(axis=0)
    spread = np.maximum(spread, _LEAST_SPREAD)
    known = _with_one((states - center) / spread)
    penalty = _PENALTY * np.eye(known.shape[1])
    penalty[-1, -1] = 0.0
    wanted = np.eye(int(max(classes.max(), held_out_classes.max())) + 1)[classes]
    weights = np.linalg.solve(known.T @ known + penalty, known.T @ wanted)
    answers = _with_one((held_out - center) / spread) @ weights
    return float(np.mean(answers.argmax(axis=1) == held_out_classes))


def _with_one(states: NDArray[np.floating]) -> Doubles:
    wide = np.asarray(states, dtype=np.float64)
    return np.column_stack([wide, np.ones(len(wide))])
