"""The plot that all others are made of."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.core.arrays import Doubles
from studio.core.foreign_text import csv_text
from studio.gui.plots.band import Band
from studio.gui.plots.canvas import Axis, Canvas
from studio.gui.plots.picture_menu import PictureMenu
from studio.gui.plots.run_lines import RunLines
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.line_density import Line
from studio.gui.view.short_names import shortened
from studio.gui.widgets.basics import em
from studio.gui.widgets.plain_text import plain_tip

_BAND_ALPHA = 45
_LEGEND_ALPHA = 190
_IN_ONE_COLUMN = 5
_LEGEND_SIZE = 0.9
_SAMPLE_EM = 2.5
_WIDTH = 2
_BESIDE = 0.02
_COUNTED = frozenset({"epoch", "training steps", "step", "time step", "lag, steps", "steps ahead"})


@dataclass(frozen=True, eq=False)
class PlotCurve:
    """A line with an optional band.

    Attributes:
        name: As the legend shows it.
        x: (points,).
        y: (points,).
        stroke: How it is drawn.
        low: Lower edge of the band, (points,), or None.
        high: Upper edge, (points,), or None.
    """

    name: str
    x: Doubles
    y: Doubles
    stroke: Stroke
    low: Doubles | None = None
    high: Doubles | None = None


class PlainLegend(pg.LegendItem):  # type: ignore[misc]
    """A legend that shows names as they are written; pyqtgraph reads them as HTML.

    Long names are cut in their middle, and whole in the tooltip.
    """

    def addItem(self, item: object, name: str) -> None:  # noqa: N802 - pyqtgraph's name
        short = shortened(name)
        super().addItem(item, html.escape(short, quote=False))
        if short != name:
            for part in self.items[-1]:
                part.setToolTip(plain_tip(name))


class Plot(QWidget):
    """One set of axes.

    The context menu copies and saves the picture (PNG, SVG) and the data (CSV), and shows the
    data as a table for those who cannot see the picture.

    Args:
        appearance: The theme.
        name: What the plot shows; also its name for screen readers and files.
        x_label: With the unit, such as "time, s".
        y_label: Likewise.
        bottom: The horizontal axis, where it is of a kind of its own.
    """

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        x_label: str,
        y_label: str,
        *,
        bottom: Axis | None = None,
    ) -> None:
        super().__init__()
        self.appearance = appearance
        self.name = name
        self.setAccessibleName(name)
        self.canvas = Canvas(bottom=bottom)
        self.item = self.canvas.getPlotItem()
        self.item.hideButtons()
        ignored = QSizePolicy.Policy.Ignored  # a page's height goes by the window, not by plots
        self.canvas.setSizePolicy(ignored, ignored)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.legend = PlainLegend(offset=(-8, 8), labelTextSize=self._legend_size())
        self.legend.setParentItem(self.item.getViewBox())
        self.item.legend = self.legend
        self.set_labels(x_label, y_label)
        self._read_out = pg.TextItem(anchor=(0, 1))
        self._read_out.setZValue(100)
        self._read_out.hide()
        self.item.addItem(self._read_out, ignoreBounds=True)
        self.curves: list[PlotCurve] = []
        self._most_columns = 0
        self._has_one_place = False
        self._bundles: dict[str, RunLines] = {}
        self._items: dict[str, tuple[pg.PlotDataItem, Band]] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self._mouse: QPointF | None = None
        self.canvas.scene().sigMouseMoved.connect(self._move)
        self.canvas.left.connect(self._leave)
        self._menu = PictureMenu(
            self, self.canvas, lambda: self.name, self.as_csv, self.item.enableAutoRange
        )
        appearance.changed.connect(self.draw_in_theme)
        self.draw_in_theme()

    def set_labels(self, x_label: str, y_label: str) -> None:
        self.x_label, self.y_label = x_label, y_label
        self.item.setLabel("bottom", x_label)
        self.item.getAxis("bottom").is_whole = x_label in _COUNTED
        self.item.setLabel("left", y_label)

    def spread_legend(self, most_columns: int) -> None:
        """Writes the legend in as many columns as there is room for, up to some."""
        self._most_columns = most_columns
        self._fit_legend()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_legend()

    def _fit_legend(self) -> None:
        if not self._most_columns or not self.legend.items:
            return
        widest = max(words.boundingRect().width() for _, words in self.legend.items)
        room = self.item.getViewBox().width() // (widest + em(self, _SAMPLE_EM))
        columns = int(max(1, min(self._most_columns, room)))
        if columns != self.legend.columnCount:
            self.legend.setColumnCount(columns)

    def _legend_size(self) -> str:
        """Of the legend's text, which follows the font of the program."""
        return f"{_LEGEND_SIZE * self.font().pointSizeF():.3g}pt"

    def set_logarithmic(self, *, x: bool = False, y: bool = False) -> None:
        self.item.setLogMode(x=x, y=y)

    def show_curves(self, curves: Sequence[PlotCurve]) -> None:
        """Draws these curves; existing lines are updated, not recreated."""
        self._frame_one_place(curves)
        names = [curve.name for curve in curves]
        existing = [name for name in names if name in self._items]
        stays = (
            list(self._items) == existing and names[: len(existing)] == existing
        )  # the legend's order too
        for name in [name for name in self._items if name not in names or not stays]:
            self._remove(name)
        for curve in curves:
            self._draw(curve)
        self.curves = list(curves)
        if len(curves) > _IN_ONE_COLUMN and not self._most_columns:
            self.spread_legend(2)
        self.read_again()

    @property
    def curve_items(self) -> list[pg.PlotDataItem]:
        """The lines that are drawn."""
        return [line for line, _ in self._items.values()]

    def _frame_one_place(self, curves: Sequence[PlotCurve]) -> None:
        """Frames a single point, around which pyqtgraph would keep the former width of the axis.

        Called before lines are drawn, as they are clipped to the view.
        """
        ends = [end for curve in curves if len(curve.x) for end in (curve.x.min(), curve.x.max())]
        had_one_place, self._has_one_place = self._has_one_place, len(set(ends)) == 1
        if self._has_one_place:
            axis, place = self.item.getAxis("bottom"), float(ends[0])
            half = 1.0 if axis.is_whole else abs(place) / 2 or 1.0
            if axis.logMode:
                place, half = float(np.log10(place)), 0.5
            self.item.setXRange(place - half, place + half, padding=0)
        elif had_one_place:
            self.item.enableAutoRange(axis="x")

    def show_bundles(self, bundles: Mapping[str, tuple[Sequence[Line], Stroke]]) -> None:
        """Draws many faint lines for each name, in one colour each, behind the curves."""
        for name in [name for name in self._bundles if name not in bundles]:
            self.item.removeItem(self._bundles.pop(name))
        for name, (lines, stroke) in bundles.items():
            if name not in self._bundles:
                self._bundles[name] = RunLines()
                self.item.addItem(self._bundles[name])
            self._bundles[name].show_lines(lines, QColor(stroke.color))

    def add_line(self, name: str, value: float, *, at_right: bool = False) -> pg.InfiniteLine:
        """A horizontal line such as a baseline, with its name on it; call set_logarithmic before.

        pyqtgraph's lines do not know logarithmic axes.
        """
        theme = self.appearance.theme
        pen = pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashDotLine)
        is_logarithmic = self.item.getAxis("left").logMode
        x, side = (1 - _BESIDE, 1) if at_right else (_BESIDE, 0)
        line = pg.InfiniteLine(
            float(np.log10(value)) if is_logarithmic else value,
            angle=0,
            pen=pen,
            label=name,
            labelOpts={"color": theme.muted, "position": x, "anchors": [(side, 0), (side, 1)]},
        )
        self.item.addItem(line)
        return line

    def draw_in_theme(self) -> None:
        theme = self.appearance.theme
        self.canvas.use(theme)
        self.item.showGrid(x=True, y=True, alpha=0.12)
        self.legend.setLabelTextColor(QColor(theme.text))
        behind = QColor(theme.card)
        behind.setAlpha(_LEGEND_ALPHA)
        self.legend.setBrush(pg.mkBrush(behind))  # over bands and curves
        for _, words in self.legend.items:  # the call above is for those still to come
            words.setText(words.text, color=theme.text)
        self._read_out.setColor(QColor(theme.text))
        self._read_out.fill = pg.mkBrush(theme.card)
        self._read_out.border = pg.mkPen(theme.border)

    def table(self) -> list[list[str]]:
        """The data with a header row, as the CSV file holds it."""
        rows = [["curve", self.x_label, self.y_label, "low", "high"]]
        for curve in self.curves:
            empty = np.full(len(curve.x), np.nan)
            low = empty if curve.low is None else curve.low
            high = empty if curve.high is None else curve.high
            points = zip(curve.x, curve.y, low, high, strict=True)
            rows += [[curve.name, *(_figure(v) for v in values)] for values in points]
        for name, bundle in self._bundles.items():
            for number, (x, y) in enumerate(bundle.lines, start=1):
                run = f"{name}, run {number}"
                rows += [[run, _figure(a), _figure(b), "", ""] for a, b in zip(x, y, strict=True)]
        return rows

    def as_csv(self) -> str:
        return csv_text(self.table())

    def save_picture(self, path: Path) -> None:
        """Saves the plot as PNG or SVG, by the ending of the path, or reports why it cannot."""
        self._menu.save_picture(path)

    def _draw(self, curve: PlotCurve) -> None:
        if curve.name not in self._items:
            self._items[curve.name] = self._make(curve)
        line, band = self._items[curve.name]
        line.setPen(pg.mkPen(curve.stroke.color, width=_WIDTH, style=curve.stroke.line))
        line.setData(curve.x, curve.y)
        lonely = len(curve.x) == 1  # a line through one point cannot be seen
        line.setSymbol(curve.stroke.marker if lonely else None)
        line.setSymbolBrush(curve.stroke.color)
        line.setSymbolPen(None)
        band.setVisible(curve.low is not None)
        if curve.low is not None and curve.high is not None:
            color = QColor(curve.stroke.color)
            color.setAlpha(_BAND_ALPHA)
            band.show_edges(curve.x, curve.low, curve.high, color)

    def _make(self, curve: PlotCurve) -> tuple[pg.PlotDataItem, Band]:
        line = self.item.plot(name=curve.name, connect="finite")
        line.setDownsampling(auto=True, method="peak")
        line.setClipToView(True)
        band = Band()
        self.item.addItem(band)
        return line, band

    def _remove(self, name: str) -> None:
        for item in self._items.pop(name):
            self.item.removeItem(item)

    @property
    def read_out(self) -> str:
        """The text of the read-out under the mouse, or ""."""
        return self._read_out.toPlainText() if self._read_out.isVisible() else ""

    def read_again(self) -> None:
        """Updates the read-out after a redraw, and fits the legend."""
        self._fit_legend()
        if self._mouse is not None:
            self._hover(self._mouse)

    def _move(self, where: QPointF) -> None:
        self._mouse = where
        self._hover(where)

    def _leave(self) -> None:
        self._mouse = None
        self._read_out.hide()

    def _hover(self, where: QPointF) -> None:
        view = self.item.getViewBox()
        if not self.curves or not view.sceneBoundingRect().contains(where):
            self._read_out.hide()
            return
        point = view.mapSceneToView(where)
        logarithmic = self.item.getAxis("bottom").logMode
        x = 10 ** point.x() if logarithmic else point.x()
        drawn = [curve for curve in self.curves if len(curve.x)]
        places = [float(curve.x[np.argmin(np.abs(curve.x - x))]) for curve in drawn]
        x = min(places, key=lambda place: abs(place - x), default=x)  # a point, not between two
        lines = [f"{self.x_label}: {self._x_words(x)}"]
        for curve in drawn:
            nearest = int(np.argmin(np.abs(curve.x - x)))
            lines.append(f"{curve.name}: {curve.y[nearest]:.4g}")
        self._read_out.setText("\n".join(lines))
        self._read_out.setPos(point)
        right_half = point.x() > view.viewRect().center().x()
        self._read_out.setAnchor((1, 1) if right_half else (0, 1))
        self._read_out.show()

    def _x_words(self, x: float) -> str:
        return f"{x:,.0f}" if self.item.getAxis("bottom").is_whole else f"{x:.4g}"


def _figure(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.7g}"
