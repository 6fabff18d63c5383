"""How probable it is that one contender is better, practically the same, or worse."""

from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import ALL_ALIKE, CrossedParts, Sampling, crossed_parts
from studio.core.arrays import Doubles

_CUTS = 2000
_BISECTIONS = 60


@dataclass(frozen=True)
class Posterior:
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


def crossed_posterior(
    values: Doubles, margin: float, sampling: Sampling = ALL_ALIKE
) -> Posterior | None:
    """The posterior of the mean of differences (seeds, examples); None with one of either.

    With flat priors the mean is its estimate plus two independent Student variables, one for the
    component of the seeds and one for that of the examples (the Behrens-Fisher posterior).
    """
    if _cannot_tell(values, sampling):
        return None
    parts = crossed_parts(values, sampling)
    above = 1 - _share_below(parts, margin)
    below = _share_below(parts, -margin)
    if not parts.seed and not parts.example:
        above, below = float(parts.mean > margin), float(parts.mean < -margin)
    return Posterior(above, max(0.0, 1 - above - below), below)


def _share_below(parts: CrossedParts, limit: float) -> float:
    from scipy.special import stdtr, stdtrit

    levels = (np.arange(_CUTS) + 0.5) / _CUTS
    by_seed = np.sqrt(parts.seed) * stdtrit(parts.seeds - 1, levels)
    rest = limit - parts.mean - by_seed
    if not parts.example:
        return float(np.mean(rest > 0))
    return float(stdtr(parts.freedom, rest / np.sqrt(parts.example)).mean())


def _cannot_tell(values: Doubles, sampling: Sampling) -> bool:
    """With one seed or example, where a score is NaN, or where a single example decides."""
    few = min(values.shape) < 2  # noqa: PLR2004 - a spread needs two
    return few or sampling.one_decides or not np.isfinite(values).all()


def crossed_p(values: Doubles, sampling: Sampling = ALL_ALIKE) -> float:
    """The p-value at which the interval of crossed_mean would just touch zero.

    1 with one seed, where a score is NaN, and where a single example decides.
    """
    if _cannot_tell(values, sampling):
        return 1.0
    parts = crossed_parts(values, sampling)
    if not parts.half_width(0.975):
        return float(parts.mean == 0)
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if parts.half_width(1 - middle / 2) > abs(parts.mean):
            low = middle
        else:
            high = middle
    return high
