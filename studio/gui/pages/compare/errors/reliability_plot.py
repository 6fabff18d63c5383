"""Whether probabilities mean what they say."""

from collections.abc import Mapping

import numpy as np

from studio.analysis.predictions.calibration import Reliability
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DOTS, Stroke

PERFECT = "perfect"


class ReliabilityPlot(Plot):
    """How often predictions are right over how sure they are, with 95 % intervals."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(
            appearance,
            "Reliability diagram",
            "probability of the predicted class",
            "share that is right",
        )
        self.item.setMouseEnabled(x=False, y=False)
        self.item.setXRange(0, 1, padding=0.02)
        self.item.setYRange(0, 1, padding=0.02)
        self.legend.setOffset((8, 8))

    def show_reliability(
        self, known: Mapping[str, Reliability], strokes: Mapping[str, Stroke]
    ) -> None:
        """Draws one curve for each contender beside the diagonal."""
        ends = np.array([0.0, 1.0])
        curves = [PlotCurve(PERFECT, ends, ends, Stroke(self.appearance.theme.muted, DOTS, "o"))]
        for name, found in known.items():
            low, high = found.accuracy_range
            curves.append(
                PlotCurve(name, found.confidence, found.accuracy, strokes[name], low, high)
            )
        self.show_curves(curves)
