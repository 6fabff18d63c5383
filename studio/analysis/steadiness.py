"""Whether a machine ran evenly while times were taken: drift and outliers."""

from dataclasses import dataclass

import numpy as np

from studio.core.history import ComparisonHistory

_OUTLIER = 2.0
_WORTH_TELLING = 0.05
_ENOUGH_ROUNDS = 6


@dataclass(frozen=True)
class Steadiness:
    """How evenly the rounds of some contenders ran.

    Attributes:
        drift: The last third of the rounds over the first third, minus one; NaN with few rounds.
        outliers: Share of the steps that took more than twice their round's median.
    """

    drift: float
    outliers: float

    @property
    def sentence(self) -> str:
        """What is worth telling, or ""."""
        told = []
        if abs(self.drift) >= _WORTH_TELLING:
            how = "slower" if self.drift > 0 else "faster"
            told.append(f"the machine became {abs(self.drift):.0%} {how} on the way")
        if self.outliers >= _WORTH_TELLING:
            told.append(f"{self.outliers:.0%} of the steps took over twice the median")
        return f"Note: {', and '.join(told)}.".replace("%", " %") if told else ""


def steadiness(history: ComparisonHistory, names: tuple[str, ...]) -> Steadiness:
    """Looks at all rounds of the named contenders; the first turn of each run is left out."""
    drifts, late, steps = [], 0, 0
    for name in names:
        for run in history.contender(name).runs:
            first = min((timing.turn for timing in run.timings), default=0)
            taken = [t.seconds for t in run.timings if t.turn > first and len(t.seconds)]
            medians = [float(np.median(seconds)) for seconds in taken]
            late += sum(
                int(np.sum(seconds > _OUTLIER * middle))
                for seconds, middle in zip(taken, medians, strict=True)
            )
            steps += sum(map(len, taken))
            if len(medians) >= _ENOUGH_ROUNDS:
                third = len(medians) // 3
                drifts.append(np.log(np.median(medians[-third:]) / np.median(medians[:third])))
    drift = float(np.expm1(np.mean(drifts))) if drifts else float("nan")
    return Steadiness(drift, late / steps if steps else 0.0)
