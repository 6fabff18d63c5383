"""How many directions the states of a layer really use."""

import numpy as np

from studio.core.arrays import Doubles


def effective_rank(gram: Doubles) -> float:
    """The exponential of the entropy of the singular values (Roy and Vetterli, EUSIPCO 2007).

    Args:
        gram: X'X of the states about their mean, (units, units).

    Returns:
        From 1, where all states lie on a line, to the number of units; 0 where they never move.
    """
    singular = np.sqrt(np.maximum(np.linalg.eigvalsh(gram), 0.0))
    total = float(singular.sum())
    if total <= 0:
        return 0.0
    shares = singular[singular > 0] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))
