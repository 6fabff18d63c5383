"""How similar an LSTM's input gate is to one minus its forget gate."""

import math
from collections.abc import Sequence

import numpy as np

from studio.analysis.intervals import Interval
from studio.claims.analysis.findings import Outcome
from studio.core.arrays import Doubles, Floats

REDUNDANT = 0.5
"""At this correlation a quarter of the variance of one gate is explained by the other."""
_LEAST_SPREAD = 1e-6


def gate_correlation(input_gate: Floats, forget_gate: Floats) -> float:
    """Pearson's correlation of the input gate with one minus the forget gate, all units and steps.

    Args:
        input_gate: The input gate, (steps, units).
        forget_gate: The forget gate, (steps, units).

    Returns:
        -1 to 1; NaN where one of them is constant.
    """
    return _correlation(np.ravel(input_gate), 1.0 - np.ravel(forget_gate))


def correlation_within_units(input_gate: Floats, forget_gate: Floats) -> float:
    """The mean over units of each unit's correlation over steps, without constant units."""
    by_unit = [
        _correlation(unit_input, 1.0 - unit_forget)
        for unit_input, unit_forget in zip(input_gate.T, forget_gate.T, strict=True)
    ]
    finite = [correlation for correlation in by_unit if math.isfinite(correlation)]
    return float(np.mean(finite)) if finite else math.nan


def judge_correlation(correlation: Interval) -> Outcome:
    """Supported where the whole interval reaches REDUNDANT, partly where it is above zero."""
    if not correlation.is_known:
        return "undecided"
    if correlation.low >= REDUNDANT:
        return "supported"
    if correlation.low > 0:
        return "partly supported"
    return "refuted" if correlation.high < REDUNDANT else "undecided"


def judge_merging(outcomes: Sequence[str]) -> Outcome:
    """Judges merged gates ("first") against separate ones ("second") over several tasks.

    Supported where merging improves some task and worsens none; partly supported where it changes
    nothing, or improves one task and worsens another; refuted where it only worsens.
    """
    helps, harms = "first" in outcomes, "second" in outcomes
    if helps:
        return "partly supported" if harms else "supported"
    if harms:
        return "refuted"
    is_same_everywhere = bool(outcomes) and set(outcomes) == {"same"}
    return "partly supported" if is_same_everywhere else "undecided"


def _correlation(first: Floats | Doubles, second: Floats | Doubles) -> float:
    pair = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if min(float(gate.std()) for gate in pair) < _LEAST_SPREAD:
        return math.nan
    return float(np.corrcoef(*pair)[0, 1])
