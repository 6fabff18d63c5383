"""Figures with their intervals, one below the other, beside the values they are judged by."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.gui.desk import Look
from studio.gui.plots.points import Points, PointsPlot
from studio.gui.theme import SOLID, Stroke
from studio.gui.viewstate.claims import Picture
from studio.gui.widgets.basics import em

_ROOM = 0.12
_ROW_EM, _AROUND_EM = 1.9, 5.5
_NAME_LETTERS = 34


class IntervalsPlot(PointsPlot):
    """A point with its 95 % interval in each row; dotted lines are what it is judged by."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "What was measured", "", "")
        self.legend.hide()
        self._shown: Picture | None = None
        self._extras: list[pg.GraphicsObject] = []
        self.item.setMouseEnabled(x=False, y=False)

    def show_picture(self, shown: Picture) -> None:
        """Draws it; the plot becomes as high as its rows."""
        self._shown = shown
        for extra in self._extras:
            self.item.removeItem(extra)
        self._extras = []
        self.set_labels(shown.label, "")
        count = len(shown.rows)
        places = np.arange(count, 0, -1, dtype=np.float64)
        values = np.array([row.value for row in shown.rows])
        dots = Stroke(self.look.theme.accent, SOLID, "o")
        names = tuple(row.name for row in shown.rows)
        self.show_points([Points("figure", values, places, dots, names)], big=True)
        ticks = [(place, _short(name)) for place, name in zip(places, names, strict=True)]
        self.item.getAxis("left").setTicks([ticks])
        self._draw_intervals(shown, places)
        self._draw_marks(shown, count)
        self._frame(shown, count)
        self.setFixedHeight(em(self, _AROUND_EM + _ROW_EM * count))

    def draw_in_theme(self) -> None:
        """See Plot."""
        super().draw_in_theme()
        shown = getattr(self, "_shown", None)
        if shown is not None:
            self.show_picture(shown)

    def table(self) -> list[list[str]]:
        """Rows with their intervals, then what they are judged by."""
        shown = self._shown
        rows = [["row", self.x_label, "low", "high"]]
        for row in shown.rows if shown else ():
            ends = ("" if math.isnan(end) else f"{end:.6g}" for end in (row.low, row.high))
            rows.append([row.name, f"{row.value:.6g}", *ends])
        return rows + [
            [name, f"{value:g}", "", ""] for value, name in (shown.marks if shown else ())
        ]

    def _draw_intervals(self, shown: Picture, places: np.ndarray) -> None:
        pen = pg.mkPen(self.look.theme.accent, width=3)
        for row, place in zip(shown.rows, places, strict=True):
            if math.isfinite(row.low) and math.isfinite(row.high):
                self._add(pg.PlotDataItem([row.low, row.high], [place, place], pen=pen))

    def _draw_marks(self, shown: Picture, count: int) -> None:
        theme = self.look.theme
        pen = pg.mkPen(theme.muted, width=1.5, style=Qt.PenStyle.DotLine)
        for number, (value, name) in enumerate(sorted(shown.marks)):
            self._add(pg.InfiniteLine(value, angle=90, pen=pen))
            side = 0.5 if len(shown.marks) == 1 else 1 - number  # away from each other
            words = pg.TextItem(name, color=QColor(theme.muted), anchor=(side, 0))
            words.fill = pg.mkBrush(theme.card)
            words.setPos(value, count + 1.2)
            self._add(words)

    def _add(self, part: pg.GraphicsObject) -> None:
        self.item.addItem(part, ignoreBounds=True)
        self._extras.append(part)

    def _frame(self, shown: Picture, count: int) -> None:
        ends = [end for row in shown.rows for end in (row.value, row.low, row.high)]
        ends += [value for value, _ in shown.marks]
        ends += [0.0] if shown.starts_at_zero else []
        known = [end for end in ends if math.isfinite(end)]
        low, high = min(known), max(known)
        room = _ROOM * (high - low) or 1.0
        start = 0.0 if shown.starts_at_zero and low >= 0 else low - room
        self.item.setXRange(start, high + room, padding=0)
        self.item.setYRange(0.3, count + 1.2, padding=0)


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LETTERS else f"{name[: _NAME_LETTERS - 1]}…"
