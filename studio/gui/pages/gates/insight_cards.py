"""Three cards beside the gates: saturation, memory, how far gradients reach."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

from studio.analysis.gates.gradient_norms import gradient_norm_by_lag
from studio.analysis.gates.half_life import half_lives
from studio.analysis.gates.saturation import saturation
from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.gui.pages.gates.view.gates import Panel, memory_gate_of
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.plots.points import Points, PointsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.widgets.basics import Card, Segments, em, label
from studio.runs.stored.gate_inspection import GateInspection

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

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Saturation")
        self.plot = PointsPlot(appearance, "Saturation", "share below 0.1", "share above 0.9")
        self.plot.item.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.05)
        self._diagonal = pg.PlotDataItem([0, 1], [1, 0])
        self.plot.item.addItem(self._diagonal)
        self.body.addWidget(self.plot, 1)
        self.setToolTip(
            "Each point is a unit: the share of time that its gate is nearly closed (across) and "
            "nearly open (up). On the dashed line the gate is never in between."
        )

    def show_gates(self, contenders: Panels, strokes: Mapping[str, Stroke]) -> None:
        pen = pg.mkPen(self.plot.appearance.theme.muted, style=Qt.PenStyle.DashLine)
        self._diagonal.setPen(pen)
        names = _gate_names(contenders)
        gate_words = f": {names} gate" if names else ": no gates" if contenders else ""
        self.set_heading(f"Saturation{gate_words}")
        points = []
        for name, panel in _memory_panels(contenders).items():
            low, high = saturation(panel.values)
            units = tuple(f"unit {unit}" for unit in range(len(low)))
            points.append(Points(name, low, high, strokes[name], units))
        self.plot.show_points(points)


class HalfLifeCard(Card):
    """How long each unit remembers, by its memory gate."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Memory half-life")
        self.plot = PointsPlot(
            appearance, "Memory half-life", "units, shortest memory first, %", "half-life, steps"
        )
        self.plot.set_logarithmic(y=True)
        self.plot.spread_legend(4)
        self.plot.legend.setOffset((8, 2))
        self.body.addWidget(self.plot, 1)
        self._length: pg.InfiniteLine | None = None
        self.setToolTip("After how many steps half of a unit's state is forgotten")

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
        self.set_heading("Memory half-life of units" if points else "Memory half-life: no gates")
        self._show_length(steps if points else None)
        values = [*(p.y for p in points), np.array([float(steps)])]
        _leave_room_on_top(self.plot, values, lines=0.5)

    def _show_length(self, steps: int | None) -> None:
        if self._length is not None:
            self.plot.item.removeItem(self._length)
            self._length = None
        if steps is not None:
            self._length = self.plot.add_line("sequence length", float(steps), at_right=True)


_LIVE = "Not available for live gates; choose “any epoch” above."
_UNKNOWN = "The truth of this example is not known, so there is no gradient of a loss."


class GradientNormCard(Card):
    """How much of the loss's gradient arrives that many steps earlier.

    Signals:
        changed: The user chose the network before or after training.
    """

    changed = Signal()

    def __init__(self, appearance: Appearance) -> None:
        name = "Gradient norm over lag"
        super().__init__(name)
        self.moment = Segments((("now", "trained"), ("start", "untrained")), "Network")
        self.moment.chosen.connect(lambda _: self.changed.emit())
        self.body.addWidget(self.moment, 0, Qt.AlignmentFlag.AlignLeft)
        self.plot = Plot(appearance, name, "lag, steps", "relative norm")
        self.plot.set_logarithmic(y=True)
        self.plot.spread_legend(4)
        self.plot.legend.setOffset((8, 2))
        self.none = label("", tone="muted")
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.none)
        self.setToolTip(
            "The norm of the loss's gradient at each hidden state, relative to lag 0. Where it "
            "vanishes, training cannot learn from those steps."
        )

    def show_inspections(
        self,
        inspections: Mapping[str, GateInspection],
        prefix: str,
        strokes: Mapping[str, Stroke],
        *,
        live: bool = False,
    ) -> None:
        """Draws a curve for each contender, or says why there is none."""
        at_start = any(inspection.gradient_norms_untrained for inspection in inspections.values())
        trained = any(inspection.epoch for inspection in inspections.values())
        self.moment.setVisible(at_start and trained)
        wants_start = self.moment.choice == "start" and at_start
        curves = []
        for name, inspection in inspections.items():
            norms = (
                inspection.gradient_norms_untrained if wants_start else inspection.gradient_norms
            ).get(prefix)
            if norms is not None:
                lags, values = gradient_norm_by_lag(norms, reverse=prefix.endswith("_reverse"))
                curves.append(PlotCurve(name, lags, values, strokes[name]))
        self.plot.setVisible(bool(curves))
        self.none.setVisible(bool(inspections) and not curves)
        self.none.setText(_LIVE if live else _UNKNOWN)
        self.plot.show_curves(curves)
        _leave_room_on_top(self.plot, [curve.y for curve in curves])


def _leave_room_on_top(plot: Plot, values: Sequence[Doubles], *, lines: float = 0.0) -> None:
    """Frames values on a logarithmic axis with room above for the legend and further lines."""
    together = np.concatenate([np.empty(0), *values])
    logarithms = np.log10(together[np.isfinite(together) & (together > 0)])
    if len(logarithms):
        low, high = float(logarithms.min()), float(logarithms.max())
        span = max(high - low, 0.3)
        above = plot.legend.boundingRect().height() + em(plot, lines)
        share = min(_MOST_ABOVE, max(_LEAST_ABOVE, above / max(1.0, _height(plot))))
        room = span * share / (1 - share)
        plot.item.setYRange(low - 0.06 * span, high + room, padding=0)


def _height(plot: Plot) -> float:
    height: float = plot.item.getViewBox().height()
    return height
