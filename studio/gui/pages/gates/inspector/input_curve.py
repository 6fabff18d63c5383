"""One input channel as a curve that the mouse can draw anew."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from studio.core.arrays import Doubles
from studio.gui.pages.gates.cursor_items import CursorItems, Look, draw_quickly, keep_axes
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASHES, SOLID, Stroke
from studio.gui.widgets.basics import em

_ROOM = 0.4


class DrawingArea(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Takes the mouse all over a view.

    Signals:
        drawn: From where to where the mouse went, in the units of the axes.
    """

    drawn = Signal(QPointF, QPointF)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return QRectF(self.viewRect())

    def paint(self, painter: QPainter, *_: object) -> None:
        """Nothing."""

    def viewTransformChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        self.prepareGeometryChange()

    def mouseDragEvent(self, event: object) -> None:  # noqa: N802 - pyqtgraph's name
        if event.button() != Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            event.ignore()  # type: ignore[attr-defined]
            return
        event.accept()  # type: ignore[attr-defined]
        self.drawn.emit(event.lastPos(), event.pos())  # type: ignore[attr-defined]

    def mouseClickEvent(self, event: object) -> None:  # noqa: N802 - pyqtgraph's name
        if event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            event.accept()  # type: ignore[attr-defined]
            self.drawn.emit(event.pos(), event.pos())  # type: ignore[attr-defined]


class InputCurve(Plot):
    """A channel in its own units; its former course is pale.

    Signals:
        edited: `values` changed by the user.
    """

    edited = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Input channel", "step", "value")
        self.setMinimumHeight(em(self, 8))
        self.setMaximumHeight(em(self, 10))
        self.item.setMouseEnabled(x=False, y=False)
        self.canvas.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.spread_legend(2)
        self.legend.setOffset((8, 2))
        self._original: Doubles = np.zeros(1)
        self.values: Doubles = np.zeros(1)
        keep_axes(self.item.getAxis(side) for side in ("bottom", "left"))
        self._cursor = CursorItems(self.item.getViewBox(), em(self, 0.7))
        self._area = DrawingArea()
        self._area.setZValue(90)
        self.item.addItem(self._area, ignoreBounds=True)
        self._area.drawn.connect(self._draw_from)

    def show_channel(self, name: str, original: Doubles, values: Doubles) -> None:
        """Another channel or example, or the same after a reset."""
        self._original, self.values = original, values.copy()
        self.set_labels("step", name)
        low, high = float(original.min()), float(original.max())
        room = _ROOM * ((high - low) or abs(high) or 1.0)
        self.item.setYRange(low - room, high + room, padding=0)
        self.item.setXRange(-0.5, len(original) - 0.5, padding=0)
        self._redraw()

    def show_step(self, step: int) -> None:
        theme = self.appearance.theme
        self._cursor.show(step, None, Look(theme.muted, theme.card))

    def set_value(self, step: int, value: float) -> None:
        """Sets the value of one step as the mouse would."""
        self.values[step] = value
        self._redraw()
        self.edited.emit()

    def _draw_from(self, start: QPointF, end: QPointF) -> None:
        """A straight line over all steps between two places."""
        last = len(self.values) - 1
        first, second = sorted((start, end), key=QPointF.x)
        steps = np.arange(_within(first.x(), last), _within(second.x(), last) + 1)
        heights = np.interp(steps, (first.x(), second.x()), (first.y(), second.y()))
        low, high = self.item.viewRange()[1]
        self.values[steps] = np.clip(heights, low, high)
        self._redraw()
        self.edited.emit()

    def _redraw(self) -> None:
        theme = self.appearance.theme
        steps = np.arange(len(self.values), dtype=np.float64)
        curves = [PlotCurve("input", steps, self.values.copy(), Stroke(theme.accent, SOLID, "o"))]
        if not np.array_equal(self.values, self._original):
            pale = Stroke(theme.outline, DASHES, "o")
            curves.insert(0, PlotCurve("before", steps, self._original, pale))
        self.show_curves(curves)
        self.legend.setVisible(len(curves) > 1)
        draw_quickly(self.curve_items, len(steps))


def _within(x: float, last: int) -> int:
    return min(max(round(x), 0), last)
