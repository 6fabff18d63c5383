"""Timing as a strip of points for each contender, and memory as stacked bars."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from studio.core.arrays import Doubles
from studio.gui.desk import Look
from studio.gui.plots.plot import Plot
from studio.gui.theme import Stroke

_SPREAD = 0.22
_HALF_MEDIAN = 0.35
_MOST_POINTS = 250


class TimeStrips(Plot):
    """Distribution of step times: a cloud of points and the median of each contender."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Time per training step", "", "milliseconds a step")
        self._points: dict[str, pg.ScatterPlotItem] = {}
        self._medians: dict[str, pg.PlotDataItem] = {}
        self._times: dict[str, Doubles] = {}
        self.legend.hide()

    def show_times(self, times: Mapping[str, Doubles], strokes: Mapping[str, Stroke]) -> None:
        """Draws milliseconds of the newest steps by contender."""
        self._times = dict(times)
        self.item.getAxis("bottom").setTicks([list(enumerate(strokes))])
        for name in [name for name in self._points if name not in strokes]:
            self.item.removeItem(self._points.pop(name))
            self.item.removeItem(self._medians.pop(name))
        for place, (name, stroke) in enumerate(strokes.items()):
            values = times.get(name, np.empty(0))[-_MOST_POINTS:]
            if name not in self._points:
                self._points[name] = pg.ScatterPlotItem(size=5, pxMode=True)
                self._medians[name] = self.item.plot()
                self.item.addItem(self._points[name])
            jitter = np.random.default_rng(0).uniform(-_SPREAD, _SPREAD, len(values))
            color = QColor(stroke.color)
            color.setAlpha(130)
            self._points[name].setData(
                place + jitter, values, brush=pg.mkBrush(color), pen=None, symbol=stroke.marker
            )
            middle = [float(np.median(values))] * 2 if len(values) else []
            ends = [place - _HALF_MEDIAN, place + _HALF_MEDIAN] if len(values) else []
            self._medians[name].setData(ends, middle)
            self._medians[name].setPen(pg.mkPen(self.look.theme.text, width=2))
        self._frame_outliers(times)

    def table(self) -> list[list[str]]:
        """The step times with a header row."""
        rows = [["contender", self.y_label]]
        return rows + [[name, f"{v:.5g}"] for name, each in self._times.items() for v in each]

    def _frame_outliers(self, times: Mapping[str, Doubles]) -> None:
        """Keeps a single slow step from flattening everything else."""
        highest = [float(np.percentile(each, 98)) for each in times.values() if len(each)]
        if highest:
            self.item.setYRange(0, max(highest) * 1.15, padding=0)
            self.item.setXRange(-0.6, max(len(times), 1) - 0.4, padding=0)


class MemoryBars(Plot):
    """Bytes of a training step by kind, stacked."""

    _ALPHAS = (255, 200, 140, 80)

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Training memory", "", "MB")
        self._bars: list[pg.BarGraphItem] = []
        self._shares: dict[str, Sequence[tuple[str, float]]] = {}
        self.legend.hide()

    def show_memory(
        self,
        shares: Mapping[str, Sequence[tuple[str, float]]],
        strokes: Mapping[str, Stroke],
    ) -> None:
        """Draws MB by kind, the first kind at the bottom, for each contender."""
        if shares == self._shares:
            return
        self._shares = dict(shares)
        for bar in self._bars:
            self.item.removeItem(bar)
        self._bars.clear()
        self.item.getAxis("bottom").setTicks([list(enumerate(strokes))])
        for place, (name, stroke) in enumerate(strokes.items()):
            bottom = 0.0
            for (_, size), alpha in zip(shares.get(name, ()), self._ALPHAS, strict=False):
                self._add(place, bottom, size, stroke, alpha)
                bottom += size

    def table(self) -> list[list[str]]:
        """MB by contender and kind with a header row."""
        rows = [["contender", "kind", "MB"]]
        return rows + [
            [name, kind, f"{size:.6f}"]
            for name, kinds in self._shares.items()
            for kind, size in kinds
        ]

    def _add(self, place: int, bottom: float, size: float, stroke: Stroke, alpha: int) -> None:
        color = QColor(stroke.color)
        color.setAlpha(alpha)
        bar = pg.BarGraphItem(
            x=[place], y0=[bottom], height=[size], width=0.6, brush=color, pen=None
        )
        self.item.addItem(bar)
        self._bars.append(bar)
