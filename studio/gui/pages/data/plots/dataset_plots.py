"""A series with its sets and windows, and one example as the networks see it."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.core.arrays import Doubles, Floats
from studio.gui.plots.dated_plot import DatedPlot
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASH_DOT, DASHES, DOTS, SOLID, Stroke, Theme

_PART_ALPHAS = {"training": 0, "validation": 34, "test": 68}
MOST_CURVES = 4
_LINES = (SOLID, DASHES, DOTS, DASH_DOT)
_HEADROOM = 0.3


class SeriesPlot(DatedPlot):
    """One column of a series; the sets shaded, a few windows on top."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Series", "time step", "value")
        self._regions: list[pg.LinearRegionItem] = []
        self.legend.hide()

    def show_series(
        self, name: str, steps: Doubles, values: Doubles, windows: PlotCurve | None
    ) -> None:
        """Draws a thinned series, (points,), and on it the inputs of a few examples."""
        stroke = Stroke(self.appearance.theme.muted, SOLID, "o")
        self.show_curves([PlotCurve(name, steps, values, stroke), *([windows] if windows else [])])
        self._items[name][0].setPen(pg.mkPen(stroke.color, width=1))

    def show_parts(self, spans: dict[str, tuple[int, int]]) -> None:
        """Shades the steps that each set predicts, from the first to one past the last."""
        for region in self._regions:
            self.item.removeItem(region)
        self._regions = []
        for name, (start, end) in spans.items():
            brush = pg.mkBrush(part_color(self.appearance.theme, name))
            region = pg.LinearRegionItem(
                (start, end), movable=False, brush=brush, pen=pg.mkPen(self.appearance.theme.border)
            )
            region.setZValue(-20)
            self.item.addItem(region, ignoreBounds=True)
            self._regions.append(region)


class ExamplePlot(Plot):
    """The scaled input of one example, and the scaled values that it forecasts."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "One example", "step", "scaled value")
        self.spread_legend(MOST_CURVES)
        self._points = pg.ScatterPlotItem()
        self.item.addItem(self._points)

    def show_example(
        self, names: Sequence[str], sequence: Floats, ahead: Floats | None, targets: Sequence[str]
    ) -> None:
        """Draws an example.

        Args:
            names: Of the input channels.
            sequence: (time, channels).
            ahead: What it forecasts, (horizon, targets), or None.
            targets: Names of what is forecast.
        """
        first = 1 - len(sequence) if ahead is not None else 1
        steps = np.arange(first, first + len(sequence), dtype=np.float64)
        shown = min(MOST_CURVES, len(names))
        order = sorted(range(len(names)), key=lambda channel: names[channel] not in targets)[:shown]
        curves = [
            PlotCurve(
                names[channel], steps, sequence[:, channel].astype(np.float64), self._stroke(number)
            )
            for number, channel in enumerate(order)
        ]
        self.show_curves(curves)
        self._show_points(ahead)
        drawn = [curve.y for curve in curves]
        if ahead is not None:
            drawn.append(ahead.reshape(-1).astype(np.float64))
        low, high = (float(edge(np.concatenate(drawn))) for edge in (np.min, np.max))
        room = (high - low) or 1.0
        last = 1 if ahead is None else 1 + len(ahead)
        self.item.setYRange(low - 0.05 * room, high + _HEADROOM * room, padding=0)
        self.item.setXRange(first, max(last, float(steps[-1])), padding=0.02)

    def _show_points(self, ahead: Floats | None) -> None:
        if ahead is None:
            self._points.setData([], [])
            return
        horizon, targets = ahead.shape
        x = np.repeat(np.arange(1, horizon + 1), targets)
        color = QColor(self.appearance.theme.text)
        self._points.setData(
            x, ahead.reshape(-1), symbol="o", size=7, brush=pg.mkBrush(color), pen=pg.mkPen(None)
        )

    def _stroke(self, number: int) -> Stroke:
        theme = self.appearance.theme
        colors = (theme.accent, theme.muted)
        color = colors[0] if number == 0 else colors[1]
        return Stroke(color, _LINES[number % len(_LINES)], "o")


def part_color(theme: Theme, part: str) -> QColor:
    color = QColor(theme.accent)
    color.setAlpha(_PART_ALPHAS[part])
    return color


def window_curve(
    theme: Theme, values: Doubles, ends: Sequence[int], window: int, name: str
) -> PlotCurve:
    """The inputs of examples as one curve with gaps.

    Args:
        theme: The theme in force.
        values: The whole column, (time,).
        ends: The first step that each example forecasts.
        window: Steps that it reads.
        name: Of the curve.
    """
    x: list[Doubles] = []
    y: list[Doubles] = []
    for end in ends:
        steps = np.arange(max(0, end - window), end)
        x += [steps.astype(np.float64), np.array([float(end)])]
        y += [values[steps], np.array([np.nan])]
    stroke = Stroke(theme.accent, Qt.PenStyle.SolidLine, "o")
    return PlotCurve(name, np.concatenate(x), np.concatenate(y), stroke)
