"""Drawing areas that leave the mouse wheel to the page, and axes that stay readable."""

import html
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QHideEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.gui.style.theme import Theme

Texts = list[tuple[QRectF, Any, str]]
"""Where each text stands, with Qt's flags for its alignment."""
Specs = tuple[Any, list[tuple[QColor, list[QLineF]]], Texts]
Ticks = list[tuple[float | None, list[float]]]

_BEHIND = -1000
_FAR = 1000.0
_ROOM = 24
_ROOM_WITHIN = 3 * _ROOM
_PLAIN = (-4, 5)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis whose logarithmic ticks do not run into each other, drawn without a detour.

    pyqtgraph records an axis as a QPicture and plays it; playing looks every font up again and
    takes many times as long as drawing.
    """

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.picture: Specs | None = None  # where pyqtgraph keeps a QPicture
        self.is_whole = False
        self.ground = QColor("white")
        self.enableAutoSIPrefix(enable=False)

    def setLabel(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401, N802
        """See pyqtgraph, which reads a label as HTML and leaves one that grows where it began."""
        escaped = (html.escape(part) if isinstance(part, str) else part for part in arguments)
        super().setLabel(*escaped, **options)
        self.resizeEvent()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draws line, ticks and texts; what they are is kept until pyqtgraph forgets it."""
        if self.picture is None:
            self.picture = self._specify(painter)
        if self.picture is None:
            return
        line, ticks, texts = self.picture
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for color, lines in ticks:
            painter.setPen(color)
            painter.drawLines(lines)
        self.drawPicture(painter, line, (), ())
        self.draw_texts(painter, texts)
        painter.restore()

    def draw_texts(self, painter: QPainter, texts: Texts) -> None:
        """Draws what stands at the ticks."""
        painter.setPen(self.textPen())
        for place, flags, text in texts:
            painter.drawText(place, int(flags), text)

    def _specify(self, painter: QPainter) -> Specs | None:
        """What is to be drawn; None where there is no room.

        The ticks of one level come as one set of lines in an opaque colour: Qt draws transparent
        lines twenty times slower.
        """
        specs = self.generateDrawSpecs(painter)
        if specs is None:
            return None
        line, ticks, texts = specs
        levels = groupby(ticks, key=lambda tick: tick[0].color().rgba())
        lines = [
            (mixed(QColor.fromRgba(color), self.ground), [QLineF(*ends) for _, *ends in level])
            for color, level in levels
        ]
        return line, lines, texts

    def tickSpacing(  # noqa: N802 - pyqtgraph's name
        self, low: float, high: float, size: float
    ) -> list[tuple[float, float]]:
        """No ticks between whole numbers where there is nothing between them."""
        spacings: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        if not self.is_whole:
            return spacings
        return [(by, offset) for by, offset in spacings if by >= 1] or [(1.0, 0.0)]

    def logTickValues(  # noqa: N802 - pyqtgraph's name
        self, low: float, high: float, size: float, _: Ticks
    ) -> Ticks:
        """Decades, or every few of them; 2 and 5 between them where there is room."""
        decade = size / max(high - low, 1e-9)
        step = max(1, math.ceil(_ROOM / decade))
        first, last = math.floor(low), math.ceil(high)
        ticks: Ticks = [
            (float(step), [float(exponent) for exponent in range(first, last + 1, step)])
        ]
        if decade > _ROOM_WITHIN:
            between = [d + float(np.log10(n)) for d in range(first, last) for n in (2, 5)]
            ticks.append((None, between))
        return [(by, [t for t in positions if low <= t <= high]) for by, positions in ticks]

    def logTickStrings(  # noqa: N802 - pyqtgraph's name
        self, values: list[float], scale: float, spacing: float
    ) -> list[str]:
        """Plain numbers, or powers of ten where they are very small or large."""
        del scale, spacing
        return [_power(value) for value in values]


class NameAxis(Axis):
    """A left axis with a name in a colour of its own at each row, and no ticks."""

    def __init__(self) -> None:
        super().__init__("left")
        self._colors: dict[str, str] = {}
        self.setStyle(tickLength=0)
        self.show_names([])

    def show_names(self, rows: Sequence[tuple[float, str, str]]) -> None:
        """Shows names: the height, the text and the colour of each."""
        self._colors = {text: color for _, text, color in rows}
        self.setTicks([[(height, text) for height, text, _ in rows]])

    def draw_texts(self, painter: QPainter, texts: Texts) -> None:
        for place, flags, text in texts:
            painter.setPen(QColor(self._colors[text]))
            painter.drawText(place, int(flags), text)


class ColumnAxis(Axis):
    """A bottom axis with a name below each column, upright where they do not fit side by side."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.names: list[str] = []
        self.is_upright = False
        self.setStyle(tickLength=0)

    def show_names(self, names: Sequence[str], font: QFontMetrics, width: float) -> None:
        """Shows names at 0, 1 and so on.

        Args:
            names: The texts; where there is no room for all of them, some are "".
            font: What they are written in.
            width: Of all columns, in pixels.
        """
        column = width / max(len(names), 1)
        widest = max((font.horizontalAdvance(f"{name}  ") for name in names), default=0)
        self.is_upright = widest > column
        every = max(1, math.ceil(font.height() / max(column, 1.0))) if self.is_upright else 1
        self.names = [name if at % every == 0 else "" for at, name in enumerate(names)]
        self.setTicks([[(at, "") for at in range(len(names))]])
        below = widest if self.is_upright else font.height()
        self.setHeight(round(below + 1.8 * font.height()))
        self.resizeEvent()

    def draw_texts(self, painter: QPainter, texts: Texts) -> None:
        del texts
        painter.setPen(self.textPen())
        area, view = self.mapRectFromParent(self.geometry()), self.linkedView()
        low, high = view.viewRange()[0]
        gap = painter.fontMetrics().horizontalAdvance(" ")
        flags = Qt.AlignmentFlag
        for column, name in enumerate(self.names):
            x = area.left() + (column - low) / (high - low) * area.width()
            painter.save()
            painter.translate(x, area.top() + gap)
            if self.is_upright:
                painter.rotate(-90)
                place = QRectF(-_FAR, -_FAR, _FAR, 2 * _FAR)
                painter.drawText(place, flags.AlignRight | flags.AlignVCenter, name)
            else:
                place = QRectF(-_FAR, 0, 2 * _FAR, _FAR)
                painter.drawText(place, flags.AlignHCenter | flags.AlignTop, name)
            painter.restore()


def keep_menu(widget: QWidget, plot: pg.PlotItem) -> None:
    """Lets the menu that pyqtgraph makes for every plot go with its widget; it stays otherwise."""
    plot.ctrlMenu.setParent(widget, Qt.WindowType.Popup)


class Canvas(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """One plot.

    Signals:
        left: The mouse points at nothing here any more: it went, a menu opens, or it is hidden.
    """

    left = Signal()

    def __init__(self, left: Axis | None = None, bottom: Axis | None = None) -> None:
        axes = {"bottom": bottom or Axis("bottom"), "left": left or Axis("left")}
        super().__init__(axisItems=axes, enableMenu=False)  # a plot has a menu of ours
        keep_menu(self, self.getPlotItem())
        for axis in axes.values():
            axis.setZValue(_BEHIND)

    def use(self, theme: Theme) -> None:
        self.setBackground(theme.card)
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.ground = QColor(theme.card)
            axis.setPen(pg.mkPen(theme.muted))
            axis.setTextPen(pg.mkPen(theme.muted))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zooms with Ctrl, and scrolls the page without."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().leaveEvent(event)
        self.left.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        super().contextMenuEvent(event)
        self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.left.emit()


class Rows(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zooms with Ctrl, and scrolls the page without."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()


def mixed(color: QColor, ground: QColor) -> QColor:
    """The opaque colour of a transparent one on a ground."""
    share = color.alphaF()
    fronts = color.redF(), color.greenF(), color.blueF()
    backs = ground.redF(), ground.greenF(), ground.blueF()
    parts = zip(fronts, backs, strict=True)
    return QColor.fromRgbF(*(share * front + (1 - share) * back for front, back in parts))


def _power(exponent: float) -> str:
    if _PLAIN[0] <= exponent < _PLAIN[1]:
        return f"{10**exponent:.3g}" if exponent < 0 else f"{10**exponent:,.0f}"
    return "10" + str(round(exponent)).translate(_RAISED)
