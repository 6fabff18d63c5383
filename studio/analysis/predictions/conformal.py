"""Split conformal intervals and prediction sets (Vovk and others 2005; Lei and others 2018).

The calibration examples are those of the validation set, which no weight was fitted to. The
coverage is at least the level where they and the new examples are exchangeable.
"""

import math
from bisect import insort
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers

_STEP_SIZE = 0.02
"""How fast adaptive intervals react (gamma of Gibbs and Candès 2021)."""


@dataclass(frozen=True, eq=False)
class Bands:
    """Intervals of predicted values.

    Attributes:
        low: (examples, outputs).
        high: The same; infinite where there are too few calibration examples for the level.
    """

    low: Doubles
    high: Doubles

    def covers(self, truth: Doubles) -> NDArray[np.bool_]:
        """Whether each known value lies in its interval, (examples, outputs); False where NaN."""
        return np.asarray((self.low <= truth) & (truth <= self.high), dtype=np.bool_)


def conformal_radii(errors: Doubles, level: float) -> Doubles:
    """The half width of the intervals of each output, (outputs,).

    The ceil((n + 1) level)-th smallest absolute error of n calibration examples; infinite where
    that is more than n.

    Args:
        errors: Prediction - truth of the calibration examples, (examples, outputs), NaN where the
            truth is unknown.
        level: The nominal coverage, between 0 and 1.
    """
    return np.array([_quantile(np.sort(np.abs(column)), level) for column in _known(errors)])


def fewest_examples(level: float) -> int:
    """The fewest calibration examples that give finite intervals."""
    return math.ceil(round(level / (1 - level), 9))


def bands(predictions: Doubles, radii: Doubles) -> Bands:
    """Intervals around predictions, (examples, outputs)."""
    return Bands(predictions - radii, predictions + radii)


def adaptive_bands(
    predictions: Doubles, truth: Doubles, errors: Doubles, level: float, delays: Integers
) -> Bands:
    """Intervals in time order that widen after misses and narrow after hits.

    After each observed value the level aimed at moves by gamma times the difference between the
    nominal and the observed miss (Gibbs and Candès 2021), and its error joins the calibration
    errors. A value is used only once it is known, `delays` examples later.

    Args:
        predictions: In time order, (examples, outputs).
        truth: NaN where unknown, (examples, outputs).
        errors: Of the calibration examples, (examples, outputs).
        level: The nominal coverage.
        delays: How many examples later the truth of each output is known, at least 1, (outputs,).
    """
    radii = np.empty_like(predictions)
    for output, column in enumerate(_known(errors)):
        past = sorted(np.abs(column).tolist())
        misses = np.abs(truth[:, output] - predictions[:, output])
        delay, aimed = int(delays[output]), level
        for step in range(len(predictions)):
            seen = step - delay
            if seen >= 0 and not np.isnan(misses[seen]):
                is_missed = misses[seen] > radii[seen, output]
                aimed += _STEP_SIZE * (float(is_missed) - (1 - level))
                insort(past, float(misses[seen]))
            radii[step, output] = _quantile(past, min(max(aimed, 0.0), 1.0))
    return Bands(predictions - radii, predictions + radii)


def class_thresholds(probabilities: Doubles, truth: Integers, level: float) -> Doubles:
    """The largest 1 - probability with which each class still enters a set, (classes,).

    Class by class, so that the coverage holds for each class (Vovk 2012); infinite for a class
    with too few calibration examples, which is then in every set.

    Args:
        probabilities: Of the calibration examples, (examples, classes).
        truth: Their classes, -1 where unknown, (examples,).
        level: The nominal coverage.
    """
    return np.array(
        [
            _quantile(np.sort(1 - probabilities[truth == label, label]), level)
            for label in range(probabilities.shape[1])
        ]
    )


def prediction_sets(probabilities: Doubles, thresholds: Doubles) -> NDArray[np.bool_]:
    """Whether each class is in the set of each example, (examples, classes)."""
    return np.asarray(1 - probabilities <= thresholds, dtype=np.bool_)


def sets_cover(sets: NDArray[np.bool_], truth: Integers) -> NDArray[np.bool_]:
    """Whether the class of each example is in its set, (examples,)."""
    return np.asarray(sets[np.arange(len(truth)), truth], dtype=np.bool_)


def _known(errors: Doubles) -> list[Doubles]:
    return [column[~np.isnan(column)] for column in errors.T]


def _quantile(ordered: Doubles | list[float], level: float) -> float:
    """The ceil((n + 1) level)-th smallest value; infinite if there are too few."""
    rank = math.ceil(round((len(ordered) + 1) * level, 9))
    if rank > len(ordered):
        return math.inf
    return float(ordered[max(rank, 1) - 1])
