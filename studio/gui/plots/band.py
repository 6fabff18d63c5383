"""The area between a lower and an upper edge."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from studio.core.arrays import Doubles

_BEHIND = -10
_NONE = np.empty(0)


class Band(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """One filled area, drawn at once; pyqtgraph's own takes two curves and a path for it."""

    def __init__(self) -> None:
        super().__init__()
        self._edges: tuple[Doubles, Doubles, Doubles] = (_NONE, _NONE, _NONE)
        self._logarithmic = (False, False)
        self._color = QColor()
        self._corners = np.empty((0, 2))
        self._polygon = QPolygonF()
        self.setZValue(_BEHIND)

    def show_edges(self, x: Doubles, low: Doubles, high: Doubles, color: QColor) -> None:
        """Fills between these edges, (points,) each, leaving out what is not finite."""
        self._edges, self._color = (x, low, high), color
        self._prepare()

    def setLogMode(self, x: bool, y: bool) -> None:  # noqa: FBT001, N802 - pyqtgraph's own
        """Shows logarithms to base 10; called by the plot that holds it."""
        if self._logarithmic != (x, y):
            self._logarithmic = (x, y)
            self._prepare()

    def dataBounds(  # noqa: N802 - pyqtgraph's name
        self, axis: int, *_: object, **__: object
    ) -> tuple[float, float] | None:
        """From the smallest to the largest value of an axis, for the view to fit."""
        if not len(self._corners) or not self.isVisible():
            return None
        values = self._corners[:, axis]
        return float(values.min()), float(values.max())

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._polygon.boundingRect()

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawPolygon(self._polygon)

    def _prepare(self) -> None:
        by_x, by_y = self._logarithmic
        x, low, high = (
            logarithm(edge) if logarithmic else edge
            for edge, logarithmic in zip(self._edges, (by_x, by_y, by_y), strict=True)
        )
        finite = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
        x, low, high = x[finite], low[finite], high[finite]
        self.prepareGeometryChange()
        there_and_back = np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
        self._corners = np.column_stack(there_and_back)
        self._polygon = pg.functions.arrayToQPolygonF(*there_and_back) if len(x) else QPolygonF()
        self.informViewBoundsChanged()
        self.update()


def logarithm(values: Doubles) -> Doubles:
    """To base 10; what has none is not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(values), dtype=np.float64)
