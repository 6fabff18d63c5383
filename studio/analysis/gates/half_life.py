"""Half-lives of the states of units."""

import numpy as np

from studio.core.arrays import Doubles, Floats

_LONGEST = 1e6


def half_lives(values: Floats) -> Doubles:
    """Steps after which half of a unit's state is forgotten, from its memory gate (time, units).

    ln 0.5 over the mean logarithm of the gate: the product of the gate over that many steps is
    one half. A gate that never forgets gives a million steps.
    """
    with np.errstate(divide="ignore"):
        return half_lives_of_rate(np.log(values.astype(np.float64)).mean(axis=0))


def half_lives_of_rate(rate: Doubles) -> Doubles:
    """The same from the mean logarithm of the gate, (units,)."""
    lives: Doubles = np.minimum(np.log(0.5) / np.minimum(rate, -1e-12), _LONGEST)
    return lives
