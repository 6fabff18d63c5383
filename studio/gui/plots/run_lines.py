"""Every run of a contender as a faint line, hundreds at once."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.gui.plots.band import logarithm
from studio.gui.view.line_density import Counts, Line, LineDensity

_ALPHA = 0.65
_DENSEST = 0.45
"""However many lines cross, the mean and the other contenders are seen through them."""
_MOST = 12
"""More lines than this on top of each other look no denser."""


class RunLines(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Lines of one colour, drawn as an image that is as sharp as the screen.

    Where lines cross, the colour is stronger. The image is redrawn when the view moves.

    Attributes:
        lines: The x and the y of each line, (points,) each, as they were given.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._logarithmic = (False, False)
        self._lines = LineDensity(())
        self._color = QColor()
        self._made: tuple[object, QImage] | None = None
        self.setZValue(-20)

    def show_lines(self, lines: Sequence[Line], color: QColor) -> None:
        """Shows these lines: the x and y of each, (points,), x ascending."""
        self.lines, self._color = list(lines), color
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
        extent = self._lines.extent
        return None if extent is None else extent[axis]

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        extent = self._lines.extent
        if extent is None:
            return QRectF()
        (left, right), (low, high) = extent
        return QRectF(left, low, right - left, high - low)

    def paint(self, painter: QPainter, *_: object) -> None:
        view = self.getViewBox()
        if view is None or self._lines.extent is None:
            return
        seen = view.viewRect()
        ratio = painter.device().devicePixelRatioF()
        size = (max(1, round(view.width() * ratio)), max(1, round(view.height() * ratio)))
        key = (seen.getRect(), size)
        if self._made is None or self._made[0] != key:
            counts = self._lines.coverage(
                (seen.left(), seen.right()), (seen.top(), seen.bottom()), size
            )
            self._made = key, _image(counts, self._color)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawImage(seen, self._made[1])

    def viewRangeChanged(self, *_: object) -> None:  # noqa: N802 - pyqtgraph's name
        self.update()

    def _prepare(self) -> None:
        by_axis = [
            [logarithm(line[axis]) if self._logarithmic[axis] else line[axis] for axis in (0, 1)]
            for line in self.lines
        ]
        finite = [np.isfinite(x) & np.isfinite(y) for x, y in by_axis]
        self._lines = LineDensity([(x[k], y[k]) for (x, y), k in zip(by_axis, finite, strict=True)])
        self._made = None
        self.prepareGeometryChange()
        self.informViewBoundsChanged()
        self.update()


def _image(counts: Counts, color: QColor) -> QImage:
    """Premultiplied pixels, (height, width), the lowest row first as Qt's view is upside down."""
    opacity = _DENSEST * (1 - (1 - _ALPHA) ** np.arange(_MOST + 1))
    levels = np.outer(opacity, [color.red(), color.green(), color.blue(), 255]).round()
    red, green, blue, alpha = levels.astype(np.uint32).T
    table = (alpha << 24) | (red << 16) | (green << 8) | blue
    pixels = np.ascontiguousarray(table[np.minimum(counts, _MOST)])
    height, width = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, 4 * width, form).copy()
