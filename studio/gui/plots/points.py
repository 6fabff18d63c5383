"""Points by name, each with the mark of its contender."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from studio.core.arrays import Doubles
from studio.gui.plots.plot import Plot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke

_SIZE = 8
_BIG = 13
_NEAR_PIXELS = 12


@dataclass(frozen=True, eq=False)
class Points:
    """A cloud of points.

    Attributes:
        name: As the legend shows it.
        x: (points,).
        y: (points,).
        stroke: Colour and mark.
        words: What each point is, for the read-out.
    """

    name: str
    x: Doubles
    y: Doubles
    stroke: Stroke
    words: tuple[str, ...] = ()


class PointsPlot(Plot):
    """A scatter plot; the point near the mouse says what it is."""

    def __init__(self, appearance: Appearance, name: str, x_label: str, y_label: str) -> None:
        super().__init__(appearance, name, x_label, y_label)
        self._clouds: dict[str, pg.ScatterPlotItem] = {}
        self.points: list[Points] = []

    def show_points(self, points: Sequence[Points], *, big: bool = False) -> None:
        """Draws these points and no others; call set_logarithmic before.

        pyqtgraph's scatter plots do not know logarithmic axes.
        """
        for cloud in self._clouds.values():
            self.item.removeItem(cloud)
        self._clouds = {}
        for point in points:
            color = QColor(point.stroke.color)
            if not big:
                color.setAlpha(170)
            x, y = self._as_drawn(point)
            finite = np.isfinite(x) & np.isfinite(y)
            cloud = pg.ScatterPlotItem(
                x[finite],
                y[finite],
                size=_BIG if big else _SIZE,
                symbol=point.stroke.marker,
                brush=pg.mkBrush(color),
                pen=pg.mkPen(self.appearance.theme.card, width=0.5),
                name=point.name,
            )
            self.item.addItem(cloud)
            self._clouds[point.name] = cloud
        self.points = list(points)
        self.read_again()

    def table(self) -> list[list[str]]:
        rows = [["name", "point", self.x_label, self.y_label]]
        for point in self.points:
            words = point.words or ("",) * len(point.x)
            values = zip(words, point.x, point.y, strict=True)
            rows += [[point.name, word, f"{x:.6g}", f"{y:.6g}"] for word, x, y in values]
        return rows

    def _hover(self, where: QPointF) -> None:
        view = self.item.getViewBox()
        words = self._nearest(where)
        if words is None:
            self._read_out.hide()
            return
        point = view.mapSceneToView(where)
        self._read_out.setText(words)
        self._read_out.setPos(point)
        area = view.viewRect()
        right, upper = point.x() > area.center().x(), point.y() > area.center().y()
        self._read_out.setAnchor((1 if right else 0, 0 if upper else 1))
        self._read_out.show()

    def _nearest(self, where: QPointF) -> str | None:
        view = self.item.getViewBox()
        best, words = float(_NEAR_PIXELS), None
        for point in self.points:
            for number, (x, y) in enumerate(zip(*self._as_drawn(point), strict=True)):
                away = view.mapViewToScene(QPointF(x, y)) - where
                distance = float(np.hypot(away.x(), away.y()))
                if distance < best:
                    best, words = distance, self._words(point, number)
        return words

    def _as_drawn(self, points: Points) -> tuple[Doubles, Doubles]:
        x, y = points.x, points.y
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.item.getAxis("bottom").logMode:
                x = np.log10(x)
            if self.item.getAxis("left").logMode:
                y = np.log10(y)
        finite = np.isfinite(x) & np.isfinite(y)
        return np.where(finite, x, np.inf), np.where(finite, y, np.inf)

    def _words(self, points: Points, number: int) -> str:
        what = points.words[number] if points.words else ""
        return (
            f"{points.name} {what}\n{self.x_label}: {points.x[number]:.4g}\n"
            f"{self.y_label}: {points.y[number]:.4g}"
        )
