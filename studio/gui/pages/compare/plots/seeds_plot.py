"""The width of a difference's interval over the number of seeds."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from studio.analysis.scores.seed_power import SeedPlan
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASH_DOT, DOTS, SOLID, Stroke

_HEADROOM = 1.6  # for the legend


class SeedsPlot(Plot):
    """The interval's half-width over seeds, what is needed, and the limit set by the test set."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Interval by number of seeds", "seeds", "interval half-width")
        self._now = pg.InfiniteLine(0, angle=90)
        self.item.addItem(self._now, ignoreBounds=True)
        self.item.setMouseEnabled(x=False, y=False)
        self._plan: SeedPlan | None = None

    def show_plan(self, plan: SeedPlan, label: str) -> None:
        """Draws it.

        Args:
            plan: Of a pair.
            label: Of the vertical axis, with the unit.
        """
        self._plan = plan
        self.set_labels("seeds", label)
        theme = self.appearance.theme
        x = np.array(list(plan.half_widths), dtype=np.float64)
        halves = np.array(list(plan.half_widths.values()))
        needed, floor = np.full(len(x), plan.needed), np.full(len(x), plan.floor)
        self.show_curves(
            [
                PlotCurve("interval half-width", x, halves, Stroke(theme.accent, SOLID, "o")),
                PlotCurve("needed to decide", x, needed, Stroke(theme.text, DASH_DOT, "")),
                PlotCurve("limit set by the test set", x, floor, Stroke(theme.muted, DOTS, "")),
            ]
        )
        self._now.setValue(plan.seeds)
        self._now.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine))
        self.item.setXRange(1.5, float(x[-1]) + 0.5, padding=0)
        top = max(float(halves[min(plan.seeds, 3) - 2]), plan.needed) * _HEADROOM
        self.item.setYRange(0, top or 1.0, padding=0)

    def draw_in_theme(self) -> None:
        super().draw_in_theme()
        if getattr(self, "_plan", None) is not None and self._plan is not None:
            self.show_plan(self._plan, self.y_label)
