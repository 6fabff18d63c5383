"""A short piece of a contender's line."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.gui.style.theme import Stroke
from studio.gui.widgets.basics import em


class StrokeSample(QWidget):
    """A short piece of a contender's line, so that its colour and style are known."""

    def __init__(self) -> None:
        super().__init__()
        self._stroke: Stroke | None = None
        self.setFixedSize(self.sizeHint())

    def show_stroke(self, stroke: Stroke) -> None:
        self._stroke = stroke
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Long enough for a dash and a gap."""
        return QSize(em(self, 1.8), em(self, 1))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self._stroke is None:
            return
        with QPainter(self) as painter:
            painter.setPen(QPen(QColor(self._stroke.color), 3, self._stroke.line))
            middle = self.height() // 2
            painter.drawLine(0, middle, self.width(), middle)
