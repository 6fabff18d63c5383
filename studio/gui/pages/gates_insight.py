"""Three cards beside the gates: saturation, memory, how far gradients reach."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.gui.desk import Look as Theming
from studio.gui.plots.plot import Curve, Plot
from studio.gui.plots.points import Points, PointsPlot
from studio.gui.theme import Stroke
from studio.gui.viewstate.gates import (
    Panel,
    half_lives,
    memory_gate_of,
    reach_by_lag,
    saturation,
)
from studio.gui.widgets.basics import Card, Segments, em, label
from studio.runs.looking import Look

_LEAST_ABOVE, _MOST_ABOVE = 0.2, 0.5
"""Shares of a plot's height."""

Panels = Mapping[str, tuple[str, tuple[Panel, ...]]]
"""Cell and panels by contender."""


def _memory_panels(contenders: Panels) -> dict[str, Panel]:
    """The gate that keeps the old state, of each contender that has one."""
    return {
        name: panel
        for name, (cell, panels) in contenders.items()
        for panel in panels
        if panel.name == CELLS[cell].memory_gate
    }


def _gate_names(contenders: Panels) -> str:
    gates = (memory_gate_of(cell) for cell, _ in contenders.values())
    return " and ".join(dict.fromkeys(gate.name for gate in gates if gate is not None))


class SaturationCard(Card):
    """How often each unit's memory gate is nearly closed or nearly open."""

    def __init__(self, look: Theming) -> None:
        super().__init__("Saturation")
        self.plot = PointsPlot(look, "Saturation", "share below 0.1", "share above 0.9")
        self.plot.item.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.05)
        self._diagonal = pg.PlotDataItem([0, 1], [1, 0])
        self.plot.item.addItem(self._diagonal)
        self.body.addWidget(self.plot, 1)
        self.setToolTip(
            "Each point is a unit and its share of time: right, its gate is mostly closed; up, "
            "mostly open; on the dashed line it is never in between."
        )

    def show_gates(self, contenders: Panels, strokes: Mapping[str, Stroke]) -> None:
        """Draws a point for each unit."""
        pen = pg.mkPen(self.plot.look.theme.muted, style=Qt.PenStyle.DashLine)
        self._diagonal.setPen(pen)
        names = _gate_names(contenders)
        told = f": {names} gate" if names else ": no gates" if contenders else ""
        self.set_heading(f"Saturation{told}")
        points = []
        for name, panel in _memory_panels(contenders).items():
            low, high = saturation(panel.values)
            units = tuple(f"unit {unit}" for unit in range(len(low)))
            points.append(Points(name, low, high, strokes[name], units))
        self.plot.show_points(points)


class HalfLifeCard(Card):
    """How long each unit remembers, by its memory gate."""

    def __init__(self, look: Theming) -> None:
        super().__init__("Memory half-life")
        self.plot = PointsPlot(
            look, "Memory half-life", "units, shortest memory first, %", "half-life, steps"
        )
        self.plot.set_logarithmic(y=True)
        self.plot.legend.setColumnCount(4)
        self.plot.legend.setOffset((8, 2))
        self.body.addWidget(self.plot, 1)
        self._length: pg.InfiniteLine | None = None
        self.setToolTip("After so many steps half of a unit's old state is left.")

    def show_gates(self, contenders: Panels, strokes: Mapping[str, Stroke]) -> None:
        """Draws the units of each contender from short to long memory."""
        points, steps = [], 1
        for name, panel in _memory_panels(contenders).items():
            lives = half_lives(panel.values)
            order = np.argsort(lives)
            share = 100 * (np.arange(len(lives)) + 0.5) / len(lives)
            units = tuple(f"unit {unit}" for unit in order)
            points.append(Points(name, share, lives[order], strokes[name], units))
            steps = len(panel.values)
        self.plot.show_points(points)
        self.set_heading("Memory half-life of the units" if points else "Memory: no gates")
        self._show_length(steps if points else None)
        values = [*(p.y for p in points), np.array([float(steps)])]
        _leave_room_on_top(self.plot, values, lines=0.5)

    def _show_length(self, steps: int | None) -> None:
        if self._length is not None:
            self.plot.item.removeItem(self._length)
            self._length = None
        if steps is not None:
            self._length = self.plot.add_line("length of the example", float(steps), at_right=True)


class ReachCard(Card):
    """How much of the loss's gradient arrives that many steps earlier.

    Signals:
        changed: The user chose the network before or after training.
    """

    changed = Signal()

    def __init__(self, look: Theming) -> None:
        super().__init__("Gradient reaching back")
        self.moment = Segments((("now", "trained"), ("start", "start")), "Moment of training")
        self.moment.chosen.connect(lambda _: self.changed.emit())
        self.header.addWidget(self.moment)
        self.plot = Plot(look, "Gradient reaching back", "lag, steps", "relative gradient")
        self.plot.set_logarithmic(y=True)
        self.plot.legend.setColumnCount(4)
        self.plot.legend.setOffset((8, 2))
        self.none = label("Not for live gates: choose any epoch above.", tone="muted")
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.none)
        self.setToolTip(
            "The norm of the loss's gradient at each hidden state, relative to that at lag 0; "
            "where it vanishes, training cannot learn from those steps."
        )

    def show_looks(
        self, looks: Mapping[str, Look], prefix: str, strokes: Mapping[str, Stroke]
    ) -> None:
        """Draws a curve for each contender; without looks it says when there will be some."""
        at_start = any(each.reach_untrained for each in looks.values())
        trained = any(each.epoch for each in looks.values())
        self.moment.setVisible(at_start and trained)
        wants_start = self.moment.choice == "start" and at_start
        curves = []
        for name, each in looks.items():
            norms = (each.reach_untrained if wants_start else each.reach).get(prefix)
            if norms is not None:
                lags, values = reach_by_lag(norms, reverse=prefix.endswith("_reverse"))
                curves.append(Curve(name, lags, values, strokes[name]))
        self.plot.setVisible(bool(curves))
        self.none.setVisible(not curves)
        self.plot.show_curves(curves)
        _leave_room_on_top(self.plot, [curve.y for curve in curves])


def _leave_room_on_top(plot: Plot, values: Sequence[Doubles], *, lines: float = 0.0) -> None:
    """Frames values on a logarithmic axis with room above for the legend and further lines."""
    together = np.concatenate([np.empty(0), *values])
    shown = np.log10(together[np.isfinite(together) & (together > 0)])
    if len(shown):
        low, high = float(shown.min()), float(shown.max())
        span = max(high - low, 0.3)
        above = plot.legend.boundingRect().height() + em(plot, lines)
        share = min(_MOST_ABOVE, max(_LEAST_ABOVE, above / max(1.0, _height(plot))))
        room = span * share / (1 - share)
        plot.item.setYRange(low - 0.06 * span, high + room, padding=0)


def _height(plot: Plot) -> float:
    height: float = plot.item.getViewBox().height()
    return height
