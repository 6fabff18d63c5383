"""The corrected resampled t-test for splits that share training examples."""

import math
from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import FOLDS, LEVEL, Interval, no_interval, student_quantile
from studio.analysis.scores.posterior import Posterior
from studio.core.arrays import Doubles


@dataclass(frozen=True)
class CorrectedTest:
    """The corrected resampled t-test.

    Attributes:
        difference: The mean over the splits with its 95 % interval.
        t: The statistic; NaN where there is no spread.
        p: The two-sided p-value.
        freedom: Degrees of freedom.
    """

    difference: Interval
    t: float
    p: float
    freedom: int


def corrected_resampled_test(
    differences: Doubles, test_share: float, level: float = LEVEL
) -> CorrectedTest:
    """Student's test with a variance corrected for overlapping training sets.

    The variance of the mean of n differences is (1 / n + n_test / n_train) times theirs (Nadeau
    and Bengio, Inference for the Generalization Error, Machine Learning 52, 2003).

    Args:
        differences: One for each split, (splits,).
        test_share: Test examples over training and test examples, such as 0.1 of ten folds.
        level: Confidence level.
    """
    from scipy.special import stdtr

    count = len(differences)
    if count < 2:  # noqa: PLR2004 - a spread needs two
        value = float(differences[0]) if count else float("nan")
        return CorrectedTest(no_interval(value), float("nan"), 1.0, 0)
    mean, scale = _mean_and_scale(differences, test_share)
    freedom = count - 1
    half = student_quantile(freedom, (1 + level) / 2) * scale
    if not scale:
        return CorrectedTest(
            Interval(mean, mean, mean, FOLDS), float("nan"), float(mean == 0), freedom
        )
    t = mean / scale
    p = 2 * float(stdtr(freedom, -abs(t)))
    return CorrectedTest(Interval(mean, mean - half, mean + half, FOLDS), t, p, freedom)


def corrected_posterior(differences: Doubles, test_share: float, margin: float) -> Posterior | None:
    """The Bayesian correlated t-test; None with fewer than two splits.

    The posterior of the mean is Student's, with the scale of the corrected test: the correlation
    of two splits is taken as the test share (Corani and Benavoli, A Bayesian approach for
    comparing cross-validated algorithms on multiple data sets, Machine Learning 100, 2015).
    """
    from scipy.special import stdtr

    if len(differences) < 2:  # noqa: PLR2004 - a spread needs two
        return None
    mean, scale = _mean_and_scale(differences, test_share)
    if not scale:
        above, below = float(mean > margin), float(mean < -margin)
        return Posterior(above, 1 - above - below, below)
    freedom = len(differences) - 1
    below = float(stdtr(freedom, (-margin - mean) / scale))
    above = float(stdtr(freedom, (mean - margin) / scale))
    return Posterior(above, max(0.0, 1 - above - below), below)


def _mean_and_scale(differences: Doubles, test_share: float) -> tuple[float, float]:
    ratio = test_share / (1 - test_share)
    variance = float(np.var(differences, ddof=1)) * (1 / len(differences) + ratio)
    return float(np.mean(differences)), math.sqrt(variance)
