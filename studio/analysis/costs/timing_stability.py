"""Drift and outliers of the timings of training steps."""

import numpy as np

from studio.analysis.basis import TimingStability
from studio.core.results.history import ComparisonHistory

_OUTLIER = 2.0
_ENOUGH_ROUNDS = 6


def timing_stability(history: ComparisonHistory, names: tuple[str, ...]) -> TimingStability:
    """Drift and outliers over all rounds of the named contenders, without each run's first turn."""
    drifts, outliers, steps = [], 0, 0
    for name in names:
        for run in history.contender(name).runs:
            first = min((timing.turn for timing in run.timings), default=0)
            turns = [t.seconds for t in run.timings if t.turn > first and len(t.seconds)]
            medians = [float(np.median(seconds)) for seconds in turns]
            outliers += sum(
                int(np.sum(seconds > _OUTLIER * median))
                for seconds, median in zip(turns, medians, strict=True)
            )
            steps += sum(map(len, turns))
            if len(medians) >= _ENOUGH_ROUNDS:
                third = len(medians) // 3
                drifts.append(np.log(np.median(medians[-third:]) / np.median(medians[:third])))
    drift = float(np.expm1(np.mean(drifts))) if drifts else float("nan")
    return TimingStability(drift, outliers / steps if steps else 0.0)
