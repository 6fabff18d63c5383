"""Timing as a strip of points for each contender, and memory as stacked bars, one below another.

Names stand at the left, where long ones have room and many do not lie on each other.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from studio.core.arrays import Doubles
from studio.gui.plots.plot import Plot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.short_names import short_names
from studio.gui.widgets.basics import em

_SPREAD = 0.22
_HALF_MEDIAN = 0.35
_HALF_BAR = 0.3
_MOST_POINTS = 250
_ROW_EM, _AXIS_EM = 1.5, 4
_STEP = "milliseconds per step"


class _Rows(Plot):
    """A row for each contender, the first on top."""

    def __init__(self, appearance: Appearance, name: str, x_label: str) -> None:
        super().__init__(appearance, name, x_label, "")
        self.legend.hide()
        self.item.invertY(True)  # noqa: FBT003 - pyqtgraph's own
        self.item.showGrid(x=True, y=False, alpha=0.12)

    def draw_in_theme(self) -> None:
        """Takes the colours of the theme in force; rows need no lines of a grid."""
        super().draw_in_theme()
        self.item.showGrid(x=True, y=False, alpha=0.12)

    def _name_rows(self, names: Sequence[str]) -> None:
        """Writes the names at the left and makes room for all of them."""
        ticks = list(enumerate(short_names(names).values()))
        self.item.getAxis("left").setTicks([ticks])
        self.item.setYRange(-0.6, max(len(names), 1) - 0.4, padding=0)
        self.setMinimumHeight(round(em(self, _AXIS_EM) + len(names) * em(self, _ROW_EM)))


class TimeStrips(_Rows):
    """Distribution of step times: a cloud of points and the median of each contender."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Time per training step", _STEP)
        self._points: dict[str, pg.ScatterPlotItem] = {}
        self._medians: dict[str, pg.PlotDataItem] = {}
        self._times: dict[str, Doubles] = {}

    def show_times(self, times: Mapping[str, Doubles], strokes: Mapping[str, Stroke]) -> None:
        """Draws milliseconds of the newest steps by contender."""
        self._times = dict(times)
        self._name_rows(list(strokes))
        for name in [name for name in self._points if name not in strokes]:
            self.item.removeItem(self._points.pop(name))
            self.item.removeItem(self._medians.pop(name))
        for row, (name, stroke) in enumerate(strokes.items()):
            values = times.get(name, np.empty(0))[-_MOST_POINTS:]
            if name not in self._points:
                self._points[name] = pg.ScatterPlotItem(size=5, pxMode=True)
                self._medians[name] = self.item.plot()
                self.item.addItem(self._points[name])
            jitter = np.random.default_rng(0).uniform(-_SPREAD, _SPREAD, len(values))
            color = QColor(stroke.color)
            color.setAlpha(130)
            self._points[name].setData(
                values, row + jitter, brush=pg.mkBrush(color), pen=None, symbol=stroke.marker
            )
            middle = [float(np.median(values))] * 2 if len(values) else []
            ends = [row - _HALF_MEDIAN, row + _HALF_MEDIAN] if len(values) else []
            self._medians[name].setData(middle, ends)
            self._medians[name].setPen(pg.mkPen(self.appearance.theme.text, width=2))
        self._frame_outliers(times)

    def table(self) -> list[list[str]]:
        rows = [["contender", _STEP]]
        return rows + [[name, f"{v:.5g}"] for name, times in self._times.items() for v in times]

    def _frame_outliers(self, times: Mapping[str, Doubles]) -> None:
        """Keeps a single slow step from flattening everything else."""
        highest = [float(np.percentile(steps, 98)) for steps in times.values() if len(steps)]
        if highest:
            self.item.setXRange(0, max(highest) * 1.15, padding=0)


class MemoryBars(_Rows):
    """Bytes of a training step by kind, stacked."""

    _ALPHAS = (255, 200, 140, 80)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Training memory", "MB")
        self._bars: list[pg.BarGraphItem] = []
        self._shares: dict[str, Sequence[tuple[str, float]]] = {}
        self._built: object = None

    def show_memory(
        self,
        shares: Mapping[str, Sequence[tuple[str, float]]],
        strokes: Mapping[str, Stroke],
    ) -> None:
        """Draws MB by kind, the first kind at the left, for each contender."""
        key = (dict(shares), dict(strokes))
        if key == self._built:
            return
        self._built = key
        self._shares = dict(shares)
        for bar in self._bars:
            self.item.removeItem(bar)
        self._bars.clear()
        self._name_rows(list(strokes))
        widest = max((sum(size for _, size in kinds) for kinds in shares.values()), default=0.0)
        self.item.setXRange(0, widest * 1.05 or 1.0, padding=0)
        for row, (name, stroke) in enumerate(strokes.items()):
            left = 0.0
            for (_, size), alpha in zip(shares.get(name, ()), self._ALPHAS, strict=False):
                self._add(row, left, size, stroke, alpha)
                left += size

    def table(self) -> list[list[str]]:
        """MB by contender and kind with a header row."""
        rows = [["contender", "kind", "MB"]]
        return rows + [
            [name, kind, f"{size:.6f}"]
            for name, kinds in self._shares.items()
            for kind, size in kinds
        ]

    def _add(self, row: int, left: float, size: float, stroke: Stroke, alpha: int) -> None:
        color = QColor(stroke.color)
        color.setAlpha(alpha)
        bar = pg.BarGraphItem(
            x0=[left], width=[size], y0=[row - _HALF_BAR], height=2 * _HALF_BAR, brush=color,
            pen=None,
        )  # fmt: skip
        self.item.addItem(bar)
        self._bars.append(bar)
