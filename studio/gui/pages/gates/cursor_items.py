"""The cursor on one row: a line through it and a mark on one unit, which move without redrawing.

They are Qt's own items of a fixed size in pixels. pyqtgraph's lines and points compute their size
anew with every move, which took most of the time with seven rows in each of four contenders.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QGraphicsLineItem, QGraphicsRectItem

_LONG = 4000
_LINE, _MARK = 50, 60
_AROUND = 6
_MANY = 300
_Item = QGraphicsLineItem | QGraphicsRectItem


@dataclass(frozen=True)
class Look:
    """Colours of a cursor.

    Attributes:
        color: Of line and mark.
        ground: Around them.
        filled: Within the mark, or None.
    """

    color: str
    ground: str
    filled: str | None = None


class CursorItems:
    """Added to a view; a wide line below a thin one is seen on any colour.

    Args:
        view: The row.
        size: Of the mark, in pixels.
    """

    def __init__(self, view: pg.ViewBox, size: float) -> None:
        self._lines = [QGraphicsLineItem(0, -_LONG, 0, _LONG) for _ in range(2)]
        half = size / 2
        self._marks = [QGraphicsRectItem(-half, -half, size, size) for _ in range(2)]
        for z, item in ((_LINE, self._lines), (_MARK, self._marks)):
            for at, part in enumerate(item):
                part.setFlag(part.GraphicsItemFlag.ItemIgnoresTransformations)
                part.setZValue(z + at)
                view.addItem(part, ignoreBounds=True)
        for mark in self._marks:
            mark.hide()
        self._look: Look | None = None

    def show(self, step: int, row: int | None, look: Look) -> None:
        """Moves the line to a step and the mark to a unit's row; None for no mark here."""
        if self._look != look:
            self._look = look
            self._paint(look)
        for line in self._lines:
            line.setPos(QPointF(step, 0))
        for mark in self._marks:
            mark.setVisible(row is not None)
            if row is not None:
                mark.setPos(QPointF(step, row))

    def _paint(self, look: Look) -> None:
        parts: Sequence[tuple[Sequence[_Item], int, int]] = (
            (self._lines, 3, 1),
            (self._marks, _AROUND, 2),
        )
        for items, around, inside in parts:
            items[0].setPen(pg.mkPen(look.ground, width=around))
            items[1].setPen(pg.mkPen(look.color, width=inside))
        self._marks[1].setBrush(pg.mkBrush(look.filled))


def draw_quickly(curves: Iterable[pg.PlotDataItem], points: int) -> None:
    """Draws curves once, not with every move of what lies over them; many points with a thin pen.

    Qt draws long wide lines ten times slower.
    """
    for curve in curves:
        curve.curve.setCacheMode(curve.CacheMode.DeviceCoordinateCache)
        if points > _MANY:
            pen = pg.mkPen(curve.opts["pen"])
            curve.setPen(pg.mkPen(pen.color(), width=1, style=pen.style()))


def keep_axes(axes: Iterable[pg.AxisItem]) -> None:
    """Writes the numbers of axes once, not with every move of what lies beside them."""
    for axis in axes:
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
