"""The largest terms of a sum, each with a bar, and the rest in one line."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.pages.gates.view.step_rows import Contribution
from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import em

_NAME, _NUMBER = 0.46, 0.26
_GAP = 0.02


class ContributionList(QWidget):
    """A heading and one line for each term; painted, as it changes with every step."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._heading, self.lines = "", tuple[Contribution, ...]()
        self._rows = 2
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def show_lines(self, heading: str, lines: Sequence[Contribution]) -> None:
        self._heading, self.lines = heading, tuple(lines)
        if len(lines) + 1 > self._rows:
            self._rows = len(lines) + 1
            self.updateGeometry()
        said = ", ".join(f"{line.name} {line.number}" for line in lines)
        self.setAccessibleName(f"{heading}: {said}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(em(self, 10), self._rows * self._pitch)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    @property
    def _pitch(self) -> int:
        return em(self, 1.15)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        del event
        theme, width, pitch = self._appearance.theme, float(self.width()), self._pitch
        with QPainter(self) as painter:
            flags, metrics = Qt.AlignmentFlag, self.fontMetrics()
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(0, 0, width, pitch), flags.AlignLeft, self._heading)
            left, right = width * _NAME, width * (_NAME + _NUMBER)
            for row, line in enumerate(self.lines, start=1):
                top = float(row * pitch)
                elide = Qt.TextElideMode.ElideRight
                name = metrics.elidedText(line.name, elide, int(left * (1 - _GAP)))
                painter.setPen(QColor(theme.text))
                painter.drawText(QRectF(0, top, left, pitch), flags.AlignLeft, name)
                painter.drawText(
                    QRectF(left, top, right - left, pitch), flags.AlignRight, line.number
                )
                self._paint_bar(painter, QRectF(right, top, width - right, pitch), line.share)

    def _paint_bar(self, painter: QPainter, room: QRectF, share: float) -> None:
        """To the right of a middle line where the term is positive, to its left otherwise."""
        theme = self._appearance.theme
        inner = room.adjusted(room.width() * 0.08, room.height() * 0.2, 0, -room.height() * 0.3)
        middle, half = inner.center().x(), inner.width() / 2
        color = theme.diverging[-2] if share > 0 else theme.diverging[1]
        start = middle if share > 0 else middle + share * half
        bar = QRectF(start, inner.top(), abs(share) * half, inner.height())
        painter.fillRect(bar, QColor(color))
        painter.setPen(QColor(theme.border))
        painter.drawLine(int(middle), int(inner.top()), int(middle), int(inner.bottom()))
