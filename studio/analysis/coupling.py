"""How far an LSTM's input gate does what one minus its forget gate would do."""

import math
from collections.abc import Sequence

import numpy as np

from studio.analysis.claims import Outcome
from studio.analysis.intervals import Interval
from studio.core.arrays import Doubles, Floats

REDUNDANT = 0.5
"""From this correlation on a quarter of what one gate does follows from the other."""
_LEAST_SPREAD = 1e-6


def gate_correlation(entered: Floats, kept: Floats) -> float:
    """Pearson's correlation of the input gate with one minus the forget gate, all units and steps.

    Args:
        entered: The input gate, (steps, units).
        kept: The forget gate, (steps, units).

    Returns:
        -1 to 1; NaN where one of them never moves.
    """
    return _correlation(np.ravel(entered), 1.0 - np.ravel(kept))


def correlation_within_units(entered: Floats, kept: Floats) -> float:
    """The mean over units of each one's own correlation over steps; still units are left out."""
    each = [_correlation(one, 1.0 - other) for one, other in zip(entered.T, kept.T, strict=True)]
    known = [value for value in each if math.isfinite(value)]
    return float(np.mean(known)) if known else math.nan


def judge_correlation(correlation: Interval) -> Outcome:
    """Redundant where the whole interval reaches REDUNDANT, partly where it lies above zero."""
    if not correlation.is_known:
        return "undecided"
    if correlation.low >= REDUNDANT:
        return "supported"
    if correlation.low > 0:
        return "partly supported"
    return "refuted" if correlation.high < REDUNDANT else "undecided"


def judge_merging(outcomes: Sequence[str]) -> Outcome:
    """Judges merged gates ("first") against separate ones ("second") over several tasks.

    Supported where merging makes the network better somewhere and worse nowhere; partly supported
    where it loses nothing, or helps in one task and harms in another; refuted where it only harms.
    """
    helps, harms = "first" in outcomes, "second" in outcomes
    if helps:
        return "partly supported" if harms else "supported"
    if harms:
        return "refuted"
    is_same_everywhere = bool(outcomes) and set(outcomes) == {"same"}
    return "partly supported" if is_same_everywhere else "undecided"


def _correlation(one: Floats | Doubles, other: Floats | Doubles) -> float:
    pair = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if min(float(each.std()) for each in pair) < _LEAST_SPREAD:
        return math.nan
    return float(np.corrcoef(*pair)[0, 1])
