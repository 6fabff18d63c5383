"""Neighbours in time whose errors are alike count as one."""

import math

import numpy as np

from studio.core.arrays import Doubles

_FEWEST = 5
_LARGEST_CORRELATION = 0.97
_WIDER = 2.0


def in_stretches(values: Doubles, shortest: int) -> Doubles:
    """Sums over stretches of time, weighted so that their mean is that of the values.

    Stretches are as long as the values ask for: their means, judged by Student's t with the
    number of stretches, hold where these are long against the dependence (Ibragimov and Müller,
    Journal of Business and Economic Statistics 28, 2010). The length is
    n^(1/3) (2 r / (1 - r^2))^(2/3) for a correlation r of neighbours (Carlstein, Annals of
    Statistics 14, 1986), taken twice, as what gives the best variance gives too short intervals,
    and with r corrected for its bias, (1 + 3 r) / n (Kendall, Biometrika 41, 1954).

    Args:
        values: In the order of time, (seeds, examples).
        shortest: Examples that count as one whatever the values say.

    Returns:
        (seeds, stretches); at least five of them where the shortest leaves as many.
    """
    count = values.shape[1]
    blocks = np.array_split(np.arange(count), max(1, count // _length(values, shortest)))
    sums = np.array([[row[block].sum() for block in blocks] for row in values])
    return np.asarray(sums * (len(blocks) / count))


def _length(values: Doubles, shortest: int) -> int:
    count = values.shape[1]
    asked = _WIDER * count ** (1 / 3) * _dependence(values)
    return int(max(shortest, min(math.ceil(asked), count // _FEWEST), 1))


def _dependence(values: Doubles) -> float:
    """Of the means over the seeds: 0 where independent, about 1 at a correlation of 0.4."""
    centered = values.mean(axis=0) - values.mean()
    total = float(centered @ centered)
    if len(centered) < 2 or not total:  # noqa: PLR2004 - a correlation needs two
        return 0.0
    found = float(centered[1:] @ centered[:-1]) / total
    corrected = found + (1 + 3 * found) / len(centered)
    correlation = min(max(corrected, 0.0), _LARGEST_CORRELATION)
    return float((2 * correlation / (1 - correlation**2)) ** (2 / 3))
