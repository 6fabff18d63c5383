"""How wide the interval of a difference is with how many seeds."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from studio.analysis.enough import SeedPlan
from studio.gui.desk import Look
from studio.gui.plots.plot import Curve, Plot
from studio.gui.theme import DASH_DOT, DOTS, SOLID, Stroke

_HEADROOM = 1.6  # for the legend


class SeedsPlot(Plot):
    """The half width over seeds, what would be needed, and what the test part leaves."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Interval by number of seeds", "seeds", "half of the interval")
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
        theme = self.look.theme
        x = np.array(list(plan.half_widths), dtype=np.float64)
        halves = np.array(list(plan.half_widths.values()))
        needed, floor = np.full(len(x), plan.needed), np.full(len(x), plan.floor)
        self.show_curves(
            [
                Curve("interval, to each side", x, halves, Stroke(theme.accent, SOLID, "o")),
                Curve("would tell", x, needed, Stroke(theme.text, DASH_DOT, "")),
                Curve("left by the test part", x, floor, Stroke(theme.muted, DOTS, "")),
            ]
        )
        self._now.setValue(plan.seeds)
        self._now.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine))
        self.item.setXRange(1.5, float(x[-1]) + 0.5, padding=0)
        top = max(float(halves[min(plan.seeds, 3) - 2]), plan.needed) * _HEADROOM
        self.item.setYRange(0, top or 1.0, padding=0)

    def draw_in_theme(self) -> None:
        """See Plot."""
        super().draw_in_theme()
        if getattr(self, "_plan", None) is not None and self._plan is not None:
            self.show_plan(self._plan, self.y_label)
