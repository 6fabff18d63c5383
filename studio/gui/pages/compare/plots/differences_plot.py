"""Differences between two contenders, seed by seed, against the margin."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.gui.plots.points import Points, PointsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke
from studio.gui.view.results_view import Differences
from studio.gui.view.short_names import short_names

_ROOM = 1.25
_LONGEST_NAME = 14
"""Letters; two names stand beside each other."""


class DifferencesPlot(PointsPlot):
    """A point for each seed or fold, the mean with its interval, the margin as a band."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Differences by seed", "difference", "seed")
        self.legend.hide()
        self._shown: Differences | None = None
        self._band = pg.LinearRegionItem(movable=False)
        self._zero = pg.InfiniteLine(0, angle=90)
        self._bar = pg.PlotDataItem()
        self._band_words = pg.TextItem("practically the same", anchor=(0.5, 0))
        self._left, self._right = pg.TextItem(anchor=(0, 1)), pg.TextItem(anchor=(1, 1))
        for part in (self._band, self._zero, self._bar):
            self.item.addItem(part, ignoreBounds=True)
        for words in (self._band_words, self._left, self._right):
            self.item.addItem(words, ignoreBounds=True)
        self.item.setMouseEnabled(x=False, y=False)

    def show_differences(self, differences: Differences) -> None:
        self._shown = differences
        theme = self.appearance.theme
        self.set_labels(differences.label, differences.kind)
        count = len(differences.points)
        places = np.arange(1, count + 1, dtype=np.float64)
        values = np.array([value for _, value in differences.points])
        dots = Stroke(theme.accent, SOLID, "o")
        mean = Stroke(theme.text, SOLID, "d")
        words = tuple(name for name, _ in differences.points)
        self.show_points(
            [
                Points(differences.kind, values, places, dots, words),
                Points("mean", np.array([differences.mean.value]), np.zeros(1), mean),
            ],
            big=True,
        )
        ticks = [(0, "mean"), *((n + 1, name) for n, (name, _) in enumerate(differences.points))]
        self.item.getAxis("left").setTicks([ticks])
        self._draw_interval(differences)
        self._frame(differences, values, count)

    def draw_in_theme(self) -> None:
        super().draw_in_theme()
        if getattr(self, "_shown", None) is not None and self._shown is not None:
            self.show_differences(self._shown)

    def table(self) -> list[list[str]]:
        """Seeds, then the mean with its interval and the margin."""
        rows = [[self.y_label, self.x_label]]
        if self._shown is None:
            return rows
        mean = self._shown.mean
        figures = {"mean": mean.value, "low": mean.low, "high": mean.high}
        figures["margin"] = self._shown.margin
        rows += [[name, f"{value:.6g}"] for name, value in self._shown.points]
        return rows + [[name, f"{value:.6g}"] for name, value in figures.items()]

    def _draw_interval(self, differences: Differences) -> None:
        theme = self.appearance.theme
        ends = [differences.mean.low, differences.mean.high] if differences.mean.is_known else []
        self._bar.setData(ends, [0] * len(ends))
        self._bar.setPen(pg.mkPen(theme.text, width=3))
        color = QColor(theme.muted)
        color.setAlpha(38)
        self._band.setRegion((-differences.margin, differences.margin))
        self._band.setBrush(color)
        for line in self._band.lines:
            line.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
        self._zero.setPen(pg.mkPen(theme.muted, width=1))

    def _frame(self, differences: Differences, values: np.ndarray, count: int) -> None:
        theme = self.appearance.theme
        ends = (
            [differences.mean.low, differences.mean.high]
            if differences.mean.is_known
            else [differences.mean.value]
        )
        span = _ROOM * float(np.abs([*values, *ends, differences.margin]).max())
        span = span if np.isfinite(span) and span > 0 else 1.0
        self.item.setXRange(-span, span, padding=0)
        self.item.setYRange(-1.1, count + 1, padding=0)
        for words in (self._band_words, self._left, self._right):
            words.setColor(QColor(theme.muted))
            words.fill = pg.mkBrush(theme.card)
        self._band_words.setPos(0, count + 1)
        short = short_names((differences.better_left, differences.better_right), _LONGEST_NAME)
        self._left.setText(f"← {short[differences.better_left]} is better")
        self._right.setText(f"{short[differences.better_right]} is better →")
        self._left.setPos(-span, -1.1)
        self._right.setPos(span, -1.1)
