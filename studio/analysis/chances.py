"""How probable it is that one contender is better, practically the same, or worse."""

from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import CrossedParts, crossed_parts
from studio.core.arrays import Doubles

_CUTS = 2000
_BISECTIONS = 60


@dataclass(frozen=True)
class Chances:
    """Probabilities that add up to one.

    Attributes:
        above: That the difference lies above the margin.
        same: That it lies between -margin and margin, the region of practical equivalence.
        below: That it lies below -margin.
    """

    above: float
    same: float
    below: float

    def of_first(self, *, higher_is_better: bool) -> float:
        """The probability that the first of the two is better by more than the margin."""
        return self.above if higher_is_better else self.below

    def of_second(self, *, higher_is_better: bool) -> float:
        """The probability that the second of the two is better by more than the margin."""
        return self.of_first(higher_is_better=not higher_is_better)


def crossed_chances(values: Doubles, margin: float) -> Chances | None:
    """What differences (seeds, examples) say of their mean; None with one seed or one example.

    With flat priors the mean is its estimate plus two independent Student variables, one for the
    part of the seeds and one for that of the examples (Behrens and Fisher's posterior).
    """
    if min(values.shape) < 2 or not np.isfinite(values).all():  # noqa: PLR2004 - a spread needs two
        return None
    parts = crossed_parts(values)
    above = 1 - _share_below(parts, margin)
    below = _share_below(parts, -margin)
    if not parts.seed and not parts.example:
        above, below = float(parts.mean > margin), float(parts.mean < -margin)
    return Chances(above, max(0.0, 1 - above - below), below)


def _share_below(parts: CrossedParts, limit: float) -> float:
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - a listing must not wait for SciPy

    levels = (np.arange(_CUTS) + 0.5) / _CUTS
    by_seed = np.sqrt(parts.seed) * stdtrit(parts.seeds - 1, levels)
    left = limit - parts.mean - by_seed
    if not parts.example:
        return float(np.mean(left > 0))
    return float(stdtr(parts.examples - 1, left / np.sqrt(parts.example)).mean())


def crossed_p(values: Doubles) -> float:
    """The level at which the interval of crossed_mean would just touch zero.

    1 with one seed, and where a score is not a number.
    """
    if min(values.shape) < 2 or not np.isfinite(values).all():  # noqa: PLR2004 - a spread needs two
        return 1.0
    parts = crossed_parts(values)
    if not parts.half(0.975):
        return float(parts.mean == 0)
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if parts.half(1 - middle / 2) > abs(parts.mean):
            low = middle
        else:
            high = middle
    return high


def holm(probabilities: list[float], level: float = 0.05) -> list[bool]:
    """Which hypotheses fall when several are tested, by Holm's step-down rule (1979).

    The chance that any true one falls is at most the level, whatever ties them together.
    """
    fallen = [False] * len(probabilities)
    left = len(probabilities)
    for at in sorted(range(left), key=probabilities.__getitem__):
        if probabilities[at] > level / left:
            break
        fallen[at] = True
        left -= 1
    return fallen
