"""A contender's column on the page Gates: heading, read-out, maps, colour scales."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.gui.desk import Look
from studio.gui.plots.colour_bar import ColourBar
from studio.gui.plots.heat_map import GateMaps, Shown
from studio.gui.theme import Stroke
from studio.gui.viewstate.gates import plain
from studio.gui.widgets.basics import Card, em, label
from studio.gui.widgets.wrapping import WrappingRow


class StrokeSample(QWidget):
    """A short piece of a contender's line, so that its colour and style are known."""

    def __init__(self) -> None:
        super().__init__()
        self._stroke: Stroke | None = None
        self.setFixedSize(self.sizeHint())

    def show_stroke(self, stroke: Stroke) -> None:
        """Shows that stroke."""
        self._stroke = stroke
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Long enough for a dash and a gap."""
        return QSize(em(self, 1.8), em(self, 1))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the line."""
        if self._stroke is None:
            return
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._stroke.color), 3, self._stroke.line))
        middle = self.height() // 2
        painter.drawLine(0, middle, self.width(), middle)


class GatesColumn(Card):
    """One contender."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__(name)
        self.name = name
        self.sample = StrokeSample()
        self.header.insertWidget(0, self.sample)
        self.header.setSpacing(em(self, 0.5))
        self.read_out = label("", tone="muted", size=0.95)
        self.read_out.setMinimumHeight(self.read_out.fontMetrics().lineSpacing() * 2)
        self.maps = GateMaps(look, name)
        self.shares = ColourBar(look, diverging=False)
        self.signed = ColourBar(look, diverging=True)
        self.wide = ColourBar(look, diverging=True)
        bars = WrappingRow()
        self._wide_group = [bars.add(bar) for bar in (self.shares, self.signed, self.wide)][-1]
        self.body.addWidget(self.read_out)
        self.body.addWidget(self.maps, 1)
        self.body.addWidget(bars)
        self.maps.cursor_moved.connect(self._read)

    def show_gates(self, heading: str, shown: Shown, stroke: Stroke) -> None:
        """Draws gates under a heading."""
        self.set_heading(heading)
        self.sample.show_stroke(stroke)
        self.maps.show_gates(shown)
        shares = [each.symbol for each in shown.panels if each.is_share]
        self.shares.setVisible(bool(shares))
        self.shares.show_scale(", ".join(shares), "0", "1")
        usual = [each.symbol for each in shown.panels if not each.is_share and each.limit <= 1]
        self.signed.setVisible(bool(usual))
        self.signed.show_scale(", ".join(usual), "−1", "1")
        wide = [each for each in shown.panels if each.limit > 1]
        self._wide_group.setVisible(bool(wide))
        for each in wide[:1]:
            self.wide.show_scale(each.symbol, plain(-each.limit), plain(each.limit))

    def _read(self) -> None:
        fixed = " (fixed; Esc frees it)" if self.maps.is_fixed else ""
        self.read_out.setText(self.maps.words + fixed)
