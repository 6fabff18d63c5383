"""95 % intervals of means over seeds and test examples, of medians, and of ratios."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles

LEVEL = 0.95
BOTH = "seeds and test examples"
FOLDS = "folds"
_TAIL = (1 + LEVEL) / 2


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval.

    Attributes:
        value: The figure.
        low: The lower end; NaN where there is too little to tell.
        high: The upper end; NaN where there is too little to tell.
        covers: Over what it was taken: "seeds and test examples", "test examples", "seeds",
            "folds" (with what seeds and examples add to them), or "".
    """

    value: float
    low: float
    high: float
    covers: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is an interval at all."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.is_known and (self.low > 0 or self.high < 0)

    def lies_within(self, margin: float) -> bool:
        """Whether the whole interval lies between -margin and margin."""
        return self.is_known and -margin <= self.low and self.high <= margin

    def within(self, smallest: float, largest: float) -> "Interval":
        """The same without what the figure cannot be, such as times below zero."""
        if not self.is_known:
            return self
        return replace(self, low=max(self.low, smallest), high=min(self.high, largest))

    def __neg__(self) -> "Interval":
        return Interval(-self.value, -self.high, -self.low, self.covers)


def nothing(value: float = float("nan")) -> Interval:
    """A figure without an interval."""
    return Interval(value, float("nan"), float("nan"))


def crossed_mean(values: Doubles, level: float = LEVEL) -> Interval:
    """The mean of values (seeds, examples), for other seeds and other examples of their kind.

    Seeds and examples are crossed random effects, v = mean + seed + example + rest. The variance
    of the mean is estimated by MS_seed + MS_example - MS_rest over their number (Searle, Casella
    and McCulloch, Variance Components, 1992, chapter 4). Each of its two parts, MS_seed and
    MS_example - MS_rest, is widened by Student's quantile for its own degrees of freedom before
    they are added (Zou and Donner, Statistics in Medicine 27, 2008): with two or three seeds
    Satterthwaite's common degrees of freedom held only 86 to 95 % where 95 were meant, this
    holds 94 % and more. With one seed or one example the interval covers the other alone.
    """
    seeds, examples = values.shape
    if not values.size:
        return nothing()
    if seeds == 1 or examples == 1:
        return _plain_mean(values.ravel(), "test examples" if seeds == 1 else "seeds", level)
    parts = crossed_parts(values)
    half = parts.half((1 + level) / 2)
    return Interval(parts.mean, parts.mean - half, parts.mean + half, BOTH)


@dataclass(frozen=True)
class CrossedParts:
    """What the variance of a mean over seeds and examples is made of.

    Attributes:
        mean: The mean.
        seed: The part of the seeds, MS_seed over the number of values.
        example: The part of the examples, MS_example - MS_rest over the number of values.
        seeds: How many seeds there are, at least two.
        examples: How many examples there are, at least two.
    """

    mean: float
    seed: float
    example: float
    seeds: int
    examples: int

    def half(self, tail: float) -> float:
        """Half the width of the interval that leaves 1 - tail outside at each end."""
        by_seed = student_quantile(self.seeds - 1, tail) ** 2 * self.seed
        by_example = student_quantile(self.examples - 1, tail) ** 2 * self.example
        return math.sqrt(by_seed + by_example)


def crossed_parts(values: Doubles) -> CrossedParts:
    """Takes values (seeds, examples), two of each at least, apart."""
    seed, example, rest = _mean_squares(values)
    parts = (seed / values.size, max(example - rest, 0.0) / values.size)
    return CrossedParts(float(values.mean()), *parts, *values.shape)


def _mean_squares(values: Doubles) -> tuple[float, float, float]:
    """Mean squares of seeds, of examples and of the rest."""
    seeds, examples = values.shape
    center = values.mean()
    by_seed, by_example = values.mean(axis=1) - center, values.mean(axis=0) - center
    rest = values - center - by_seed[:, None] - by_example
    return (
        float(examples * np.sum(by_seed**2) / (seeds - 1)),
        float(seeds * np.sum(by_example**2) / (examples - 1)),
        float(np.sum(rest**2) / ((seeds - 1) * (examples - 1))),
    )


def _plain_mean(values: Doubles, covers: str, level: float = LEVEL) -> Interval:
    center = float(values.mean())
    if len(values) == 1:
        return nothing(center)
    quantile = student_quantile(len(values) - 1, (1 + level) / 2)
    half = quantile * math.sqrt(float(values.var(ddof=1)) / len(values))
    return Interval(center, center - half, center + half, covers)


def mean_over_seeds(values: NDArray[Any]) -> Interval:
    """The mean of one figure for each seed, with Student's interval."""
    return _plain_mean(np.asarray(values, dtype=np.float64), "seeds") if len(values) else nothing()


def student_quantile(freedom: int, below: float = _TAIL) -> float:
    """The point of Student's t that so much lies below; with one degree of freedom or more."""
    from scipy.special import stdtrit  # noqa: PLC0415 - a listing must not wait for SciPy

    return float(stdtrit(freedom, below))


def median_interval(values: NDArray[Any]) -> Interval:
    """The median with the interval between two order statistics, whatever the distribution.

    Its level is at least 95 % (Conover, Practical Nonparametric Statistics, 3.2); fewer than six
    values have none.
    """
    from scipy.special import bdtr  # noqa: PLC0415 - a listing must not wait for SciPy

    if not len(values):
        return nothing()
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count = len(ordered)
    outside = bdtr(np.arange(count // 2, dtype=np.float64), count, 0.5)
    rank = int(np.searchsorted(outside, 1 - _TAIL, side="right"))
    middle = float(np.median(ordered))
    if rank == 0:
        return nothing(middle)
    return Interval(middle, float(ordered[rank - 1]), float(ordered[count - rank]))


def geometric_mean(ratios: NDArray[Any], groups: NDArray[Any], level: float = LEVEL) -> Interval:
    """The geometric mean of positive ratios, with an interval of their logarithms.

    Ratios of one group may have something in common, such as where a run's memory lies. What the
    groups vary beyond the ratios within them is widened by Student's quantile for the number of
    groups, as in `crossed_mean`, so that many ratios of few runs do not pass for many runs.

    Args:
        ratios: The ratios, (ratios,).
        groups: To which group each belongs, (ratios,).
        level: Of the interval.
    """
    tail = (1 + level) / 2
    logs = np.log(np.asarray(ratios, dtype=np.float64))
    center, count = float(logs.mean()), len(logs)
    members = [logs[groups == group] for group in np.unique(groups)]
    freedom = count - len(members)
    if freedom == 0:
        return nothing(math.exp(center))
    within = sum(float(np.sum((each - each.mean()) ** 2)) for each in members) / freedom
    variance = student_quantile(freedom, tail) ** 2 * within
    if len(members) > 1:
        between = sum(len(each) * (float(each.mean()) - center) ** 2 for each in members)
        excess = max(between / (len(members) - 1) - within, 0.0)
        variance += student_quantile(len(members) - 1, tail) ** 2 * excess
    half = math.sqrt(variance / count)
    return Interval(math.exp(center), math.exp(center - half), math.exp(center + half))


def ratio_over_segments(first: NDArray[Any], second: NDArray[Any]) -> Interval:
    """How many times as long the first takes, from pairs that were timed in several segments.

    Pairs of one segment share where memory lies and what else the machine does, so that any number
    of them tells of that segment alone: each counts once, with the median of its pairs' ratios, and
    the interval is Student's over the logarithms of the segments.

    Args:
        first: Positive times, (segments, pairs).
        second: Those of the other, (segments, pairs).
    """
    if not first.size:
        return nothing()
    medians = np.median(first / second, axis=1)
    return geometric_mean(medians, np.zeros(len(medians)))
