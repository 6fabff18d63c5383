"""Figures with their intervals, one below the other, beside the values they are judged by."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.gui.pages.claims.claims_view import Picture
from studio.gui.plots.points import Points, PointsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke
from studio.gui.widgets.basics import em

_ROOM = 0.12
_ROW_EM, _AROUND_EM = 1.9, 5.5
_NAME_LETTERS = 34


class IntervalsPlot(PointsPlot):
    """A point with its 95 % interval in each row; dotted lines are what it is judged by."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Measurements", "", "")
        self.legend.hide()
        self._shown: Picture | None = None
        self._extras: list[pg.GraphicsObject] = []
        self.item.setMouseEnabled(x=False, y=False)

    def show_picture(self, picture: Picture) -> None:
        """Draws it; the plot becomes as high as its rows."""
        self._shown = picture
        for extra in self._extras:
            self.item.removeItem(extra)
        self._extras = []
        self.set_labels(picture.label, "")
        count = len(picture.rows)
        places = np.arange(count, 0, -1, dtype=np.float64)
        values = np.array([row.value for row in picture.rows])
        dots = Stroke(self.appearance.theme.accent, SOLID, "o")
        names = tuple(row.name for row in picture.rows)
        self.show_points([Points("value", values, places, dots, names)], big=True)
        ticks = [(place, _short(name)) for place, name in zip(places, names, strict=True)]
        self.item.getAxis("left").setTicks([ticks])
        self._draw_intervals(picture, places)
        self._draw_marks(picture, count)
        self._frame(picture, count)
        self.setFixedHeight(em(self, _AROUND_EM + _ROW_EM * count))

    def draw_in_theme(self) -> None:
        super().draw_in_theme()
        picture = getattr(self, "_shown", None)
        if picture is not None:
            self.show_picture(picture)

    def table(self) -> list[list[str]]:
        """Rows with their intervals, then what they are judged by."""
        picture = self._shown
        rows = [["row", self.x_label, "low", "high"]]
        for row in picture.rows if picture else ():
            ends = ("" if math.isnan(end) else f"{end:.6g}" for end in (row.low, row.high))
            rows.append([row.name, f"{row.value:.6g}", *ends])
        return rows + [
            [name, f"{value:g}", "", ""] for value, name in (picture.marks if picture else ())
        ]

    def _draw_intervals(self, picture: Picture, places: np.ndarray) -> None:
        pen = pg.mkPen(self.appearance.theme.accent, width=3)
        for row, place in zip(picture.rows, places, strict=True):
            if math.isfinite(row.low) and math.isfinite(row.high):
                self._add(pg.PlotDataItem([row.low, row.high], [place, place], pen=pen))

    def _draw_marks(self, picture: Picture, count: int) -> None:
        theme = self.appearance.theme
        pen = pg.mkPen(theme.muted, width=1.5, style=Qt.PenStyle.DotLine)
        for number, (value, name) in enumerate(sorted(picture.marks)):
            self._add(pg.InfiniteLine(value, angle=90, pen=pen))
            side = 0.5 if len(picture.marks) == 1 else 1 - number  # away from each other
            words = pg.TextItem(name, color=QColor(theme.muted), anchor=(side, 0))
            words.fill = pg.mkBrush(theme.card)
            words.setPos(value, count + 1.2)
            self._add(words)

    def _add(self, part: pg.GraphicsObject) -> None:
        self.item.addItem(part, ignoreBounds=True)
        self._extras.append(part)

    def _frame(self, picture: Picture, count: int) -> None:
        ends = [end for row in picture.rows for end in (row.value, row.low, row.high)]
        ends += [value for value, _ in picture.marks]
        ends += [0.0] if picture.starts_at_zero else []
        finite = [end for end in ends if math.isfinite(end)]
        low, high = min(finite), max(finite)
        room = _ROOM * (high - low) or 1.0
        start = 0.0 if picture.starts_at_zero and low >= 0 else low - room
        self.item.setXRange(start, high + room, padding=0)
        self.item.setYRange(0.3, count + 1.2, padding=0)


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LETTERS else f"{name[: _NAME_LETTERS - 1]}…"
