"""Small drawings: lines without axes, and bars with their counts."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.arrays import Doubles
from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import em

_MOST_POINTS = 600


class Sparkline(QWidget):
    """A few lines on one scale; the first is the strongest.

    Args:
        height: In em.
        name: What is drawn, for screen readers.
    """

    def __init__(self, height: float, name: str) -> None:
        super().__init__()
        self._lines: list[Doubles] = []
        self._colors: list[str] = []
        self.setAccessibleName(name)
        self.setFixedHeight(em(self, height))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_lines(self, lines: Sequence[Doubles], colors: Sequence[str]) -> None:
        """Draws each line, (points,), in its colour; those without a number are left out."""
        shown = [
            (line[: _MOST_POINTS * 4], color)
            for line, color in zip(lines, colors, strict=True)
            if np.isfinite(line[: _MOST_POINTS * 4]).any()
        ]
        self._lines, self._colors = [line for line, _ in shown], [color for _, color in shown]
        self.update()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(em(self, 3), self.minimumHeight())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the lines, the first on top."""
        if not self._lines:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            low = min(float(np.nanmin(line)) for line in self._lines)
            high = max(float(np.nanmax(line)) for line in self._lines)
            longest = max(len(line) for line in self._lines)
            for line, color in reversed(list(zip(self._lines, self._colors, strict=True))):
                painter.setPen(QPen(QColor(color), max(1.2, em(self, 0.09))))
                painter.drawPolyline(self._polygon(line, low, high, longest))

    def _polygon(self, line: Doubles, low: float, high: float, longest: int) -> QPolygonF:
        margin = 3.0
        width, height = self.width() - 2 * margin, self.height() - 2 * margin
        across = width / max(1, longest - 1)
        up = height / (high - low) if high > low else 0.0
        bottom = margin + (height if up else height / 2)
        points = enumerate(line.tolist())
        drawn = [(index, y) for index, y in points if not math.isnan(y)]
        return QPolygonF([QPointF(margin + i * across, bottom - (y - low) * up) for i, y in drawn])


class Bars(QWidget):
    """Counts by name: a bar and the number for each.

    Args:
        name: What is counted, for screen readers.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._counts: list[tuple[str, int]] = []
        self._theme: Theme | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: Sequence[tuple[str, int]], theme: Theme) -> None:
        self._counts, self._theme = list(counts), theme
        self.setAccessibleName(f"{self._name}: {'; '.join(f'{n} {c}' for n, c in counts)}")
        self.setFixedHeight(max(1, len(self._counts)) * em(self, 1.35))
        self.update()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(em(self, 8), self.minimumHeight())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self._theme is None or not self._counts:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            metrics = self.fontMetrics()
            widest = max(metrics.horizontalAdvance(name) for name, _ in self._counts)
            names = min(widest + em(self, 0.3), self.width() // 3)
            figures = max(metrics.horizontalAdvance(str(count)) for _, count in self._counts)
            most = max(1, *(count for _, count in self._counts))
            gap, row = em(self, 0.5), em(self, 1.35)
            room = self.width() - names - figures - 2 * gap
            middle = Qt.AlignmentFlag.AlignVCenter
            for index, (name, count) in enumerate(self._counts):
                top = index * row
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names)
                painter.setPen(QColor(self._theme.text))
                painter.drawText(QRectF(0, top, names, row), middle, shown)
                bar = QRectF(names + gap, top + row * 0.25, room * count / most, row * 0.5)
                painter.fillRect(bar, QColor(self._theme.accent))
                painter.setPen(QColor(self._theme.muted))
                after = QRectF(bar.right() + gap / 2, top, figures + gap, row)
                painter.drawText(after, middle, str(count))
