"""A colour scale with the values at its ends."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import em


def color_map(colors: Sequence[str]) -> pg.ColorMap:
    """Theme colours at even distances as a map from 0 to 1."""
    places = [place / (len(colors) - 1) for place in range(len(colors))]
    return pg.ColorMap(places, [pg.mkColor(color) for color in colors])


class ColourBar(QWidget):
    """Such as "gates 0 ▒▒▒ 1"."""

    def __init__(self, appearance: Appearance, *, diverging: bool) -> None:
        super().__init__()
        self._appearance = appearance
        self._diverging = diverging
        self._texts = ("", "0", "1")
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def show_scale(self, name: str, low: str, high: str) -> None:
        """Names the scale and its ends."""
        self._texts = (name, low, high)
        self.setAccessibleName(f"Colour scale of {name}: {low} to {high}")
        self.setToolTip(f"The colours of {name}, from {low} to {high}.")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        width = sum(self.fontMetrics().horizontalAdvance(text) for text in self._texts)
        return QSize(width + em(self, 2.8), em(self, 1.2))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._appearance.theme
        colors = theme.diverging if self._diverging else theme.sequential
        with QPainter(self) as painter:
            painter.setPen(QColor(theme.muted))
            gap = em(self, 0.3)
            left = 0
            for text in self._texts[:2]:
                left = self._write(painter, text, left) + gap
            width = em(self, 1.8)
            gradient = QLinearGradient(left, 0, left + width, 0)
            for place, color in enumerate(colors):
                gradient.setColorAt(place / (len(colors) - 1), QColor(color))
            height = em(self, 0.6)
            painter.fillRect(QRectF(left, (self.height() - height) / 2, width, height), gradient)
            self._write(painter, self._texts[2], left + width + gap)

    def _write(self, painter: QPainter, text: str, left: int) -> int:
        width = self.fontMetrics().horizontalAdvance(text)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(left, 0, width + 1, self.height()), align, text)
        return left + width
