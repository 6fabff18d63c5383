"""How much each input of an example contributes to one prediction, with checks."""

from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles

UNDEFINED = float("nan")


@dataclass(frozen=True, eq=False)
class Attribution:
    """What an output gains from each input, compared with a baseline.

    Attributes:
        values: Integrated gradients, (time, channels), in the output's unit; one channel for
            symbols that are embedded.
        output: The output for the example.
        baseline: The output for the baseline.
        points: Points of the path at which gradients were taken.
        occlusion: Correlation with occlusion: what the output loses where a stretch of inputs is
            replaced by the baseline; NaN where one of both does not vary.
        shuffled: Mean size of the correlation with attributions of the same network whose weights
            were shuffled; NaN as above.
    """

    values: Doubles
    output: float
    baseline: float
    points: int
    occlusion: float = UNDEFINED
    shuffled: float = UNDEFINED

    @property
    def completeness_error(self) -> float:
        """How far the sum is from the difference of both outputs, as a share of that difference.

        The attributions of an exact integral add up to it. NaN where the outputs are the same.
        """
        difference = self.output - self.baseline
        if abs(difference) <= 1e-12 * max(1.0, abs(self.output)):
            return UNDEFINED
        return abs(float(self.values.sum()) - difference) / abs(difference)


def correlation(first: Doubles, second: Doubles) -> float:
    """Pearson's correlation of all values; NaN where one of both does not vary."""
    a, b = first.ravel() - first.mean(), second.ravel() - second.mean()
    norms = float(np.linalg.norm(a) * np.linalg.norm(b))
    scale = float(np.abs(first).max(initial=0) * np.abs(second).max(initial=0)) * first.size
    return float(a @ b) / norms if norms > 1e-12 * scale else UNDEFINED
